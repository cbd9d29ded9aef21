//! The statuses of a letter.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where a letter stands (integration guide, "Letter Status").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    /// Allocated, not yet acknowledged.
    Pending,
    /// Passed validation, ready for production.
    Accepted,
    /// Malformed, straight from PENDING.
    Rejected,
    /// Printed (optional status).
    Printed,
    /// In its envelope (optional status).
    Enclosed,
    /// Cancelled at the request of NHS Notify.
    Cancelled,
    /// Handed to a postal service.
    Dispatched,
    /// Could not be produced.
    Failed,
    /// Undeliverable and sent back.
    Returned,
    /// Handed to a specialist supplier.
    Forwarded,
    /// Delivered (optional status).
    Delivered,
}

impl Status {
    /// Every status, in the order of the letter's life.
    pub const ALL: [Status; 11] = [
        Status::Pending,
        Status::Accepted,
        Status::Rejected,
        Status::Printed,
        Status::Enclosed,
        Status::Cancelled,
        Status::Dispatched,
        Status::Failed,
        Status::Returned,
        Status::Forwarded,
        Status::Delivered,
    ];

    /// As the wire spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Status::Pending => "PENDING",
            Status::Accepted => "ACCEPTED",
            Status::Rejected => "REJECTED",
            Status::Printed => "PRINTED",
            Status::Enclosed => "ENCLOSED",
            Status::Cancelled => "CANCELLED",
            Status::Dispatched => "DISPATCHED",
            Status::Failed => "FAILED",
            Status::Returned => "RETURNED",
            Status::Forwarded => "FORWARDED",
            Status::Delivered => "DELIVERED",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A word that is no status.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is not a letter status; statuses are written in capitals, such as ACCEPTED")]
pub struct UnknownStatus(pub String);

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| UnknownStatus(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_reads_back() {
        for status in Status::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
        assert!("accepted".parse::<Status>().is_err());
    }
}
