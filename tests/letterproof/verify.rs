//! `verify` holds for a run as it was written, and for nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may end at once"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::common::{Desk, Ended, FOUR, RUN, copy_folder, files_below, forge};
use letterproof::audit::{AuditReport, Known, verify_run};
use letterproof::evidence::RunDir;
use serde_json::{Value, json};

/// One run of AT1 to AT4 that all tests copy from.
fn whole_run() -> &'static Path {
    static MADE: OnceLock<(Desk, PathBuf)> = OnceLock::new();
    let made = MADE.get_or_init(|| made(&["--only", FOUR]));
    &made.1
}

/// One run of AT1 alone: short, for tests that verify it many times.
fn short_run() -> &'static Path {
    static MADE: OnceLock<(Desk, PathBuf)> = OnceLock::new();
    let made = MADE.get_or_init(|| made(&["--only", "AT1"]));
    &made.1
}

fn made(flags: &[&str]) -> (Desk, PathBuf) {
    let desk = Desk::new();
    desk.small_run(flags).expect(0);
    let run = desk.run_dir(RUN);
    (desk, run)
}

/// A copy of a run that may be harmed.
struct Copy {
    desk: Desk,
    run: PathBuf,
}

impl Copy {
    fn of(run: &Path) -> Self {
        let desk = Desk::new();
        let copy = desk.run_dir(RUN);
        copy_folder(run, &copy);
        Self { desk, run: copy }
    }

    fn audit(&self) -> AuditReport {
        verify_run(&RunDir::at(&self.run), &Known::default()).expect("a run")
    }

    fn verify(&self, more: &[&str]) -> Ended {
        let path = self.run.display().to_string();
        self.desk.call(&[&["verify", &path], more].concat())
    }

    /// Does `harm` to the journal's lines and leaves the chain as it is.
    fn harm(&self, harm: impl FnOnce(&mut Vec<String>)) {
        let mut lines = forge::lines(&self.run);
        harm(&mut lines);
        forge::write(&self.run, &lines);
    }

    /// Does `harm` to the journal's lines and makes chain and seal fit again.
    fn forge(&self, harm: impl FnOnce(&mut Vec<String>)) {
        let mut lines = forge::lines(&self.run);
        let before = lines.clone();
        harm(&mut lines);
        assert_ne!(before, lines, "nothing was forged");
        forge::rechain(&self.run, &lines);
    }

    /// Holds that `verify` says that the evidence does not hold, and says `words`.
    #[track_caller]
    fn does_not_hold(&self, words: &[&str]) {
        self.verify(&[])
            .expect(1)
            .says(&["The evidence does not hold."])
            .says(words);
    }
}

/// The index of the last line that `is` one.
fn last(lines: &[String], is: impl Fn(&Value) -> bool) -> usize {
    let found = lines
        .iter()
        .rposition(|line| is(&serde_json::from_str(line).unwrap()));
    found.expect("such a line")
}

/// The line with one field changed.
fn edited(line: &str, edit: impl FnOnce(&mut Value)) -> String {
    let mut value: Value = serde_json::from_str(line).unwrap();
    edit(&mut value);
    value.to_string()
}

/// Small numbers that look random and are the same in every run of the test.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        // Knuth's MMIX generator; its high bits are good enough to pick places.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

#[test]
fn a_fresh_run_holds() {
    for run in [whole_run(), short_run()] {
        let copy = Copy::of(run);
        copy.verify(&[]).expect(0).says(&["The evidence holds."]);
    }
    let ended = Copy::of(whole_run())
        .verify(&["--format", "json"])
        .expect(0);
    let report: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(report["findings"], json!([]));
    assert_eq!(report["sealed"], true);
    assert!(report["judgements"].as_u64().unwrap() >= 22, "{report}");
}

#[test]
fn a_forger_who_changes_nothing_is_not_caught() {
    // Else the forgeries below might be caught for how they are made, not for what they say.
    let copy = Copy::of(whole_run());
    forge::rechain(&copy.run, &forge::lines(&copy.run));
    copy.verify(&[]).expect(0);
}

