//! The doctor's findings, for people and for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::doctor::{Finding, Outcome};
use crate::report::{one_line, visible};

use super::Report;

/// Room for the longest check, `response-media-type`.
const CHECK: usize = 19;

pub(super) fn human(report: &Report) -> String {
    let mut text = format!("Target {}", report.target);
    if let Some(url) = &report.base_url {
        let _ = write!(text, ", {url}");
    }
    text.push_str("\n\n");
    for finding in &report.findings {
        line(&mut text, finding);
    }
    let _ = writeln!(text, "\n{}", conclusion(report));
    visible(&text)
}

fn line(text: &mut String, finding: &Finding) {
    let _ = writeln!(
        text,
        "{} {:<CHECK$}  {}",
        sign(finding.outcome),
        finding.check,
        one_line(&finding.seen)
    );
    let details = [
        ("cause", &finding.cause),
        ("remedy", &finding.remedy),
        ("id", &finding.request_id),
    ];
    for (name, detail) in details {
        // The id of a call that went well helps nobody.
        let wanted = name != "id" || finding.outcome == Outcome::Fail;
        if let (Some(detail), true) = (detail, wanted) {
            let _ = writeln!(text, "  {:CHECK$}  {name}: {}", "", one_line(detail));
        }
    }
}

const fn sign(outcome: Outcome) -> char {
    match outcome {
        Outcome::Ok => '✓',
        Outcome::Warning => '!',
        Outcome::Observation => '?',
        Outcome::Fail => '✗',
        Outcome::Skipped => '-',
    }
}

fn conclusion(report: &Report) -> String {
    let counts = [
        (Outcome::Fail, "failed"),
        (Outcome::Warning, "to know"),
        (Outcome::Observation, "new"),
        (Outcome::Skipped, "left out"),
        (Outcome::Ok, "in order"),
    ];
    let told: Vec<String> = counts
        .iter()
        .map(|(outcome, word)| (report.count(*outcome), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    let told = told.join(", ");
    match report.count(Outcome::Fail) {
        0 => format!("Nothing stands in the way of a run: {told}."),
        _ => format!("A run would not get through: {told}. Mend the first ✗ first."),
    }
}

pub(super) fn json(report: &Report) -> Value {
    json!({
        "schema": 1,
        "target": report.target,
        "base_url": report.base_url,
        "ready": report.count(Outcome::Fail) == 0,
        "checks": report.findings,
    })
}
