//! What every update test asks: which letters, what became of them, what the API said.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::interrupted;
use crate::acceptance::facts::{ExchangeFact, IntentFact, Observation, Route};
use crate::acceptance::finding::{Finding, is_lost, is_refusal};
use crate::acceptance::text::count;
use crate::acceptance::view::RunView;
use crate::model::{Change, Judgement, LetterFacts, Status};

/// The updates of one test to the status it is about; what the test does to bring letters into
/// an eligible status first goes to other statuses and is none of them.
pub(super) struct Updates<'a> {
    view: &'a RunView,
    test: &'static str,
    status: Status,
    letters: Vec<&'a str>,
    targeted: Vec<u64>,
    sent: HashMap<&'a str, Vec<Sent<'a>>>,
}

/// A letter's part in one update.
#[derive(Clone, Copy)]
pub(super) struct Sent<'a> {
    /// The `intent` event.
    pub intent: u64,
    /// What was asked for.
    pub change: &'a Change,
    /// The last answer to it, if anything was sent.
    pub answer: Option<&'a ExchangeFact>,
}

impl Sent<'_> {
    /// True if the API took the update.
    pub fn taken(&self) -> bool {
        self.answer.is_some_and(ExchangeFact::succeeded)
    }

    /// True if nobody knows whether the API took the update.
    pub fn lost(&self) -> bool {
        self.answer.is_none_or(is_lost)
    }
}

impl<'a> Updates<'a> {
    /// The updates of `test` to `status`, and the letters that it targets: those it says and
    /// those it sends, each once.
    pub fn of(view: &'a RunView, test: &'static str, status: Status) -> Self {
        let (said, targeted) = view.targets(test);
        let sent = updates_to(view, status, view.intents(test));
        let mut seen = HashSet::new();
        let also = view.intents(test).flat_map(|intent| &intent.changes);
        let also = also.filter(|change| change.status == status.as_str());
        let letters = said.into_iter().chain(also.map(|change| &*change.letter));
        Self {
            letters: letters.filter(|id| seen.insert(*id)).collect(),
            view,
            test,
            status,
            targeted,
            sent,
        }
    }

    /// The letters, in the order they were targeted.
    pub fn letters(&self) -> &[&'a str] {
        &self.letters
    }

    /// The updates of `letter`, in order.
    pub fn of_letter(&self, letter: &str) -> &[Sent<'a>] {
        self.sent.get(letter).map_or(&[], Vec::as_slice)
    }

    /// The status that the updates are about.
    pub fn status(&self) -> Status {
        self.status
    }

