//! AT11 Cancellations.

use super::onward::{PRODUCTION, expect_final, expect_no_update};
use super::reason::expect_reasons;
use super::stage::is_claimed;
use super::update::{self, Updates, tally};
use crate::acceptance::finding::Finding;
use crate::acceptance::text::count;
use crate::acceptance::view::RunView;
use crate::model::{Judgement, Status};

const TEST: &str = "AT11";

const ELIGIBLE: [Status; 4] = [
    Status::Accepted,
    Status::Forwarded,
    Status::Printed,
    Status::Enclosed,
];

/// AT11.1 only letters not yet dispatched or delivered are cancelled.
pub fn only_those_not_dispatched(view: &RunView) -> Judgement {
    let expected = "every letter is last seen ACCEPTED, FORWARDED, PRINTED or ENCLOSED before its \
                    cancellation, and each of these is shown";
    let mut finding = Finding::of(TEST, expected);
    let updates = Updates::of(view, TEST, Status::Cancelled);
    updates.expect_some(&mut finding);
    let shown = updates.expect_eligible(&ELIGIBLE, &mut finding);
    for status in ELIGIBLE {
        if is_claimed(view, status) && !shown.contains_key(&status) {
            finding.warning(format!("no letter was cancelled from {status}"));
        }
    }
    let letters = count(updates.letters().len(), "letter");
    finding.judge(view, format!("{letters} cancelled: {}", tally(&shown)))
}

/// AT11.2 all targeted letters become CANCELLED, with code and reason.
pub fn all_cancelled_with_the_reason(view: &RunView) -> Judgement {
    let expected = "every targeted letter reads CANCELLED with the code and text that were sent";
    let mut finding = Finding::of(TEST, expected);
    let updates = Updates::of(view, TEST, Status::Cancelled);
    updates.expect_some(&mut finding);
    updates.expect_settled(&mut finding);
    expect_reasons(&updates, &mut finding);
    let letters = count(updates.letters().len(), "letter");
    let told = format!(
        "{letters} CANCELLED with the reason sent: {}",
        updates.by_route()
    );
    finding.judge(view, told)
}

/// AT11.3 the API answers successfully.
pub fn answers_successfully(view: &RunView) -> Judgement {
    update::answered_successfully(view, TEST)
}

/// AT11.4 no cancelled letter goes on to production, printing or dispatch.
pub fn none_goes_on(view: &RunView) -> Judgement {
    let expected = "no letter is accepted, printed, enclosed, dispatched or delivered after its \
                    cancellation, and none reads anything else again";
    let mut finding = Finding::of(TEST, expected);
    let updates = Updates::of(view, TEST, Status::Cancelled);
    updates.expect_some_taken(&mut finding);
    let forbidden = [&[Status::Accepted], PRODUCTION.as_slice()].concat();
    expect_no_update(view, Status::Cancelled, &forbidden, &mut finding);
    expect_final(view, Status::Cancelled, &mut finding);
    finding.about_the_suppliers_system(view);
    let letters = count(updates.letters().len(), "letter");
    finding.judge(view, format!("{letters} cancelled, none went on"))
}
