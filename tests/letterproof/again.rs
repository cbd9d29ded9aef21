//! Tests run again on the same letters: what earlier runs spent is known, and said.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may end at once")]

use std::fs;

use letterproof::faults::{Deed, fault};
use letterproof::simulator::Options;
use serde_json::Value;

use crate::common::outside::Outside;
use crate::common::{RUN, journal, judged, of_kind};

/// What `verb` prints as JSON.
fn json(outside: &Outside, args: &[&str]) -> Value {
    let ended = outside.desk.call(&[args, &["--format", "json"]].concat());
    serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("no JSON: {ended}"))
}

/// The test `id` of the sign-off matrix.
fn standing(outside: &Outside, id: &str) -> Value {
    let matrix = json(outside, &["status"]);
    let tests = matrix["tests"].as_array().unwrap();
    tests.iter().find(|test| test["id"] == id).unwrap().clone()
}

#[test]
fn at2_after_at4_takes_no_earlier_pass_back() {
    let outside = Outside::with(120);
    outside
        .run(&["--run-id", "first", "--only", "AT2,AT4"])
        .expect(0);
    let first = standing(&outside, "AT2");
    let again = outside.run(&["--run-id", RUN, "--only", "AT2"]).expect(3);
    again.says(&["80 of 120 letters are PENDING: the supplier took 40 letters"]);
    let lines = journal(&outside.desk.run_dir(RUN));
    for point in ["AT2.1", "AT2.2", "AT2.3"] {
        let (verdict, observed) = judged(&lines, point);
        assert_eq!(verdict, "not_tested", "{point}: {observed}");
    }
    let spent = of_kind(&lines, "letters.spent");
    assert_eq!(spent[0]["letters"].as_array().unwrap().len(), 40);
    assert_eq!(standing(&outside, "AT2"), first);
    outside.holds();
    outside.end();
}

#[test]
fn letters_that_at15_accepted_are_known_as_spent() {
    let outside = Outside::with(60);
    outside
        .run(&["--run-id", "first", "--only", "AT2"])
        .expect(0);
    assert_eq!(json(&outside, &["status"])["letters"]["PENDING"], 60);
    outside.run(&["--run-id", RUN, "--only", "AT15"]).expect(0);
    let letters = &json(&outside, &["status"])["letters"];
    assert_eq!(letters, &serde_json::json!({ "ACCEPTED": 60 }));
    let plan = json(&outside, &["plan", "--only", "AT4"]);
    assert_eq!(plan["right"], false, "{plan}");
    outside.end();
}

#[test]
fn a_cancel_list_that_is_spent_keeps_only_at11_back() {
    let outside = Outside::with(120);
    outside
        .run(&["--run-id", "first", "--only", "AT2"])
        .expect(0);
    let listed = journal(&outside.desk.run_dir("first"));
    let listed = of_kind(&listed, "letters.listed")[0]["letters"].clone();
    let ids: Vec<&str> = (0..4)
        .map(|at| listed[at]["id"].as_str().unwrap())
        .collect();
    fs::write(outside.desk.path("cancel.txt"), ids.join("\r\n")).unwrap();
    let list = ["--cancel-list", "cancel.txt"];
    outside
        .run(&[&["--run-id", "second", "--only", "AT11"][..], &list].concat())
        .expect(0);
    let again = [&["--run-id", RUN, "--only", "AT10,AT11"][..], &list].concat();
    outside
        .run(&again)
        .expect(3)
        .says(&["ask NHS Notify for a new list"]);
    let lines = journal(&outside.desk.run_dir(RUN));
    assert_eq!(judged(&lines, "AT10.1").0, "pass");
    assert_eq!(judged(&lines, "AT11.2").0, "not_tested");
    outside.end();
}

#[test]
fn a_submission_without_an_answer_is_told_once_and_never_sent_again() {
    let Some(Deed::Outage(lost)) = fault("mi-answer-lost").map(|it| it.deed) else {
        panic!("there is no such fault");
    };
    let outside = Outside::start(Options {
        letters: 120,
        faults: lost.to_vec(),
        ..Options::default()
    });
    let config = fs::read_to_string(outside.desk.path("letterproof.toml")).unwrap();
    let more = config.replace("at5_to_at8 = 4", "at5_to_at8 = 55");
    outside.desk.configure(&more);
    let mut sent = Vec::new();
    for run in ["first", RUN] {
        let args = ["--run-id", run, "--only", "AT7,AT14"];
        outside.run(&args).expect(3);
        let lines = journal(&outside.desk.run_dir(run));
        for point in ["AT14.1", "AT14.2", "AT14.3"] {
            let (verdict, observed) = judged(&lines, point);
            assert_eq!(verdict, "review", "{observed}");
            assert!(observed.contains("nobody knows whether the management information for"));
            assert!(!observed.contains("nothing was submitted"), "{observed}");
        }
        let entries = of_kind(&lines, "intent").into_iter().map(|it| &it["mi"]);
        let entries = entries.filter(|mi| !mi.is_null());
        sent.push(
            entries
                .map(|mi| mi["group_id"].to_string())
                .collect::<Vec<_>>(),
        );
    }
    assert!(
        sent[0].len() > 1,
        "the other groups are submitted all the same"
    );
    assert!(
        sent[1].iter().all(|group| !sent[0].contains(group)),
        "{sent:?}"
    );
    outside.holds();
    outside.end();
}
