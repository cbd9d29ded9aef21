//! The one writer of a run's journal.
//!
//! Each event is one line, written whole with one call to the system, so that a killed process
//! loses at most the line it was writing; a thread of its own syncs to disk every second, so
//! that a power cut loses at most that second.

use std::fs::{File, OpenOptions};
use std::io::{Seek, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::thread;
use std::time::{Duration, Instant};

use crate::model::{Body, Event, Exchange, Request, Response, Timestamp};

use super::derive::{derived_events, may_state_facts};
use super::redact::Sweep;
use super::{BodyStore, EvidenceError, RawBody, RawExchange, Reader, Redactor, RunDir, sha256_hex};

/// The `prev` of a journal's first line.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

const SYNC_EVERY: Duration = Duration::from_secs(1);

/// Appends events to a run's journal; clones write to the same file.
#[derive(Clone)]
pub struct Journal(Arc<Inner>);

struct Inner {
    dir: RunDir,
    redactor: Redactor,
    bodies: BodyStore,
    /// Of each body hash and size are written alone.
    withholds: bool,
    clock: Clock,
    /// Lines that were there when it was opened: no two openings share it.
    opened_at: u64,
    /// Calls that were named since.
    calls: AtomicU64,
    state: Mutex<State>,
}

struct State {
    file: File,
    length: u64,
    next: u64,
    prev: String,
    last: Timestamp,
    unsynced: bool,
    /// Why a write failed.
    stopped: Option<String>,
}

/// A wall clock that never goes back: read once, then carried on by the monotonic clock.
struct Clock {
    wall: Timestamp,
    start: Instant,
}

/// An exchange as it was written, with the events derived from it.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The exchange's `seq`.
    pub seq: u64,
    /// When the request was handed to the network.
    pub sent: Timestamp,
    /// Derived events with their `seq`.
    pub derived: Vec<(u64, Event)>,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Journal({})", self.0.dir.path().display())
    }
}

impl Journal {
    /// Starts the journal of a new run in `dir`.
    ///
    /// # Errors
    /// If the file exists already or cannot be made.
    pub fn create(dir: RunDir, redactor: Redactor) -> Result<Self, EvidenceError> {
        Self::begin(dir, redactor, false)
    }

    /// As [`Journal::create`], for production: of each body only hash and size are written. What
    /// answers state of letters is written all the same; it names nobody.
    ///
    /// # Errors
    /// As [`Journal::create`].
    pub fn create_withholding(dir: RunDir, redactor: Redactor) -> Result<Self, EvidenceError> {
        Self::begin(dir, redactor, true)
    }

    fn begin(dir: RunDir, redactor: Redactor, withholds: bool) -> Result<Self, EvidenceError> {
        let path = dir.journal();
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .map_err(EvidenceError::io("make the journal", &path))?;
        let state = State {
            file,
            length: 0,
            next: 0,
            prev: GENESIS.to_owned(),
            last: Timestamp::default(),
            unsynced: false,
            stopped: None,
        };
        Ok(Self::started(dir, redactor, state, withholds))
    }

    /// Goes on with the journal of an interrupted run: a half-written last line moves to
    /// `journal.torn`. Returns the journal and how many bytes were moved.
    ///
    /// # Errors
    /// If the journal cannot be read or written, or a line of it does not hold.
    pub fn reopen(dir: RunDir, redactor: Redactor) -> Result<(Self, u64), EvidenceError> {
        let path = dir.journal();
        let torn = set_torn_bytes_aside(&dir)?;
        let mut withholds = false;
        let mut next = 0;
        let (mut prev, mut last) = (GENESIS.to_owned(), Timestamp::default());
        for read in Reader::open(&path)? {
            let fault = |fault| EvidenceError::Journal {
                path: path.clone(),
                fault,
            };
            let read = read.map_err(fault)?;
            withholds |= is_of_production(&read.line.event);
            (next, prev, last) = (read.line.seq + 1, read.hash, read.line.at);
        }
        let opened = OpenOptions::new().append(true).open(&path);
        let file = opened.map_err(EvidenceError::io("open the journal", &path))?;
        let length = file
            .metadata()
            .map_err(EvidenceError::io("read the journal", &path))?
            .len();
        let state = State {
            file,
            length,
            next,
            prev,
            last,
            unsynced: false,
            stopped: None,
        };
        Ok((Self::started(dir, redactor, state, withholds), torn))
    }

