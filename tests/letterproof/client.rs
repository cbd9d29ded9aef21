//! The supplier client against small servers that answer as scripted.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests stand outside of test functions"
)]

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use futures::future::{BoxFuture, join_all};
use letterproof::client::{
    ClientError, Credentials, Download, FailureKind, Forbidden, Hosts, Mi, Settings, SettingsError,
    Supplier, Timeouts, Waits,
};
use letterproof::evidence::{Journal, Policy, Reader, Redactor, RunDir, sha256_hex};
use letterproof::model::{Change, Event, Exchange, Host, MiFacts, Scope, Status};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;
use serde_json::{Value, json};
use tempfile::TempDir;

const API_KEY: &str = "k3y-of-the/application+1";
const STATUS_KEY: &str = "st4tus-key=of-notify";
const TOKEN: &str = "opaque+token/number=";

// ---------------------------------------------------------------- the server

/// A request as the server saw it.
#[derive(Clone, Debug)]
struct Seen {
    method: String,
    path: String,
    headers: HashMap<String, String>,
    body: String,
    at: Instant,
}

impl Seen {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// What the server does.
enum Reply {
    Is(u16, &'static str, String),
    Redirect(u16, String),
    /// Headers and half a body, then the connection ends.
    Torn,
    /// Headers, then a byte every 20 ms for ever.
    Drips,
}

fn json_reply(status: u16, body: &Value) -> Reply {
    Reply::Is(status, "application/json", body.to_string())
}

fn empty(status: u16) -> Reply {
    Reply::Is(status, "application/json", String::new())
}

fn token(nth: usize) -> Reply {
    json_reply(
        200,
        &json!({"access_token": format!("{TOKEN}{nth}"), "expires_in": "599", "token_type": "Bearer"}),
    )
}

fn letter_item(id: &str, status: &str) -> Value {
    json!({"id": id, "type": "Letter", "attributes": {"status": status, "specificationId": "s", "groupId": "g"}})
}

fn letter_reply(id: &str) -> Reply {
    json_reply(200, &json!({ "data": letter_item(id, "PENDING") }))
}

struct Server {
    base: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// `script` is told the request and how often method and path came before, and answers.
    async fn start(script: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (log, script) = (seen.clone(), Arc::new(script));
        let app = Router::new().fallback(move |request: Request| {
            let (log, script) = (log.clone(), script.clone());
            async move {
                let request = look_at(request).await;
                let nth = note(&log, &request);
                respond(script(&request, nth))
            }
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { base, seen }
    }

    fn all(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    fn to(&self, path: &str) -> Vec<Seen> {
        let all = self.all().into_iter();
        all.filter(|seen| seen.path.starts_with(path)).collect()
    }
}

async fn look_at(request: Request) -> Seen {
    let (parts, body) = request.into_parts();
    let text = |value: &axum::http::HeaderValue| value.to_str().unwrap().to_owned();
    Seen {
        method: parts.method.to_string(),
        path: parts.uri.to_string(),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect(),
        body: String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap(),
        at: Instant::now(),
    }
}

fn note(log: &Mutex<Vec<Seen>>, request: &Seen) -> usize {
    let mut log = log.lock().unwrap();
    let same = |seen: &&Seen| seen.method == request.method && seen.path == request.path;
    let nth = log.iter().filter(same).count();
    log.push(request.clone());
    nth
}

fn respond(reply: Reply) -> Response {
    let response = Response::builder();
    match reply {
        Reply::Is(status, kind, body) => response
            .status(status)
            .header("content-type", kind)
            .body(Body::from(body)),
        Reply::Redirect(status, to) => response
            .status(status)
            .header("location", to)
            .body(Body::empty()),
        Reply::Drips => {
            let drop = |()| async {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Some((Ok::<_, std::io::Error>(b" ".to_vec()), ()))
            };
            response
                .status(200)
                .header("content-type", "application/json")
                .body(Body::from_stream(futures::stream::unfold((), drop)))
        }
        Reply::Torn => {
            let half: Vec<Result<Vec<u8>, std::io::Error>> = vec![
                Ok(br#"{"data":["#.to_vec()),
                Err(std::io::Error::other("torn on purpose")),
            ];
            let stream = futures::stream::iter(half);
            response
                .status(200)
                .header("content-type", "application/json")
                .body(Body::from_stream(stream))
        }
    }
    .unwrap()
}

// ---------------------------------------------------------------- the client

struct Key {
    pem: String,
    public: Vec<u8>,
}

static KEY: LazyLock<Key> = LazyLock::new(|| {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let lines: Vec<String> = STANDARD
        .encode(der.as_ref())
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    Key {
        pem: format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            lines.join("\n")
        ),
        public: pair.public_key().as_ref().to_vec(),
    }
});

/// A client, its run, and the waits it made.
struct Bench {
    supplier: Supplier,
    folder: TempDir,
    waits: Arc<Mutex<Vec<(String, Duration)>>>,
}

fn with_token(base: &str) -> Settings {
    let mut settings = Settings::new(base);
    settings.endpoint.credentials = Some(Credentials {
        token_url: format!("{base}/oauth2/token"),
        api_key: SecretString::from(API_KEY),
        private_key: SecretString::from(KEY.pem.clone()),
        kid: "kid-1".into(),
    });
    settings
}

fn journal() -> (TempDir, Journal) {
    let folder = tempfile::tempdir().unwrap();
    let dir = RunDir::create(folder.path(), &"run".parse().unwrap()).unwrap();
    let journal = Journal::create(dir, Redactor::default()).unwrap();
    (folder, journal)
}

impl Bench {
    fn of(settings: Settings) -> Self {
        let (folder, journal) = journal();
        let waits: Arc<Mutex<Vec<(String, Duration)>>> = Arc::default();
        let noted = waits.clone();
        let hook = move |reason: &str, time: Duration| -> BoxFuture<'static, ()> {
            noted.lock().unwrap().push((reason.to_owned(), time));
            Box::pin(tokio::task::yield_now())
        };
        let supplier = Supplier::new(settings, journal)
            .unwrap()
            .with_waits(Arc::new(hook))
            .with_correlation("20261121T143000Z-local-3f9a1c")
            .scoped(Scope::of("AT4", "features/supplier/at4.feature:4"));
        Self {
            supplier,
            folder,
            waits,
        }
    }

    fn waits(&self) -> Vec<(String, Duration)> {
        self.waits.lock().unwrap().clone()
    }

    fn events(&self) -> Vec<Event> {
        let journal = self.folder.path().join("run/journal.jsonl");
        Reader::open(&journal)
            .unwrap()
            .map(|line| line.unwrap().line.event)
            .collect()
    }

    fn exchanges(&self) -> Vec<Exchange> {
        let exchange = |event| match event {
            Event::Exchange(exchange) => Some(*exchange),
            _ => None,
        };
        self.events().into_iter().filter_map(exchange).collect()
    }

    fn exchanges_of(&self, path: &str) -> Vec<Exchange> {
        let all = self.exchanges().into_iter();
        all.filter(|one| one.path() == path).collect()
    }

    fn everything_written(&self) -> String {
        let mut text = String::new();
        read_all(self.folder.path(), &mut text);
        text
    }
}

fn read_all(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, text);
        } else {
            text.push_str(&String::from_utf8_lossy(&std::fs::read(path).unwrap()));
        }
    }
}

fn accepted(id: &str) -> Change {
    Change::to(id, Status::Accepted)
}

// ---------------------------------------------------------------- tokens

#[tokio::test]
async fn one_signed_assertion_serves_callers_at_once() {
    let server = Server::start(|seen, nth| match seen.path.as_str() {
        "/oauth2/token" => token(nth),
        _ => letter_reply("L"),
    })
    .await;
    let bench = Bench::of(with_token(&server.base));
    let looks = join_all((0..10).map(|_| bench.supplier.letter("L"))).await;
    assert!(looks.iter().all(Result::is_ok));

    let fetches = server.to("/oauth2/token");
    assert_eq!(fetches.len(), 1);
    let form = &fetches[0].body;
    assert!(form.starts_with("grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion="), "{form}");
    let assertion = form.rsplit('=').next().unwrap();
    let claims = checked_claims(assertion, &format!("{}/oauth2/token", server.base));
    assert_eq!(
        (&claims["iss"], &claims["sub"]),
        (&json!(API_KEY), &json!(API_KEY))
    );
    assert!(uuid::Uuid::parse_str(claims["jti"].as_str().unwrap()).is_ok());
    let left = claims["exp"].as_i64().unwrap() - time::OffsetDateTime::now_utc().unix_timestamp();
    assert!((200..=300).contains(&left), "{left}");
    let bearer = format!("Bearer {TOKEN}0");
    assert!(
        server
            .to("/letters")
            .iter()
            .all(|seen| seen.header("authorization") == Some(&bearer))
    );
}

fn checked_claims(assertion: &str, audience: &str) -> Value {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
    let header = decode_header(assertion).unwrap();
    assert_eq!(header.typ.as_deref(), Some("JWT"));
    assert_eq!(header.kid.as_deref(), Some("kid-1"));
    let mut rules = Validation::new(Algorithm::RS512);
    rules.set_audience(&[audience]);
    let key = DecodingKey::from_rsa_der(&KEY.public);
    decode::<Value>(assertion, &key, &rules).unwrap().claims
}

#[tokio::test]
async fn a_refused_token_says_why_and_what_to_do() {
    let server = Server::start(|_, _| {
        json_reply(401, &json!({"error": "invalid_request", "error_description": "Invalid 'kid' header in client_assertion JWT - no matching public key", "message_id": "rrt-1"}))
    })
    .await;
    let bench = Bench::of(with_token(&server.base));
    let error = bench.supplier.list(10).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (FailureKind::Refused, Some(401))
    );
    let text = error.to_string();
    assert!(
        text.contains("no matching public key") && text.contains("JWKS"),
        "{text}"
    );
    let ClientError::TokenRefused(refusal) = error else {
        panic!("{text}");
    };
    assert_eq!(refusal.error.as_deref(), Some("invalid_request"));
    assert!(refusal.explanation.is_some());
    assert_eq!(server.all().len(), 1);
}

