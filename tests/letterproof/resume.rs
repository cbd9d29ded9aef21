//! A run that was killed goes on: the same verdicts, and no letter gets the same update twice.

#![expect(
    clippy::expect_used,
    reason = "a test helper that fails fails its test"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

const TOOL: &str = env!("CARGO_BIN_EXE_letterproof");

/// A simulator in a process of its own, ended with the test.
struct Sim(Child);

impl Drop for Sim {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start_sim(folder: &Path) -> Sim {
    let mut child = Command::new(TOOL)
        .args(["sim", "--addr", "127.0.0.1:0", "--letters", "120"])
        .args(["--visibility-timeout", "1s", "--settle", "100ms"])
        .arg("--write-config")
        .arg(folder.join("letterproof.toml"))
        .arg("--log")
        .arg(folder.join("updates.jsonl"))
        .stdout(Stdio::piped())
        .spawn()
        .expect("a simulator");
    let mut ready = String::new();
    let out = child.stdout.take().expect("its output");
    BufReader::new(out)
        .read_line(&mut ready)
        .expect("its first line");
    let config = folder.join("letterproof.toml");
    let text = fs::read_to_string(&config).expect("its configuration");
    let text = text.replace("expected_letters", "settle_timeout_s = 1\nexpected_letters");
    let sizes = "[sizes]\nat4 = 48\nat5_to_at8 = 5\nat9 = 2\nat11_each = 1\nat12_each = 1\n";
    fs::write(&config, format!("{text}\n{sizes}")).expect("the configuration");
    Sim(child)
}

fn tool(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(TOOL);
    command.arg("run").args(args).arg("--quiet");
    command.arg("--config").arg(folder.join("letterproof.toml"));
    command.arg("--evidence-dir").arg(folder.join("evidence"));
    command.arg("--reports-dir").arg(folder.join("reports"));
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

fn verdicts(folder: &Path) -> BTreeMap<String, String> {
    let seal = fs::read(folder.join("evidence/r/seal.json")).expect("a seal");
    let seal: Value = serde_json::from_slice(&seal).expect("JSON");
    let verdicts = seal["verdicts"].as_object().expect("verdicts");
    verdicts
        .iter()
        .map(|(point, verdict)| (point.clone(), verdict.as_str().unwrap_or("").to_owned()))
        .collect()
}

fn updates_made_twice(folder: &Path) -> Vec<String> {
    let log = fs::read_to_string(folder.join("updates.jsonl")).expect("the log");
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for line in log.lines() {
        let update: Value = serde_json::from_str(line).expect("JSON");
        *seen
            .entry(format!("{} to {}", update["letter"], update["to"]))
            .or_default() += 1;
    }
    seen.into_iter()
        .filter(|(_, times)| *times > 1)
        .map(|(update, _)| update)
        .collect()
}

/// Where the kill falls.
#[derive(Clone, Copy, Debug)]
enum Kill {
    /// Anywhere.
    Anywhere,
    /// Between sending an update and writing its answer: the journal ends with the last update
    /// announced and the service has it, but nothing tells of the exchange.
    BeforeAnAnswer,
}

/// Takes what follows the last announced update out of the journal. False if there is none.
fn forget_the_last_answer(journal: &Path) -> bool {
    let text = fs::read_to_string(journal).expect("the journal");
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let answers_an_update = |line: &&str| {
        let event: Value = serde_json::from_str(line).unwrap_or_default();
        event["kind"] == "exchange" && event["intent"].is_u64()
    };
    let Some(last) = lines.iter().rposition(answers_an_update) else {
        return false;
    };
    fs::write(journal, lines[..last].concat()).expect("a shorter journal");
    true
}

/// Kills the run when its journal has grown to `lines`, and resumes it.
fn killed_at(lines: usize, kill: Kill) -> (tempfile::TempDir, BTreeMap<String, String>) {
    let folder = tempfile::tempdir().expect("a folder");
    let _sim = start_sim(folder.path());
    let mut run = tool(folder.path(), &["--run-id", "r"])
        .spawn()
        .expect("a run");
    let journal = folder.path().join("evidence/r/journal.jsonl");
    let grown = || {
        fs::read(&journal).map_or(0, |bytes| {
            bytes.iter().filter(|byte| **byte == b'\n').count()
        })
    };
    while grown() < lines && run.try_wait().expect("its state").is_none() {
        std::thread::sleep(Duration::from_millis(2));
    }
    run.kill().expect("SIGKILL");
    run.wait().expect("its end");
    if let Kill::BeforeAnAnswer = kill {
        assert!(
            forget_the_last_answer(&journal),
            "no update within {lines} lines"
        );
    }
    let resumed = tool(folder.path(), &["--resume", "r"])
        .output()
        .expect("a resumed run");
    let said = String::from_utf8_lossy(&resumed.stderr).into_owned();
    let code = resumed.status.code();
    assert_eq!(
        code,
        Some(0),
        "killed after {lines} lines, {kill:?}: {said}"
    );
    let holds = Command::new(TOOL)
        .arg("verify")
        .arg(folder.path().join("evidence/r"))
        .output();
    let code = holds.expect("verify").status.code();
    assert_eq!(code, Some(0), "killed after {lines} lines, {kill:?}");
    let verdicts = verdicts(folder.path());
    (folder, verdicts)
}

/// The verdicts that must come out the same: where an answer was lost, a reviewer is told so by
/// `warning` in place of `pass`, and nothing else may differ.
fn told(verdicts: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let passed = |verdict: &String| verdict.replace("warning", "pass");
    verdicts
        .iter()
        .map(|(point, verdict)| (point.clone(), passed(verdict)))
        .collect()
}

/// How many runs are under way at once: they wait more than they work.
const AT_ONCE: usize = 3;

/// Three fixed cases; `RESUME_KILLS=20` adds as many, anywhere in the run, of both kinds.
fn cases() -> Vec<(usize, Kill)> {
    let more = std::env::var("RESUME_KILLS")
        .ok()
        .and_then(|count| count.parse().ok());
    let mut state: usize = 5;
    let random = std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        match (state >> 33) % 1_400 {
            early @ ..400 => (early + 2, Kill::Anywhere),
            // From here on there was an update.
            late @ 400..900 => (late, Kill::Anywhere),
            late => (late - 450, Kill::BeforeAnAnswer),
        }
    });
    // AT4 has one update in all: without its answer everything rests on what is read afterwards.
    let fixed = [
        (30, Kill::Anywhere),
        (420, Kill::BeforeAnAnswer),
        (1_000, Kill::Anywhere),
    ];
    let random = random.take(more.unwrap_or(0));
    fixed.into_iter().chain(random).collect()
}

