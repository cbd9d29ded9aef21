//! The stages of production, AT5 to AT8: the same three questions of four statuses.

use super::update::{self, Updates, alternatives, tally};
use crate::acceptance::finding::Finding;
use crate::acceptance::text::count;
use crate::acceptance::view::RunView;
use crate::model::{Judgement, Status};

/// A stage, and where letters may be when they enter it.
pub(super) struct Stage {
    /// The acceptance test.
    pub test: &'static str,
    /// The status that the letters get.
    pub status: Status,
    /// The statuses that they may have before.
    pub eligible: &'static [Status],
    /// The pack says "none twice".
    pub never_twice: bool,
}

impl Stage {
    /// Only eligible letters are targeted.
    pub fn only_eligible(&self, view: &RunView) -> Judgement {
        let eligible = alternatives(self.eligible);
        let expected = format!(
            "every letter is last seen {eligible} before its update to {}",
            self.status
        );
        let mut finding = Finding::of(self.test, expected);
        if let Some(reason) = self.unclaimed(view) {
            return finding.not_applicable(reason);
        }
        let updates = Updates::of(view, self.test, self.status);
        updates.expect_some(&mut finding);
        let shown = updates.expect_eligible(self.eligible, &mut finding);
        let letters = count(updates.letters().len(), "letter");
        finding.judge(view, format!("{letters} targeted: {}", tally(&shown)))
    }

    /// All targeted letters become what the stage is about.
    pub fn all_become(&self, view: &RunView) -> Judgement {
        let status = self.status;
        let expected = format!("every targeted letter is sent and reads {status} in the end");
        let mut finding = Finding::of(self.test, expected);
        if let Some(reason) = self.unclaimed(view) {
            return finding.not_applicable(reason);
        }
        let updates = Updates::of(view, self.test, status);
        updates.expect_some(&mut finding);
        updates.expect_settled(&mut finding);
        let twice = format!("updated to {status} more than once");
        if self.never_twice {
            finding.unmet_letters(&updates.repeated(), &twice);
        } else {
            finding.warning_letters(&updates.repeated(), &twice);
        }
        let letters = count(updates.letters().len(), "letter");
        finding.judge(view, format!("{letters} {status}: {}", updates.by_route()))
    }

    /// The API answers successfully.
    pub fn answers_successfully(&self, view: &RunView) -> Judgement {
        match self.unclaimed(view) {
            Some(reason) => {
                Finding::of(self.test, "every update is answered 202").not_applicable(reason)
            }
            None => update::answered_successfully(view, self.test),
        }
    }

    /// Why the stage does not apply, if it does not.
    fn unclaimed(&self, view: &RunView) -> Option<String> {
        let status = self.status;
        (!is_claimed(view, status))
            .then(|| format!("the supplier does not claim {status} (supplier.optional_statuses)"))
    }
}

/// True if the supplier uses `status`: only three are optional (acceptance pack, AT5, AT6, AT8).
pub(super) fn is_claimed(view: &RunView, status: Status) -> bool {
    let optional = matches!(
        status,
        Status::Printed | Status::Enclosed | Status::Delivered
    );
    let named = |settings: &crate::model::Settings| {
        let mut claimed = settings.optional_statuses.iter();
        claimed.any(|claimed| claimed == status.as_str())
    };
    !optional || view.settings().is_none_or(named)
}
