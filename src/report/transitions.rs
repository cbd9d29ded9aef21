//! What became of each letter that an acceptance test updated.

use std::collections::HashMap;

use crate::acceptance::{ExchangeFact, Observation, RunView, last_seen};
use crate::model::{Change, LetterFacts, Timestamp};

/// One letter's way from one status to the next.
#[derive(Clone, Debug)]
pub(super) struct Transition<'a> {
    /// What was asked for.
    pub change: &'a Change,
    /// The letter as it was last seen before.
    pub before: Option<&'a LetterFacts>,
    /// The answer to the update, if one came.
    pub answer: Option<&'a ExchangeFact>,
    /// When the old status was read for the last time after the answer.
    pub last_old: Option<Timestamp>,
    /// The first reading of the new status.
    pub first_new: Option<&'a Observation>,
    /// The last reading before the letter's next update.
    pub after: Option<&'a Observation>,
}

impl Transition<'_> {
    /// When the API had taken the update.
    pub fn acknowledged(&self) -> Option<Timestamp> {
        let answer = self.answer.filter(|answer| answer.succeeded());
        answer.map(|answer| answer.done)
    }

    /// Microseconds from the API's answer to the first reading of the new status.
    pub fn visible_us(&self) -> Option<u64> {
        let first = self.first_new?.done;
        u64::try_from(first.micros_since(self.acknowledged()?)).ok()
    }

    /// Microseconds from the API's answer in which the old status was still read.
    pub fn hidden_us(&self) -> u64 {
        let hidden = self.acknowledged().zip(self.last_old);
        let hidden = hidden.map(|(taken, old)| old.micros_since(taken));
        hidden.and_then(|us| u64::try_from(us).ok()).unwrap_or(0)
    }

    /// True if the letter was watched closely: the moment of change is known to `us`.
    pub fn is_known_within(&self, us: u64) -> bool {
        let width = self
            .visible_us()
            .map(|visible| visible - self.hidden_us().min(visible));
        width.is_some_and(|width| width <= us)
    }
}

/// Every change that `test` sent, in the order of sending.
pub(super) fn transitions<'a>(view: &'a RunView, test: &'a str) -> Vec<Transition<'a>> {
    let mut next: HashMap<&str, Vec<u64>> = HashMap::new();
    for intent in view.all_intents() {
        for change in &intent.changes {
            next.entry(&change.letter).or_default().push(intent.seq);
        }
    }
    let mut found = Vec::new();
    for intent in view.intents(test) {
        for change in &intent.changes {
            let later = next.get(change.letter.as_str()).into_iter().flatten();
            let until = later.copied().find(|seq| *seq > intent.seq);
            found.push(transition(view, change, intent.seq, until));
        }
    }
    found
}

fn transition<'a>(
    view: &'a RunView,
    change: &'a Change,
    intent: u64,
    until: Option<u64>,
) -> Transition<'a> {
    let until = until.unwrap_or(u64::MAX);
    let all = view.observations(&change.letter);
    let start = all.partition_point(|seen| seen.seq < intent);
    let end = all.partition_point(|seen| seen.seq < until);
    let read = all.get(start..end).unwrap_or_default();
    let is_new = |seen: &&Observation| seen.letter.status == change.status;
    let first_new = read.iter().find(is_new);
    let still_old = read.iter().take_while(|seen| !is_new(seen));
    let before = last_seen(view, &change.letter, intent);
    Transition {
        change,
        before: before.map(|(_, facts)| facts),
        answer: view.answer_to(intent),
        last_old: still_old.last().map(|seen| seen.sent),
        first_new,
        after: read.last(),
    }
}
