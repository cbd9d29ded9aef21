//! A small sealed run with every kind of line, whose every text comes from the caller.

use std::fs;
use std::path::Path;

use letterproof::acceptance::{CATALOGUE, RunResult, RunView, judge};
use letterproof::evidence::{RunDir, derived_events, sha256_hex, write_seal};
use letterproof::model::{
    Allocation, Body, Change, Event, Exchange, Line, MiFacts, PdfCheck, PdfOutcome, Request,
    Response, RunFinished, RunStarted, Scope, Settings, TargetFacts, Times, Timestamp, ToolFacts,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

/// When the first line was written.
const BEGAN: i64 = 1_795_271_400_000_042;

/// Of whatever program; a run tells who made it.
const VERSION: &str = "0.1.0";

/// Every acceptance point is in scope, so that every criterion judges.
fn scope() -> Vec<String> {
    let points = CATALOGUE.iter().flat_map(|test| test.points);
    points.map(|point| point.id.to_owned()).collect()
}

/// The lines of a run, and what is known of it while they are added.
pub struct Telling<'w> {
    words: &'w [String],
    told: usize,
    view: RunView,
    prev: String,
    /// Where the list was asked for.
    list: u64,
    pub lines: Vec<Line>,
    text: String,
}

/// Writes the run that tells `words` below `root`, sealed; returns it with its lines.
pub fn telling(root: &Path, words: &[String]) -> (RunDir, Vec<Line>) {
    let dir = RunDir::create(root, &"the-run".parse().unwrap()).unwrap();
    let mut telling = Telling {
        words,
        told: 0,
        view: RunView::default(),
        prev: "0".repeat(64),
        list: 0,
        lines: Vec::new(),
        text: String::new(),
    };
    telling.begin();
    telling.letters();
    telling.documents();
    telling.others();
    telling.end();
    fs::write(dir.journal(), &telling.text).unwrap();
    write_seal(&dir, None).unwrap();
    (dir, telling.lines)
}

/// The run that tells nothing hostile.
pub fn plain(root: &Path) -> RunDir {
    telling(root, &["a plain word".to_owned()]).0
}

/// Where the service of these runs is.
const BASE: &str = "http://127.0.0.1:1";

/// The first line of a run of `supplier` against the service at `base`.
pub fn introduction(supplier: &str, base: &str) -> Event {
    Event::RunStarted(Box::new(RunStarted {
        schema: 1,
        run_id: "the-run".parse().unwrap(),
        tool: ToolFacts {
            name: "letterproof".into(),
            version: VERSION.into(),
        },
        target: TargetFacts {
            name: "local".into(),
            kind: "local".into(),
            base_url: base.into(),
            token_url: Some(format!("{base}/oauth2/token")),
            hosts: Vec::new(),
            storage_hosts: None,
            deviations: Vec::new(),
        },
        supplier: supplier.into(),
        system: None,
        driven: "reference client".into(),
        pack_revision: "2025-11-24 (518f65c1)".into(),
        scope: scope(),
        faults: Vec::new(),
        settings: settings(),
    }))
}

fn settings() -> Settings {
    Settings {
        expected_letters: 3,
        seeded_letters: Some(3),
        seed: Some(1),
        visibility_timeout_ms: 600,
        settle_timeout_ms: 1_000,
        requests_per_second: 300,
        optional_statuses: Vec::new(),
        rejects: true,
        accessible_specifications: Vec::new(),
        target_ms: 10_000,
        performance_runs: 1,
        sizes: [("at4".to_owned(), 1)].into(),
        agreed_with: None,
        agreed_on: None,
        window: Some(1),
    }
}

