//! Journals written tersely, for the tests of the criteria.
//!
//! A [`Script`] knows the letters' statuses, so that reading a letter back says what the updates
//! before made of it. What it wrote can be edited afterwards: each edit is a deliberate wrong.

use std::collections::BTreeMap;

use crate::model::{
    Body, Change, CompletedPdf, Event, Exchange, Judgement, LetterFacts, Line, MiFacts, PdfCheck,
    PdfOutcome, Reason, Request, Response, RunStarted, Scope, Settings, Status, TargetFacts, Times,
    Timestamp, ToolFacts, Verdict,
};

use super::facts::Route;
use super::view::RunView;

pub(super) const ENGLISH: &str = "integration-specification-english";
pub(super) const BRAILLE: &str = "integration-specification-braille";
pub(super) const ARABIC: &str = "integration-specification-arabic";
pub(super) const NO_PDF: &str = "integration-specification-missing-pdf";

/// 2026-12-08T10:00:00Z.
const MORNING: Timestamp = Timestamp::from_micros(1_796_724_000_000_000);
const ROOT: &str = "https://int.api.service.nhs.uk/nhs-notify-supplier";

/// A journal in the making.
#[derive(Clone)]
pub(super) struct Script {
    pub lines: Vec<Line>,
    pub letters: BTreeMap<String, LetterFacts>,
    test: Option<&'static str>,
    now: Timestamp,
    mi: usize,
}

impl Script {
    /// A run that was set up so.
    pub fn started(change: impl FnOnce(&mut RunStarted)) -> Self {
        let mut script = Self {
            lines: Vec::new(),
            letters: BTreeMap::new(),
            test: None,
            now: MORNING,
            mi: 0,
        };
        let mut started = run_started();
        change(&mut started);
        script.write(Event::RunStarted(Box::new(started)));
        script
    }

    /// What follows belongs to `test`.
    pub fn within(&mut self, test: &'static str) -> &mut Self {
        self.test = Some(test);
        self
    }

    /// Time passes.
    pub fn wait_ms(&mut self, ms: i64) -> &mut Self {
        self.now = self.now.plus_micros(ms * 1_000);
        self
    }

    /// Writes one line; room is left between the numbers for edits.
    pub fn write(&mut self, event: Event) -> u64 {
        let seq = self.lines.last().map_or(0, |line| line.seq + 10);
        self.wait_ms(1);
        let (at, prev) = (self.now, String::new());
        self.lines.push(Line {
            seq,
            at,
            prev,
            event,
        });
        seq
    }

    fn scope(&self) -> Scope {
        self.test
            .map_or_else(Scope::default, |test| Scope::of(test, "a scenario"))
    }

    /// A request that is answered `status`, or not at all (0).
    pub fn call(&mut self, method: &str, path: &str, status: u16) -> u64 {
        self.send(method, path, status, None, None)
    }

    fn send(
        &mut self,
        method: &str,
        path: &str,
        status: u16,
        intent: Option<u64>,
        bodies: Option<(String, String)>,
    ) -> u64 {
        let (asked, answered) = bodies.unzip();
        let sent = self.now;
        self.write(Event::Exchange(Box::new(Exchange {
            id: format!("call-{}", self.lines.len()),
            scope: self.scope(),
            attempt: 1,
            method: method.to_owned(),
            url: format!("{ROOT}{path}"),
            request_id: None,
            correlation_id: None,
            intent,
            request: Request {
                headers: Vec::new(),
                body: asked.map(body),
            },
            response: (status > 0).then(|| Response {
                status,
                headers: Vec::new(),
                body: answered.map(body),
            }),
            times: Times {
                sent,
                first_byte_us: None,
                done_us: 500,
            },
            error: (status == 0).then(|| "connection reset".to_owned()),
        })))
    }

    /// Letters come into being, PENDING.
    pub fn seed(&mut self, specification: &str, group: &str, ids: &[&str]) {
        for id in ids {
            let letter = LetterFacts {
                id: (*id).to_owned(),
                status: "PENDING".to_owned(),
                specification_id: Some(specification.to_owned()),
                group_id: Some(group.to_owned()),
                sha256_hash: (specification != NO_PDF).then(|| format!("hash of {id}")),
                reason_code: None,
                reason_text: None,
            };
            self.letters.insert((*id).to_owned(), letter);
        }
    }

