//! The one writer of a run's journal.
//!
//! Each event is one line, written whole with one call to the system, so that a killed process
//! loses at most the line it was writing; a thread of its own syncs to disk every second, so
//! that a power cut loses at most that second.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::thread;
use std::time::Duration;

use crate::model::{Body, Event, Exchange, Request, Response, Scope, Timestamp};

use super::bodies::swept;
use super::clock::Clock;
use super::derive::{derived_events, may_state_facts};
use super::interrupted::{Interrupted, set_torn_bytes_aside};
use super::production::Production;
use super::redact::Sweep;
use super::{BodyStore, EvidenceError, RawBody, RawExchange, Redactor, RunDir, sha256_hex};

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
    /// Production: of each body hash and size are written alone, of all else what is listed.
    production: Option<Production>,
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
    /// `run.finished` stands in it: nothing may follow.
    finished: bool,
    /// Why it takes no more events.
    stopped: Option<String>,
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
        Self::begin(dir, redactor, None)
    }

    /// As [`Journal::create`], for production: of each body only hash and size are written, of
    /// all else what stands on a list (docs/security.md, "Secrets and people").
    ///
    /// # Errors
    /// As [`Journal::create`].
    pub fn create_withholding(dir: RunDir, redactor: Redactor) -> Result<Self, EvidenceError> {
        Self::begin(dir, redactor, Some(Production::default()))
    }

    fn begin(
        dir: RunDir,
        redactor: Redactor,
        production: Option<Production>,
    ) -> Result<Self, EvidenceError> {
        let path = dir.journal();
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .map_err(EvidenceError::io("make the journal", &path))?;
        take_hold(&file, &dir)?;
        let state = State {
            file,
            length: 0,
            next: 0,
            prev: GENESIS.to_owned(),
            last: Timestamp::default(),
            unsynced: false,
            finished: false,
            stopped: None,
        };
        let clock = Clock::of_this_machine(Timestamp::default());
        Ok(Self::started(dir, redactor, state, production, clock))
    }

    /// Goes on with the journal of an interrupted run: a half-written last line moves to
    /// `journal.torn`, and what the last answer states is written if the run was killed before it
    /// could be. Its times go on from the last line; a note tells of a clock that was set back
    /// since. Returns the journal and how many bytes were moved.
    ///
    /// # Errors
    /// If another process writes it, it cannot be read or written, or a line of it does not hold.
    pub fn reopen(dir: RunDir, redactor: Redactor) -> Result<(Self, u64), EvidenceError> {
        Self::reopen_by(dir, redactor, Clock::of_this_machine)
    }

    fn reopen_by(
        dir: RunDir,
        redactor: Redactor,
        clock: impl FnOnce(Timestamp) -> Clock,
    ) -> Result<(Self, u64), EvidenceError> {
        let path = dir.journal();
        let opened = OpenOptions::new().append(true).open(&path);
        let file = opened.map_err(EvidenceError::io("open the journal", &path))?;
        take_hold(&file, &dir)?;
        BodyStore::at(dir.bodies()).sweep();
        let torn_bytes = set_torn_bytes_aside(&dir)?;
        let before = Interrupted::read(&path)?;
        let length = file
            .metadata()
            .map_err(EvidenceError::io("read the journal", &path))?
            .len();
        let state = State {
            file,
            length,
            next: before.next,
            prev: before.prev,
            last: before.last,
            unsynced: false,
            finished: before.finished,
            stopped: None,
        };
        let clock = clock(before.last);
        let journal = Self::started(dir, redactor, state, before.production, clock);
        if let Some((seq, exchange, stated)) = before.answered {
            journal.state_the_rest(seq, &exchange, stated)?;
        }
        journal.0.tell_of_the_clock();
        Ok((journal, torn_bytes))
    }

    fn started(
        dir: RunDir,
        redactor: Redactor,
        state: State,
        production: Option<Production>,
        clock: Clock,
    ) -> Self {
        let inner = Arc::new(Inner {
            bodies: BodyStore::at(dir.bodies()),
            dir,
            redactor,
            production,
            clock,
            opened_at: state.next,
            calls: AtomicU64::default(),
            state: Mutex::new(state),
        });
        watch_in_background(Arc::downgrade(&inner));
        Self(inner)
    }

    /// The facts of an answer stand right behind its exchange; the first `stated` do already.
    fn state_the_rest(
        &self,
        seq: u64,
        exchange: &Exchange,
        stated: usize,
    ) -> Result<(), EvidenceError> {
        // Against production no answer was kept.
        let Some(body) = self.0.answer_bytes(exchange)? else {
            return Ok(());
        };
        for event in derived_events(seq, exchange, &body).iter().skip(stated) {
            self.append(event)?;
        }
        Ok(())
    }

    /// The run's folder.
    pub fn dir(&self) -> &RunDir {
        &self.0.dir
    }

    /// What keeps secrets out of this journal.
    pub fn redactor(&self) -> &Redactor {
        &self.0.redactor
    }

    /// True if this is the record of calls to production, which keeps what is listed and no text
    /// of an answer.
    pub fn is_of_production(&self) -> bool {
        self.0.production.is_some()
    }

    /// The journal's clock: as the lines' `at`, it never goes back.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Takes no more events, because of `why`: what cannot be kept must not be built upon, and a
    /// run that ends here can go on later.
    pub fn stop(&self, why: &str) {
        let mut state = self.0.lock();
        state.stopped.get_or_insert_with(|| why.to_owned());
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
        state.finished |= matches!(event, Event::RunFinished(_));
        Ok((seq, state.last))
    }

    /// Redacts and writes an exchange and, right behind it, what its answer states.
    ///
    /// # Errors
    /// If a body or a line cannot be written.
    pub fn record(&self, raw: &RawExchange) -> Result<Recorded, EvidenceError> {
        let kept = self.0.kept_exchange(raw);
        // What happened and cannot be written must not be followed by what came after.
        let (exchange, answer) = kept.inspect_err(|error| self.stop(&error.to_string()))?;
        let text = self
            .0
            .swept_json(&Event::Exchange(Box::new(exchange.clone())))?;
        let mut state = self.0.lock();
        let seq = self.0.write_line(&mut state, &text)?;
        let mut derived = Vec::new();
        for event in answer.map_or_else(Vec::new, |body| derived_events(seq, &exchange, &body)) {
            let text = self.0.swept_json(&event)?;
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
        Ok(self.redactor.json(&self.json(event)?))
    }

    /// An event whose parts were swept one by one, or that states what stands in such parts.
    fn swept_json(&self, event: &Event) -> Result<String, EvidenceError> {
        let text = self.json(event)?;
        Ok(self.redactor.sweep(&[]).plain(&text).into_owned())
    }

    /// What of `event` may be written at all.
    fn json(&self, event: &Event) -> Result<String, EvidenceError> {
        Ok(match &self.production {
            Some(production) => serde_json::to_string(&production.event(event))?,
            None => serde_json::to_string(event)?,
        })
    }

    /// The exchange as it is written, and its answer's bytes if it may state facts.
    fn kept_exchange(
        &self,
        raw: &RawExchange,
    ) -> Result<(Exchange, Option<Vec<u8>>), EvidenceError> {
        let exchange = self.redacted_exchange(raw)?;
        let answer = match self.production {
            Some(_) => self.withheld_answer(raw),
            None => self.answer_bytes(&exchange)?,
        };
        Ok((exchange, answer))
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
            url: redacted_url(raw, &sweep),
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
        match self.production {
            Some(_) => Ok(BodyStore::withheld(raw, sweep)),
            None => self.bodies.keep(raw, sweep),
        }
    }

    /// The answer's bytes without secrets, which are in no file.
    fn withheld_answer(&self, raw: &RawExchange) -> Option<Vec<u8>> {
        let body = raw.response.as_ref()?.body.as_ref()?;
        match body {
            RawBody::Bytes { bytes, .. } | RawBody::TokenAnswer { bytes, .. } => {
                let sweep = self.redactor.sweep(&hints(raw));
                Some(swept(body, &sweep).unwrap_or_else(|| bytes.clone()))
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

    /// Readers of the times must know that the machine's clock jumped.
    fn tell_of_the_clock(&self) {
        let Some(text) = self.clock.jumped() else {
            return;
        };
        let scope = Scope::default();
        let note = self.redacted_json(&Event::Note { scope, text });
        let mut state = self.lock();
        if !state.finished
            && let Ok(note) = note
        {
            // If it cannot be written, the next event cannot be either, and says so.
            drop(self.write_line(&mut state, &note));
        }
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

/// A storage may sign by parameters of any name. The API signs none: it alone is sent a token, or,
/// in the sandbox, which wants none, a request's id.
fn redacted_url(raw: &RawExchange, sweep: &Sweep<'_>) -> String {
    let mut names = raw.request_headers.iter().map(|(name, _)| name);
    let has_token = names.any(|name| name.eq_ignore_ascii_case("authorization"));
    match has_token || raw.request_id.is_some() {
        true => sweep.path(&raw.url),
        false => sweep.url(&raw.url),
    }
}

fn redacted_headers(headers: &[(String, String)], sweep: &Sweep<'_>) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| (sweep.header_name(name), sweep.header(name, value)))
        .collect()
}

/// A journal has one writer. Where the file system knows no locks the ledger alone keeps two runs
/// apart.
fn take_hold(file: &File, dir: &RunDir) -> Result<(), EvidenceError> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(EvidenceError::InUse(dir.path().to_owned())),
        Err(TryLockError::Error(_)) | Ok(()) => Ok(()),
    }
}

/// Ends by itself when the journal is gone.
fn watch_in_background(journal: Weak<Inner>) {
    thread::spawn(move || {
        loop {
            thread::sleep(SYNC_EVERY);
            let Some(inner) = journal.upgrade() else {
                return;
            };
            inner.tell_of_the_clock();
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
    use crate::model::Times;

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
        let dir = RunDir::create(folder.path(), &"r".parse().unwrap()).unwrap();
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
        let dir = RunDir::create(folder.path(), &"r".parse().unwrap()).unwrap();
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

    /// The events of the run in `dir`.
    fn events(dir: &RunDir) -> Vec<(Timestamp, Event)> {
        let lines = Reader::open(&dir.journal()).unwrap().map(Result::unwrap);
        lines.map(|read| (read.line.at, read.line.event)).collect()
    }

    #[test]
    fn a_journal_has_one_writer() {
        let folder = tempfile::tempdir().unwrap();
        let dir = RunDir::create(folder.path(), &"r".parse().unwrap()).unwrap();
        let journal = Journal::create(dir.clone(), Redactor::default()).unwrap();
        journal.append(&note("one")).unwrap();
        let second = Journal::reopen(dir.clone(), Redactor::default()).unwrap_err();
        assert!(matches!(second, EvidenceError::InUse(_)), "{second}");
        drop(journal);
        Journal::reopen(dir, Redactor::default()).unwrap();
    }

    #[test]
    fn facts_that_a_killed_run_did_not_come_to_write_are_written() {
        let body = r#"{"data":[{"id":"L1","type":"Letter","attributes":{"status":"PENDING"}}]}"#;
        for (cut, torn) in [(1, 0), (0, 0), (0, 7)] {
            let folder = tempfile::tempdir().unwrap();
            let dir = RunDir::create(folder.path(), &"r".parse().unwrap()).unwrap();
            let journal = Journal::create(dir.clone(), Redactor::default()).unwrap();
            journal.record(&listing(body)).unwrap();
            let whole = events(&dir);
            drop(journal);
            let text = std::fs::read_to_string(dir.journal()).unwrap();
            let lines: Vec<&str> = text.split_inclusive('\n').collect();
            let kept = lines[..lines.len() - cut].concat() + &"x".repeat(torn);
            std::fs::write(dir.journal(), kept).unwrap();
            let (journal, moved) = Journal::reopen(dir.clone(), Redactor::default()).unwrap();
            assert_eq!(moved, torn as u64);
            journal.append(&note("goes on")).unwrap();
            let went_on: Vec<Event> = events(&dir).into_iter().map(|(_, event)| event).collect();
            let mut expected: Vec<Event> = whole.into_iter().map(|(_, event)| event).collect();
            expected.push(note("goes on"));
            assert_eq!(went_on, expected);
        }
    }

    #[test]
    fn a_clock_set_back_between_two_processes_is_told_and_times_go_on() {
        let day = 86_400_000_000;
        for (set, notes) in [(-day, 1), (-day / 24, 1), (0, 0), (day, 0)] {
            let folder = tempfile::tempdir().unwrap();
            let dir = RunDir::create(folder.path(), &"r".parse().unwrap()).unwrap();
            let journal = Journal::create(dir.clone(), Redactor::default()).unwrap();
            journal.append(&note("one")).unwrap();
            drop(journal);
            let wall = move || Timestamp::now().plus_micros(set);
            let clock = move |last| Clock::over(Box::new(wall), last);
            let (journal, _) = Journal::reopen_by(dir.clone(), Redactor::default(), clock).unwrap();
            let sent = journal.now();
            journal.append(&note("two")).unwrap();
            let read = events(&dir);
            let (first, last) = (read[0].0, read[read.len() - 1].0);
            assert_eq!(read.len(), 2 + notes, "{set}");
            let passed = last.micros_since(first) - set.max(0);
            assert!((0..10_000_000).contains(&passed), "{set}: {passed}");
            assert!(sent >= first && sent <= last, "{set}");
        }
    }

    #[test]
    fn a_body_that_cannot_be_kept_stops_the_journal() {
        let folder = tempfile::tempdir().unwrap();
        let dir = RunDir::create(folder.path(), &"r".parse().unwrap()).unwrap();
        let journal = Journal::create(dir.clone(), Redactor::default()).unwrap();
        std::fs::write(dir.bodies(), "a file in the way").unwrap();
        journal.record(&listing(&"x".repeat(5_000))).unwrap_err();
        let after = journal.append(&note("after")).unwrap_err();
        assert!(matches!(after, EvidenceError::Stopped { .. }), "{after}");
        assert_eq!(events(&dir), []);
    }

    #[test]
    fn no_two_calls_share_an_id_nor_after_an_interruption() {
        let folder = tempfile::tempdir().unwrap();
        let dir = RunDir::create(folder.path(), &"r".parse().unwrap()).unwrap();
        let journal = Journal::create(dir.clone(), Redactor::default()).unwrap();
        let mut ids = vec![journal.next_call(), journal.clone().next_call()];
        journal.append(&note("one")).unwrap();
        drop(journal);
        let (again, _) = Journal::reopen(dir, Redactor::default()).unwrap();
        ids.extend([again.next_call(), again.next_call()]);
        assert_eq!(ids, ["0-0", "0-1", "1-0", "1-1"]);
    }

    #[test]
    fn an_answer_that_is_no_json_states_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let dir = RunDir::create(folder.path(), &"r".parse().unwrap()).unwrap();
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
