//! The statuses of a letter, as the service spells them.

use serde::{Deserialize, Serialize};

/// A letter's status. Only the upper-case spelling is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Status {
    Pending,
    Accepted,
    Rejected,
    Printed,
    Enclosed,
    Cancelled,
    Dispatched,
    Failed,
    Returned,
    Forwarded,
    Delivered,
}
