//! Where in a run something belongs.

use serde::{Deserialize, Serialize};

/// The acceptance test and the scenario that an event belongs to; empty outside of any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The acceptance test, such as `AT4`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<String>,
    /// The scenario, as `features/supplier/at4.feature:4`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
}

impl Scope {
    /// The scope of a scenario of `test`.
    pub fn of(test: impl Into<String>, scenario: impl Into<String>) -> Self {
        Self {
            test: Some(test.into()),
            scenario: Some(scenario.into()),
        }
    }

    /// True if this belongs to `test`.
    pub fn is_test(&self, test: &str) -> bool {
        self.test.as_deref() == Some(test)
    }
}
