//! Verdicts of acceptance points.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// What a criterion found (interfaces, "Verdicts of an acceptance point").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The journal shows the point met.
    Pass,
    /// Met, with something the reviewer must know.
    Warning,
    /// The journal shows the point unmet, whoever caused it.
    Fail,
    /// Needs a person.
    Review,
    /// Does not apply, for the reason given.
    NotApplicable,
    /// Was not tested, for the reason given.
    NotTested,
    /// No answer allowed a judgement: environment or tool.
    Error,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Verdict; 7] = [
        Verdict::Pass,
        Verdict::Warning,
        Verdict::Fail,
        Verdict::Review,
        Verdict::NotApplicable,
        Verdict::NotTested,
        Verdict::Error,
    ];

    /// As files spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Warning => "warning",
            Verdict::Fail => "fail",
            Verdict::Review => "review",
            Verdict::NotApplicable => "not_applicable",
            Verdict::NotTested => "not_tested",
            Verdict::Error => "error",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How much a point weighs (acceptance pack: M, O, C).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Every supplier must meet it.
    Mandatory,
    /// Only if the supplier claims the status.
    Optional,
    /// Only under a condition.
    Conditional,
}

impl Level {
    /// As files spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Level::Mandatory => "mandatory",
            Level::Optional => "optional",
            Level::Conditional => "conditional",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What was measured, by its name, which ends in the unit: `passes_us` for microseconds.
pub type Measurements = BTreeMap<String, Vec<u64>>;

/// A verdict with what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// What had to be seen.
    pub expected: String,
    /// What was seen; for a verdict other than `pass`, the reason.
    pub observed: String,
    /// The `seq` of each event that proves it, ascending.
    pub seqs: Vec<u64>,
    /// The figures that it rests on, if it is a matter of figures.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub measurements: Measurements,
}