#[tokio::test]
async fn callers_at_once_share_a_refusal() {
    let server = Server::start(|_, _| {
        json_reply(400, &json!({"error": "invalid_request", "error_description": "Non-unique 'jti' claim in client_assertion JWT"}))
    })
    .await;
    let bench = Bench::of(with_token(&server.base));
    let looks = join_all((0..20).map(|_| bench.supplier.letter("L"))).await;
    let refused = |look: &Result<_, ClientError>| {
        look.as_ref()
            .is_err_and(|error| error.kind() == FailureKind::Refused)
    };
    assert!(looks.iter().all(refused));
    assert_eq!(server.all().len(), 1);
    assert!(bench.supplier.letter("L").await.is_err());
    assert_eq!(server.all().len(), 2);
}

#[tokio::test]
async fn a_failing_token_endpoint_gets_a_fresh_assertion_each_time() {
    let server = Server::start(|seen, nth| match (seen.path.as_str(), nth) {
        ("/oauth2/token", 0) => empty(503),
        ("/oauth2/token", 1) => Reply::Torn,
        ("/oauth2/token", _) => token(nth),
        _ => letter_reply("L"),
    })
    .await;
    let bench = Bench::of(with_token(&server.base));
    bench.supplier.letter("L").await.unwrap();
    let fetches = server.to("/oauth2/token");
    let bodies: BTreeSet<&str> = fetches.iter().map(|seen| seen.body.as_str()).collect();
    assert_eq!((fetches.len(), bodies.len()), (3, 3));
    let recorded = bench.exchanges_of("/oauth2/token");
    assert_eq!(
        recorded.iter().map(|one| one.attempt).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert!(recorded.iter().all(|one| one.id == recorded[0].id));
    assert_eq!(bench.waits().len(), 2);
}

#[tokio::test]
async fn a_token_endpoint_that_stays_down_is_the_environment() {
    let server = Server::start(|_, _| empty(503)).await;
    let bench = Bench::of(with_token(&server.base));
    let error = bench
        .supplier
        .update_many(&[accepted("L")])
        .await
        .unwrap_err();
    assert_eq!(error.kind(), FailureKind::Environment, "{error}");
    assert_eq!(server.all().len(), 4);
}

#[tokio::test]
async fn a_login_page_in_place_of_a_token_is_no_refusal() {
    let server =
        Server::start(|_, _| Reply::Is(403, "text/html", "<html>proxy</html>".into())).await;
    let bench = Bench::of(with_token(&server.base));
    let error = bench.supplier.authenticate().await.unwrap_err();
    assert!(
        matches!(error, ClientError::Unreadable { status: 403, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn a_401_is_met_with_one_new_token() {
    let server = Server::start(|seen, nth| match seen.path.as_str() {
        "/oauth2/token" => token(nth),
        _ if seen.header("authorization") == Some(&format!("Bearer {TOKEN}0")) => {
            json_reply(401, &json!({"message": "expired"}))
        }
        _ => empty(202),
    })
    .await;
    let bench = Bench::of(with_token(&server.base));
    let updated = bench.supplier.update_many(&[accepted("L")]).await.unwrap();
    assert_eq!(updated.status, 202);
    let statuses: Vec<_> = bench
        .exchanges_of("/letters")
        .iter()
        .map(Exchange::status)
        .collect();
    assert_eq!(statuses, [Some(401), Some(202)]);
}

#[tokio::test]
async fn a_401_to_a_fresh_token_is_final() {
    let server = Server::start(|seen, nth| match seen.path.as_str() {
        "/oauth2/token" => token(nth),
        _ => json_reply(401, &json!({"message": "no"})),
    })
    .await;
    let bench = Bench::of(with_token(&server.base));
    let error = bench.supplier.letter("L").await.unwrap_err();
    assert_eq!(error.kind(), FailureKind::Unauthorised);
    assert_eq!(server.to("/letters").len(), 2);
    assert_eq!(server.to("/oauth2/token").len(), 2);
}

#[tokio::test]
async fn an_unregistered_application_is_told_whom_to_write_to() {
    let server = Server::start(|_, _| {
        json_reply(403, &json!({"Message": "User is not authorized to access this resource with an explicit deny in an identity-based policy"}))
    })
    .await;
    let bench = Bench::of(Settings::new(&server.base));
    let error = bench.supplier.list(1).await.unwrap_err();
    assert_eq!(error.kind(), FailureKind::Unauthorised);
    assert!(
        error
            .to_string()
            .contains("england.nhsnotifysuppliers@nhs.net"),
        "{error}"
    );
    assert_eq!(server.all().len(), 1);
}

// ---------------------------------------------------------------- retries

#[tokio::test]
async fn a_429_is_waited_out_also_by_an_update() {
    let server = Server::start(|_, nth| {
        let soon =
            (time::OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000) as i64 + 700;
        match nth {
            0 => json_reply(429, &json!({"ratelimiting_expiry_time_ms": soon})),
            _ => empty(202),
        }
    })
    .await;
    let bench = Bench::of(Settings::new(&server.base));
    bench.supplier.update_many(&[accepted("L")]).await.unwrap();
    let waits = bench.waits();
    assert_eq!(waits.len(), 1);
    assert!(waits[0].1 > Duration::from_millis(600) && waits[0].1 < Duration::from_millis(900));
    assert_eq!(server.all().len(), 2);
}

#[tokio::test]
async fn a_quota_that_never_frees_ends() {
    let server = Server::start(|_, _| empty(429)).await;
    let bench = Bench::of(Settings::new(&server.base));
    let error = bench.supplier.letter("L").await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (FailureKind::Environment, Some(429))
    );
    assert_eq!(server.all().len(), 6);
}

#[tokio::test]
async fn a_lost_list_waits_the_lease_out() {
    for first in [|| empty(502), || empty(503), || empty(504), || Reply::Torn] {
        let server = Server::start(move |_, nth| match nth {
            0 => first(),
            _ => json_reply(200, &json!({ "data": [letter_item("L1", "PENDING")] })),
        })
        .await;
        let bench = Bench::of(Settings::new(&server.base));
        let listed = bench.supplier.list(2500).await.unwrap();
        assert_eq!(listed.letters[0].id, "L1");
        let [(reason, time)] = &bench.waits()[..] else {
            panic!("{:?}", bench.waits());
        };
        assert!(
            reason.contains("lease") && *time >= Duration::from_secs(300),
            "{reason}"
        );
        let wait = bench
            .events()
            .into_iter()
            .find(|event| matches!(event, Event::Wait { .. }));
        assert!(matches!(wait, Some(Event::Wait { ms, .. }) if ms >= 300_000));
        assert!(matches!(
            &bench.events()[usize::try_from(listed.listed).unwrap()],
            Event::LettersListed { exchange, .. } if *exchange == listed.exchange
        ));
    }
}

#[tokio::test]
async fn a_safe_call_is_tried_again_with_ids_of_its_own() {
    let server = Server::start(|_, nth| match nth {
        0 => empty(503),
        1 => Reply::Torn,
        _ => letter_reply("L 1/2"),
    })
    .await;
    let bench = Bench::of(Settings::new(&server.base));
    let observed = bench.supplier.letter("L 1/2").await.unwrap();
    assert_eq!(observed.letter.id, "L 1/2");
    assert_eq!(server.all()[0].path, "/letters/L%201%2F2");
    let ids: BTreeSet<String> = server
        .all()
        .iter()
        .map(|seen| seen.header("x-request-id").unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 3);
    let recorded = bench.exchanges();
    assert!(recorded.iter().all(|one| one.id == recorded[0].id));
    assert!(
        recorded
            .iter()
            .all(|one| ids.contains(one.request_id.as_ref().unwrap()))
    );
    assert_eq!(
        recorded.iter().map(|one| one.attempt).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert!(recorded[1].error.is_some());
    let correlation = server.all()[0]
        .header("x-correlation-id")
        .unwrap()
        .to_owned();
    assert_eq!(
        correlation,
        "20261121T143000Z-local-3f9a1c-features-supplier-at4-feature-4"
    );
    assert_eq!(recorded[0].correlation_id, Some(correlation));
}

#[tokio::test]
async fn a_truncated_body_to_the_end_is_broken() {
    let server = Server::start(|_, _| Reply::Torn).await;
    let bench = Bench::of(Settings::new(&server.base));
    let error = bench.supplier.letter("L").await.unwrap_err();
    assert!(matches!(error, ClientError::Broken { .. }), "{error}");
    assert_eq!(server.all().len(), 4);
}

/// Waits for nothing and keeps what it is told.
#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Waits for Heard {
    fn wait<'a>(&'a self, reason: &'a str, _: Duration) -> BoxFuture<'a, ()> {
        self.tell(reason);
        Box::pin(tokio::task::yield_now())
    }

    fn tell(&self, line: &str) {
        self.0.lock().unwrap().push(line.to_owned());
    }
}

#[tokio::test]
async fn a_dripping_answer_ends_in_its_time_and_is_told() {
    let server = Server::start(|_, _| Reply::Drips).await;
    let mut settings = Settings::new(&server.base);
    settings.timeouts = Timeouts {
        request: Duration::from_millis(500),
        told: Duration::from_millis(200),
        ..Timeouts::default()
    };
    let bench = Bench::of(settings);
    let heard = Arc::new(Heard::default());
    let supplier = bench.supplier.with_waits(heard.clone());
    let error = supplier.letter("L").await.unwrap_err();
    assert!(matches!(error, ClientError::Broken { .. }), "{error}");
    assert_eq!(server.all().len(), 2, "each took all its time");
    let heard = heard.0.lock().unwrap().clone();
    let slow = "AT4: GET 127.0.0.1 …/letters has no whole answer after 200ms; it is given 500ms";
    assert_eq!(heard.first().map(String::as_str), Some(slow), "{heard:?}");
    let again = "AT4: the request brought no whole answer in time";
    assert!(heard.iter().any(|line| line == again), "{heard:?}");
}

#[tokio::test]
async fn an_unclear_update_is_never_sent_again() {
    for answer in [
        || empty(500),
        || empty(502),
        || empty(503),
        || empty(504),
        || Reply::Torn,
    ] {
        let server = Server::start(move |_, _| answer()).await;
        let bench = Bench::of(Settings::new(&server.base));
        let mi = some_mi();
        for error in [
            bench
                .supplier
                .update_many(&[accepted("L")])
                .await
                .unwrap_err(),
            bench.supplier.update_one(&accepted("L")).await.unwrap_err(),
            bench
                .supplier
                .submit_mi(&mi, &some_facts())
                .await
                .unwrap_err(),
        ] {
            assert_eq!(error.kind(), FailureKind::Unclear, "{error}");
            let ClientError::Unclear { intent, call, .. } = &error else {
                panic!("{error}");
            };
            assert!(matches!(
                bench.events()[usize::try_from(*intent).unwrap()],
                Event::Intent { .. }
            ));
            assert!(call.exchange.unwrap() > *intent);
        }
        assert_eq!(server.all().len(), 3);
        assert!(bench.waits().is_empty());
    }
}

#[tokio::test]
async fn a_connection_closed_without_answer_leaves_an_update_unclear() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(Mutex::new(0));
    let counted = count.clone();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            *counted.lock().unwrap() += 1;
            let mut some = [0; 64];
            let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut some).await;
        }
    });
    let bench = Bench::of(Settings::new(&base));
    let error = bench
        .supplier
        .update_many(&[accepted("L")])
        .await
        .unwrap_err();
    assert_eq!(error.kind(), FailureKind::Unclear, "{error}");
    assert_eq!(*count.lock().unwrap(), 1);
    assert!(bench.exchanges()[0].error.is_some());
}

