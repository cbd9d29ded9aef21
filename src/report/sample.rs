//! A run with every verdict and hostile texts, for the tests of the reports.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;

use crate::acceptance::RunView;
use crate::acceptance::result::{PointResult, RunResult};
use crate::evidence::{Journal, RawBody, RawExchange, RawResponse, Redactor, RunDir, write_seal};
use crate::model::{
    Body, Change, ContractResult, Event, Judgement, Level, Line, Measurements, RunStarted, Scope,
    Settings, TargetFacts, Times, Timestamp, ToolFacts, Verdict,
};

use super::part::{Addition, Part};
use super::record::Record;

/// The id of a letter that would be markup, a formula and a path.
pub(super) const HOSTILE: &str = "=cmd|' /C calc'!A0</script>]]>../../x\u{202e}";

/// The folder of a sealed run below `root` in which that letter was listed, updated and fetched,
/// and everything answered was hostile; the same folder when called again.
pub(super) fn folder(root: &Path) -> RunDir {
    let dir = RunDir::at(root.join("run"));
    if dir.seal().exists() {
        return dir;
    }
    let dir = RunDir::create(root, &"run".parse().unwrap()).unwrap();
    let journal = Journal::create(dir.clone(), Redactor::default()).unwrap();
    let started = Event::RunStarted(Box::new(started()));
    journal.append(&started).unwrap();
    let letter = serde_json::json!({ "id": HOSTILE, "attributes": {
        "status": "PENDING", "specificationId": "@SUM(1)", "groupId": "+1\r\n\u{0}" } });
    let listed = serde_json::json!({ "data": [letter] }).to_string();
    journal
        .record(&raw("GET", "letters?limit=1", None, 200, &listed))
        .unwrap();
    let change = Change {
        letter: HOSTILE.to_owned(),
        status: "FAILED".to_owned(),
        reason_code: Some("-F01".to_owned()),
        reason_text: Some(format!(
            "<script>alert(1)</script>{}",
            "x".repeat(2_000_000)
        )),
    };
    let intent = Event::Intent {
        scope: Scope::default(),
        changes: vec![change],
        mi: None,
    };
    let intent = journal.append(&intent).unwrap();
    journal
        .record(&raw("PATCH", "letters/x", Some(intent), 202, ""))
        .unwrap();
    let failed = listed.replace("PENDING", "FAILED");
    journal
        .record(&raw("GET", "letters?limit=1", None, 200, &failed))
        .unwrap();
    let huge = format!("]]>\u{202e}<script>{}", "y".repeat(2_000_000));
    let mut download = raw(
        "GET",
        "_status?limit=%3Cb%3E&X-Odd-Sig=1%2B1",
        None,
        500,
        &huge,
    );
    // A storage is sent neither a token nor a request's id.
    download.request_id = None;
    journal.record(&download).unwrap();
    let mut broken = raw("GET", "letters/x/data", None, 0, "");
    (broken.response, broken.error) = (None, Some("connection reset by\u{1b}[2J peer".into()));
    journal.record(&broken).unwrap();
    journal.sync().unwrap();
    write_seal(&dir, None).unwrap();
    dir
}

fn raw(method: &str, path: &str, intent: Option<u64>, status: u16, answer: &str) -> RawExchange {
    let id = "6f1c2d8e-0000-4000-8000-000000000000".to_owned();
    let body = |text: &str| RawBody::Bytes {
        bytes: text.as_bytes().to_vec(),
        content_type: Some("application/json".to_owned()),
    };
    RawExchange {
        id: id.clone(),
        scope: Scope::of("AT12", "f:1"),
        attempt: 2,
        method: method.to_owned(),
        url: format!("http://127.0.0.1:1/{path}"),
        request_id: Some(id.clone()),
        correlation_id: None,
        intent,
        request_headers: vec![("X-Request-ID".to_owned(), id.clone())],
        request_body: (method == "PATCH").then(|| body("{}")),
        response: Some(RawResponse {
            status,
            headers: vec![
                ("x-request-id".to_owned(), id),
                ("X-Odd".to_owned(), "</script>\u{202e}".to_owned()),
            ],
            body: (!answer.is_empty()).then(|| body(answer)),
        }),
        times: Times {
            sent: Timestamp::now(),
            first_byte_us: Some(1_500),
            done_us: 2_250,
        },
        error: None,
    }
}

