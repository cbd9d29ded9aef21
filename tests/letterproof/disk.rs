//! Folders that cannot be written and disks that are full.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test may end at once"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use crate::common::{Desk, Ended, FOUR, RUN, SMALL};
use letterproof::evidence::Reader;

/// A small run that may write `kib` KiB into any one file, as on a disk with that much room.
///
/// The system then refuses to write (`File too large`); the signal that would kill the program
/// first is ignored, as the shell hands it on.
fn run_with_room(desk: &Desk, kib: usize) -> Ended {
    let script = format!("trap '' XFSZ; ulimit -f {kib}; exec \"$0\" \"$@\"");
    let mut command = Command::new("bash");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_letterproof")]);
    command.args(["run", "--run-id", RUN]).args(SMALL);
    command.args(["--only", FOUR]).args(desk.places());
    desk.shut_in(&mut command);
    Ended::of(command.output().unwrap())
}

#[test]
fn a_full_disk_ends_the_run_and_leaves_a_journal_that_can_be_read() {
    // The ledger needs 16 KiB, the journal of this run more than 100.
    for kib in [32, 64] {
        let desk = Desk::new();
        let ended = run_with_room(&desk, kib)
            .expect(4)
            .says(&["letterproof: cannot write to the journal", "journal.jsonl"]);
        assert!(
            ended.err.contains("make room"),
            "nothing says what to do; {ended}"
        );
        let run = desk.run_dir(RUN);
        assert!(!run.join("seal.json").exists(), "a broken run was sealed");
        let lines: Vec<_> = Reader::open(&run.join("journal.jsonl")).unwrap().collect();
        let held = lines.iter().filter(|line| line.is_ok()).count();
        assert!(held > 10, "{held} lines");
        assert_eq!(held, lines.len(), "a torn line was left");
        let path = run.display().to_string();
        desk.call(&["verify", &path])
            .expect(3)
            .says(&["has no seal"]);
    }
}

#[test]
fn a_disk_without_any_room_ends_the_run() {
    let desk = Desk::new();
    let ended = run_with_room(&desk, 0).expect(4);
    assert!(ended.err.contains("letterproof: "), "{ended}");
}

#[test]
fn enough_room_is_enough() {
    // Else the limit itself might be what ends the runs above.
    let desk = Desk::new();
    run_with_room(&desk, 4_096).expect(0);
}

#[test]
fn an_evidence_folder_that_is_a_file_is_named() {
    let desk = Desk::new();
    fs::write(desk.evidence(), "a file").unwrap();
    let ended = desk.small_run(&[]).expect(4).says(&["evidence"]);
    assert!(ended.err.starts_with("letterproof: cannot make"), "{ended}");
    assert!(
        ended.err.contains("--evidence-dir") || ended.err.contains("--ledger"),
        "{ended}"
    );
    assert_eq!(fs::read_to_string(desk.evidence()).unwrap(), "a file");
}

#[test]
fn an_evidence_folder_that_cannot_be_written_is_named() {
    let desk = Desk::new();
    fs::create_dir(desk.evidence()).unwrap();
    fs::set_permissions(desk.evidence(), fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(desk.evidence().join("probe"), "").is_ok() {
        eprintln!("skipped: this user writes into read-only folders too (root)");
        return;
    }
    desk.small_run(&[]).expect(4).says(&["evidence"]);
}

#[test]
fn a_reports_folder_that_is_a_file_is_named_and_the_evidence_is_whole() {
    let desk = Desk::new();
    fs::write(desk.path("reports"), "a file").unwrap();
    desk.small_run(&["--only", "AT1"])
        .expect(4)
        .says(&["reports"]);
    let path = desk.run_dir(RUN).display().to_string();
    desk.call(&["verify", &path]).expect(0);
    fs::remove_file(desk.path("reports")).unwrap();
    desk.call(&["report", RUN]).expect(0);
}

#[test]
fn a_damaged_ledger_is_named_with_what_to_do() {
    let desk = Desk::new();
    fs::create_dir(desk.evidence()).unwrap();
    let ledger = desk.evidence().join("ledger-local.sqlite");
    fs::write(&ledger, vec![b'x'; 4_096]).unwrap();
    desk.small_run(&[])
        .expect(4)
        .says(&["ledger-local.sqlite", "move it away"]);
    assert_eq!(desk.runs(), [""; 0]);
}

#[test]
fn a_terminal_that_has_gone_away_is_no_error() {
    let desk = Desk::new();
    let mut command = Command::new("bash");
    let script = "\"$0\" \"$@\" | true; exit ${PIPESTATUS[0]}";
    command.args(["-c", script, env!("CARGO_BIN_EXE_letterproof")]);
    command.args(["criteria"]).args(desk.places());
    desk.shut_in(&mut command);
    Ended::of(command.output().unwrap()).expect(0);
}
