//! The kinds of targets.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// What stands behind a target's URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TargetKind {
    /// The simulator: in this process without a `base_url`, external with one.
    Local,
    /// The public sandbox with its canned answers.
    Sandbox,
    /// The integration environment.
    Int,
    /// Production.
    Prod,
}

impl TargetKind {
    /// Every kind.
    pub const ALL: [TargetKind; 4] = [
        TargetKind::Local,
        TargetKind::Sandbox,
        TargetKind::Int,
        TargetKind::Prod,
    ];

    /// As configuration and journal spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            TargetKind::Local => "local",
            TargetKind::Sandbox => "sandbox",
            TargetKind::Int => "int",
            TargetKind::Prod => "prod",
        }
    }
}

impl fmt::Display for TargetKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A word that is no kind of target.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a target's kind is one of local, sandbox, int, prod")]
pub struct UnknownKind;

impl FromStr for TargetKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or(UnknownKind)
    }
}
