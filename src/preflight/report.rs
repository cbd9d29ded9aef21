//! What preflight says about one letter, and what follows from it for the letter's status.

use serde::{Deserialize, Serialize};

use super::check::{CheckId, CheckResult, Outcome};

/// How much was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Depth {
    /// What fits into AT15's timed window: hash, frame, load, pages and boxes.
    Cheap,
    /// Everything.
    Full,
}

/// What preflight found in one letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// How much was looked at.
    pub depth: Depth,
    /// Every check of [`CheckId::ALL`], in its order.
    pub checks: Vec<CheckResult>,
    /// Lower-case hex of the bytes' hash; empty when there were no bytes to hash.
    pub sha256: String,
    /// Size of the PDF.
    pub bytes: u64,
    /// Pages found in the page tree; none when it could not be read.
    pub pages: Option<u32>,
    /// Name of the pack that the letter was measured by.
    pub pack: String,
    /// Time that the checks took, in microseconds.
    pub micros: u64,
    /// The PDF was not there to be judged, and that is no fault of the letter's: an expired
    /// URL, a server error. Ask the service for it again.
    pub ask_again: bool,
}

/// A letter's status, as far as it decides how a defect is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterStatusClass {
    /// PENDING: a defect makes it REJECTED.
    Pending,
    /// ACCEPTED, PRINTED, ENCLOSED or FORWARDED: a defect makes it FAILED.
    InProduction,
}

impl LetterStatusClass {
    /// The class of an API status; none for a letter that has left production, where a defect
    /// of its PDF no longer changes anything (pdf-preflight fact 7).
    #[must_use]
    pub fn of(status: &str) -> Option<Self> {
        match status {
            "PENDING" => Some(Self::Pending),
            "ACCEPTED" | "PRINTED" | "ENCLOSED" | "FORWARDED" => Some(Self::InProduction),
            _ => None,
        }
    }
}

/// What to tell the service about a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Produce it.
    Accept,
    /// Update it to REJECTED.
    Reject {
        /// Reason code: the check's name.
        code: &'static str,
        /// Reason text.
        text: &'static str,
    },
    /// Update it to FAILED.
    Fail {
        /// Reason code: the check's name.
        code: &'static str,
        /// Reason text.
        text: &'static str,
    },
    /// Nothing can be said yet: ask for the PDF again.
    AskAgain,
    /// Nothing speaks against the letter, but this tool did not look at all of it. A person must
    /// look; the API is told nothing.
    NotJudged {
        /// The first check that met a bound.
        check: &'static str,
    },
}

impl Report {
    /// The checks that the letter fails, the likeliest cause first.
    pub fn defects(&self) -> impl Iterator<Item = &CheckResult> {
        self.with(Outcome::Fail)
    }

    /// The checks that met a bound of this tool, the first first.
    pub fn unjudged(&self) -> impl Iterator<Item = &CheckResult> {
        self.with(Outcome::NotJudged)
    }

    /// What is to be recorded about a letter that can be produced.
    pub fn warnings(&self) -> impl Iterator<Item = &CheckResult> {
        self.with(Outcome::Warn)
    }

    fn with(&self, outcome: Outcome) -> impl Iterator<Item = &CheckResult> {
        self.checks
            .iter()
            .filter(move |check| check.outcome == outcome)
    }

    /// The result of one check.
    #[must_use]
    pub fn check(&self, id: CheckId) -> Option<&CheckResult> {
        self.checks.iter().find(|check| check.id == id)
    }

    /// What follows for a letter of that status.
    #[must_use]
    pub fn verdict(&self, status: LetterStatusClass) -> Verdict {
        if self.ask_again {
            return Verdict::AskAgain;
        }
        let Some(defect) = self.defects().next() else {
            return match self.unjudged().next() {
                Some(unjudged) => Verdict::NotJudged {
                    check: unjudged.id.as_str(),
                },
                None => Verdict::Accept,
            };
        };
        let rule = defect.id.rule();
        let (code, text) = (rule.id, rule.reason);
        match status {
            LetterStatusClass::Pending => Verdict::Reject { code, text },
            LetterStatusClass::InProduction => Verdict::Fail { code, text },
        }
    }
}
