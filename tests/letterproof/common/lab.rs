//! A simulator in the test's process, with a proxy before it that may lie.

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use letterproof::simulator::{Credentials, Options, Simulator};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::{Desk, Ended, RUN};

/// Letters that the simulator is seeded with, and that its configuration expects.
pub const LETTERS: usize = 12;

/// Letters that AT4 accepts.
pub const ACCEPTED: usize = 4;

/// How long a list hides its letters: shorter than a configuration can say it.
const LEASE: Duration = Duration::from_millis(500);

/// A request on its way to the simulator.
pub struct Passing {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// 1 for the first request of this method and path.
    pub count: usize,
}

/// An answer on its way back.
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Breaks the connection in the middle of the body.
    pub cut: bool,
}

/// May change a request, or answer it in the simulator's place.
pub type OnRequest = dyn Fn(&mut Passing) -> Option<Reply> + Send + Sync;

/// May change an answer.
pub type OnReply = dyn Fn(&Passing, &mut Reply) + Send + Sync;

/// A simulator, the proxy before it, and a desk whose target `local` is the proxy.
pub struct Lab {
    pub desk: Desk,
    pub simulator: Simulator,
    pub runtime: Runtime,
    pub base_url: String,
    pub token_url: String,
}

impl Passing {
    /// True for this method and path.
    pub fn is(&self, method: &str, path: &str) -> bool {
        self.method == method && self.path == path
    }

    /// True for a GET of one letter.
    pub fn is_read(&self) -> bool {
        self.method == "GET" && self.path.starts_with("/letters/")
    }

    /// True for anything but a token.
    pub fn is_api(&self) -> bool {
        self.path != "/oauth2/token"
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Reply {
    /// An answer with a body of that content type.
    pub fn of(status: u16, content_type: &str, body: &str) -> Self {
        Self {
            status,
            headers: vec![("content-type".into(), content_type.into())],
            body: body.into(),
            cut: false,
        }
    }

    /// An answer in JSON.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::of(status, "application/json", &body.to_string())
    }

    /// Changes the body of a successful JSON answer.
    pub fn change(&mut self, change: impl FnOnce(&mut Value)) {
        if (200..300).contains(&self.status)
            && let Ok(mut body) = serde_json::from_slice(&self.body)
        {
            change(&mut body);
            self.body = body.to_string().into_bytes();
        }
    }
}

impl Lab {
    /// A lab whose proxy passes everything on unchanged.
    pub fn honest() -> Self {
        Self::lying(|_| None, |_, _| {})
    }

    /// A lab whose proxy changes or answers requests.
    pub fn answering(
        on_request: impl Fn(&mut Passing) -> Option<Reply> + Send + Sync + 'static,
    ) -> Self {
        Self::lying(on_request, |_, _| {})
    }

    /// A lab whose proxy changes answers.
    pub fn changing(on_reply: impl Fn(&Passing, &mut Reply) + Send + Sync + 'static) -> Self {
        Self::lying(|_| None, on_reply)
    }

    /// A lab whose proxy does both.
    pub fn lying(
        on_request: impl Fn(&mut Passing) -> Option<Reply> + Send + Sync + 'static,
        on_reply: impl Fn(&Passing, &mut Reply) + Send + Sync + 'static,
    ) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let simulator = runtime.block_on(Simulator::start(options())).unwrap();
        let proxy = Proxy {
            target: simulator.base_url().to_owned(),
            token_url: simulator.token_url().to_owned(),
            private_key: simulator.credentials(0).private_key_pem,
            client: client(),
            counts: Mutex::default(),
            on_request: Box::new(on_request),
            on_reply: Box::new(on_reply),
        };
        let base_url = runtime.block_on(serve(Arc::new(proxy)));
        let lab = Self {
            desk: Desk::new(),
            token_url: format!("{base_url}/oauth2/token"),
            base_url,
            simulator,
            runtime,
        };
        lab.configure(&lab.simulator.credentials(0));
        lab
    }

    /// Writes the configuration for this lab with `credentials`.
    pub fn configure(&self, credentials: &Credentials) {
        let desk = &self.desk;
        write_secret(&desk.path("api-key"), &credentials.api_key);
        write_secret(&desk.path("private-key.pem"), &credentials.private_key_pem);
        write_secret(&desk.path("status-key"), self.simulator.status_api_key());
        desk.configure(&configuration(
            &self.base_url,
            &self.token_url,
            &credentials.kid,
        ));
        desk.know_status_key();
    }

    /// Runs the acceptance tests `only` as [`RUN`].
    pub fn run(&self, only: &str) -> Ended {
        let lease = humantime::format_duration(LEASE).to_string();
        let flags = ["run", "--run-id", RUN, "--visibility-timeout", &lease];
        self.desk.call(&[&flags[..], &["--only", only]].concat())
    }

    /// The journal of [`RUN`].
    pub fn journal(&self) -> Vec<Value> {
        super::journal(&self.desk.run_dir(RUN))
    }
}

/// The configuration of a simulator elsewhere; its key files lie beside it.
pub fn configuration(base_url: &str, token_url: &str, kid: &str) -> String {
    format!(
        "[target.local]\nkind = \"local\"\nbase_url = \"{base_url}\"\ntoken_url = \"{token_url}\"\n\
         api_key_file = \"api-key\"\nprivate_key = \"private-key.pem\"\nkid = \"{kid}\"\n\
         visibility_timeout_s = 1\nsettle_timeout_s = 1\nexpected_letters = {LETTERS}\n\
         [sizes]\nat4 = {ACCEPTED}\n"
    )
}

