//! What a plan is asked for.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::model::Status;

/// Sizes of the acceptance tests unless configured (interfaces, "Configuration").
const SIZES: [(&str, u64); 5] = [
    ("at4", 1_000),
    ("at5_to_at8", 100),
    ("at9", 40),
    ("at11_each", 4),
    ("at12_each", 4),
];

/// What a plan is asked for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The acceptance tests in scope, such as `AT4`.
    pub tests: Vec<String>,
    /// Sizes by their names in the configuration: `at4`, `at5_to_at8`, `at9`, `at11_each`,
    /// `at12_each`. The pack's where one is absent; shrinking them is the caller's decision.
    pub sizes: BTreeMap<String, u64>,
    /// The optional statuses that the supplier claims.
    pub claimed: Vec<Status>,
    /// The supplier rejects invalid letters (AT13).
    pub rejects: bool,
    /// Specifications that need an accessible format (AT9).
    pub accessible: Vec<String>,
    /// How long GET `/letters` hides what it returned.
    pub lease: Duration,
    /// The client's pace; 0: none.
    pub requests_per_second: u32,
    /// How long an update takes to become visible, about.
    pub settle: Duration,
    /// The letters that NHS Notify asks to cancel (AT11), as the file spells them.
    pub cancel_list: Option<Vec<String>>,
    /// Without a list of letters to cancel the planner may choose them itself: true for targets
    /// of kind `local`.
    pub planner_may_cancel: bool,
    /// The letters that the tester declares to be defective (AT12), as the file spells them.
    pub fail_list: Vec<String>,
    /// AT12 and AT13 take a PDF for defective only if it was looked at; without, what a letter's
    /// specification or group suggests counts too.
    pub seen_pdfs_only: bool,
}

impl Request {
    /// True if `test` is in scope.
    pub fn covers(&self, test: &str) -> bool {
        self.tests.iter().any(|covered| covered == test)
    }

    /// The size called `name`.
    pub fn size(&self, name: &str) -> usize {
        let built_in = SIZES.iter().find(|(known, _)| *known == name);
        let size = self.sizes.get(name).copied();
        let size = size.or(built_in.map(|(_, size)| *size)).unwrap_or_default();
        usize::try_from(size).unwrap_or(usize::MAX)
    }

    /// Those of `statuses` that the supplier's letters can have.
    pub(super) fn of_claimed(&self, statuses: &[Status]) -> Vec<Status> {
        let optional = [Status::Printed, Status::Enclosed, Status::Delivered];
        let has = |status: &Status| !optional.contains(status) || self.claimed.contains(status);
        statuses.iter().copied().filter(has).collect()
    }

    /// True if AT13 will reject letters.
    pub(super) fn will_reject(&self) -> bool {
        self.rejects && self.covers("AT13")
    }
}
