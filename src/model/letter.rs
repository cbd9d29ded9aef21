//! What is known of a letter, and what a supplier asks to change.

use serde::{Deserialize, Serialize};

use super::Status;

/// Code and text that explain a status such as RETURNED or CANCELLED.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reason {
    /// The code agreed with NHS Notify, such as `R03`.
    pub code: String,
    /// The text that belongs to the code.
    pub text: String,
}

/// A letter as the service described it in one answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterFacts {
    /// The letter's id.
    pub id: String,
    /// Its status, as spelled by the service (a status we do not know stays readable).
    pub status: String,
    /// `attributes.specificationId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specification_id: Option<String>,
    /// `attributes.groupId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    /// `attributes.sha256Hash`: lower-case hex of the PDF's bytes; absent where there is no PDF.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256_hash: Option<String>,
    /// `attributes.reasonCode`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
    /// `attributes.reasonText`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_text: Option<String>,
}

impl LetterFacts {
    /// The status, if it is one the pack knows.
    pub fn known_status(&self) -> Option<Status> {
        self.status.parse().ok()
    }

    /// True if the service says the letter is `status`.
    pub fn is(&self, status: Status) -> bool {
        self.status == status.as_str()
    }
}

/// One item of an update: which letter becomes what, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The letter's id.
    pub letter: String,
    /// The status it should get.
    pub status: String,
    /// `reasonCode`, where the status needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
    /// `reasonText`, where the status needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_text: Option<String>,
}

impl Change {
    /// A change without a reason.
    pub fn to(letter: impl Into<String>, status: Status) -> Self {
        Self {
            letter: letter.into(),
            status: status.as_str().to_owned(),
            reason_code: None,
            reason_text: None,
        }
    }

    /// The same change with `reason`.
    #[must_use]
    pub fn because(mut self, reason: &Reason) -> Self {
        self.reason_code = Some(reason.code.clone());
        self.reason_text = Some(reason.text.clone());
        self
    }
}
