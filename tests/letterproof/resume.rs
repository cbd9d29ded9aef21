//! A run that was killed goes on: nothing that was written is lost, the same verdicts, and no letter
//! gets the same update twice.

#![expect(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test helper that fails fails its test; the figures are for docs/reliability.md"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use serde_json::Value;

const TOOL: &str = env!("CARGO_BIN_EXE_letterproof");

/// Every test but AT15, which takes as long as all others together.
const MOST: &str = "AT1,AT2,AT3,AT4,AT5,AT6,AT7,AT8,AT9,AT10,AT11,AT12,AT13,AT14";

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
        .args(["--visibility-timeout", "400ms", "--settle", "100ms"])
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
    let more = "status_api_key_file = \"status-key\"\nsettle_timeout_s = 1\nexpected_letters";
    let text = text.replace("expected_letters", more);
    let ready: Value = serde_json::from_str(&ready).expect("JSON");
    let key = ready["status_api_key"].as_str().expect("a key");
    crate::common::lab::write_secret(&folder.join("status-key"), key);
    let sizes = "[sizes]\nat4 = 48\nat5_to_at8 = 5\nat9 = 2\nat11_each = 1\nat12_each = 1\n";
    fs::write(&config, format!("{text}\n{sizes}")).expect("the configuration");
    Sim(child)
}

/// `verb` with everything in `folder`.
fn tool(folder: &Path, verb: &str, args: &[&str]) -> Command {
    let mut command = Command::new(TOOL);
    command.arg(verb).args(args).arg("--quiet");
    command.arg("--config").arg(folder.join("letterproof.toml"));
    command.arg("--evidence-dir").arg(folder.join("evidence"));
    command.arg("--reports-dir").arg(folder.join("reports"));
    command.current_dir(folder);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// `run`, with leases as short as the simulator's.
fn run(folder: &Path, args: &[&str]) -> Command {
    let mut command = tool(folder, "run", args);
    command.args(["--visibility-timeout", "400ms"]);
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

/// The verdicts that must come out the same: where an answer was lost, a reviewer is told so by
/// `warning` in place of `pass`, and nothing else may differ.
fn told(verdicts: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let passed = |verdict: &String| verdict.replace("warning", "pass");
    verdicts
        .iter()
        .map(|(point, verdict)| (point.clone(), passed(verdict)))
        .collect()
}

/// What the simulator applied, `LETTER to STATUS` each.
fn applied(folder: &Path) -> Vec<String> {
    let log = fs::read_to_string(folder.join("updates.jsonl")).expect("the log");
    let named = log.lines().map(|line| {
        let update: Value = serde_json::from_str(line).expect("JSON");
        format!("{} to {}", update["letter"], update["to"])
    });
    named.collect()
}

/// What the journal announced.
fn announced(folder: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(folder.join("evidence/r/journal.jsonl")).expect("the journal");
    let events = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let intents = events.filter(|event| event["kind"] == "intent");
    let changes =
        intents.flat_map(|event| event["changes"].as_array().cloned().unwrap_or_default());
    changes
        .map(|change| format!("{} to {}", change["letter"], change["status"]))
        .collect()
}

/// When a process is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// When the journal has so many lines.
    Lines(usize),
    /// So long after the start.
    After(Duration),
    /// So long before or after (microseconds) the journal is brought to the disk for the nth time.
    Sync(u32, i64),
    /// While the ledger commits, when the journal has so many lines.
    Commit(usize),
    /// So long after `run.finished` is written: while the run is sealed and reported.
    End(Duration),
}

/// What else the kill took: a moment between two writes that no clock hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Forgotten {
    Nothing,
    /// The last update is announced and the service has it; nothing tells of the exchange.
    Answer,
    /// The exchange is written; what its answer states is not.
    Facts,
}

/// One run and its kills, one after another.
#[derive(Clone, Debug)]
struct Case {
    /// With AT15.
    whole: bool,
    kills: Vec<(Moment, Forgotten)>,
}

/// What came of all cases.
#[derive(Debug, Default)]
struct Figures {
    runs: usize,
    kills: usize,
    kills_of_resumed_runs: usize,
    kills_in_commits: usize,
    kills_after_the_last_event: usize,
    kills_of_report_and_pack: usize,
    answers_lost: usize,
    torn_lines: usize,
    events_written_before_kills: usize,
    events_lost: usize,
    updates_applied: usize,
    updates_never_announced: usize,
    updates_repeated: usize,
    runs_that_differ: usize,
    runs_that_do_not_verify: usize,
}