#[tokio::test]
async fn an_update_that_never_left_is_tried_again_and_clear() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let bench = Bench::of(Settings::new(&base));
    let error = bench
        .supplier
        .update_many(&[accepted("L")])
        .await
        .unwrap_err();
    assert!(matches!(error, ClientError::Unreachable { .. }), "{error}");
    assert!(error.to_string().contains(&base), "{error}");
    assert_eq!(bench.exchanges().len(), 4);
}

#[tokio::test]
async fn a_slow_update_is_unclear() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let mut settings = Settings::new(&base);
    settings.timeouts.request = Duration::from_millis(200);
    let bench = Bench::of(settings);
    let error = bench.supplier.update_one(&accepted("L")).await.unwrap_err();
    assert_eq!(error.kind(), FailureKind::Unclear, "{error}");
    drop(listener);
}

// ---------------------------------------------------------------- answers

#[tokio::test]
async fn updates_are_announced_and_typed() {
    let server = Server::start(|_, _| empty(202)).await;
    let bench = Bench::of(Settings::new(&server.base));
    let changes = [accepted("L1"), accepted("L2")];
    let updated = bench.supplier.update_many(&changes).await.unwrap();
    assert_eq!(updated.status, 202);
    let events = bench.events();
    assert!(matches!(
        &events[usize::try_from(updated.intent).unwrap()],
        Event::Intent { changes: announced, .. } if announced == &changes
    ));
    let Event::Exchange(exchange) = &events[usize::try_from(updated.exchange).unwrap()] else {
        panic!("no exchange");
    };
    assert_eq!(exchange.intent, Some(updated.intent));
    assert_eq!(exchange.scope.test.as_deref(), Some("AT4"));
    let seen = &server.all()[0];
    assert_eq!(
        seen.header("content-type"),
        Some("application/vnd.api+json")
    );
    assert!(
        seen.header("user-agent")
            .unwrap()
            .starts_with("letterproof/")
    );
    let body: Value = serde_json::from_str(&seen.body).unwrap();
    assert_eq!(
        body,
        json!({"data": [
            {"id": "L1", "type": "Letter", "attributes": {"status": "ACCEPTED"}},
            {"id": "L2", "type": "Letter", "attributes": {"status": "ACCEPTED"}},
        ]})
    );
}