/// Changes each byte of `file` at `places`, one at a time, and holds that none goes unseen.
#[track_caller]
fn every_change_is_seen(copy: &Copy, file: &Path, places: impl IntoIterator<Item = usize>) {
    let whole = fs::read(file).unwrap();
    for place in places {
        // Another bit each time: the case of a letter, a digit, a quote, the end of a line.
        let mut bytes = whole.clone();
        bytes[place] ^= 1 << (place % 8);
        fs::write(file, &bytes).unwrap();
        let report = copy.audit();
        assert_eq!(
            report.exit_code(),
            1,
            "byte {place} of {} was changed unseen",
            file.display()
        );
    }
    fs::write(file, whole).unwrap();
    assert_eq!(copy.audit().exit_code(), 0);
}

#[test]
fn a_journal_with_one_changed_byte_never_verifies() {
    let copy = Copy::of(short_run());
    let journal = copy.run.join("journal.jsonl");
    let text = fs::read(&journal).unwrap();
    let first = text.iter().position(|byte| *byte == b'\n').unwrap();
    let before_last = text[..text.len() - 1]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .unwrap();
    let mut dice = Dice(7);
    let anywhere: Vec<usize> = (0..100).map(|_| dice.below(text.len())).collect();
    let ends = (0..=first)
        .step_by(13)
        .chain((before_last..text.len()).step_by(7));
    every_change_is_seen(&copy, &journal, ends.chain(anywhere));
}

#[test]
fn a_seal_with_one_changed_byte_never_verifies() {
    let copy = Copy::of(short_run());
    let seal = copy.run.join("seal.json");
    let length = fs::read(&seal).unwrap().len();
    every_change_is_seen(&copy, &seal, (0..length).step_by(3));
}

#[test]
fn a_body_with_one_changed_byte_never_verifies() {
    let copy = Copy::of(whole_run());
    let mut dice = Dice(11);
    for body in files_below(&copy.run.join("bodies")) {
        let length = fs::read(&body).unwrap().len();
        let places = [0, length - 1].into_iter();
        let places: Vec<usize> = places.chain((0..15).map(|_| dice.below(length))).collect();
        every_change_is_seen(&copy, &body, places);
    }
}

#[test]
fn bytes_put_in_or_taken_out_are_seen() {
    for name in ["journal.jsonl", "seal.json"] {
        let copy = Copy::of(short_run());
        let file = copy.run.join(name);
        let whole = fs::read(&file).unwrap();
        let mut dice = Dice(13);
        for _ in 0..60 {
            let place = dice.below(whole.len());
            let mut longer = whole.clone();
            longer.insert(place, b" \n\0{"[place % 4]);
            let mut shorter = whole.clone();
            shorter.remove(place);
            for bytes in [longer, shorter] {
                fs::write(&file, bytes).unwrap();
                assert_eq!(copy.audit().exit_code(), 1, "{name}, byte {place}");
            }
        }
    }
}

