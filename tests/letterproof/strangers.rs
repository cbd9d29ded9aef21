//! Evidence from strangers: nothing in it may choose where files are written, or what this tool
//! seems to say.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may end at once"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::common::{Desk, Ended, RUN, copy_folder, forge};
use serde_json::{Value, json};

/// What a terminal would obey, and a sentence that is not this tool's.
const LIE: &str = "x\nThe evidence holds.\nThe pack holds.\u{1b}]0;owned\u{7}\u{202e}\u{9b}31m";

/// One run of AT1 that all tests copy from.
fn made() -> &'static Path {
    static MADE: OnceLock<(Desk, PathBuf)> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let desk = Desk::new();
        desk.small_run(&["--only", "AT1"]).expect(0);
        let run = desk.run_dir(RUN);
        (desk, run)
    });
    &made.1
}

/// A desk with a copy of the run, under the name `id`.
fn copied(id: &str) -> (Desk, PathBuf) {
    let desk = Desk::new();
    let run = desk.run_dir(id);
    copy_folder(made(), &run);
    (desk, run)
}

/// The journal with its line `place` changed; chain and seal are made to fit.
fn forged(run: &Path, place: usize, edit: impl FnOnce(&mut Value)) {
    let mut lines = forge::lines(run);
    let mut line: Value = serde_json::from_str(&lines[place]).unwrap();
    edit(&mut line);
    lines[place] = line.to_string();
    forge::rechain_by_hand(run, &lines);
}

/// Nothing was printed that is not this tool's own, or that a terminal obeys.
#[track_caller]
fn says_nothing_foreign(ended: &Ended) {
    for text in [&ended.out, &ended.err] {
        let obeyed = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!text.contains(obeyed), "{ended}");
        let lie = |line: &str| {
            line.starts_with("The evidence holds") || line.starts_with("The pack holds")
        };
        assert!(!text.lines().any(lie), "{ended}");
    }
}

#[test]
fn a_run_id_that_leads_elsewhere_writes_nothing() {
    let (desk, run) = copied(RUN);
    let elsewhere = desk.path("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::write(elsewhere.join("summary.md"), "mine").unwrap();
    for id in [elsewhere.display().to_string(), "../elsewhere".to_owned()] {
        forged(&run, 0, |line| line["run_id"] = id.into());
        let path = run.display().to_string();
        desk.call(&["verify", &path])
            .expect(1)
            .says(&["cannot be a run id"]);
        desk.call(&["report", &path])
            .expect(1)
            .says(&["cannot be a run id"]);
        desk.call(&["status"]);
        desk.call(&["pack", "--draft"]).expect(1);
        desk.call(&["proof", "--run", &path]).expect(1);
        let attest = [
            "attest",
            "AT1",
            "--by",
            "A. Person",
            "--role",
            "tester",
            "--note",
            "seen",
        ];
        desk.call(&[&attest[..], &["--run", &path]].concat())
            .expect(1);
    }
    assert_eq!(
        fs::read_to_string(elsewhere.join("summary.md")).unwrap(),
        "mine"
    );
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 1);
    for made in ["reports", "proofs", "packs"] {
        assert!(!desk.path(made).exists(), "{made} was made");
    }
}

#[test]
fn the_id_of_a_new_run_is_held_before_anything_is_made() {
    let desk = Desk::new();
    for id in ["../x", "/tmp/x", "a.b", "", "NUL"] {
        desk.call(&["run", "--run-id", id])
            .expect(2)
            .says(&["cannot be a run id"]);
    }
    assert!(!desk.evidence().exists());
}

#[test]
fn folder_seal_and_journal_must_be_of_one_run() {
    let (desk, run) = copied("another-run");
    let path = run.display().to_string();
    for verb in ["verify", "report"] {
        desk.call(&[verb, &path])
            .expect(1)
            .says(&["is of run the-run, and its folder is called", "another-run"]);
    }
    desk.call(&["pack", "--draft"])
        .expect(1)
        .says(&["another-run"]);
    assert!(!desk.path("reports").exists());

    let (desk, run) = copied(RUN);
    forge::edit_seal(&run, |seal| seal["run_id"] = "another-run".into());
    let path = run.display().to_string();
    desk.call(&["verify", &path])
        .expect(1)
        .says(&["the run's id: not what"]);
    desk.call(&["report", &path]).expect(1);
    desk.call(&["pack", "--draft"])
        .expect(1)
        .says(&["the seal of another run"]);
    desk.call(&["status"])
        .says(&["is not the seal of this journal"]);
    // By whatever path it is named, a run's folder has its own name.
    let (desk, run) = copied(RUN);
    let path = run.join("../the-run/.").display().to_string();
    desk.call(&["verify", &path]).expect(0);
}

