//! Every row of what was seen of the service's real handlers is a case here,
//! under the row's own name; then what the letters themselves do: leases,
//! order, overlap, updates that settle later and race.

#![allow(clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;

use crate::lab::{
    Answer, Ask, LEASE_OVER, Lab, SETTLED, accepted, document, follow, get, item, options, patch,
    post,
};
use letterproof::simulator::{BadLetters, OddApplication, Options};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::sleep;

/// The rows in their order; the column of the real handlers says what follows.
const ROWS: [&str; 53] = [
    "GET /_status",
    "GET /letters without limit",
    "limit 1 / 2500",
    "limit 0 · -1 · 2501",
    "limit abc, 5abc, NaN, null, true",
    "limit 1.5 · 0.5",
    "limit empty, bare `?limit`",
    "limit `%20` · Infinity",
    "limit 1e2, 0x10, %2B5, 007",
    "another query parameter, `Limit=`",
    "no or empty X-Request-ID (any endpoint but _status)",
    "X-Request-ID not a GUID, or reused",
    "any Accept",
    "GET letter · unknown · another supplier's",
    "PATCH right",
    "PATCH `application/json`",
    "other or no Content-Type, odd charset",
    "malformed JSON, or a BOM before it · empty or whitespace body",
    "an id of 3,000 characters in the path",
    "unknown attribute or member (also echoing GET's attributes)",
    "status lower case, unknown · missing",
    "type wrong or missing, id missing, data an array",
    "PATCH body id differs from path id",
    "PATCH to PENDING",
    "RETURNED without reason, unknown code",
    "reasonCode number or null",
    "reasonCode \"\"",
    "reasonText 300 kB",
    "PATCH unknown or another supplier's letter",
    "POST /letters right",
    "POST `[]`",
    "POST unknown ids",
    "POST the same id twice",
    "POST one bad among good",
    "POST 2,500 · 2,501",
    "POST > 10 MB",
    "POST /mi right",
    "the same MI again",
    "MI timestamp `…Z`, fractions, year 2999",
    "MI timestamp with offset, lower-case t or z, 30 Feb, month 13, 24:00, :60, no Z, no seconds, \"\"",
    "MI quantity 0, -5, 1.5 · \"22\", null · ≥ 2^53",
    "MI unknown specification, empty lineItem, negative stock",
    "MI unknown attribute, missing required",
    "GET /mi/{id} · unknown",
    "GET data",
    "following it",
    "following it with HEAD",
    "following it and keeping Authorization",
    "following it after expiry",
    "a letter without PDF",
    "wrong method, trailing slash, unknown path",
    "supplier unknown or disabled",
    "over the quota",
];

/// Rows that need more than a request and its answer; each is a test below.
const BY_HAND: [&str; 12] = [
    "limit 1 / 2500",
    "POST 2,500 · 2,501",
    "the same MI again",
    "GET /mi/{id} · unknown",
    "GET data",
    "following it",
    "following it with HEAD",
    "following it and keeping Authorization",
    "following it after expiry",
    "a letter without PDF",
    "supplier unknown or disabled",
    "over the quota",
];

const BODY: &str = "The request body is invalid";
const MISS: &str = "The request is missing the body";
const RANGE: &str = "The limit parameter must be a positive number not greater than 2500";
const NAN: &str = "The limit parameter is not a number";
const ONLY: &str = "Only 'limit' query parameter is supported";
const TS: &str = "Timestamps should be UTC date/times in ISO8601 format, with a Z suffix";
const MISMATCH: &str =
    "The letter ID in the request body does not match the letter ID path parameter";
const TWICE: &str = "The request cannot include multiple letter objects with the same id";
const TOO_MANY: &str = "The request exceeds the maximum of 2500 items allowed for update";
const NO_ROUTE: &str = r#"{"message":"Missing Authentication Token"}"#;

/// One step of a row.
enum Step {
    /// A request, its status, and what its answer must be.
    Ask(Ask, u16, Expect),
    /// Until accepted updates show.
    Settle,
    /// Until the leases of earlier lists are over.
    LeaseOver,
}

