//! A machine that is short of files, sleeps, or whose clock is set.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test may end at once")]

use std::fs;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use letterproof::model::Timestamp;
use letterproof::simulator::Options;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::common::forge;
use crate::common::outside::Outside;
use crate::common::{Desk, Ended, RUN, at_once, journal, judged, of_kind};

const MOST: &str = "AT1,AT2,AT3,AT4,AT5,AT6,AT7,AT8,AT9,AT10,AT11,AT12,AT13,AT14";

/// `command`, which may open so many files, and inherits none but the usual three.
fn with_files(desk: &Desk, files: usize, command: &Command) -> Ended {
    let script = format!(
        "for file in {{3..255}}; do eval \"exec $file>&-\"; done; ulimit -n {files}; exec \"$0\" \"$@\""
    );
    let mut limited = Command::new("bash");
    limited.args(["-c", &script]).arg(command.get_program());
    limited.args(command.get_args());
    desk.shut_in(&mut limited);
    Ended::of(limited.output().unwrap())
}

#[test]
fn too_few_files_are_refused_before_anything_is_sent() {
    at_once([4, 6, 8, 9, 12, 16, 20, 26], |files| {
        let outside = Outside::with(60);
        let command = outside.command(&["--run-id", RUN, "--only", "AT1,AT4"]);
        let limited = with_files(&outside.desk, files, &command);
        let limited = limited.expect(4).says(&["ulimit -n"]);
        assert!(
            !outside.desk.run_dir(RUN).exists(),
            "{files} files: {limited}"
        );
    });
}

#[test]
fn a_run_that_is_out_of_files_goes_on_with_more() {
    let cases = [27, 28, 32]
        .into_iter()
        .flat_map(|files| [(files, "AT1,AT4"), (files, "AT1,AT15")]);
    at_once(cases, |(files, tests)| {
        let outside = Outside::with(60);
        let command = outside.command(&["--run-id", RUN, "--only", tests]);
        let limited = with_files(&outside.desk, files, &command);
        // How many connections are open at once is the machine's to say.
        if limited.code != 0 {
            limited.expect(4).says(&["ulimit -n", "--resume"]);
            outside.nothing_failed();
            outside.resume().expect(0);
        }
        outside.holds();
        outside.nothing_is_repeated();
    });
}

#[test]
fn reading_needs_few_files() {
    let outside = Outside::with(60);
    let desk = &outside.desk;
    outside
        .run(&["--run-id", RUN, "--only", "AT1,AT4"])
        .expect(0);
    let run = desk.run_dir(RUN).display().to_string();
    for files in [4, 5, 6, 7] {
        let verify = with_files(desk, files, &desk.command(&["verify", &run]));
        verify.expect(4).says(&["ulimit -n"]);
    }
    for files in [8, 16] {
        with_files(desk, files, &desk.command(&["verify", &run])).expect(0);
        with_files(desk, files, &desk.command(&["report", RUN])).expect(0);
        with_files(desk, files, &desk.command(&["status"])).expect(3);
        with_files(desk, files, &desk.command(&["pack", "--draft"])).expect(0);
    }
}

/// How long the machine sleeps: longer than a lease, a link and a token.
const SLEEP: Duration = Duration::from_millis(2_500);

/// A service whose leases, links and tokens all end within a sleep.
fn hasty(letters: usize) -> Outside {
    Outside::start(Options {
        letters,
        url_ttl: Duration::from_secs(1),
        token_lifetime: Duration::from_secs(2),
        ..Options::default()
    })
}

