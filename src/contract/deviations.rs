//! Which known deviation a place in an answer can show.

use crate::model::KnownDeviation;

use super::place;
use super::validators::Found;

/// Where the error code of an answer stands.
pub(super) const ERROR_CODE: &str = "body.errors[].code";

/// The form of what the sandbox's validator refuses: it is of many places, and known by these.
const VALIDATOR_FORM: &str = "sandbox-validator-errors";

/// The places of that form, and of the documented one that it stands in for.
const FORM: [&str; 11] = [
    "body.errors",
    "body.errors[].code",
    "body.errors[].detail",
    "body.errors[].errorCode",
    "body.errors[].id",
    "body.errors[].links",
    "body.errors[].message",
    "body.errors[].path",
    "body.errors[].status",
    "body.errors[].title",
    "body.message",
];

/// The deviation whose value can be seen at `place` of an answer.
pub(super) fn id_at(operation: &str, status: u16, place: &str) -> Option<&'static str> {
    match place {
        place::MEDIA_TYPE => Some("response-media-type"),
        place::STATUS if operation == "POST /mi" => Some("mi-status"),
        ERROR_CODE if status == 404 => Some("not-found-code"),
        _ => None,
    }
}

/// Whether what was found in an answer is what `known` says.
pub(super) fn shows(known: &KnownDeviation, operation: &str, status: u16, found: &Found) -> bool {
    if known.id == VALIDATOR_FORM {
        // A path that it does not have is refused in this form too.
        let refused = matches!(status, 400 | 413) || (status == 404 && operation == "GET /mi/{id}");
        return refused && FORM.contains(&found.place.as_str());
    }
    id_at(operation, status, &found.place) == Some(known.id.as_str())
        && known.observed == place::bare(&found.observed)
}
