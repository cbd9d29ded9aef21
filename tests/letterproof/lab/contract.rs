//! Every answer of the simulator beside the description of the API: if either of the two drifts,
//! a test of the wire fails.

use std::sync::Mutex;

use letterproof::contract::Checks;
use letterproof::model::{
    Body, Event, Exchange, Line, Observation, Request, Response, RunStarted, Scope, Times,
    Timestamp, Weight,
};
use letterproof::targets::{Target, TargetKind};
use serde_json::{Value, json};

use super::Answer;

pub struct Contract(Mutex<(Checks, u64)>);

impl Contract {
    pub fn of(base_url: &str, token_url: &str) -> Contract {
        let started = json!({
            "schema": 1, "run_id": "lab", "tool": { "name": "letterproof", "version": "0" },
            "target": {
                "name": "local", "kind": "local", "base_url": base_url, "token_url": token_url,
                "deviations": deviations(),
            },
            "supplier": "", "driven": "", "pack_revision": "", "scope": [],
            "settings": {
                "expected_letters": 0, "visibility_timeout_ms": 0, "settle_timeout_ms": 0,
                "requests_per_second": 0, "optional_statuses": [], "rejects": true,
                "target_ms": 0, "performance_runs": 0, "sizes": {},
            },
        });
        let started: RunStarted = serde_json::from_value(started).expect("an introduction");
        let mut checks = Checks::default();
        let begin = line(0, Event::RunStarted(Box::new(started)));
        checks.take(&begin, &mut |_| None);
        Contract(Mutex::new((checks, 0)))
    }

    /// Holds that the answer is as described, known deviations apart. A request that the API does
    /// not have may be refused in any way.
    pub fn hold(&self, method: &str, url: &str, answer: &Answer) {
        let new = self.differences(method, url, answer);
        assert!(
            new.is_empty(),
            "the simulator or docs/api has drifted at {method} {url}: {new:#?}"
        );
    }

    /// Everything that differs so far.
    pub fn differences(&self, method: &str, url: &str, answer: &Answer) -> Vec<Observation> {
        let (checks, seq) = &mut *self.0.lock().expect("no poison");
        *seq += 1;
        let exchange = Event::Exchange(Box::new(exchange(method, url, answer)));
        checks.take(&line(*seq, exchange), &mut |_| Some(answer.body.clone()));
        let all = checks.result().observations.into_iter();
        all.filter(|one| one.weight != Weight::Known && one.place != "endpoint")
            .collect()
    }
}

/// What is known of the simulator, as a run's first line carries it.
fn deviations() -> Vec<Value> {
    let target = Target::documented(TargetKind::Local).expect("a built-in target");
    let known = target.deviations.iter().map(|known| {
        json!({
            "id": known.id, "about": known.about, "documented": known.documented,
            "observed": known.observed, "source": known.source, "since": known.since,
        })
    });
    known.collect()
}

fn line(seq: u64, event: Event) -> Line {
    Line {
        seq,
        at: Timestamp::default(),
        prev: String::new(),
        event,
    }
}

fn exchange(method: &str, url: &str, answer: &Answer) -> Exchange {
    let headers = answer.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        (name.to_string(), value.into_owned())
    });
    let body = Body {
        sha256: String::new(),
        bytes: answer.body.len() as u64,
        content_type: None,
        text: None,
        redacted: false,
        withheld: false,
    };
    Exchange {
        id: String::new(),
        scope: Scope::default(),
        attempt: 1,
        method: method.to_owned(),
        url: url.to_owned(),
        request_id: None,
        correlation_id: None,
        intent: None,
        request: Request::default(),
        response: Some(Response {
            status: answer.status,
            headers: headers.collect(),
            body: Some(body),
        }),
        times: Times::default(),
        error: None,
    }
}
