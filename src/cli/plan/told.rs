//! The letter budget for people and for programs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use crate::acceptance::planner::StockLetter;
use crate::acceptance::{count, grouped};
use crate::model::Allocation;

use super::Budget;

/// The letters of one test in one status, in all their roles.
struct Row<'a> {
    test: &'a str,
    from: &'a str,
    roles: Vec<&'a str>,
    letters: Vec<&'a str>,
}

fn rows(allocations: &[Allocation]) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for allocation in allocations {
        let letters = allocation.letters.iter().map(String::as_str);
        let role = allocation.role.as_deref();
        match rows.last_mut() {
            Some(row) if is_part(row, allocation) => {
                row.roles.extend(role);
                row.letters.extend(letters);
            }
            _ => rows.push(Row {
                test: &allocation.test,
                from: &allocation.from,
                roles: role.into_iter().collect(),
                letters: letters.collect(),
            }),
        }
    }
    rows
}

/// A row shows either one role or several of the same kind, such as the codes of AT10; letters
/// that must be refused stand apart.
fn is_part(row: &Row<'_>, allocation: &Allocation) -> bool {
    let refused = Some(crate::acceptance::planner::REFUSED);
    row.test == allocation.test
        && row.from == allocation.from
        && allocation.role.as_deref() != refused
        && row.roles.last().copied() != refused
}

/// How many letters of each specification.
struct Kinds<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Kinds<'a> {
    fn of(stock: &'a [StockLetter]) -> Self {
        let letters = stock.iter();
        Self(
            letters
                .map(|letter| (letter.id.as_str(), kind(letter)))
                .collect(),
        )
    }

    fn count<'b>(&self, ids: impl IntoIterator<Item = &'b str>) -> BTreeMap<&'a str, usize> {
        let mut counts = BTreeMap::new();
        for id in ids {
            let kind = self.0.get(id).copied().unwrap_or("unknown");
            *counts.entry(kind).or_default() += 1;
        }
        counts
    }

    fn told<'b>(&self, ids: impl IntoIterator<Item = &'b str>) -> String {
        let counts = self.count(ids);
        let counts = counts
            .iter()
            .map(|(kind, count)| format!("{} {kind}", grouped(*count)));
        counts.collect::<Vec<_>>().join(", ")
    }
}

/// INT's specifications share a long beginning.
fn kind(letter: &StockLetter) -> &str {
    let specification = letter.specification_id.as_deref();
    let specification = specification.unwrap_or("without specification");
    let short = specification.strip_prefix("integration-specification-");
    short.unwrap_or(specification)
}

/// The budget as a page of text.
pub(super) fn human(budget: &Budget) -> String {
    let mut text = head(budget);
    let kinds = Kinds::of(&budget.known.letters);
    let _ = writeln!(
        text,
        "\n{:<6}{:<12}{:>7}  of which",
        "test", "from", "letters"
    );
    for row in rows(&budget.plan.allocations) {
        let (count, told) = (grouped(row.letters.len()), kinds.told(row.letters));
        let roles = roles(&row.roles);
        let _ = writeln!(
            text,
            "{:<6}{:<12}{count:>7}  {told}{roles}",
            row.test, row.from
        );
    }
    section(&mut text, "Missing", budget.plan.shortages.iter());
    let impossible = budget.plan.not_possible.iter();
    let impossible = impossible.map(|it| format!("{} {}", it.test, it.reason));
    let impossible: Vec<String> = impossible.collect();
    let remarks = budget.plan.remarks.iter();
    let remarks = remarks.filter(|remark| !impossible.contains(remark));
    section(&mut text, "Not possible", impossible.iter());
    section(&mut text, "To know", remarks);
    text.push_str(&times(budget));
    if let Some(email) = &budget.email {
        let _ = write!(text, "\nDraft of the email for AT15\n\n{email}");
    }
    text
}

fn head(budget: &Budget) -> String {
    let letters = &budget.known.letters;
    let source = match &budget.known.ledger {
        Some(ledger) => format!("as {} knows them", ledger.display()),
        None => "counted as INT seeds them, none is known yet".to_owned(),
    };
    let kinds = Kinds::of(letters).told(letters.iter().map(|letter| letter.id.as_str()));
    let (letters, target) = (count(letters.len(), "letter"), &budget.target);
    format!("Letter budget for {target}: {letters}, {source}; nothing was sent\n{kinds}\n")
}

