//! A reader that goes away (`| head -1`) ends nothing with a panic or an error.
#![allow(clippy::unwrap_used, reason = "a test may end at once")]

use std::os::fd::OwnedFd;
use std::process::Stdio;

use crate::common::{Desk, Ended, FOUR, RUN, SMALL, at_once};

/// The writing end of a pipe that nobody reads.
fn closed_pipe() -> OwnedFd {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

#[test]
fn whoever_stops_reading_is_told_nothing() {
    let desk = Desk::new();
    desk.small_run(&["--only", FOUR]).expect(0);
    std::fs::write(desk.path("bad.pdf"), b"no PDF").unwrap();
    let letter = desk.path("bad.pdf").display().to_string();
    let run: Vec<&str> = [&["run", "--only", "AT1", "--quiet"], &SMALL[..]].concat();
    let calls: [&[&str]; 14] = [
        &["preflight", &letter],
        &["plan"],
        &["status"],
        &["check"],
        &["criteria"],
        &["doctor"],
        &["verify", RUN],
        &["report", RUN],
        &["email", "ready"],
        &["attest", RUN, "AT4.1"],
        &["keygen", "--out", "keys", "--kid", "k"],
        &["selftest", "--list"],
        &["--help"],
        &run,
    ];
    at_once(calls, |args| {
        for format in ["human", "json"] {
            let flags = ["--format", format];
            let open = desk.call(&[args, &flags].concat());
            for stderr_too in [false, true] {
                let mut command = desk.command(&[args, &flags].concat());
                command.stdout(Stdio::from(closed_pipe()));
                if stderr_too {
                    command.stderr(Stdio::from(closed_pipe()));
                } else {
                    command.stderr(Stdio::piped());
                }
                let ended = Ended::of(command.spawn().unwrap().wait_with_output().unwrap());
                let writes = ["keygen", "email"].contains(&args[0]);
                assert!(
                    ended.code == open.code || writes,
                    "{args:?} {format}: {ended} {open}"
                );
                for word in ["panicked", "roken pipe", "os error 32"] {
                    assert!(!ended.err.contains(word), "{args:?} {format}: {ended}");
                }
            }
        }
    });
}
