//! What the report shows of a run's exchanges, folded from the journal line by line.
//!
//! A full run has about 20,000 exchanges. Of each the report keeps what a table row says; whole
//! exchanges are kept of those alone that become a card, so that memory stays flat.

use std::collections::{BTreeMap, HashMap};

use crate::acceptance::Route;
use crate::model::{Event, Exchange, LetterFacts, Line, Scope, Timestamp};

use super::kept::Kept;

/// The exchanges of a run, and what the other lines lead to.
#[derive(Debug, Default)]
pub struct Record {
    rows: Vec<Row>,
    kept: BTreeMap<(Option<String>, Kind), Kept>,
    /// The exchange that a line rests on, by the line's `seq`.
    sources: HashMap<u64, u64>,
    statuses: BTreeMap<String, String>,
    notes: Vec<(Option<String>, String)>,
    waits: BTreeMap<Option<String>, u64>,
    deviations: BTreeMap<Deviation, Seen>,
}

/// An exchange as a table row says it.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub seq: u64,
    pub test: Option<String>,
    pub kind: Kind,
    pub method: String,
    /// Path and query; of a signed download the path alone.
    pub path: String,
    pub status: Option<u16>,
    pub error: Option<String>,
    pub sent: Timestamp,
    pub done_us: u64,
    pub request_id: Option<String>,
    pub letter: Option<String>,
}

/// What an exchange is shown with, in the order of the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// An answer that is no success, or none.
    Error,
    /// POST to the token endpoint.
    Token,
    /// GET `/_status`.
    Status,
    /// GET `/letters`.
    List,
    /// POST `/letters`.
    UpdateMany,
    /// PATCH `/letters/{id}`.
    UpdateOne,
    /// POST `/mi` and GET `/mi/{id}`.
    Mi,
    /// GET `/letters/{id}`.
    Letter,
    /// GET `/letters/{id}/data`.
    Data,
    /// The signed download, or anything else.
    Other,
}

impl Kind {
    fn of(exchange: &Exchange) -> Self {
        let failed = exchange.status().is_none_or(|status| status >= 400);
        if failed || exchange.error.is_some() {
            return Self::Error;
        }
        match Route::of(exchange) {
            Route::Token => Self::Token,
            Route::Status => Self::Status,
            Route::List => Self::List,
            Route::UpdateMany => Self::UpdateMany,
            Route::UpdateOne => Self::UpdateOne,
            Route::SubmitMi | Route::ReadMi => Self::Mi,
            Route::Letter => Self::Letter,
            Route::Data => Self::Data,
            Route::Other => Self::Other,
        }
    }

    /// True for what a reviewer asks to see of a test, rather than what was looked at on the way.
    pub fn makes_the_test(self) -> bool {
        matches!(self, Self::Error | Self::List | Self::UpdateMany | Self::Mi)
    }

    /// As a heading says it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Error => "Answers that are no success",
            Self::Token => "Access token",
            Self::Status => "Status endpoint: GET /_status",
            Self::List => "Lists: GET /letters",
            Self::UpdateMany => "Bulk updates: POST /letters",
            Self::UpdateOne => "Single updates: PATCH /letters/{id}",
            Self::Mi => "Management information: /mi",
            Self::Letter => "Letters read back: GET /letters/{id}",
            Self::Data => "PDF links: GET /letters/{id}/data",
            Self::Other => "Downloads from the storage",
        }
    }
}

/// A way in which the service's answers differ from its documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Deviation {
    /// 5xx, or no whole answer.
    Unavailable,
    /// 429.
    OverQuota,
    /// `X-Request-ID` did not come back as it was sent.
    RequestId,
    /// Another content type than the documented one.
    ContentType,
    /// A letter without PDF got a link all the same.
    LinkToNothing,
    /// One list named a letter twice.
    DoubleInList,
}

/// How often a deviation was seen, and the first few times.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    pub count: u64,
    pub first: Vec<u64>,
    pub last: u64,
}

