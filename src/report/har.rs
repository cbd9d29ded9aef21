//! `exchanges.har`: every exchange as HTTP Archive 1.2, for browser developer tools and Postman.
//!
//! The form is that of the HAR 1.2 specification (W3C Web Performance Working Group). What it has
//! no member for stands in members with an underscore, which readers pass over. A body of up to
//! [`INLINE_LIMIT`] bytes stands in the file; of a larger one `_file` says where it lies below the
//! run's folder. Nothing is repeated that would make the file several times as large:
//! see [`COMMENT`].

use std::io::{self, Write};

use serde::Serialize;

use crate::acceptance::{Route, RunResult};
use crate::evidence::BodyStore;
use crate::model::{Body, Exchange, Timestamp};

use super::outcome::simulator_words;

/// The largest body that stands in the file itself, in bytes: a bulk update of some hundred letters.
pub(super) const INLINE_LIMIT: u64 = 16 * 1024;

/// What a reader of the file must know.
const COMMENT: &str = "Made from journal.jsonl; _journal is the line's seq. Secrets are redacted. \
    Request ids that the answer repeats stand in the request alone; of a successful download the \
    headers that lead to it and describe the storage are left out, and the query of its redirect. \
    A body over 16 KiB lies in the run's folder, where _file says; letters are withheld by policy. \
    The journal has everything.";

/// Response headers that repeat what was sent.
const ECHOES: [(&str, &str); 2] = [
    ("x-request-id", "X-Request-ID"),
    ("x-correlation-id", "X-Correlation-ID"),
];

/// Writes the archive entry by entry, so that memory stays flat.
pub(super) struct Har<W> {
    out: W,
    bodies: BodyStore,
    entries: u64,
}

impl<W: Write> Har<W> {
    /// Begins the archive of the run that came to `result`.
    pub fn begin(mut out: W, result: &RunResult, bodies: BodyStore) -> io::Result<Self> {
        let tool = &result.started.tool;
        let creator = serde_json::json!({ "name": tool.name, "version": tool.version });
        let warning =
            simulator_words(result).map_or_else(String::new, |words| format!("{words}. "));
        let comment = serde_json::to_string(&format!("{warning}{COMMENT}"))?;
        write!(
            out,
            r#"{{"log":{{"version":"1.2","creator":{creator},"comment":{comment},"entries":["#
        )?;
        Ok(Self {
            out,
            bodies,
            entries: 0,
        })
    }

    /// Takes the next exchange, the journal's line `seq`.
    pub fn take(&mut self, seq: u64, exchange: &Exchange) -> io::Result<()> {
        let separator = if self.entries == 0 { "\n" } else { ",\n" };
        self.entries += 1;
        let entry = serde_json::to_string(&self.entry(seq, exchange))?;
        self.out.write_all(separator.as_bytes())?;
        self.out
            .write_all(crate::model::visible_json(&entry).as_bytes())
    }

    /// Ends the archive.
    pub fn end(mut self) -> io::Result<W> {
        self.out.write_all(b"\n]}}\n")?;
        Ok(self.out)
    }

    fn entry<'e>(&self, seq: u64, exchange: &'e Exchange) -> Entry<'e> {
        let times = &exchange.times;
        let wait = times.first_byte_us.unwrap_or(times.done_us);
        Entry {
            started: milliseconds(times.sent),
            time: ms(times.done_us),
            request: self.request(exchange),
            response: self.response(exchange),
            cache: Empty {},
            timings: Timings {
                send: 0,
                wait: ms(wait),
                receive: ms(times.done_us.saturating_sub(wait)),
            },
            journal: seq,
            test: exchange.scope.test.as_deref(),
            attempt: (exchange.attempt > 1).then_some(exchange.attempt),
            error: exchange.error.as_deref(),
        }
    }

    fn request<'e>(&self, exchange: &'e Exchange) -> Request<'e> {
        let body = exchange.request.body.as_ref();
        Request {
            method: &exchange.method,
            url: &exchange.url,
            http_version: "unknown",
            cookies: [],
            headers: exchange.request.headers.iter().map(Pair::of).collect(),
            query: query(&exchange.url),
            post_data: body.map(|body| self.post_data(body)),
            headers_size: -1,
            body_size: size(body),
        }
    }

    fn post_data<'e>(&self, body: &'e Body) -> PostData<'e> {
        let kept = self.kept(body);
        PostData {
            mime_type: mime_type(body),
            text: kept.text.unwrap_or_default(),
            comment: kept.comment,
            file: kept.file,
        }
    }

    fn response<'e>(&self, exchange: &'e Exchange) -> Response<'e> {
        let Some(answer) = &exchange.response else {
            return Response::none();
        };
        let body = answer.body.as_ref();
        let kept = body.map(|body| self.kept(body)).unwrap_or_default();
        Response {
            status: answer.status,
            status_text: "",
            http_version: "unknown",
            cookies: [],
            headers: headers(exchange, &answer.headers),
            content: Content {
                size: body.map_or(0, |body| body.bytes),
                mime_type: body.map_or("", mime_type),
                text: kept.text,
                comment: kept.comment,
                file: kept.file,
            },
            redirect: redirect(&answer.headers),
            headers_size: -1,
            body_size: -1,
        }
    }

    fn kept(&self, body: &Body) -> KeptBody {
        if body.withheld {
            return KeptBody::told("withheld by policy; the journal has its hash");
        }
        if let Some(text) = &body.text {
            return KeptBody::text(text.clone());
        }
        let small = body.bytes <= INLINE_LIMIT;
        let read = small
            .then(|| self.bodies.read(body).ok().flatten())
            .flatten();
        // A letter never stands in the archive, however small and plain it is.
        let read = read.filter(|bytes| !bytes.starts_with(b"%PDF-"));
        match read.map(String::from_utf8) {
            Some(Ok(text)) => KeptBody::text(text),
            _ => KeptBody::apart(body),
        }
    }
}

