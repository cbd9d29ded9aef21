use serde_json::json;

use super::*;
use crate::model::{KnownDeviation, Observation, Request, Scope, Times, Timestamp};

const BASE: &str = "https://api.example/supplier";
const VND: &str = "application/vnd.api+json";

fn checks() -> Checks {
    let mut checks = Checks {
        base_url: BASE.to_owned(),
        token_url: Some("https://api.example/oauth2/token".to_owned()),
        ..Checks::default()
    };
    checks.tally.know(known());
    checks
}

fn answer(method: &str, path: &str, status: u16, media: &str, body: &str) -> Exchange {
    Exchange {
        id: String::new(),
        scope: Scope::default(),
        attempt: 1,
        method: method.to_owned(),
        url: format!("{BASE}{path}"),
        request_id: None,
        correlation_id: None,
        intent: None,
        request: Request::default(),
        response: Some(Response {
            status,
            headers: vec![("Content-Type".to_owned(), media.to_owned())],
            body: Some(StoredBody {
                sha256: String::new(),
                bytes: body.len() as u64,
                content_type: None,
                text: Some(body.to_owned()),
                redacted: false,
                withheld: false,
            }),
        }),
        times: Times::default(),
        error: None,
    }
}

fn letter(attributes: Value) -> Value {
    json!({ "id": "a", "type": "Letter", "attributes": attributes })
}

fn sound() -> Value {
    json!({ "status": "PENDING", "specificationId": "s", "groupId": "g", "sha256Hash": "0f" })
}

fn list(items: &[Value]) -> Exchange {
    let body = json!({ "data": items }).to_string();
    answer("GET", "/letters?limit=2500", 200, VND, &body)
}

impl Checks {
    fn see(&mut self, seq: u64, exchange: Exchange) {
        let line = Line {
            seq,
            at: Timestamp::default(),
            prev: String::new(),
            event: Event::Exchange(Box::new(exchange)),
        };
        let read = |body: &StoredBody| body.text.clone().map(String::into_bytes);
        self.take(&line, &mut |body| read(body));
    }
}

fn seen(exchanges: impl IntoIterator<Item = Exchange>) -> Vec<Observation> {
    let mut checks = checks();
    for (seq, exchange) in exchanges.into_iter().enumerate() {
        checks.see(seq as u64, exchange);
    }
    checks.result().observations
}

fn told(exchange: Exchange) -> Vec<String> {
    let told = seen([exchange]).into_iter().map(|one| {
        let (weight, difference) = (one.weight.as_str(), one.difference.as_str());
        let Observation {
            place,
            described,
            observed,
            ..
        } = one;
        format!("{weight}: {place} {difference}: {observed}; {described}")
    });
    told.collect()
}

#[test]
fn answers_as_described_are_nothing_to_speak_of() {
    let sound = [
        list(&[letter(sound()), letter(sound())]),
        list(&[]),
        answer("POST", "/letters", 202, "", ""),
        answer("GET", "/_status", 200, "application/json", "{\"code\":200}"),
        answer("GET", "/_status", 200, "", ""),
    ];
    assert_eq!(seen(sound), []);
}

#[test]
fn what_is_missing_or_changed_is_a_finding_and_what_is_added_an_observation() {
    let with = |name: &str, value: Value| {
        let mut attributes = sound();
        attributes[name] = value;
        list(&[letter(attributes)])
    };
    let without = |name: &str| {
        let mut attributes = sound();
        attributes.as_object_mut().unwrap().remove(name);
        list(&[letter(attributes)])
    };
    let statuses = "\"PENDING\", \"ACCEPTED\", \"REJECTED\", \"PRINTED\", \"ENCLOSED\", \"CANCELLED\", \"DISPATCHED\", \"DELIVERED\", \"FAILED\", \"RETURNED\", \"FORWARDED\"";
    let at = "body.data[].attributes";
    let cases = [
        (
            with("status", json!("LOST")),
            format!("finding: {at}.status changed: \"LOST\"; one of {statuses}"),
        ),
        (
            with("groupId", json!(7)),
            format!("finding: {at}.groupId changed: integer; string"),
        ),
        (
            without("specificationId"),
            format!("finding: {at}.specificationId missing: absent; always there"),
        ),
        (
            with("pages", json!(2)),
            format!("observation: {at}.pages added: integer; no such field"),
        ),
        (
            answer("GET", "/letters", 200, VND, "{}"),
            "finding: body.data missing: absent; always there".into(),
        ),
        (
            answer("GET", "/letters", 200, VND, "<p>"),
            "finding: body changed: something else; JSON".into(),
        ),
        (
            answer("GET", "/letters", 200, VND, ""),
            "finding: body missing: none; a body".into(),
        ),
        (
            answer("POST", "/letters", 202, VND, "{}"),
            "observation: body added: 2 bytes; no body".into(),
        ),
        (
            answer("POST", "/letters", 200, "", ""),
            "finding: status changed: 200; 202, 400, 401, 403, 413, 429, 500, 502, 504".into(),
        ),
        (
            answer("POST", "/letters", 409, "", ""),
            "observation: status added: 409; 202, 400, 401, 403, 413, 429, 500, 502, 504".into(),
        ),
        (
            answer("GET", "/letters/a/data", 303, "", ""),
            "finding: header location missing: absent; always there".into(),
        ),
        (
            answer("GET", "/pages", 200, VND, "{}"),
            "observation: endpoint added: an answer with 200; no such endpoint".into(),
        ),
        (
            answer("GET", "/letters", 502, "text/html", "<h1>"),
            "observation: media type changed: text/html; application/vnd.api+json".into(),
        ),
    ];
    for (exchange, expected) in cases {
        assert_eq!(told(exchange), [expected]);
    }
}

