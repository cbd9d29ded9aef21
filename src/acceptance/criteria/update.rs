//! What every update test asks: which letters, what became of them, what the API said.

use std::collections::HashSet;

use crate::acceptance::facts::{ExchangeFact, Observation};
use crate::acceptance::finding::Finding;
use crate::acceptance::text::count;
use crate::acceptance::view::RunView;
use crate::model::{Judgement, Status};

/// The letters that `test` targets; says so if there are none.
pub(super) fn targeted<'a>(view: &'a RunView, test: &str, finding: &mut Finding) -> Vec<&'a str> {
    let (letters, seqs) = view.targets(test);
    finding.proof(seqs);
    if letters.is_empty() {
        finding.missing("no letter was targeted");
    }
    letters
}

/// What `test` read of `letter`, in order.
pub(super) fn read_in<'a>(view: &'a RunView, test: &str, letter: &str) -> Vec<&'a Observation> {
    let belongs = |seen: &&Observation| seen.test.as_deref() == Some(test);
    view.observations(letter).iter().filter(belongs).collect()
}

/// Letters of which the last thing read in `test` is not `status`, as `(read otherwise, never read)`.
pub(super) fn not_settled_as<'a>(
    view: &RunView,
    test: &str,
    letters: &[&'a str],
    status: Status,
    finding: &mut Finding,
) -> (Vec<&'a str>, Vec<&'a str>) {
    let (mut otherwise, mut unread) = (Vec::new(), Vec::new());
    for &letter in letters {
        match read_in(view, test, letter).last() {
            Some(seen) => {
                finding.proof([seen.seq]);
                if !seen.letter.is(status) {
                    otherwise.push(letter);
                }
            }
            None => unread.push(letter),
        }
    }
    (otherwise, unread)
}

/// Letters of `letters` that no answered update of `test` carried.
pub(super) fn not_updated<'a>(view: &RunView, test: &str, letters: &[&'a str]) -> Vec<&'a str> {
    let answered: HashSet<u64> = view
        .exchanges(test)
        .filter(|call| call.route.is_update() && call.succeeded())
        .filter_map(|call| call.intent)
        .collect();
    let carried: HashSet<&str> = view
        .intents(test)
        .filter(|intent| answered.contains(&intent.seq))
        .flat_map(|intent| intent.changes.iter().map(|change| change.letter.as_str()))
        .collect();
    letters
        .iter()
        .copied()
        .filter(|letter| !carried.contains(letter))
        .collect()
}

/// "The API answers successfully": every update of `test` got a success, none a refusal.
pub(super) fn answered_successfully(view: &RunView, test: &'static str) -> Judgement {
    let mut finding = Finding::of(
        test,
        "every request is answered with success, updates with 202",
    );
    let calls = view.calls(test);
    let updates: Vec<&&ExchangeFact> = calls.iter().filter(|call| call.route.is_update()).collect();
    finding.proof(updates.iter().map(|call| call.seq));
    if updates.is_empty() {
        finding.missing("no update was sent");
    }
    let refused: Vec<&&ExchangeFact> = calls.iter().filter(|call| call.refused()).collect();
    finding.proof(refused.iter().map(|call| call.seq));
    if let Some(first) = refused.first() {
        let others = count(refused.len(), "request");
        finding.unmet(format!(
            "{others} refused, first: {} (seq {})",
            first.outcome(),
            first.seq
        ));
    }
    for call in updates
        .iter()
        .filter(|call| call.succeeded() && call.status != Some(202))
    {
        finding.unmet(format!("{} (seq {}), not 202", call.outcome(), call.seq));
    }
    for call in updates
        .iter()
        .filter(|call| !call.succeeded() && !call.refused())
    {
        finding.missing(format!("{} (seq {})", call.outcome(), call.seq));
    }
    let told = format!(
        "{} answered 202, {} in all",
        count(updates.len(), "update"),
        count(calls.len(), "request")
    );
    finding.judge(view, told)
}
