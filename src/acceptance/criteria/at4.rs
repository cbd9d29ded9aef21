//! AT4 Accept a list of letters.

use std::collections::HashSet;

use super::update::{self, Updates};
use crate::acceptance::facts::ListFact;
use crate::acceptance::finding::Finding;
use crate::acceptance::text::{count, grouped};
use crate::acceptance::view::RunView;
use crate::model::{Judgement, Status, Timestamp};

const TEST: &str = "AT4";

/// AT4.1 the targeted letters move from PENDING to ACCEPTED.
pub fn pending_to_accepted(view: &RunView) -> Judgement {
    let expected = "every targeted letter is PENDING before the update and reads ACCEPTED after it";
    let mut finding = Finding::of(TEST, expected);
    let updates = Updates::of(view, TEST, Status::Accepted);
    updates.expect_some(&mut finding);
    updates.expect_eligible(&[Status::Pending], &mut finding);
    updates.expect_settled(&mut finding);
    let letters = count(updates.letters().len(), "letter");
    finding.judge(view, format!("{letters} PENDING before, ACCEPTED after"))
}

/// AT4.2 no letter is skipped.
pub fn none_skipped(view: &RunView) -> Judgement {
    let expected = "every targeted letter is in the bulk update and leaves PENDING";
    let mut finding = Finding::of(TEST, expected);
    let updates = Updates::of(view, TEST, Status::Accepted);
    updates.expect_some(&mut finding);
    let sent = |id: &str| updates.of_letter(id).iter().any(|sent| !sent.lost());
    let letters = || updates.letters().iter().copied();
    // Even where the update's answer was lost, a letter that changed was not skipped.
    let unsure: Vec<&str> = letters()
        .filter(|id| !sent(id) && !left_pending(view, id))
        .collect();
    finding.missing_letters(&unsure, "in no answered update");
    let still: Vec<&str> = letters()
        .filter(|id| sent(id) && still_pending(view, id))
        .collect();
    finding.unmet_letters(&still, "still PENDING when last read");
    let told = count(updates.letters().len(), "letter");
    finding.judge(view, format!("{told} sent, none left behind"))
}

/// AT4.3 the API answers successfully.
pub fn answers_successfully(view: &RunView) -> Judgement {
    update::answered_successfully(view, TEST)
}

/// AT4.4 accepted letters are no longer in the pending queue.
///
/// Within its lease any letter is absent from the list, accepted or not; only a list asked for
/// after the lease proves anything (service-behaviour §3).
pub fn gone_from_the_queue(view: &RunView) -> Judgement {
    let expected = "a list asked for after the letters' lease has passed holds none of them";
    let mut finding = Finding::of(TEST, expected);
    let updates = Updates::of(view, TEST, Status::Accepted);
    updates.expect_some(&mut finding);
    // A letter that the supplier left out of its update was never accepted, so it may be there.
    let letters = updates.letters().iter().copied();
    let sent = |id: &&str| !updates.of_letter(id).is_empty();
    let letters: HashSet<&str> = letters.filter(sent).collect();
    let Some(list) = list_after_the_lease(view, &letters) else {
        finding.missing(
            "no list was asked for after the letters were accepted and their lease had passed",
        );
        return finding.judge(view, "");
    };
    finding.proof([list.seq]);
    let listed = list.letters.iter().map(|letter| letter.id.as_str());
    let back: Vec<&str> = listed.filter(|id| letters.contains(id)).collect();
    finding.unmet_letters(&back, "in the pending queue again");
    let others = grouped(list.letters.len());
    finding.judge(
        view,
        format!(
            "{others} other letters listed after the lease, none of the {} accepted",
            grouped(letters.len())
        ),
    )
}

fn still_pending(view: &RunView, letter: &str) -> bool {
    let seen = update::read_in(view, TEST, letter);
    seen.last()
        .is_some_and(|last| last.letter.is(Status::Pending))
}

fn left_pending(view: &RunView, letter: &str) -> bool {
    let seen = update::read_in(view, TEST, letter);
    seen.last()
        .is_some_and(|last| !last.letter.is(Status::Pending))
}

/// The first list of AT4 that was asked for after every accepted letter was read ACCEPTED and
/// the lease of the last list that held one had passed.
fn list_after_the_lease<'a>(view: &'a RunView, letters: &HashSet<&str>) -> Option<&'a ListFact> {
    let lease = view
        .settings()
        .map_or(0, |settings| settings.visibility_timeout_ms);
    let lease_us = i64::try_from(lease.saturating_mul(1_000)).unwrap_or(i64::MAX);
    let accepted = last_accepted(view, letters)?;
    let leased = view
        .all_lists()
        .iter()
        .filter(|list| list.done <= accepted)
        .filter(|list| {
            list.letters
                .iter()
                .any(|letter| letters.contains(letter.id.as_str()))
        })
        .map(|list| list.done.plus_micros(lease_us))
        .max()?;
    view.lists(TEST)
        .find(|list| list.sent >= accepted && list.sent >= leased)
}

/// When the last of the targeted letters was first read as something else than PENDING.
fn last_accepted(view: &RunView, letters: &HashSet<&str>) -> Option<Timestamp> {
    letters
        .iter()
        .filter_map(|letter| {
            let seen = update::read_in(view, TEST, letter);
            seen.iter()
                .find(|seen| !seen.letter.is(Status::Pending))
                .map(|seen| seen.done)
        })
        .max()
}