/// Writes a file that only its owner can read.
pub fn write_secret(path: &Path, secret: &str) {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(path).unwrap();
    file.write_all(secret.as_bytes()).unwrap();
}

/// A letter as a list shows it.
pub fn listed_letter(id: &str, status: &str) -> Value {
    json!({
        "id": id,
        "type": "Letter",
        "attributes": { "status": status, "specificationId": "s", "groupId": "g" },
    })
}

fn options() -> Options {
    Options {
        addr: ([127, 0, 0, 1], 0).into(),
        letters: LETTERS,
        visibility_timeout: LEASE,
        settle: Duration::from_millis(100),
        ..Options::default()
    }
}

fn client() -> reqwest::Client {
    let plain = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none());
    plain.build().unwrap()
}

struct Proxy {
    target: String,
    token_url: String,
    private_key: String,
    client: reqwest::Client,
    counts: Mutex<HashMap<String, usize>>,
    on_request: Box<OnRequest>,
    on_reply: Box<OnReply>,
}

/// Serves `proxy` on a free port and returns its base URL.
async fn serve(proxy: Arc<Proxy>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let answer = move |request: Request| {
        let proxy = Arc::clone(&proxy);
        async move { proxy.answer(request).await }
    };
    let router = Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, router).await });
    base_url
}

impl Proxy {
    async fn answer(&self, request: Request) -> Response {
        let mut passing = self.take(request).await;
        let reply = match (self.on_request)(&mut passing) {
            Some(reply) => reply,
            None => {
                let mut reply = self.forward(&passing).await;
                (self.on_reply)(&passing, &mut reply);
                reply
            }
        };
        respond(reply)
    }

    async fn take(&self, request: Request) -> Passing {
        let (parts, body) = request.into_parts();
        let (method, path) = (parts.method.to_string(), parts.uri.path().to_owned());
        Passing {
            count: self.counted(&method, &path),
            method,
            path,
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers,
            body: to_bytes(body, usize::MAX).await.unwrap().to_vec(),
        }
    }

    fn counted(&self, method: &str, path: &str) -> usize {
        let mut counts = self.counts.lock().unwrap();
        let count = counts.entry(format!("{method} {path}")).or_default();
        *count += 1;
        *count
    }

    async fn forward(&self, passing: &Passing) -> Reply {
        let mut url = format!("{}{}", self.target, passing.path);
        if !passing.query.is_empty() {
            url = format!("{url}?{}", passing.query);
        }
        let mut headers = passing.headers.clone();
        headers.remove("host");
        headers.remove("content-length");
        let body = if passing.is_api() {
            passing.body.clone()
        } else {
            self.readdressed(&passing.body)
        };
        let request = self.client.request(passing.method.parse().unwrap(), url);
        let answer = request.headers(headers).body(body).send().await.unwrap();
        let status = answer.status().as_u16();
        let named = answer.headers().iter();
        let headers = named
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        let body = answer.bytes().await.unwrap().to_vec();
        Reply {
            status,
            headers,
            body,
            cut: false,
        }
    }

    /// The form with its assertion signed anew for the simulator's own token URL: an assertion
    /// is good for the exact URL it was made for.
    fn readdressed(&self, form: &[u8]) -> Vec<u8> {
        let form = String::from_utf8_lossy(form).into_owned();
        let Some((before, assertion)) = form.split_once("client_assertion=") else {
            return form.into_bytes();
        };
        let header = jsonwebtoken::decode_header(assertion).unwrap();
        let payload = assertion.split('.').nth(1).unwrap();
        let payload = URL_SAFE_NO_PAD.decode(payload).unwrap();
        let mut claims: Value = serde_json::from_slice(&payload).unwrap();
        claims["aud"] = self.token_url.clone().into();
        let key = jsonwebtoken::EncodingKey::from_rsa_pem(self.private_key.as_bytes()).unwrap();
        let signed = jsonwebtoken::encode(&header, &claims, &key).unwrap();
        format!("{before}client_assertion={signed}").into_bytes()
    }
}

fn respond(reply: Reply) -> Response {
    let length = reply.body.len();
    let mut response = Response::new(if reply.cut {
        half_of(reply.body)
    } else {
        Body::from(reply.body)
    });
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap();
    let framing = ["content-length", "transfer-encoding", "connection"];
    for (name, value) in &reply.headers {
        if !framing.contains(&name.to_ascii_lowercase().as_str()) {
            let name: HeaderName = name.parse().unwrap();
            response.headers_mut().append(name, value.parse().unwrap());
        }
    }
    let length = HeaderValue::from(length);
    response.headers_mut().insert("content-length", length);
    response
}

/// The first half of `body`, then a broken connection.
fn half_of(body: Vec<u8>) -> Body {
    let first = body[..body.len() / 2].to_vec();
    let broken = std::io::Error::other("cut in the middle");
    let later = futures::stream::once(async move {
        // Lets the first half reach the wire.
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(broken)
    });
    let first = futures::stream::once(async move { Ok(first) });
    Body::from_stream(futures::StreamExt::chain(first, later))
}
