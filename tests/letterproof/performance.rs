//! AT15's passes, driven against a simulator with few letters.

#![allow(clippy::expect_used, missing_docs)]

use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use futures::future::BoxFuture;
use letterproof::client::{Credentials, Settings, Supplier};
use letterproof::evidence::{EvidenceError, Journal, Reader, Redactor, RunDir};
use letterproof::ledger::Ledger;
use letterproof::model::{Event, Line, PdfOutcome, Scope};
use letterproof::preflight::{Policy, Preflight};
use letterproof::progress::Progress;
use letterproof::simulator::{BadLetters, Options, Simulator};
use letterproof::world::{
    Agreed, Assessor, Budget, Context, Leases, Performance, Planner, SeededElsewhere, Seedings,
    StepError, Stock, performance,
};
use serde_json::json;

const LEASE: Duration = Duration::from_millis(600);

struct Nobody;

impl Assessor for Nobody {
    fn assess(&self, _: &Scope, _: &str) -> Result<(), EvidenceError> {
        Ok(())
    }
}

/// AT15 is budgeted apart: nobody plans for it.
struct NoPlan;

impl Planner for NoPlan {
    fn candidates(&self, _: &Stock) -> Vec<String> {
        Vec::new()
    }

    fn plan(&self, _: &Stock) -> (Budget, Event) {
        let event = Event::PlanMade {
            allocations: Vec::new(),
            waits_ms: 0,
            requests: 0,
            shortages: Vec::new(),
            not_possible: Default::default(),
        };
        (Budget::default(), event)
    }
}

struct Anew(Arc<Simulator>);

impl Seedings for Anew {
    fn reseed(&self) -> BoxFuture<'_, Result<bool, StepError>> {
        Box::pin(async {
            self.0.reseed().await;
            Ok(true)
        })
    }
}

struct Lab {
    simulator: Arc<Simulator>,
    supplier: Supplier,
    journal: Journal,
    folder: tempfile::TempDir,
}

impl Lab {
    /// Each batch has one PDF, so that its full checks are made once.
    async fn of(letters: usize) -> Lab {
        Lab::with(Options {
            letters,
            shared_pdfs: true,
            ..Options::default()
        })
        .await
    }

    async fn with(options: Options) -> Lab {
        let options = Options {
            addr: ([127, 0, 0, 1], 0).into(),
            requests_per_second: 0,
            visibility_timeout: LEASE,
            settle: Duration::from_millis(50),
            ..options
        };
        let simulator = Simulator::start(options).await.expect("simulator");
        let folder = tempfile::tempdir().expect("folder");
        let dir = RunDir::create(folder.path(), &"r".parse().unwrap()).expect("run");
        let journal = Journal::create(dir, Redactor::default()).expect("journal");
        Lab {
            supplier: supplier(&simulator, &journal),
            simulator: Arc::new(simulator),
            journal,
            folder,
        }
    }

    fn context(&self, alone: bool, seedings: Arc<dyn Seedings>) -> Arc<Context> {
        let ledger = Ledger::open(&self.folder.path().join("ledger")).expect("ledger");
        Arc::new(Context {
            conduct: letterproof::world::Conduct::default(),
            run_id: "r".parse().unwrap(),
            first_day: "2026-12-08".to_owned(),
            supplier: self.supplier.clone(),
            journal: self.journal.clone(),
            ledger: Arc::new(Mutex::new(ledger)),
            leases: Leases::lasting(LEASE),
            settle_timeout: Duration::from_secs(5),
            tests: vec!["AT15".to_owned()],
            stock: Stock::default(),
            agreed: Agreed::default(),
            planner: Arc::new(NoPlan),
            budget: tokio::sync::OnceCell::new(),
            preflight: Arc::new(Preflight::new(Policy::built_in().expect("the policy"))),
            keep_pdfs: letterproof::evidence::Policy::None,
            unclear_mi: Vec::new(),
            suspended: Mutex::default(),
            failure: Arc::default(),
            performance: Performance {
                alone,
                ..Performance::default()
            },
            seedings,
            assessor: Arc::new(Nobody),
            progress: Progress::quiet(),
        })
    }

    fn local(&self) -> Arc<Context> {
        self.context(false, Arc::new(Anew(Arc::clone(&self.simulator))))
    }

    fn lines(&self) -> Vec<Line> {
        lines_of(&self.journal.dir().journal())
    }
}

fn lines_of(path: &Path) -> Vec<Line> {
    let lines = Reader::open(path).expect("journal");
    lines.map(|read| read.expect("line").line).collect()
}

fn supplier(simulator: &Simulator, journal: &Journal) -> Supplier {
    let given = simulator.credentials(0);
    let mut settings = Settings::new(simulator.base_url());
    settings.requests_per_second = 0;
    settings.visibility_timeout = LEASE;
    settings.endpoint.credentials = Some(Credentials {
        token_url: simulator.token_url().to_owned(),
        api_key: given.api_key.into(),
        private_key: given.private_key_pem.into(),
        kid: given.kid,
    });
    let supplier = Supplier::new(settings, journal.clone()).expect("client");
    supplier.scoped(Scope::of("AT15", "here:1"))
}

