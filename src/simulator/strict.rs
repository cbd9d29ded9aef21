//! JSON bodies of which the service accepts exactly what it knows.
//!
//! Anything else is "The request body is invalid": a member too many, one
//! missing, `null` where a text may be absent, an array where an object
//! belongs. So are malformed JSON and a byte order mark before it.
//!
//! The service reads with JavaScript, whose texts may hold half of a surrogate pair (`"\ud800"`).
//! Those of Rust cannot: such a half is read as U+FFFD, which is what is left of it wherever the
//! text is written as UTF-8.

use std::borrow::Cow;

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
    serde_json::from_str(&without_lone_surrogates(&text)).map_err(|_| ApiError::Body)
}

/// JSON with `\ufffd` in place of every escape that is half of a surrogate pair.
fn without_lone_surrogates(json: &str) -> Cow<'_, str> {
    if !json.contains("\\u") {
        return Cow::Borrowed(json);
    }
    let mut whole = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(place) = rest.find('\\') {
        let (before, escape) = rest.split_at(place);
        let (written, length) = paired(escape);
        whole.push_str(before);
        whole.push_str(written);
        rest = &escape[length..];
    }
    whole.push_str(rest);
    Cow::Owned(whole)
}

/// What is written for the escape at the start of `text`, and how much of `text` it stands for.
fn paired(text: &str) -> (&str, usize) {
    match (unit(text), text.get(6..).and_then(unit)) {
        (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => (&text[..12], 12),
        (Some(0xD800..=0xDFFF), _) => ("\\ufffd", 6),
        (Some(_), _) => (&text[..6], 6),
        (None, _) => {
            let length = text.chars().take(2).map(char::len_utf8).sum();
            (&text[..length], length)
        }
    }
}

/// The code unit of a `\uXXXX` at the start of `text`.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let all = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    all.then(|| u16::from_str_radix(digits, 16).ok())?
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(json: &str) -> Value {
        parse(json.as_bytes()).expect(json)
    }

    #[test]
    fn half_of_a_surrogate_pair_is_a_replacement_character() {
        for (json, text) in [
            (r#""\ud800""#, "\u{fffd}"),
            (r#""\uDFFF!""#, "\u{fffd}!"),
            (r#""\ud800\ud800""#, "\u{fffd}\u{fffd}"),
            (r#""\ud800A""#, "\u{fffd}A"),
            (r#""\ude00\ud83d""#, "\u{fffd}\u{fffd}"),
            (r#""\ud800\n""#, "\u{fffd}\n"),
            (r#""\ud83d\ude00""#, "\u{1f600}"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}\u{1f600}"),
            (r#""\\ud800""#, r"\ud800"),
            (r#""\\\ud800""#, "\\\u{fffd}"),
            (r#""é\u00e9\ud800é""#, "éé\u{fffd}é"),
        ] {
            assert_eq!(read(json), Value::from(text), "{json}");
        }
        assert_eq!(read(r#"{"\ud800":1}"#), serde_json::json!({"\u{fffd}": 1}));
    }

    #[test]
    fn what_is_no_json_stays_none() {
        for json in [
            r#""\ud8"#,
            r#""\ud80""#,
            r#""\u+123""#,
            r"\ud800",
            r#""\"#,
            r#""\ud800\u""#,
            r#""\é""#,
        ] {
            assert_eq!(parse(json.as_bytes()), Err(ApiError::Body), "{json}");
        }
    }

    proptest! {
        #[test]
        fn what_serde_reads_is_read_the_same(text in "\\PC*") {
            let json = Value::from(text).to_string();
            prop_assert_eq!(parse(json.as_bytes()).ok(), serde_json::from_str(&json).ok());
        }

        #[test]
        fn no_escape_panics(text in r#"[\\ud8cDeé"0]*"#) {
            let _ = without_lone_surrogates(&text);
        }
    }
}
