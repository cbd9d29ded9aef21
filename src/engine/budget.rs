//! Plans the letters of a run from what the service has listed.

use crate::acceptance::planner::{Plan, Request, StockLetter, plan};
use crate::model::{Event, LetterFacts, PdfCheck, PdfOutcome, Status};
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
        let event = Event::PlanMade {
            allocations: plan.allocations.clone(),
            waits_ms: u64::try_from(plan.waits.as_millis()).unwrap_or(u64::MAX),
            requests: plan.requests,
        };
        (budget(plan), event)
    }
}

fn budget(plan: Plan) -> Budget {
    Budget {
        refusal: refusal(&plan),
        allocations: plan.allocations,
        not_possible: plan
            .not_possible
            .into_iter()
            .map(|test| (test.test, test.reason))
            .collect(),
        remarks: plan.remarks,
    }
}

fn refusal(plan: &Plan) -> Option<String> {
    let lacking: Vec<String> = plan.shortages.iter().map(ToString::to_string).collect();
    (!lacking.is_empty()).then(|| {
        format!("the plan lacks letters, so no update was sent: {}; ask NHS Notify to seed more, or choose tests with --only", lacking.join("; "))
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
        id: letter.id.clone(),
        status: letter.status.parse::<Status>().ok()?,
        specification_id: letter.specification_id.clone(),
        group_id: letter.group_id.clone(),
        has_hash: letter.sha256_hash.is_some(),
        pages_over_five: over_five
            .map(|check| !matches!(check.outcome, PdfOutcome::Pass | PdfOutcome::NotRun)),
    })
}
