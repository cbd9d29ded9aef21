//! What people add to a run after its seal (interfaces, "Journal": `review.jsonl`).

use serde::{Deserialize, Serialize};

use super::{Sha256Hex, Timestamp};

/// One line of `review.jsonl`; [`AdditionLine::read`] reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AdditionLine {
    /// 0, 1, 2 …
    pub seq: u64,
    /// When it was written.
    pub at: Timestamp,
    /// Lower-case hex SHA-256 of the line before; on the first line the journal's head.
    pub prev: String,
    /// What was added.
    #[serde(flatten)]
    pub addition: Addition,
}

/// What was added; `kind` tells which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Addition {
    /// A file that belongs to an acceptance test.
    Attachment {
        /// `AT5`.
        test: String,
        /// The file's name, without folders.
        file: String,
        /// Lower-case hex SHA-256 of its bytes.
        sha256: Sha256Hex,
        /// How many bytes.
        bytes: u64,
        /// What it shows.
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// A person vouches for something about an acceptance test.
    Attestation {
        /// `AT7`.
        test: String,
        /// Who.
        by: String,
        /// In which role.
        role: String,
        /// For what.
        note: String,
    },
    /// A person decided a point that only a person can decide.
    Review {
        /// `AT7.2`.
        point: String,
        /// How.
        decision: Decision,
        /// Who.
        by: String,
        /// Why.
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// NHS Notify agreed how to live with a point that is not green.
    Mitigation {
        /// `AT8.2`.
        point: String,
        /// What was agreed.
        note: String,
        /// With whom.
        agreed_with: String,
    },
    /// A kind this version does not know: kept in the chain, read over.
    Unknown,
}

/// How a review ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The point is met.
    Accepted,
    /// It is not.
    Rejected,
}

impl Addition {
    /// The acceptance test or point that it is about; empty for an unknown kind.
    pub fn about(&self) -> &str {
        match self {
            Self::Attachment { test, .. } | Self::Attestation { test, .. } => test,
            Self::Review { point, .. } | Self::Mitigation { point, .. } => point,
            Self::Unknown => "",
        }
    }

    /// The acceptance test that it belongs to: `AT7` also for `AT7.2`.
    pub fn test(&self) -> &str {
        self.about().split('.').next().unwrap_or_default()
    }
}
