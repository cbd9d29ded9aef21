//! Request ids: what the caller sent, what APIM makes of them, what comes back.

use axum::http::{HeaderMap, HeaderName};
use axum::response::Response;

use super::answer;
use super::ids;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");
const APIM_ID: HeaderName = HeaderName::from_static("nhsd-correlation-id");

/// The ids of one call.
#[derive(Debug, Clone)]
pub(crate) struct Correlation {
    request_id: Option<String>,
    correlation_id: Option<String>,
    /// APIM's id: `<X-Request-ID>.<X-Correlation-ID>.rrt-…`, the id of errors.
    pub(crate) apim: String,
}

impl Correlation {
    /// The ids of a call with these headers.
    pub(crate) fn of(headers: &HeaderMap) -> Correlation {
        let request_id = value(headers, &REQUEST_ID);
        let correlation_id = value(headers, &CORRELATION_ID);
        let text = |id: &Option<String>| id.clone().unwrap_or_default();
        let parts = [text(&request_id), text(&correlation_id), ids::message_id()];
        Correlation {
            request_id,
            correlation_id,
            apim: parts.join("."),
        }
    }

    /// The caller's `X-Request-ID`, unless it is absent or empty.
    pub(crate) fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref().filter(|id| !id.is_empty())
    }

    /// The answer with the ids in its headers, as APIM mirrors them.
    pub(crate) fn mirror(&self, mut answer: Response) -> Response {
        let ids = [
            (REQUEST_ID, self.request_id.as_deref()),
            (CORRELATION_ID, self.correlation_id.as_deref()),
            (APIM_ID, Some(self.apim.as_str())),
        ];
        for (name, id) in ids {
            answer = match id {
                Some(id) => answer::header(answer, name, id),
                None => answer,
            };
        }
        answer
    }
}

fn value(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}
