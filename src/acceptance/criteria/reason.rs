//! Reasons: what was sent is what reads back.

use super::update::Updates;
use crate::acceptance::finding::Finding;
use crate::model::{Change, LetterFacts};

/// Every letter is sent with a code and a text, and whichever reads the status reads both back.
///
/// A letter that does not read the status is another point's finding.
pub(super) fn expect_reasons(updates: &Updates, finding: &mut Finding) {
    let (mut bare, mut changed, mut compared) = (Vec::new(), Vec::new(), 0_usize);
    for &letter in updates.letters() {
        let Some(asked) = updates.asked(letter) else {
            continue;
        };
        if !has_reason(asked) {
            bare.push(letter);
        }
        let read = updates.read_after(letter);
        let Some(seen) = read.filter(|seen| seen.letter.is(updates.status())) else {
            continue;
        };
        finding.proof([seen.seq]);
        compared += 1;
        if has_reason(asked) && !reads_back(asked, &seen.letter) {
            changed.push(format!("{letter} ({})", told(&seen.letter)));
        }
    }
    finding.unmet_letters(&bare, "sent without a code and a text");
    finding.unmet_letters(&changed, "whose code and text do not read back as sent");
    if compared == 0 {
        finding.missing(format!("no letter was read {}", updates.status()));
    }
}

fn has_reason(change: &Change) -> bool {
    let given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    given(&change.reason_code) && given(&change.reason_text)
}

fn reads_back(asked: &Change, read: &LetterFacts) -> bool {
    asked.reason_code == read.reason_code && asked.reason_text == read.reason_text
}

fn told(letter: &LetterFacts) -> String {
    let code = letter.reason_code.as_deref().unwrap_or("no code");
    let text = letter.reason_text.as_deref().unwrap_or("no text");
    format!("{code}, {text}")
}
