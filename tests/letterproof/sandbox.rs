//! The checks of the sandbox against a server in this test that answers as the public sandbox
//! does (service-behaviour §1, column A), and against one that does not.

#![expect(
    clippy::expect_used,
    reason = "a test helper that fails fails its test"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

const TOOL: &str = env!("CARGO_BIN_EXE_letterproof");
const LETTER: &str = "2WL5eYSWGzCHlGmzNxuqVusPxDg";
const WITH_PDF: &str = "2AL5eYSWGzCHlGmzNxuqVusPxDg";

/// A request as the server sees it.
struct Asked {
    method: String,
    path: String,
    query: String,
    has_request_id: bool,
    media_type: String,
    body: Vec<u8>,
}

type Answer = (u16, Value);
type Server = fn(&Asked) -> Answer;

impl Asked {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

fn coded(status: u16, code: &str) -> Answer {
    let error = json!({
        "id": "rrt-1", "code": code, "links": { "about": "https://example.org" },
        "status": status.to_string(), "title": "a title", "detail": "a detail",
    });
    (status, json!({ "errors": [error] }))
}

fn not_found() -> Answer {
    coded(404, "NOTIFY_RESOURCE_NOT_FOUND")
}

/// What its validator says.
fn invalid() -> Answer {
    let error =
        json!({ "path": ".", "message": "invalid", "errorCode": "type.openapi.validation" });
    (400, json!({ "message": "invalid", "errors": [error] }))
}

fn letter(id: &str, status: &str) -> Value {
    let attributes = json!({ "status": status, "specificationId": "s", "groupId": "g" });
    json!({ "id": id, "type": "Letter", "attributes": attributes })
}

/// What the public sandbox answers.
fn canned(asked: &Asked) -> Answer {
    if asked.path != "/_status" && !asked.has_request_id {
        return invalid();
    }
    match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "/_status") => (200, Value::Null),
        ("GET", "/letters") => list(&asked.query),
        ("GET", path) if path == format!("/letters/{LETTER}") => {
            (200, json!({ "data": letter(LETTER, "REJECTED") }))
        }
        ("GET", path) if path == format!("/letters/{WITH_PDF}/data") => (303, Value::Null),
        ("GET", path) if path.starts_with("/letters/") => not_found(),
        ("PATCH", path) if path.starts_with("/letters/") => patch(asked),
        ("POST", "/letters") => bulk(asked),
        ("POST", "/mi") => submission(asked),
        ("DELETE", "/letters") => (405, json!({ "message": "DELETE method not allowed" })),
        _ => (
            404,
            json!({ "message": "not found", "errors": [{ "path": asked.path }] }),
        ),
    }
}

fn list(query: &str) -> Answer {
    let letters = |count: usize| {
        let letters: Vec<Value> = (0..count)
            .map(|number| letter(&format!("letter-{number}"), "PENDING"))
            .collect();
        (200, json!({ "data": letters }))
    };
    match query.strip_prefix("limit=").map(str::parse::<i64>) {
        None if query.is_empty() => letters(10),
        Some(Ok(limit @ 0..=2500)) => letters(usize::try_from(limit).unwrap_or(0).min(23)),
        Some(Ok(_)) => coded(400, "NOTIFY_INVALID_REQUEST"),
        Some(Err(_)) | None => invalid(),
    }
}

fn patch(asked: &Asked) -> Answer {
    if asked.media_type != "application/vnd.api+json" {
        return (415, json!({ "message": "unsupported media type" }));
    }
    let body = asked.json();
    let status = body["data"]["attributes"]
        .get("status")
        .and_then(Value::as_str);
    let named = asked.path.ends_with(LETTER) && body["data"]["id"] == LETTER;
    match status {
        _ if body.is_null() => (400, json!({ "message": "Unexpected token", "errors": "" })),
        None => (202, Value::Null),
        Some(status) if status.chars().any(char::is_lowercase) => invalid(),
        Some("RETURNED" | "FORWARDED") => not_found(),
        Some(_) if named => (202, Value::Null),
        Some(_) => not_found(),
    }
}

