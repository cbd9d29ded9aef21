//! An exchange read back from the journal.

use serde_json::Value;

use crate::evidence::{Journal, Reader};
use crate::model::{Event, Exchange};

/// The exchange that stands at `seq`.
pub(super) fn at(journal: &Journal, seq: u64) -> Option<Exchange> {
    let lines = Reader::open(&journal.dir().journal()).ok()?;
    let line = lines
        .map_while(Result::ok)
        .map(|read| read.line)
        .find(|line| line.seq == seq)?;
    match line.event {
        Event::Exchange(exchange) => Some(*exchange),
        _ => None,
    }
}

/// Every exchange so far.
pub(super) fn all(journal: &Journal) -> Vec<Exchange> {
    let Ok(lines) = Reader::open(&journal.dir().journal()) else {
        return Vec::new();
    };
    let events = lines.map_while(Result::ok).map(|read| read.line.event);
    events
        .filter_map(|event| match event {
            Event::Exchange(exchange) => Some(*exchange),
            _ => None,
        })
        .collect()
}

/// The first header of that name in the answer.
pub(super) fn header<'e>(exchange: &'e Exchange, name: &str) -> Option<&'e str> {
    let headers = &exchange.response.as_ref()?.headers;
    let mut named = headers
        .iter()
        .filter(|(found, _)| found.eq_ignore_ascii_case(name));
    named.next().map(|(_, value)| value.as_str())
}

/// The answer's body, if it is short JSON.
pub(super) fn json(exchange: &Exchange) -> Option<Value> {
    let body = exchange.response.as_ref()?.body.as_ref()?;
    crate::model::limits::read_answer(body.text.as_deref()?.as_bytes()).ok()
}

/// True if NHS Notify's own code gave the answer: an error document with one of its codes or with
/// its link, or a document of a letter (service-behaviour, "B's errors" and "Success bodies").
///
/// A status says nothing of that: gateways, proxies and login pages answer 404 and 200 too.
pub(super) fn is_of_notify(exchange: &Exchange) -> bool {
    json(exchange).is_some_and(|body| is_own_error(&body) || is_letter(&body))
}

fn is_own_error(body: &Value) -> bool {
    let errors = body.get("errors").and_then(Value::as_array);
    errors.into_iter().flatten().any(|error| {
        let text = |place: &str| error.pointer(place).and_then(Value::as_str);
        let code = text("/code").is_some_and(|code| code.starts_with("NOTIFY_"));
        code || text("/links/about").is_some_and(|about| about.contains("nhs-notify-supplier"))
    })
}

fn is_letter(body: &Value) -> bool {
    body.pointer("/data/type").and_then(Value::as_str) == Some("Letter")
}

/// True if the answer's body is a JSON object, as that of every health endpoint is.
pub(super) fn is_object(exchange: &Exchange) -> bool {
    json(exchange).is_some_and(|body| body.is_object())
}

/// By what NHS Notify finds the call: the token endpoint's `message_id`, else the request id.
pub(super) fn id(exchange: &Exchange) -> Option<String> {
    let message = json(exchange)
        .as_ref()
        .and_then(|body| body.get("message_id")?.as_str().map(str::to_owned));
    message.or_else(|| exchange.request_id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answered(body: &Value) -> Exchange {
        let text = body.to_string();
        let exchange = json!({ "id": "1", "attempt": 1, "method": "GET", "url": "https://h/letters/L",
            "request": { "headers": [] }, "times": { "sent": "2026-11-21T14:30:00.000000Z", "done_us": 1 },
            "response": { "status": 404, "headers": [], "body": {
                "sha256": "", "bytes": text.len(), "text": text } } });
        serde_json::from_value(exchange).unwrap()
    }

    #[test]
    fn only_what_its_own_code_says_is_of_nhs_notify() {
        let about = "https://digital.nhs.uk/developer/api-catalogue/nhs-notify-supplier";
        for own in [
            json!({ "errors": [{ "code": "NOTIFY_NOT_FOUND", "status": "404" }] }),
            json!({ "errors": [{ "code": "NOTIFY_RESOURCE_NOT_FOUND" }] }),
            json!({ "errors": [{ "links": { "about": about } }] }),
            json!({ "data": { "type": "Letter", "id": "L" } }),
        ] {
            assert!(is_of_notify(&answered(&own)), "{own}");
        }
        for other in [
            json!({ "fault": { "faultstring": "Unable to identify proxy for host: secure and url: /x" } }),
            json!({ "message": "Missing Authentication Token" }),
            json!({ "errors": [{ "code": "NOT_FOUND" }] }),
            json!({ "errors": "NOTIFY_NOT_FOUND" }),
            json!({ "data": [] }),
            json!("NOTIFY_NOT_FOUND"),
        ] {
            assert!(!is_of_notify(&answered(&other)), "{other}");
        }
    }
}