    /// GET `/letters` answers with `ids`, as they stand.
    pub fn list<S: AsRef<str>>(&mut self, ids: &[S]) -> u64 {
        let letters = ids
            .iter()
            .map(|id| self.letters[id.as_ref()].clone())
            .collect();
        let exchange = self.call("GET", "/letters?limit=2500", 200);
        let scope = self.scope();
        let limit = Some("2500".to_owned());
        self.write(Event::LettersListed {
            exchange,
            scope,
            limit,
            letters,
        })
    }

    /// GET `/letters/{id}` answers for each of `ids`.
    pub fn read(&mut self, ids: &[&str]) -> &mut Self {
        for id in ids {
            let letter = self.letters[*id].clone();
            let exchange = self.call("GET", &format!("/letters/{id}"), 200);
            let scope = self.scope();
            self.write(Event::StatusObserved {
                exchange,
                scope,
                letter,
            });
        }
        self
    }

    /// Letters are chosen for the test.
    pub fn target(&mut self, status: Status, ids: &[&str]) -> &mut Self {
        let scope = self.scope();
        let letters = owned(ids);
        let status = status.to_string();
        self.write(Event::LettersTargeted {
            scope,
            status,
            letters,
        });
        self
    }

    /// An update that is answered 202 and applied; one letter goes by PATCH.
    pub fn update(&mut self, status: Status, ids: &[&str]) -> &mut Self {
        self.update_because(
            status,
            &ids.iter().map(|id| (*id, None)).collect::<Vec<_>>(),
        )
    }

    /// The same with a reason for each letter.
    pub fn update_because(
        &mut self,
        status: Status,
        items: &[(&str, Option<(&str, &str)>)],
    ) -> &mut Self {
        let mut changes = Vec::new();
        for (id, reason) in items {
            let mut change = Change::to(*id, status);
            if let Some((code, text)) = reason {
                change = change.because(&Reason {
                    code: (*code).into(),
                    text: (*text).into(),
                });
            }
            if let Some(letter) = self.letters.get_mut(*id) {
                letter.status = change.status.clone();
                letter.reason_code.clone_from(&change.reason_code);
                letter.reason_text.clone_from(&change.reason_text);
            }
            changes.push(change);
        }
        self.intend(changes, 202);
        self
    }

    /// An update that is announced, and answered `status`; nothing is applied here.
    pub fn intend(&mut self, changes: Vec<Change>, status: u16) -> u64 {
        let path = match changes.as_slice() {
            [one] => format!("/letters/{}", one.letter),
            _ => "/letters".to_owned(),
        };
        let method = if changes.len() == 1 { "PATCH" } else { "POST" };
        let scope = self.scope();
        let intent = self.write(Event::Intent {
            scope,
            changes,
            mi: None,
        });
        self.send(method, &path, status, Some(intent), None)
    }

    /// What AT5 to AT13 do: read, target, update, read back.
    pub fn move_to(&mut self, status: Status, ids: &[&str], reason: Option<(&str, &str)>) {
        let items: Vec<_> = ids.iter().map(|id| (*id, reason)).collect();
        self.target(status, ids).read(ids);
        if let Some((first, rest)) = items.split_first() {
            self.update_because(status, &[*first]);
            if !rest.is_empty() {
                self.update_because(status, rest);
            }
        }
        self.read(ids);
    }

    /// A PDF is fetched and checked; `failed` names the checks that find something.
    pub fn pdf(&mut self, id: &str, outcomes: &[(&str, PdfOutcome)]) -> u64 {
        self.call("GET", &format!("/letters/{id}/data"), 303);
        let status = match self.letters[id].sha256_hash {
            Some(_) => 200,
            None => 404,
        };
        let exchange = self.call("GET", &format!("/store/{id}.pdf"), status);
        self.bring_document(id);
        self.checked(id, outcomes, exchange, None)
    }

    /// The last exchange brings the PDF of letter `id`, if it has one.
    fn bring_document(&mut self, id: &str) {
        let hash = self.letters[id].sha256_hash.clone();
        let Some(Event::Exchange(exchange)) = self.lines.last_mut().map(|line| &mut line.event)
        else {
            panic!("an exchange was written last");
        };
        let answer = exchange.response.as_mut().unwrap();
        answer.body = hash.map(|sha256| Body {
            sha256,
            bytes: DOCUMENT_BYTES,
            withheld: true,
            ..body(String::new())
        });
    }

