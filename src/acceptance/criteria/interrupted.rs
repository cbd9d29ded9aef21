//! Updates whose answer was lost because the run was interrupted: what was read afterwards says
//! what became of them.

use crate::acceptance::facts::{ExchangeFact, IntentFact};
use crate::acceptance::finding::Finding;
use crate::acceptance::view::RunView;
use crate::model::Change;

/// The updates of `test` that were announced, and of which no exchange tells.
pub(super) fn unanswered<'a>(view: &'a RunView, test: &'a str) -> Vec<&'a IntentFact> {
    let announced = view.intents(test);
    let updates = announced.filter(|intent| !intent.changes.is_empty());
    updates
        .filter(|intent| view.answer_to(intent.seq).is_none())
        .collect()
}

/// A run may be interrupted between sending an update and writing its answer down. If its
/// letters were read in their new status afterwards, or were sent again, nothing is left open.
pub(super) fn expect_known(view: &RunView, test: &str, finding: &mut Finding) {
    for intent in unanswered(view, test) {
        let seq = intent.seq;
        finding.proof([seq]);
        if !view.interrupted_after(seq) {
            finding.missing(format!(
                "no exchange tells of the update announced at seq {seq}"
            ));
        } else if intent
            .changes
            .iter()
            .all(|change| is_known(view, seq, change))
        {
            finding.warning(format!(
                "the run was interrupted before the answer to an update was written (seq {seq}); \
                 what its letters became was read afterwards"
            ));
        } else {
            finding.missing(format!(
                "the run was interrupted before the answer to an update was written (seq {seq}), \
                 and its letters were not read in their new status afterwards"
            ));
        }
    }
}

fn is_known(view: &RunView, intent: u64, change: &Change) -> bool {
    let mut read = view.observations(&change.letter).iter();
    let arrived = read.any(|seen| seen.seq > intent && seen.letter.status == change.status);
    arrived || was_sent_again(view, intent, change)
}

fn was_sent_again(view: &RunView, intent: u64, change: &Change) -> bool {
    let mut later = view.all_intents().iter().filter(|other| other.seq > intent);
    later.any(|other| {
        other.changes.contains(change)
            && view
                .answer_to(other.seq)
                .is_some_and(ExchangeFact::succeeded)
    })
}
