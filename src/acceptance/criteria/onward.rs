//! Letters whose way has ended, and that must not go on: anywhere in the run.

use std::collections::BTreeMap;

use super::update::{last_seen, updates_to};
use crate::acceptance::finding::Finding;
use crate::acceptance::view::RunView;
use crate::model::{LetterFacts, Status};

/// The statuses that production gives.
pub(super) const PRODUCTION: [Status; 4] = [
    Status::Printed,
    Status::Enclosed,
    Status::Dispatched,
    Status::Delivered,
];

/// No letter that was sent to `end` is sent to one of `forbidden` later.
pub(super) fn expect_no_update(
    view: &RunView,
    end: Status,
    forbidden: &[Status],
    finding: &mut Finding,
) {
    let ended = ended(view, end);
    let mut went_on = Vec::new();
    for intent in view.all_intents() {
        for change in &intent.changes {
            let after = ended
                .get(&*change.letter)
                .is_some_and(|at| *at < intent.seq);
            let goes_on = forbidden
                .iter()
                .any(|status| change.status == status.as_str());
            if after && goes_on {
                finding.proof([intent.seq]);
                went_on.push(format!("{} ({})", change.letter, change.status));
            }
        }
    }
    finding.unmet_letters(&went_on, &format!("sent on after the update to {end}"));
}

/// No letter that was sent to `end` is read as one of `forbidden` later. Until the update shows,
/// a letter reads what it read before (service-behaviour §2).
pub(super) fn expect_not_read_as(
    view: &RunView,
    end: Status,
    forbidden: &[Status],
    finding: &mut Finding,
) {
    let mut went_on = Vec::new();
    for (letter, at) in ended(view, end) {
        let before = last_seen(view, letter, at).map(|(_, facts)| facts.status.as_str());
        let later = view.observations(letter).iter();
        let later = later.filter(|seen| seen.seq > at);
        let mut later = later.skip_while(|seen| Some(seen.letter.status.as_str()) == before);
        let forbidden = |read: &LetterFacts| forbidden.iter().any(|status| read.is(*status));
        if let Some(seen) = later.find(|seen| forbidden(&seen.letter)) {
            finding.proof([seen.seq]);
            went_on.push(format!("{letter} ({})", seen.letter.status));
        }
    }
    finding.unmet_letters(
        &went_on,
        &format!("read as something else after the update to {end}"),
    );
}

/// No letter that once read `end` reads anything else later.
pub(super) fn expect_final(view: &RunView, end: Status, finding: &mut Finding) {
    let mut went_on = Vec::new();
    for letter in ended(view, end).into_keys() {
        let seen = view.observations(letter).iter();
        let mut since = seen.skip_while(|seen| !seen.letter.is(end));
        if let Some(seen) = since.find(|seen| !seen.letter.is(end)) {
            finding.proof([seen.seq]);
            went_on.push(format!("{letter} ({})", seen.letter.status));
        }
    }
    finding.unmet_letters(&went_on, &format!("read as something else after {end}"));
}

/// The letters that were sent to `end` in any test, unless that was refused, with the first
/// intent that says so.
fn ended(view: &RunView, end: Status) -> BTreeMap<&str, u64> {
    let sent = updates_to(view, end, view.all_intents().iter());
    let first = sent.into_iter().filter_map(|(letter, sent)| {
        let sent = sent.iter().find(|sent| sent.taken() || sent.lost())?;
        Some((letter, sent.intent))
    });
    first.collect()
}
