//! Two at a time on one run, one ledger, one evidence folder: refused or safe.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test may end at once")]

use std::fs;
use std::process::{Child, Stdio};
use std::time::Duration;

use crate::common::outside::Outside;
use crate::common::{RUN, at_once, copy_folder};

/// A run that is under way: its first list has come.
fn under_way(outside: &Outside, args: &[&str]) -> Child {
    let mut command = outside.command(args);
    let started = command.stdout(Stdio::null()).stderr(Stdio::piped());
    let child = started.spawn().unwrap();
    let journal = outside.desk.run_dir(RUN).join("journal.jsonl");
    let listed = || {
        let text = fs::read_to_string(&journal).unwrap_or_default();
        text.contains("\"letters.listed\"")
    };
    while !listed() {
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

#[test]
fn a_run_under_way_is_read_by_all_and_disturbed_by_none() {
    let outside = Outside::with(100);
    let desk = &outside.desk;
    outside
        .run(&["--run-id", "earlier", "--only", "AT1"])
        .expect(0);
    // So slow that it is still under way when everybody has read; two lists must fit into a lease.
    let slow = [
        "--run-id",
        RUN,
        "--only",
        "AT1,AT4",
        "--requests-per-second",
        "4",
    ];
    let mut child = under_way(&outside, &slow);
    let holder = format!("run {RUN} (process {})", child.id());
    outside.run(&["--run-id", "other"]).expect(2).says(&[
        "in use by another run",
        &holder,
        "wait until that ends",
        "--ledger",
    ]);
    outside
        .run(&["--run-id", RUN])
        .expect(2)
        .says(&["exists already", "--run-id"]);
    outside.resume().expect(2).says(&[&holder]);
    // With a ledger of its own nothing but the journal keeps the second away.
    fs::copy(
        desk.evidence().join("ledger-local.sqlite"),
        desk.path("copy.sqlite"),
    )
    .unwrap();
    let copy = desk.path("copy.sqlite").display().to_string();
    outside
        .run(&["--resume", RUN, "--ledger", &copy])
        .expect(2)
        .says(&[
            "is being written by another process",
            "wait until that ends",
        ]);
    let run = desk.run_dir(RUN).display().to_string();
    desk.call(&["status"]).expect(3).says(&[RUN]);
    desk.call(&["plan"]).expect(0);
    desk.call(&["verify", &run]).expect(3).says(&["no seal"]);
    desk.call(&["report", RUN]).expect(0);
    let note = [
        "--by", "A Person", "--role", "tester", "--note", "seen", "--run", RUN,
    ];
    desk.call(&[&["attest", "AT7"], &note[..]].concat())
        .expect(3)
        .says(&["the run is not over"]);
    let out = desk.path("packs").display().to_string();
    desk.call(&["pack", "--draft", "--out", &out]).expect(0);
    assert!(
        child.try_wait().unwrap().is_none(),
        "it ended too soon to show anything"
    );
    child.kill().unwrap();
    child.wait().unwrap();
    outside.resume().expect(0);
    outside.holds();
    outside.nothing_is_repeated();
    let runs = desk.runs();
    assert!(!runs.contains(&"other".to_owned()), "{runs:?}");
}

#[test]
fn of_two_that_resume_one_run_one_does() {
    let outside = Outside::with(60);
    let mut child = under_way(&outside, &["--run-id", RUN, "--only", "AT1,AT4"]);
    child.kill().unwrap();
    child.wait().unwrap();
    let ledger = outside.desk.evidence().join("ledger-local.sqlite");
    let codes = std::sync::Mutex::new(Vec::new());
    at_once(["a", "b", "c"], |name| {
        // Each with a ledger that nobody else holds.
        let own = outside.desk.path(name);
        fs::copy(&ledger, &own).unwrap();
        let own = own.display().to_string();
        let ended = outside.run(&["--resume", RUN, "--ledger", &own]);
        assert!(!ended.err.contains("panicked"), "{ended}");
        codes.lock().unwrap().push(ended.code);
    });
    let mut codes = codes.into_inner().unwrap();
    codes.sort_unstable();
    assert_eq!(codes, [0, 2, 2]);
    outside.holds();
    outside.nothing_is_repeated();
}

#[test]
fn additions_at_the_same_time_wait_for_one_another() {
    let outside = Outside::with(60);
    let desk = &outside.desk;
    outside.run(&["--run-id", RUN, "--only", "AT1"]).expect(0);
    copy_folder(&desk.run_dir(RUN), &desk.evidence().join("copy"));
    let photo = desk.path("photo.jpg");
    fs::write(&photo, "a picture").unwrap();
    let photo = photo.display().to_string();
    at_once(0..6, |nth| {
        let note = format!("number {nth}");
        let more = ["--by", "A Person", "--role", "tester", "--note", &note];
        let attest = [&["attest", "AT7", "--run", RUN], &more[..]].concat();
        let attach = ["attach", "AT5", &photo, "--run", RUN, "--note", &note];
        desk.call(if nth % 2 == 0 { &attest } else { &attach })
            .expect(0);
    });
    let review = fs::read_to_string(desk.run_dir(RUN).join("review.jsonl")).unwrap();
    assert_eq!(review.lines().count(), 6);
    outside.holds();
}