impl Seen {
    fn add(&mut self, seq: u64) {
        const SHOWN: usize = 5;
        self.count += 1;
        self.last = seq;
        if self.first.len() < SHOWN {
            self.first.push(seq);
        }
    }
}

impl Record {
    /// Takes the next line of the journal.
    pub fn take(&mut self, line: &Line) {
        let seq = line.seq;
        if let Some(source) = line.event.source_exchange() {
            self.sources.insert(seq, source);
        }
        match &line.event {
            Event::Exchange(exchange) => self.take_exchange(seq, exchange),
            Event::LettersListed {
                exchange, letters, ..
            } if has_double(letters) => self.deviate(Deviation::DoubleInList, *exchange),
            Event::PdfCompleted { pdfs, .. } => {
                if let Some(first) = pdfs.first() {
                    let source = self.source(first.follows);
                    self.sources.insert(seq, source);
                }
            }
            Event::JobCreated { list, .. } | Event::JobIgnored { list, .. } => {
                let source = self.source(*list);
                self.sources.insert(seq, source);
            }
            Event::LettersTargeted { scope, status, .. } => {
                let test = scope.test.clone().unwrap_or_default();
                self.statuses.insert(test, status.clone());
            }
            Event::Wait { scope, ms, .. } => {
                let waited = self.waits.entry(scope.test.clone()).or_default();
                *waited = waited.saturating_add(*ms);
            }
            Event::Note { scope, text } => self.take_note(scope, text),
            _ => {}
        }
    }

    fn take_exchange(&mut self, seq: u64, exchange: &Exchange) {
        let kind = Kind::of(exchange);
        let test = exchange.scope.test.clone();
        if let Some(intent) = exchange.intent {
            self.sources.insert(intent, seq);
        }
        self.look_for_deviations(seq, exchange);
        let kept = self.kept.entry((test.clone(), kind)).or_default();
        kept.offer(seq, exchange);
        self.rows.push(Row {
            seq,
            test,
            kind,
            method: exchange.method.clone(),
            path: shown_path(exchange),
            status: exchange.status(),
            error: exchange.error.clone(),
            sent: exchange.times.sent,
            done_us: exchange.times.done_us,
            request_id: exchange.request_id.clone(),
            letter: letter_of(exchange),
        });
    }

    fn take_note(&mut self, scope: &Scope, text: &str) {
        self.notes.push((scope.test.clone(), text.to_owned()));
    }

    fn look_for_deviations(&mut self, seq: u64, exchange: &Exchange) {
        let status = exchange.status();
        if exchange.error.is_some() || status.is_none_or(|status| status >= 500) {
            self.deviate(Deviation::Unavailable, seq);
        }
        if status == Some(429) {
            self.deviate(Deviation::OverQuota, seq);
        }
        match Route::of(exchange) {
            Route::Token => {}
            Route::Other => {
                let absent = exchange.method == "GET" && status == Some(404);
                if absent {
                    let link = self.link_to(exchange);
                    self.deviate(Deviation::LinkToNothing, link.unwrap_or(seq));
                }
            }
            _ => self.look_at_headers(seq, exchange),
        }
    }

    /// The answer that led to a download: it has the request id that the storage knows nothing of.
    fn link_to(&self, download: &Exchange) -> Option<u64> {
        /// So many exchanges at most lie between a link and its use.
        const NEAR: usize = 400;
        let letter = letter_of(download)?;
        let mut before = self.rows.iter().rev().take(NEAR);
        let link = before
            .find(|row| row.kind == Kind::Data && row.letter.as_deref() == Some(letter.as_str()));
        link.map(|row| row.seq)
    }