#[test]
fn lines_cannot_go_come_or_move() {
    let middle = forge::lines(whole_run()).len() / 2;
    type Harm<'a> = &'a dyn Fn(&mut Vec<String>);
    let harms: [(&str, Harm<'_>, &str); 6] = [
        (
            "missing",
            &|lines| drop(lines.remove(middle)),
            "missing, doubled or moved",
        ),
        (
            "doubled",
            &|lines| lines.insert(middle, lines[middle].clone()),
            "doubled",
        ),
        ("swapped", &|lines| lines.swap(middle, middle + 1), "moved"),
        ("first gone", &|lines| drop(lines.remove(0)), "line 1"),
        ("last gone", &|lines| drop(lines.pop()), "seal.json"),
        ("no line at all", &Vec::clear, "seal.json"),
    ];
    for (what, harm, said) in harms {
        println!("{what}");
        let copy = Copy::of(whole_run());
        copy.harm(harm);
        copy.does_not_hold(&[said]);
    }
}

#[test]
fn a_torn_last_line_is_recognised_as_such() {
    let copy = Copy::of(whole_run());
    let journal = copy.run.join("journal.jsonl");
    let whole = fs::read(&journal).unwrap();
    for cut in [1, 2, 40] {
        fs::write(&journal, &whole[..whole.len() - cut]).unwrap();
        copy.does_not_hold(&["is torn", "killed while it wrote"]);
    }
    // Without a seal it is what a killed run leaves: not complete, but nothing is wrong with it.
    fs::remove_file(copy.run.join("seal.json")).unwrap();
    copy.verify(&[]).expect(3);
}

#[test]
fn a_missing_body_and_an_extra_file_are_seen() {
    let copy = Copy::of(whole_run());
    let body = files_below(&copy.run.join("bodies")).remove(0);
    fs::remove_file(&body).unwrap();
    let name = body.file_name().unwrap().to_string_lossy().into_owned();
    copy.does_not_hold(&[&name, "is missing"]);

    let copy = Copy::of(whole_run());
    fs::write(copy.run.join("bodies/extra"), "more").unwrap();
    copy.does_not_hold(&["bodies/extra", "added after the seal"]);

    // What people add after the seal is no part of it.
    let copy = Copy::of(whole_run());
    fs::write(copy.run.join("review.jsonl"), "").unwrap();
    copy.verify(&[]).expect(0);
}

#[test]
fn links_and_devices_are_neither_followed_nor_waited_for() {
    use std::os::unix::fs::symlink;
    let copy = Copy::of(short_run());
    for name in ["one", "two", "three"] {
        symlink(".", copy.run.join(name)).unwrap();
    }
    symlink("/dev/zero", copy.run.join("endless")).unwrap();
    copy.does_not_hold(&["neither a file nor a folder"]);
}

#[test]
fn a_body_named_by_a_path_is_not_read() {
    let copy = Copy::of(whole_run());
    copy.forge(|lines| {
        let place = last(lines, |line| {
            let body = &line["response"]["body"];
            line["kind"] == "exchange" && body["sha256"].is_string() && body["text"].is_null()
        });
        let line: Value = serde_json::from_str(&lines[place]).unwrap();
        let hash = line["response"]["body"]["sha256"].as_str().unwrap();
        lines[place] = lines[place].replace(hash, "/dev/zero");
    });
    copy.does_not_hold(&["is no hash"]);
}

#[test]
fn a_run_without_a_seal_is_incomplete() {
    let copy = Copy::of(whole_run());
    fs::remove_file(copy.run.join("seal.json")).unwrap();
    copy.verify(&[]).expect(3).says(&["has no seal"]);
    // Without one, a line that is gone at the end is all that a killed run lost.
    copy.harm(|lines| drop(lines.pop()));
    copy.verify(&[]).expect(3);
    // Any other is not.
    copy.harm(|lines| drop(lines.remove(5)));
    copy.does_not_hold(&["line 6"]);
}

#[test]
fn the_head_known_from_elsewhere_decides() {
    let copy = Copy::of(whole_run());
    let seal: Value =
        serde_json::from_str(&fs::read_to_string(copy.run.join("seal.json")).unwrap()).unwrap();
    let head = seal["head"].as_str().unwrap();
    copy.verify(&["--head", head])
        .expect(0)
        .says(&["the run with the head given"]);
    copy.verify(&["--head", &head.to_uppercase()]).expect(0);
    copy.verify(&["--head", &"0".repeat(64)])
        .expect(1)
        .says(&["not the run that was handed in"]);
    for wrong in [&head[..63], ""] {
        copy.verify(&["--head", wrong])
            .expect(2)
            .says(&["is no hash"]);
    }
    // Who forges everything consistently is caught by the head alone.
    copy.forge(|lines| {
        let place = last(lines, |line| line["kind"] == "wait");
        lines[place] = edited(&lines[place], |line| line["ms"] = json!(1));
    });
    copy.verify(&[]).expect(0);
    copy.verify(&["--head", head]).expect(1);
}

#[test]
fn what_is_no_run_is_refused() {
    let desk = Desk::new();
    let missing = desk.path("missing").display().to_string();
    let empty = desk.path("").display().to_string();
    let file = desk.path("letterproof.toml").display().to_string();
    for path in [missing, empty, file] {
        desk.call(&["verify", &path])
            .expect(2)
            .says(&["is no run", "give the folder of a run"]);
    }
    fs::create_dir_all(desk.run_dir("odd")).unwrap();
    for text in ["", "\n", "{}\n", "not a journal\n", "\u{0}"] {
        fs::write(desk.run_dir("odd").join("journal.jsonl"), text).unwrap();
        let path = desk.run_dir("odd").display().to_string();
        let ended = desk.call(&["verify", &path]);
        assert!(ended.code == 1 || ended.code == 3, "{text:?}: {ended}");
        assert!(!ended.err.contains("panicked"), "{ended}");
    }
}

#[test]
fn an_edited_verdict_is_caught_by_judging_again() {
    let copy = Copy::of(whole_run());
    copy.forge(|lines| {
        let place = last(lines, |line| {
            line["kind"] == "criterion.judged" && line["point"] == "AT2.1"
        });
        lines[place] = edited(&lines[place], |line| line["verdict"] = json!("pass"));
        let end = lines.len() - 1;
        lines[end] = edited(&lines[end], |line| {
            line["verdicts"]["AT2.1"] = json!("pass")
        });
    });
    copy.does_not_hold(&["AT2.1", "says pass, but the lines before it give warning"]);
}

#[test]
fn edited_proofs_and_reasons_are_caught_by_judging_again() {
    for (field, value) in [
        ("observed", json!("all is well")),
        ("expected", json!("nothing")),
        ("seqs", json!([0])),
    ] {
        let copy = Copy::of(whole_run());
        copy.forge(|lines| {
            let place = last(lines, |line| line["kind"] == "criterion.judged");
            lines[place] = edited(&lines[place], |line| line[field] = value.clone());
        });
        copy.does_not_hold(&["AT4.4", "rests on other facts"]);
    }
}

#[test]
fn an_edited_end_is_caught() {
    for (pointer, value) in [
        ("/exit_code", json!(1)),
        ("/verdicts/AT1.1", json!("fail")),
        ("/verdicts", json!({})),
    ] {
        let copy = Copy::of(whole_run());
        copy.forge(|lines| {
            let end = lines.len() - 1;
            lines[end] = edited(&lines[end], |line| {
                *line.pointer_mut(pointer).unwrap() = value.clone();
            });
        });
        copy.does_not_hold(&["does not state the verdicts and exit code"]);
    }
}

#[test]
fn facts_that_no_answer_gives_are_caught() {
    let is_observation = |line: &Value| line["kind"] == "status.observed";
    let edit = Copy::of(whole_run());
    edit.forge(|lines| {
        let place = last(lines, is_observation);
        lines[place] = edited(&lines[place], |line| {
            line["letter"]["status"] = json!("DELIVERED");
        });
    });
    edit.does_not_hold(&["does not state what the answer of the exchange before it says"]);

    let invent = Copy::of(whole_run());
    invent.forge(|lines| {
        let place = last(lines, is_observation);
        lines.insert(place + 1, lines[place].clone());
    });
    invent.does_not_hold(&["states facts that no answer before it gives"]);

    let omit = Copy::of(whole_run());
    omit.forge(|lines| {
        let place = last(lines, is_observation);
        lines.remove(place);
    });
    omit.does_not_hold(&["does not state what the answer of the exchange before it says"]);
}

#[test]
fn an_answer_that_was_edited_with_its_fact_is_caught_by_its_hash() {
    let copy = Copy::of(whole_run());
    copy.forge(|lines| {
        let place = last(lines, |line| line["kind"] == "status.observed");
        for line in &mut lines[place - 1..=place] {
            *line = line.replace("ACCEPTED", "REJECTED");
        }
    });
    copy.does_not_hold(&["is not what its hash says"]);
}

#[test]
fn a_last_judgement_that_was_left_out_is_caught() {
    // The judgement over the whole journal counts; without it an earlier one would.
    let copy = Copy::of(whole_run());
    copy.forge(|lines| {
        let end = lines.len() - 1;
        let judged = lines.split_off(end);
        lines.retain(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            line["kind"] != "criterion.judged" || !line["scenario"].is_null()
        });
        lines.extend(judged);
    });
    copy.does_not_hold(&["was not judged over the whole journal"]);
}

#[test]
fn nothing_follows_the_end_of_a_run() {
    let copy = Copy::of(whole_run());
    copy.forge(|lines| {
        let note = last(lines, |line| line["kind"] == "wait");
        let end = lines.last().unwrap().clone();
        let at: Value = serde_json::from_str(&end).unwrap();
        lines.push(edited(&lines[note], |line| line["at"] = at["at"].clone()));
    });
    copy.does_not_hold(&["stands after run.finished"]);
}
