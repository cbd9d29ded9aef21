//! What was seen of the service after the first rows (service-behaviour §5), and what the simulator
//! bears of those who do not mean it well.

use std::process::Command;
use std::time::{Duration, Instant};

use letterproof::simulator::Options;
use reqwest::{Client, Url};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::common::{Desk, RUN, journal, judged, of_kind};
use crate::lab::{
    Answer, Ask, Lab, SETTLED, accepted, document, follow, get, item, options, patch, post,
};

const NO_LETTER_ID: &str = "The request is missing the letter id path parameter";
const NO_MI_ID: &str = "The request is missing the mi id path parameter";
const NOT_FOUND: &str = "No resource found with that ID";
const TIMESTAMP: &str = "Timestamps should be UTC date/times in ISO8601 format, with a Z suffix";

fn detail(answer: &Answer) -> String {
    let detail = &answer.json()["errors"][0]["detail"];
    detail.as_str().unwrap_or_default().to_owned()
}

/// A record whose members are written as they are given.
fn record(line_item: &str, timestamp: &str) -> Ask {
    let attributes =
        format!(r#"{{"lineItem":"{line_item}","timestamp":"{timestamp}","quantity":1}}"#);
    let data = format!(r#"{{"type":"ManagementInformation","attributes":{attributes}}}"#);
    post("/mi", &format!(r#"{{"data":{data}}}"#))
}

#[tokio::test]
async fn status_asks_for_a_key_of_its_own() {
    let lab = Lab::start(options(1)).await;
    let key = lab.simulator.status_api_key().to_owned();
    let status = || get("/_status");
    let bare = || status().without("Authorization");
    let api_key = lab.simulator.credentials(0).api_key;
    for (ask, code) in [
        (bare().with("apikey", &key), 200),
        (status().with("apikey", &key), 200),
        (bare(), 401),
        (status(), 401),
        (bare().with("apikey", ""), 401),
        (bare().with("apikey", &api_key), 401),
        (bare().with("Authorization", &format!("Bearer {key}")), 401),
    ] {
        let answer = lab.ask(ask).await;
        assert_eq!(answer.status, code, "{}", answer.text());
    }
    let open = Lab::start(Options {
        no_auth: true,
        ..options(1)
    })
    .await;
    assert_eq!(open.ask(bare()).await.status, 200);
}

#[test]
fn a_run_against_its_own_simulator_knows_the_key() {
    let desk = Desk::new();
    desk.small_run(&["--only", "AT1"]).expect(0);
    let lines = journal(&desk.run_dir(RUN));
    assert_eq!(judged(&lines, "AT1.1").0, "pass");
    let asked = of_kind(&lines, "exchange").into_iter();
    let asked: Vec<&Value> = asked
        .filter(|line| line["url"].as_str().unwrap().ends_with("/_status"))
        .collect();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0]["response"]["status"], 200);
}

async fn link(lab: &Lab, base: &str) -> Url {
    let id = lab.list(1).await.remove(0);
    let answer = lab.ask(get(&format!("{base}/letters/{id}/data"))).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("Location").parse().expect("a link")
}

#[tokio::test]
async fn links_lead_to_another_name_and_another_port() {
    let lab = Lab::start(options(4)).await;
    let base: Url = lab.simulator.base_url().parse().expect("a URL");
    let port = base.port().expect("a port");
    for called in [
        lab.simulator.base_url().to_owned(),
        format!("http://localhost:{port}"),
    ] {
        let link = link(&lab, &called).await;
        let called: Url = called.parse().expect("a URL");
        assert_ne!(link.host_str(), called.host_str());
        assert_ne!(link.port(), called.port());
        assert_eq!(lab.ask(follow(link.as_str())).await.status, 200);
        assert_eq!(lab.ask(get(link.as_str())).await.status, 400);
    }
    let told: Url = lab.simulator.storage_url().parse().expect("a URL");
    let link = link(&lab, lab.simulator.base_url()).await;
    assert_eq!(link.origin(), told.origin());
}

#[tokio::test]
async fn neither_port_serves_what_the_other_does() {
    let lab = Lab::start(options(3)).await;
    let link = link(&lab, lab.simulator.base_url()).await;
    let (path, query) = (link.path(), link.query().expect("a signature"));
    let answer = lab.ask(get(&format!("{path}?{query}"))).await;
    assert_eq!(answer.status, 403);
    assert!(answer.text().contains("Missing Authentication Token"));
    for path in ["/letters", "/_status", "/oauth2/token", "/_sim/reseed"] {
        let there = format!("{}{path}", lab.simulator.storage_url());
        let answer = lab.ask(follow(&there)).await;
        assert_eq!(answer.status, 403, "{path}");
        assert_eq!(answer.header("Content-Type"), "application/xml");
    }
}

#[tokio::test]
async fn a_client_that_follows_gets_the_pdf() {
    let lab = Lab::start(options(3)).await;
    let id = lab.list(1).await.remove(0);
    let url = format!("{}/letters/{id}/data", lab.simulator.base_url());
    let client = Client::builder().no_proxy().build().expect("a client");
    let answer = client.get(&url).bearer_auth(&lab.token);
    let answer = answer.header("X-Request-ID", "r").send().await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.status(), 200);
    let pdf = answer.bytes().await.expect("a body");
    assert!(pdf.starts_with(b"%PDF-"));
}

const PYTHON: &str = "
import sys
try:
    import requests
except ImportError:
    sys.exit(77)
session = requests.Session()
session.trust_env = False
answer = session.get(sys.argv[1], headers={'Authorization': sys.argv[2], 'X-Request-ID': 'r'})
sys.stdout.write(str(answer.status_code) + ' ' + answer.content[:5].decode())
";

/// It keeps the token wherever it is led, also on INT.
const URLLIB: &str = "
import sys, urllib.error, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
ask = urllib.request.Request(sys.argv[1], headers={'Authorization': sys.argv[2], 'X-Request-ID': 'r'})
try:
    sys.stdout.write(str(opener.open(ask).status))
except urllib.error.HTTPError as error:
    sys.stdout.write(str(error.code) + ' ' + error.read().decode())
";

const NODE: &str = "
if (typeof fetch === 'undefined') process.exit(77);
const [url, token] = process.argv.slice(1);
fetch(url, { headers: { Authorization: token, 'X-Request-ID': 'r' } }).then(async answer => {
    const body = Buffer.from(await answer.arrayBuffer());
    process.stdout.write(answer.status + ' ' + body.subarray(0, 5));
});
";

/// What `command` prints of a letter's PDF; none where this machine does not have it.
fn printed(command: &mut Command) -> Option<String> {
    let output = command.env("no_proxy", "*").output().ok()?;
    if output.status.code() == Some(77) {
        return None;
    }
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clients_of_this_machine_follow_links_as_they_do_on_int() {
    let lab = Lab::start(options(3)).await;
    let id = lab.list(1).await.remove(0);
    let url = format!("{}/letters/{id}/data", lab.simulator.base_url());
    let token = format!("Bearer {}", lab.token);
    let header = format!("Authorization: {token}");
    let curl = [
        "-sL",
        "-w",
        " %{http_code}",
        "-H",
        "X-Request-ID: r",
        "-H",
        &header,
        &url,
    ];
    if let Some(printed) = printed(Command::new("curl").args(curl)) {
        assert!(
            printed.starts_with("%PDF-") && printed.ends_with(" 200"),
            "curl"
        );
    }
    let asked = [url.as_str(), token.as_str()];
    for (program, flag, script, told) in [
        ("python3", "-c", PYTHON, "200 %PDF-"),
        ("node", "-e", NODE, "200 %PDF-"),
        ("python3", "-c", URLLIB, "400 <?xml"),
    ] {
        let mut command = Command::new(program);
        if let Some(printed) = printed(command.args([flag, script]).args(asked)) {
            assert!(printed.starts_with(told), "{program}: {printed}");
        }
    }
}

#[tokio::test]
async fn an_id_of_white_space_alone_is_none() {
    let lab = Lab::start(options(1)).await;
    let update = document(" ", accepted());
    for blank in [
        "%20",
        "%20%20",
        "%09",
        "%0A",
        "%C2%A0",
        "%E2%80%83",
        "%EF%BB%BF",
    ] {
        for (ask, missing) in [
            (get(&format!("/letters/{blank}")), NO_LETTER_ID),
            (get(&format!("/letters/{blank}/data")), NO_LETTER_ID),
            (patch(blank, &update), NO_LETTER_ID),
            (patch(blank, ""), NO_LETTER_ID),
            (get(&format!("/mi/{blank}")), NO_MI_ID),
        ] {
            let answer = lab.ask(ask).await;
            assert_eq!((answer.status, detail(&answer)), (400, missing.to_owned()));
        }
    }
    for ask in [
        get("/letters/%20x"),
        get("/mi/x%20"),
        get("/letters/%C2%85"),
    ] {
        let answer = lab.ask(ask).await;
        assert_eq!(
            (answer.status, detail(&answer)),
            (404, NOT_FOUND.to_owned())
        );
    }
    let without_request_id = get("/letters/%20").without("X-Request-ID");
    assert_eq!(lab.ask(without_request_id).await.status, 500);
}

#[tokio::test]
async fn doubled_slashes_are_one() {
    let lab = Lab::start(options(3)).await;
    let id = lab.list(1).await.remove(0);
    let mi = json!({ "lineItem": "a", "timestamp": "2026-11-22T10:00:00Z", "quantity": 1 });
    let body = json!({ "data": { "type": "ManagementInformation", "attributes": mi } });
    let body = body.to_string();
    let key = lab.simulator.status_api_key().to_owned();
    for (ask, status) in [
        (post("//mi", &body), 201),
        (get("//mi/xx"), 404),
        (get("//letters//xx"), 404),
        (get("//letters?limit=1"), 200),
        (get(&format!("//letters/{id}")), 200),
        (get(&format!("/letters//{id}//data")), 303),
        (post("///letters", r#"{"data":[]}"#), 202),
        (get("//_ping"), 200),
        (get("//_status").with("apikey", &key), 200),
        (get("//letters/"), 403),
        (get("/letters//"), 403),
        (get("//nowhere"), 403),
    ] {
        let answer = lab.ask(ask.clone()).await;
        assert_eq!(answer.status, status, "{}", answer.text());
        if status == 404 {
            assert_eq!(detail(&answer), NOT_FOUND);
        }
    }
}

#[tokio::test]
async fn half_of_a_surrogate_pair_is_taken_in_any_text() {
    let lab = Lab::start(options(3)).await;
    let ids = lab.list(2).await;
    let now = "2026-11-22T10:00:00Z";
    for text in [r"\ud800", r"a\udfffb", r"\ud83d\ud83d\ude00"] {
        let answer = lab.ask(record(text, now)).await;
        assert_eq!(answer.status, 201, "{text}: {}", answer.text());
        let id = answer.json()["data"]["id"].as_str().unwrap().to_owned();
        assert_eq!(lab.ask(get(&format!("/mi/{id}"))).await.status, 200);
    }
    let reason = json!({ "status": "FAILED", "reasonCode": "F01", "reasonText": "TEXT" });
    let one = document(&ids[0], reason.clone()).replace("TEXT", r"\udead");
    assert_eq!(lab.ask(patch(&ids[0], &one)).await.status, 202);
    let many = json!({ "data": [item(&ids[1], reason)] }).to_string();
    let many = many.replace("TEXT", r"\udead");
    assert_eq!(lab.ask(post("/letters", &many)).await.status, 202);
    sleep(SETTLED).await;
    for id in &ids {
        assert_eq!(lab.letter(id).await["reasonText"], "\u{fffd}");
    }
    let unknown = document(&ids[0], json!({ "status": "X" })).replace('X', r"\ud800");
    assert_eq!(lab.ask(patch(&ids[0], &unknown)).await.status, 400);
}

#[tokio::test]
async fn a_year_of_six_digits_is_taken_if_four_would_do() {
    let lab = Lab::start(options(1)).await;
    for stamp in ["+002026-11-22T10:00:00Z", "+002026-11-22T10:00:00.25Z"] {
        let answer = lab.ask(record("a", stamp)).await;
        assert_eq!(answer.status, 201, "{stamp}: {}", answer.text());
        let kept = &answer.json()["data"]["attributes"]["timestamp"];
        assert_eq!(kept, stamp);
    }
    for stamp in [
        "-002026-11-22T10:00:00Z",
        "+012026-11-22T10:00:00Z",
        "+2026-11-22T10:00:00Z",
        "+002026-02-30T10:00:00Z",
    ] {
        let answer = lab.ask(record("a", stamp)).await;
        assert_eq!(
            (answer.status, detail(&answer)),
            (400, TIMESTAMP.to_owned())
        );
    }
}

/// What `text` is answered with, sent as it is to one of the simulator's ports.
async fn raw(url: &str, text: &str) -> String {
    let mut stream = connect(url).await;
    stream.write_all(text.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer).await;
    answer
}

async fn connect(url: &str) -> TcpStream {
    let address = url.trim_start_matches("http://");
    TcpStream::connect(address).await.expect("a connection")
}

/// How long a call may take in these tests, instead of 29 s.
const LONGEST_CALL: Duration = Duration::from_millis(300);

async fn hasty() -> Lab {
    Lab::start(Options {
        longest_call: LONGEST_CALL,
        ..options(3)
    })
    .await
}

#[tokio::test]
async fn a_body_that_stalls_is_answered_when_a_call_has_taken_its_time() {
    let lab = hasty().await;
    let base = lab.simulator.base_url();
    let token = format!("Authorization: Bearer {}\r\n", lab.token);
    let id = lab.list(1).await.remove(0);
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    for (line, headers, status) in [
        ("POST /mi", token.as_str(), "408"),
        ("POST /letters", &token, "408"),
        (&format!("PATCH /letters/{id}"), &token, "408"),
        ("GET /letters/x", &token, "408"),
        ("POST /mi", "", "401"),
        ("POST /oauth2/token", form, "408"),
    ] {
        let head = format!("{line} HTTP/1.1\r\nHost: h\r\nX-Request-ID: r\r\n{headers}");
        let sent = format!("{head}Content-Length: 100\r\n\r\n{{\"data\"");
        let started = Instant::now();
        let answer = raw(base, &sent).await;
        let took = started.elapsed();
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{line}: {answer}"
        );
        assert!(
            took >= LONGEST_CALL && took < LONGEST_CALL * 10,
            "{line}: {took:?}"
        );
    }
}

#[tokio::test]
async fn an_update_that_broke_off_is_not_applied() {
    let lab = Lab::start(options(3)).await;
    let id = lab.list(1).await.remove(0);
    let body = document(&id, accepted());
    let head = format!(
        "PATCH /letters/{id} HTTP/1.1\r\nHost: h\r\nX-Request-ID: r\r\nAuthorization: Bearer {}\r\n",
        lab.token
    );
    for framing in [
        format!("Content-Length: {}\r\n\r\n{body}", body.len() + 1),
        format!(
            "Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n",
            body.len()
        ),
    ] {
        let mut stream = connect(lab.simulator.base_url()).await;
        let sent = format!("{head}{framing}");
        stream.write_all(sent.as_bytes()).await.expect("sent");
        stream.shutdown().await.expect("the end");
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
    }
    sleep(SETTLED).await;
    assert_eq!(lab.letter(&id).await["status"], "PENDING");
}

#[tokio::test]
async fn a_form_for_a_token_is_small() {
    let lab = Lab::start(options(1)).await;
    let head = "POST /oauth2/token HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 80000\r\n\r\n";
    let large = format!("{head}{}", "a=b&".repeat(20_000));
    let answer = raw(lab.simulator.base_url(), &large).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[tokio::test]
async fn only_this_machine_seeds_anew() {
    let lab = Lab::start(options(3)).await;
    let before = lab.list(3).await;
    let base = lab.simulator.base_url();
    let host = base.trim_start_matches("http://").to_owned();
    let port = host.rsplit(':').next().unwrap().to_owned();
    let reseed = |headers: String| {
        let head = format!("POST /_sim/reseed HTTP/1.1\r\n{headers}Content-Length: 0\r\n");
        async move { raw(base, &format!("{head}Connection: close\r\n\r\n")).await }
    };
    for headers in [
        "Host: evil.example\r\n".to_owned(),
        format!("Host: evil.example:{port}\r\nOrigin: http://evil.example:{port}\r\n"),
        format!("Host: {host}\r\nOrigin: http://evil.example\r\n"),
        format!("Host: {host}\r\nOrigin: null\r\n"),
        format!("Host: {host}\r\nOrigin: http://127.0.0.1:1\r\n"),
        format!("Host: {host}\r\nOrigin: http://{host}\r\nOrigin: http://evil.example\r\n"),
    ] {
        let answer = reseed(headers.clone()).await;
        assert!(answer.starts_with("HTTP/1.1 403"), "{headers}: {answer}");
    }
    assert_eq!(lab.letter(&before[0]).await["status"], "PENDING");
    for headers in [
        format!("Host: {host}\r\n"),
        format!("Host: localhost:{port}\r\n"),
        format!("Host: {host}\r\nOrigin: http://{host}\r\n"),
    ] {
        let answer = reseed(headers.clone()).await;
        assert!(answer.starts_with("HTTP/1.1 204"), "{headers}: {answer}");
    }
    let gone = lab.ask(get(&format!("/letters/{}", before[0]))).await;
    assert_eq!(gone.status, 404);
}