#[tokio::test]
async fn a_clear_no_is_answered() {
    let server = Server::start(|_, _| {
        json_reply(400, &json!({"errors": [{"id": "x", "code": "NOTIFY_INVALID_REQUEST", "title": "Invalid request", "detail": "The request body is invalid"}]}))
    })
    .await;
    let bench = Bench::of(Settings::new(&server.base));
    let error = bench
        .supplier
        .update_one(&accepted("L9"))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (FailureKind::Answered, Some(400))
    );
    let text = error.to_string();
    assert!(
        text.contains("/letters/L9") && text.contains("The request body is invalid"),
        "{text}"
    );
    assert_eq!(server.all().len(), 1);
}

#[tokio::test]
async fn html_in_place_of_json_is_shown_without_secrets() {
    let server = Server::start(|seen, nth| match seen.path.as_str() {
        "/oauth2/token" => token(nth),
        _ => Reply::Is(
            200,
            "text/html",
            format!("<html>\n{}", seen.header("authorization").unwrap()),
        ),
    })
    .await;
    let bench = Bench::of(with_token(&server.base));
    let error = bench.supplier.list(1).await.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(
        matches!(error, ClientError::Unreadable { status: 200, .. }),
        "{text}"
    );
    assert!(
        text.contains("text/html") && text.contains("<html>") && !text.contains(TOKEN),
        "{text}"
    );
}