fn bulk(asked: &Asked) -> Answer {
    match asked.json()["data"].as_array() {
        _ if asked.body.len() > 100_000 => (413, json!({ "message": "too large" })),
        None => invalid(),
        Some(items) if items.len() == 10 => (202, Value::Null),
        Some(_) => not_found(),
    }
}

fn submission(asked: &Asked) -> Answer {
    let attributes = &asked.json()["data"]["attributes"];
    match attributes["timestamp"].as_str() {
        None | Some("yesterday") => invalid(),
        Some(_) if attributes["specificationId"] == LETTER => (
            200,
            json!({ "data": { "id": LETTER, "attributes": attributes } }),
        ),
        Some(_) => not_found(),
    }
}

/// A sandbox that answers everything wrongly, but always answers.
fn contrary(asked: &Asked) -> Answer {
    let (status, _) = canned(asked);
    match status {
        200..400 => (410, json!({ "message": "gone" })),
        _ => (204, Value::Null),
    }
}

/// A sandbox that has come to do what the documentation says.
fn documented(asked: &Asked) -> Answer {
    let (status, body) = canned(asked);
    let wanted = asked.json()["data"]["attributes"]["status"].clone();
    let id = asked.json()["data"]["id"].clone();
    let fits = asked.path.ends_with(id.as_str().unwrap_or("-"));
    match (asked.method.as_str(), asked.path.as_str(), status) {
        ("GET", "/letters", 200) if asked.query == "limit=0" => invalid(),
        ("PATCH", _, 415) => (202, Value::Null),
        ("PATCH", _, 202) if wanted.is_null() || wanted == "PENDING" => invalid(),
        ("PATCH", _, 404) if !fits => invalid(),
        ("POST", "/mi", 200) => (201, body),
        _ => (status, body),
    }
}

async fn answer(request: Request, server: Server) -> Response {
    let (parts, body) = request.into_parts();
    let header = |name: &str| {
        let value = parts.headers.get(name)?.to_str().ok()?;
        Some(value.to_owned())
    };
    let asked = Asked {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        has_request_id: header("x-request-id").is_some(),
        media_type: header("content-type").unwrap_or_default(),
        body: to_bytes(body, 20_000_000).await.expect("a body").to_vec(),
    };
    let (status, body) = server(&asked);
    let mut response = Response::builder()
        .status(StatusCode::from_u16(status).expect("a status"))
        .header("content-type", "application/json; charset=utf-8");
    if status == 303 {
        response = response.header("location", "https://example.org/dummy.pdf");
    }
    let body = match body {
        Value::Null => Body::empty(),
        body => Body::from(body.to_string()),
    };
    response.body(body).expect("a response")
}

/// Runs the tool with `args` against `server`.
fn run(folder: &Path, server: Server, args: &[&str]) -> Output {
    let runtime = Runtime::new().expect("a runtime");
    let listener = runtime
        .block_on(TcpListener::bind("127.0.0.1:0"))
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    let routes = Router::new().fallback(move |request| answer(request, server));
    runtime.spawn(async move { axum::serve(listener, routes).await });
    let config = format!(
        "[supplier]\nname = \"press-one\"\n[target.sandbox]\nkind = \"sandbox\"\nbase_url = \"http://{address}\"\n"
    );
    fs::write(folder.join("letterproof.toml"), config).expect("a configuration");
    Command::new(TOOL)
        .args(["run", "--target", "sandbox", "--run-id", "r", "--quiet"])
        .args(args)
        .arg("--config")
        .arg(folder.join("letterproof.toml"))
        .arg("--evidence-dir")
        .arg(folder.join("evidence"))
        .arg("--reports-dir")
        .arg(folder.join("reports"))
        .output()
        .expect("the tool")
}

/// The verdict of each check.
fn verdicts(folder: &Path) -> BTreeMap<String, String> {
    let seal = fs::read(folder.join("evidence/r/seal.json")).expect("a seal");
    let seal: Value = serde_json::from_slice(&seal).expect("JSON");
    let verdicts = seal["verdicts"].as_object().expect("verdicts").clone();
    let text = |verdict: Value| verdict.as_str().unwrap_or_default().to_owned();
    verdicts
        .into_iter()
        .map(|(point, verdict)| (point, text(verdict)))
        .collect()
}