    /// The checks of PDFs that AT15's clock had no time for: they complete the `pdf.checked` at
    /// each of `firsts`.
    pub fn completed(&mut self, firsts: &[u64], outcomes: &[(&str, PdfOutcome)]) -> u64 {
        let pdf = |first: &u64| CompletedPdf {
            follows: *first,
            us: 100,
        };
        let scope = self.scope();
        self.write(Event::PdfCompleted {
            scope,
            checks: checks(outcomes),
            pdfs: firsts.iter().map(pdf).collect(),
        })
    }

    /// The same of one PDF, as runs wrote it first: a second `pdf.checked`.
    pub fn later_pdf(&mut self, id: &str, first: u64, outcomes: &[(&str, PdfOutcome)]) -> u64 {
        self.checked(id, outcomes, first - 1, Some(first))
    }

    /// The `pdf.checked` of `test`, in order.
    pub fn pdfs_of(&self, test: &str) -> Vec<u64> {
        let view = self.view();
        view.pdfs(test).map(|pdf| pdf.seq).collect()
    }

    fn checked(
        &mut self,
        id: &str,
        outcomes: &[(&str, PdfOutcome)],
        exchange: u64,
        follows: Option<u64>,
    ) -> u64 {
        let hash = self.letters[id].sha256_hash.clone();
        let scope = self.scope();
        self.write(Event::PdfChecked {
            scope,
            letter: id.to_owned(),
            exchange,
            sha256: hash.clone(),
            bytes: DOCUMENT_BYTES,
            expected_sha256: hash,
            checks: checks(outcomes),
            us: 100,
            follows,
        })
    }