/// Waits for the moment; false if the process came to its end before.
fn wait_for(moment: Moment, child: &mut Child, folder: &Path, started: Instant) -> bool {
    let journal = folder.join("evidence/r/journal.jsonl");
    let commit = folder.join("evidence/ledger-local.sqlite-journal");
    let read = || fs::read(&journal).unwrap_or_default();
    let lines = || read().iter().filter(|byte| **byte == b'\n').count();
    let mut alive = |is_there: &dyn Fn() -> bool, pause: u64| {
        while child.try_wait().expect("its state").is_none() {
            if is_there() {
                return true;
            }
            std::thread::sleep(Duration::from_micros(pause));
        }
        false
    };
    match moment {
        Moment::Lines(wanted) => alive(&|| lines() >= wanted, 2_000),
        Moment::After(time) => alive(&|| started.elapsed() >= time, 500),
        Moment::Sync(nth, off) => {
            if !alive(&|| journal.exists(), 200) {
                return false;
            }
            let at = i64::from(nth) * 1_000_000 + off;
            let at = Instant::now() + Duration::from_micros(at.unsigned_abs());
            alive(&|| Instant::now() >= at, 100)
        }
        Moment::Commit(wanted) => {
            alive(&|| lines() >= wanted, 2_000) && alive(&|| commit.exists(), 20)
        }
        Moment::End(time) => {
            let finished = || {
                let text = read();
                let end = text.len().saturating_sub(10_000);
                String::from_utf8_lossy(&text[end..]).contains("\"run.finished\"")
            };
            let there = alive(&finished, 1_000);
            let until = Instant::now() + time;
            there && alive(&|| Instant::now() >= until, 200)
        }
    }
}

/// The whole lines of the journal, and how many bytes follow them.
fn written(folder: &Path) -> (Vec<u8>, usize) {
    let bytes = fs::read(folder.join("evidence/r/journal.jsonl")).unwrap_or_default();
    let end = bytes.iter().rposition(|byte| *byte == b'\n');
    let whole = end.map_or(0, |end| end + 1);
    (bytes[..whole].to_vec(), bytes.len() - whole)
}

/// Takes from the journal's end what `forgotten` says; false if there is no such place.
fn forget(folder: &Path, forgotten: Forgotten) -> bool {
    let text = String::from_utf8(written(folder).0).expect("text");
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let events: Vec<Value> = lines
        .iter()
        .map(|line| serde_json::from_str(line).expect("an event"))
        .collect();
    let is = |at: usize, kind: &str| events.get(at).is_some_and(|event| event["kind"] == kind);
    let kept = match forgotten {
        Forgotten::Nothing => return true,
        Forgotten::Answer => {
            let answers = |event: &Value| event["kind"] == "exchange" && event["intent"].is_u64();
            events.iter().rposition(answers)
        }
        Forgotten::Facts => (1..events.len()).rfind(|at| {
            is(at - 1, "exchange") && (is(*at, "status.observed") || is(*at, "letters.listed"))
        }),
    };
    // What was announced after this place was sent, and whoever sends writes first.
    let passed = |event: &Value| event["kind"] == "intent" || event["kind"] == "scenario.finished";
    let Some(kept) = kept.filter(|kept| !events[*kept..].iter().any(passed)) else {
        return false;
    };
    let journal = folder.join("evidence/r/journal.jsonl");
    fs::write(journal, lines[..kept].concat()).expect("a shorter journal");
    true
}

/// A run that is killed as `case` says and resumed each time, to its end.
fn killed_and_resumed(case: &Case, figures: &Mutex<Figures>) -> (tempfile::TempDir, Option<i32>) {
    let folder = tempfile::tempdir().expect("a folder");
    let sim = start_sim(folder.path());
    let mut args = vec!["--run-id", "r"];
    if !case.whole {
        args.extend(["--only", MOST]);
    }
    let mut command = run(folder.path(), &args);
    for (nth, (moment, forgotten)) in case.kills.iter().enumerate() {
        let mut child = command.spawn().expect("a run");
        let killed = wait_for(*moment, &mut child, folder.path(), Instant::now());
        child.kill().expect("SIGKILL");
        child.wait().expect("its end");
        command = run(folder.path(), &["--resume", "r"]);
        if !killed {
            continue;
        }
        let mut forgot = false;
        if written(folder.path()).0.is_empty() {
            // Killed before it had begun: nothing is there to go on with.
            let _ = fs::remove_dir_all(folder.path().join("evidence/r"));
            command = run(folder.path(), &args);
        } else {
            forgot = forget(folder.path(), *forgotten);
        }
        let mut figures = figures.lock().expect("figures");
        figures.kills += 1;
        figures.kills_of_resumed_runs += usize::from(nth > 0);
        figures.kills_in_commits += usize::from(matches!(moment, Moment::Commit(_)));
        figures.kills_after_the_last_event += usize::from(matches!(moment, Moment::End(_)));
        figures.answers_lost += usize::from(forgot && *forgotten == Forgotten::Answer);
        figures.torn_lines += usize::from(written(folder.path()).1 > 0);
    }
    let before = written(folder.path()).0;
    let ended = if folder.path().join("evidence/r/seal.json").exists() {
        Some(0)
    } else {
        let ended = command.output().expect("a resumed run");
        if ended.status.code() != Some(0) {
            eprintln!("{case:?}: {}", String::from_utf8_lossy(&ended.stderr));
        }
        ended.status.code()
    };
    drop(sim);
    let after = written(folder.path()).0;
    let count = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count();
    let mut figures = figures.lock().expect("figures");
    figures.events_written_before_kills += count(&before);
    if !after.starts_with(&before) {
        figures.events_lost += count(&before);
    }
    (folder, ended)
}

