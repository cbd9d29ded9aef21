//! Letters reserved for a test.

use serde::{Deserialize, Serialize};

/// Letters that a test will use in one role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    /// The acceptance test.
    pub test: String,
    /// The status that each letter must have when the test targets it.
    pub from: String,
    /// The letters.
    pub letters: Vec<String>,
    /// What the letters are for, where a test has several uses: a reason code, a defect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}