#[test]
fn a_deviation_is_known_by_what_it_shows_and_stale_once_it_shows_no_more() {
    let as_json = || {
        answer(
            "GET",
            "/letters",
            200,
            "application/json; charset=utf-8",
            "{\"data\":[]}",
        )
    };
    let known = seen([as_json(), as_json()]);
    assert_eq!(known.len(), 1);
    assert_eq!((known[0].weight, known[0].answers), (Weight::Known, 2));
    assert_eq!(known[0].known.as_ref().unwrap().id, "response-media-type");
    let other = seen([answer("GET", "/letters", 200, "text/json", "{\"data\":[]}")]);
    assert_eq!(other[0].weight, Weight::Finding);

    let mut checks = checks();
    assert_eq!(checks.result().stale, []);
    checks.see(1, list(&[]));
    let stale = |checks: &Checks| -> Vec<String> {
        let stale = checks.result().stale.into_iter();
        stale.map(|KnownDeviation { id, .. }| id).collect()
    };
    assert_eq!(stale(&checks), ["response-media-type"]);
    checks.see(2, as_json());
    assert_eq!(stale(&checks), [""; 0]);
}

#[test]
fn a_code_that_the_documentation_contradicts_is_known_as_well() {
    let error = json!({ "errors": [{
        "id": "i", "code": "NOTIFY_NOT_FOUND", "links": { "about": "https://a.example" },
        "status": "404", "title": "t", "detail": "d",
    }]});
    let seen = seen([answer("GET", "/letters/x", 404, VND, &error.to_string())]);
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert_eq!(seen[0].known.as_ref().unwrap().id, "not-found-code");
}

#[test]
fn one_kind_of_difference_is_told_once_however_often_it_comes() {
    let odd = letter(json!({ "status": 3, "specificationId": "s" }));
    let seen = seen((0..9).map(|_| list(&vec![odd.clone(); 50])));
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert_eq!((seen[0].answers, seen[0].seqs.len()), (9, 5));
}

#[test]
fn ten_thousand_kinds_are_counted_and_not_listed() {
    let mut attributes = sound();
    for number in 0..10_000 {
        attributes[format!("x{number}")] = json!(1);
    }
    let mut checks = checks();
    checks.see(1, list(&[letter(attributes)]));
    let result = checks.result();
    assert_eq!(result.observations.len(), 200);
    assert_eq!(result.unlisted, 9_800);
}

#[test]
fn the_storage_and_broken_answers_are_left_out() {
    let mut torn = list(&[]);
    torn.error = Some("connection reset".to_owned());
    let mut stored = answer(
        "GET",
        "/objects/a.pdf?X-Amz-Date=1",
        404,
        "text/xml",
        "<x/>",
    );
    let mut checks = checks();
    checks.see(1, torn);
    checks.see(2, stored.clone());
    stored.url = "https://storage.example/a.pdf".to_owned();
    checks.see(3, stored);
    assert_eq!(
        (checks.result().answers, checks.result().observations.len()),
        (0, 0)
    );
}

#[test]
fn the_token_endpoint_has_a_description_of_its_own() {
    let mut token = answer(
        "POST",
        "",
        200,
        "application/json",
        "{\"access_token\":\"‹redacted:token:0f›\",\"expires_in\":\"599\",\"token_type\":\"Bearer\"}",
    );
    token.url = "https://api.example/oauth2/token".to_owned();
    assert_eq!(told(token.clone()), [""; 0]);
    token.response.as_mut().unwrap().body.as_mut().unwrap().text = Some("{}".to_owned());
    assert_eq!(told(token).len(), 3);
}

#[test]
fn a_description_that_was_given_counts_beside_our_own() {
    let given = "openapi: 3.0.3\ninfo: {title: T, version: v}\npaths:\n  /letters:\n    get:\n      responses:\n        '200':\n          description: x\n          content:\n            application/json:\n              schema: {type: object, required: [links]}\n";
    let mut checks = checks();
    checks.given("bundle.yml", Some(given.as_bytes().to_vec()));
    checks.given("broken.yml", Some(b"[".to_vec()));
    checks.see(
        1,
        answer("GET", "/letters", 200, "application/json", "{\"data\":[]}"),
    );
    let result = checks.result();
    let by: Vec<_> = result
        .observations
        .iter()
        .map(|one| (one.place.as_str(), one.by.join(",")))
        .collect();
    assert_eq!(
        by,
        [
            ("body.links", "bundle.yml".to_owned()),
            ("media type", "letterproof".to_owned())
        ]
    );
    assert_eq!(result.descriptions.len(), 3);
    assert!(
        result.descriptions[2]
            .unusable
            .as_ref()
            .unwrap()
            .starts_with("is neither")
    );
}

#[test]
fn a_schema_that_means_nothing_is_refused() {
    let text = "openapi: 3.0.3\npaths:\n  /a:\n    get:\n      responses:\n        '200': {description: x, content: {application/json: {schema: {type: 7}}}}\n";
    let refused = Checks::try_description(text).unwrap_err().to_string();
    assert!(refused.contains("GET /a, answer 200"), "{refused}");
}

/// What is known of INT, as far as these checks can see it.
fn known() -> Vec<KnownDeviation> {
    let known = [
        (
            "response-media-type",
            "application/vnd.api+json",
            "application/json",
        ),
        (
            "not-found-code",
            "NOTIFY_RESOURCE_NOT_FOUND",
            "NOTIFY_NOT_FOUND",
        ),
    ];
    let known = known.map(|(id, documented, observed)| KnownDeviation {
        id: id.to_owned(),
        about: "a test".to_owned(),
        documented: documented.to_owned(),
        observed: observed.to_owned(),
        source: "service-behaviour".to_owned(),
        since: "2026-11-22".to_owned(),
    });
    known.to_vec()
}
