//! How long one PDF may occupy preflight.

use std::time::{Duration, Instant};

/// When to give up. Long loops ask it; the parser cannot be asked, its caps bound it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline(Option<Instant>);

impl Deadline {
    pub(super) fn after(budget: Duration) -> Self {
        Self(Instant::now().checked_add(budget))
    }

    /// For tests of what is not about time.
    #[cfg(test)]
    pub(super) fn never() -> Self {
        Self(None)
    }

    pub(super) fn passed(self) -> bool {
        self.0.is_some_and(|end| Instant::now() >= end)
    }
}