/// What an answer must be besides its status.
enum Expect {
    /// Any body.
    Anything,
    /// No body.
    Empty,
    /// This very body.
    Body(&'static str),
    /// This many letters.
    Letters(usize),
    /// The service's error with this detail.
    Detail(&'static str),
    /// A letter whose attributes have these values; null is absent.
    Letter(Value),
    /// A list without this letter.
    Without(String),
}

struct Case {
    row: &'static str,
    steps: Vec<Step>,
}

/// Letters for the cases: each takes its own.
struct Pool {
    own: std::vec::IntoIter<String>,
    another: String,
}

impl Pool {
    fn letter(&mut self) -> String {
        self.own.next().expect("a letter that no case has used")
    }
}

fn row(row: &'static str, steps: Vec<Step>) -> Case {
    Case { row, steps }
}

fn refused(ask: Ask, detail: &'static str) -> Step {
    Step::Ask(ask, 400, Expect::Detail(detail))
}

fn unknown(ask: Ask) -> Step {
    Step::Ask(ask, 404, Expect::Detail("No resource found with that ID"))
}

fn unexpected(ask: Ask) -> Step {
    Step::Ask(ask, 500, Expect::Detail("Unexpected error"))
}

fn queued(ask: Ask) -> Step {
    Step::Ask(ask, 202, Expect::Empty)
}

fn shows(id: &str, attributes: Value) -> Step {
    Step::Ask(
        get(&format!("/letters/{id}")),
        200,
        Expect::Letter(attributes),
    )
}

fn list(query: &str) -> Ask {
    get(&format!("/letters{query}"))
}

/// A list of so many letters, after the leases of those before it.
fn lists(query: &str, letters: usize) -> [Step; 2] {
    [
        Step::LeaseOver,
        Step::Ask(list(query), 200, Expect::Letters(letters)),
    ]
}

fn bulk(items: &[Value]) -> Ask {
    post("/letters", &json!({ "data": items }).to_string())
}

fn mi_attributes() -> Value {
    json!({ "lineItem": "envelope", "timestamp": "2026-11-22T10:00:00Z", "quantity": 22 })
}

fn mi_of(attributes: Value) -> Ask {
    let body = json!({ "data": { "type": "ManagementInformation", "attributes": attributes } });
    post("/mi", &body.to_string())
}

/// A right record but for one attribute; null takes it away.
fn mi_with(name: &str, value: Value) -> Ask {
    let mut attributes = mi_attributes();
    attributes[name] = value;
    mi_of(attributes)
}

fn mi_without(name: &str) -> Ask {
    let mut attributes = mi_attributes();
    attributes.as_object_mut().expect("an object").remove(name);
    mi_of(attributes)
}

fn made(ask: Ask) -> Step {
    Step::Ask(ask, 201, Expect::Anything)
}

fn listing_rows() -> Vec<Case> {
    let each =
        |queries: &[&str], detail| queries.iter().map(|q| refused(list(q), detail)).collect();
    vec![
        row("GET /letters without limit", lists("", 150).into()),
        row(
            "limit 0 · -1 · 2501",
            each(&["?limit=0", "?limit=-1", "?limit=2501"], RANGE),
        ),
        row(
            "limit abc, 5abc, NaN, null, true",
            each(
                &[
                    "?limit=abc",
                    "?limit=5abc",
                    "?limit=NaN",
                    "?limit=null",
                    "?limit=true",
                ],
                NAN,
            ),
        ),
        row(
            "limit 1.5 · 0.5",
            [lists("?limit=1.5", 1), lists("?limit=0.5", 0)]
                .into_iter()
                .flatten()
                .collect(),
        ),
        row(
            "limit empty, bare `?limit`",
            [lists("?limit=", 150), lists("?limit", 150)]
                .into_iter()
                .flatten()
                .collect(),
        ),
        row(
            "limit `%20` · Infinity",
            each(&["?limit=%20", "?limit=Infinity"], RANGE),
        ),
        row(
            "limit 1e2, 0x10, %2B5, 007",
            [
                lists("?limit=1e2", 100),
                lists("?limit=0x10", 16),
                lists("?limit=%2B5", 5),
                lists("?limit=007", 7),
            ]
            .into_iter()
            .flatten()
            .collect(),
        ),
        row(
            "another query parameter, `Limit=`",
            each(&["?page=1", "?Limit=1", "?limit=1&page=2", "?=1"], ONLY),
        ),
    ]
}

fn header_rows(pool: &mut Pool) -> Vec<Case> {
    let id = pool.letter();
    let letter = get(&format!("/letters/{id}"));
    let all = [
        list(""),
        letter.clone(),
        get(&format!("/letters/{id}/data")),
        patch(&id, &document(&id, accepted())),
        bulk(&[item(&id, accepted())]),
        mi_of(mi_attributes()),
        get("/mi/x"),
    ];
    let without = all
        .iter()
        .map(|ask| unexpected(ask.clone().without("X-Request-ID")));
    let empty = all
        .iter()
        .map(|ask| unexpected(ask.clone().with("X-Request-ID", "")));
    let accepts = [
        "text/html",
        "application/vnd.api+json",
        "image/png;q=0.1",
        "nonsense",
    ];
    let right = || Expect::Letter(json!({ "status": "PENDING" }));
    vec![
        row(
            "GET /_status",
            vec![Step::Ask(
                get("/_status")
                    .without("Authorization")
                    .with("apikey", "{status key}")
                    .without("X-Request-ID"),
                200,
                Expect::Body("{\n  \"code\": 200\n}"),
            )],
        ),
        row(
            "no or empty X-Request-ID (any endpoint but _status)",
            without.chain(empty).collect(),
        ),
        row(
            "X-Request-ID not a GUID, or reused",
            ["no guid", "reused", "reused"]
                .map(|id| Step::Ask(letter.clone().with("X-Request-ID", id), 200, right()))
                .into(),
        ),
        row(
            "any Accept",
            accepts
                .map(|accept| Step::Ask(letter.clone().with("Accept", accept), 200, right()))
                .into(),
        ),
        row(
            "GET letter · unknown · another supplier's",
            vec![
                Step::Ask(letter, 200, right()),
                unknown(get("/letters/unknown")),
                unknown(get(&format!("/letters/{}", pool.another))),
            ],
        ),
        row(
            "an id of 3,000 characters in the path",
            vec![unexpected(get(&format!("/letters/{}", "a".repeat(3000))))],
        ),
        row(
            "wrong method, trailing slash, unknown path",
            [
                Ask::new(Method::PUT, "/letters"),
                Ask::new(Method::DELETE, &format!("/letters/{id}")),
                Ask::new(Method::POST, &format!("/letters/{id}")),
                get("/letters/"),
                get("/mi"),
                get("/nowhere"),
            ]
            .map(|ask| Step::Ask(ask, 403, Expect::Body(NO_ROUTE)))
            .into(),
        ),
    ]
}

/// A body that is refused, as a `PATCH` and in a `POST`.
fn refused_update(id: &str, item: Value) -> [Step; 2] {
    let one = patch(id, &json!({ "data": item }).to_string());
    [refused(one, BODY), refused(bulk(&[item]), BODY)]
}

fn all_refused(id: &str, items: Vec<Value>) -> Vec<Step> {
    let steps = items.into_iter().flat_map(|item| refused_update(id, item));
    steps
        .chain([Step::Settle, shows(id, json!({ "status": "PENDING" }))])
        .collect()
}

fn body_rows(pool: &mut Pool) -> Vec<Case> {
    let id = pool.letter();
    let id = id.as_str();
    let right = document(id, accepted());
    let echoed = json!({ "status": "ACCEPTED", "specificationId": "s", "groupId": "g" });
    vec![
        row(
            "malformed JSON, or a BOM before it · empty or whitespace body",
            vec![
                refused(patch(id, "{\"data\":"), BODY),
                refused(patch(id, &format!("\u{feff}{right}")), BODY),
                refused(post("/letters", "not JSON"), BODY),
                refused(patch(id, ""), MISS),
                refused(post("/letters", " \r\n\t"), MISS),
                refused(post("/mi", ""), MISS),
            ],
        ),
        row(
            "unknown attribute or member (also echoing GET's attributes)",
            all_refused(
                id,
                vec![
                    item(id, json!({ "status": "ACCEPTED", "colour": "blue" })),
                    item(id, echoed),
                    json!({ "id": id, "type": "Letter", "attributes": accepted(), "links": {} }),
                ],
            ),
        ),
        row(
            "status lower case, unknown · missing",
            all_refused(
                id,
                vec![
                    item(id, json!({ "status": "accepted" })),
                    item(id, json!({ "status": "LOST" })),
                    item(id, json!({})),
                ],
            ),
        ),
        row(
            "type wrong or missing, id missing, data an array",
            all_refused(
                id,
                vec![
                    json!({ "id": id, "type": "letter", "attributes": accepted() }),
                    json!({ "id": id, "attributes": accepted() }),
                    json!({ "type": "Letter", "attributes": accepted() }),
                    json!({ "id": 7, "type": "Letter", "attributes": accepted() }),
                    json!([item(id, accepted())]),
                    json!([id, "Letter", accepted()]),
                ],
            ),
        ),
        row(
            "reasonCode number or null",
            all_refused(
                id,
                vec![
                    item(id, json!({ "status": "FAILED", "reasonCode": 7 })),
                    item(id, json!({ "status": "FAILED", "reasonCode": null })),
                    item(id, json!({ "status": "FAILED", "reasonText": null })),
                ],
            ),
        ),
        row(
            "PATCH body id differs from path id",
            vec![refused(patch("another", &right), MISMATCH)],
        ),
    ]
}

fn patch_rows(pool: &mut Pool) -> Vec<Case> {
    let [right, plain, text, none, utf16, pending] = std::array::from_fn(|_| pool.letter());
    let [returned, odd, sticky, long] = std::array::from_fn(|_| pool.letter());
    let to_accepted = |id: &str| patch(id, &document(id, accepted()));
    let update = |id: &str, attributes: Value| queued(patch(id, &document(id, attributes)));
    let another = pool.another.clone();
    vec![
        row(
            "PATCH right",
            vec![
                queued(to_accepted(&right)),
                Step::Settle,
                shows(&right, accepted()),
            ],
        ),
        row(
            "PATCH `application/json`",
            vec![
                queued(to_accepted(&plain).with("Content-Type", "application/json")),
                Step::Settle,
                shows(&plain, accepted()),
            ],
        ),
        row(
            "other or no Content-Type, odd charset",
            vec![
                queued(to_accepted(&text).with("Content-Type", "text/plain")),
                queued(to_accepted(&none).without("Content-Type")),
                queued(
                    to_accepted(&utf16).with("Content-Type", "application/json; charset=utf-16"),
                ),
                Step::Settle,
                shows(&text, accepted()),
                shows(&none, accepted()),
                shows(&utf16, accepted()),
            ],
        ),
        row(
            "PATCH to PENDING",
            vec![
                queued(to_accepted(&pending)),
                Step::Settle,
                update(&pending, json!({ "status": "PENDING" })),
                Step::Settle,
                shows(&pending, json!({ "status": "PENDING" })),
                Step::LeaseOver,
                Step::Ask(list(""), 200, Expect::Without(pending.clone())),
            ],
        ),
        row(
            "RETURNED without reason, unknown code",
            vec![
                update(&returned, json!({ "status": "RETURNED" })),
                update(&odd, json!({ "status": "RETURNED", "reasonCode": "X99" })),
                Step::Settle,
                shows(
                    &returned,
                    json!({ "status": "RETURNED", "reasonCode": null }),
                ),
                shows(&odd, json!({ "status": "RETURNED", "reasonCode": "X99" })),
            ],
        ),
        row(
            "reasonCode \"\"",
            vec![
                update(&sticky, json!({ "status": "FAILED", "reasonCode": "F01" })),
                Step::Settle,
                update(&sticky, json!({ "status": "RETURNED", "reasonCode": "" })),
                Step::Settle,
                shows(
                    &sticky,
                    json!({ "status": "RETURNED", "reasonCode": "F01" }),
                ),
            ],
        ),
        row(
            "reasonText 300 kB",
            vec![
                update(
                    &long,
                    json!({ "status": "FAILED", "reasonText": "x".repeat(300_000) }),
                ),
                Step::Settle,
                shows(&long, json!({ "status": "PENDING" })),
            ],
        ),
        row(
            "PATCH unknown or another supplier's letter",
            vec![
                queued(to_accepted("unknown")),
                queued(to_accepted(&another)),
                Step::Settle,
                unknown(get("/letters/unknown")),
            ],
        ),
    ]
}

fn bulk_rows(pool: &mut Pool) -> Vec<Case> {
    let [one, two, twice, good] = std::array::from_fn(|_| pool.letter());
    let pending = json!({ "status": "PENDING" });
    let printed = json!({ "status": "PRINTED" });
    vec![
        row(
            "POST /letters right",
            vec![
                queued(bulk(&[item(&one, accepted()), item(&two, printed.clone())])),
                Step::Settle,
                shows(&one, accepted()),
                shows(&two, printed.clone()),
            ],
        ),
        row("POST `[]`", vec![queued(bulk(&[]))]),
        row(
            "POST unknown ids",
            vec![queued(bulk(&[
                item("unknown", accepted()),
                item(&pool.another, accepted()),
            ]))],
        ),
        row(
            "POST the same id twice",
            vec![
                refused(
                    bulk(&[item(&twice, accepted()), item(&twice, printed)]),
                    TWICE,
                ),
                Step::Settle,
                shows(&twice, pending.clone()),
            ],
        ),
        row(
            "POST one bad among good",
            vec![
                refused(
                    bulk(&[item(&good, accepted()), json!({ "id": "bad" })]),
                    BODY,
                ),
                Step::Settle,
                shows(&good, pending),
            ],
        ),
        row(
            "POST > 10 MB",
            vec![Step::Ask(
                post("/letters", &" ".repeat(10 * 1024 * 1024 + 1)),
                413,
                Expect::Body(r#"{"message":"Request Too Long"}"#),
            )],
        ),
    ]
}

fn mi_rows() -> Vec<Case> {
    let stamps = |texts: &[&str]| -> Vec<Ask> {
        texts
            .iter()
            .map(|text| mi_with("timestamp", json!(text)))
            .collect()
    };
    let right = [
        "2026-11-22T10:00:00Z",
        "2026-11-22T10:00:00.5Z",
        "2026-11-22T10:00:00.123456Z",
        "2999-01-01T00:00:00Z",
    ];
    let wrong = [
        "2026-11-22T10:00:00+00:00",
        "2026-11-22t10:00:00Z",
        "2026-11-22T10:00:00z",
        "2026-02-30T10:00:00Z",
        "2026-13-01T10:00:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T10:00:60Z",
        "2026-11-22T10:00:00",
        "2026-11-22T10:00Z",
        "",
    ];
    let quantity = |value: Value| mi_with("quantity", value);
    vec![
        row("POST /mi right", vec![made(mi_of(mi_attributes()))]),
        row(
            "MI timestamp `…Z`, fractions, year 2999",
            stamps(&right).into_iter().map(made).collect(),
        ),
        row(
            "MI timestamp with offset, lower-case t or z, 30 Feb, month 13, 24:00, :60, no Z, no seconds, \"\"",
            stamps(&wrong)
                .into_iter()
                .map(|ask| refused(ask, TS))
                .collect(),
        ),
        row(
            "MI quantity 0, -5, 1.5 · \"22\", null · ≥ 2^53",
            vec![
                made(quantity(json!(0))),
                made(quantity(json!(-5))),
                made(quantity(json!(1.5))),
                refused(quantity(json!("22")), BODY),
                refused(quantity(Value::Null), BODY),
                unexpected(quantity(json!(9_007_199_254_740_992_u64))),
            ],
        ),
        row(
            "MI unknown specification, empty lineItem, negative stock",
            vec![
                made(mi_with("specificationId", json!("unknown"))),
                made(mi_with("lineItem", json!(""))),
                made(mi_with("stockRemaining", json!(-1))),
            ],
        ),
        row(
            "MI unknown attribute, missing required",
            vec![
                refused(mi_with("colour", json!("blue")), BODY),
                refused(mi_without("lineItem"), BODY),
                refused(mi_without("timestamp"), BODY),
                refused(mi_without("quantity"), BODY),
                refused(
                    post("/mi", r#"{"data":{"type":"MI","attributes":{}}}"#),
                    BODY,
                ),
            ],
        ),
    ]
}

impl Expect {
    fn check(&self, answer: &Answer, row: &str) {
        match self {
            Expect::Anything => {}
            Expect::Empty => assert_eq!(answer.text(), "", "{row}"),
            Expect::Body(body) => assert_eq!(answer.text(), *body, "{row}"),
            Expect::Letters(letters) => assert_eq!(answer.ids().len(), *letters, "{row}"),
            Expect::Detail(detail) => error(answer, detail, row),
            Expect::Letter(attributes) => letter(answer, attributes, row),
            Expect::Without(id) => assert!(!answer.ids().contains(id), "{row}"),
        }
    }
}

fn letter(answer: &Answer, attributes: &Value, row: &str) {
    let shown = &answer.json()["data"]["attributes"];
    for (name, value) in attributes.as_object().expect("attributes") {
        assert_eq!(shown[name], *value, "{row}: {name}");
    }
}

/// An error of the service: one, complete, pretty-printed.
fn error(answer: &Answer, detail: &str, row: &str) {
    let (code, title) = match answer.status {
        400 => ("NOTIFY_INVALID_REQUEST", "Invalid request"),
        404 => ("NOTIFY_NOT_FOUND", "Not found"),
        _ => ("NOTIFY_INTERNAL_SERVER_ERROR", "Internal server error"),
    };
    let id = answer.header("NHSD-Correlation-ID");
    let about = "https://digital.nhs.uk/developer/api-catalogue/nhs-notify-supplier";
    let expected = json!({ "errors": [{
        "id": id, "code": code, "links": { "about": about }, "status": answer.status.to_string(),
        "title": title, "detail": detail,
    }] });
    assert_eq!(answer.json(), expected, "{row}");
    assert!(answer.text().starts_with("{\n  \"errors\": [\n"), "{row}");
    assert!(id.contains(".the-correlation.rrt-"), "{row}: {id}");
}

async fn check(lab: &Lab, case: Case) {
    for step in case.steps {
        match step {
            Step::Settle => sleep(SETTLED).await,
            Step::LeaseOver => sleep(LEASE_OVER).await,
            Step::Ask(ask, status, expect) => {
                let answer = lab.ask(ask).await;
                assert_eq!(answer.status, status, "{}: {}", case.row, answer.text());
                assert_eq!(
                    answer.header("Content-Type"),
                    "application/json",
                    "{}",
                    case.row
                );
                expect.check(&answer, case.row);
            }
        }
    }
}

/// A lab of two suppliers, and letters for the cases to use.
async fn lab_of(letters: usize) -> (Lab, Pool) {
    let suppliers = vec!["supplier1".to_owned(), "supplier2".to_owned()];
    let lab = Lab::start(Options {
        suppliers,
        ..options(letters)
    })
    .await;
    let token = lab.token_for(&lab.simulator.credentials(1)).await;
    let bearer = format!("Bearer {token}");
    let others = lab
        .ask(get("/letters?limit=1").with("Authorization", &bearer))
        .await
        .ids();
    let another = others
        .into_iter()
        .next()
        .expect("another supplier's letter");
    let own = lab.list(letters).await.into_iter();
    (lab, Pool { own, another })
}

fn other_rows(pool: &mut Pool) -> Vec<Case> {
    let rows = [
        header_rows(pool),
        body_rows(pool),
        patch_rows(pool),
        bulk_rows(pool),
        mi_rows(),
    ];
    rows.into_iter().flatten().collect()
}

fn dummy_pool() -> Pool {
    let own: Vec<String> = (0..100).map(|number| number.to_string()).collect();
    Pool {
        own: own.into_iter(),
        another: "another".to_owned(),
    }
}

#[test]
fn no_row_is_missing_and_none_is_there_twice() {
    let mut tested: Vec<&str> = BY_HAND.to_vec();
    tested.extend(listing_rows().iter().map(|case| case.row));
    tested.extend(other_rows(&mut dummy_pool()).iter().map(|case| case.row));
    assert_eq!(tested.len(), ROWS.len());
    let tested: BTreeSet<&str> = tested.into_iter().collect();
    assert_eq!(tested, ROWS.into_iter().collect());
}

#[tokio::test]
async fn every_row_about_lists_behaves() {
    let lab = Lab::start(options(150)).await;
    for case in listing_rows() {
        check(&lab, case).await;
    }
}

#[tokio::test]
async fn every_other_row_behaves() {
    let (lab, mut pool) = lab_of(40).await;
    for case in other_rows(&mut pool) {
        check(&lab, case).await;
    }
}

/// limit 1 / 2500; POST 2,500 · 2,501
#[tokio::test]
async fn lists_and_bulk_updates_hold_2500_letters_and_no_more() {
    let lease = std::time::Duration::from_secs(60);
    let lab = Lab::start(Options {
        visibility_timeout: lease,
        ..options(2510)
    })
    .await;
    assert_eq!(lab.list(1).await.len(), 1);
    let ids = lab.list(2500).await;
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 2500);
    assert_eq!(lab.ask(list("")).await.ids().len(), 9);
    let mut items: Vec<Value> = ids.iter().map(|id| item(id, accepted())).collect();
    let answer = lab.ask(bulk(&items)).await;
    assert_eq!((answer.status, answer.text().as_str()), (202, ""));
    items.push(items[0].clone());
    let answer = lab.ask(bulk(&items)).await;
    assert_eq!(answer.status, 400);
    error(&answer, TOO_MANY, "checked before duplicates");
    sleep(SETTLED).await;
    assert_eq!(lab.letter(&ids[2499]).await["status"], "ACCEPTED");
}

/// the same MI again; GET /mi/{id} · unknown
#[tokio::test]
async fn the_same_management_information_twice_is_two_records() {
    let (lab, _) = lab_of(3).await;
    let first = lab.ask(mi_of(mi_attributes())).await;
    let second = lab.ask(mi_of(mi_attributes())).await;
    assert_eq!((first.status, second.status), (201, 201));
    let (first, second) = (first.json(), second.json());
    let id = first["data"]["id"].as_str().expect("id");
    assert!(uuid::Uuid::parse_str(id).is_ok());
    assert_ne!(first["data"]["id"], second["data"]["id"]);
    assert_eq!(first["data"]["attributes"], mi_attributes());
    let read = lab.ask(get(&format!("/mi/{id}"))).await;
    assert_eq!((read.status, read.json()), (200, first.clone()));
    let token = lab.token_for(&lab.simulator.credentials(1)).await;
    let foreign = get(&format!("/mi/{id}")).with("Authorization", &format!("Bearer {token}"));
    for ask in [foreign, get("/mi/unknown")] {
        let answer = lab.ask(ask).await;
        assert_eq!(answer.status, 404);
        error(&answer, "No resource found with that ID", "GET /mi/{id}");
    }
}

async fn link_to(lab: &Lab, id: &str) -> String {
    let answer = lab.ask(get(&format!("/letters/{id}/data"))).await;
    assert_eq!((answer.status, answer.text().as_str()), (303, ""));
    answer.header("Location").to_owned()
}

/// GET data; following it
#[tokio::test]
async fn the_data_url_leads_to_the_pdf_that_was_hashed_more_than_once() {
    let lab = Lab::start(options(3)).await;
    let id = lab.list(1).await.remove(0);
    let hash = lab.letter(&id).await["sha256Hash"].clone();
    let link = link_to(&lab, &id).await;
    for name in [
        "Algorithm",
        "Credential",
        "Date",
        "Expires",
        "Security-Token",
        "SignedHeaders",
        "Signature",
    ] {
        assert!(link.contains(&format!("X-Amz-{name}=")), "{name}");
    }
    let pdf = lab.ask(follow(&link)).await;
    assert_eq!(
        (pdf.status, pdf.header("Content-Type")),
        (200, "application/pdf")
    );
    assert!(pdf.body.starts_with(b"%PDF-"));
    assert_eq!(json!(pdf.header("x-amz-meta-sha256hash")), hash);
    assert_eq!(json!(sha256(&pdf.body)), hash);
    let part = lab.ask(follow(&link).with("Range", "bytes=0-4")).await;
    assert_eq!((part.status, part.body.as_slice()), (206, &b"%PDF-"[..]));
    assert_eq!(
        part.header("Content-Range"),
        format!("bytes 0-4/{}", pdf.body.len())
    );
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    let digest = sha2::Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// following it with HEAD; following it and keeping Authorization
#[tokio::test]
async fn a_link_is_for_get_without_a_token_and_unchanged() {
    let lab = Lab::start(options(3)).await;
    let id = lab.list(1).await.remove(0);
    let link = link_to(&lab, &id).await;
    let head = Ask::new(Method::HEAD, &link).without("Authorization");
    assert_eq!(lab.ask(head).await.status, 403);
    let kept = lab.ask(get(&link)).await;
    assert_eq!(
        (kept.status, kept.header("Content-Type")),
        (400, "application/xml")
    );
    assert!(
        kept.text()
            .contains("<Code>InvalidArgument</Code><Message>Only one auth mechanism allowed")
    );
    let longer = link.replace("X-Amz-Expires=60", "X-Amz-Expires=600");
    let changed = lab.ask(follow(&longer)).await;
    assert_eq!(changed.status, 403);
    assert!(
        changed
            .text()
            .contains("<Code>SignatureDoesNotMatch</Code>")
    );
}

/// following it after expiry
#[tokio::test]
async fn a_link_expires() {
    let url_ttl = std::time::Duration::from_secs(1);
    let lab = Lab::start(Options {
        url_ttl,
        ..options(3)
    })
    .await;
    let id = lab.list(1).await.remove(0);
    let link = link_to(&lab, &id).await;
    sleep(url_ttl * 2).await;
    let answer = lab.ask(follow(&link)).await;
    assert_eq!(
        (answer.status, answer.header("Content-Type")),
        (403, "application/xml")
    );
    assert!(
        answer
            .text()
            .contains("<Code>AccessDenied</Code><Message>Request has expired</Message>")
    );
}

/// a letter without PDF
#[tokio::test]
async fn a_letter_without_a_pdf_has_a_link_to_nothing_and_no_hash() {
    let lab = Lab::start(options(4)).await;
    let id = lab.list(4).await.remove(3);
    let letter = lab.letter(&id).await;
    assert_eq!(
        letter["specificationId"],
        "integration-specification-missing-pdf"
    );
    assert_eq!(letter["groupId"], "group-error-supplier1");
    assert_eq!(letter.get("sha256Hash"), None);
    let answer = lab.ask(follow(&link_to(&lab, &id).await)).await;
    assert_eq!(answer.status, 404);
    assert!(answer.text().contains("<Code>NoSuchKey</Code>"));
}

/// supplier unknown or disabled
#[tokio::test]
async fn an_unknown_or_disabled_supplier_is_denied() {
    let lab = Lab::start(options(1)).await;
    let denied = r#"{"Message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}"#;
    for odd in [
        OddApplication::NotRegistered,
        OddApplication::SupplierDisabled,
    ] {
        let token = lab.token_for(&lab.simulator.odd_credentials(odd)).await;
        let ask = list("").with("Authorization", &format!("Bearer {token}"));
        let answer = lab.ask(ask).await;
        assert_eq!((answer.status, answer.text().as_str()), (403, denied));
    }
}

/// over the quota
#[tokio::test]
async fn a_call_over_the_quota_is_429_and_downloads_and_tokens_do_not_count() {
    let lab = Lab::start(Options {
        requests_per_second: 5,
        ..options(3)
    })
    .await;
    let id = lab.list(1).await.remove(0);
    let link = link_to(&lab, &id).await;
    for _ in 0..20 {
        assert_eq!(lab.ask(follow(&link)).await.status, 200);
    }
    let mut limited = None;
    for _ in 0..20 {
        let answer = lab.ask(list("")).await;
        limited = limited.or((answer.status == 429).then_some(answer));
    }
    let answer = limited.expect("one of twenty calls in less than four seconds is too many");
    assert_eq!(answer.header("Content-Type"), "application/json");
    assert!(answer.headers.get("Retry-After").is_none());
    let body = answer.json();
    let expected = json!({
        "interval": 1, "limit": 5, "policy": "quota", "scope": "application", "timeunit": "second",
        "message": body["message"], "message_id": body["message_id"],
        "ratelimiting_expiry_time_ms": body["ratelimiting_expiry_time_ms"],
    });
    assert_eq!(body, expected);
    assert!(body["ratelimiting_expiry_time_ms"].is_u64());
}

#[tokio::test]
async fn request_ids_come_back_in_the_headers() {
    let lab = Lab::start(options(1)).await;
    let answer = lab
        .ask(
            list("")
                .with("X-Request-ID", "r-1")
                .with("X-Correlation-ID", "c-1"),
        )
        .await;
    assert_eq!(answer.header("X-Request-ID"), "r-1");
    assert_eq!(answer.header("X-Correlation-ID"), "c-1");
    assert!(
        answer
            .header("NHSD-Correlation-ID")
            .starts_with("r-1.c-1.rrt-")
    );
}

#[tokio::test]
async fn a_lease_hides_what_a_list_returned_and_then_the_order_is_the_same() {
    let lab = Lab::start(options(10)).await;
    let first = lab.list(4).await;
    let second = lab.list(10).await;
    assert_eq!((first.len(), second.len()), (4, 6));
    assert!(first.iter().all(|id| !second.contains(id)));
    assert_eq!(lab.ask(list("")).await.text(), r#"{"data":[]}"#);
    sleep(LEASE_OVER).await;
    assert_eq!(lab.list(10).await, [first, second].concat());
}

#[tokio::test]
async fn even_a_list_of_one_leases_its_letter() {
    let lab = Lab::start(options(3)).await;
    let one = lab.list(1).await;
    assert!(!lab.list(3).await.contains(&one[0]));
}

#[tokio::test]
async fn lists_in_parallel_overlap() {
    let lab = Lab::start(options(80)).await;
    let lists = futures::future::join_all((0..4).map(|_| lab.list(20))).await;
    let ids: Vec<String> = lists.into_iter().flatten().collect();
    let distinct = ids.iter().collect::<BTreeSet<_>>().len();
    assert_eq!(ids.len(), 80);
    assert!(distinct < 80, "{distinct} distinct letters of 80");
}

#[tokio::test]
async fn an_update_shows_only_after_a_while_and_ends_the_listing() {
    let lab = Lab::start(options(3)).await;
    let id = lab.list(1).await.remove(0);
    lab.update(&id, accepted()).await;
    assert_eq!(lab.letter(&id).await["status"], "PENDING");
    sleep(SETTLED).await;
    assert_eq!(lab.letter(&id).await["status"], "ACCEPTED");
    sleep(LEASE_OVER).await;
    assert!(!lab.list(3).await.contains(&id));
}

#[tokio::test]
async fn updates_sent_back_to_back_race_and_some_letters_end_wrong() {
    let settle = std::time::Duration::from_millis(400);
    let visibility_timeout = std::time::Duration::from_secs(60);
    let lab = Lab::start(Options {
        settle,
        visibility_timeout,
        ..options(60)
    })
    .await;
    let ids = lab.list(60).await;
    for id in &ids {
        for status in ["ACCEPTED", "PRINTED", "DISPATCHED"] {
            lab.update(id, json!({ "status": status })).await;
        }
    }
    sleep(settle * 2).await;
    let mut wrong = 0;
    for id in &ids {
        wrong += usize::from(lab.letter(id).await["status"] != "DISPATCHED");
    }
    assert!((1..30).contains(&wrong), "{wrong} of 60 ended wrong");
}

#[tokio::test]
async fn no_transition_is_enforced_and_reasons_stick() {
    let lab = Lab::start(options(3)).await;
    let id = lab.list(1).await.remove(0);
    let failed = json!({ "status": "FAILED", "reasonCode": "F01", "reasonText": "broken" });
    for attributes in [failed, json!({ "status": "DELIVERED" }), accepted()] {
        lab.update(&id, attributes).await;
        sleep(SETTLED).await;
    }
    let letter = lab.letter(&id).await;
    assert_eq!(letter["status"], "ACCEPTED");
    assert_eq!(
        (&letter["reasonCode"], &letter["reasonText"]),
        (&json!("F01"), &json!("broken"))
    );
}

#[tokio::test]
async fn a_lower_priority_number_is_listed_first() {
    let lab = Lab::start(Options {
        urgent_letters: 2,
        ..options(10)
    })
    .await;
    let all = Lab::start(options(10)).await.list(10).await;
    let head = lab.list(10).await;
    assert_eq!(head[..2], all[8..]);
    assert_eq!(head[2..], all[..8]);
}

#[tokio::test]
async fn suppliers_have_letters_of_their_own() {
    let (lab, pool) = lab_of(10).await;
    let token = lab.token_for(&lab.simulator.credentials(1)).await;
    let bearer = format!("Bearer {token}");
    let own: Vec<String> = pool.own.collect();
    let foreign = get(&format!("/letters/{}", own[0])).with("Authorization", &bearer);
    assert_eq!(lab.ask(foreign).await.status, 404);
    let update = patch(&own[0], &document(&own[0], accepted())).with("Authorization", &bearer);
    assert_eq!(lab.ask(update).await.status, 202);
    sleep(SETTLED).await;
    assert_eq!(lab.letter(&own[0]).await["status"], "PENDING");
}

#[tokio::test]
async fn reseeding_gives_new_letters_with_new_ids() {
    let lab = Lab::start(options(5)).await;
    let old = lab.list(5).await;
    let reseed = Ask::new(Method::POST, "/_sim/reseed").without("Authorization");
    assert_eq!(lab.ask(reseed).await.status, 204);
    let new = lab.list(5).await;
    assert_eq!(new.len(), 5);
    assert!(old.iter().all(|id| !new.contains(id)));
    assert_eq!(
        lab.ask(get(&format!("/letters/{}", old[0]))).await.status,
        404
    );
    lab.simulator.reseed().await;
    assert!(lab.list(5).await.iter().all(|id| !new.contains(id)));
}

#[tokio::test]
async fn a_shared_pdf_has_one_hash_a_batch() {
    let lab = Lab::start(Options {
        shared_pdfs: true,
        ..options(7)
    })
    .await;
    let ids = lab.list(7).await;
    let mut hashes = BTreeSet::new();
    for id in &ids[..6] {
        let hash = lab.letter(id).await["sha256Hash"]
            .as_str()
            .expect("hash")
            .to_owned();
        let pdf = lab.ask(follow(&link_to(&lab, id).await)).await;
        assert_eq!(sha256(&pdf.body), hash);
        hashes.insert(hash);
    }
    assert_eq!(hashes.len(), 3);
}

/// Bad letters are served as they are, under the hash of what they are; a reseeding can leave
/// them out.
#[tokio::test]
async fn bad_letters_are_seeded_with_their_own_hash_unless_nobody_wants_them() {
    let lab = Lab::start(Options {
        bad_letters: BadLetters::Every,
        shared_pdfs: true,
        ..options(64)
    })
    .await;
    let (mut errors, mut groupless, mut hashes) = (0, 0, BTreeSet::new());
    for id in lab.list(64).await {
        let letter = lab.letter(&id).await;
        let group = letter.get("groupId").and_then(Value::as_str);
        groupless += usize::from(group.is_none());
        errors += usize::from(group == Some("group-error-supplier1"));
        if let Some(hash) = letter["sha256Hash"].as_str() {
            let pdf = lab.ask(follow(&link_to(&lab, &id).await)).await;
            assert_eq!(sha256(&pdf.body), hash, "{letter}");
            hashes.insert(hash.to_owned());
        }
    }
    assert_eq!((errors, groupless), (25 + 1 + 1, 1));
    assert_eq!(
        hashes.len(),
        4 + 1 + 25,
        "batches, the unknown one, defects"
    );
    let reseed = |query: &str| {
        Ask::new(Method::POST, &format!("/_sim/reseed?{query}")).without("Authorization")
    };
    assert_eq!(lab.ask(reseed("defects=some")).await.status, 400);
    assert_eq!(lab.ask(reseed("defects=none")).await.status, 204);
    let mut without = 0;
    for id in lab.list(64).await {
        without += usize::from(lab.letter(&id).await.get("sha256Hash").is_none());
    }
    assert_eq!(without, 1);
}

#[tokio::test]
async fn applied_updates_are_logged() {
    let folder = tempfile::tempdir().expect("folder");
    let log = folder.path().join("log.jsonl");
    let lab = Lab::start(Options {
        log: Some(log.clone()),
        ..options(3)
    })
    .await;
    let id = lab.list(1).await.remove(0);
    lab.update(&id, json!({ "status": "FAILED", "reasonCode": "F01" }))
        .await;
    sleep(SETTLED * 2).await;
    let text = std::fs::read_to_string(&log).expect("log");
    let line: Value = serde_json::from_str(text.trim()).expect("one line");
    let expected = json!({
        "at": line["at"], "supplier": "supplier1", "letter": id, "from": "PENDING",
        "to": "FAILED", "reason_code": "F01", "request_id": line["request_id"],
    });
    assert_eq!(line, expected);
}

#[tokio::test]
async fn int_latency_takes_its_time() {
    let latency = letterproof::simulator::Latency::Int;
    let visibility_timeout = std::time::Duration::from_secs(60);
    let lab = Lab::start(Options {
        latency,
        visibility_timeout,
        ..options(100)
    })
    .await;
    let started = std::time::Instant::now();
    assert_eq!(lab.list(100).await.len(), 100);
    assert!(started.elapsed() >= std::time::Duration::from_millis(140));
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_a_slow_call() {
    let latency = letterproof::simulator::Latency::Int;
    let visibility_timeout = std::time::Duration::from_secs(60);
    let lab = Lab::start(Options {
        latency,
        visibility_timeout,
        ..options(2500)
    })
    .await;
    let address = lab.simulator.base_url().replace("http://", "");
    let mut slow = tokio::net::TcpStream::connect(&address)
        .await
        .expect("connection");
    let call = format!(
        "GET /letters HTTP/1.1\r\nHost: x\r\nX-Request-ID: r\r\nAuthorization: Bearer {}\r\n\r\n",
        lab.token
    );
    slow.write_all(call.as_bytes()).await.expect("call");
    sleep(SETTLED).await;
    let started = std::time::Instant::now();
    lab.simulator.shutdown().await;
    assert!(started.elapsed() < std::time::Duration::from_secs(2));
    let mut answer = String::new();
    slow.read_to_string(&mut answer).await.expect("answer");
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
}

#[tokio::test]
async fn a_simulator_that_is_shut_down_or_dropped_stops_listening() {
    let lab = Lab::start(options(1)).await;
    let address = lab.simulator.base_url().replace("http://", "");
    lab.simulator.shutdown().await;
    assert!(tokio::net::TcpStream::connect(&address).await.is_err());
    let lab = Lab::start(options(1)).await;
    let address = lab.simulator.base_url().replace("http://", "");
    drop(lab);
    sleep(LEASE_OVER).await;
    assert!(tokio::net::TcpStream::connect(&address).await.is_err());
}

/// Every answer of these tests is held against docs/api; this is how that would fail.
#[tokio::test]
async fn an_answer_that_drifts_from_the_description_would_be_seen() {
    let lab = Lab::start(options(1)).await;
    let mut answer = lab.ask(get("/letters")).await;
    let url = format!("{}/letters", lab.simulator.base_url());
    for (from, to) in [
        ("specificationId", "specification"),
        ("\"Letter\"", "\"Post\""),
    ] {
        let changed = answer.text().replacen(from, to, 1);
        assert_ne!(changed, answer.text());
        answer.body = changed.into_bytes();
    }
    let seen = lab.contract.differences("GET", &url, &answer);
    let places: Vec<&str> = seen.iter().map(|one| one.place.as_str()).collect();
    assert_eq!(
        places,
        [
            "body.data[].attributes.specificationId",
            "body.data[].type",
            "body.data[].attributes.specification",
        ]
    );
}
