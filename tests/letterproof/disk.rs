//! Folders that cannot be written and disks that are full.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test may end at once"
)]

use std::fs;
use std::process::Command;

use crate::common::outside::Outside;
use crate::common::{Desk, Ended, FOUR, RUN, SMALL, at_once};
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
    // The ledger needs 40 KiB, the journal of this run more than 100.
    for kib in [48, 64] {
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

/// Runs `script` where it may mount file systems that nobody else sees, with the program as `$0`
/// and `args` behind it; `None`, and a sentence, where that is not possible.
fn where_it_may_mount(desk: &Desk, script: &str, args: &[String]) -> Option<Ended> {
    let shut_in = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script]);
        desk.shut_in(&mut command);
        command
    };
    let probe = shut_in("mkdir -p probe && mount -t tmpfs none probe").output();
    if !probe.is_ok_and(|probe| probe.status.success()) {
        eprintln!("skipped: this machine lets nobody mount a small file system (unshare)");
        return None;
    }
    let mut command = shut_in(script);
    command.arg(env!("CARGO_BIN_EXE_letterproof")).args(args);
    Some(Ended::of(command.output().unwrap()))
}

/// The flags of a run against `outside`.
fn flags(outside: &Outside) -> Vec<String> {
    let lease = ["--visibility-timeout", "400ms", "--quiet"].map(str::to_owned);
    lease.into_iter().chain(outside.desk.places()).collect()
}

#[test]
fn an_evidence_folder_that_cannot_be_written_is_named() {
    let desk = Desk::new();
    fs::create_dir(desk.evidence()).unwrap();
    let script = "mount --bind evidence evidence && mount -o remount,bind,ro evidence || exit 99
        \"$0\" run \"$@\"";
    let args = [SMALL.map(str::to_owned).to_vec(), desk.places()].concat();
    let Some(ended) = where_it_may_mount(&desk, script, &args) else {
        return;
    };
    ended
        .expect(4)
        .says(&["evidence", "make its folder writable"]);
    assert_eq!(desk.runs(), [""; 0]);
}

#[test]
fn a_run_on_a_full_file_system_goes_on_when_there_is_room() {
    // Room for the ledger alone, for a part of the journal, for its half.
    at_once([100, 160, 240], |kib| {
        let outside = Outside::with(60);
        let script = format!(
            "mkdir evidence && mount -t tmpfs -o size={kib}k none evidence || exit 99
             \"$0\" run --run-id the-run --only AT1,AT2,AT3,AT4 \"$@\"; echo \"ended $?\"
             \"$0\" verify evidence/the-run > verified; echo \"verified $?\"
             mount -o remount,size=64m evidence
             \"$0\" run --resume the-run \"$@\" > resumed; echo \"resumed $?\"
             cp -r evidence kept"
        );
        let Some(ended) = where_it_may_mount(&outside.desk, &script, &flags(&outside)) else {
            return;
        };
        let ended = ended
            .expect(0)
            .says(&["ended 4", "make room", "verified 3", "resumed 0"])
            .says(&["go on with --resume"]);
        assert!(!ended.err.contains("panicked"), "{kib}: {ended}");
        let kept = outside.desk.path("kept/the-run").display().to_string();
        outside.desk.call(&["verify", &kept]).expect(0);
        outside.nothing_is_repeated();
        outside.end();
    });
}

#[test]
fn a_ledger_on_a_full_file_system_breaks_the_run_off_and_it_goes_on() {
    let outside = Outside::with(100);
    // The empty tables fit, the letters do not.
    let script = "mkdir small && mount -t tmpfs -o size=52k none small || exit 99
        \"$0\" run --run-id the-run --only AT1,AT4 --ledger small/ledger \"$@\"; echo \"ended $?\"
        mount -o remount,size=4m small
        \"$0\" run --resume the-run --ledger small/ledger \"$@\" > resumed; echo \"resumed $?\"";
    let Some(ended) = where_it_may_mount(&outside.desk, script, &flags(&outside)) else {
        return;
    };
    ended
        .expect(0)
        .says(&[
            "ended 4",
            "the ledger small/ledger",
            "make room",
            "go on with --resume",
        ])
        .says(&["resumed 0"]);
    outside.holds();
    outside.nothing_failed();
    outside.nothing_is_repeated();
}

#[test]
fn seal_reports_and_pack_on_a_full_file_system_are_made_when_there_is_room() {
    let outside = Outside::with(60);
    let desk = &outside.desk;
    outside
        .run(&["--run-id", RUN, "--only", "AT1,AT4"])
        .expect(0);
    fs::remove_file(desk.run_dir(RUN).join("seal.json")).unwrap();
    fs::remove_dir_all(desk.path("reports")).unwrap();
    let script = "
        try() { echo \"$1:\"; shift; \"$@\" > said; echo \"ended $?\"; }
        full() { dd if=/dev/zero of=$1/filler bs=1k 2> /dev/null; }
        mkdir small reports packs && mount -t tmpfs -o size=4m none small &&
            mount -t tmpfs -o size=40k none reports && mount -t tmpfs -o size=40k none packs || exit 99
        cp -r evidence/the-run small/ && full small
        try 'seal, full' \"$0\" run --resume small/the-run \"$@\"
        rm small/filler
        try 'seal and reports, full' \"$0\" run --resume small/the-run \"$@\"
        try 'verify' \"$0\" verify small/the-run
        cp small/the-run/seal.json evidence/the-run/
        try 'reports, full' \"$0\" report the-run
        try 'pack, full' \"$0\" pack --draft --out packs
        mount -o remount,size=64m reports && mount -o remount,size=64m packs
        try 'reports' \"$0\" report the-run
        try 'pack' \"$0\" pack --draft --out packs
        try 'verify the pack' \"$0\" verify packs/*.zip";
    let Some(ended) = where_it_may_mount(desk, script, &flags(&outside)) else {
        return;
    };
    let told: Vec<&str> = ended.out.lines().collect();
    let expected = [
        ("seal, full:", "ended 4"),
        ("seal and reports, full:", "ended 4"),
        ("verify:", "ended 0"),
        ("reports, full:", "ended 4"),
        ("pack, full:", "ended 4"),
        ("reports:", "ended 0"),
        ("pack:", "ended 0"),
        ("verify the pack:", "ended 0"),
    ];
    let expected: Vec<&str> = expected
        .iter()
        .flat_map(|(what, how)| [*what, *how])
        .collect();
    assert_eq!(told, expected, "{ended}");
    let said: Vec<&str> = ended.err.lines().collect();
    for word in ["seal.json", "reports/the-run", "packs"] {
        let named = |line: &&str| line.contains(word) && line.contains("make room");
        assert!(said.iter().any(named), "{word}: {ended}");
    }
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
