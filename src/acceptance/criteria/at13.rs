//! AT13 Reject invalid letters.

use super::defect::{Lists, expect_true_reasons, warn_of_unjudged};
use super::onward::{PRODUCTION, expect_no_update, expect_not_read_as};
use super::reason::expect_reasons;
use super::update::{Updates, expect_success};
use crate::acceptance::finding::Finding;
use crate::acceptance::text::count;
use crate::acceptance::view::RunView;
use crate::model::{Judgement, Status};

const TEST: &str = "AT13";

const UNCLAIMED: &str = "the supplier does not reject letters (supplier.rejects)";

/// AT13.1 all targeted letters become REJECTED.
pub fn all_rejected(view: &RunView) -> Judgement {
    let expected = "every targeted letter is last seen PENDING before and reads REJECTED after";
    judge(view, expected, |updates, finding| {
        updates.expect_eligible(&[Status::Pending], finding);
        updates.expect_settled(finding);
        format!("REJECTED from PENDING: {}", updates.by_route())
    })
}

/// AT13.2 the API response confirms the update.
pub fn confirmed(view: &RunView) -> Judgement {
    let expected = "every update is answered 202, and its letters read REJECTED";
    judge(view, expected, |updates, finding| {
        let told = expect_success(view, TEST, finding);
        updates.expect_read_back(finding);
        format!("confirmed: {told}")
    })
}

/// AT13.3 rejection code and reason are updated.
pub fn reason_updated(view: &RunView) -> Judgement {
    let expected = "every rejected letter reads the code and text that were sent, and is invalid";
    judge(view, expected, |updates, finding| {
        expect_reasons(updates, finding);
        expect_true_reasons(view, updates, finding);
        let (mut declared, lists) = (Vec::new(), Lists::of(view));
        for &letter in updates.letters() {
            match lists.invalid(letter) {
                Some(seq) => drop(finding.proof([seq])),
                None => declared.push(letter),
            }
        }
        let what = "declared invalid, with no defect found in its PDF or its list entry";
        finding.warning_letters(&declared, what);
        warn_of_unjudged(view, finding);
        "rejected with the reason sent".to_owned()
    })
}

/// AT13.4 no rejected letter goes on to ACCEPTED or any production status.
pub fn none_goes_on(view: &RunView) -> Judgement {
    let expected = "no letter is accepted, forwarded or produced after its rejection";
    judge(view, expected, |updates, finding| {
        updates.expect_some_taken(finding);
        let started = [Status::Accepted, Status::Forwarded];
        let forbidden = [started.as_slice(), PRODUCTION.as_slice()].concat();
        expect_no_update(view, Status::Rejected, &forbidden, finding);
        expect_not_read_as(view, Status::Rejected, &forbidden, finding);
        finding.about_the_suppliers_system(view);
        "rejected, none went on".to_owned()
    })
}

/// Judges what `look` finds, if the supplier rejects letters at all.
fn judge(
    view: &RunView,
    expected: &str,
    look: impl FnOnce(&Updates, &mut Finding) -> String,
) -> Judgement {
    let mut finding = Finding::of(TEST, expected);
    if view.settings().is_some_and(|settings| !settings.rejects) {
        return finding.not_applicable(UNCLAIMED);
    }
    let updates = Updates::of(view, TEST, Status::Rejected);
    updates.expect_some(&mut finding);
    let told = look(&updates, &mut finding);
    let letters = count(updates.letters().len(), "letter");
    finding.judge(view, format!("{letters} {told}"))
}
