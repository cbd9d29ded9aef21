//! Answers of the API, the token endpoint and the storage, read by the real client.
//!
//! The first byte of the input is the call. Behind it, parted by `0xff`, stand answers as they go
//! over the wire, one for each request. What stands in `{{…}}` is put in by the server: secrets of
//! the client in several spellings, the server's own address, and more than is read: `{{MANY}}`
//! empty objects, a `{{LONG}}` text.

use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use futures::future::BoxFuture;
use letterproof::audit::{Known, verify_run};
use letterproof::client::{Credentials, Mi, Settings, Supplier, Timeouts};
use letterproof::evidence::{Journal, Reader, Redactor, RunDir};
use letterproof::model::{Change, Event, MiFacts, Scope, Status};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::input::parts;
use super::run::introduction;

const API_KEY: &str = "k3y-of-the/application+1";
const TOKEN: &str = "opaque+token/number=7890";

/// What is asked for.
const CALLS: [&str; 8] = [
    "list", "letter", "update", "updates", "mi", "read mi", "token", "download",
];

/// An answer of 100,000 JSON values holds fewer letters.
const MOST_LETTERS: usize = 50_000;

/// No call writes more: answers end at 10 MiB, and a list's facts take less than the list.
const LARGEST_JOURNAL: u64 = 32 * 1024 * 1024;

/// Longer than any call takes whose waits are left out.
const PATIENCE: Duration = Duration::from_secs(60);

pub fn try_on(data: &[u8]) {
    let Some((call, rest)) = data.split_first() else {
        return;
    };
    let call = CALLS[usize::from(*call) % CALLS.len()];
    if call == "download" && leads_away(rest) {
        return;
    }
    let answers = parts(rest).into_iter().map(<[u8]>::to_vec).collect();
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().unwrap();
    runtime.block_on(async {
        let ended = tokio::time::timeout(PATIENCE, converse(call, answers)).await;
        ended.expect("a call that ends");
    });
}

/// True if a link could lead to another machine, where nothing of a test may go. The client
/// follows plain HTTP to this machine alone.
fn leads_away(answers: &[u8]) -> bool {
    // Parsers of URLs pass these over.
    let seen = |byte: &u8| !matches!(byte, b'\t' | b'\r' | b'\n');
    let plain: Vec<u8> = answers.iter().filter(|byte| seen(byte)).copied().collect();
    let plain = plain.to_ascii_lowercase();
    plain.windows(6).any(|part| part == b"https:")
}

async fn converse(call: &'static str, answers: Vec<Vec<u8>>) {
    let folder = tempfile::tempdir().unwrap();
    let dir = RunDir::create(folder.path(), &"the-run".parse().unwrap()).unwrap();
    let journal = Journal::create(dir.clone(), Redactor::default()).unwrap();
    let whole = answers.concat();
    let server = Server::start(call, answers).await;
    let introduced = introduction("a supplier", &server.base);
    journal.append(&introduced).unwrap();
    let supplier = client(&server.base, journal.clone());
    let told = ask(&supplier, call).await;
    journal.sync().unwrap();
    drop(supplier);
    let secrets = server.secrets(call, &whole, told.is_ok());
    hold(&dir, &server.seen(), &secrets, &format!("{told:?}"));
}

/// A client that waits for nothing.
fn client(base: &str, journal: Journal) -> Supplier {
    let mut settings = Settings::new(base);
    settings.requests_per_second = 0;
    settings.timeouts = Timeouts {
        connect: Duration::from_secs(5),
        request: Duration::from_secs(5),
        download: Duration::from_secs(5),
        ..Timeouts::default()
    };
    settings.endpoint.credentials = Some(Credentials {
        token_url: format!("{base}/oauth2/token"),
        api_key: SecretString::from(API_KEY),
        private_key: SecretString::from(PEM.clone()),
        kid: "kid-1".into(),
    });
    let at_once =
        |_: &str, _: Duration| -> BoxFuture<'static, ()> { Box::pin(tokio::task::yield_now()) };
    let supplier = Supplier::new(settings, journal).unwrap();
    supplier
        .with_waits(Arc::new(at_once))
        .scoped(Scope::of("AT4", "here:1"))
}

static PEM: LazyLock<String> = LazyLock::new(|| {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let text = STANDARD.encode(der.as_ref());
    format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n")
});

