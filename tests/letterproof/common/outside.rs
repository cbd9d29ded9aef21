//! A simulator outside of the program under test, which outlives its kills and limits.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::time::Duration;

use letterproof::simulator::{Options, Simulator};
use serde_json::Value;
use tokio::runtime::Runtime;

use super::lab::{configuration, write_secret};
use super::{Desk, Ended, RUN, journal};

/// How long a list hides its letters.
const LEASE: Duration = Duration::from_millis(400);

/// A simulator, and a desk whose target `local` it is.
pub struct Outside {
    pub desk: Desk,
    simulator: Simulator,
    runtime: Runtime,
}

impl Outside {
    /// A simulator with so many letters.
    pub fn with(letters: usize) -> Self {
        Self::start(Options {
            letters,
            ..Options::default()
        })
    }

    /// A simulator of `options`, but for address, lease and log.
    pub fn start(options: Options) -> Self {
        let desk = Desk::new();
        let letters = options.letters;
        let options = Options {
            addr: ([127, 0, 0, 1], 0).into(),
            visibility_timeout: LEASE,
            settle: Duration::from_millis(100),
            log: Some(desk.path("updates.jsonl")),
            ..options
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let simulator = runtime.block_on(Simulator::start(options)).unwrap();
        let credentials = simulator.credentials(0);
        write_secret(&desk.path("api-key"), &credentials.api_key);
        write_secret(&desk.path("private-key.pem"), &credentials.private_key_pem);
        write_secret(&desk.path("status-key"), simulator.status_api_key());
        let (base_url, token_url) = (simulator.base_url(), simulator.token_url());
        let text = configuration(base_url, token_url, &credentials.kid);
        let lines = text.lines().map(|line| match line {
            line if line.starts_with("expected_letters") => {
                format!("expected_letters = {letters}\n")
            }
            line if line.starts_with("at4") => {
                "at4 = 40\nat5_to_at8 = 4\nat9 = 2\nat11_each = 1\nat12_each = 1\n".to_owned()
            }
            line => format!("{line}\n"),
        });
        desk.configure(&lines.collect::<String>());
        desk.know_status_key();
        Self {
            desk,
            simulator,
            runtime,
        }
    }

    /// `run` as [`RUN`] with `args`, with leases as short as the simulator's.
    pub fn command(&self, args: &[&str]) -> Command {
        let lease = ["run", "--visibility-timeout", "400ms", "--quiet"];
        self.desk.command(&[&lease[..], args].concat())
    }

    /// Calls it.
    pub fn run(&self, args: &[&str]) -> Ended {
        Ended::of(self.command(args).output().unwrap())
    }

    /// Goes on with [`RUN`].
    pub fn resume(&self) -> Ended {
        self.run(&["--resume", RUN])
    }

    /// Holds that [`RUN`] verifies.
    #[track_caller]
    pub fn holds(&self) {
        let run = self.desk.run_dir(RUN).display().to_string();
        self.desk.call(&["verify", &run]).expect(0);
    }

    /// Holds that no letter got the same update twice.
    #[track_caller]
    pub fn nothing_is_repeated(&self) {
        let log = fs::read_to_string(self.desk.path("updates.jsonl")).unwrap();
        let updates = log.lines().map(|line| {
            let update: Value = serde_json::from_str(line).unwrap();
            format!("{} to {}", update["letter"], update["to"])
        });
        let mut seen = BTreeSet::new();
        let again: Vec<String> = updates
            .filter(|update| !seen.insert(update.clone()))
            .collect();
        assert_eq!(again, Vec::<String>::new());
    }

    /// Holds that no judgement in the journal is `fail`: what this machine lacks is nobody's fault.
    #[track_caller]
    pub fn nothing_failed(&self) {
        let lines = journal(&self.desk.run_dir(RUN));
        let failed: Vec<&Value> = lines
            .iter()
            .filter(|line| line["verdict"] == "fail")
            .collect();
        assert!(failed.is_empty(), "{failed:?}");
    }

    /// Ends the simulator.
    pub fn end(self) {
        self.runtime.block_on(self.simulator.shutdown());
    }
}
