//! One request, one answer, one line in the journal.
//!
//! Nothing leaves this folder by any other way, so every attempt is evidence: also one that
//! was refused, broke off, or never found a connection.

use std::error::Error;
use std::time::{Duration, Instant};

use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Client, Method, Response, Url};
use sha2::{Digest, Sha256};

use crate::evidence::redact::secrets_of;
use crate::evidence::{
    EvidenceError, Journal, Policy, RAISE_THE_LIMIT, RawBody, RawExchange, RawResponse, Recorded,
    is_out_of_files,
};
use crate::model::{Scope, Times, Timestamp};

use super::address::is_loopback;
use super::supplier::Began;
use super::token::LARGEST_TOKEN_ANSWER;
use super::{Forbidden, Hosts, SettingsError, Timeouts};

/// Most of a body that is held in memory: 10 MiB, and one byte to show that there was more.
pub const MOST_IN_MEMORY: usize = 10 * 1024 * 1024 + 1;

/// Most memory that is made ready for a body before any of it has come.
const MOST_PREPARED: usize = 256 * 1024;

/// Idle connections are closed sooner than gateways close theirs, so that an update seldom
/// meets a connection that is just being closed, which would leave it unclear.
const IDLE: Duration = Duration::from_secs(20);

/// Sends requests and records them.
pub(super) struct Transport {
    journal: Journal,
    keep_pdfs: Policy,
    timeouts: Timeouts,
    /// Where the API is, and which hosts may be called: looked at for every request.
    base: Url,
    hosts: Hosts,
    /// For plain HTTP to this machine: never through a proxy, which would see everything.
    near: Client,
    /// For everything else; or why there is none, such as a machine without CA certificates,
    /// where the simulator must run all the same.
    far: Result<Client, String>,
}

/// One attempt, ready to go.
#[derive(Clone, Debug)]
pub(super) struct Shipment {
    pub id: String,
    pub scope: Scope,
    pub attempt: u32,
    pub method: &'static str,
    pub url: Url,
    pub request_id: Option<String>,
    pub correlation_id: Option<String>,
    pub intent: Option<u64>,
    pub headers: Vec<(String, String)>,
    pub body: Option<Payload>,
    pub kind: Kind,
}

/// What the answer will hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// JSON, or nothing.
    Api,
    /// A token, which must be known as a secret before the answer is written.
    Token,
    /// A letter's PDF.
    Document,
}

/// A body to send.
#[derive(Clone, Debug)]
pub(super) struct Payload {
    pub bytes: Vec<u8>,
    pub content_type: String,
}

/// What an attempt brought, and where it stands in the journal.
#[derive(Debug)]
pub(super) struct Delivery {
    pub recorded: Recorded,
    pub outcome: Result<Answer, Lost>,
}

/// A whole answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Received,
}

/// A body that came; `bytes` ends at [`MOST_IN_MEMORY`], hash and length do not.
#[derive(Debug, Default)]
pub(super) struct Received {
    pub bytes: Vec<u8>,
    pub sha256: String,
    pub length: u64,
    pub content_type: Option<String>,
}

/// No whole answer came.
#[derive(Debug)]
pub(super) struct Lost {
    /// Why, without secrets.
    pub reason: String,
    /// False if the request certainly never reached the service.
    pub sent: bool,
    /// True if it must not be sent, now or later.
    pub forbidden: bool,
    /// It did not come, or not whole, in the time that it was given.
    pub late: bool,
}

/// When the parts of an exchange happened.
struct Watch {
    sent: Timestamp,
    start: Instant,
    first_byte_us: Option<u64>,
}

/// What came of a request.
enum Came {
    Whole(Answer),
    /// Nothing, or the beginning of an answer.
    Part(Option<Answer>, Lost),
}

impl Transport {
    pub(super) fn new(
        journal: Journal,
        keep_pdfs: Policy,
        timeouts: Timeouts,
        (base, hosts): (Url, Hosts),
    ) -> Result<Self, SettingsError> {
        let near = builder(&timeouts).no_proxy().tls_certs_only([]);
        Ok(Self {
            near: made(near).map_err(|reason| SettingsError::Http { reason })?,
            far: made(builder(&timeouts)),
            journal,
            keep_pdfs,
            timeouts,
            base,
            hosts,
        })
    }

    /// That a PDF may be fetched from `url`.
    pub(super) fn may_fetch(&self, url: &Url) -> Result<(), Forbidden> {
        self.hosts.may_fetch(url, &self.base)
    }

