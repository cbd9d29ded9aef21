//! Where in an answer something stands, and values as a sentence shows them.

use jsonschema::paths::{Location, LocationSegment};
use serde_json::Value;

/// A longer name or value is cut.
const LONGEST: usize = 80;

/// The place of an answer's status.
pub(super) const STATUS: &str = "status";
/// The place of an answer's media type.
pub(super) const MEDIA_TYPE: &str = "media type";
/// The place of an answer's whole body.
pub(super) const BODY: &str = "body";

/// `body.data[].attributes.status`: items of a list are not told apart.
pub(super) fn of(location: &Location) -> String {
    let mut place = BODY.to_owned();
    for segment in location {
        match segment {
            LocationSegment::Index(_) => place.push_str("[]"),
            LocationSegment::Property(name) => {
                place.push('.');
                place.push_str(&shortened(&name));
            }
        }
    }
    place
}

/// The field `name` of what stands at `place`.
pub(super) fn field(place: &str, name: &str) -> String {
    format!("{place}.{}", shortened(name))
}

/// `value` on a line, cut if it is long.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::String(text) => format!("\"{}\"", shortened(text)),
        other => shortened(&other.to_string()),
    }
}

/// A value that [`value`] showed, without the quotes of a text.
pub(super) fn bare(shown: &str) -> &str {
    let inner = shown
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or(shown)
}

/// What sort of value it is.
pub(super) fn sort(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
