//! Which known deviation a place in an answer can show.

use super::place;

/// Where the error code of an answer stands.
pub(super) const ERROR_CODE: &str = "body.errors[].code";

/// The deviation that can be seen at `place` of an answer.
pub(super) fn id_at(operation: &str, status: u16, place: &str) -> Option<&'static str> {
    match place {
        place::MEDIA_TYPE => Some("response-media-type"),
        place::STATUS if operation == "POST /mi" => Some("mi-status"),
        ERROR_CODE if status == 404 => Some("not-found-code"),
        _ => None,
    }
}
