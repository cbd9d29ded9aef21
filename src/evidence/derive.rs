//! The facts that an exchange's answer states, as events of their own.
//!
//! The journal derives them from the stored bytes, so `verify` can derive them again and hold
//! them against what the journal says; and an observed system gets them like a driven one.

use serde_json::Value;

use crate::model::limits::read_answer;
use crate::model::{Body, Event, Exchange, LetterFacts};

/// The events that follow from the exchange at `seq`, whose stored answer is `body`.
pub fn derived_events(seq: u64, exchange: &Exchange, body: &[u8]) -> Vec<Event> {
    let Some(answer) = readable_answer(exchange, body) else {
        return Vec::new();
    };
    let segments: Vec<&str> = exchange.path().rsplit('/').collect();
    match (exchange.method.as_str(), segments.as_slice()) {
        ("GET", ["letters", ..]) => list(seq, exchange, &answer),
        ("GET", [_, "letters", ..]) => observation(seq, exchange, &answer),
        ("POST", ["token", ..]) => token(seq, &answer),
        _ => None,
    }
    .into_iter()
    .collect()
}

fn readable_answer(exchange: &Exchange, body: &[u8]) -> Option<Value> {
    let whole = exchange.error.is_none() && exchange.status() == Some(200);
    whole.then(|| read_answer(body).ok()).flatten()
}

fn list(seq: u64, exchange: &Exchange, answer: &Value) -> Option<Event> {
    let data = answer.get("data")?.as_array()?;
    Some(Event::LettersListed {
        exchange: seq,
        scope: exchange.scope.clone(),
        limit: query_value(&exchange.url, "limit"),
        letters: data.iter().map(letter).collect::<Option<Vec<_>>>()?,
    })
}

fn observation(seq: u64, exchange: &Exchange, answer: &Value) -> Option<Event> {
    Some(Event::StatusObserved {
        exchange: seq,
        scope: exchange.scope.clone(),
        letter: letter(answer.get("data")?)?,
    })
}

fn token(seq: u64, answer: &Value) -> Option<Event> {
    let lifetime = answer.get("expires_in")?;
    let seconds = lifetime
        .as_u64()
        .or_else(|| lifetime.as_str()?.parse().ok())?;
    Some(Event::TokenIssued {
        exchange: seq,
        token: answer.get("access_token")?.as_str()?.to_owned(),
        expires_in_s: seconds,
    })
}

fn letter(item: &Value) -> Option<LetterFacts> {
    let attributes = item.get("attributes")?;
    let text = |name: &str| Some(attributes.get(name)?.as_str()?.to_owned());
    Some(LetterFacts {
        id: item.get("id")?.as_str()?.to_owned(),
        status: text("status")?,
        specification_id: text("specificationId"),
        group_id: text("groupId"),
        sha256_hash: text("sha256Hash"),
        reason_code: text("reasonCode"),
        reason_text: text("reasonText"),
    })
}

fn query_value(url: &str, name: &str) -> Option<String> {
    let (_, query) = url.split_once('?')?;
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// True if the answer's body must be read to derive anything from this exchange.
pub fn may_state_facts(exchange: &Exchange) -> bool {
    let stored = |body: &Body| !body.withheld;
    let response = exchange.response.as_ref();
    exchange.status() == Some(200)
        && response
            .and_then(|answer| answer.body.as_ref())
            .is_some_and(stored)
        && (exchange.path().contains("/letters") || exchange.path().ends_with("/token"))
}
