//! Plans the letters of a run from what the service has listed.

use std::collections::BTreeMap;

use crate::acceptance::planner::{Request, StockLetter, plan};
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
        plan(&letters(stock), &self.0).candidates
    }

    fn plan(&self, stock: &Stock) -> (Budget, Event) {
        let plan = plan(&letters(stock), &self.0);
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

fn letters(stock: &Stock) -> Vec<StockLetter> {
    let known = stock.all().into_iter();
    known
        .filter_map(|letter| stock_letter(&letter, &stock.checks(&letter.id)))
        .collect()
}

/// A letter of a status that the pack does not know is of no use to any test.
fn stock_letter(letter: &LetterFacts, checks: &[PdfCheck]) -> Option<StockLetter> {
    let over_five = checks.iter().find(|check| check.id == "PF-011");
    Some(StockLetter {
        pages_over_five: over_five
            .map(|check| !matches!(check.outcome, PdfOutcome::Pass | PdfOutcome::NotRun)),
        ..StockLetter::of(letter)?
    })
}
