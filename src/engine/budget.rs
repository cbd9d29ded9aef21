//! Plans the letters of a run from what the service has listed.

use std::collections::{BTreeMap, HashMap};

use crate::acceptance::planner::{Request, SeenPdf, StockLetter, plan};
use crate::model::{Allocation, Event, LetterFacts, PdfCheck, PdfOutcome};
use crate::world::{Budget, Planner, Stock};

/// The planner of the acceptance pack, with what this run asks of it.
#[derive(Clone, Debug)]
pub struct PackPlanner(Request);

impl PackPlanner {
    /// A planner for `request`.
    pub fn new(request: Request) -> Self {
        Self(request)
    }
}

impl Planner for PackPlanner {
    fn candidates(&self, stock: &Stock) -> Vec<String> {
        let plan = plan(&letters(stock), &self.0);
        let unseen = |id: &String| stock.checks(id).is_empty();
        plan.candidates.into_iter().filter(unseen).collect()
    }

    fn plan(&self, stock: &Stock) -> (Budget, Event) {
        let request = Request {
            seen_pdfs_only: true,
            ..self.0.clone()
        };
        let plan = plan(&letters(stock), &request);
        let shortages: Vec<String> = plan.shortages.iter().map(ToString::to_string).collect();
        let not_possible: BTreeMap<String, String> = plan
            .not_possible
            .into_iter()
            .map(|test| (test.test, test.reason))
            .collect();
        let event = Event::PlanMade {
            allocations: plan.allocations.clone(),
            waits_ms: u64::try_from(plan.waits.as_millis()).unwrap_or(u64::MAX),
            requests: plan.requests,
            shortages: shortages.clone(),
            not_possible: not_possible.clone(),
        };
        let budget = Budget {
            remarks: plan.remarks,
            ..budget(plan.allocations, &shortages, not_possible)
        };
        (budget, event)
    }
}

/// The budget that a `plan.made` tells.
pub(super) fn budget(
    allocations: Vec<Allocation>,
    shortages: &[String],
    not_possible: BTreeMap<String, String>,
) -> Budget {
    Budget {
        allocations,
        refusal: refusal(shortages),
        not_possible,
        remarks: Vec::new(),
    }
}

fn refusal(shortages: &[String]) -> Option<String> {
    (!shortages.is_empty()).then(|| {
        let lacking = shortages.join("; ");
        format!(
            "the plan lacks letters, so no update was sent: {lacking}; ask NHS Notify to seed more, \
             or choose tests with --only"
        )
    })
}

/// The letters with what is known of their PDFs. Letters with the same hash and specification
/// have the same PDF, measured alike, so one download tells of them all: INT stores one PDF a
/// batch (pdf-preflight fact 8).
fn letters(stock: &Stock) -> Vec<StockLetter> {
    let known = stock.all();
    let checked: Vec<Vec<PdfCheck>> = known.iter().map(|it| stock.checks(&it.id)).collect();
    let mut files = HashMap::new();
    for (letter, checks) in known.iter().zip(&checked) {
        if let (Some(file), Some(pdf)) = (file_of(letter), seen(checks))
            && came_whole(checks)
        {
            files.insert(file, pdf);
        }
    }
    let letters = known.iter().zip(&checked).filter_map(|(letter, checks)| {
        let alike = || file_of(letter).and_then(|file| files.get(&file).copied());
        Some(StockLetter {
            pdf: seen(checks).or_else(alike),
            // A letter of a status that the pack does not know is of no use to any test.
            ..StockLetter::of(letter)?
        })
    });
    letters.collect()
}

fn file_of(letter: &LetterFacts) -> Option<(&str, Option<&str>)> {
    let hash = letter.sha256_hash.as_deref()?;
    Some((hash, letter.specification_id.as_deref()))
}

fn seen(checks: &[PdfCheck]) -> Option<SeenPdf> {
    let over_five = |check: &PdfCheck| {
        check.id == "PF-011" && matches!(check.outcome, PdfOutcome::Warn | PdfOutcome::Fail)
    };
    (!checks.is_empty()).then(|| SeenPdf {
        defect: checks.iter().any(|check| check.outcome == PdfOutcome::Fail),
        over_five_pages: checks.iter().any(over_five),
    })
}

/// What was delivered wrongly says nothing about other letters' downloads.
fn came_whole(checks: &[PdfCheck]) -> bool {
    let delivery = |check: &PdfCheck| ["PF-001", "PF-002", "PF-003"].contains(&&*check.id);
    let mut checks = checks.iter();
    !checks.any(|check| delivery(check) && check.outcome == PdfOutcome::Fail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(id: &str, specification: &str, hash: &str) -> LetterFacts {
        LetterFacts {
            id: id.to_owned(),
            status: "PENDING".to_owned(),
            specification_id: Some(specification.to_owned()),
            group_id: Some("group".to_owned()),
            sha256_hash: Some(hash.to_owned()),
            reason_code: None,
            reason_text: None,
        }
    }

    fn check(id: &str, outcome: PdfOutcome) -> PdfCheck {
        PdfCheck {
            id: id.to_owned(),
            outcome,
            observed: String::new(),
        }
    }

    /// What is known of the PDFs of `a` to `d`, when that of `a` was looked at.
    fn known(checks: &[PdfCheck]) -> Vec<Option<SeenPdf>> {
        let stock = Stock::default();
        for (id, specification, hash) in [
            ("a", "one", "hash"),
            ("b", "one", "hash"),
            ("c", "other", "hash"),
            ("d", "one", "another"),
        ] {
            stock.seen(&letter(id, specification, hash));
        }
        stock.checked("a", checks);
        letters(&stock)
            .into_iter()
            .map(|letter| letter.pdf)
            .collect()
    }

    #[test]
    fn one_download_tells_of_every_letter_with_the_same_file_and_pack() {
        let long = Some(SeenPdf {
            defect: false,
            over_five_pages: true,
        });
        let seen = known(&[check("PF-011", PdfOutcome::Warn)]);
        assert_eq!(seen, [long, long, None, None]);
    }

    #[test]
    fn a_download_that_went_wrong_tells_of_its_own_letter_alone() {
        let bad = Some(SeenPdf {
            defect: true,
            over_five_pages: false,
        });
        let seen = known(&[check("PF-003", PdfOutcome::Fail)]);
        assert_eq!(seen, [bad, None, None, None]);
    }
}
