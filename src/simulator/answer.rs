//! Answers: JSON, nothing, XML.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;

/// An answer without a body.
pub(crate) fn empty(status: StatusCode) -> Response {
    with_body(status, None, Vec::new())
}

/// An answer without a body that is called JSON all the same: API Gateway
/// gives every handler's answer a content type.
pub(crate) fn empty_json(status: StatusCode) -> Response {
    json_text(status, Vec::new())
}

/// A JSON answer on one line.
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    json_text(status, serde_json::to_vec(value).unwrap_or_default())
}

/// A JSON answer indented by two spaces, as the service writes all but letters.
pub(crate) fn pretty_json(status: StatusCode, value: &impl Serialize) -> Response {
    json_text(status, serde_json::to_vec_pretty(value).unwrap_or_default())
}

fn json_text(status: StatusCode, text: Vec<u8>) -> Response {
    with_body(status, Some("application/json"), text)
}

/// An answer of S3's kind.
pub(crate) fn xml(status: StatusCode, text: String) -> Response {
    with_body(status, Some("application/xml"), text.into_bytes())
}

/// An answer of any content type.
pub(crate) fn with_body(
    status: StatusCode,
    content_type: Option<&'static str>,
    body: Vec<u8>,
) -> Response {
    let mut answer = Response::new(Body::from(body));
    *answer.status_mut() = status;
    if let Some(content_type) = content_type {
        let value = HeaderValue::from_static(content_type);
        answer.headers_mut().insert(header::CONTENT_TYPE, value);
    }
    answer
}

/// The answer with one more header; a value that no header can hold is left out.
pub(crate) fn header(mut answer: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
    answer
}