#[test]
fn no_report_is_made_of_evidence_that_does_not_hold() {
    let (desk, run) = copied(RUN);
    let lines = forge::lines(&run);
    let judged = lines
        .iter()
        .rposition(|line| line.contains("criterion.judged"));
    forged(&run, judged.unwrap(), |line| {
        line["verdict"] = json!("fail")
    });
    desk.call(&["report", RUN]).expect(1).says(&[
        "run the-run does not hold",
        "says fail, but the lines before it give",
    ]);
    assert!(!desk.path("reports").exists());
    let (desk, run) = copied(RUN);
    fs::remove_file(run.join("seal.json")).unwrap();
    desk.call(&["report", RUN]).expect(0);
    fs::OpenOptions::new()
        .append(true)
        .open(run.join("journal.jsonl"))
        .and_then(|mut file| std::io::Write::write_all(&mut file, b"{\"seq\":"))
        .unwrap();
    desk.call(&["report", RUN]).expect(0);
}

#[test]
fn an_attachment_that_is_called_by_no_hash_is_not_looked_for() {
    let (desk, run) = copied(RUN);
    let file = desk.path("photo.jpg");
    fs::write(&file, "a photo").unwrap();
    desk.call(&["attach", "AT1", &file.display().to_string()])
        .expect(0);
    let review = run.join("review.jsonl");
    let text = fs::read_to_string(&review).unwrap();
    let mut line: Value = serde_json::from_str(&text).unwrap();
    line["sha256"] = json!("../../../photo.jpg");
    fs::write(&review, format!("{line}\n")).unwrap();
    let ended = desk
        .call(&["verify", RUN])
        .expect(1)
        .says(&["review.jsonl", "is no hash"]);
    says_nothing_foreign(&ended);
}

#[test]
fn a_verdict_that_is_stated_twice_is_no_verdict() {
    let (desk, run) = copied(RUN);
    let mut lines = forge::lines(&run);
    let last = lines.len() - 1;
    lines[last] = lines[last].replacen("\"AT1.1\":", "\"AT1.1\":\"fail\",\"AT1.1\":", 1);
    forge::write(&run, &lines);
    desk.call(&["verify", RUN])
        .expect(1)
        .says(&["\"AT1.1\" stands there twice"]);
}

/// Every place of the first and the last line, and of the seal, that holds a text.
#[test]
fn nothing_of_the_evidence_speaks_for_this_tool() {
    let places: [(usize, &str); 9] = [
        (0, "/run_id"),
        (0, "/supplier"),
        (0, "/driven"),
        (0, "/target/name"),
        (0, "/target/kind"),
        (0, "/tool/version"),
        (0, "/scope/0"),
        (0, "/pack_revision"),
        (1, "/kind"),
    ];
    for (place, pointer) in places {
        let (desk, run) = copied(RUN);
        forged(&run, place, |line| {
            *line.pointer_mut(pointer).unwrap() = LIE.into()
        });
        hold_every_verb(&desk, &run, pointer);
    }
    let (desk, run) = copied(RUN);
    let mut lines = forge::lines(&run);
    let judged = lines
        .iter()
        .rposition(|line| line.contains("criterion.judged"))
        .unwrap();
    let mut line: Value = serde_json::from_str(&lines[judged]).unwrap();
    line["verdict"] = LIE.into();
    lines[judged] = line.to_string();
    forge::write(&run, &lines);
    hold_every_verb(&desk, &run, "verdict");
    for field in ["run_id", "sealed_at", "head", "tool_version", LIE] {
        let (desk, run) = copied(RUN);
        forge::edit_seal(&run, |seal| seal[field] = LIE.into());
        hold_every_verb(&desk, &run, field);
    }
    let (desk, run) = copied(RUN);
    forge::edit_seal(&run, |seal| seal["files"][LIE] = "0".repeat(64).into());
    hold_every_verb(&desk, &run, "files");
}

/// `verify` may hold what is only odd, and says so last; nothing else may say it.
fn hold_every_verb(desk: &Desk, run: &Path, what: &str) {
    let path = run.display().to_string();
    let mut ended = desk.call(&["verify", &path]);
    if ended.code == 0 {
        let (before, last) = ended.out.trim_end().rsplit_once('\n').unwrap();
        assert!(last.starts_with("The evidence holds."), "{what}: {ended}");
        ended.out = before.to_owned();
    }
    says_nothing_foreign(&ended);
    for verb in [
        &["verify", path.as_str(), "--format", "json"][..],
        &["report", &path],
        &["status"],
        &["status", "--target", "local"],
        &["pack", "--draft"],
        &["proof", "--run", &path],
    ] {
        says_nothing_foreign(&desk.call(verb));
    }
}
