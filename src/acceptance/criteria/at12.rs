//! AT12 Failures.

use super::defect::{expect_true_reasons, failed_pdf, warn_of_unjudged};
use super::reason::expect_reasons;
use super::update::{Updates, expect_success, tally};
use crate::acceptance::finding::Finding;
use crate::acceptance::text::count;
use crate::acceptance::view::RunView;
use crate::model::{Judgement, Status};

const TEST: &str = "AT12";

const ELIGIBLE: [Status; 4] = [
    Status::Accepted,
    Status::Printed,
    Status::Enclosed,
    Status::Forwarded,
];

/// AT12.1 all targeted letters become FAILED.
pub fn all_failed(view: &RunView) -> Judgement {
    let expected = "every targeted letter is ACCEPTED, PRINTED, ENCLOSED or FORWARDED before and \
                    reads FAILED after";
    let mut finding = Finding::of(TEST, expected);
    let updates = Updates::of(view, TEST, Status::Failed);
    updates.expect_some(&mut finding);
    let shown = updates.expect_eligible(&ELIGIBLE, &mut finding);
    updates.expect_settled(&mut finding);
    let without = ELIGIBLE.iter().filter(|status| !shown.contains_key(status));
    let without: String = without.map(|status| format!(", none {status}")).collect();
    let letters = count(updates.letters().len(), "letter");
    finding.judge(
        view,
        format!("{letters} FAILED: {}{without}", tally(&shown)),
    )
}

/// AT12.2 the API response confirms the update.
pub fn confirmed(view: &RunView) -> Judgement {
    let expected = "every update is answered 202, and its letters read FAILED";
    let mut finding = Finding::of(TEST, expected);
    let updates = Updates::of(view, TEST, Status::Failed);
    updates.expect_some(&mut finding);
    let told = expect_success(view, TEST, &mut finding);
    updates.expect_read_back(&mut finding);
    finding.judge(view, format!("{told}; {}", updates.by_route()))
}

/// AT12.3 failure code and reason are updated.
pub fn reason_updated(view: &RunView) -> Judgement {
    let expected = "every failed letter reads the code and text that were sent, and its PDF has a \
                    defect";
    let mut finding = Finding::of(TEST, expected);
    let updates = Updates::of(view, TEST, Status::Failed);
    updates.expect_some(&mut finding);
    expect_reasons(&updates, &mut finding);
    expect_true_reasons(view, &updates, &mut finding);
    let mut declared = Vec::new();
    for &letter in updates.letters() {
        match failed_pdf(view, letter) {
            Some(pdf) => drop(finding.proof([pdf.seq])),
            None => declared.push(letter),
        }
    }
    let what = "declared by the tester, with no defect found in its PDF (simulated trigger)";
    finding.warning_letters(&declared, what);
    warn_of_unjudged(view, &mut finding);
    let letters = count(updates.letters().len(), "letter");
    finding.judge(view, format!("{letters} failed with the reason sent"))
}
