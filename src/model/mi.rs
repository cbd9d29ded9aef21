//! Management information, and the letters it counts.

use serde::{Deserialize, Serialize};

/// One entry of management information with the letters behind its quantity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MiFacts {
    /// The reporting day, `2026-12-08`, in UTC.
    pub date: String,
    /// The specification.
    pub specification_id: String,
    /// The group.
    pub group_id: String,
    /// The line item.
    pub line_item: String,
    /// How many letters.
    pub quantity: u64,
    /// Which letters those are.
    pub letters: Vec<String>,
}

impl MiFacts {
    /// What the pack calls the same entry: reporting day, specification and group.
    pub fn key(&self) -> (&str, &str, &str) {
        (&self.date, &self.specification_id, &self.group_id)
    }
}