    fn look_at_headers(&mut self, seq: u64, exchange: &Exchange) {
        let Some(answer) = &exchange.response else {
            return;
        };
        let header = |name: &str| {
            let mut headers = answer.headers.iter();
            let found = headers.find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.as_str())
        };
        if exchange.request_id.is_some() && header("x-request-id") != exchange.request_id.as_deref()
        {
            self.deviate(Deviation::RequestId, seq);
        }
        let stated = header("content-type").unwrap_or_default();
        let has_body = answer.body.as_ref().is_some_and(|body| body.bytes > 0);
        let about_letters = Route::of(exchange) != Route::Status;
        let success = exchange.status().is_some_and(|status| status < 300);
        if has_body && about_letters && success && !stated.contains("application/vnd.api+json") {
            self.deviate(Deviation::ContentType, seq);
        }
    }

    fn deviate(&mut self, what: Deviation, seq: u64) {
        self.deviations.entry(what).or_default().add(seq);
    }

    /// The exchange that the line `seq` rests on; the line itself if it is one or rests on none.
    pub(super) fn source(&self, seq: u64) -> u64 {
        self.sources.get(&seq).copied().unwrap_or(seq)
    }

    /// The exchange at `seq`.
    pub(super) fn row(&self, seq: u64) -> Option<&Row> {
        let place = self.rows.binary_search_by_key(&seq, |row| row.seq);
        self.rows.get(place.ok()?)
    }

    /// The exchanges of `test`, in order.
    pub(super) fn rows<'a>(&'a self, test: Option<&'a str>) -> impl Iterator<Item = &'a Row> {
        let belongs = move |row: &&Row| row.test.as_deref() == test;
        self.rows.iter().filter(belongs)
    }

    /// The whole exchanges kept of `test`, by kind.
    pub(super) fn kept<'a>(
        &'a self,
        test: Option<&'a str>,
    ) -> impl Iterator<Item = (Kind, &'a Kept)> {
        let belongs = move |entry: &(&(Option<String>, Kind), &Kept)| entry.0.0.as_deref() == test;
        let kept = self.kept.iter().filter(belongs);
        kept.map(|((_, kind), kept)| (*kind, kept))
    }

    /// The status that the letters of `test` should get.
    pub(super) fn wanted(&self, test: &str) -> Option<&str> {
        self.statuses.get(test).map(String::as_str)
    }

    /// The notes of `test`, in order.
    pub(super) fn notes<'a>(&'a self, test: Option<&'a str>) -> impl Iterator<Item = &'a str> {
        let notes = self.notes.iter();
        let belongs = move |note: &&(Option<String>, String)| note.0.as_deref() == test;
        notes.filter(belongs).map(|(_, text)| text.as_str())
    }

    /// Milliseconds that `test` waited.
    pub(super) fn waited(&self, test: &str) -> u64 {
        let test = Some(test.to_owned());
        self.waits.get(&test).copied().unwrap_or_default()
    }

    /// What differs from the documentation, and where.
    pub(super) fn deviations(&self) -> impl Iterator<Item = (Deviation, &Seen)> {
        self.deviations.iter().map(|(what, seen)| (*what, seen))
    }
}

fn has_double(letters: &[LetterFacts]) -> bool {
    let mut seen = std::collections::HashSet::new();
    letters.iter().any(|letter| !seen.insert(&letter.id))
}

/// Path and query; the query of a signed download is nothing but its signature.
fn shown_path(exchange: &Exchange) -> String {
    let path = exchange.path();
    let query = exchange.url.split_once('?').map(|(_, query)| query);
    match query {
        Some(query) if Route::of(exchange) != Route::Other => format!("{path}?{query}"),
        _ => path.to_owned(),
    }
}

fn letter_of(exchange: &Exchange) -> Option<String> {
    let mut ends = exchange.path().rsplit('/');
    let letter = match Route::of(exchange) {
        Route::Letter | Route::UpdateOne => ends.next(),
        Route::Data => ends.nth(1),
        // The storage names the object after its letter.
        Route::Other => ends.next().and_then(|name| name.strip_suffix(".pdf")),
        _ => None,
    };
    letter.map(str::to_owned)
}