/// A client of a service that asks for no token.
fn unguarded(url: &str, journal: &Journal) -> Supplier {
    let mut settings = Settings::new(url);
    settings.requests_per_second = 0;
    let supplier = Supplier::new(settings, journal.clone()).expect("client");
    supplier.scoped(Scope::of("AT15", "here:1"))
}

fn timings(lines: &[Line]) -> Vec<(String, u64, u64, u64)> {
    let timing = |line: &Line| match &line.event {
        Event::Timing {
            name, us, from, to, ..
        } => Some((name.clone(), *us, from.expect("from"), to.expect("to"))),
        _ => None,
    };
    lines.iter().filter_map(timing).collect()
}

/// Each letter that was checked, and the outcome of PF-001.
fn checked(lines: &[Line]) -> Vec<(&str, PdfOutcome)> {
    let facts = lines.iter().filter_map(|line| match &line.event {
        Event::PdfChecked {
            letter,
            checks,
            follows: None,
            ..
        } => Some((letter.as_str(), checks[0].outcome)),
        _ => None,
    });
    facts.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn three_passes_fetch_every_letter_of_three_seedings() {
    let lab = Lab::of(120).await;
    let passes = performance::passes(&lab.local(), &lab.supplier, 3).await;
    passes.expect("three passes");
    let lines = lab.lines();
    let checked = checked(&lines);
    let letters: HashSet<&str> = checked.iter().map(|(letter, _)| *letter).collect();
    assert_eq!((checked.len(), letters.len()), (360, 360));
    let missing = |(_, outcome): &&(&str, PdfOutcome)| *outcome == PdfOutcome::Fail;
    assert_eq!(checked.iter().filter(missing).count(), 3);
    let names: Vec<String> = timings(&lines).into_iter().map(|timing| timing.0).collect();
    assert_eq!(names, ["AT15 pass 1", "AT15 pass 2", "AT15 pass 3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_runs_from_the_first_list_to_the_last_pdf() {
    let lab = Lab::of(40).await;
    let pass = performance::pass(&lab.local(), &lab.supplier, 1).await;
    let pass = pass.expect("a pass");
    let lines = lab.lines();
    let (_, us, from, to) = timings(&lines).remove(0);
    let at = |seq: u64| &lines[usize::try_from(seq).expect("a place")];
    let Event::Exchange(first) = &at(from).event else {
        panic!("{:?}", at(from));
    };
    assert_eq!((first.method.as_str(), first.path()), ("GET", "/letters"));
    let span = at(to).at.micros_since(first.times.sent);
    assert_eq!((pass.us, i64::try_from(us)), (Some(us), Ok(span)));
    let is_pdf = |line: &&Line| matches!(line.event, Event::PdfChecked { follows: None, .. });
    assert_eq!(lines.iter().rfind(is_pdf).map(|line| line.seq), Some(to));
}

/// Of each PDF, the `pdf.checked` that the checks after the clock complete, and what they failed.
fn later(lines: &[Line]) -> Vec<(u64, Vec<&str>)> {
    let later = lines.iter().filter_map(|line| match &line.event {
        Event::PdfCompleted { checks, pdfs, .. } => {
            let failed = checks.iter().filter(|it| it.outcome == PdfOutcome::Fail);
            let failed: Vec<&str> = failed.map(|it| it.id.as_str()).collect();
            Some(pdfs.iter().map(move |pdf| (pdf.follows, failed.clone())))
        }
        _ => None,
    });
    later.flatten().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_clock_has_no_time_for_is_checked_after_it() {
    let lab = Lab::of(64).await;
    lab.simulator.reseed_with(BadLetters::Every).await;
    let pass = performance::pass(&lab.local(), &lab.supplier, 1).await;
    assert!(pass.expect("a pass").us.is_some());
    let lines = lab.lines();
    let (_, _, _, to) = timings(&lines).remove(0);
    let later = later(&lines);
    let firsts: HashSet<u64> = later.iter().map(|(first, _)| *first).collect();
    assert_eq!(
        (later.len(), firsts.len()),
        (63, 63),
        "all but the one without PDF"
    );
    assert!(firsts.iter().all(|first| *first <= to));
    let failed: Vec<&str> = later.into_iter().flat_map(|(_, failed)| failed).collect();
    for (check, letters) in [
        ("PF-008", 2),
        ("PF-020", 1),
        ("PF-030", 1),
        ("PF-050", 2),
        ("PF-051", 3),
    ] {
        let found = failed.iter().filter(|id| **id == check).count();
        assert_eq!(found, letters, "{check}: {failed:?}");
    }
    let files = std::fs::read_dir(lab.journal.dir().path()).expect("the run's folder");
    let names = files.map(|file| file.expect("a file").file_name());
    let names: HashSet<String> = names.filter_map(|name| name.into_string().ok()).collect();
    let own = ["journal.jsonl", "bodies"].map(str::to_owned);
    assert_eq!(names, HashSet::from(own), "nothing of what was put aside");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_and_updates_overlap_with_downloads() {
    let lab = Lab::of(540).await;
    let pass = performance::pass(&lab.local(), &lab.supplier, 1).await;
    pass.expect("a pass");
    let lines = lab.lines();
    let first_pdf = lines
        .iter()
        .position(|line| matches!(line.event, Event::PdfChecked { .. }));
    let last_list = lines
        .iter()
        .rposition(|line| matches!(line.event, Event::LettersListed { .. }));
    let last_pdf = lines
        .iter()
        .rposition(|line| matches!(line.event, Event::PdfChecked { .. }));
    assert!(first_pdf < last_list && last_list < last_pdf);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_seeds_at15_is_a_run_of_its_own() {
    let lab = Lab::of(20).await;
    let context = lab.context(false, Arc::new(SeededElsewhere));
    let refused = performance::passes(&context, &lab.supplier, 3).await;
    let error = refused.expect_err("other tests are in scope");
    assert_eq!(error.outcome(), "left out");
    let error = error.to_string();
    assert!(error.contains("--only AT15"), "{error}");
    assert!(lab.lines().is_empty(), "nothing was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_seeds_each_run_makes_one_pass_and_asks_for_letters() {
    let lab = Lab::of(20).await;
    let context = lab.context(true, Arc::new(SeededElsewhere));
    for done in 1..=2 {
        lab.simulator.reseed().await;
        let ended = performance::passes(&context, &lab.supplier, 3).await;
        let error = ended.expect_err("letters are spent");
        assert_eq!(error.outcome(), "paused");
        let error = error.to_string();
        assert!(error.starts_with(&format!("{done} of 3")), "{error}");
    }
    lab.simulator.reseed().await;
    let third = performance::passes(&context, &lab.supplier, 3).await;
    third.expect("the last pass");
    assert_eq!(timings(&lab.lines()).len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_letters_there_is_no_pass() {
    let lab = Lab::of(0).await;
    let none = performance::pass(&lab.local(), &lab.supplier, 1).await;
    let error = none.expect_err("no letters").to_string();
    assert!(error.contains("lists no letter"), "{error}");
    assert!(timings(&lab.lines()).is_empty());
}

/// A service that lists `letters` once and knows the PDF of none of the first `unknown`.
async fn forgetful(letters: usize, unknown: usize) -> String {
    let listed = Arc::new(AtomicBool::new(false));
    let answer = move |request: Request| {
        let listed = Arc::clone(&listed);
        async move {
            let path = request.uri().path().to_owned();
            match (request.method().as_str(), path.as_str()) {
                ("GET", "/letters") => {
                    let fresh = !listed.swap(true, Ordering::Relaxed);
                    let item = |n| {
                        json!({"id": format!("L{n}"), "type": "Letter", "attributes":
                               {"status": "PENDING", "specificationId": "s", "groupId": "g"}})
                    };
                    let items: Vec<_> = (0..letters).filter(|_| fresh).map(item).collect();
                    (StatusCode::OK, json!({ "data": items }).to_string()).into_response()
                }
                ("POST", _) => StatusCode::ACCEPTED.into_response(),
                (_, "/pdf") => (StatusCode::OK, "%PDF-").into_response(),
                (_, path) => {
                    let number = path.trim_matches(|c: char| !c.is_ascii_digit());
                    match number.parse::<usize>() {
                        Ok(number) if number >= unknown => {
                            (StatusCode::SEE_OTHER, [("location", "/pdf")]).into_response()
                        }
                        _ => StatusCode::NOT_FOUND.into_response(),
                    }
                }
            }
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("port");
    let url = format!("http://{}", listener.local_addr().expect("address"));
    let router = axum::Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_cannot_be_fetched_leaves_the_pass_incomplete() {
    let lab = Lab::of(0).await;
    let supplier = unguarded(&forgetful(40, 2).await, &lab.journal);
    let pass = performance::pass(&lab.local(), &supplier, 1).await;
    let pass = pass.expect("a pass");
    assert_eq!((pass.letters, pass.failed, pass.us), (40, 2, None));
    let lines = lab.lines();
    assert_eq!(checked(&lines).len(), 38);
    assert!(timings(&lines).is_empty());
    let named = |line: &&Line| matches!(&line.event, Event::Note { text, .. } if text.contains("letter L1 "));
    assert_eq!(lines.iter().filter(named).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_gives_no_pdf_at_all_ends_the_pass() {
    let lab = Lab::of(0).await;
    let supplier = unguarded(&forgetful(2_000, 2_000).await, &lab.journal);
    let ended = performance::pass(&lab.local(), &supplier, 1).await;
    let error = ended.expect_err("no PDF").to_string();
    assert!(error.contains("404"), "{error}");
    let asked = lab.lines();
    let asked = asked.iter().filter(
        |line| matches!(&line.event, Event::Exchange(exchange) if exchange.path().ends_with("/data")),
    );
    assert!(asked.count() < 300);
}
