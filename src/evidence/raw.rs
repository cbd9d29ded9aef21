//! An exchange as the network saw it, secrets and all; it never leaves memory.

use crate::model::{Scope, Times};

/// An exchange before redaction.
#[derive(Clone, Debug)]
pub struct RawExchange {
    /// Which call of the run this belongs to; attempts of one call share it.
    pub id: String,
    /// Acceptance test and scenario.
    pub scope: Scope,
    /// 1 for the first try.
    pub attempt: u32,
    /// `GET`, `POST`, `PATCH`.
    pub method: String,
    /// The full URL.
    pub url: String,
    /// The `X-Request-ID` sent.
    pub request_id: Option<String>,
    /// The `X-Correlation-ID` sent.
    pub correlation_id: Option<String>,
    /// The `intent` that announced this update.
    pub intent: Option<u64>,
    /// Headers in the order sent.
    pub request_headers: Vec<(String, String)>,
    /// The body sent.
    pub request_body: Option<RawBody>,
    /// The answer, if one came.
    pub response: Option<RawResponse>,
    /// When.
    pub times: Times,
    /// Why no whole answer came.
    pub error: Option<String>,
}

/// An answer before redaction.
#[derive(Clone, Debug)]
pub struct RawResponse {
    /// The HTTP status code.
    pub status: u16,
    /// Headers in the order received.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<RawBody>,
}

/// A body before redaction.
#[derive(Clone, Debug)]
pub enum RawBody {
    /// To be kept.
    Bytes {
        /// All of it.
        bytes: Vec<u8>,
        /// Its `Content-Type`.
        content_type: Option<String>,
    },
    /// An answer of the token endpoint: kept without what it may hold of tokens.
    TokenAnswer {
        /// All of it.
        bytes: Vec<u8>,
        /// Its `Content-Type`.
        content_type: Option<String>,
    },
    /// Not to be kept (a letter's PDF, by policy): hash and size alone.
    Withheld {
        /// Lower-case hex SHA-256 of the bytes that came.
        sha256: String,
        /// How many came.
        bytes: u64,
        /// Its `Content-Type`.
        content_type: Option<String>,
    },
}
