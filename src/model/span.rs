//! From one moment to another.

use super::Timestamp;

/// From the first to the last event of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// When the first began.
    pub first: Timestamp,
    /// When the last was written.
    pub last: Timestamp,
}

impl Span {
    /// How long it is, in microseconds; 0 where a clock was set back meanwhile.
    pub fn us(self) -> i64 {
        self.last.micros_since(self.first).max(0)
    }

    /// This and `other` together.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            first: self.first.min(other.first),
            last: self.last.max(other.last),
        }
    }
}
