//! What the program's exit code says (interfaces, "Exit codes").
//!
//! Every verb ends in one of these; errors of other folders become one here and nowhere else.

use std::fmt;
use std::process;

/// How a call of the program ended.
///
/// Where several apply the first in the order 2, 5, 1, 4, 3, 0 counts: see [`ExitCode::first`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExitCode(u8);

impl ExitCode {
    /// Every acceptance point in scope passed.
    pub const PASSED: Self = Self(0);
    /// At least one acceptance point failed. For `verify`: the evidence does not hold. For
    /// `doctor`, `check` and `drift`: a finding.
    pub const FAILED: Self = Self(1);
    /// Wrong usage or configuration; nothing was sent.
    pub const USAGE: Self = Self(2);
    /// Incomplete: a mandatory point in scope was not tested or waits for a person's review.
    /// Also: a plan that lacks letters, a refused pack, an unsealed run.
    pub const INCOMPLETE: Self = Self(3);
    /// Could not judge: the environment or the tool itself failed (token endpoint down, 5xx,
    /// network, disk).
    pub const CANNOT_JUDGE: Self = Self(4);
    /// Nothing selected.
    pub const NOTHING_SELECTED: Self = Self(5);

    /// All codes, in the order in which the first that applies counts.
    pub const BY_PRECEDENCE: [Self; 6] = [
        Self::USAGE,
        Self::NOTHING_SELECTED,
        Self::FAILED,
        Self::CANNOT_JUDGE,
        Self::INCOMPLETE,
        Self::PASSED,
    ];

    /// The number the shell sees.
    pub const fn code(self) -> u8 {
        self.0
    }

    /// The code with this number, if there is one.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::BY_PRECEDENCE
            .into_iter()
            .find(|known| known.0 == code)
    }

    /// The one of `codes` that counts; [`ExitCode::PASSED`] if there are none.
    #[must_use]
    pub fn first(codes: impl IntoIterator<Item = Self>) -> Self {
        codes
            .into_iter()
            .min_by_key(|code| code.rank())
            .unwrap_or(Self::PASSED)
    }

    /// What it means, for a person.
    pub const fn meaning(self) -> &'static str {
        match self.0 {
            0 => "every acceptance point in scope passed",
            1 => "at least one acceptance point failed",
            2 => "wrong usage or configuration; nothing was sent",
            3 => "incomplete: a mandatory point was not tested, or waits for a person's review",
            4 => "could not judge: the environment or the tool itself failed",
            _ => "nothing selected",
        }
    }

    fn rank(self) -> usize {
        let place = Self::BY_PRECEDENCE.iter().position(|code| *code == self);
        place.unwrap_or(usize::MAX)
    }
}

impl fmt::Display for ExitCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.0, self.meaning())
    }
}

impl From<ExitCode> for process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_in_the_order_counts() {
        let ordered = ExitCode::BY_PRECEDENCE;
        for (at, code) in ordered.into_iter().enumerate() {
            assert_eq!(ExitCode::first(ordered[at..].iter().rev().copied()), code);
        }
        assert_eq!(ordered.map(ExitCode::code), [2, 5, 1, 4, 3, 0]);
        assert_eq!(ExitCode::first([]), ExitCode::PASSED);
    }

    #[test]
    fn numbers_read_back() {
        for code in ExitCode::BY_PRECEDENCE {
            assert_eq!(ExitCode::from_code(code.code()), Some(code));
        }
        assert_eq!(ExitCode::from_code(6), None);
    }
}