    fn started(dir: RunDir, redactor: Redactor, state: State, withholds: bool) -> Self {
        let inner = Arc::new(Inner {
            bodies: BodyStore::at(dir.bodies()),
            dir,
            redactor,
            withholds,
            clock: Clock {
                wall: Timestamp::now(),
                start: Instant::now(),
            },
            opened_at: state.next,
            calls: AtomicU64::default(),
            state: Mutex::new(state),
        });
        sync_in_background(Arc::downgrade(&inner));
        Self(inner)
    }

    /// The run's folder.
    pub fn dir(&self) -> &RunDir {
        &self.0.dir
    }

    /// What keeps secrets out of this journal.
    pub fn redactor(&self) -> &Redactor {
        &self.0.redactor
    }

    /// The journal's clock: as the lines' `at`, it never goes back.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// An id for the attempts of a call: the line before which the journal was opened, and a
    /// number. No other call of the run has it, nor one after an interruption. It stays in the
    /// journal, so it need not be hard to guess, and being short it keeps packs small.
    pub fn next_call(&self) -> String {
        let number = self.0.calls.fetch_add(1, Ordering::Relaxed);
        format!("{}-{number}", self.0.opened_at)
    }

    /// Writes one event and returns its `seq`.
    ///
    /// # Errors
    /// If it cannot be written; the journal then takes no more events.
    pub fn append(&self, event: &Event) -> Result<u64, EvidenceError> {
        self.append_at(event).map(|(seq, _)| seq)
    }

    /// Writes one event and returns its `seq` and the `at` of its line.
    ///
    /// # Errors
    /// If it cannot be written; the journal then takes no more events.
    pub fn append_at(&self, event: &Event) -> Result<(u64, Timestamp), EvidenceError> {
        let text = self.0.redacted_json(event)?;
        let mut state = self.0.lock();
        let seq = self.0.write_line(&mut state, &text)?;
        Ok((seq, state.last))
    }

    /// Redacts and writes an exchange and, right behind it, what its answer states.
    ///
    /// # Errors
    /// If a body or a line cannot be written.
    pub fn record(&self, raw: &RawExchange) -> Result<Recorded, EvidenceError> {
        let exchange = self.0.redacted_exchange(raw)?;
        let answer = match self.0.withholds {
            true => self.0.withheld_answer(raw),
            false => self.0.answer_bytes(&exchange)?,
        };
        let text = self
            .0
            .redacted_json(&Event::Exchange(Box::new(exchange.clone())))?;
        let mut state = self.0.lock();
        let seq = self.0.write_line(&mut state, &text)?;
        let mut derived = Vec::new();
        for event in answer.map_or_else(Vec::new, |body| derived_events(seq, &exchange, &body)) {
            let text = self.0.redacted_json(&event)?;
            derived.push((self.0.write_line(&mut state, &text)?, event));
        }
        Ok(Recorded {
            seq,
            sent: raw.times.sent,
            derived,
        })
    }