#[tokio::test]
async fn json_of_another_shape_is_unreadable() {
    let server = Server::start(|_, _| json_reply(200, &json!({"letters": []}))).await;
    let bench = Bench::of(Settings::new(&server.base));
    let error = bench.supplier.list(1).await.unwrap_err();
    assert!(matches!(error, ClientError::Unreadable { .. }), "{error}");
}

#[tokio::test]
async fn unknown_fields_are_noted_once() {
    let server = Server::start(|_, _| {
        let mut item = letter_item("L", "PENDING");
        item["attributes"]["colour"] = json!("red");
        json_reply(200, &json!({ "data": item }))
    })
    .await;
    let bench = Bench::of(Settings::new(&server.base));
    bench.supplier.letter("L").await.unwrap();
    bench.supplier.letter("L").await.unwrap();
    let notes: Vec<Event> = bench
        .events()
        .into_iter()
        .filter(|event| matches!(event, Event::Note { .. }))
        .collect();
    assert!(
        matches!(&notes[..], [Event::Note { text, .. }] if text.contains("GET /letters/{id}") && text.contains("data.attributes.colour")),
        "{notes:?}"
    );
}

#[tokio::test]
async fn calls_can_be_made_from_any_thread() {
    let server = Server::start(|_, _| empty(503)).await;
    let supplier = Bench::of(Settings::new(&server.base)).supplier;
    let call = tokio::spawn(async move { supplier.download("L").await });
    assert!(call.await.unwrap().is_err());
}

#[tokio::test]
async fn a_redirect_of_the_api_is_not_followed() {
    let server = Server::start(|_, _| Reply::Redirect(302, "/elsewhere".into())).await;
    let bench = Bench::of(with_token(&server.base));
    assert!(bench.supplier.list(1).await.is_err());
    assert!(server.to("/elsewhere").is_empty());
}

#[tokio::test]
async fn an_empty_id_never_becomes_a_list() {
    let server = Server::start(|_, _| empty(200)).await;
    let bench = Bench::of(Settings::new(&server.base));
    for id in ["", ".", ".."] {
        let error = bench.supplier.letter(id).await.unwrap_err();
        assert!(matches!(error, ClientError::BadId { .. }), "{error}");
    }
    assert!(server.all().is_empty());
}

#[tokio::test]
async fn status_has_a_key_of_its_own_and_ping_none() {
    let server = Server::start(|seen, nth| match seen.path.as_str() {
        "/oauth2/token" => token(nth),
        _ => empty(200),
    })
    .await;
    let mut settings = with_token(&server.base);
    settings.endpoint.status_api_key = Some(SecretString::from(STATUS_KEY));
    let bench = Bench::of(settings);
    bench.supplier.status().await.unwrap();
    bench.supplier.ping().await.unwrap();
    let (status, ping) = (&server.to("/_status")[0], &server.to("/_ping")[0]);
    assert_eq!(status.header("apikey"), Some(STATUS_KEY));
    assert!(
        [status, ping]
            .iter()
            .all(|seen| seen.header("authorization").is_none())
    );
    assert!(server.to("/oauth2").is_empty());

    let bench = Bench::of(with_token(&server.base));
    assert!(!bench.supplier.may_ask_for_status());
    bench.supplier.status().await.unwrap();
    let bare = &server.to("/_status")[1];
    assert!(bare.header("authorization").is_none() && bare.header("apikey").is_none());
    assert!(server.to("/oauth2").is_empty());
    assert!(
        Bench::of(Settings::new(&server.base))
            .supplier
            .may_ask_for_status()
    );
}

fn some_facts() -> MiFacts {
    MiFacts {
        date: "2026-11-21".to_owned(),
        specification_id: "specification".to_owned(),
        group_id: "group".to_owned(),
        line_item: "envelope".to_owned(),
        quantity: 1,
        letters: vec!["L".to_owned()],
    }
}