impl Telling<'_> {
    /// The next of the words, and the first again behind the last.
    fn word(&mut self) -> String {
        let word = &self.words[self.told % self.words.len()];
        self.told += 1;
        word.clone()
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_micros(BEGAN + 1_500 * self.lines.len() as i64)
    }

    fn add(&mut self, event: Event) -> u64 {
        let seq = self.lines.len() as u64;
        let line = Line {
            seq,
            at: self.now(),
            prev: self.prev.clone(),
            event,
        };
        let text = serde_json::to_string(&line).unwrap();
        self.prev = sha256_hex(text.as_bytes());
        self.view.apply(&line);
        self.text.push_str(&text);
        self.text.push('\n');
        self.lines.push(line);
        seq
    }

    fn begin(&mut self) {
        let (supplier, settings) = (self.word(), self.settings());
        let Event::RunStarted(mut started) = introduction(&supplier, BASE) else {
            panic!("an introduction is one");
        };
        (started.system, started.driven) = (Some(self.word()), self.word());
        (started.pack_revision, started.settings) = (self.word(), settings);
        self.add(Event::RunStarted(started));
        let plan = Event::PlanMade {
            allocations: vec![Allocation {
                test: "AT4".into(),
                from: self.word(),
                letters: vec![self.word()],
                role: Some(self.word()),
            }],
            waits_ms: 3,
            requests: 4,
            shortages: vec![self.word()],
            not_possible: [("AT15".to_owned(), self.word())].into(),
        };
        self.add(plan);
        let token = json!({ "access_token": "‹redacted:token:00000000›", "expires_in": "599" });
        self.ask("POST", "/oauth2/token", None, 200, &token.to_string());
    }

    fn settings(&mut self) -> Settings {
        Settings {
            optional_statuses: vec!["PRINTED".into(), self.word()],
            accessible_specifications: vec![self.word()],
            agreed_with: Some(self.word()),
            agreed_on: Some(self.word()),
            ..settings()
        }
    }

    /// A letter that is listed, updated with a reason, and read again.
    fn letters(&mut self) {
        let scope = Scope::of("AT4", self.word());
        let name = self.word();
        self.add(Event::ScenarioStarted {
            scope: scope.clone(),
            name,
            feature: "features/supplier/at4.feature".into(),
            points: vec!["AT4.1".into()],
        });
        let id = self.word();
        let mut letter = json!({ "id": id, "type": "Letter", "attributes": {
            "status": "PENDING", "specificationId": self.word(), "groupId": self.word(),
            "unheard": self.word() } });
        let list = json!({ "data": [letter], "links": self.word() }).to_string();
        // The line behind it says what it lists.
        self.list = self.ask("GET", "/letters?limit=1", None, 200, &list);
        self.add(Event::LettersTargeted {
            scope: scope.clone(),
            status: "FAILED".into(),
            letters: vec![id.clone()],
        });
        let change = Change {
            letter: id.clone(),
            status: "FAILED".into(),
            reason_code: Some(self.word()),
            reason_text: Some(self.word()),
        };
        letter["attributes"]["status"] = "FAILED".into();
        letter["attributes"]["reasonCode"] = change.reason_code.clone().into();
        letter["attributes"]["reasonText"] = change.reason_text.clone().into();
        let intent = self.add(Event::Intent {
            scope: scope.clone(),
            changes: vec![change],
            mi: None,
        });
        self.ask("PATCH", "/letters/x", Some(intent), 202, "");
        let read = json!({ "data": letter }).to_string();
        self.ask("GET", "/letters/x", None, 200, &read);
        let (job, run) = (self.word(), self.word());
        self.add(Event::JobCreated {
            scope: scope.clone(),
            letter: id.clone(),
            job: job.clone(),
            list: self.list + 1,
        });
        self.add(Event::JobIgnored {
            scope,
            letter: id,
            job,
            run,
            list: self.list + 1,
        });
    }

    /// A download, its checks and its pass.
    fn documents(&mut self) {
        let scope = Scope::of("AT15", self.word());
        let (letter, word) = (self.word(), self.word());
        let segment = utf8_percent_encode(&letter, NON_ALPHANUMERIC);
        self.ask("GET", &format!("/letters/{segment}/data"), None, 303, &word);
        let exchange = self.ask("GET", "/storage/x?X-Amz-Date=1", None, 200, &word);
        let check = |observed: String| PdfCheck {
            id: "PF-001".into(),
            outcome: PdfOutcome::Fail,
            observed,
        };
        let (first, later) = (check(self.word()), check(self.word()));
        let checked = |checks, follows| Event::PdfChecked {
            scope: scope.clone(),
            letter: letter.clone(),
            exchange,
            sha256: Some(sha256_hex(word.as_bytes())),
            bytes: word.len() as u64,
            expected_sha256: Some(word.clone()),
            checks,
            us: 900,
            follows,
        };
        let seq = self.add(checked(vec![first], None));
        self.add(checked(vec![later], Some(seq)));
        self.add(Event::Timing {
            scope,
            name: "AT15 pass 1".into(),
            us: 9_000,
            from: Some(self.list),
            to: Some(seq),
        });
    }

    /// Management information, a failed step, a wait, notes, and an answer of nothing but words.
    fn others(&mut self) {
        let scope = Scope::of("AT14", self.word());
        let facts = MiFacts {
            date: self.word(),
            specification_id: self.word(),
            group_id: self.word(),
            line_item: self.word(),
            quantity: 1,
            letters: vec![self.word()],
        };
        let intent = self.add(Event::Intent {
            scope: scope.clone(),
            changes: Vec::new(),
            mi: Some(Box::new(facts.clone())),
        });
        let mi = self.word();
        let taken = json!({ "data": { "id": mi } }).to_string();
        let exchange = self.ask("POST", "/mi", Some(intent), 201, &taken);
        let submitted = |run: String, exchange, mi| Event::MiSubmitted {
            scope: scope.clone(),
            run,
            exchange,
            mi,
            facts: facts.clone(),
        };
        self.add(submitted("the-run".into(), Some(exchange), mi));
        let (run, mi) = (self.word(), self.word());
        self.add(submitted(run, None, mi));
        let (step, error, cause) = (self.word(), self.word(), self.word());
        self.add(Event::StepFinished {
            scope: scope.clone(),
            step,
            outcome: "failed".into(),
            error: Some(error),
            cause: Some(cause),
        });
        let (reason, text, answer) = (self.word(), self.word(), self.word());
        self.add(Event::Wait {
            scope: scope.clone(),
            reason,
            ms: 20,
        });
        self.add(Event::Note { scope, text });
        self.ask("GET", "/mi/x?a=b%20c", None, 500, &answer);
        self.lose("GET", "/letters/x");
        self.add(Event::RunResumed { torn_bytes: 7 });
    }

    /// An exchange, and what its answer states; returns its `seq`.
    fn ask(
        &mut self,
        method: &str,
        path: &str,
        intent: Option<u64>,
        status: u16,
        body: &str,
    ) -> u64 {
        let mut exchange = self.exchange(method, path, intent);
        let content_type = self.word();
        let location = match status {
            303 => "/storage/x?X-Amz-Date=1".to_owned(),
            _ => self.word(),
        };
        exchange.response = Some(Response {
            status,
            headers: vec![
                ("x-request-id".into(), self.word()),
                ("location".into(), location),
                ("X-Odd".into(), self.word()),
            ],
            body: (!body.is_empty()).then(|| stored(body, &content_type)),
        });
        let seq = self.add(Event::Exchange(Box::new(exchange.clone())));
        for event in derived_events(seq, &exchange, body.as_bytes()) {
            self.add(event);
        }
        seq
    }

    /// An exchange without an answer.
    fn lose(&mut self, method: &str, path: &str) {
        let mut exchange = self.exchange(method, path, None);
        exchange.error = Some(self.word());
        self.add(Event::Exchange(Box::new(exchange)));
    }

    fn exchange(&mut self, method: &str, path: &str, intent: Option<u64>) -> Exchange {
        let test = if path.starts_with("/mi") {
            "AT14"
        } else {
            "AT4"
        };
        let sent = (method != "GET").then(|| self.word());
        Exchange {
            id: self.word(),
            scope: Scope::of(test, self.word()),
            attempt: 1,
            method: method.into(),
            url: format!("{BASE}{path}"),
            request_id: Some(self.word()),
            correlation_id: Some(self.word()),
            intent,
            request: Request {
                headers: vec![("X-Request-ID".into(), self.word())],
                body: sent.map(|sent| stored(&sent, "application/json")),
            },
            response: None,
            times: Times {
                sent: self.now(),
                first_byte_us: Some(300),
                done_us: 700,
            },
            error: None,
        }
    }

    /// Every point is judged over the whole journal, then the run is over.
    fn end(&mut self) {
        for point in scope() {
            let judgement = judge(&point, &self.view).unwrap();
            self.add(Event::CriterionJudged {
                scope: Scope::default(),
                point,
                judgement,
            });
        }
        let result = RunResult::of(&self.view, "").unwrap();
        self.add(Event::RunFinished(RunFinished {
            verdicts: result.verdicts(),
            exit_code: result.exit_code(),
        }));
    }
}

fn stored(text: &str, content_type: &str) -> Body {
    Body {
        sha256: sha256_hex(text.as_bytes()),
        bytes: text.len() as u64,
        content_type: Some(content_type.to_owned()),
        text: Some(text.to_owned()),
        redacted: false,
        withheld: false,
    }
}