/// Headers as they came, less what [`COMMENT`] says.
fn headers<'e>(exchange: &'e Exchange, all: &'e [(String, String)]) -> Vec<Pair<'e>> {
    let lean = is_successful_download(exchange);
    let kept = all.iter().filter(|(name, value)| {
        if lean {
            return matches!(name.as_str(), "content-type" | "content-length");
        }
        !is_echo(exchange, name, value)
    });
    kept.map(Pair::of).collect()
}

fn is_echo(exchange: &Exchange, name: &str, value: &str) -> bool {
    let sent = |wanted: &str| {
        let mut headers = exchange.request.headers.iter();
        headers.any(|(name, sent)| name.eq_ignore_ascii_case(wanted) && sent == value)
    };
    let name = name.to_ascii_lowercase();
    ECHOES.iter().any(|(echo, of)| *echo == name && sent(of))
}

/// A data URL that led somewhere, or the document that lay there.
fn is_successful_download(exchange: &Exchange) -> bool {
    let route = Route::of(exchange);
    match exchange.status() {
        Some(303 | 307 | 302) => route == Route::Data,
        Some(200) => route == Route::Other && exchange.method == "GET",
        _ => false,
    }
}

fn redirect(headers: &[(String, String)]) -> &str {
    let location = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("location"));
    let url = location.map_or("", |(_, url)| url.as_str());
    url.split('?').next().unwrap_or_default()
}

fn query(url: &str) -> Vec<Parameter> {
    let Some((_, query)) = url.split_once('?') else {
        return Vec::new();
    };
    let plain = |text: &str| {
        let text = text.replace('+', " ");
        percent_encoding::percent_decode_str(&text)
            .decode_utf8_lossy()
            .into_owned()
    };
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let parts = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    parts
        .map(|(name, value)| Parameter {
            name: plain(name),
            value: plain(value),
        })
        .collect()
}

fn size(body: Option<&Body>) -> i64 {
    body.map_or(0, |body| i64::try_from(body.bytes).unwrap_or(-1))
}

fn mime_type(body: &Body) -> &str {
    body.content_type.as_deref().unwrap_or_default()
}

/// Milliseconds with up to three decimals.
fn ms(us: u64) -> f64 {
    us as f64 / 1_000.0
}

/// ISO 8601 with milliseconds, as readers of the format expect.
fn milliseconds(at: Timestamp) -> String {
    let text = at.to_string();
    format!("{}Z", text.get(..23).unwrap_or(&text))
}

#[derive(Default)]
struct KeptBody {
    text: Option<String>,
    comment: Option<&'static str>,
    file: Option<String>,
}

impl KeptBody {
    fn text(text: String) -> Self {
        Self {
            text: Some(text),
            ..Self::default()
        }
    }

    fn told(comment: &'static str) -> Self {
        Self {
            comment: Some(comment),
            ..Self::default()
        }
    }

    fn apart(body: &Body) -> Self {
        let folder = body.sha256.get(..2).unwrap_or_default();
        Self {
            comment: Some("lies in the run's folder, see _file"),
            file: Some(format!("bodies/{folder}/{}", body.sha256)),
            text: None,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'e> {
    #[serde(rename = "startedDateTime")]
    started: String,
    time: f64,
    request: Request<'e>,
    response: Response<'e>,
    cache: Empty,
    timings: Timings,
    #[serde(rename = "_journal")]
    journal: u64,
    #[serde(rename = "_test", skip_serializing_if = "Option::is_none")]
    test: Option<&'e str>,
    #[serde(rename = "_attempt", skip_serializing_if = "Option::is_none")]
    attempt: Option<u32>,
    #[serde(rename = "_error", skip_serializing_if = "Option::is_none")]
    error: Option<&'e str>,
}

#[derive(Serialize)]
struct Empty {}

#[derive(Serialize)]
struct Timings {
    send: u64,
    wait: f64,
    receive: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'e> {
    method: &'e str,
    url: &'e str,
    http_version: &'static str,
    cookies: [Empty; 0],
    headers: Vec<Pair<'e>>,
    #[serde(rename = "queryString")]
    query: Vec<Parameter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    post_data: Option<PostData<'e>>,
    headers_size: i64,
    body_size: i64,
}

#[derive(Serialize)]
struct Pair<'e> {
    name: &'e str,
    value: &'e str,
}

impl<'e> Pair<'e> {
    fn of((name, value): &'e (String, String)) -> Self {
        Self { name, value }
    }
}

#[derive(Serialize)]
struct Parameter {
    name: String,
    value: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PostData<'e> {
    mime_type: &'e str,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'static str>,
    #[serde(rename = "_file", skip_serializing_if = "Option::is_none")]
    file: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'e> {
    status: u16,
    status_text: &'static str,
    http_version: &'static str,
    cookies: [Empty; 0],
    headers: Vec<Pair<'e>>,
    content: Content<'e>,
    #[serde(rename = "redirectURL")]
    redirect: &'e str,
    headers_size: i64,
    body_size: i64,
}

impl Response<'_> {
    /// What stands where no answer came: status 0, as browsers write it.
    fn none() -> Self {
        Self {
            status: 0,
            status_text: "",
            http_version: "unknown",
            cookies: [],
            headers: Vec::new(),
            content: Content {
                size: 0,
                mime_type: "x-unknown",
                text: None,
                comment: None,
                file: None,
            },
            redirect: "",
            headers_size: -1,
            body_size: -1,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content<'e> {
    size: u64,
    mime_type: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'static str>,
    #[serde(rename = "_file", skip_serializing_if = "Option::is_none")]
    file: Option<String>,
}
