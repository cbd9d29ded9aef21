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

/// The kill fell between sending an update and writing its answer: no verdict can rest on an
/// answer that is gone, so such a run need not come to the same ones.
fn an_answer_was_lost(journal: &Path) -> bool {
    let text = fs::read_to_string(journal).unwrap_or_default();
    let lines = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut open: Vec<u64> = Vec::new();
    for line in lines {
        if line["kind"] == "intent" {
            open.extend(line["seq"].as_u64());
        } else if let Some(intent) = line["intent"].as_u64() {
            open.retain(|seq| *seq != intent);
        }
    }
    !open.is_empty()
}

/// Kills the run when its journal has grown to `lines`, and resumes it.
fn killed_at(lines: usize) -> (tempfile::TempDir, Option<BTreeMap<String, String>>) {
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
    let lost = an_answer_was_lost(&journal);
    let resumed = tool(folder.path(), &["--resume", "r"])
        .output()
        .expect("a resumed run");
    let said = String::from_utf8_lossy(&resumed.stderr).into_owned();
    if !lost {
        assert_eq!(
            resumed.status.code(),
            Some(0),
            "killed after {lines} lines: {said}"
        );
    }
    let holds = Command::new(TOOL)
        .arg("verify")
        .arg(folder.path().join("evidence/r"))
        .output();
    assert_eq!(
        holds.expect("verify").status.code(),
        Some(0),
        "killed after {lines} lines"
    );
    let verdicts = (!lost).then(|| verdicts(folder.path()));
    (folder, verdicts)
}

/// Three fixed moments; more, anywhere in the run, with `RESUME_KILLS=20`.
fn moments() -> Vec<usize> {
    let more = std::env::var("RESUME_KILLS")
        .ok()
        .and_then(|count| count.parse().ok());
    let mut state: usize = 5;
    let random = std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        2 + (state >> 33) % 1_400
    });
    [30, 420, 1_000]
        .into_iter()
        .chain(random.take(more.unwrap_or(0)))
        .collect()
}

#[test]
fn a_killed_run_goes_on_to_the_same_verdicts() {
    let reference = tempfile::tempdir().expect("a folder");
    let _sim = start_sim(reference.path());
    let whole = tool(reference.path(), &["--run-id", "r"])
        .status()
        .expect("a run");
    assert_eq!(whole.code(), Some(0));
    let expected = verdicts(reference.path());
    for lines in moments() {
        let (folder, verdicts) = killed_at(lines);
        if let Some(verdicts) = verdicts {
            assert_eq!(verdicts, expected, "killed after {lines} lines");
        }
        assert_eq!(updates_made_twice(folder.path()), Vec::<String>::new());
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