    /// Management information about `ids`, taken and noted; returns its id.
    pub fn submit(&mut self, specification: &str, group: &str, ids: &[&str]) -> String {
        let facts = mi_facts(self.now, specification, group, ids);
        let said = attributes(&facts);
        let scope = self.scope();
        let mi = Some(Box::new(facts.clone()));
        let intent = self.write(Event::Intent {
            scope,
            changes: Vec::new(),
            mi,
        });
        self.mi += 1;
        let id = format!("mi-{}", self.mi);
        let asked = format!(r#"{{"data":{{"attributes":{said}}}}}"#);
        let answered = format!(r#"{{"data":{{"id":"{id}","attributes":{said}}}}}"#);
        let exchange = self.send("POST", "/mi", 201, Some(intent), Some((asked, answered)));
        self.note_submission(&id, Some(exchange), facts);
        id
    }

    /// A submission of this run, or (without an exchange) of an earlier one.
    pub fn note_submission(&mut self, id: &str, exchange: Option<u64>, facts: MiFacts) {
        let scope = self.scope();
        let run = if exchange.is_some() {
            "this-run"
        } else {
            "earlier-run"
        };
        let (run, mi) = (run.to_owned(), id.to_owned());
        self.write(Event::MiSubmitted {
            scope,
            run,
            exchange,
            mi,
            facts,
        });
    }

    /// GET `/mi/{id}` answers what was submitted.
    pub fn read_mi(&mut self, id: &str) {
        let submitted = self.lines.iter().rev().find_map(|line| match &line.event {
            Event::MiSubmitted { mi, facts, .. } if mi == id => Some(facts.clone()),
            _ => None,
        });
        let said = attributes(&submitted.unwrap());
        let answered = format!(r#"{{"data":{{"id":"{id}","attributes":{said}}}}}"#);
        let bodies = Some((String::new(), answered));
        self.send("GET", &format!("/mi/{id}"), 200, None, bodies);
    }

    /// A step that failed of `cause`.
    pub fn fail_step(&mut self, cause: &str) {
        let scope = self.scope();
        self.write(Event::StepFinished {
            scope,
            step: "When something".to_owned(),
            outcome: "failed".to_owned(),
            error: Some("it could not be done".to_owned()),
            cause: Some(cause.to_owned()),
        });
    }

    /// A pass of AT15 over `ids`, timed as its events say.
    pub fn pass(&mut self, number: usize, ids: &[&str]) {
        let from = self.list(ids) - 10;
        self.update(Status::Accepted, ids);
        let whole = ["PF-001", "PF-002", "PF-003", "PF-004", "PF-007"];
        let checks = whole.map(|id| (id, PdfOutcome::Pass));
        let no_pdf = [("PF-001", PdfOutcome::Fail)];
        let mut to = from;
        for id in ids {
            let has = self.letters[*id].sha256_hash.is_some();
            to = self.pdf(id, if has { &checks } else { &no_pdf });
        }
        let none: [&str; 0] = [];
        self.list(&none);
        let us = self.at(to).micros_since(self.sent(from)).unsigned_abs();
        let scope = self.scope();
        let name = format!("AT15 pass {number}");
        let (from, to) = (Some(from), Some(to));
        self.write(Event::Timing {
            scope,
            name,
            us,
            from,
            to,
        });
    }

    fn at(&self, seq: u64) -> Timestamp {
        self.lines.iter().find(|line| line.seq == seq).unwrap().at
    }

    fn sent(&self, seq: u64) -> Timestamp {
        let line = self.lines.iter().find(|line| line.seq == seq).unwrap();
        match &line.event {
            Event::Exchange(exchange) => exchange.times.sent,
            _ => line.at,
        }
    }

    /// What the criteria see.
    pub fn view(&self) -> RunView {
        let mut view = RunView::default();
        for line in &self.lines {
            view.apply(line);
        }
        view
    }

    /// The judgement of `point`.
    pub fn judge(&self, point: &str) -> Judgement {
        super::judge(point, &self.view()).unwrap()
    }

    /// The verdict of `point`.
    pub fn verdict(&self, point: &str) -> Verdict {
        self.judge(point).verdict
    }
}

/// Edits.
impl Script {
    /// How the run was set up.
    pub fn setup(&mut self) -> &mut RunStarted {
        match &mut self.lines[0].event {
            Event::RunStarted(started) => started,
            _ => panic!("a run starts with run.started"),
        }
    }

    /// The settings of the run.
    pub fn settings(&mut self) -> &mut Settings {
        &mut self.setup().settings
    }

    /// The events of `test`.
    pub fn events_of(&mut self, test: &'static str) -> impl DoubleEndedIterator<Item = &mut Event> {
        let events = self.lines.iter_mut().map(|line| &mut line.event);
        events.filter(move |event| belongs(event, test))
    }

    /// The exchanges of `test` with `route`.
    pub fn exchanges_of(
        &mut self,
        test: &'static str,
        route: Route,
    ) -> impl DoubleEndedIterator<Item = &mut Exchange> {
        self.events_of(test).filter_map(move |event| match event {
            Event::Exchange(exchange) if Route::of(exchange) == route => Some(exchange.as_mut()),
            _ => None,
        })
    }

    /// What `test` last read of `letter`.
    pub fn last_read(&mut self, test: &'static str, id: &str) -> &mut LetterFacts {
        let read = self.events_of(test).rev().find_map(|event| match event {
            Event::StatusObserved { letter, .. } if letter.id == id => Some(letter),
            _ => None,
        });
        read.unwrap()
    }

    /// What `test` first read of `letter`.
    pub fn first_read(&mut self, test: &'static str, id: &str) -> &mut LetterFacts {
        let read = self.events_of(test).find_map(|event| match event {
            Event::StatusObserved { letter, .. } if letter.id == id => Some(letter),
            _ => None,
        });
        read.unwrap()
    }

    /// The change of `letter` to `status` that `test` last asked for.
    pub fn asked(&mut self, test: &'static str, id: &str, status: Status) -> &mut Change {
        let wanted = |change: &&mut Change| change.letter == id && change.status == status.as_str();
        let changes = self.events_of(test).filter_map(|event| match event {
            Event::Intent { changes, .. } => Some(changes),
            _ => None,
        });
        changes.flatten().filter(wanted).last().unwrap()
    }

    /// The lists of `test`.
    pub fn lists_of(&mut self, test: &'static str) -> Vec<&mut Vec<LetterFacts>> {
        let lists = self.events_of(test).filter_map(|event| match event {
            Event::LettersListed { letters, .. } => Some(letters),
            _ => None,
        });
        lists.collect()
    }

    /// Leaves lines out.
    pub fn leave_out(&mut self, test: &'static str, out: impl Fn(&Event) -> bool) {
        self.lines
            .retain(|line| !(belongs(&line.event, test) && out(&line.event)));
    }

    /// No request of `test` brings an answer, and nothing follows from any.
    pub fn lose_answers(&mut self, test: &'static str) {
        for event in self.events_of(test) {
            if let Event::Exchange(exchange) = event {
                exchange.response = None;
                exchange.error = Some("connection refused".to_owned());
            }
        }
        self.leave_out(test, follows_from_an_answer);
    }
}

/// The length of every PDF.
const DOCUMENT_BYTES: u64 = 85_000;

fn checks(outcomes: &[(&str, PdfOutcome)]) -> Vec<PdfCheck> {
    let check = |(id, outcome): &(&str, PdfOutcome)| PdfCheck {
        id: (*id).to_owned(),
        outcome: *outcome,
        observed: "seen".to_owned(),
    };
    outcomes.iter().map(check).collect()
}

fn follows_from_an_answer(event: &Event) -> bool {
    matches!(
        event,
        Event::LettersListed { .. }
            | Event::StatusObserved { .. }
            | Event::PdfChecked { .. }
            | Event::PdfCompleted { .. }
            | Event::MiSubmitted { .. }
            | Event::Timing { .. }
            | Event::JobCreated { .. }
            | Event::JobIgnored { .. }
    )
}

fn belongs(event: &Event, test: &str) -> bool {
    let scope = match event {
        Event::Exchange(exchange) => &exchange.scope,
        Event::LettersListed { scope, .. }
        | Event::LettersTargeted { scope, .. }
        | Event::StatusObserved { scope, .. }
        | Event::JobCreated { scope, .. }
        | Event::JobIgnored { scope, .. }
        | Event::PdfChecked { scope, .. }
        | Event::PdfCompleted { scope, .. }
        | Event::MiSubmitted { scope, .. }
        | Event::Timing { scope, .. }
        | Event::StepFinished { scope, .. }
        | Event::Intent { scope, .. } => scope,
        _ => return false,
    };
    scope.is_test(test)
}

/// Management information about `ids`, of the day of `now`.
pub(super) fn mi_facts(now: Timestamp, specification: &str, group: &str, ids: &[&str]) -> MiFacts {
    MiFacts {
        date: now.date(),
        specification_id: specification.to_owned(),
        group_id: group.to_owned(),
        line_item: "envelope".to_owned(),
        quantity: ids.len() as u64,
        letters: owned(ids),
    }
}

fn attributes(facts: &MiFacts) -> serde_json::Value {
    serde_json::json!({
        "timestamp": format!("{}T12:00:00Z", facts.date),
        "specificationId": facts.specification_id,
        "groupId": facts.group_id,
        "lineItem": facts.line_item,
        "quantity": facts.quantity,
    })
}

fn owned(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

fn body(text: String) -> Body {
    Body {
        sha256: String::new(),
        bytes: text.len() as u64,
        content_type: None,
        text: Some(text),
        redacted: false,
        withheld: false,
    }
}

fn run_started() -> RunStarted {
    RunStarted {
        schema: 1,
        run_id: "this-run".parse().unwrap(),
        tool: ToolFacts {
            name: "letterproof".to_owned(),
            version: "0".to_owned(),
        },
        target: TargetFacts {
            name: "int".to_owned(),
            kind: "int".to_owned(),
            base_url: ROOT.to_owned(),
            token_url: None,
            hosts: Vec::new(),
            storage_hosts: None,
            deviations: Vec::new(),
        },
        supplier: "Acme".to_owned(),
        system: None,
        driven: "Acme's system".to_owned(),
        pack_revision: String::new(),
        scope: Vec::new(),
        faults: Vec::new(),
        settings: settings(),
    }
}

fn settings() -> Settings {
    let words = |words: &[&str]| owned(words);
    Settings {
        window: None,
        expected_letters: 2_500,
        seeded_letters: None,
        seed: None,
        visibility_timeout_ms: 1_000,
        settle_timeout_ms: 1_000,
        requests_per_second: 300,
        optional_statuses: words(&["PRINTED", "ENCLOSED", "DELIVERED"]),
        rejects: true,
        accessible_specifications: words(&[BRAILLE]),
        target_ms: 10_000,
        performance_runs: 3,
        sizes: BTreeMap::new(),
        agreed_with: None,
        agreed_on: None,
    }
}
