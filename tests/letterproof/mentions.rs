//! What a line says of an earlier one is held: downloads, completions, submissions, jobs, timings.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may end at once"
)]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::common::{Desk, Ended, RUN, copy_folder, forge};
use serde_json::{Value, json};

/// A run that downloads, reports and keeps every PDF: all tests copy from it.
fn made() -> &'static Path {
    static MADE: OnceLock<(Desk, PathBuf)> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let desk = Desk::new();
        desk.configure("[supplier]\nname = \"example-print\"\n[evidence]\npdfs = \"all\"\n");
        desk.small_run(&["--only", "AT3,AT7,AT14,AT15"]);
        let run = desk.run_dir(RUN);
        desk.call(&["verify", RUN])
            .expect(0)
            .says(&["PDFs kept, checked again"]);
        (desk, run)
    });
    &made.1
}

struct Copy {
    desk: Desk,
    run: PathBuf,
    lines: Vec<Value>,
}

impl Copy {
    fn new() -> Self {
        let desk = Desk::new();
        let run = desk.run_dir(RUN);
        copy_folder(made(), &run);
        let lines = forge::lines(&run);
        let lines = lines.iter().map(|line| serde_json::from_str(line).unwrap());
        let lines = lines.collect();
        Self { desk, run, lines }
    }

    /// The last line that `is` one: no line of an earlier judgement rests on it.
    fn last(&self, is: impl Fn(&Value) -> bool) -> usize {
        self.lines.iter().rposition(is).expect("such a line")
    }

    fn last_of(&self, kind: &str) -> usize {
        self.last(|line| line["kind"] == kind)
    }

    /// The exchange that the line `place` names.
    fn named(&mut self, place: usize) -> &mut Value {
        let seq = self.lines[place]["exchange"].as_u64().unwrap();
        &mut self.lines[usize::try_from(seq).unwrap()]
    }

    /// `verify` of the lines as they are now, chained and sealed anew.
    fn verify(&self) -> Ended {
        let lines: Vec<String> = self.lines.iter().map(Value::to_string).collect();
        forge::rechain(&self.run, &lines);
        self.desk.call(&["verify", RUN])
    }

    #[track_caller]
    fn does_not_hold(&self, words: &str) {
        self.verify().expect(1).says(&[words]);
    }
}

#[test]
fn a_forger_who_changes_nothing_is_not_caught() {
    Copy::new().verify().expect(0);
}

#[test]
fn a_download_is_what_its_exchange_brought() {
    let mut copy = Copy::new();
    let pdf = copy.last_of("pdf.checked");
    copy.named(pdf)["response"]["status"] = json!(500);
    copy.does_not_hold("the download of seq");

    let mut copy = Copy::new();
    copy.named(pdf)["response"]["body"]["bytes"] = json!(7);
    copy.does_not_hold("states another hash or length");

    let mut copy = Copy::new();
    copy.lines[pdf]["sha256"] = json!("0".repeat(64));
    copy.does_not_hold("states another hash or length");

    let mut copy = Copy::new();
    copy.lines[pdf]["letter"] = json!("another-letter");
    copy.does_not_hold("to which no GET /letters/{id}/data of this letter leads");

    let mut copy = Copy::new();
    copy.lines[pdf]["expected_sha256"] = json!("0".repeat(64));
    copy.does_not_hold("the service never stated");

    let mut copy = Copy::new();
    copy.lines[pdf]
        .as_object_mut()
        .unwrap()
        .remove("expected_sha256");
    copy.does_not_hold("PF-003");

    let mut copy = Copy::new();
    copy.lines[pdf]["exchange"] = json!(copy.lines.len());
    copy.does_not_hold("no exchange before it");

    let mut copy = Copy::new();
    let list = copy.last(|line| line["kind"] == "exchange" && line["method"] == "GET");
    copy.lines[pdf]["exchange"] = json!(copy.last_of("plan.made"));
    assert!(list < copy.lines.len());
    copy.does_not_hold("no exchange before it");
}

#[test]
fn a_download_that_was_no_200_counts_for_nothing() {
    let mut copy = Copy::new();
    for place in 0..copy.lines.len() {
        if copy.lines[place]["kind"] == "pdf.checked" {
            copy.named(place)["response"]["status"] = json!(500);
        }
    }
    copy.verify()
        .expect(1)
        .says(&["AT15.1", "says pass, but the lines before it give"]);
}

#[test]
fn a_kept_pdf_is_checked_again() {
    for kind in ["pdf.checked", "pdf.completed"] {
        let mut copy = Copy::new();
        let place = copy.last_of(kind);
        let check = &mut copy.lines[place]["checks"][0];
        check["observed"] = json!("something else");
        copy.does_not_hold("states other checks than the kept PDF gives");
    }
}

#[test]
fn checks_complete_a_download_before_them_once() {
    let mut copy = Copy::new();
    let place = copy.last_of("pdf.completed");
    let list = copy.last_of("letters.listed");
    copy.lines[place]["pdfs"][0]["follows"] = json!(list);
    copy.does_not_hold("no pdf.checked of that PDF before it");

    let mut copy = Copy::new();
    let again = copy.lines[place]["pdfs"][0].clone();
    copy.lines[place]["pdfs"]
        .as_array_mut()
        .unwrap()
        .push(again);
    copy.does_not_hold("as a line before it does");
}

#[test]
fn a_submission_is_what_was_sent_and_answered() {
    let place = Copy::new().last_of("mi.submitted");
    let edits: [(&str, Value, &str); 4] = [
        (
            "mi",
            json!("another-id"),
            "states another id than the answer",
        ),
        (
            "quantity",
            json!(7_777),
            "states something else than was sent",
        ),
        ("run", json!("another-run"), "was submitted by another run"),
        ("exchange", json!(1), "seq 1, which is no"),
    ];
    for (field, value, words) in edits {
        let mut copy = Copy::new();
        copy.lines[place][field] = value;
        copy.does_not_hold(words);
    }
}

#[test]
fn jobs_timings_and_intents_name_lines_of_their_kind() {
    let mut copy = Copy::new();
    let job = copy.last_of("job.created");
    copy.lines[job]["list"] = json!(0);
    copy.does_not_hold("no letters.listed with this letter before it");

    let mut copy = Copy::new();
    let timing = copy.last_of("timing");
    copy.lines[timing]["to"] = copy.lines[timing]["from"].clone();
    copy.does_not_hold("does not time from a GET /letters to a pdf.checked");

    let mut copy = Copy::new();
    let update = copy.last(|line| line["kind"] == "exchange" && line["intent"].is_number());
    copy.lines[update]["intent"] = json!(0);
    copy.does_not_hold("names seq 0, which is no intent before it");
}

/// A run that says that it was made against production is believed that it withholds, not that it
/// need not hold.
#[test]
fn a_journal_relabelled_as_production_is_held_all_the_same() {
    let mut copy = Copy::new();
    copy.lines[0]["target"]["kind"] = json!("prod");
    copy.does_not_hold("whose answer a run against production withholds");
}