pub(super) fn run() -> RunResult {
    let started_at = Timestamp::from_micros(1_795_271_400_000_042);
    RunResult {
        started: started(),
        started_at,
        ended_at: started_at.plus_micros(31_400_000),
        events: 5_021,
        head: "5a".repeat(32),
        finished: true,
        points: points(),
        notes: vec![
            "the simulator hides a listed letter for 3 s, INT for 300 s".into(),
            "unknown field \u{1b}[31m<b>colour</b> in an answer".into(),
        ],
        exchanges: 2_630,
        called: ["http://127.0.0.1:41001".to_owned()].into(),
        contract: ContractResult::default(),
    }
}

fn started() -> RunStarted {
    RunStarted {
        schema: 1,
        run_id: "20261121T143000Z-local-3f9a1c".parse().unwrap(),
        tool: ToolFacts {
            name: "letterproof".into(),
            version: "0.1.0".into(),
        },
        target: TargetFacts {
            name: "local".into(),
            kind: "local".into(),
            base_url: "http://127.0.0.1:41001".into(),
            token_url: None,
            hosts: Vec::new(),
            storage_hosts: None,
            deviations: Vec::new(),
        },
        supplier: "Example <Print> & Sons".into(),
        system: None,
        driven: "reference client".into(),
        pack_revision: "2025-11-24 (518f65c1)".into(),
        scope: points().into_iter().map(|point| point.id).collect(),
        faults: Vec::new(),
        settings: settings(),
    }
}

fn settings() -> Settings {
    Settings {
        accessible_specifications: Vec::new(),
        target_ms: 10_000,
        performance_runs: 3,
        expected_letters: 2_500,
        seeded_letters: Some(2_510),
        seed: Some(1),
        visibility_timeout_ms: 3_000,
        settle_timeout_ms: 10_000,
        requests_per_second: 300,
        optional_statuses: vec!["PRINTED".into()],
        rejects: true,
        sizes: BTreeMap::new(),
        agreed_with: None,
        agreed_on: None,
        window: None,
    }
}

/// Id, verdict, level, expected, observed, seqs.
type Row = (&'static str, Verdict, Level, &'static str, String, Vec<u64>);

fn rows() -> Vec<Row> {
    use Level::{Mandatory, Optional};
    let every = "every targeted letter reads ACCEPTED";
    vec![
        (
            "AT4.1",
            Verdict::Pass,
            Mandatory,
            every,
            "1000 of 1000 read ACCEPTED".into(),
            (7..=29).collect(),
        ),
        (
            "AT4.2",
            Verdict::Warning,
            Mandatory,
            every,
            "1000 of 1000 after 2 retries".into(),
            vec![3, 7, 8, 9],
        ),
        (
            "AT4.3",
            Verdict::Fail,
            Mandatory,
            "202 to the bulk update",
            hostile(),
            vec![12],
        ),
        (
            "AT4.4",
            Verdict::Error,
            Mandatory,
            "an empty queue",
            "502 from GET /letters\nthree times".into(),
            vec![40, 42, 44],
        ),
        (
            "AT5.1",
            Verdict::NotApplicable,
            Optional,
            "only ACCEPTED letters",
            "PRINTED is not claimed".into(),
            vec![],
        ),
        (
            "AT5.2",
            Verdict::NotTested,
            Optional,
            "all become PRINTED",
            "no scenario ran".into(),
            vec![],
        ),
        (
            "AT9.1",
            Verdict::Review,
            Mandatory,
            "a reason why",
            "a person must read 40 reasons".into(),
            vec![50],
        ),
        (
            "AT9.2",
            Verdict::NotTested,
            Mandatory,
            "an answer",
            String::new(),
            vec![],
        ),
        (
            "AT15.2",
            Verdict::Pass,
            Mandatory,
            "the best pass brings all data within 10.00 s",
            "best 8.55 s (pass 1); 9.05, 8.87".into(),
            vec![60, 70, 80],
        ),
    ]
}

fn measurements(id: &str) -> Measurements {
    match id {
        "AT15.2" => [(
            "passes_us".to_owned(),
            vec![8_551_200, 9_049_800, 8_871_000],
        )]
        .into(),
        _ => Measurements::new(),
    }
}

fn hostile() -> String {
    "<script>alert(1)</script> ]]> \u{0}\u{8}\u{1b}[2J | `x` *b* [l](javascript:1) \u{202e}drowssap\u{2066} \u{ffff} &amp; \"quoted\" https://example.org/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".into()
}

fn points() -> Vec<PointResult> {
    rows().into_iter().map(point).collect()
}

