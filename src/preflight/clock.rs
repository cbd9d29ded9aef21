//! How long one PDF may occupy preflight.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// When to give up. Long loops ask it; the parser cannot be asked, its caps bound it.
///
/// Time counts that this thread spends: a machine that sleeps or is busy with other work is no
/// fault of the PDF. A PDF is read by one thread from beginning to end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline(Option<Duration>);

impl Deadline {
    pub(super) fn after(budget: Duration) -> Self {
        Self(spent().checked_add(budget))
    }

    /// For tests of what is not about time.
    #[cfg(test)]
    pub(super) fn never() -> Self {
        Self(None)
    }

    pub(super) fn passed(self) -> bool {
        self.0.is_some_and(|end| spent() >= end)
    }
}

/// The processor time of this thread.
fn spent() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleep_does_not_count_and_work_does() {
        let deadline = Deadline::after(Duration::from_millis(20));
        std::thread::sleep(Duration::from_millis(40));
        assert!(!deadline.passed());
        while !deadline.passed() {
            std::hint::black_box([0_u8; 4_096]);
        }
        assert!(Deadline::after(Duration::ZERO).passed());
    }
}