fn some_mi() -> Mi {
    Mi {
        line_item: "envelope-business-standard".into(),
        timestamp: "2026-11-21T14:30:00Z".into(),
        quantity: 22u64.into(),
        specification_id: None,
        group_id: None,
        stock_remaining: None,
    }
}

#[tokio::test]
async fn mi_goes_and_comes_back() {
    let server = Server::start(|seen, _| {
        let body: Value = serde_json::from_str(&seen.body).unwrap_or_else(
            |_| json!({"data": {"type": "ManagementInformation", "attributes": some_mi()}}),
        );
        let mut body = body;
        body["data"]["id"] = json!("mi-1");
        json_reply(if seen.method == "POST" { 201 } else { 200 }, &body)
    })
    .await;
    let bench = Bench::of(Settings::new(&server.base));
    let taken = bench
        .supplier
        .submit_mi(&some_mi(), &some_facts())
        .await
        .unwrap();
    assert_eq!((taken.id.as_str(), taken.status), ("mi-1", 201));
    assert_eq!(bench.supplier.read_mi("mi-1").await.unwrap().mi, some_mi());
}

// ---------------------------------------------------------------- downloads

const PDF: &str = "%PDF-1.7 a letter to someone";
const SIGNED: &str = "X-Amz-Credential=AKIAEXAMPLE%2F20261122&X-Amz-Signature=5ca1ab1e5ca1ab1e";

fn storage(seen: &Seen, nth: usize, stored: impl Fn(usize) -> Reply) -> Reply {
    let host = seen.header("host").unwrap();
    match seen.path.as_str() {
        "/oauth2/token" => token(nth),
        "/letters/L/data" => Reply::Redirect(303, format!("http://{host}/bucket/L.pdf?{SIGNED}")),
        _ if seen.header("authorization").is_some() => Reply::Is(
            400,
            "application/xml",
            "<Code>InvalidArgument</Code>".into(),
        ),
        _ => stored(nth),
    }
}

fn xml(status: u16, code: &str, message: &str) -> Reply {
    let body = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    Reply::Is(status, "application/xml", body)
}

#[tokio::test]
async fn a_download_leaves_the_token_behind() {
    let server = Server::start(|seen, nth| {
        storage(seen, nth, |_| Reply::Is(200, "application/pdf", PDF.into()))
    })
    .await;
    let bench = Bench::of(with_token(&server.base));
    let Download::Document(document) = bench.supplier.download("L").await.unwrap() else {
        panic!("no document");
    };
    assert_eq!(document.bytes, PDF.as_bytes());
    assert_eq!(document.sha256, sha256_hex(PDF.as_bytes()));
    assert_eq!(document.size, PDF.len() as u64);
    let stored = &server.to("/bucket")[0];
    assert!(stored.path.contains("X-Amz-Signature=5ca1ab1e5ca1ab1e"));
    assert!(stored.header("authorization").is_none() && stored.header("x-request-id").is_none());
    let recorded = &bench.exchanges_of("/bucket/L.pdf")[0];
    let body = recorded.response.as_ref().unwrap().body.as_ref().unwrap();
    assert!(body.withheld && body.sha256 == document.sha256);
    assert!(document.redirect < document.exchange);
    let written = bench.everything_written();
    assert!(
        !written.contains("5ca1ab1e5ca1ab1e")
            && !written.contains("AKIAEXAMPLE")
            && !written.contains("a letter to")
    );
}

#[tokio::test]
async fn a_pdf_is_kept_where_all_are() {
    let server = Server::start(|seen, nth| {
        storage(seen, nth, |_| Reply::Is(200, "application/pdf", PDF.into()))
    })
    .await;
    let mut settings = with_token(&server.base);
    settings.keep_pdfs = Policy::All;
    let bench = Bench::of(settings);
    bench.supplier.download("L").await.unwrap();
    assert!(bench.everything_written().contains("a letter to"));
}

#[tokio::test]
async fn an_expired_link_is_asked_for_again() {
    let expired = || xml(403, "AccessDenied", "Request has expired");
    let server = Server::start(move |seen, nth| {
        storage(seen, nth, |nth| match nth {
            0 | 1 => expired(),
            _ => Reply::Is(200, "application/pdf", PDF.into()),
        })
    })
    .await;
    let bench = Bench::of(with_token(&server.base));
    assert!(matches!(
        bench.supplier.download("L").await,
        Ok(Download::Document(_))
    ));
    assert_eq!(server.to("/letters/L/data").len(), 3);

    let server = Server::start(move |seen, nth| storage(seen, nth, |_| expired())).await;
    let bench = Bench::of(with_token(&server.base));
    let error = bench.supplier.download("L").await.unwrap_err();
    assert!(
        matches!(error, ClientError::LinkExpired { asked: 3, .. }),
        "{error}"
    );
    assert_eq!(server.to("/bucket").len(), 3);
}

#[tokio::test]
async fn a_letter_without_pdf_is_missing() {
    let server = Server::start(|seen, nth| {
        storage(seen, nth, |_| {
            xml(404, "NoSuchKey", "The specified key does not exist.")
        })
    })
    .await;
    let bench = Bench::of(with_token(&server.base));
    let missing = bench.supplier.download("L").await.unwrap();
    assert!(matches!(missing, Download::Missing { redirect, exchange } if redirect < exchange));
}

#[tokio::test]
async fn a_storage_that_fails_does_not_show_the_signature() {
    let server = Server::start(|seen, nth| {
        storage(seen, nth, |_| {
            xml(
                403,
                "SignatureDoesNotMatch",
                "SignatureProvided 5ca1ab1e5ca1ab1e",
            )
        })
    })
    .await;
    let bench = Bench::of(with_token(&server.base));
    let error = bench.supplier.download("L").await.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(
        !text.contains("5ca1ab1e") && text.contains("/bucket/L.pdf"),
        "{text}"
    );

    let server = Server::start(|seen, nth| storage(seen, nth, |_| Reply::Torn)).await;
    let bench = Bench::of(with_token(&server.base));
    let error = bench.supplier.download("L").await.unwrap_err();
    assert!(
        !format!("{error} {error:?}").contains("5ca1ab1e"),
        "{error}"
    );
}

