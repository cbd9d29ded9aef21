//! JSON bodies of which the service accepts exactly what it knows.
//!
//! Anything else is "The request body is invalid": a member too many, one
//! missing, `null` where a text may be absent, an array where an object
//! belongs. So are malformed JSON and a byte order mark before it.

use serde_json::{Map, Value};

use super::api_error::ApiError;
use super::limit::is_white;

/// A JSON object whose members are all known.
#[derive(Clone, Copy)]
pub(crate) struct Strict<'a>(&'a Map<String, Value>);

/// Parses a request body.
///
/// # Errors
/// [`ApiError::MissingBody`] for nothing but white space, [`ApiError::Body`]
/// for what is no JSON.
pub(crate) fn parse(body: &[u8]) -> Result<Value, ApiError> {
    let text = String::from_utf8_lossy(body);
    if text.trim_matches(is_white).is_empty() {
        return Err(ApiError::MissingBody);
    }
    serde_json::from_str(&text).map_err(|_| ApiError::Body)
}

impl<'a> Strict<'a> {
    /// `value` as an object without other members than `known`.
    ///
    /// # Errors
    /// Anything else.
    pub(crate) fn of(value: &'a Value, known: &[&str]) -> Result<Strict<'a>, ApiError> {
        let members = value.as_object().ok_or(ApiError::Body)?;
        let all_known = members.keys().all(|name| known.contains(&name.as_str()));
        if all_known {
            Ok(Strict(members))
        } else {
            Err(ApiError::Body)
        }
    }

    /// A member that must be there.
    pub(crate) fn member(self, name: &str) -> Result<&'a Value, ApiError> {
        self.0.get(name).ok_or(ApiError::Body)
    }

    /// A text that must be there.
    pub(crate) fn text(self, name: &str) -> Result<&'a str, ApiError> {
        self.member(name)?.as_str().ok_or(ApiError::Body)
    }

    /// A text that may be absent.
    pub(crate) fn optional_text(self, name: &str) -> Result<Option<String>, ApiError> {
        let Some(value) = self.0.get(name) else {
            return Ok(None);
        };
        let text = value.as_str().ok_or(ApiError::Body)?;
        Ok(Some(text.to_owned()))
    }

    /// A number that must be there.
    pub(crate) fn number(self, name: &str) -> Result<f64, ApiError> {
        self.member(name)?.as_f64().ok_or(ApiError::Body)
    }

    /// A number that may be absent.
    pub(crate) fn optional_number(self, name: &str) -> Result<Option<f64>, ApiError> {
        if self.0.contains_key(name) {
            self.number(name).map(Some)
        } else {
            Ok(None)
        }
    }
}
