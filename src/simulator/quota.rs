//! The quota of an application: so many calls in each second of the clock.

use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use super::lock::hold;

/// Calls counted in one second.
#[derive(Debug, Clone, Copy, Default)]
struct Window {
    second: u64,
    calls: u32,
}

/// One fixed window of one second for each application. Whatever passes APIM
/// counts; the token endpoint and signed URLs do not.
#[derive(Debug)]
pub(crate) struct Quota {
    limit: u32,
    windows: Mutex<Vec<Window>>,
}

/// A call too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exceeded {
    /// Calls allowed in a second.
    pub(crate) limit: u32,
    /// When the next window starts, in milliseconds since 1970.
    pub(crate) expiry_ms: u64,
}

impl Quota {
    /// A quota of `limit` calls a second for each of `applications`; 0 is none.
    pub(crate) fn new(limit: u32, applications: usize) -> Quota {
        let windows = Mutex::new(vec![Window::default(); applications]);
        Quota { limit, windows }
    }

    /// Counts a call now.
    ///
    /// # Errors
    /// The window is full.
    pub(crate) fn count(&self, application: usize) -> Result<(), Exceeded> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        self.count_at(application, since.unwrap_or_default().as_secs())
    }

    fn count_at(&self, application: usize, second: u64) -> Result<(), Exceeded> {
        let mut windows = hold(&self.windows);
        let Some(window) = windows.get_mut(application).filter(|_| self.limit > 0) else {
            return Ok(());
        };
        if window.second != second {
            *window = Window { second, calls: 0 };
        }
        window.calls = window.calls.saturating_add(1);
        if window.calls <= self.limit {
            return Ok(());
        }
        Err(Exceeded {
            limit: self.limit,
            expiry_ms: (second + 1) * 1000,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_holds_its_limit_and_the_next_starts_empty() {
        let quota = Quota::new(2, 1);
        assert_eq!(quota.count_at(0, 7), Ok(()));
        assert_eq!(quota.count_at(0, 7), Ok(()));
        assert_eq!(
            quota.count_at(0, 7),
            Err(Exceeded {
                limit: 2,
                expiry_ms: 8000
            })
        );
        assert_eq!(quota.count_at(0, 8), Ok(()));
    }

    #[test]
    fn each_application_has_a_window_of_its_own_and_zero_is_no_quota() {
        let quota = Quota::new(1, 2);
        assert_eq!(quota.count_at(0, 7), Ok(()));
        assert_eq!(quota.count_at(1, 7), Ok(()));
        let open = Quota::new(0, 1);
        assert!((0..1000).all(|_| open.count_at(0, 7).is_ok()));
    }
}
