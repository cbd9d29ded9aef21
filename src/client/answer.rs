//! What an answer says, when it is not the one hoped for.

use serde_json::Value;

use crate::evidence::redact::Sweep;
use crate::model::is_misleading;
use crate::model::limits::read_answer;

use super::retry::{Manner, is_transient};
use super::transport::{Answer, Lost};
use super::{Call, ClientError};

/// How much of a body an error shows.
const START: usize = 120;

/// The error for an `answer` that is not a success; `sweep` knows the URL it came from.
pub(super) fn refusal(
    sweep: &Sweep<'_>,
    call: Call,
    answer: &Answer,
    attempts: u32,
) -> ClientError {
    let (status, detail) = (answer.status, detail(sweep, answer));
    match status {
        401 | 403 => ClientError::Unauthorised {
            call,
            status,
            detail,
        },
        429 => ClientError::RateLimited { call, attempts },
        400..500 if !is_transient(status) => ClientError::Answered {
            call,
            status,
            detail,
        },
        _ => ClientError::ServerError {
            call,
            status,
            detail,
        },
    }
}

/// The error for an answer that is not the documented JSON.
pub(super) fn unreadable(sweep: &Sweep<'_>, call: Call, answer: &Answer) -> ClientError {
    let content_type = answer.body.content_type.as_deref();
    let content_type = content_type.unwrap_or("no content type");
    ClientError::Unreadable {
        call,
        status: answer.status,
        content_type: shortened(&sweep.text(content_type), START),
        start: start_of(sweep, answer),
    }
}

/// A storage's 403 says something of the link, not of the supplier's right to use the API.
pub(super) fn of_storage(error: ClientError) -> ClientError {
    match error {
        ClientError::Unauthorised {
            call,
            status,
            detail,
        } => ClientError::Answered {
            call,
            status,
            detail,
        },
        other => other,
    }
}

/// Turns an error that leaves an update's fate open into one that says so.
pub(super) fn of_update(error: ClientError, manner: Manner, intent: Option<u64>) -> ClientError {
    let (Manner::Once, Some(intent)) = (manner, intent) else {
        return error;
    };
    match error {
        ClientError::ServerError {
            call,
            status,
            detail,
        } => ClientError::Unclear {
            call,
            intent,
            status: Some(status),
            reason: format!("the answer was {status}: {detail}"),
        },
        ClientError::Broken { call, reason } => ClientError::Unclear {
            call,
            intent,
            status: None,
            reason: format!("no whole answer came: {reason}"),
        },
        clear => clear,
    }
}

impl Lost {
    /// The error for an answer that never came.
    pub(super) fn error(self, call: Call) -> ClientError {
        let reason = self.reason;
        if self.forbidden {
            ClientError::ForbiddenHost { call, reason }
        } else if self.sent {
            ClientError::Broken { call, reason }
        } else {
            ClientError::Unreachable { call, reason }
        }
    }
}

/// What the service said, in one line: its own error items, a gateway's message, or the start
/// of whatever came.
pub(super) fn detail(sweep: &Sweep<'_>, answer: &Answer) -> String {
    let body = read_answer(&answer.body.bytes).ok();
    let said = body.as_ref().and_then(error_items).or_else(|| {
        let body = body.as_ref()?;
        let message = body.get("message").or_else(|| body.get("Message"))?;
        message.as_str().map(str::to_owned)
    });
    match said {
        Some(text) => shortened(&sweep.text(&text), 4 * START),
        None if answer.body.length == 0 => "no body".to_owned(),
        None => start_of(sweep, answer),
    }
}

/// The first three error items, in one line.
fn error_items(body: &Value) -> Option<String> {
    let items = body.get("errors")?.as_array()?;
    let lines: Vec<String> = items.iter().take(3).filter_map(error_item).collect();
    (!lines.is_empty()).then(|| lines.join("; "))
}

/// `CODE: detail`, or the sandbox's `path: message`.
fn error_item(item: &Value) -> Option<String> {
    let text = |name: &str| item.get(name).and_then(Value::as_str);
    let what = text("detail")
        .or_else(|| text("message"))
        .or_else(|| text("title"))?;
    let place = text("code").or_else(|| text("path"));
    Some(place.map_or_else(|| what.to_owned(), |place| format!("{place}: {what}")))
}

/// The first 120 characters of the body, without secrets and control characters.
fn start_of(sweep: &Sweep<'_>, answer: &Answer) -> String {
    let text = String::from_utf8_lossy(&answer.body.bytes);
    shortened(&sweep.text(&text), START)
}

fn shortened(text: &str, most: usize) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .filter(|c| !is_misleading(*c))
        .take(most)
        .collect()
}