    /// Keeps a letter's PDF under `bodies/` by its hash: one that failed a check is evidence.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn keep_document(&self, bytes: &[u8]) -> Result<(), EvidenceError> {
        self.0.bodies.keep_document(bytes)
    }

    /// Redacts `raw` and keeps it as the body of an event that is about to be written.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep(&self, raw: &RawBody) -> Result<Body, EvidenceError> {
        self.0.bodies.keep(raw, &self.0.redactor.sweep(&[]))
    }

    /// Brings everything written so far to the disk.
    ///
    /// # Errors
    /// If the system cannot do so.
    pub fn sync(&self) -> Result<(), EvidenceError> {
        let mut state = self.0.lock();
        state.unsynced = false;
        let path = self.0.dir.journal();
        state
            .file
            .sync_data()
            .map_err(EvidenceError::io("save the journal", path))
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(|poison| poison.into_inner())
    }

    fn redacted_json(&self, event: &Event) -> Result<String, EvidenceError> {
        let text = serde_json::to_string(event)?;
        Ok(self.redactor.text(&text).into_owned())
    }

    fn redacted_exchange(&self, raw: &RawExchange) -> Result<Exchange, EvidenceError> {
        let sweep = self.redactor.sweep(&hints(raw));
        let request = Request {
            headers: redacted_headers(&raw.request_headers, &sweep),
            body: raw
                .request_body
                .as_ref()
                .map(|body| self.kept(body, &sweep))
                .transpose()?,
        };
        let response = match &raw.response {
            None => None,
            Some(answer) => Some(Response {
                status: answer.status,
                headers: redacted_headers(&answer.headers, &sweep),
                body: answer
                    .body
                    .as_ref()
                    .map(|body| self.kept(body, &sweep))
                    .transpose()?,
            }),
        };
        Ok(Exchange {
            id: raw.id.clone(),
            scope: raw.scope.clone(),
            attempt: raw.attempt,
            method: raw.method.clone(),
            url: sweep.text(&raw.url).into_owned(),
            request_id: raw.request_id.clone(),
            correlation_id: raw.correlation_id.clone(),
            intent: raw.intent,
            request,
            response,
            times: raw.times,
            error: raw
                .error
                .as_deref()
                .map(|text| sweep.text(text).into_owned()),
        })
    }

    fn kept(&self, raw: &RawBody, sweep: &Sweep<'_>) -> Result<Body, EvidenceError> {
        match self.withholds {
            true => Ok(BodyStore::withheld(raw, sweep)),
            false => self.bodies.keep(raw, sweep),
        }
    }

    /// The answer's bytes without secrets, which are in no file.
    fn withheld_answer(&self, raw: &RawExchange) -> Option<Vec<u8>> {
        let body = raw.response.as_ref()?.body.as_ref()?;
        match body {
            RawBody::Bytes { bytes, .. } => {
                let sweep = self.redactor.sweep(&hints(raw));
                Some(sweep.bytes(bytes).unwrap_or_else(|| bytes.clone()))
            }
            RawBody::Withheld { .. } => None,
        }
    }

    fn answer_bytes(&self, exchange: &Exchange) -> Result<Option<Vec<u8>>, EvidenceError> {
        if !may_state_facts(exchange) {
            return Ok(None);
        }
        let body = exchange
            .response
            .as_ref()
            .and_then(|answer| answer.body.as_ref());
        body.map_or(Ok(None), |body| self.bodies.read(body))
    }

    /// `event` is the event's JSON object; seq, time and chain go before its fields.
    fn write_line(&self, state: &mut State, event: &str) -> Result<u64, EvidenceError> {
        if let Some(why) = state.stopped.clone() {
            return Err(EvidenceError::Stopped { why });
        }
        let seq = state.next;
        let at = self.clock.now().max(state.last);
        let prev = &state.prev;
        let fields = event.strip_prefix('{').unwrap_or(event);
        let mut line = format!(r#"{{"seq":{seq},"at":"{at}","prev":"{prev}",{fields}"#);
        let hash = sha256_hex(line.as_bytes());
        line.push('\n');
        self.write_whole(state, line.as_bytes())?;
        state.length += line.len() as u64;
        state.next += 1;
        state.prev = hash;
        state.last = at;
        state.unsynced = true;
        Ok(seq)
    }

    /// Writes all of `line`, or leaves the file as it was and stops the journal.
    fn write_whole(&self, state: &mut State, line: &[u8]) -> Result<(), EvidenceError> {
        let Err(error) = state.file.write_all(line) else {
            return Ok(());
        };
        let error = EvidenceError::io("write to the journal", self.dir.journal())(error);
        state.stopped = Some(error.to_string());
        let length = state.length;
        let undo = state.file.set_len(length);
        drop(undo.and_then(|()| state.file.seek(std::io::SeekFrom::Start(length))));
        Err(error)
    }
}

impl Clock {
    fn now(&self) -> Timestamp {
        let passed = i64::try_from(self.start.elapsed().as_micros()).unwrap_or(i64::MAX);
        self.wall.plus_micros(passed)
    }
}

/// True for the first line of a run against production, whose bodies are never kept.
fn is_of_production(event: &Event) -> bool {
    matches!(event, Event::RunStarted(started) if started.target.kind == "prod")
}

/// Moves what follows the last line end to `journal.torn`; returns how many bytes that were.
fn set_torn_bytes_aside(dir: &RunDir) -> Result<u64, EvidenceError> {
    let path = dir.journal();
    let bytes = std::fs::read(&path).map_err(EvidenceError::io("read the journal", &path))?;
    let whole = bytes
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |end| end + 1);
    let torn = &bytes[whole..];
    if torn.is_empty() {
        return Ok(0);
    }
    let aside = dir.torn();
    let append = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().create(true).append(true).open(&aside)?;
        file.write_all(torn)?;
        file.sync_data()
    };
    append().map_err(EvidenceError::io("write", &aside))?;
    let cut = || {
        OpenOptions::new()
            .write(true)
            .open(&path)?
            .set_len(whole as u64)
    };
    cut().map_err(EvidenceError::io("shorten the journal", &path))?;
    Ok(torn.len() as u64)
}