/// Downloads letter L of a service whose link leads to `link`, where HOST is the service itself.
async fn follow(link: &'static str, hosts: Option<Hosts>) -> (Server, Bench, ClientError) {
    let server = Server::start(move |seen, _| match seen.path.as_str() {
        "/letters/L/data" => {
            let host = seen.header("host").unwrap();
            Reply::Redirect(303, format!("{}?{SIGNED}", link.replace("HOST", host)))
        }
        _ => Reply::Is(200, "application/pdf", PDF.into()),
    })
    .await;
    let mut settings = Settings::new(&server.base);
    settings.endpoint.hosts = hosts.unwrap_or(settings.endpoint.hosts);
    let bench = Bench::of(settings);
    let error = bench.supplier.download("L").await.unwrap_err();
    (server, bench, error)
}

#[tokio::test]
async fn a_link_with_a_password_is_neither_followed_nor_written() {
    let (server, bench, error) = follow("http://user:pa55word@HOST/bucket/L.pdf", None).await;
    let ClientError::ForbiddenLink(link) = &error else {
        panic!("{error}");
    };
    assert_eq!(
        (link.letter.as_str(), &link.reason),
        ("L", &Forbidden::User)
    );
    assert!(server.to("/bucket").is_empty());
    let told = format!("{error} {error:?} {}", bench.everything_written());
    assert!(
        !told.contains("pa55word") && !told.contains("5ca1ab1e"),
        "{told}"
    );
    assert!(error.to_string().contains("letter L"), "{error}");
}

#[tokio::test]
async fn a_link_into_a_private_network_or_to_production_is_not_followed() {
    let production = Host::named("api.service.nhs.uk").unwrap();
    let hosts = Hosts {
        never: [production.clone()].into(),
        ..Hosts::default()
    };
    for link in [
        "https://10.0.0.8/L.pdf",
        "https://169.254.169.254/x",
        "https://[fe80::1]/x",
    ] {
        let (_, bench, error) = follow(link, None).await;
        let private = |error: &ClientError| {
            matches!(
                error,
                ClientError::ForbiddenLink(link) if matches!(link.reason, Forbidden::Private(_))
            )
        };
        assert!(private(&error), "{error}");
        assert_eq!(bench.exchanges().len(), 1, "{link}");
    }
    let (_, bench, error) = follow("https://API.service.nhs.uk./letters", Some(hosts)).await;
    assert!(
        matches!(&error, ClientError::ForbiddenLink(link) if link.reason == Forbidden::Production(production.clone())),
        "{error}"
    );
    assert_eq!(bench.exchanges().len(), 1);
}

#[tokio::test]
async fn with_storage_hosts_a_link_leads_to_one_of_them() {
    let named = |name: &str| Hosts {
        storage: Some(Host::named(name).into_iter().collect()),
        ..Hosts::default()
    };
    let hosts = Some(named("files.example"));
    let (server, _, error) = follow("http://HOST/bucket/L.pdf", hosts).await;
    assert!(
        matches!(
            &error,
            ClientError::ForbiddenLink(link) if matches!(link.reason, Forbidden::NotAStorage(_))
        ),
        "{error}"
    );
    assert!(server.to("/bucket").is_empty());

    let server = Server::start(|seen, nth| {
        storage(seen, nth, |_| Reply::Is(200, "application/pdf", PDF.into()))
    })
    .await;
    let mut settings = with_token(&server.base);
    settings.endpoint.hosts = named("127.0.0.1");
    let fetched = Bench::of(settings).supplier.download("L").await.unwrap();
    assert!(matches!(fetched, Download::Document(_)));
}

#[tokio::test]
async fn redirects_of_storage_and_token_endpoint_are_not_followed() {
    let server = Server::start(|seen, nth| {
        storage(seen, nth, |_| Reply::Redirect(302, "/elsewhere".into()))
    })
    .await;
    let bench = Bench::of(with_token(&server.base));
    let error = bench.supplier.download("L").await.unwrap_err();
    assert!(
        error.to_string().contains("no redirect is followed"),
        "{error}"
    );
    assert!(server.to("/elsewhere").is_empty());

    let server = Server::start(|_, _| Reply::Redirect(307, "/elsewhere".into())).await;
    let bench = Bench::of(with_token(&server.base));
    assert!(bench.supplier.list(1).await.is_err());
    assert!(server.to("/elsewhere").is_empty() && server.to("/letters").is_empty());
}

#[tokio::test]
async fn hosts_that_nobody_named_are_found_before_anything_is_sent() {
    let (_folder, journal) = journal();
    let mut settings = with_token("http://127.0.0.1:1");
    settings.endpoint.credentials.as_mut().unwrap().token_url = "https://other.example/t".into();
    let error = Supplier::new(settings.clone(), journal.clone()).unwrap_err();
    assert!(
        matches!(&error, SettingsError::ForbiddenHost { .. }),
        "{error}"
    );
    settings
        .endpoint
        .hosts
        .api
        .extend(Host::named("other.example."));
    assert!(Supplier::new(settings, journal.clone()).is_ok());

    let mut settings = Settings::new("https://api.example./x");
    settings
        .endpoint
        .hosts
        .never
        .extend(Host::named("API.example"));
    let error = Supplier::new(settings, journal).unwrap_err();
    let production = |reason: &Forbidden| matches!(reason, Forbidden::Production(_));
    assert!(
        matches!(&error, SettingsError::ForbiddenHost { reason, .. } if production(reason)),
        "{error}"
    );
}

// ---------------------------------------------------------------- secrets and pace