    fn may_send(&self, shipment: &Shipment) -> Result<(), Forbidden> {
        match shipment.kind {
            Kind::Api | Kind::Token => self.hosts.may_call(&shipment.url),
            Kind::Document => self.may_fetch(&shipment.url),
        }
    }

    /// That URLs like `url` can be reached from this machine at all.
    ///
    /// # Errors
    /// If there is no HTTP client for them, saying why.
    pub(super) fn serves(&self, url: &Url) -> Result<(), SettingsError> {
        let client = self.client_for(url);
        client.map(|_| ()).map_err(|reason| SettingsError::Http {
            reason: reason.clone(),
        })
    }

    fn client_for(&self, url: &Url) -> Result<&Client, &String> {
        if url.scheme() == "http" && is_loopback(url) {
            Ok(&self.near)
        } else {
            self.far.as_ref()
        }
    }

    /// After how long the wait for an answer is told, and how long `shipment`'s is waited for.
    pub(super) fn patience(&self, shipment: &Shipment) -> (Duration, Duration) {
        let whole = match shipment.kind {
            Kind::Document => self.timeouts.download,
            Kind::Api | Kind::Token => self.timeouts.request,
        };
        (self.timeouts.told, whole)
    }

    /// Sends `shipment` once and records what came of it.
    ///
    /// # Errors
    /// If it cannot be recorded.
    pub(super) async fn send(&self, shipment: Shipment) -> Result<Delivery, EvidenceError> {
        let mut watch = Watch::start(self.journal.now());
        let came = self.round_trip(&shipment, &mut watch).await;
        let times = watch.stop();
        if shipment.kind == Kind::Token {
            self.learn_token(&came);
        }
        let kind = shipment.kind;
        let response = came.answer().map(|answer| self.raw_response(answer, kind));
        let raw = raw_exchange(shipment, response, times, came.reason());
        let recorded = self.journal.record(&raw)?;
        Ok(Delivery {
            recorded,
            outcome: came.outcome(),
        })
    }

    fn learn_token(&self, came: &Came) {
        // Of a larger one nothing is kept, and so nothing has to be found.
        let small = |answer: &&Answer| answer.body.length <= LARGEST_TOKEN_ANSWER;
        let answer = came.answer().filter(small);
        for secret in answer.map_or_else(Vec::new, |answer| secrets_of(&answer.body.bytes)) {
            self.journal.redactor().add("token", &secret);
        }
    }

    async fn round_trip(&self, shipment: &Shipment, watch: &mut Watch) -> Came {
        if let Err(reason) = self.may_send(shipment) {
            return Came::Part(None, Lost::forbidden(&reason));
        }
        let client = match self.client_for(&shipment.url) {
            Ok(client) => client,
            Err(reason) => return Came::Part(None, Lost::unsent(reason)),
        };
        let response = match self.request(client, shipment).send().await {
            Ok(response) => response,
            Err(error) => return Came::Part(None, self.lost(error, false)),
        };
        watch.first_byte();
        let (answer, error) = receive(response).await;
        match error {
            None => Came::Whole(answer),
            Some(error) => Came::Part(Some(answer), self.lost(error, true)),
        }
    }

    fn request(&self, client: &Client, shipment: &Shipment) -> reqwest::RequestBuilder {
        let method = Method::from_bytes(shipment.method.as_bytes()).unwrap_or(Method::GET);
        let mut request = client.request(method, shipment.url.clone());
        for (name, value) in &shipment.headers {
            request = match header(name, value) {
                Some((name, value)) => request.header(name, value),
                // Lets the request fail with an error that does not repeat the value.
                None => request.header("\n", ""),
            };
        }
        if shipment.kind == Kind::Document {
            request = request.timeout(self.timeouts.download);
        }
        match &shipment.body {
            Some(payload) => request.body(payload.bytes.clone()),
            None => request,
        }
    }

    fn raw_response(&self, answer: &Answer, kind: Kind) -> RawResponse {
        let is_document = kind == Kind::Document && (200..300).contains(&answer.status);
        let whole = answer.body.length == answer.body.bytes.len() as u64;
        let unsearched = kind == Kind::Token && answer.body.length > LARGEST_TOKEN_ANSWER;
        let keep = whole && !unsearched && (!is_document || self.keep_pdfs == Policy::All);
        RawResponse {
            status: answer.status,
            headers: answer.headers.clone(),
            body: (answer.body.length > 0).then(|| answer.body.raw(keep, kind)),
        }
    }

