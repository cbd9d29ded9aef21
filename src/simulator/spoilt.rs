//! Answers that went wrong on their way.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use futures::{StreamExt as _, stream};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::answer;
use super::api_error::{self, ApiError};
use super::fault::Spoilt;
use super::ids;
use super::quota::Exceeded;
use super::token_error::TokenError;

/// Answers here are made by this process: no list of letters is larger.
const LARGEST: usize = 64 * 1024 * 1024;

/// The answer to a call that is refused with `code`, in the words that the service has for it.
pub(crate) fn refusal(code: u16) -> Response {
    let id = ids::message_id();
    match code {
        400 => ApiError::Body.answer(&id),
        401 => api_error::unauthorised(&id),
        403 => api_error::denied(),
        404 => ApiError::NotFound.answer(&id),
        413 => api_error::too_large(),
        429 => api_error::over_quota("the application", exceeded()),
        500 => ApiError::Internal.answer(&id),
        code => {
            let status = StatusCode::from_u16(code).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            answer::json(status, &json!({ "message": status.canonical_reason() }))
        }
    }
}

/// The token endpoint's answer to an application that it does not know.
pub(crate) fn unknown_application() -> Response {
    TokenError::IssuerUnknown.answer()
}

/// A quota that opens again at once.
fn exceeded() -> Exceeded {
    Exceeded {
        limit: 300,
        expiry_ms: 0,
    }
}

/// What comes instead of `answer`.
pub(crate) async fn answer(how: Spoilt, answer: Response) -> Response {
    match how {
        Spoilt::Refused(code) => refusal(code),
        Spoilt::Slow(time) => {
            sleep(time).await;
            answer
        }
        Spoilt::Broken => broken(answer),
        Spoilt::Halved => {
            with(answer, |body| {
                let half = body.len() / 2;
                body.slice(..half)
            })
            .await
        }
        Spoilt::Page => page(),
        Spoilt::Wordy => edited(answer, add_members).await,
        Spoilt::Without(name) => edited(answer, |value| remove(value, name)).await,
    }
}

/// The headers, and then no more.
fn broken(answer: Response) -> Response {
    let (parts, _) = answer.into_parts();
    let gone = std::io::Error::other("the connection is gone");
    let start = stream::iter([Ok(Bytes::from_static(b"{")), Err(gone)]);
    // Apart from each other, so that the start is sent before the end is known.
    let apart = start.then(|part| async {
        tokio::task::yield_now().await;
        part
    });
    Response::from_parts(parts, Body::from_stream(apart))
}

fn page() -> Response {
    let text = "<html><body>Our site is being looked after.</body></html>";
    answer::with_body(StatusCode::OK, Some("text/html"), text.into())
}

async fn with(answer: Response, change: impl FnOnce(Bytes) -> Bytes) -> Response {
    let (mut parts, body) = answer.into_parts();
    let body = change(to_bytes(body, LARGEST).await.unwrap_or_default());
    parts
        .headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    Response::from_parts(parts, Body::from(body))
}

/// The answer with its JSON changed; what is no JSON stays as it is.
async fn edited(answer: Response, edit: impl FnOnce(&mut Value)) -> Response {
    with(answer, |body| {
        let Ok(mut value) = serde_json::from_slice(&body) else {
            return body;
        };
        edit(&mut value);
        Bytes::from(value.to_string())
    })
    .await
}

fn add_members(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(add_members);
            members.insert("addedLater".to_owned(), json!("unheard of"));
        }
        Value::Array(items) => items.iter_mut().for_each(add_members),
        _ => {}
    }
}

fn remove(value: &mut Value, name: &str) {
    match value {
        Value::Object(members) => {
            members.remove(name);
            members.values_mut().for_each(|member| remove(member, name));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| remove(item, name)),
        _ => {}
    }
}
