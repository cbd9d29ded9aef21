//! AT9 Forward to a specialist.

use super::onward::{PRODUCTION, expect_no_update};
use super::reason::expect_reasons;
use super::update::{self, Updates, facts_of};
use crate::acceptance::finding::Finding;
use crate::acceptance::text::count;
use crate::acceptance::view::RunView;
use crate::model::{Judgement, Status};

const TEST: &str = "AT9";

/// AT9.1 all targeted letters become FORWARDED, with the reason why.
pub fn all_forwarded_with_the_reason(view: &RunView) -> Judgement {
    let expected = "every targeted letter is ACCEPTED and needs an accessible format before, and \
                    reads FORWARDED with the code and text that were sent after";
    let mut finding = Finding::of(TEST, expected);
    let updates = Updates::of(view, TEST, Status::Forwarded);
    updates.expect_some(&mut finding);
    updates.expect_eligible(&[Status::Accepted], &mut finding);
    expect_accessible(view, &updates, &mut finding);
    updates.expect_settled(&mut finding);
    expect_reasons(&updates, &mut finding);
    let letters = count(updates.letters().len(), "letter");
    let told = format!(
        "{letters} FORWARDED with the reason sent: {}",
        updates.by_route()
    );
    finding.judge(view, told)
}

/// AT9.2 the API answers successfully.
pub fn answers_successfully(view: &RunView) -> Judgement {
    update::answered_successfully(view, TEST)
}

/// AT9.3 forwarded letters are in no local printing, enclosing or dispatch batch.
pub fn in_no_local_batch(view: &RunView) -> Judgement {
    let expected = "no letter is printed, enclosed, dispatched or delivered after it was forwarded";
    let mut finding = Finding::of(TEST, expected);
    let updates = Updates::of(view, TEST, Status::Forwarded);
    updates.expect_some_taken(&mut finding);
    expect_no_update(view, Status::Forwarded, &PRODUCTION, &mut finding);
    finding.about_the_suppliers_system(view);
    let letters = count(updates.letters().len(), "letter");
    finding.judge(view, format!("{letters} forwarded, none in a later batch"))
}

/// Only specifications that need an accessible format are forwarded.
fn expect_accessible(view: &RunView, updates: &Updates, finding: &mut Finding) {
    let accessible = view
        .settings()
        .map(|settings| &settings.accessible_specifications);
    let needs = |id: &str| accessible.is_some_and(|ids| ids.iter().any(|known| known == id));
    let mut others = Vec::new();
    for &letter in updates.letters() {
        let Some(seen) = facts_of(view, letter) else {
            continue;
        };
        let specification = seen.specification_id.as_deref();
        if !specification.is_some_and(needs) {
            others.push(format!(
                "{letter} ({})",
                specification.unwrap_or("no specification")
            ));
        }
    }
    finding.unmet_letters(
        &others,
        "of a specification that needs no accessible format",
    );
}
