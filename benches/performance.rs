//! How long AT15's passes take on the simulator in this process.
//!
//! `cargo bench --bench performance -- [none|int|open] [passes] [letters]`: at 300 requests a
//! second without latency, with that of INT, or without pace and quota; three passes over 2,510
//! letters if nothing else is said. Prints a line for each pass, and the peak of memory.

#![allow(clippy::expect_used, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::BoxFuture;
use letterproof::client::{Credentials, Settings, Supplier};
use letterproof::evidence::{EvidenceError, Journal, Reader, Redactor, RunDir};
use letterproof::ledger::Ledger;
use letterproof::model::{Event, Scope};
use letterproof::preflight::{Policy, Preflight};
use letterproof::progress::Progress;
use letterproof::simulator::{Latency, Options, Simulator};
use letterproof::world::{
    Agreed, Assessor, Budget, Conduct, Context, Leases, Performance, Planner, Seedings, StepError,
    Stock, performance,
};

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

/// What is measured.
struct Plan {
    pace: u32,
    latency: Latency,
    passes: u64,
    letters: usize,
}

impl Plan {
    fn of_arguments() -> Self {
        let words = std::env::args()
            .skip(1)
            .filter(|word| !word.starts_with('-'));
        let words: Vec<String> = words.collect();
        let (pace, latency) = match words.first().map(String::as_str) {
            Some("int") => (300, Latency::Int),
            Some("open") => (0, Latency::None),
            _ => (300, Latency::None),
        };
        let number = |place: usize| words.get(place).and_then(|word| word.parse().ok());
        Self {
            pace,
            latency,
            passes: number(1).unwrap_or(3),
            letters: usize::try_from(number(2).unwrap_or(2_510)).expect("a number of letters"),
        }
    }
}

#[tokio::main]
async fn main() {
    let plan = Plan::of_arguments();
    let folder = tempfile::tempdir().expect("a folder");
    let dir = RunDir::create(folder.path(), &"bench".parse().expect("an id")).expect("a run");
    let journal = Journal::create(dir.clone(), Redactor::default()).expect("a journal");
    let options = Options {
        addr: ([127, 0, 0, 1], 0).into(),
        letters: plan.letters,
        requests_per_second: plan.pace,
        latency: plan.latency,
        visibility_timeout: Duration::from_secs(3),
        settle: Duration::from_millis(200),
        ..Options::default()
    };
    let simulator = Arc::new(Simulator::start(options).await.expect("a simulator"));
    let supplier = supplier(&simulator, &plan, &journal);
    let context = Arc::new(context(
        &simulator,
        &plan,
        &journal,
        &supplier,
        folder.path(),
    ));
    let made = performance::passes(&context, &supplier, plan.passes).await;
    made.expect("complete passes");
    told(&dir);
}

fn supplier(simulator: &Simulator, plan: &Plan, journal: &Journal) -> Supplier {
    let given = simulator.credentials(0);
    let mut settings = Settings::new(simulator.base_url());
    settings.requests_per_second = plan.pace;
    settings.visibility_timeout = Duration::from_secs(3);
    settings.endpoint.credentials = Some(Credentials {
        token_url: simulator.token_url().to_owned(),
        api_key: given.api_key.into(),
        private_key: given.private_key_pem.into(),
        kid: given.kid,
    });
    let supplier = Supplier::new(settings, journal.clone()).expect("a client");
    supplier.scoped(Scope::of("AT15", "bench"))
}

fn context(
    simulator: &Arc<Simulator>,
    plan: &Plan,
    journal: &Journal,
    supplier: &Supplier,
    folder: &std::path::Path,
) -> Context {
    let ledger = Ledger::open(&folder.join("ledger.sqlite")).expect("a ledger");
    Context {
        conduct: Conduct::default(),
        run_id: "bench".parse().expect("an id"),
        first_day: "2026-12-08".to_owned(),
        supplier: supplier.clone(),
        journal: journal.clone(),
        ledger: Arc::new(Mutex::new(ledger)),
        leases: Leases::lasting(Duration::from_secs(3)),
        settle_timeout: Duration::from_secs(10),
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
            letters: plan.letters as u64,
            passes: plan.passes,
            alone: true,
        },
        seedings: Arc::new(Anew(Arc::clone(simulator))),
        assessor: Arc::new(Nobody),
        progress: Progress::quiet(),
    }
}

/// What the journal says of each pass.
fn told(dir: &RunDir) {
    let mut statuses: BTreeMap<u16, u64> = BTreeMap::new();
    let (mut paced, mut pdfs, mut bytes) = (Vec::new(), 0u64, 0u64);
    for read in Reader::open(&dir.journal()).expect("the journal") {
        match read.expect("a line").line.event {
            Event::Exchange(exchange) => {
                *statuses.entry(exchange.status().unwrap_or(0)).or_default() += 1;
                if exchange.path().contains("/letters") && !exchange.path().contains("_objects") {
                    paced.push(exchange.times.sent.micros());
                }
            }
            Event::PdfChecked {
                sha256: Some(_),
                bytes: size,
                ..
            } => {
                (pdfs, bytes) = (pdfs + 1, bytes + size);
            }
            Event::Timing { name, us, .. } => {
                let seconds = us as f64 / 1e6;
                println!(
                    "{name}: {seconds:.3} s, {pdfs} PDFs, {:.1} PDFs/s, {:.1} MB/s, busiest 2 s {:.1} requests/s, {statuses:?}",
                    pdfs as f64 / seconds,
                    bytes as f64 / 1e6 / seconds,
                    steady(&mut paced),
                );
                (pdfs, bytes) = (0, 0);
                statuses.clear();
                paced.clear();
            }
            _ => {}
        }
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM"));
    println!(
        "journal {} bytes, {}",
        size(&dir.journal()),
        peak.unwrap_or_default()
    );
}

/// Requests a second in the busiest two seconds.
fn steady(sent: &mut [i64]) -> f64 {
    const SPAN: i64 = 2_000_000;
    sent.sort_unstable();
    let within = |start: &i64| {
        sent.partition_point(|at| *at < start + SPAN) - sent.partition_point(|at| at < start)
    };
    sent.iter().map(within).max().unwrap_or(0) as f64 / 2.0
}

fn size(path: &std::path::Path) -> u64 {
    path.metadata().map_or(0, |facts| facts.len())
}
