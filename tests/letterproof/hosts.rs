//! Which hosts are called, and what is said where they are not the real service's.
#![allow(clippy::unwrap_used, reason = "a test may end at once")]

use std::fs;

use serde_json::{Value, json};

use crate::common::lab::{Lab, Reply, configuration};
use crate::common::{Desk, RUN, forge, judged, of_kind};

/// Production, as people and attackers spell it.
const PRODUCTION: [&str; 6] = [
    "https://api.service.nhs.uk/nhs-notify-supplier",
    "https://api.service.nhs.uk./nhs-notify-supplier",
    "https://api.service.nhs.uk../nhs-notify-supplier",
    "https://API.Service.nhs.uk:443/nhs-notify-supplier",
    "https://%61pi.service.nhs.uk:8443/x",
    "https://api\u{3002}service\u{ff0e}nhs.uk./x",
];

#[test]
fn production_by_any_spelling_ends_every_verb_before_anything_is_sent() {
    let desk = Desk::new();
    for url in PRODUCTION {
        for target in ["int", "local", "sandbox"] {
            desk.configure(&format!("[target.{target}]\nbase_url = \"{url}\"\n"));
            let ended = desk.call(&["run", "--target", target, "--only", "AT1"]);
            ended.expect(2).says(&["is production", "line 2"]);
        }
    }
    for verb in [
        &["plan"][..],
        &["status", "--target", "int"],
        &["pack", "--target", "int"],
    ] {
        desk.call(verb).expect(2).says(&["is production"]);
    }
    assert!(desk.runs().is_empty());
}

#[test]
fn production_by_a_variable_or_among_the_named_hosts_is_no_way_round() {
    let desk = Desk::new();
    let dotted = "https://api.service.nhs.uk./nhs-notify-supplier";
    for (variable, value) in [
        ("LETTERPROOF_TARGET_INT_BASE_URL", dotted),
        ("LETTERPROOF_TARGET_LOCAL_BASE_URL", dotted),
        ("LETTERPROOF_TARGET_INT_TOKEN_URL", dotted),
        ("LETTERPROOF_TARGET_INT_HOSTS", "api.service.nhs.uk."),
        (
            "LETTERPROOF_TARGET_INT_STORAGE_HOSTS",
            "api.service.nhs.uk.",
        ),
    ] {
        let mut command = desk.command(&["run", "--only", "AT1"]);
        let ended = crate::common::Ended::of(command.env(variable, value).output().unwrap());
        ended.expect(2).says(&["is production", variable]);
    }
    desk.configure(&format!(
        "[target.int]\nbase_url = \"{dotted}\"\nhosts = [\"api.service.nhs.uk\"]\n"
    ));
    desk.call(&["run", "--target", "int"])
        .expect(2)
        .says(&["is production"]);
    assert!(desk.runs().is_empty());
}

#[test]
fn a_host_that_is_not_documented_must_be_named() {
    let desk = Desk::new();
    desk.configure("[target.int]\nbase_url = \"https://int.example.org/x\"\n");
    let ended = desk.call(&["run", "--target", "int"]).expect(2);
    ended.says(&[
        "line 2: target.int.base_url",
        "target.int.hosts",
        "int.api.service.nhs.uk",
    ]);
}

/// What every page says of a run that proves nothing.
const MARK: &str = "SIMULATOR, NOT EVIDENCE";

/// The target of a lab under the name of INT.
fn as_int(lab: &Lab) {
    let local = configuration(
        &lab.base_url,
        &lab.token_url,
        &lab.simulator.credentials(0).kid,
    );
    let int = local.replace("[target.local]", "[target.int]");
    lab.desk
        .configure(&int.replace("kind = \"local\"", "kind = \"int\""));
}

#[test]
fn a_simulator_under_the_name_of_int_is_marked_on_every_page() {
    let lab = Lab::honest();
    as_int(&lab);
    let (desk, called) = (&lab.desk, lab.base_url.as_str());
    let flags = ["run", "--target", "int", "--run-id", RUN, "--only", "AT1"];
    let ended = desk.call(&[&flags[..], &["--visibility-timeout", "500ms"]].concat());
    ended.expect(0).says(&[MARK, called]);
    for report in ["report.html", "summary.md"] {
        let text = fs::read_to_string(desk.path("reports").join(RUN).join(report)).unwrap();
        assert!(text.contains(MARK) && text.contains(called), "{report}");
    }
    let run = desk.run_dir(RUN).display().to_string();
    desk.call(&["verify", &run]).expect(0).says(&[MARK, called]);
    let pack = ["pack", "--target", "int", "--out", "packs"];
    desk.call(&pack)
        .expect(3)
        .says(&["--draft", "is no evidence", called]);
    desk.call(&[&pack[..], &["--draft"]].concat())
        .expect(0)
        .says(&[MARK]);
    let emails = crate::common::files_below(&desk.path("packs"));
    let email = emails
        .iter()
        .find(|file| file.extension().is_some_and(|end| end == "eml"));
    let email = fs::read_to_string(email.unwrap()).unwrap();
    assert!(
        email.contains(MARK) && email.contains("called: http://127.0.0.1"),
        "the email"
    );
}

