//! AT10 Returns.

use std::collections::{BTreeMap, BTreeSet};

use super::reason::expect_reasons;
use super::update::{self, Updates, tally};
use crate::acceptance::finding::Finding;
use crate::acceptance::text::count;
use crate::acceptance::view::RunView;
use crate::model::{Change, Judgement, RETURN_REASONS, Status, Timestamp};

const TEST: &str = "AT10";

const ELIGIBLE: [Status; 2] = [Status::Dispatched, Status::Delivered];

/// AT10.1 all targeted letters become RETURNED.
pub fn all_returned(view: &RunView) -> Judgement {
    let expected =
        "every targeted letter is DISPATCHED or DELIVERED before and reads RETURNED after";
    let mut finding = Finding::of(TEST, expected);
    let updates = Updates::of(view, TEST, Status::Returned);
    updates.expect_some(&mut finding);
    let shown = updates.expect_eligible(&ELIGIBLE, &mut finding);
    updates.expect_settled(&mut finding);
    let letters = count(updates.letters().len(), "letter");
    finding.judge(
        view,
        format!(
            "{letters} RETURNED: {}; {}",
            tally(&shown),
            updates.by_route()
        ),
    )
}

/// AT10.2 the API answers successfully.
pub fn answers_successfully(view: &RunView) -> Judgement {
    update::answered_successfully(view, TEST)
}

/// AT10.3 each carries a valid reason code and text of the list, and a timestamp.
pub fn with_a_listed_reason(view: &RunView) -> Judgement {
    let expected = "every update has a code of R01 to R10 with its text and a time, reads back as \
                    sent, and all ten are shown from each eligible status";
    let mut finding = Finding::of(TEST, expected);
    let updates = Updates::of(view, TEST, Status::Returned);
    updates.expect_some(&mut finding);
    expect_reasons(&updates, &mut finding);
    expect_listed(&updates, &mut finding);
    expect_all_codes(&updates, &mut finding);
    let times = times(&updates);
    let between = times.first().zip(times.last());
    let between = between.map_or(String::new(), |(first, last)| {
        format!(" between {first} and {last}")
    });
    let letters = count(updates.letters().len(), "letter");
    finding.judge(
        view,
        format!("{letters} returned{between}, all ten codes with their texts"),
    )
}

fn expect_listed(updates: &Updates, finding: &mut Finding) {
    let letters = updates.letters().iter();
    let asked = letters.filter_map(|letter| updates.asked(letter));
    let others = asked.filter(|change| code(change).is_none()).map(|change| {
        let code = change.reason_code.as_deref().unwrap_or("no code");
        let text = change.reason_text.as_deref().unwrap_or("no text");
        format!("{} ({code}, {text})", change.letter)
    });
    let others: Vec<String> = others.collect();
    finding.unmet_letters(&others, "with a code and text that are not of the list");
}

/// Every code is shown from every eligible status that letters were returned from.
fn expect_all_codes(updates: &Updates, finding: &mut Finding) {
    let mut shown: BTreeMap<Status, BTreeSet<&str>> = BTreeMap::new();
    for letter in updates.letters() {
        let before = updates.seen_before(letter);
        let before = before.and_then(|(_, seen)| seen.known_status());
        let Some(status) = before.filter(|status| ELIGIBLE.contains(status)) else {
            continue;
        };
        let code = updates.asked(letter).and_then(code);
        shown.entry(status).or_default().extend(code);
    }
    for (status, codes) in shown {
        let absent = RETURN_REASONS
            .iter()
            .map(|(code, _)| *code)
            .filter(|code| !codes.contains(code));
        for code in absent {
            finding.missing(format!("{code} was not shown from {status}"));
        }
    }
}

/// The code of `change`, if it is of the list and has its text.
fn code(change: &Change) -> Option<&'static str> {
    let (code, text) = (
        change.reason_code.as_deref()?,
        change.reason_text.as_deref()?,
    );
    let listed = RETURN_REASONS
        .iter()
        .find(|listed| **listed == (code, text));
    listed.map(|(code, _)| *code)
}

/// When the updates were sent, in order.
fn times(updates: &Updates) -> Vec<Timestamp> {
    let letters = updates.letters().iter();
    let sent = letters.flat_map(|letter| updates.of_letter(letter));
    let mut times: Vec<Timestamp> = sent.filter_map(|sent| Some(sent.answer?.sent)).collect();
    times.sort_unstable();
    times
}
