//! The statuses of a letter, as the service spells them.

use serde::{Deserialize, Serialize};

/// A letter's status. Only the upper-case spelling is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    /// Made, and not taken on yet.
    Pending,
    /// Taken on.
    Accepted,
    /// Refused as invalid.
    Rejected,
    /// On paper.
    Printed,
    /// In its envelope.
    Enclosed,
    /// Taken back.
    Cancelled,
    /// On its way.
    Dispatched,
    /// Could not be produced.
    Failed,
    /// Came back.
    Returned,
    /// Passed on to a specialist.
    Forwarded,
    /// Arrived.
    Delivered,
}
