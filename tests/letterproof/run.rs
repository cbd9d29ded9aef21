//! `run`, `check` and `criteria`, called as a person calls them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may end at once"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::{
    Desk, Ended, FOUR, RUN, Running, SMALL, copy_folder, journal, judged, of_kind,
};
use letterproof::acceptance::catalogue;
use letterproof::acceptance::sandbox::SANDBOX;
use serde_json::Value;

/// Points in the catalogue, in its order.
fn points() -> Vec<&'static str> {
    catalogue::points().map(|point| point.id).collect()
}

/// Those of AT1 to AT4.
fn points_of_four() -> Vec<&'static str> {
    let four = |point: &&'static catalogue::Point| FOUR.split(',').any(|at| at == point.test());
    catalogue::points()
        .filter(four)
        .map(|point| point.id)
        .collect()
}

/// The points that the run was about, by its first line.
fn scope(desk: &Desk) -> Vec<String> {
    let lines = journal(&desk.run_dir(RUN));
    serde_json::from_value(lines[0]["scope"].clone()).unwrap()
}

/// A desk with a copy of the built-in features to change.
fn desk_with_features() -> (Desk, String) {
    let desk = Desk::new();
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("features/supplier");
    copy_folder(&own, &desk.path("features"));
    let folder = desk.path("features").display().to_string();
    (desk, folder)
}