    /// What was last asked for `letter`: what the API took, if it took anything.
    pub fn asked(&self, letter: &str) -> Option<&'a Change> {
        let sent = self.of_letter(letter);
        let taken = sent.iter().rev().find(|sent| sent.taken());
        taken.or(sent.last()).map(|sent| sent.change)
    }

    /// What was last seen of `letter`, in any test, before its first update.
    pub fn seen_before(&self, letter: &str) -> Option<(u64, &'a LetterFacts)> {
        let before = self.of_letter(letter).first()?.intent;
        last_seen(self.view, letter, before)
    }

    /// What the test last read of `letter` after its first update.
    pub fn read_after(&self, letter: &str) -> Option<&'a Observation> {
        let after = self.of_letter(letter).first()?.intent;
        let seen = self.view.observations(letter).iter().rev();
        seen.take_while(|seen| seen.seq > after)
            .find(|seen| seen.test.as_deref() == Some(self.test))
    }

    /// How many letters each route carried, as a sentence says it.
    pub fn by_route(&self) -> String {
        let carried = |route: Route| {
            let by = |letter: &&&str| {
                let mut sent = self.of_letter(letter).iter();
                sent.any(|sent| sent.answer.is_some_and(|call| call.route == route))
            };
            self.letters.iter().filter(by).count()
        };
        let (singly, in_bulk) = (carried(Route::UpdateOne), carried(Route::UpdateMany));
        format!("{singly} by PATCH, {in_bulk} by POST")
    }

    /// Says which events tell what was targeted and sent; says so if there is nothing.
    pub fn expect_some(&self, finding: &mut Finding) {
        finding.proof(self.targeted.iter().copied());
        let sent = || self.sent.values().flatten();
        finding.proof(sent().map(|sent| sent.intent));
        finding.proof(sent().filter_map(|sent| Some(sent.answer?.seq)));
        if self.letters.is_empty() {
            finding.missing("no letter was targeted");
        } else if self.sent.is_empty() {
            finding.missing(format!("no update to {} was sent", self.status));
        }
    }

    /// At least one letter is known to have been taken to the status: of letters that were not,
    /// nothing that follows proves anything.
    pub fn expect_some_taken(&self, finding: &mut Finding) {
        self.expect_some(finding);
        let known = |letter: &&str| {
            let read = self.read_after(letter);
            self.of_letter(letter).iter().any(Sent::taken)
                || read.is_some_and(|seen| seen.letter.is(self.status))
        };
        if !self.letters.iter().any(known) {
            finding.missing(format!("no letter is known to be {}", self.status));
        }
    }

    /// Before its update every letter is last seen in one of `eligible`; tells how many were
    /// seen in which.
    pub fn expect_eligible(
        &self,
        eligible: &[Status],
        finding: &mut Finding,
    ) -> BTreeMap<Status, usize> {
        let (mut shown, mut others, mut unseen) = (BTreeMap::new(), Vec::new(), Vec::new());
        for &letter in self.letters.iter().filter(|id| self.sent.contains_key(*id)) {
            let Some((seq, seen)) = self.seen_before(letter) else {
                unseen.push(letter);
                continue;
            };
            finding.proof([seq]);
            match seen.known_status().filter(|now| eligible.contains(now)) {
                Some(status) => *shown.entry(status).or_default() += 1,
                None => others.push(format!("{letter} ({})", seen.status)),
            }
        }
        let what = format!("not {} before the update", alternatives(eligible));
        finding.unmet_letters(&others, &what);
        finding.missing_letters(&unseen, "never seen before the update");
        shown
    }

    /// Every letter is sent, and reads the status in the end.
    pub fn expect_settled(&self, finding: &mut Finding) {
        let letters = self.letters.iter().copied();
        let left_out: Vec<&str> = letters.filter(|id| self.of_letter(id).is_empty()).collect();
        finding.missing_letters(&left_out, &format!("in no update to {}", self.status));
        self.expect_read_back(finding);
    }

    /// Every letter that was sent reads the status in the end.
    pub fn expect_read_back(&self, finding: &mut Finding) {
        let (mut unread, mut otherwise, mut lost) = (Vec::new(), Vec::new(), Vec::new());
        for &letter in &self.letters {
            let sent = self.of_letter(letter);
            let Some(seen) = self.read_after(letter) else {
                unread.extend((!sent.is_empty()).then_some(letter));
                continue;
            };
            finding.proof([seen.seq]);
            if seen.letter.is(self.status) {
                continue;
            }
            let never_answered = sent.iter().all(Sent::lost);
            let wrong = if never_answered {
                &mut lost
            } else {
                &mut otherwise
            };
            wrong.push(format!("{letter} ({})", seen.letter.status));
        }
        finding.unmet_letters(&otherwise, &format!("not {} when last read", self.status));
        finding.missing_letters(&lost, "in no answered update, and unchanged");
        finding.missing_letters(&unread, "never read after the update");
    }

    /// Letters that were taken to the status more than once in the whole run.
    pub fn repeated(&self) -> Vec<&'a str> {
        let all = updates_to(self.view, self.status, self.view.all_intents().iter());
        let taken = |letter: &str| {
            let sent = all.get(letter).map_or(&[][..], Vec::as_slice);
            sent.iter().filter(|sent| sent.taken()).count()
        };
        let letters = self.letters.iter().copied();
        letters.filter(|letter| taken(letter) > 1).collect()
    }
}

/// Every update to `status` among `intents`, by letter.
pub(super) fn updates_to<'a>(
    view: &'a RunView,
    status: Status,
    intents: impl Iterator<Item = &'a IntentFact>,
) -> HashMap<&'a str, Vec<Sent<'a>>> {
    let mut sent: HashMap<&str, Vec<Sent>> = HashMap::new();
    for intent in intents {
        let answer = view.answer_to(intent.seq);
        for change in &intent.changes {
            if change.status == status.as_str() {
                let intent = intent.seq;
                let part = Sent {
                    intent,
                    change,
                    answer,
                };
                sent.entry(&change.letter).or_default().push(part);
            }
        }
    }
    sent
}

/// What was last seen of `letter` before `seq`: read or listed, whichever came later.
pub fn last_seen<'a>(view: &'a RunView, letter: &str, seq: u64) -> Option<(u64, &'a LetterFacts)> {
    let read = view.observations(letter).iter().rev();
    let read = read.map(|seen| (seen.seq, &seen.letter));
    let listed = view.listings(letter).rev();
    let listed = listed.map(|(list, facts)| (list.seq, facts));
    let before = |found: &(u64, &LetterFacts)| found.0 < seq;
    let (mut read, mut listed) = (read.filter(before), listed.filter(before));
    read.next()
        .into_iter()
        .chain(listed.next())
        .max_by_key(|found| found.0)
}

