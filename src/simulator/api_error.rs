//! The errors of the API, of API Gateway and of APIM, as they look on the wire.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use serde_json::json;

use super::answer;
use super::ids;
use super::quota::Exceeded;

const ABOUT: &str = "https://digital.nhs.uk/developer/api-catalogue/nhs-notify-supplier";

/// The most letters one list returns and one bulk update takes.
pub(crate) const MAX_ITEMS: usize = 2500;

/// What the service's handlers refuse a request for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("The request body is invalid")]
    Body,
    #[error("The request is missing the body")]
    MissingBody,
    #[error("The request is missing the letter id path parameter")]
    MissingLetterId,
    #[error("The request is missing the mi id path parameter")]
    MissingMiId,
    #[error("The limit parameter must be a positive number not greater than {MAX_ITEMS}")]
    LimitRange,
    #[error("The limit parameter is not a number")]
    LimitNotANumber,
    #[error("Only 'limit' query parameter is supported")]
    LimitOnly,
    #[error("Timestamps should be UTC date/times in ISO8601 format, with a Z suffix")]
    Timestamp,
    #[error("The letter ID in the request body does not match the letter ID path parameter")]
    IdMismatch,
    #[error("The request exceeds the maximum of {MAX_ITEMS} items allowed for update")]
    TooManyItems,
    #[error("The request cannot include multiple letter objects with the same id")]
    DuplicateId,
    #[error("No resource found with that ID")]
    NotFound,
    #[error("Unexpected error")]
    Internal,
}

#[derive(Serialize)]
struct Document<'a> {
    errors: [Item<'a>; 1],
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    code: &'a str,
    links: Links,
    status: &'a str,
    title: &'a str,
    detail: &'a str,
}

#[derive(Serialize)]
struct Links {
    about: &'static str,
}

impl ApiError {
    /// The answer, with APIM's correlation id as the error's id.
    pub(crate) fn answer(self, correlation: &str) -> Response {
        let (status, code, title) = self.kind();
        let detail = self.to_string();
        let document = Document {
            errors: [Item {
                id: correlation,
                code,
                links: Links { about: ABOUT },
                status: status.as_str(),
                title,
                detail: &detail,
            }],
        };
        answer::pretty_json(status, &document)
    }

    fn kind(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            ApiError::NotFound => (StatusCode::NOT_FOUND, "NOTIFY_NOT_FOUND", "Not found"),
            ApiError::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "NOTIFY_INTERNAL_SERVER_ERROR",
                "Internal server error",
            ),
            _ => (
                StatusCode::BAD_REQUEST,
                "NOTIFY_INVALID_REQUEST",
                "Invalid request",
            ),
        }
    }
}

/// API Gateway's answer to a route that it does not have.
pub(crate) fn no_such_route() -> Response {
    message(StatusCode::FORBIDDEN, "Missing Authentication Token")
}

/// API Gateway's answer to a body of more than 10 MB.
pub(crate) fn too_large() -> Response {
    message(StatusCode::PAYLOAD_TOO_LARGE, "Request Too Long")
}

/// The answer to a call whose body does not end in time. Not seen of the service: a choice.
pub(crate) fn body_too_late() -> Response {
    message(StatusCode::REQUEST_TIMEOUT, "Request Timeout")
}

/// The answer to a body that broke off; hardly anybody is left to read it.
pub(crate) fn body_broken() -> Response {
    message(StatusCode::BAD_REQUEST, "Bad Request")
}

/// The answer while too many bodies are on their way: this process protects itself.
pub(crate) fn overloaded() -> Response {
    message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
}

/// API Gateway's answer when a handler takes more than 29 s.
pub(crate) fn timed_out() -> Response {
    message(StatusCode::GATEWAY_TIMEOUT, "Endpoint request timed out")
}

fn message(status: StatusCode, text: &str) -> Response {
    answer::json(status, &json!({ "message": text }))
}

/// API Gateway's answer to an application that no enabled supplier owns.
pub(crate) fn denied() -> Response {
    let text = "User is not authorized to access this resource with an explicit deny in an identity-based policy";
    answer::json(StatusCode::FORBIDDEN, &json!({ "Message": text }))
}

/// APIM's answer to a missing, unknown or expired access token.
///
/// The API description shows no 401 body and its own tests look at the status
/// alone. The shape here is a choice: the `errors` list that the API uses
/// everywhere else. Rely on the status.
pub(crate) fn unauthorised(correlation: &str) -> Response {
    denied_access(
        correlation,
        "The access token is missing, invalid or expired",
    )
}

/// APIM's answer to a call of `/_status` without its key.
pub(crate) fn status_key_missing(correlation: &str) -> Response {
    denied_access(
        correlation,
        "The apikey of the status endpoint is missing or invalid",
    )
}

fn denied_access(correlation: &str, detail: &str) -> Response {
    let document = Document {
        errors: [Item {
            id: correlation,
            code: "NOTIFY_ACCESS_DENIED",
            links: Links { about: ABOUT },
            status: "401",
            title: "Access denied",
            detail,
        }],
    };
    answer::pretty_json(StatusCode::UNAUTHORIZED, &document)
}

/// APIM's answer to a call over the quota. The members are those of the API
/// description's example; there is no `Retry-After`.
pub(crate) fn over_quota(application: &str, exceeded: Exceeded) -> Response {
    let Exceeded { limit, expiry_ms } = exceeded;
    let text = format!(
        "Your application, {application}, has exceeded its quota of {limit} requests every 1 second(s) and is being rate limited."
    );
    let body = json!({
        "interval": 1,
        "limit": limit,
        "message": text,
        "message_id": ids::message_id(),
        "policy": "quota",
        "ratelimiting_expiry_time_ms": expiry_ms,
        "scope": "application",
        "timeunit": "second",
    });
    answer::json(StatusCode::TOO_MANY_REQUESTS, &body)
}
