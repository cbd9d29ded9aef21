//! Every run, refusal and interruption ends with one line that can be pasted.

use std::fs;

use crate::common::outside::Outside;
use crate::common::{Desk, Ended, RUN};

/// What follows `Next: `, of which there is one and which is the last line.
#[track_caller]
fn next(ended: &Ended) -> String {
    let both = format!("{}\n{}", ended.out, ended.err);
    assert_eq!(both.matches("Next: ").count(), 1, "{both}");
    let lines = ended.out.lines().chain(ended.err.lines());
    let mut next = lines.filter_map(|line| line.strip_prefix("Next: "));
    let next = next.next_back();
    let next = next.expect("a line of its own");
    // What every call of a test's desk names, and so every command that follows from it.
    let own = next.find(" --config /").map_or(next, |at| &next[..at]);
    own.to_owned()
}

#[test]
fn a_run_that_ended_says_what_comes_next() {
    let desk = Desk::new();
    let green = desk.small_run(&["--only", "AT1"]).expect(0);
    assert_eq!(next(&green), "letterproof status");
    let last = green.out.lines().last();
    assert!(
        last.is_some_and(|line| line.starts_with("Next: ")),
        "{green}"
    );
    let nothing = desk.call(&["run", "--tags", "@AT1 and @AT2"]).expect(5);
    assert_eq!(next(&nothing), "letterproof criteria");
}

#[test]
fn a_refusal_says_what_comes_next() {
    let desk = Desk::new();
    let refused = |args: &[&str]| next(&desk.call(args).expect(2));
    assert_eq!(
        refused(&["run", "--target", "prod"]),
        "letterproof smoke --target prod --help"
    );
    assert_eq!(
        refused(&["run", "--fault", "x"]),
        "letterproof selftest --list"
    );
    assert_eq!(refused(&["run", "--only", "AT99"]), "letterproof criteria");
    assert_eq!(refused(&["report", "nowhere"]), "letterproof report --help");
}

#[test]
fn flags_before_the_verb_are_told_their_place() {
    let desk = Desk::new();
    let ended = desk
        .call(&["--quiet", "criteria"])
        .expect(2)
        .says(&["Flags go behind the verb."]);
    assert_eq!(next(&ended), "letterproof criteria");
    assert!(ended.err.trim_end().ends_with(" --quiet"), "{ended}");
    let unknown = desk.call(&["criteria", "--colour"]).expect(2);
    assert_eq!(next(&unknown), "letterproof criteria --help");
}

#[test]
fn a_run_against_a_simulator_elsewhere_is_not_said_to_be_dead() {
    let outside = Outside::with(60);
    outside.run(&["--run-id", RUN, "--only", "AT1"]).expect(0);
    let dir = outside.desk.run_dir(RUN);
    fs::remove_file(dir.join("seal.json")).unwrap();
    fs::rename(
        outside.desk.path("letterproof.toml"),
        outside.desk.path("rehearsal.toml"),
    )
    .unwrap();
    outside.desk.configure("");
    let refused = outside.desk.call(&["run", "--resume", RUN]).expect(2);
    assert!(!refused.err.contains("died"), "{refused}");
    let resume = format!("letterproof run --resume {RUN} --config rehearsal.toml");
    assert!(next(&refused).starts_with(&resume), "{refused}");
    outside.end();
}

#[test]
fn a_question_about_failed_points_names_the_exchanges_that_prove_them() {
    let desk = Desk::new();
    desk.configure("[target.local]\nsettle_timeout_s = 1\n");
    desk.small_run(&["--only", "AT1,AT4", "--fault", "accepted-as-printed"])
        .expect(1);
    let support = |flags: &[&str], out: &str| {
        desk.call(&[&["email", "support", "--run", RUN, "--out", out], flags].concat())
    };
    // No exchange failed: what proves the failed point is taken by itself.
    support(&[], "by-itself.eml")
        .expect(0)
        .says(&["POST /letters"]);
    support(&["--point", "AT4.1"], "point.eml")
        .expect(0)
        .says(&["POST /letters"]);
    support(&["--point", "AT9.1"], "none.eml")
        .expect(2)
        .says(&["did not judge \"AT9.1\""]);

    let verdicts = fs::read(desk.path("reports").join(RUN).join("verdicts.json")).unwrap();
    let verdicts: serde_json::Value = serde_json::from_slice(&verdicts).unwrap();
    let points = verdicts["points"].as_array().unwrap();
    let at4 = points.iter().find(|point| point["id"] == "AT4.1").unwrap();
    let seqs: Vec<u64> = serde_json::from_value(at4["seqs"].clone()).unwrap();
    // As a verdict prints it, with an en dash.
    let range = format!("{}–{}", seqs[0], seqs[seqs.len() - 1]);
    support(&["--exchanges", &range], "range.eml")
        .expect(0)
        .says(&["GET /letters/"]);
    // A line that is no exchange and rests on one.
    let observed = seqs[seqs.len() - 1].to_string();
    support(&["--exchanges", &observed], "line.eml")
        .expect(0)
        .says(&["GET /letters/"]);
}