    fn lost(&self, error: reqwest::Error, answered: bool) -> Lost {
        if is_for_want_of_files(&error) {
            // Neither the service nor the way to it: nothing must be judged by this.
            self.journal.stop(&format!(
                "this program may open no more files and connections: {RAISE_THE_LIMIT}"
            ));
        }
        let unsent = error.is_connect() || error.is_builder();
        let late = error.is_timeout();
        let reason = chain(&error.without_url());
        Lost {
            reason: self.journal.redactor().text(&reason).into_owned(),
            sent: answered || !unsent,
            forbidden: false,
            late,
        }
    }
}

impl Delivery {
    /// The journal's `seq` of the exchange.
    pub(super) fn seq(&self) -> u64 {
        self.recorded.seq
    }

    /// The attempt, as the beginning of a call.
    pub(super) fn began(&self) -> Began {
        Began {
            exchange: self.recorded.seq,
            sent: self.recorded.sent,
        }
    }
}

impl Answer {
    /// The first header of that name.
    pub(super) fn header(&self, wanted: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.as_str())
    }
}

impl Lost {
    fn unsent(reason: &str) -> Self {
        Self {
            reason: reason.to_owned(),
            sent: false,
            late: false,
            forbidden: false,
        }
    }

    fn forbidden(reason: &Forbidden) -> Self {
        Self {
            forbidden: true,
            ..Self::unsent(&reason.to_string())
        }
    }
}

impl Received {
    fn raw(&self, keep: bool, kind: Kind) -> RawBody {
        let content_type = self.content_type.clone();
        let bytes = keep.then(|| self.bytes.clone());
        match bytes {
            Some(bytes) if kind == Kind::Token => RawBody::TokenAnswer {
                bytes,
                content_type,
            },
            Some(bytes) => RawBody::Bytes {
                bytes,
                content_type,
            },
            None => RawBody::Withheld {
                sha256: self.sha256.clone(),
                bytes: self.length,
                content_type,
            },
        }
    }
}

impl Watch {
    fn start(sent: Timestamp) -> Self {
        Self {
            sent,
            start: Instant::now(),
            first_byte_us: None,
        }
    }

    fn elapsed_us(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn first_byte(&mut self) {
        self.first_byte_us = Some(self.elapsed_us());
    }

    fn stop(self) -> Times {
        Times {
            sent: self.sent,
            first_byte_us: self.first_byte_us,
            done_us: self.elapsed_us(),
        }
    }
}

impl Came {
    fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Whole(answer) => Some(answer),
            Self::Part(answer, _) => answer.as_ref(),
        }
    }

    fn reason(&self) -> Option<String> {
        match self {
            Self::Whole(_) => None,
            Self::Part(_, lost) => Some(lost.reason.clone()),
        }
    }

    fn outcome(self) -> Result<Answer, Lost> {
        match self {
            Self::Whole(answer) => Ok(answer),
            Self::Part(_, lost) => Err(lost),
        }
    }
}

fn made(builder: reqwest::ClientBuilder) -> Result<Client, String> {
    let built = builder.build();
    built.map_err(|error| chain(&error.without_url()))
}

/// No redirects, so that no credential travels on; no retries, so that every attempt is seen.
fn builder(timeouts: &Timeouts) -> reqwest::ClientBuilder {
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(timeouts.connect)
        .timeout(timeouts.request)
        .pool_idle_timeout(IDLE)
}

fn header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
    let mut value = HeaderValue::from_str(value).ok()?;
    value.set_sensitive(matches!(name.as_str(), "authorization" | "apikey"));
    Some((name, value))
}

fn header_list(response: &Response) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    response
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), text(value)))
        .collect()
}

/// Reads the answer to its end, or as far as it comes.
async fn receive(mut response: Response) -> (Answer, Option<reqwest::Error>) {
    let status = response.status().as_u16();
    let headers = header_list(&response);
    let content_type = response.headers().get(CONTENT_TYPE);
    let content_type = content_type.map(|value| String::from_utf8_lossy(value.as_bytes()).into());
    let (mut body, error) = drain(&mut response).await;
    body.content_type = content_type;
    let answer = Answer {
        status,
        headers,
        body,
    };
    (answer, error)
}

