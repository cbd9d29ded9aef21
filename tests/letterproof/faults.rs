//! Deliberate wrongs, one by one and as a matrix, called as a person calls them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may end at once"
)]

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::common::{Desk, RUN, journal, of_kind};

/// Points with `verdict` in the verdicts of [`RUN`].
fn points_with(desk: &Desk, verdict: &str) -> BTreeSet<String> {
    let seal = fs::read(desk.run_dir(RUN).join("seal.json")).unwrap();
    let seal: Value = serde_json::from_slice(&seal).unwrap();
    let verdicts = seal["verdicts"].as_object().unwrap();
    let with = verdicts.iter().filter(|(_, found)| *found == verdict);
    with.map(|(point, _)| point.clone()).collect()
}

#[test]
fn a_wrong_turns_its_points_red_and_the_run_counts_for_nothing() {
    let desk = Desk::new();
    desk.configure("[target.local]\nsettle_timeout_s = 1\n");
    let only = ["--only", "AT1,AT4", "--fault", "bulk-item-lost"];
    desk.small_run(&only)
        .expect(1)
        .says(&["WRONG ON", "bulk-item-lost"]);
    let red = points_with(&desk, "fail");
    assert_eq!(
        red.iter().map(String::as_str).collect::<Vec<_>>(),
        ["AT4.1", "AT4.2", "AT4.4"]
    );

    let lines = journal(&desk.run_dir(RUN));
    let injected = of_kind(&lines, "fault.injected");
    assert_eq!(injected[0]["fault"], "bulk-item-lost");
    assert_eq!(injected[0]["seq"], 1);
    let page = fs::read_to_string(desk.path("reports").join(RUN).join("report.html")).unwrap();
    assert!(page.contains("WRONG ON PURPOSE"));

    desk.call(&["pack", "--target", "local", "--draft", "--runs", RUN])
        .expect(2)
        .says(&["it is no evidence"]);
    desk.call(&["pack", "--target", "local", "--draft"])
        .expect(3)
        .says(&["made wrong on purpose", RUN]);
    let verdicts = fs::read(desk.path("reports").join(RUN).join("verdicts.json")).unwrap();
    let verdicts: Value = serde_json::from_slice(&verdicts).unwrap();
    assert_eq!(verdicts["faults"][0], "bulk-item-lost");
    desk.call(&["status", "--target", "local"])
        .says(&["something was made wrong on purpose", RUN]);
    desk.call(&["verify", RUN]).expect(0);
}

#[test]
fn an_outage_that_passes_costs_a_retry_and_a_warning() {
    let desk = Desk::new();
    let only = [
        "--only",
        "AT4,AT5",
        "--fault",
        "unavailable-once,quota-storm",
    ];
    desk.small_run(&only).expect(0);
    assert!(points_with(&desk, "warning").contains("AT5.3"));
}

#[test]
fn a_wrong_that_there_is_not_is_named_with_the_nearest() {
    let desk = Desk::new();
    desk.small_run(&["--fault", "bulk-item-lots"])
        .expect(2)
        .says(&["bulk-item-lost", "letterproof selftest --list"]);
    desk.call(&["selftest", "--fault", "no-such-thing"])
        .expect(2);
    desk.call(&["sim", "--addr", "127.0.0.1:0", "--fault", "job-twice"])
        .expect(2)
        .says(&[
            "no fault of the service",
            "letterproof run --fault job-twice",
        ]);
    assert_eq!(desk.runs(), [""; 0]);
}

#[test]
fn a_journal_that_fits_itself_is_found_by_its_known_head_alone() {
    let desk = Desk::new();
    let ended = desk
        .small_run(&["--only", "AT1", "--fault", "chain-mended"])
        .expect(0);
    let (_, head) = ended.err.split_once("--head ").unwrap();
    let head = head.split_whitespace().next().unwrap();
    desk.call(&["verify", RUN]).expect(0);
    desk.call(&["verify", RUN, "--head", head]).expect(1);
}

#[test]
fn the_matrix_is_exact_where_it_is_looked_at() {
    let desk = Desk::new();
    let faults = "mi-twice,unavailable-once,times-reordered,mix:9";
    desk.call(&["selftest", "--fault", faults, "--quiet"])
        .expect(0)
        .says(&["4 faults: exactly", "mi-twice", "●", "v"]);
    // Some faults are no certificate for all checks.
    assert!(!desk.evidence().join("selftest-0.1.0.json").exists());
}

#[test]
fn every_wrong_can_be_read_about() {
    let desk = Desk::new();
    desk.call(&["selftest", "--list"]).expect(0).says(&[
        "service",
        "environment",
        "supplier",
        "journal",
        "mix:N",
    ]);
    let listed = desk.call(&["selftest", "--list", "--format", "json"]);
    let listed: Value = serde_json::from_str(&listed.expect(0).out).unwrap();
    let outage = listed.as_array().unwrap().iter();
    let mut outage = outage.filter(|fault| fault["fault"] == "links-expired");
    assert_eq!(outage.next().unwrap()["open"][0], "AT15.1");
}

#[test]
fn what_the_machine_lacks_is_no_miss_of_a_check() {
    let desk = Desk::new();
    fs::write(desk.evidence(), "a file in the way").unwrap();
    desk.call(&["selftest"])
        .expect(4)
        .says(&["selftest cannot make", "evidence"]);
}