#[tokio::test]
async fn plain_http_leaves_this_machine_for_nobody() {
    let (_folder, journal) = journal();
    let error = Supplier::new(Settings::new("http://192.0.2.1/api"), journal.clone()).unwrap_err();
    assert!(matches!(&error, SettingsError::PlainHttp { url } if url == "http://192.0.2.1/api"));
    let mut settings = with_token("http://127.0.0.1:1");
    settings.endpoint.credentials.as_mut().unwrap().token_url = "http://192.0.2.1/token".into();
    assert!(matches!(
        Supplier::new(settings, journal),
        Err(SettingsError::PlainHttp { .. })
    ));

    let server =
        Server::start(|_, _| Reply::Redirect(303, format!("http://192.0.2.1/x?{SIGNED}"))).await;
    let bench = Bench::of(Settings::new(&server.base));
    let error = bench.supplier.download("L").await.unwrap_err();
    assert!(
        matches!(
            &error,
            ClientError::ForbiddenLink(link) if matches!(link.reason, Forbidden::NotEncrypted)
        ),
        "{error}"
    );
    assert!(!error.to_string().contains("5ca1ab1e"), "{error}");
}

#[tokio::test]
async fn a_key_that_cannot_sign_is_found_before_anything_is_sent() {
    let (_folder, journal) = journal();
    let mut settings = with_token("http://127.0.0.1:1");
    let bad = "-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5IGF0IGFsbA==\n-----END PRIVATE KEY-----";
    settings.endpoint.credentials.as_mut().unwrap().private_key = SecretString::from(bad);
    let error = Supplier::new(settings, journal).unwrap_err();
    assert!(matches!(error, SettingsError::PrivateKey { .. }), "{error}");
    assert!(!format!("{error} {error:?}").contains("bm90IGEga2V5"));
}

/// The server gives every secret back in every spelling, in bodies and headers, with every
/// kind of answer.
#[tokio::test]
async fn no_secret_is_written_or_shown() {
    let server = Server::start(|seen, nth| {
        let echo = echoes(&seen.headers, &seen.body);
        match (seen.path.as_str(), nth) {
            ("/oauth2/token", 0) => Reply::Is(503, "text/plain", echo),
            ("/oauth2/token", _) => token(nth),
            ("/_status", _) => Reply::Is(400, "text/plain", echo),
            ("/letters?limit=1", _) => Reply::Is(200, "text/html", echo),
            ("/letters", _) => Reply::Is(
                500,
                "application/json",
                json!({ "message": echo }).to_string(),
            ),
            ("/letters/old", 0) => json_reply(401, &json!({ "message": echo })),
            _ => json_reply(400, &json!({"errors": [{"detail": echo}]})),
        }
    })
    .await;
    let mut settings = with_token(&server.base);
    settings.endpoint.status_api_key = Some(SecretString::from(STATUS_KEY));
    let shown_settings = format!("{settings:?}");
    let bench = Bench::of(settings);
    let supplier = &bench.supplier;
    let errors = [
        supplier.status().await.unwrap_err(),
        supplier.list(1).await.unwrap_err(),
        supplier.update_many(&[accepted("L")]).await.unwrap_err(),
        supplier.letter("old").await.unwrap_err(),
        supplier.letter("new").await.unwrap_err(),
    ];
    let mut shown = format!("{shown_settings} {supplier:?} {:?}", bench.waits());
    for error in &errors {
        shown.push_str(&format!("{error} {error:?} {error:#?}"));
    }
    let written = bench.everything_written();
    assert!(written.contains("‹redacted:") && shown.contains("‹redacted:"));
    for secret in secrets(&server) {
        for spelled in spellings(&secret) {
            assert!(!written.contains(&spelled), "written: {spelled}");
            assert!(!shown.contains(&spelled), "shown: {spelled}");
        }
    }
}

fn echoes(headers: &HashMap<String, String>, body: &str) -> String {
    let pass = headers
        .get("authorization")
        .or_else(|| headers.get("apikey"));
    let pass = pass.map_or("", |value| value.trim_start_matches("Bearer "));
    let mut texts = spellings(pass);
    texts.extend(spellings(API_KEY));
    texts.extend(body.split("client_assertion=").nth(1).map(str::to_owned));
    texts.join(" ")
}

fn spellings(secret: &str) -> Vec<String> {
    vec![
        secret.to_owned(),
        STANDARD_NO_PAD.encode(secret),
        URL_SAFE_NO_PAD.encode(secret),
        utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
    ]
}

fn secrets(server: &Server) -> Vec<String> {
    let mut secrets = vec![API_KEY.to_owned(), STATUS_KEY.to_owned()];
    secrets.extend((1..3).map(|nth| format!("{TOKEN}{nth}")));
    secrets.push(KEY.pem.lines().nth(3).unwrap().to_owned());
    for fetch in server.to("/oauth2/token") {
        secrets.push(fetch.body.rsplit('=').next().unwrap().to_owned());
    }
    secrets
}

#[tokio::test]
async fn calls_at_once_keep_the_pace() {
    let server = Server::start(|_, _| letter_reply("L")).await;
    let mut settings = Settings::new(&server.base);
    settings.requests_per_second = 100;
    let bench = Bench::of(settings);
    let start = Instant::now();
    let looks = join_all((0..70).map(|_| bench.supplier.letter("L"))).await;
    assert!(looks.iter().all(Result::is_ok));
    assert!(start.elapsed() >= Duration::from_millis(690));
}

#[tokio::test]
async fn the_storage_does_not_count_against_the_quota() {
    let server = Server::start(|seen, nth| {
        storage(seen, nth, |_| Reply::Is(200, "application/pdf", PDF.into()))
    })
    .await;
    let mut settings = with_token(&server.base);
    settings.requests_per_second = 1;
    let bench = Bench::of(settings);
    bench.supplier.download("L").await.unwrap();
    let (asked, fetched) = (&server.to("/letters")[0], &server.to("/bucket")[0]);
    assert!(fetched.at - asked.at < Duration::from_millis(900));
}
