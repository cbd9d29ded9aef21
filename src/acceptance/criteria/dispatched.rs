//! The letters that were dispatched in a run, as management information must count them.

use super::update::{facts_of, updates_to};
use crate::acceptance::view::RunView;
use crate::model::Status;

/// Reporting day, specification and group: what the pack calls one entry.
pub(super) type Key = (String, String, String);

/// A letter that was sent to DISPATCHED in this run and read so.
pub(super) struct Dispatch<'a> {
    /// The letter.
    pub letter: &'a str,
    /// The first `status.observed` that shows it.
    pub seq: u64,
    /// The UTC day of that reading, and the letter's specification and group.
    pub key: Key,
}

/// Every letter dispatched in this run, in the order of their ids.
pub(super) fn dispatched(view: &RunView) -> Vec<Dispatch<'_>> {
    let sent = updates_to(view, Status::Dispatched, view.all_intents().iter());
    let mut found: Vec<Dispatch> = sent
        .into_iter()
        .filter_map(|(letter, sent)| dispatch(view, letter, sent.first()?.intent))
        .collect();
    found.sort_unstable_by_key(|dispatch| dispatch.letter);
    found
}

fn dispatch<'a>(view: &'a RunView, letter: &'a str, intent: u64) -> Option<Dispatch<'a>> {
    let mut seen = view.observations(letter).iter();
    let seen = seen.find(|seen| seen.seq > intent && seen.letter.is(Status::Dispatched))?;
    let facts = facts_of(view, letter).unwrap_or_else(|| seen.letter.clone());
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let key = (
        seen.done.date(),
        text(&facts.specification_id),
        text(&facts.group_id),
    );
    let seq = seen.seq;
    Some(Dispatch { letter, seq, key })
}