/// Waits until the journal has so many lines; false if the run ended before.
fn grown(desk: &Desk, child: &mut Child, lines: usize) -> bool {
    let path = desk.run_dir(RUN).join("journal.jsonl");
    let count = || fs::read(&path).map_or(0, |bytes| bytecount(&bytes));
    while child.try_wait().unwrap().is_none() {
        if count() >= lines {
            return true;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    false
}

fn bytecount(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

/// Lets the process sleep, as a laptop that is closed.
fn asleep(child: &Child) {
    let pid = Pid::from_child(child);
    kill_process(pid, Signal::STOP).unwrap();
    std::thread::sleep(SLEEP);
    kill_process(pid, Signal::CONT).unwrap();
}

/// What was judged, and is not green.
fn not_green(lines: &[Value]) -> Vec<&Value> {
    let judged = of_kind(lines, "criterion.judged").into_iter();
    judged
        .filter(|line| line["verdict"] != "pass" && line["verdict"] != "warning")
        .collect()
}

#[test]
fn a_run_that_slept_ends_as_any_other() {
    // In the lists of AT2 and AT3, before and after updates, and between the letters read.
    at_once([[24, 330], [52, 480]], |moments| {
        let outside = hasty(100);
        let mut command = outside.command(&["--run-id", RUN, "--only", MOST]);
        let mut child = command.stdout(std::process::Stdio::null()).spawn().unwrap();
        for lines in moments {
            if grown(&outside.desk, &mut child, lines) {
                asleep(&child);
            }
        }
        let code = child.wait().unwrap().code();
        let lines = journal(&outside.desk.run_dir(RUN));
        assert_eq!(code, Some(0), "{moments:?}: {:#?}", not_green(&lines));
        outside.holds();
        outside.nothing_is_repeated();
    });
}

#[test]
fn at15_counts_the_time_that_the_machine_slept() {
    let outside = hasty(30);
    let mut command = outside.command(&["--run-id", RUN, "--only", "AT15"]);
    let mut child = command.stdout(std::process::Stdio::null()).spawn().unwrap();
    assert!(grown(&outside.desk, &mut child, 20));
    asleep(&child);
    let code = child.wait().unwrap().code();
    let lines = journal(&outside.desk.run_dir(RUN));
    assert_eq!(code, Some(0), "{:#?}", not_green(&lines));
    let passes = of_kind(&lines, "timing");
    let us: Vec<u64> = passes
        .iter()
        .filter_map(|pass| pass["us"].as_u64())
        .collect();
    assert_eq!(us.len(), 3, "{passes:?}");
    let slept = u64::try_from(SLEEP.as_micros()).unwrap();
    assert!(us[0] >= slept && us[1] < us[0], "{us:?}");
    outside.holds();
    outside.nothing_is_repeated();
}

/// The journal and the ledger as they would be if the clock had been ahead by so many seconds when
/// they were written: to the process that goes on, it was set back by them.
fn written_ahead(desk: &Desk, seconds: i64) {
    let run = desk.run_dir(RUN);
    let mut lines = journal(&run);
    for line in &mut lines {
        for place in ["/at", "/times/sent"] {
            if let Some(at) = line.pointer_mut(place) {
                let moment = Timestamp::parse(at.as_str().unwrap()).unwrap();
                *at = Value::String(moment.plus_micros(seconds * 1_000_000).to_string());
            }
        }
    }
    let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
    forge::rechain(&run, &lines);
    fs::remove_file(run.join("seal.json")).unwrap();
    let ledger = rusqlite::Connection::open(desk.evidence().join("ledger-local.sqlite")).unwrap();
    let later = format!("UPDATE lease SET until_ms = until_ms + {seconds} * 1000");
    ledger.execute(&later, []).unwrap();
    let day = format!("UPDATE letter SET dispatched_on = date(dispatched_on, '{seconds} seconds')");
    ledger.execute(&day, []).unwrap();
}

#[test]
fn a_clock_set_between_kill_and_resume_changes_nothing() {
    const HOUR: i64 = 3_600;
    // Set back by an hour after the first update and by a day after the dispatches; set forward by
    // a day before and after the dispatches.
    let cases = [
        (HOUR, 420, 1),
        (24 * HOUR, 900, 1),
        (-24 * HOUR, 420, 0),
        (-24 * HOUR, 900, 0),
    ];
    at_once(cases, |(ahead, killed_at, notes)| {
        let outside = Outside::with(100);
        let mut command = outside.command(&["--run-id", RUN, "--only", MOST]);
        let mut child = command.stdout(std::process::Stdio::null()).spawn().unwrap();
        assert!(grown(&outside.desk, &mut child, killed_at));
        child.kill().unwrap();
        child.wait().unwrap();
        let run = outside.desk.run_dir(RUN);
        let text = fs::read_to_string(run.join("journal.jsonl")).unwrap();
        let whole = text.rfind('\n').unwrap() + 1;
        fs::write(run.join("journal.jsonl"), &text[..whole]).unwrap();
        written_ahead(&outside.desk, ahead);
        let resumed = Instant::now();
        outside.resume().expect(0);
        assert!(
            resumed.elapsed() < Duration::from_secs(60),
            "a lease of another clock"
        );
        let lines = journal(&run);
        let told = of_kind(&lines, "note");
        let told = told.iter().filter(|note| {
            let text = note["text"].as_str().unwrap_or_default();
            text.contains("this machine's clock is")
        });
        assert_eq!(told.count(), notes, "{ahead}");
        outside.holds();
        outside.nothing_is_repeated();
    });
}

#[test]
fn what_a_run_that_was_given_up_dispatched_is_reported_by_the_next_of_the_day() {
    let outside = Outside::with(100);
    let mut command = outside.command(&["--run-id", RUN, "--only", MOST]);
    let mut child = command.stdout(std::process::Stdio::null()).spawn().unwrap();
    assert!(grown(&outside.desk, &mut child, 900));
    child.kill().unwrap();
    child.wait().unwrap();
    outside
        .run(&["--run-id", "next", "--only", "AT1,AT5,AT6,AT7,AT8,AT14"])
        .expect(0);
    let next = outside.desk.run_dir("next");
    let (verdict, observed) = judged(&journal(&next), "AT14.2");
    assert_eq!(verdict, "warning");
    assert!(
        observed.contains("dispatched by an earlier run"),
        "{observed}"
    );
    let next = next.display().to_string();
    outside.desk.call(&["verify", &next]).expect(0);
    outside.nothing_is_repeated();
}

#[test]
fn a_run_whose_bodies_are_gone_does_not_go_on() {
    let outside = Outside::with(60);
    outside
        .run(&["--run-id", RUN, "--only", "AT1,AT4"])
        .expect(0);
    let run = outside.desk.run_dir(RUN);
    fs::remove_file(run.join("seal.json")).unwrap();
    fs::rename(run.join("bodies"), run.with_file_name("kept")).unwrap();
    outside
        .resume()
        .expect(4)
        .says(&["the journal names it", "put it back"]);
    fs::rename(run.with_file_name("kept"), run.join("bodies")).unwrap();
    outside.resume().expect(0);
    outside.holds();
}
