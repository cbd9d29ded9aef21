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

/// By what NHS Notify finds the call: the token endpoint's `message_id`, else the request id.
pub(super) fn id(exchange: &Exchange) -> Option<String> {
    let message = json(exchange)
        .as_ref()
        .and_then(|body| body.get("message_id")?.as_str().map(str::to_owned));
    message.or_else(|| exchange.request_id.clone())
}