/// Changes one feature of the copy.
fn change_feature(desk: &Desk, name: &str, from: &str, to: &str) {
    let path = desk.path("features").join(name);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{name} has no {from:?}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

/// Holds that a refused call sent nothing and left no run.
#[track_caller]
fn refused(desk: &Desk, ended: Ended) -> Ended {
    let ended = ended.expect(2);
    assert_eq!(desk.runs(), [""; 0], "a refused call left a run");
    assert!(ended.err.starts_with("letterproof: "), "{ended}");
    ended
}

#[test]
fn a_small_run_passes_and_leaves_its_evidence() {
    let desk = Desk::new();
    desk.small_run(&["--only", FOUR]).expect(0);
    let run = desk.run_dir(RUN);
    let lines = journal(&run);
    assert_eq!(lines[0]["kind"], "run.started");
    assert_eq!(lines[lines.len() - 1]["kind"], "run.finished");
    assert_eq!(scope(&desk), points_of_four());
    for point in points_of_four() {
        let (verdict, observed) = judged(&lines, point);
        assert!(
            ["pass", "warning"].contains(&verdict.as_str()),
            "{point} is {verdict}: {observed}"
        );
    }
    let seal: Value =
        serde_json::from_str(&fs::read_to_string(run.join("seal.json")).unwrap()).unwrap();
    assert_eq!(seal["events"], lines.len());
    assert_eq!(seal["run_id"], RUN);
    let bodies = crate::common::files_below(&run.join("bodies"));
    assert!(!bodies.is_empty(), "no list was stored apart");
    for body in bodies {
        let name = body.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = fs::read(&body).unwrap();
        assert_eq!(letterproof::evidence::sha256_hex(&bytes), name);
    }
}

#[test]
fn every_kind_of_bad_letter_is_failed_or_rejected_for_its_own_defect() {
    let desk = Desk::new();
    let flags = [
        "run",
        "--run-id",
        RUN,
        "--defects",
        "--shared-pdfs",
        "--only",
        "AT12,AT13,AT15",
        "--letters",
        "100",
        "--visibility-timeout",
        "600ms",
        "--settle",
        "100ms",
    ];
    desk.call(&flags).expect(0);
    let lines = journal(&desk.run_dir(RUN));
    let reasons: Vec<(&str, &str)> = of_kind(&lines, "intent")
        .iter()
        .filter_map(|intent| intent["changes"].as_array())
        .flatten()
        .filter(|it| it["status"] == "FAILED" || it["status"] == "REJECTED")
        .filter_map(|it| Some((it["letter"].as_str()?, it["reason_code"].as_str()?)))
        .collect();
    // What the grave defects fail (bombs are not judged, so no reason is PF-005), no PDF, an unknown specification, and no group.
    for code in [
        "PF-001", "PF-002", "PF-004", "PF-006", "PF-008", "PF-010", "PF-012", "PF-020", "PF-030",
        "PF-050", "PF-051", "J01", "J03",
    ] {
        let given = reasons.iter().any(|(_, given)| *given == code);
        assert!(given, "{code} is no reason: {reasons:?}");
    }
    let of_errors = |line: &&Value| line["test"] != "AT15";
    let checked = of_kind(&lines, "pdf.checked");
    for line in checked.iter().copied().filter(of_errors) {
        let checks = line["checks"].as_array().unwrap();
        assert!(checks.len() == 19 || checks.len() == 10, "{line}");
        let letter = line["letter"].as_str().unwrap();
        let given = reasons.iter().find(|(of, _)| *of == letter).map(|it| it.1);
        let failed = checks.iter().find(|check| check["outcome"] == "fail");
        if let Some(failed) = failed {
            assert_eq!(given, failed["id"].as_str(), "{line}");
        }
    }
    let rejected = of_kind(&lines, "letters.targeted");
    let rejected = rejected.iter().find(|it| it["status"] == "REJECTED");
    let left_alone = of_kind(&lines, "note");
    let told = left_alone
        .iter()
        .filter_map(|note| note["text"].as_str())
        .find(|text| text.starts_with("AT13 leaves 6 letters of a group for errors alone"));
    let told = told.expect("six pages, two warnings and three bombs are no reason to reject");
    let (verdict, observed) = judged(&lines, "AT13.3");
    assert_eq!(verdict, "warning");
    assert!(
        observed.contains("3 letters whose PDF this tool did not judge"),
        "{observed}"
    );
    for letter in rejected.unwrap()["letters"].as_array().unwrap() {
        assert!(!told.contains(letter.as_str().unwrap()), "{told}");
    }
    // The seedings of AT15 have no defects but the missing PDF, and nothing is left of the spool.
    let later = of_kind(&lines, "pdf.completed");
    let completed = later.iter().filter_map(|line| line["pdfs"].as_array());
    assert_eq!(completed.map(Vec::len).sum::<usize>(), 3 * 99);
    assert!(later.len() < 3 * 99, "sound letters share a line");
    let failed = |line: &&Value| line["checks"].to_string().contains("\"fail\"");
    assert!(!later.iter().any(failed));
    let (verdict, observed) = judged(&lines, "AT15.1");
    assert_eq!(verdict, "warning");
    assert!(
        observed.contains("pass 3: 99 PDFs (99 checked fully after the clock)"),
        "{observed}"
    );
    desk.call(&["verify", RUN])
        .expect(0)
        .says(&["PDFs withheld by policy: observed, not re-checked"]);
}

#[test]
fn without_a_verb_the_program_runs() {
    let desk = Desk::new();
    let flags = [&SMALL[..], &["--only", "AT1", "--run-id", RUN]].concat();
    desk.call(&flags).expect(0);
    assert_eq!(scope(&desk), ["AT1.1", "AT1.2"]);
}

#[test]
fn only_selects_and_json_is_one_document() {
    let desk = Desk::new();
    let ended = desk
        .small_run(&["--only", "AT2", "--format", "json"])
        .expect(0);
    let document: Value = serde_json::from_str(&ended.out).expect("one JSON document");
    let text = document.to_string();
    for point in ["AT2.1", "AT2.2", "AT2.3"] {
        assert!(text.contains(point), "{point} is not in {text}");
    }
    assert!(!text.contains("AT4.1"), "{text}");
    assert_eq!(scope(&desk), ["AT2.1", "AT2.2", "AT2.3"]);
}

#[test]
fn several_tests_are_selected_in_any_case() {
    let desk = Desk::new();
    desk.small_run(&["--only", "at4,AT2"]).expect(0);
    let tests: Vec<String> = scope(&desk)
        .iter()
        .map(|point| point[..3].to_owned())
        .collect();
    assert_eq!(tests, ["AT2", "AT2", "AT2", "AT4", "AT4", "AT4", "AT4"]);
}

#[test]
fn tags_select() {
    let desk = Desk::new();
    desk.small_run(&["--tags", "@AT1"]).expect(0);
    assert_eq!(scope(&desk), ["AT1.1", "AT1.2"]);
}

#[test]
fn nothing_selected_is_its_own_exit_code() {
    for flags in [
        &["--tags", "@nothing"][..],
        &["--only", "AT2", "--tags", "@AT4"],
    ] {
        let desk = Desk::new();
        desk.small_run(flags).expect(5).says(&[
            "letterproof: no scenario is selected",
            "letterproof criteria",
        ]);
        assert_eq!(desk.runs(), [""; 0]);
    }
}

#[test]
fn names_that_are_none_are_refused_with_those_that_are() {
    let desk = Desk::new();
    refused(&desk, desk.small_run(&["--only", "AT99"])).says(&["AT99", "AT1, AT2, AT3, AT4"]);
    refused(&desk, desk.small_run(&["--only", "AT2,nonsense"])).says(&["NONSENSE", "AT1, AT2"]);
    refused(&desk, desk.small_run(&["--tags", "and and"])).says(&["@AT4 or @AT7"]);
}

#[test]
fn a_run_never_writes_over_another() {
    let desk = Desk::new();
    desk.small_run(&["--only", "AT3"]).expect(0);
    let before = contents(&desk);
    desk.small_run(&["--only", "AT1"])
        .expect(2)
        .says(&[RUN, "exists already", "--run-id"]);
    assert!(before == contents(&desk), "the second call changed files");
}

/// Every file of the evidence folder with its bytes.
fn contents(desk: &Desk) -> Vec<(String, Vec<u8>)> {
    let files = crate::common::files_below(&desk.evidence());
    files
        .into_iter()
        .map(|file| (file.display().to_string(), fs::read(file).unwrap()))
        .collect()
}

#[test]
fn a_run_id_is_a_plain_folder_name() {
    let long = "x".repeat(101);
    for id in ["../elsewhere", "a b", "", ".", "a/b", "é", &long] {
        let desk = Desk::new();
        let ended = desk.call(&["run", "--run-id", id, "--only", "AT1", "--letters", "3"]);
        ended
            .expect(2)
            .says(&["cannot be a run id", "letters, digits"]);
        assert_eq!(desk.runs(), [""; 0], "a refused call left a run");
        assert!(!desk.path("elsewhere").exists());
    }
}

#[test]
fn features_come_from_a_folder() {
    let (desk, folder) = desk_with_features();
    let name = "at01_connect_securely.feature";
    change_feature(&desk, name, "Scenario: Status", "Scenario: Our own status");
    desk.small_run(&["--features-dir", &folder, "--only", "AT1"])
        .expect(0);
    let lines = journal(&desk.run_dir(RUN));
    let begun = of_kind(&lines, "scenario.started");
    let told = begun[0]["name"].as_str().unwrap();
    assert!(told.starts_with("Our own status"), "{told}");
}

#[test]
fn an_undefined_step_is_refused_with_its_place() {
    let (desk, folder) = desk_with_features();
    let name = "at01_connect_securely.feature";
    let before = fs::read_to_string(desk.path("features").join(name)).unwrap();
    let step = "And the supplier holds an access token";
    let line = before.lines().position(|line| line.contains(step)).unwrap() + 1;
    change_feature(&desk, name, step, "And the supplier holds a hot potato");
    let place = format!("{name}:{line}");
    let ended = desk.small_run(&["--features-dir", &folder]);
    refused(&desk, ended).says(&[&place, "no step definition", "a hot potato"]);
    desk.call(&["check", "--features-dir", &folder])
        .expect(1)
        .says(&[&place, "no step definition"]);
}

#[test]
fn a_scenario_that_could_not_fail_is_refused() {
    let (desk, folder) = desk_with_features();
    let path = desk.path("features").join("at01_connect_securely.feature");
    let text = fs::read_to_string(&path).unwrap();
    let without: Vec<&str> = text
        .lines()
        .filter(|line| !line.contains(" AT1."))
        .collect();
    fs::write(path, without.join("\n")).unwrap();
    let ended = desk.small_run(&["--features-dir", &folder]);
    refused(&desk, ended).says(&["at01_connect_securely.feature:6", "has no Then"]);
    desk.call(&["check", "--features-dir", &folder])
        .expect(1)
        .says(&["has no Then", "AT1.1", "is tested by no scenario"]);
}

#[test]
fn a_then_must_quote_the_catalogue() {
    let (desk, folder) = desk_with_features();
    let name = "at01_connect_securely.feature";
    change_feature(&desk, name, "AT1.1 a connection", "AT1.1 any connection");
    change_feature(&desk, name, "AT1.2 no", "AT1.7 no");
    let ended = desk.small_run(&["--features-dir", &folder]);
    refused(&desk, ended).says(&["AT1.1 reads", "no acceptance point AT1.7"]);
}

#[test]
fn a_folder_without_readable_features_is_refused() {
    let desk = Desk::new();
    fs::create_dir(desk.path("empty")).unwrap();
    for name in ["empty", "missing"] {
        let folder = desk.path(name).display().to_string();
        let ended = desk.small_run(&["--features-dir", &folder]);
        refused(&desk, ended).says(&[name]);
    }
    fs::write(desk.path("empty/odd.feature"), "Given nothing\n").unwrap();
    let folder = desk.path("empty").display().to_string();
    let ended = desk.small_run(&["--features-dir", &folder]);
    refused(&desk, ended).says(&["odd.feature", "is not a feature"]);
}

#[test]
fn the_built_in_features_fit_their_steps_and_the_catalogue() {
    let desk = Desk::new();
    let ended = desk.call(&["check", "--format", "json"]);
    let document: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(document["points"], points().len() + SANDBOX.len());
    let problems = document["problems"].as_array().unwrap();
    ended.expect(i32::from(!problems.is_empty()));
    // A point may still wait for its feature; a feature never waits for a step.
    let wrong: Vec<&Value> = problems
        .iter()
        .filter(|problem| problem["place"] != "catalogue")
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn criteria_lists_every_point_with_what_tests_it() {
    let desk = Desk::new();
    desk.call(&["criteria"]).expect(0).says(&points());
    let ended = desk.call(&["criteria", "--format", "json"]).expect(0);
    let document: Value = serde_json::from_str(&ended.out).unwrap();
    let rows = document["points"].as_array().unwrap();
    let ids: Vec<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    let (pack, sandbox) = ids.split_at(points().len());
    assert_eq!(pack, points());
    assert_eq!(
        sandbox,
        SANDBOX.iter().map(|test| test.id).collect::<Vec<_>>()
    );
    for row in rows.iter().take(points_of_four().len()) {
        assert!(!row["scenarios"].as_array().unwrap().is_empty(), "{row}");
    }
}

#[test]
fn production_is_never_touched() {
    let desk = Desk::new();
    let ended = desk.call(&["run", "--target", "prod"]);
    refused(&desk, ended).says(&["prod", "production", "never touches it"]);
    desk.configure("[target.mine]\nkind = \"prod\"\n");
    let ended = desk.call(&["run", "--target", "mine"]);
    refused(&desk, ended).says(&["mine", "production"]);
}

#[test]
fn a_target_must_be_known_and_complete() {
    let desk = Desk::new();
    let ended = desk.call(&["run", "--target", "locla"]);
    refused(&desk, ended).says(&["\"locla\"", "did you mean local?", "sandbox"]);
    let ended = desk.call(&["run", "--target", "int"]);
    refused(&desk, ended).says(&["target int needs an API key", "api_key_file"]);
}

#[test]
fn flags_of_the_simulator_are_for_the_simulator_in_this_process() {
    let desk = Desk::new();
    desk.configure("[target.local]\nkind = \"local\"\nbase_url = \"http://127.0.0.1:9\"\n");
    for flags in [
        &["--letters", "24"][..],
        &["--settle", "100ms"],
        &["--seed", "7"],
        &["--no-throttle"],
        &["--shared-pdfs"],
        &["--latency", "int"],
    ] {
        let ended = desk.call(&[&["run"], flags].concat());
        refused(&desk, ended).says(&[flags[0], "simulator in this process", "local"]);
    }
}

#[test]
fn a_setting_that_is_none_is_refused_with_the_nearest() {
    let desk = Desk::new();
    desk.configure("[target.local]\nkidn = \"local\"\n");
    let ended = desk.small_run(&[]);
    refused(&desk, ended).says(&["letterproof.toml", "kidn", "did you mean"]);
    let ended = Ended::of(
        Desk::new()
            .command(&["run"])
            .env("LETTERPROOF_SUPPLIER_NMAE", "x")
            .output()
            .unwrap(),
    );
    ended
        .expect(2)
        .says(&["LETTERPROOF_SUPPLIER_NMAE", "did you mean"]);
}

#[test]
fn a_configuration_that_is_not_there_is_refused() {
    let desk = Desk::new();
    fs::remove_file(desk.path("letterproof.toml")).unwrap();
    refused(&desk, desk.small_run(&[])).says(&["letterproof.toml", "--config"]);
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new();
    let url = "http://127.0.0.1:9";
    desk.configure(&crate::common::lab::configuration(
        url,
        &format!("{url}/t"),
        "k",
    ));
    crate::common::lab::write_secret(&desk.path("api-key"), "an-api-key-of-32-characters-more");
    let open = fs::Permissions::from_mode(0o644);
    fs::set_permissions(desk.path("api-key"), open).unwrap();
    let ended = desk.call(&["run"]);
    refused(&desk, ended).says(&["api-key has mode 0644", "chmod 600"]);
}

#[test]
fn a_key_that_cannot_sign_is_refused_and_leaves_no_run() {
    let desk = Desk::new();
    let url = "http://127.0.0.1:9";
    desk.configure(&crate::common::lab::configuration(
        url,
        &format!("{url}/t"),
        "k",
    ));
    crate::common::lab::write_secret(&desk.path("api-key"), "an-api-key-of-32-characters-more");
    // The DER form of rsaEncryption, and nothing more.
    let pem = "-----BEGIN PRIVATE KEY-----\nBgkqhkiG9w0BAQE=\n-----END PRIVATE KEY-----\n";
    crate::common::lab::write_secret(&desk.path("private-key.pem"), pem);
    let ended = desk.call(&["run"]);
    refused(&desk, ended).says(&["cannot sign with RS512", "2048 bits"]);
}

#[test]
fn a_lease_must_outlast_the_settling() {
    for lease in ["100ms", "50ms"] {
        let desk = Desk::new();
        let flags = ["run", "--visibility-timeout", lease, "--settle", "100ms"];
        refused(&desk, desk.call(&flags)).says(&["must be longer", "100ms"]);
    }
}

#[test]
fn a_ledger_is_held_by_one_run_at_a_time() {
    let desk = Desk::new();
    let ledger = desk.path("ledger.sqlite").display().to_string();
    let slow = ["--ledger", &ledger, "--visibility-timeout", "30s"];
    let mut command = desk.command(&[&["run", "--only", "AT2,AT3"], &SMALL[..2], &slow].concat());
    let mut first = Running::start(&mut command);
    first.until("waiting");
    desk.small_run(&["--ledger", &ledger])
        .expect(2)
        .says(&["ledger.sqlite", "another run"]);
    assert!(!desk.run_dir(RUN).exists());
}

/// A run that has listed letters and waits for a long lease.
fn waiting_run(desk: &Desk) -> Running {
    let slow = [
        "run",
        "--run-id",
        RUN,
        "--only",
        "AT2,AT3",
        "--letters",
        "24",
    ];
    let lease = ["--visibility-timeout", "60s"];
    let mut run = Running::start(&mut desk.command(&[&slow[..], &lease].concat()));
    run.until("waiting");
    run
}

#[test]
fn a_run_that_is_interrupted_is_incomplete_and_says_where_its_evidence_lies() {
    let desk = Desk::new();
    let run = waiting_run(&desk);
    let pid = run.id().to_string();
    let told = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
    assert!(told.success());
    assert_eq!(run.ended(), Some(3));
    let path = desk.run_dir(RUN).display().to_string();
    desk.call(&["verify", &path])
        .expect(3)
        .says(&["has no seal"]);
}

#[test]
fn a_run_that_is_killed_leaves_a_journal_that_holds() {
    let desk = Desk::new();
    drop(waiting_run(&desk));
    let lines = journal(&desk.run_dir(RUN));
    assert_eq!(of_kind(&lines, "letters.listed").len(), 1);
    let path = desk.run_dir(RUN).display().to_string();
    desk.call(&["verify", &path])
        .expect(3)
        .says(&["has no seal"]);
    // Its ledger is free again.
    let next = ["run", "--only", "AT1", "--letters", "3"];
    desk.call(&next).expect(0);
}

#[test]
fn a_simulator_elsewhere_is_run_against_twice_and_its_letters_are_remembered() {
    let desk = Desk::new();
    fs::remove_file(desk.path("letterproof.toml")).unwrap();
    let config = desk.path("letterproof.toml").display().to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_letterproof"));
    command.args([
        "sim",
        "--addr",
        "127.0.0.1:0",
        "--letters",
        "24",
        "--visibility-timeout",
        "1s",
        "--settle",
        "100ms",
        "--write-config",
        &config,
    ]);
    desk.shut_in(&mut command);
    let mut sim = Running::start(&mut command);
    let ready: Value = serde_json::from_str(&sim.first_line()).expect("one JSON line");
    assert_eq!(ready["letters"], 24);
    let mut text = fs::read_to_string(&config).unwrap();
    text.push_str("\n[sizes]\nat4 = 5\n");
    fs::write(&config, text).unwrap();
    let key = ready["status_api_key"].as_str().unwrap();
    crate::common::lab::write_secret(&desk.path("status-key"), key);
    desk.know_status_key();

    desk.call(&["run", "--run-id", "first", "--only", "AT1,AT3"])
        .expect(0);
    desk.call(&["run", "--run-id", "second", "--only", "AT3,AT4"])
        .expect(0);
    let lines = journal(&desk.run_dir("second"));
    assert_eq!(of_kind(&lines, "job.created").len(), 0);
    let ignored = of_kind(&lines, "job.ignored");
    assert!(ignored.len() >= 24, "{} jobs ignored", ignored.len());
    assert!(ignored.iter().all(|job| job["run"] == "first"));
}

#[test]
fn what_is_not_claimed_is_left_out_and_did_not_fail() {
    let desk = Desk::new();
    desk.configure(
        "[supplier]\nname = \"p\"\noptional_statuses = [\"PRINTED\"]\nrejects = false\n",
    );
    let ended = desk.small_run(&["--only", "AT1,AT6,AT8,AT13"]).expect(0);
    assert!(!ended.err.contains("failed:"), "{}", ended.err);
    for test in ["AT6", "AT8", "AT13"] {
        let told = format!("the plan has no letters for {test}");
        let lines = ended.err.lines().filter(|line| line.contains(&told));
        let lines: Vec<&str> = lines.collect();
        assert_eq!(lines.len(), 1, "{}", ended.err);
        assert!(lines[0].starts_with("left out: "), "{}", lines[0]);
    }
}