/// Texts of the exchange that carry secrets which other parts of it may repeat.
fn hints(raw: &RawExchange) -> Vec<&str> {
    let location = raw.response.iter().flat_map(|answer| &answer.headers);
    let location = location
        .filter(|(name, _)| name.eq_ignore_ascii_case("location"))
        .map(|(_, value)| value.as_str());
    std::iter::once(raw.url.as_str())
        .chain(location)
        .filter(|text| text.contains('?'))
        .collect()
}

fn redacted_headers(headers: &[(String, String)], sweep: &Sweep<'_>) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| (name.clone(), sweep.header(name, value)))
        .collect()
}

/// Ends by itself when the journal is gone.
fn sync_in_background(journal: Weak<Inner>) {
    thread::spawn(move || {
        loop {
            thread::sleep(SYNC_EVERY);
            let Some(inner) = journal.upgrade() else {
                return;
            };
            let mut state = inner.lock();
            if !std::mem::take(&mut state.unsynced) {
                continue;
            }
            let file = state.file.try_clone();
            drop(state);
            drop(file.and_then(|file| file.sync_data()));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{RawBody, RawResponse, Reader};
    use crate::model::{Scope, Times};

    fn note(text: &str) -> Event {
        Event::Note {
            scope: Scope::default(),
            text: text.into(),
        }
    }

    fn listing(body: &str) -> RawExchange {
        RawExchange {
            id: "c1".into(),
            scope: Scope::of("AT2", "here:1"),
            attempt: 1,
            method: "GET".into(),
            url: "http://127.0.0.1:1/letters?limit=2500".into(),
            request_id: Some("r1".into()),
            correlation_id: None,
            intent: None,
            request_headers: vec![("Authorization".into(), "Bearer opaque-token".into())],
            request_body: None,
            response: Some(RawResponse {
                status: 200,
                headers: vec![],
                body: Some(RawBody::Bytes {
                    bytes: body.into(),
                    content_type: None,
                }),
            }),
            times: Times::default(),
            error: None,
        }
    }

    #[test]
    fn lines_are_chained_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let dir = RunDir::create(folder.path(), "r").unwrap();
        let journal = Journal::create(dir.clone(), Redactor::default()).unwrap();
        for text in ["one", "two", "three"] {
            journal.append(&note(text)).unwrap();
        }
        let lines: Vec<_> = Reader::open(&dir.journal())
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0].line.prev, GENESIS);
        assert_eq!(lines[2].line.prev, lines[1].hash);
        assert_eq!(lines[1].line.event, note("two"));
    }

    #[test]
    fn a_list_states_its_letters_and_the_token_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let dir = RunDir::create(folder.path(), "r").unwrap();
        let journal = Journal::create(dir.clone(), Redactor::default()).unwrap();
        let body = r#"{"data":[{"id":"L1","type":"Letter","attributes":{"status":"PENDING"}}]}"#;
        let recorded = journal.record(&listing(body)).unwrap();
        assert!(matches!(
            &recorded.derived[..],
            [(1, Event::LettersListed { exchange: 0, letters, .. })] if letters[0].id == "L1"
        ));
        let text = std::fs::read_to_string(dir.journal()).unwrap();
        assert!(!text.contains("opaque-token"));
    }

    #[test]
    fn no_two_calls_share_an_id_nor_after_an_interruption() {
        let folder = tempfile::tempdir().unwrap();
        let dir = RunDir::create(folder.path(), "r").unwrap();
        let journal = Journal::create(dir.clone(), Redactor::default()).unwrap();
        let mut ids = vec![journal.next_call(), journal.clone().next_call()];
        journal.append(&note("one")).unwrap();
        let (again, _) = Journal::reopen(dir, Redactor::default()).unwrap();
        ids.extend([again.next_call(), again.next_call()]);
        assert_eq!(ids, ["0-0", "0-1", "1-0", "1-1"]);
    }

    #[test]
    fn an_answer_that_is_no_json_states_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let dir = RunDir::create(folder.path(), "r").unwrap();
        let journal = Journal::create(dir, Redactor::default()).unwrap();
        assert!(
            journal
                .record(&listing("<html>"))
                .unwrap()
                .derived
                .is_empty()
        );
    }
}
