//! What one check found.

use serde::Serialize;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// In order.
    Ok,
    /// A run can begin, but somebody should know this.
    Warning,
    /// Nothing is wrong here; something new was seen that NHS Notify should know.
    Observation,
    /// A run would fail.
    Fail,
    /// Not looked at; the text says why.
    Skipped,
}

/// The line of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which check.
    pub check: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// What was seen.
    pub seen: String,
    /// Why it is so, if something is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// What to do, if something is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// The `X-Request-ID` or message id by which NHS Notify finds the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl Finding {
    fn new(check: &'static str, outcome: Outcome, seen: impl Into<String>) -> Self {
        Self {
            check,
            outcome,
            seen: seen.into(),
            cause: None,
            remedy: None,
            request_id: None,
        }
    }

    /// In order.
    pub fn ok(check: &'static str, seen: impl Into<String>) -> Self {
        Self::new(check, Outcome::Ok, seen)
    }

    /// Not looked at, and why.
    pub fn skipped(check: &'static str, why: impl Into<String>) -> Self {
        Self::new(check, Outcome::Skipped, why)
    }

    /// Somebody should know.
    pub fn warning(check: &'static str, seen: impl Into<String>) -> Self {
        Self::new(check, Outcome::Warning, seen)
    }

    /// Something new.
    pub fn observation(check: &'static str, seen: impl Into<String>) -> Self {
        Self::new(check, Outcome::Observation, seen)
    }

    /// A run would fail.
    pub fn fail(
        check: &'static str,
        seen: impl Into<String>,
        cause: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::new(check, Outcome::Fail, seen).because(cause, remedy)
    }

    /// The same with cause and remedy.
    #[must_use]
    pub fn because(mut self, cause: impl Into<String>, remedy: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self.remedy = Some(remedy.into());
        self
    }

    /// The same with the id of the call.
    #[must_use]
    pub fn asked_as(mut self, id: Option<String>) -> Self {
        self.request_id = id;
        self
    }
}
