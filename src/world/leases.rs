//! How long the lists so far hide their letters (service-behaviour §2, "Lease").

use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Remembers until when the latest lease lasts.
#[derive(Debug)]
pub struct Leases {
    lasting: Duration,
    until: Mutex<Option<Instant>>,
}

impl Leases {
    /// Added to every wait: our clock and the service's do not tick together.
    const MARGIN: Duration = Duration::from_millis(50);

    /// Leases of a target that hides listed letters for `lasting`.
    pub fn lasting(lasting: Duration) -> Self {
        Self {
            lasting,
            until: Mutex::new(None),
        }
    }

    /// Letters that an earlier run listed are leased for `left`, which is no longer than a lease
    /// lasts, whatever a clock that was set since may say.
    #[must_use]
    pub fn after_earlier_runs(self, left: Duration) -> Self {
        let left = left.min(self.lasting + Self::MARGIN);
        Self {
            until: Mutex::new((!left.is_zero()).then(|| Instant::now() + left)),
            ..self
        }
    }

    /// A list was answered just now.
    pub fn list_answered(&self) {
        let mut until = self
            .until
            .lock()
            .unwrap_or_else(|poison| poison.into_inner());
        *until = Some(Instant::now() + self.lasting + Self::MARGIN);
    }

    /// How long until no letter is leased any more.
    pub fn remaining(&self) -> Duration {
        let until = *self
            .until
            .lock()
            .unwrap_or_else(|poison| poison.into_inner());
        until.map_or(Duration::ZERO, |until| {
            until.saturating_duration_since(Instant::now())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_waited_for_and_nothing_else() {
        let leases = Leases::lasting(Duration::from_secs(300));
        assert_eq!(leases.remaining(), Duration::ZERO);
        leases.list_answered();
        assert!(leases.remaining() > Duration::from_secs(299));
    }

    #[test]
    fn leases_of_an_earlier_run_are_waited_for_and_no_longer_than_one_lasts() {
        let leases = || Leases::lasting(Duration::from_secs(300));
        let left = |time| leases().after_earlier_runs(time).remaining();
        assert_eq!(left(Duration::ZERO), Duration::ZERO);
        assert!(left(Duration::from_secs(100)) > Duration::from_secs(99));
        assert!(left(Duration::from_secs(9_000)) < Duration::from_secs(301));
    }
}
