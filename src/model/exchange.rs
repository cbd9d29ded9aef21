//! One request and what came back.

use serde::{Deserialize, Serialize};

use super::{Body, Scope, Timestamp};

/// One attempt at a request, with its answer or the error that came in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// Which call of the run this belongs to; attempts of one call share it.
    pub id: String,
    /// Acceptance test and scenario; `reading.rs` fills them in, because reading flattened fields
    /// holds all others in memory.
    #[serde(flatten, skip_deserializing)]
    pub scope: Scope,
    /// 1 for the first try, 2 for the first retry.
    pub attempt: u32,
    /// `GET`, `POST`, `PATCH`.
    pub method: String,
    /// The full URL, redacted.
    pub url: String,
    /// The `X-Request-ID` that was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The `X-Correlation-ID` that was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// The `intent` that announced this update, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<u64>,
    /// What was sent.
    pub request: Request,
    /// What came back, unless nothing did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Response>,
    /// When.
    pub times: Times,
    /// Why no whole answer came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Header names and values in the order sent, redacted.
    pub headers: Vec<(String, String)>,
    /// The body, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// The HTTP status code.
    pub status: u16,
    /// Header names and values in the order received, redacted.
    pub headers: Vec<(String, String)>,
    /// The body, if one came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
}

/// When an exchange happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// When the request was handed to the network.
    pub sent: Timestamp,
    /// Microseconds from `sent` to the response's headers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_byte_us: Option<u64>,
    /// Microseconds from `sent` to the end of the body, or to the error.
    pub done_us: u64,
}

impl Times {
    /// When the last byte, or the error, came.
    pub fn done(&self) -> Timestamp {
        self.sent
            .plus_micros(i64::try_from(self.done_us).unwrap_or(i64::MAX))
    }
}

impl Exchange {
    /// The status code, if an answer came.
    pub fn status(&self) -> Option<u16> {
        self.response.as_ref().map(|response| response.status)
    }

    /// The path of the URL without query, as the service's routes name it.
    pub fn path(&self) -> &str {
        let rest = self
            .url
            .split_once("://")
            .map_or(self.url.as_str(), |(_, rest)| rest);
        let path = rest.find('/').map_or("", |start| &rest[start..]);
        path.split(['?', '#']).next().unwrap_or("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(url: &str) -> Exchange {
        Exchange {
            id: String::new(),
            scope: Scope::default(),
            attempt: 1,
            method: "GET".into(),
            url: url.into(),
            request_id: None,
            correlation_id: None,
            intent: None,
            request: Request::default(),
            response: None,
            times: Times::default(),
            error: None,
        }
    }

    #[test]
    fn the_path_leaves_host_and_query_out() {
        assert_eq!(
            at("http://127.0.0.1:9/base/letters?limit=3").path(),
            "/base/letters"
        );
        assert_eq!(at("http://127.0.0.1:9").path(), "");
    }
}