/// Makes the call; what came of it as a person would read it.
async fn ask(supplier: &Supplier, call: &str) -> Result<String, String> {
    let change = Change::to("L1", Status::Accepted);
    let facts = MiFacts {
        date: "2026-11-21".into(),
        specification_id: "s".into(),
        group_id: "g".into(),
        line_item: "i".into(),
        quantity: 1,
        letters: vec!["L1".into()],
    };
    let told = match call {
        "list" => supplier.list(1).await.map(|one| format!("{one:?}")),
        "letter" => supplier.letter("L1").await.map(|one| format!("{one:?}")),
        "update" => supplier
            .update_one(&change)
            .await
            .map(|one| format!("{one:?}")),
        "updates" => supplier
            .update_many(&[change])
            .await
            .map(|one| format!("{one:?}")),
        "mi" => {
            let taken = supplier.submit_mi(&Mi::from(&facts), &facts).await;
            taken.map(|one| format!("{one:?}"))
        }
        "read mi" => supplier.read_mi("m1").await.map(|one| format!("{one:?}")),
        "token" => supplier.authenticate().await.map(|one| format!("{one:?}")),
        _ => supplier.download("L1").await.map(|one| format!("{one:?}")),
    };
    told.map_err(|error| format!("{error} {error:?}"))
}

/// The journal holds, tells of every request that the server saw, and of no secret.
fn hold(dir: &RunDir, seen: &[String], secrets: &[String], told: &str) {
    let lines: Vec<_> = Reader::open(&dir.journal()).unwrap().collect();
    let exchange = |line| match line {
        Event::Exchange(exchange) => Some(*exchange),
        _ => None,
    };
    let listed = |event: &Event| match event {
        Event::LettersListed { letters, .. } => letters.len(),
        _ => 0,
    };
    assert!(
        lines
            .iter()
            .flatten()
            .all(|read| listed(&read.line.event) <= MOST_LETTERS),
        "more letters than are read"
    );
    assert!(
        fs::metadata(dir.journal()).unwrap().len() < LARGEST_JOURNAL,
        "an answer makes the journal grow without bound"
    );
    let events = lines
        .into_iter()
        .map(|line| line.expect("a line that holds").line.event);
    let exchanges: Vec<_> = events.filter_map(exchange).collect();
    assert!(
        exchanges.len() >= seen.len(),
        "a request is not in the journal"
    );
    for id in seen.iter().filter(|id| !id.is_empty()) {
        let sent = exchanges
            .iter()
            .filter(|one| one.request_id.as_ref() == Some(id));
        assert_eq!(sent.count(), 1, "the request {id}");
    }
    let audit = verify_run(dir, &Known::default()).unwrap();
    assert_eq!(audit.findings, Vec::new(), "the run does not verify");
    let mut written = told.as_bytes().to_vec();
    read_all(dir.path(), &mut written);
    for secret in secrets {
        let place = memchr::memmem::find(&written, secret.as_bytes());
        assert_eq!(place, None, "{secret} was written or told");
    }
}

fn read_all(folder: &Path, written: &mut Vec<u8>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => read_all(&path, written),
            false => written.extend(fs::read(path).unwrap()),
        }
    }
}

fn each(text: &str, spell: impl Fn(char) -> String) -> String {
    text.chars().map(spell).collect()
}

/// Spellings of `secret` that an answer may repeat.
fn spellings(name: &str, secret: &str) -> Vec<(String, String)> {
    let url = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let spelled = [
        ("", secret.to_owned()),
        (":64", STANDARD.encode(secret)),
        (":64u", URL_SAFE_NO_PAD.encode(secret)),
        // Behind one and two other bytes, as in `user:secret`.
        (":64+1", STANDARD.encode(format!("u{secret}"))),
        (":64+2", STANDARD.encode(format!("u:{secret}"))),
        (":url", url),
        (":u", each(secret, |c| format!("\\u{:04x}", u32::from(c)))),
        (":html", each(secret, |c| format!("&#{};", u32::from(c)))),
        (
            ":url2",
            each(secret, |c| format!("%25{:02X}", u32::from(c))),
        ),
        (":hex", each(secret, |c| format!("{:02x}", u32::from(c)))),
        (":back", secret.chars().rev().collect()),
        // As .NET and PHP's kin write it.
        (
            ":lower",
            secret
                .replace('+', "%2b")
                .replace('/', "%2f")
                .replace('=', "%3d"),
        ),
    ];
    let placed = |(kind, text): (&str, String)| (format!("{{{{{name}{kind}}}}}"), text);
    spelled.into_iter().map(placed).collect()
}

/// A server that answers as scripted.
struct Server {
    base: String,
    script: Arc<Mutex<Script>>,
}