fn point((id, verdict, level, expected, observed, seqs): Row) -> PointResult {
    let test = id.split('.').next().unwrap_or(id);
    let title = match test {
        "AT4" => "Accept a list of letters",
        "AT5" => "PRINTED",
        "AT15" => "Performance",
        _ => "Forward to a specialist",
    };
    PointResult {
        id: id.into(),
        test: test.into(),
        title: title.into(),
        text: format!("what {id} asks, in words long enough that a narrow terminal must wrap them"),
        level,
        judgement: Judgement {
            verdict,
            expected: expected.into(),
            observed,
            seqs,
            measurements: measurements(id),
        },
        tested: None,
        proved: None,
    }
}

/// A run with everything that the page of a run shows, from lines as a journal has them.
pub(super) struct Whole {
    pub result: RunResult,
    view: RunView,
    record: Record,
    pub additions: Vec<Addition>,
}

/// What a check demands, of the checks that the samples name.
pub(super) fn rules(id: &str) -> Option<&'static str> {
    (id == "PF-001").then_some("the data URL leads to a document")
}

/// Bodies that do not stand in the journal; the samples have none.
fn bodies(_: &Body) -> Result<Option<Vec<u8>>, String> {
    Err("there is no such body".into())
}

impl Whole {
    /// A run of four tests with plain texts.
    pub fn run() -> Self {
        Self::telling("a plain text")
    }

    /// The same, with `text` wherever a service, a supplier or a person can put a text.
    pub fn telling(text: &str) -> Self {
        Self::of(lines(text), text)
    }

    /// The plain run, with `readings` more of `letters` letters in AT4.
    pub fn with_readings(readings: u64, letters: u64) -> Self {
        let mut lines = lines("a plain text");
        let first = lines.len() as u64;
        let read = |seq: u64| {
            let path = format!("/letters/letter-{}", seq % letters);
            line(
                seq,
                exchange(seq, "AT4", "GET", &path, 200, "application/json"),
            )
        };
        lines.extend((first..first + readings).map(read));
        Self::of(lines, "a plain text")
    }

    fn of(lines: Vec<Line>, text: &str) -> Self {
        let (mut view, mut record) = (RunView::default(), Record::default());
        for line in lines {
            view.apply(&line);
            record.take(&line);
        }
        let result = RunResult::of(&view, &"5a".repeat(32)).unwrap();
        Self {
            result,
            view,
            record,
            additions: vec![addition(text)],
        }
    }

    /// As a report shows it.
    pub fn part(&self) -> Part<'_> {
        Part {
            result: &self.result,
            view: &self.view,
            record: &self.record,
            bodies: &bodies,
            additions: &self.additions,
            tests: None,
        }
    }

    /// Against another kind of target, at `base_url`, where its requests went.
    pub fn against(mut self, kind: &str, base_url: &str) -> Self {
        let target = &mut self.result.started.target;
        (target.kind, target.base_url) = (kind.into(), base_url.into());
        self.called_at(base_url)
    }

    /// Requests went to `url`, whatever the target says.
    pub fn called_at(mut self, url: &str) -> Self {
        self.result.called = [url.to_owned()].into();
        self
    }
}

fn addition(text: &str) -> Addition {
    Addition {
        kind: "attestation".into(),
        about: "AT4.2".into(),
        at: Timestamp::from_micros(1_795_300_000_000_000),
        by: Some(text.into()),
        role: Some(text.into()),
        decision: None,
        note: Some(text.into()),
        file: Some(text.into()),
        sha256: Some("ab".repeat(32)),
    }
}

fn lines(text: &str) -> Vec<Line> {
    let mut started = started();
    started.scope = ["AT3.1", "AT4.1", "AT4.2", "AT14.1", "AT15.1"]
        .map(str::to_owned)
        .into();
    started.supplier = text.to_owned();
    started.system = Some(text.to_owned());
    let mut events = vec![serde_json::to_value(Event::RunStarted(Box::new(started))).unwrap()];
    events.extend(before_the_update(text));
    events.extend(the_update(text));
    events.extend(the_rest(text));
    let numbered = events.into_iter().enumerate();
    numbered
        .map(|(seq, event)| line(seq as u64, event))
        .collect()
}

fn line(seq: u64, mut event: serde_json::Value) -> Line {
    event["seq"] = seq.into();
    event["at"] = Timestamp::from_micros(1_795_271_400_000_000 + seq as i64 * 70_000)
        .to_string()
        .into();
    event["prev"] = "".into();
    Line::read(event.to_string().as_bytes()).unwrap()
}