/// Kills `verb` after `time`, then lets it come to its end.
fn killed_and_made_again(folder: &Path, verb: &str, args: &[&str], time: Duration) -> Output {
    let mut child = tool(folder, verb, args).spawn().expect("a process");
    std::thread::sleep(time);
    child.kill().expect("SIGKILL");
    child.wait().expect("its end");
    tool(folder, verb, args).output().expect("a process")
}

/// Reports and packs that were killed half way are made again as if nothing had been.
fn reports_and_packs(folder: &Path, random: &mut Random, figures: &Mutex<Figures>) {
    let reports = folder.join("reports/r");
    let _ = fs::remove_dir_all(&reports);
    let time = Duration::from_millis(random.below(900) as u64);
    let report = killed_and_made_again(folder, "report", &["r"], time);
    assert_eq!(
        report.status.code(),
        Some(0),
        "report killed after {time:?}"
    );
    let time = Duration::from_millis(random.below(1_500) as u64);
    let pack = killed_and_made_again(folder, "pack", &["--draft", "--out", "packs"], time);
    assert_eq!(pack.status.code(), Some(0), "pack killed after {time:?}");
    let entries = fs::read_dir(folder.join("packs")).expect("packs");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let zips: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "zip"))
        .collect();
    assert_eq!(zips.len(), 1, "{zips:?}");
    let holds = Command::new(TOOL).arg("verify").arg(&zips[0]).output();
    assert_eq!(holds.expect("verify").status.code(), Some(0), "{zips:?}");
    figures.lock().expect("figures").kills_of_report_and_pack += 2;
}

/// The same moments every time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn moment(&mut self, lines: usize) -> Moment {
        match self.below(10) {
            0..=2 => Moment::Lines(2 + self.below(lines)),
            3..=5 => Moment::After(Duration::from_millis(self.below(9 * lines / 2) as u64)),
            6 => Moment::Sync(1 + self.below(5) as u32, self.below(6_000) as i64 - 3_000),
            7..=8 => Moment::Commit(10 + self.below(lines - 100)),
            _ => Moment::End(Duration::from_millis(self.below(400) as u64)),
        }
    }

    fn kill(&mut self, lines: usize) -> (Moment, Forgotten) {
        match self.below(8) {
            // From here on there was an update.
            0 => (
                Moment::Lines(420 + self.below(lines - 430)),
                Forgotten::Answer,
            ),
            1 => (Moment::Lines(20 + self.below(lines - 30)), Forgotten::Facts),
            _ => (self.moment(lines), Forgotten::Nothing),
        }
    }

    fn case(&mut self) -> Case {
        let whole = self.below(6) == 0;
        let lines = if whole { 2_900 } else { 1_450 };
        let kills = 1 + [0, 0, 1, 2][self.below(4)];
        Case {
            whole,
            kills: (0..kills).map(|_| self.kill(lines)).collect(),
        }
    }
}

/// Cases with `kills` kills in all, or the few that every test run makes.
fn cases(kills: Option<usize>) -> Vec<Case> {
    let of = |kills: &[(Moment, Forgotten)]| Case {
        whole: false,
        kills: kills.to_vec(),
    };
    let mut cases = vec![
        // AT4 has one update in all: without its answer everything rests on what is read afterwards.
        of(&[(Moment::Lines(420), Forgotten::Answer)]),
        of(&[
            (Moment::Lines(30), Forgotten::Facts),
            (Moment::Commit(700), Forgotten::Nothing),
        ]),
        of(&[
            (Moment::Lines(1_000), Forgotten::Nothing),
            (Moment::End(Duration::from_millis(5)), Forgotten::Nothing),
        ]),
    ];
    let mut random = Random(7);
    let count = |cases: &[Case]| cases.iter().map(|case| case.kills.len()).sum::<usize>();
    while kills.is_some_and(|kills| count(&cases) < kills) {
        cases.push(random.case());
    }
    cases
}