#[derive(Default)]
struct Script {
    answers: std::collections::VecDeque<Vec<u8>>,
    /// The token endpoint is the one that answers as scripted.
    of_token: bool,
    /// The `X-Request-ID` of each whole request; nothing where it had none.
    seen: Vec<String>,
    assertions: Vec<String>,
}

impl Server {
    async fn start(call: &str, answers: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let script = Arc::new(Mutex::new(Script {
            answers: answers.into(),
            of_token: call == "token",
            ..Script::default()
        }));
        let (shared, address) = (script.clone(), base.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, shared.clone(), address.clone()));
            }
        });
        Self { base, script }
    }

    fn seen(&self) -> Vec<String> {
        self.script.lock().unwrap().seen.clone()
    }

    /// What may stand nowhere. The token is a secret once the client knows it: from an answer that
    /// is none of the endpoint's, nobody could tell that it was one.
    fn secrets(&self, call: &str, answers: &[u8], succeeded: bool) -> Vec<String> {
        let mut secrets: Vec<String> = self.script.lock().unwrap().assertions.clone();
        secrets.push(PEM.lines().nth(1).unwrap().to_owned());
        let issued = b"\"access_token\":\"{{TOKEN}}\"";
        let once = memchr::memmem::find_iter(answers, b"access_token").count() == 1;
        let is_issued = memchr::memmem::find(answers, issued).is_some() && once && succeeded;
        let known = [
            ("KEY", API_KEY, true),
            ("TOKEN", TOKEN, call != "token" || is_issued),
        ];
        for (name, secret, _) in known.into_iter().filter(|(.., known)| *known) {
            // The ends of base64 depend on what stands beside it.
            let cores = spellings(name, secret).into_iter().map(|(_, text)| {
                let end = text.len() - 4;
                text[4..end].to_owned()
            });
            secrets.extend(cores);
        }
        secrets
    }
}

async fn serve(mut stream: TcpStream, script: Arc<Mutex<Script>>, base: String) {
    let Some((head, body)) = request(&mut stream).await else {
        return;
    };
    let answer = answer(&script, &head, &body, &base);
    drop(stream.write_all(&answer).await);
    drop(stream.shutdown().await);
    // What the client still sends must not reset what it has not read yet.
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await.is_ok_and(|read| read > 0) {}
}

/// Head and body of the request, if it comes whole.
async fn request(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = header(head, "content-length").parse().unwrap_or(0);
            if body.len() >= length {
                return Some((head.to_owned(), body.to_owned()));
            }
        }
        let mut part = [0; 4096];
        match stream.read(&mut part).await.ok()? {
            0 => return None,
            read => bytes.extend_from_slice(&part[..read]),
        }
    }
}

fn header(head: &str, wanted: &str) -> String {
    let mut pairs = head.lines().filter_map(|line| line.split_once(':'));
    let found = pairs.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    found.map_or(String::new(), |(_, value)| value.trim().to_owned())
}

fn answer(script: &Mutex<Script>, head: &str, body: &str, base: &str) -> Vec<u8> {
    let mut script = script.lock().unwrap();
    script.seen.push(header(head, "x-request-id"));
    let is_token = head.starts_with("POST /oauth2/token");
    if let Some((_, assertion)) = body.split_once("client_assertion=").filter(|_| is_token) {
        script.assertions.push(assertion.to_owned());
    }
    if is_token && !script.of_token {
        let body = format!(r#"{{"access_token":"{TOKEN}","expires_in":"599"}}"#);
        let length = body.len();
        return format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}").into();
    }
    let answer = script.answers.pop_front().unwrap_or_default();
    let assertion = script.assertions.last().cloned().unwrap_or_default();
    filled_in(answer, base, &assertion)
}

fn filled_in(mut answer: Vec<u8>, base: &str, assertion: &str) -> Vec<u8> {
    let mut known = spellings("KEY", API_KEY);
    known.extend(spellings("TOKEN", TOKEN));
    known.push(("{{BASE}}".to_owned(), base.to_owned()));
    known.push(("{{MANY}}".to_owned(), "{},".repeat(60_000)));
    known.push(("{{LONG}}".to_owned(), "long".repeat(2_700_000)));
    known.push(("{{ASSERTION}}".to_owned(), assertion.to_owned()));
    known.push(("{{2MB}}".to_owned(), "x".repeat(2_000_000)));
    for (name, value) in known {
        while let Some(at) = memchr::memmem::find(&answer, name.as_bytes()) {
            let rest = &answer[at + name.len()..];
            answer = [&answer[..at], value.as_bytes(), rest].concat();
        }
    }
    answer
}