/// The letter as it was last seen at all. What an answer leaves out of specification and group is
/// as a list stated it before: neither ever changes.
pub(super) fn facts_of(view: &RunView, letter: &str) -> Option<LetterFacts> {
    let (_, last) = last_seen(view, letter, u64::MAX)?;
    let mut facts = last.clone();
    for (_, listed) in view.listings(letter).rev() {
        let (specification, group) = (&listed.specification_id, &listed.group_id);
        facts.specification_id = facts.specification_id.or_else(|| specification.clone());
        facts.group_id = facts.group_id.or_else(|| group.clone());
    }
    Some(facts)
}

/// `ACCEPTED`, `ACCEPTED or PRINTED`.
pub(super) fn alternatives(statuses: &[Status]) -> String {
    let names: Vec<&str> = statuses.iter().map(|status| status.as_str()).collect();
    match names.as_slice() {
        [] => "nothing".to_owned(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

/// `12 ACCEPTED, 4 PRINTED`.
pub(super) fn tally(shown: &BTreeMap<Status, usize>) -> String {
    let parts = shown
        .iter()
        .map(|(status, letters)| format!("{letters} {status}"));
    parts.collect::<Vec<_>>().join(", ")
}

/// What `test` read of `letter`, in order.
pub(super) fn read_in<'a>(view: &'a RunView, test: &str, letter: &str) -> Vec<&'a Observation> {
    let belongs = |seen: &&Observation| seen.test.as_deref() == Some(test);
    view.observations(letter).iter().filter(belongs).collect()
}

/// "The API answers successfully": no request of `test` is refused, every update gets its 202.
pub(super) fn answered_successfully(view: &RunView, test: &'static str) -> Judgement {
    let expected = "every request is answered with success, updates with 202";
    let mut finding = Finding::of(test, expected);
    let told = expect_success(view, test, &mut finding);
    finding.judge(view, told)
}

/// Holds every call of `test` against success, and tells how many there were.
pub(super) fn expect_success(view: &RunView, test: &str, finding: &mut Finding) -> String {
    let calls = view.calls(test);
    let updates = calls.iter().filter(|call| call.route.is_update());
    let updates: Vec<&ExchangeFact> = updates.copied().collect();
    finding.proof(updates.iter().map(|call| call.seq));
    if updates.is_empty() && interrupted::unanswered(view, test).is_empty() {
        finding.missing("no update was sent");
    }
    interrupted::expect_known(view, test, finding);
    let refused: Vec<_> = calls.iter().filter(|call| is_refusal(call)).collect();
    finding.proof(refused.iter().map(|call| call.seq));
    if let Some(first) = refused.first() {
        let requests = count(refused.len(), "request");
        let (outcome, seq) = (first.outcome(), first.seq);
        finding.unmet(format!("{requests} refused, first: {outcome} (seq {seq})"));
    }
    expect_202(&updates, finding);
    expect_answers(view, test, &calls, finding);
    let (updates, calls) = (
        count(updates.len(), "update"),
        count(calls.len(), "request"),
    );
    format!("{updates} answered 202, {calls} in all")
}

fn expect_202(updates: &[&ExchangeFact], finding: &mut Finding) {
    let other: Vec<_> = updates
        .iter()
        .filter(|call| call.succeeded() && call.status != Some(202))
        .collect();
    if let Some(first) = other.first() {
        let updates = count(other.len(), "update");
        let (outcome, seq) = (first.outcome(), first.seq);
        finding.unmet(format!(
            "{updates} not answered 202, first: {outcome} (seq {seq})"
        ));
    }
}

/// A call without an answer allows no judgement, unless what it was for was done later.
fn expect_answers(view: &RunView, test: &str, calls: &[&ExchangeFact], finding: &mut Finding) {
    let lost: Vec<_> = calls.iter().filter(|call| is_lost(call)).collect();
    finding.proof(lost.iter().map(|call| call.seq));
    for call in lost {
        let told = format!("{} (seq {})", call.outcome(), call.seq);
        if made_good(view, test, call) {
            finding.warning(format!("{told}, and succeeded when sent again"));
        } else {
            finding.missing(told);
        }
    }
}

/// True if a later call of the same kind succeeded: a read that was repeated, or an update whose
/// letters were sent again where they had not changed.
fn made_good(view: &RunView, test: &str, lost: &ExchangeFact) -> bool {
    let intent = |seq| view.intents(test).find(|intent| Some(intent.seq) == seq);
    let Some(announced) = intent(lost.intent) else {
        let repeats = matches!(lost.route, Route::Token | Route::Status | Route::Letter);
        let mut later = view.exchanges(test).filter(|call| call.seq > lost.seq);
        return repeats && later.any(|call| call.route == lost.route && call.succeeded());
    };
    let again = |call: &&ExchangeFact| call.seq > lost.seq && call.succeeded();
    let mut later = view.exchanges(test).filter(again);
    later.any(|call| {
        let changes = intent(call.intent).map_or(&[][..], |intent| &intent.changes);
        changes
            .iter()
            .any(|change| announced.changes.contains(change))
    })
}