/// How many runs are under way at once: they wait more than they work.
const AT_ONCE: usize = 4;

/// The verdicts of a run that nobody kills.
fn reference(whole: bool) -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let _sim = start_sim(folder.path());
    let only: &[&str] = if whole { &[] } else { &["--only", MOST] };
    let args = [&["--run-id", "r"], only].concat();
    let ended = run(folder.path(), &args).output().expect("a run");
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    told(&verdicts(folder.path()))
}

/// `RESUME_KILLS=200` makes so many kills, at moments that are the same every time.
#[test]
fn a_killed_run_goes_on_to_the_same_verdicts() {
    let kills = std::env::var("RESUME_KILLS").ok();
    let kills = kills.and_then(|count| count.parse().ok());
    let figures = Mutex::new(Figures::default());
    let cases = Mutex::new(cases(kills).into_iter().enumerate());
    let references = [OnceLock::new(), OnceLock::new()];
    let reference = |whole: bool| references[usize::from(whole)].get_or_init(|| reference(whole));
    let work = || {
        loop {
            let Some((nth, case)) = cases.lock().expect("cases").next() else {
                return;
            };
            hold(nth, &case, reference, &figures);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| reference(false));
        for _ in 0..AT_ONCE {
            scope.spawn(work);
        }
    });
    let figures = figures.into_inner().expect("figures");
    eprintln!("{figures:#?}");
    assert_eq!(figures.events_lost, 0);
    assert_eq!(figures.updates_repeated, 0);
    assert_eq!(figures.updates_never_announced, 0);
    assert_eq!(figures.runs_that_differ, 0);
    assert_eq!(figures.runs_that_do_not_verify, 0);
}

/// The points that came out otherwise, and why.
fn tell_what_differs(folder: &Path, expected: &BTreeMap<String, String>) {
    let text = String::from_utf8(written(folder).0).expect("text");
    let events = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"));
    let judged = events.filter(|event: &Value| event["kind"] == "criterion.judged");
    let last: BTreeMap<String, Value> = judged
        .map(|event| {
            (
                event["point"].as_str().unwrap_or_default().to_owned(),
                event,
            )
        })
        .collect();
    for (point, verdict) in told(&verdicts(folder)) {
        if expected.get(&point) != Some(&verdict) {
            eprintln!("{point} {verdict}: {}", last[&point]["observed"]);
        }
    }
}

fn hold<'r>(
    nth: usize,
    case: &Case,
    reference: impl Fn(bool) -> &'r BTreeMap<String, String>,
    figures: &Mutex<Figures>,
) {
    let (folder, code) = killed_and_resumed(case, figures);
    let folder = folder.path();
    let holds = Command::new(TOOL)
        .arg("verify")
        .arg(folder.join("evidence/r"))
        .output()
        .expect("verify");
    let differs = code != Some(0) || told(&verdicts(folder)) != *reference(case.whole);
    let verifies = holds.status.code() == Some(0);
    let applied = applied(folder);
    let once: BTreeSet<&String> = applied.iter().collect();
    let announced = announced(folder);
    let unannounced = applied.iter().filter(|one| !announced.contains(*one));
    {
        let mut figures = figures.lock().expect("figures");
        figures.runs += 1;
        figures.updates_applied += applied.len();
        figures.updates_repeated += applied.len() - once.len();
        figures.updates_never_announced += unannounced.count();
        figures.runs_that_differ += usize::from(differs);
        figures.runs_that_do_not_verify += usize::from(!verifies);
    }
    if differs || !verifies {
        let said = String::from_utf8_lossy(&holds.stdout);
        eprintln!("{case:?} ended with {code:?}\n{said}");
        tell_what_differs(folder, reference(case.whole));
    }
    if nth.is_multiple_of(4) {
        reports_and_packs(folder, &mut Random(nth as u64), figures);
    }
}

#[test]
fn what_cannot_be_resumed_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let _sim = start_sim(folder.path());
    let whole = run(folder.path(), &["--run-id", "r", "--only", "AT1"])
        .status()
        .expect("a run");
    assert_eq!(whole.code(), Some(0));
    let again = run(folder.path(), &["--resume", "r"])
        .output()
        .expect("a run");
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("is complete"));
    let nothing = run(folder.path(), &["--resume", "no-such-run"])
        .output()
        .expect("a run");
    assert_eq!(nothing.status.code(), Some(2));
}