fn roles(roles: &[&str]) -> String {
    match roles {
        [] => String::new(),
        [first, .., last] if roles.len() > 3 => format!(" ({first} to {last})"),
        few => format!(" ({})", few.join(", ")),
    }
}

fn section(text: &mut String, title: &str, lines: impl Iterator<Item = impl std::fmt::Display>) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        let _ = writeln!(text, "\n{title}");
    }
    for line in lines {
        let _ = writeln!(text, "  {line}");
    }
}

fn times(budget: &Budget) -> String {
    let plan = &budget.plan;
    let waits = match plan.leases {
        0 => "none".to_owned(),
        leases => format!(
            "{} of {}, {} in all",
            count(leases, "lease"),
            about(plan.waits / u32::try_from(leases).unwrap_or(u32::MAX)),
            about(plan.waits)
        ),
    };
    let requests = grouped(usize::try_from(plan.requests).unwrap_or(usize::MAX));
    format!(
        "\nWaits      {waits}\nRequests   about {requests}\nTime       about {}{}\n",
        about(plan.estimate),
        if budget.email.is_some() {
            ", without AT15"
        } else {
            ""
        },
    )
}

/// Whole seconds, rounded up.
fn about(time: Duration) -> humantime::FormattedDuration {
    humantime::format_duration(Duration::from_secs(time.as_millis().div_ceil(1_000) as u64))
}

/// The budget as one JSON document. Letters stand in it where their ids are real.
pub(super) fn json(budget: &Budget) -> Value {
    let plan = &budget.plan;
    let real = budget.known.ledger.is_some();
    let kinds = Kinds::of(&budget.known.letters);
    let allocations: Vec<Value> = plan
        .allocations
        .iter()
        .map(|allocation| {
            let ids = allocation.letters.iter().map(String::as_str);
            json!({
                "test": allocation.test,
                "from": allocation.from,
                "role": allocation.role,
                "count": allocation.letters.len(),
                "kinds": kinds.count(ids),
                "letters": real.then_some(&allocation.letters),
            })
        })
        .collect();
    json!({
        "target": budget.target,
        "right": plan.is_right(),
        "letters": budget.known.letters.len(),
        "known_from": if real { "ledger" } else { "count" },
        "allocations": allocations,
        "shortages": plan.shortages,
        "not_possible": plan.not_possible,
        "remarks": plan.remarks,
        "leases": plan.leases,
        "waits_ms": millis(plan.waits),
        "requests": plan.requests,
        "estimate_ms": millis(plan.estimate),
        "downloads": plan.candidates.len(),
        "email": budget.email,
    })
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acceptance::planner::{Request, plan, seeded_stock};
    use crate::cli::stock::Known;
    use crate::model::Status;

    fn budget(letters: usize) -> Budget {
        let stock = seeded_stock(letters);
        let request = Request {
            tests: (1..=15).map(|number| format!("AT{number}")).collect(),
            claimed: vec![Status::Printed, Status::Enclosed, Status::Delivered],
            rejects: true,
            accessible: vec!["integration-specification-braille".to_owned()],
            lease: Duration::from_secs(300),
            requests_per_second: 300,
            settle: Duration::from_secs(10),
            ..Request::default()
        };
        Budget {
            target: "int".to_owned(),
            plan: plan(&stock, &request),
            known: Known {
                letters: stock,
                ledger: None,
            },
            email: Some("To: somebody\n".to_owned()),
        }
    }

    #[test]
    fn a_tester_reads_what_each_test_takes() {
        insta::assert_snapshot!(human(&budget(2_500)));
    }

    #[test]
    fn a_shortage_is_named_in_both_forms() {
        let budget = budget(12);
        assert!(human(&budget).contains("Missing\n  AT4 needs 1,000 valid letters"));
        let json = json(&budget);
        assert_eq!(json["right"], false);
        assert_eq!(json["shortages"][0]["test"], "AT4");
        assert_eq!(
            json["allocations"][0]["letters"],
            Value::Null,
            "ids are made up"
        );
    }
}