/// Reads the body, hashing while it arrives.
async fn drain(response: &mut Response) -> (Received, Option<reqwest::Error>) {
    let promised = response.content_length().unwrap_or_default();
    let mut body = Received {
        bytes: Vec::with_capacity(usize::try_from(promised).unwrap_or(0).min(MOST_PREPARED)),
        ..Received::default()
    };
    let mut hash = Sha256::new();
    let error = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                hash.update(&chunk);
                body.length += chunk.len() as u64;
                let room = MOST_IN_MEMORY.saturating_sub(body.bytes.len());
                body.bytes
                    .extend_from_slice(&chunk[..room.min(chunk.len())]);
            }
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    body.sha256 = hex(&hash.finalize());
    (body, error)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        text.push_str(&format!("{byte:02x}"));
        text
    })
}

fn raw_exchange(
    shipment: Shipment,
    response: Option<RawResponse>,
    times: Times,
    error: Option<String>,
) -> RawExchange {
    let body = |payload: Payload| RawBody::Bytes {
        bytes: payload.bytes,
        content_type: Some(payload.content_type),
    };
    RawExchange {
        id: shipment.id,
        scope: shipment.scope,
        attempt: shipment.attempt,
        method: shipment.method.to_owned(),
        url: shipment.url.to_string(),
        request_id: shipment.request_id,
        correlation_id: shipment.correlation_id,
        intent: shipment.intent,
        request_headers: shipment.headers,
        request_body: shipment.body.map(body),
        response,
        times,
        error,
    }
}

/// True if this process or machine may open no more files, and so no connection.
fn is_for_want_of_files(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(error) = source {
        if error.downcast_ref().is_some_and(is_out_of_files) {
            return true;
        }
        source = error.source();
    }
    false
}

/// The error and everything behind it; its URL, which may be signed, must be gone already.
fn chain(error: &reqwest::Error) -> String {
    let mut texts = vec![error.to_string()];
    let mut source = error.source();
    while let Some(error) = source {
        let text = error.to_string();
        if texts.last() != Some(&text) {
            texts.push(text);
        }
        source = error.source();
    }
    texts.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Reader, Redactor, RunDir};
    use crate::model::{Event, Host, RunId};

    fn shipment(url: &str, kind: Kind) -> Shipment {
        Shipment {
            id: "1".to_owned(),
            scope: Scope::default(),
            attempt: 1,
            method: "GET",
            url: Url::parse(url).unwrap(),
            request_id: None,
            correlation_id: None,
            intent: None,
            headers: Vec::new(),
            body: None,
            kind,
        }
    }

    /// Whatever made the URL: nothing goes where nothing may go, and the attempt is recorded.
    #[tokio::test]
    async fn every_request_is_held_against_the_hosts_on_its_way_out() {
        let folder = tempfile::tempdir().unwrap();
        let dir = RunDir::create(folder.path(), &RunId::parse("run").unwrap()).unwrap();
        let journal = Journal::create(dir.clone(), Redactor::default()).unwrap();
        let hosts = Hosts {
            never: Host::named("api.example").into_iter().collect(),
            ..Hosts::of("https://int.example/x")
        };
        let base = Url::parse("https://int.example/x").unwrap();
        let transport =
            Transport::new(journal, Policy::None, Timeouts::default(), (base, hosts)).unwrap();
        let cases = [
            ("https://api.example./letters?limit=2500", Kind::Api),
            ("https://api.example/oauth2/token", Kind::Token),
            ("https://other.example/letters", Kind::Api),
            ("https://api.example../L.pdf", Kind::Document),
            ("http://127.0.0.1:1/L.pdf", Kind::Document),
            ("https://u:pa55word@int.example/L.pdf", Kind::Document),
        ];
        for (url, kind) in cases {
            let sent = transport.send(shipment(url, kind)).await.unwrap();
            let lost = sent.outcome.unwrap_err();
            assert!(lost.forbidden && !lost.sent, "{url}");
        }
        let lines = Reader::open(&dir.journal()).unwrap();
        let exchanges = lines.filter(|line| {
            let event = &line.as_ref().unwrap().line.event;
            matches!(event, Event::Exchange(exchange) if exchange.error.is_some())
        });
        assert_eq!(exchanges.count(), cases.len());
        let written = std::fs::read_to_string(dir.journal()).unwrap();
        assert!(!written.contains("pa55word"), "{written}");
    }
}
