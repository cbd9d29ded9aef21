//! No input of ten megabytes costs a verb more than 300 MB or 5 s (docs/security.md, "Limits on
//! size and time"): the real binary reads them where it may hold no more.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may end at once"
)]

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use crate::common::lab::{Lab, Reply};
use crate::common::{Desk, Ended, RUN, forge, judged, of_kind};

/// Memory that the program may hold: 300 MB, as `ulimit -d` counts it, in KiB.
const MOST_KIB: &str = "293000";

/// Seconds of processor time: an optimised build is promised to need 5, this one needs ten times as
/// many.
const MOST_SECONDS: u64 = 50;

/// Calls the program where it may hold 300 MB and no more, and is ended when its time is up.
fn within_bounds(desk: &Desk, args: &[&str]) -> Ended {
    let mut command = Command::new("sh");
    let script = format!("ulimit -d {MOST_KIB}; ulimit -t {MOST_SECONDS}; exec \"$0\" \"$@\"");
    command
        .args(["-c", &script, env!("CARGO_BIN_EXE_letterproof")])
        .args(args)
        .args(desk.places());
    desk.shut_in(&mut command);
    Ended::of(command.output().unwrap())
}

/// `part` as often as ten megabytes hold it, with commas between.
fn ten_megabytes_of(part: &str) -> String {
    let many = 9_900_000 / (part.len() + 1);
    let mut text = String::with_capacity(10_000_000);
    for _ in 1..many {
        text.push_str(part);
        text.push(',');
    }
    text + part
}

/// A run of AT1 against a service whose lists are `list`.
fn run_against(list: String) -> (Lab, Ended) {
    let lab = Lab::answering(move |passing| {
        let is_list = passing.is("GET", "/letters");
        is_list.then(|| Reply::of(200, "application/vnd.api+json", &list))
    });
    let flags = [
        "run",
        "--run-id",
        RUN,
        "--visibility-timeout",
        "500ms",
        "--only",
        "AT2",
    ];
    let ended = within_bounds(&lab.desk, &flags);
    (lab, ended)
}

#[test]
fn a_list_of_millions_of_empty_letters_is_an_error_that_says_so() {
    let list = format!(r#"{{"data":[{}]}}"#, ten_megabytes_of("{}"));
    let (lab, ended) = run_against(list);
    ended
        .expect(4)
        .says(&["more than is read", "100000 JSON values"]);
    let (verdict, observed) = judged(&lab.journal(), "AT2.1");
    assert_eq!(verdict, "error", "{observed}");
    // The answer is kept as it came, and the run verifies.
    let path = lab.desk.run_dir(RUN).display().to_string();
    let verified = within_bounds(&lab.desk, &["verify", &path, "--format", "json"]);
    verified
        .expect(0)
        .says(&["not looked into", "100000 JSON values"]);
}

#[test]
fn a_list_just_below_the_bound_is_read() {
    let list = format!(r#"{{"data":[{}]}}"#, vec!["{}"; 49_000].join(","));
    let (lab, ended) = run_against(list);
    ended
        .expect(4)
        .says(&["cannot be read as the documented JSON"]);
    let path = lab.desk.run_dir(RUN).display().to_string();
    within_bounds(&lab.desk, &["verify", &path]).expect(0);
}

/// A small sealed run whose line of the kind `kind` is what `change` makes of it.
fn forged(kind: &str, change: impl Fn(&mut String)) -> Desk {
    let desk = Desk::new();
    desk.small_run(&["--only", "AT1"]).expect(0);
    let run = desk.run_dir(RUN);
    let mut lines = forge::lines(&run);
    let named = format!("\"kind\":\"{kind}\"");
    let line = lines.iter_mut().find(|line| line.contains(&named)).unwrap();
    change(line);
    forge::write(&run, &lines);
    desk
}

#[test]
fn a_line_with_an_unknown_array_is_refused_and_named() {
    for part in ["0", "{}", "\"aaaaaaaaaaaaaaaaaaaa\""] {
        let desk = forged("run.started", |line| {
            line.insert_str(1, &format!("\"unheard\":[{}],", ten_megabytes_of(part)));
        });
        let run = desk.run_dir(RUN).display().to_string();
        for verb in ["verify", "report"] {
            let ended = within_bounds(&desk, &[verb, &run]);
            assert_ne!(ended.code, 0, "{verb} takes it");
            let told = match part {
                "\"aaaaaaaaaaaaaaaaaaaa\"" => "does not continue the chain",
                _ => "too large to be an event",
            };
            ended.says(&[told]);
        }
    }
}

#[test]
fn lines_of_nothing_but_letters_are_read_within_the_bound() {
    let letter = r#"{"id":"l","status":"PENDING"}"#;
    let desk = forged("letters.listed", |line| {
        let letters = ten_megabytes_of(letter);
        let start = line.find("\"letters\":[").unwrap() + 11;
        line.replace_range(start..line.len() - 2, &letters);
    });
    let run = desk.run_dir(RUN).display().to_string();
    let ended = within_bounds(&desk, &["verify", &run]);
    assert_eq!(ended.code, 1, "{ended}");
}

#[test]
fn files_that_a_tester_names_are_read_up_to_a_bound() {
    let desk = Desk::new();
    desk.configure(&format!("a = [{}]\n", ten_megabytes_of("0")));
    within_bounds(&desk, &["plan", "--letters", "24"])
        .expect(2)
        .says(&["524288 bytes"]);
    desk.configure("");
    fs::write(desk.path("ids.txt"), "\n".repeat(9_900_000)).unwrap();
    let ids = desk.path("ids.txt").display().to_string();
    within_bounds(&desk, &["plan", "--letters", "24", "--cancel-list", &ids])
        .expect(2)
        .says(&["300000 lines"]);
}

#[test]
fn a_seal_of_files_that_are_not_there_is_told_in_some_lines() {
    let desk = Desk::new();
    desk.small_run(&["--only", "AT1"]).expect(0);
    let run = desk.run_dir(RUN);
    let seal = fs::read_to_string(run.join("seal.json")).unwrap();
    let mut names = String::new();
    for number in 0..400_000 {
        write!(names, "\"{number:06}\":\"\",").unwrap();
    }
    let changed = seal.replacen("\"files\":{", &format!("\"files\":{{{names}"), 1);
    fs::write(run.join("seal.json"), changed).unwrap();
    let ended = within_bounds(&desk, &["verify", &run.display().to_string()]);
    assert_eq!(ended.code, 1);
    assert!(ended.out.lines().count() < 1_000, "every file is told");
    ended.says(&["more of the files that it names"]);
}

#[test]
fn a_run_that_a_service_keeps_waiting_says_what_for() {
    let lab = Lab::answering(|passing| {
        let first = passing.is("GET", "/letters") && passing.count < 3;
        first.then(|| Reply::of(429, "application/json", "{}"))
    });
    lab.run("AT2").expect(0).says(&[
        "AT2: the service answers 429",
        "then try 2 of 6",
        "then try 3 of 6",
    ]);
    let lines = lab.journal();
    let waits = of_kind(&lines, "wait");
    assert!(
        waits
            .iter()
            .any(|wait| wait["reason"].as_str().unwrap().contains("429"))
    );
}