fn of<'a>(verdicts: &'a BTreeMap<String, String>, wanted: &str) -> Vec<&'a str> {
    let found = verdicts.iter().filter(|(_, verdict)| *verdict == wanted);
    found.map(|(point, _)| point.as_str()).collect()
}

const DEVIATIONS: [&str; 6] = ["SB-06", "SB-17", "SB-20", "SB-21", "SB-22", "SB-26"];
const NOT_SHOWN: [&str; 6] = ["SB-32", "SB-33", "SB-34", "SB-35", "SB-36", "SB-37"];

#[test]
fn the_sandbox_passes_with_its_known_deviations() {
    let folder = tempfile::tempdir().expect("a folder");
    let ended = run(folder.path(), canned, &[]);
    let said = String::from_utf8_lossy(&ended.stdout);
    assert_eq!(ended.status.code(), Some(0), "{said}");
    let verdicts = verdicts(folder.path());
    assert_eq!(verdicts.len(), 37);
    assert_eq!(of(&verdicts, "warning"), DEVIATIONS);
    assert_eq!(of(&verdicts, "not_tested"), NOT_SHOWN);
    assert_eq!(of(&verdicts, "pass").len(), 25);
    assert!(said.contains("known since 2026-11-22"), "{said}");
    // Whatever it does otherwise than documented is known: nothing of a passed run is red.
    assert!(!said.contains('✗'), "{said}");
    let told = fs::read(folder.path().join("reports/r/verdicts.json")).expect("verdicts");
    let told: Value = serde_json::from_slice(&told).expect("JSON");
    let all = told["contract"]["observations"].as_array().expect("a list");
    let of = |id: &str| {
        all.iter()
            .filter(|one| one["known"]["id"] == id)
            .collect::<Vec<_>>()
    };
    for one in of("not-found-code") {
        assert_eq!(one["observed"], "NOTIFY_RESOURCE_NOT_FOUND");
    }
    for id in [
        "not-found-code",
        "response-media-type",
        "sandbox-validator-errors",
        "mi-status",
    ] {
        assert!(!of(id).is_empty(), "{id}");
    }

    let junit = fs::read_to_string(folder.path().join("reports/r/junit.xml")).expect("JUnit");
    assert_eq!(
        junit.matches("<testsuite ").count(),
        1,
        "a suite of their own"
    );
    assert!(junit.contains("classname=\"SB\""), "{junit}");
    let holds = Command::new(TOOL)
        .arg("verify")
        .arg(folder.path().join("evidence/r"))
        .output()
        .expect("verify");
    assert_eq!(holds.status.code(), Some(0), "{holds:?}");
}

#[test]
fn every_check_is_red_where_the_sandbox_answers_otherwise() {
    let folder = tempfile::tempdir().expect("a folder");
    let ended = run(folder.path(), contrary, &[]);
    assert_eq!(ended.status.code(), Some(1));
    let verdicts = verdicts(folder.path());
    assert_eq!(of(&verdicts, "fail").len(), verdicts.len(), "{verdicts:?}");
}

#[test]
fn a_deviation_that_no_longer_happens_is_stale() {
    let folder = tempfile::tempdir().expect("a folder");
    let ended = run(folder.path(), documented, &[]);
    let said = String::from_utf8_lossy(&ended.stdout);
    assert_eq!(ended.status.code(), Some(0), "{said}");
    let said: Vec<&str> = said.split_whitespace().collect();
    let said = said.join(" ");
    assert_eq!(of(&verdicts(folder.path()), "warning"), DEVIATIONS);
    assert_eq!(
        said.matches("it is stale").count(),
        DEVIATIONS.len(),
        "{said}"
    );
}

#[test]
fn one_check_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let ended = run(folder.path(), canned, &["--only", "sb-07"]);
    assert_eq!(ended.status.code(), Some(0));
    assert_eq!(verdicts(folder.path()).len(), 1);
}

#[test]
fn the_pack_does_not_run_against_a_sandbox() {
    let folder = tempfile::tempdir().expect("a folder");
    let ended = run(folder.path(), canned, &["--only", "AT4"]);
    assert_eq!(ended.status.code(), Some(2));
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(said.contains("AT4") && said.contains("SB-01"), "{said}");
}