/// An exchange of `test` sent shortly before the line `seq`.
fn exchange(
    seq: u64,
    test: &str,
    method: &str,
    path: &str,
    status: u16,
    text: &str,
) -> serde_json::Value {
    let sent = Timestamp::from_micros(1_795_271_400_000_000 + seq as i64 * 70_000 - 9_000);
    let body = json!({ "sha256": "cd".repeat(32), "bytes": 9, "content_type": text,
        "text": json!({ "said": text, "key": "‹redacted:api-key:0a1b2c3d›" }).to_string() });
    json!({ "kind": "exchange", "id": format!("call-{seq}"), "test": test, "scenario": text, "attempt": 2,
        "method": method, "url": format!("https://int.example/supplier{path}"), "request_id": format!("request-{seq}"),
        "request": { "headers": [["X-Request-ID", text], ["Authorization", "Bearer ‹redacted:token:beb7f98e›"]], "body": body },
        "response": { "status": status, "headers": [["content-type", text]], "body": body },
        "times": { "sent": sent, "first_byte_us": 4_000, "done_us": 5_000 } })
}

fn before_the_update(text: &str) -> Vec<serde_json::Value> {
    let letters = json!([{ "id": text, "status": "PENDING", "specification_id": text, "group_id": text },
        { "id": "other", "status": text }]);
    vec![
        exchange(1, "AT3", "GET", "/letters?limit=2500", 200, text),
        json!({ "kind": "letters.listed", "exchange": 1, "test": "AT3", "limit": text, "letters": letters }),
        json!({ "kind": "job.created", "test": "AT3", "letter": text, "job": text, "list": 2 }),
        json!({ "kind": "note", "text": text }),
        json!({ "kind": "note", "test": "AT4", "text": text }),
        json!({ "kind": "letters.targeted", "test": "AT4", "status": "ACCEPTED", "letters": [text] }),
        json!({ "kind": "intent", "test": "AT4", "changes": [{ "letter": text, "status": "ACCEPTED",
            "reason_code": text, "reason_text": text }] }),
    ]
}

fn the_update(text: &str) -> Vec<serde_json::Value> {
    let mut update = exchange(8, "AT4", "POST", "/letters", 202, text);
    update["intent"] = 7.into();
    let read = |seq: u64, status: &str| {
        [
            exchange(seq, "AT4", "GET", &format!("/letters/{text}"), 200, text),
            json!({ "kind": "status.observed", "exchange": seq, "test": "AT4",
                "letter": { "id": text, "status": status, "reason_code": "another" } }),
        ]
    };
    let mut broken = exchange(
        13,
        "AT4",
        "GET",
        &format!("/letters/{text}/data"),
        503,
        text,
    );
    broken["error"] = text.into();
    let judged = |point: &str, verdict: &str, seqs: &[u64]| {
        json!({ "kind": "criterion.judged", "test": "AT4", "point": point, "verdict": verdict,
            "expected": text, "observed": text, "seqs": seqs })
    };
    let mut lines = vec![update];
    lines.extend(read(9, "PENDING"));
    lines.extend(read(11, "ACCEPTED"));
    lines.extend([
        broken,
        judged("AT4.1", "pass", &[2, 7, 8, 10, 12]),
        judged("AT4.2", "warning", &[8]),
        judged("AT3.1", "fail", &[]),
    ]);
    lines
}

fn the_rest(text: &str) -> Vec<serde_json::Value> {
    let mi = json!({ "date": text, "specification_id": text, "group_id": text, "line_item": text,
        "quantity": 1, "letters": [text] });
    let mut submitted =
        json!({ "kind": "mi.submitted", "test": "AT14", "run": text, "exchange": 17, "mi": text });
    for (name, value) in mi.as_object().unwrap() {
        submitted[name] = value.clone();
    }
    vec![
        exchange(17, "AT14", "POST", "/mi", 201, text),
        submitted,
        exchange(19, "AT15", "GET", "/letters?limit=500", 200, text),
        json!({ "kind": "letters.listed", "exchange": 19, "test": "AT15", "letters": [{ "id": text, "status": "PENDING" }] }),
        exchange(21, "AT15", "GET", "/objects/letter.pdf", 404, text),
        json!({ "kind": "pdf.checked", "test": "AT15", "letter": text, "exchange": 21, "bytes": 0, "us": 1,
            "expected_sha256": text, "checks": [{ "id": "PF-001", "outcome": "fail", "observed": text },
                { "id": text, "outcome": "warn", "observed": text }] }),
        json!({ "kind": "timing", "test": "AT15", "name": "AT15 pass 1", "us": 1_000, "from": 19, "to": 22 }),
        json!({ "kind": "wait", "test": "AT15", "reason": text, "ms": 3_000 }),
        json!({ "kind": "run.finished", "verdicts": {}, "exit_code": 1 }),
    ]
}