#[test]
fn a_killed_run_goes_on_to_the_same_verdicts() {
    let reference = tempfile::tempdir().expect("a folder");
    let _sim = start_sim(reference.path());
    let whole = tool(reference.path(), &["--run-id", "r"])
        .status()
        .expect("a run");
    assert_eq!(whole.code(), Some(0));
    let expected = told(&verdicts(reference.path()));
    for together in cases().chunks(AT_ONCE) {
        std::thread::scope(|scope| {
            for &(lines, kill) in together {
                let expected = &expected;
                scope.spawn(move || {
                    let (folder, verdicts) = killed_at(lines, kill);
                    assert_eq!(
                        told(&verdicts),
                        *expected,
                        "killed after {lines} lines, {kill:?}"
                    );
                    assert_eq!(updates_made_twice(folder.path()), Vec::<String>::new());
                });
            }
        });
    }
}

#[test]
fn what_cannot_be_resumed_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let _sim = start_sim(folder.path());
    let whole = tool(folder.path(), &["--run-id", "r", "--only", "AT1"])
        .status()
        .expect("a run");
    assert_eq!(whole.code(), Some(0));
    let again = tool(folder.path(), &["--resume", "r"])
        .output()
        .expect("a run");
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("is complete"));
    let nothing = tool(folder.path(), &["--resume", "no-such-run"])
        .output()
        .expect("a run");
    assert_eq!(nothing.status.code(), Some(2));
}