/// The first line of the run, relabelled, with chain and seal made to fit.
fn relabel(desk: &Desk, changes: &[(&str, &str)]) {
    let run = desk.run_dir(RUN);
    let mut lines = forge::lines(&run);
    for (from, to) in changes {
        assert!(lines[0].contains(from), "{from}");
        lines[0] = lines[0].replace(from, to);
    }
    forge::rechain(&run, &lines);
}

#[test]
fn another_label_makes_no_evidence_of_a_simulators_run() {
    let desk = Desk::new();
    desk.small_run(&["--only", "AT1"]).expect(0);
    let int = [
        (r#""kind":"local""#, r#""kind":"int""#),
        (r#""name":"local""#, r#""name":"int""#),
    ];
    relabel(&desk, &int);
    let run = desk.run_dir(RUN).display().to_string();
    desk.call(&["verify", &run]).expect(0).says(&[MARK]);
    let pack = ["pack", "--target", "int", "--out", "packs"];
    desk.call(&pack).expect(3).says(&["is no evidence"]);
    assert!(!desk.path("packs").exists());

    // The address of INT in the first line, and every exchange elsewhere.
    let lines = forge::lines(&desk.run_dir(RUN));
    let started: serde_json::Value = serde_json::from_str(&lines[0]).unwrap();
    let stated = |name: &str| started["target"][name].as_str().unwrap().to_owned();
    let int = "https://int.api.service.nhs.uk";
    relabel(
        &desk,
        &[
            (&stated("token_url"), &format!("{int}/oauth2/token")),
            (&stated("base_url"), &format!("{int}/nhs-notify-supplier")),
        ],
    );
    let ended = desk.call(&["verify", &run]).expect(1);
    ended.says(&[
        MARK,
        "went to http://127.0.0.1",
        "the target's API is at https://int.api",
    ]);
    desk.call(&pack).expect(1);
}

#[test]
fn a_run_goes_on_only_where_it_began() {
    let lab = Lab::honest();
    lab.run("AT1").expect(0);
    let run = lab.desk.run_dir(RUN);
    fs::remove_file(run.join("seal.json")).unwrap();
    let kid = lab.simulator.credentials(0).kid;
    let moved = configuration("http://127.0.0.1:9", &lab.token_url, &kid);
    lab.desk.configure(&moved);
    let ended = lab.desk.call(&["run", "--resume", RUN]).expect(2);
    ended.says(&[&lab.base_url, "http://127.0.0.1:9 now", "set base_url"]);
}

/// AT1 on a service whose `/_status` is guarded as INT's: without its key a token is 401.
#[test]
fn without_the_key_of_status_at1_reads_a_letter_and_passes() {
    let lab = Lab::answering(|passing| {
        let refused = || {
            Reply::json(
                401,
                &json!({ "errors": [{ "code": "NOTIFY_UNAUTHORIZED" }] }),
            )
        };
        (passing.path == "/_status").then(refused)
    });
    as_int(&lab);
    let flags = ["run", "--target", "int", "--run-id", RUN, "--only", "AT1"];
    let ended = lab
        .desk
        .call(&[&flags[..], &["--visibility-timeout", "500ms"]].concat());
    ended.expect(0);
    let lines = lab.journal();
    for point in ["AT1.1", "AT1.2"] {
        let (verdict, observed) = judged(&lines, point);
        assert_eq!(verdict, "pass", "{point}: {observed}");
    }
    let (_, observed) = judged(&lines, "AT1.1");
    assert!(observed.contains("GET /letters/{id}"), "{observed}");
    let sent: Vec<&str> = of_kind(&lines, "exchange")
        .iter()
        .filter_map(|line| line["url"].as_str())
        .collect();
    assert!(
        sent.iter().all(|url| !url.ends_with("/_status")),
        "{sent:?}"
    );
    assert_eq!(sent.iter().filter(|url| url.ends_with("/token")).count(), 1);
    let notes = of_kind(&lines, "note");
    let told = |note: &&&Value| {
        note["text"]
            .as_str()
            .unwrap()
            .contains("stands in for GET /_status")
    };
    assert_eq!(notes.iter().filter(told).count(), 1, "{notes:?}");
    let run = lab.desk.run_dir(RUN).display().to_string();
    lab.desk.call(&["verify", &run]).expect(0);
    lab.desk
        .call(&["plan", "--target", "int", "--only", "AT1"])
        .says(&["AT1 reads a listed letter"]);
}
