//! `drift` and `run --openapi`, called as a person calls them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may end at once"
)]

use std::fs;

use crate::common::{Desk, RUN};
use serde_json::Value;

const OWN: &str = include_str!("../../docs/api/supplier-api.yaml");

/// Our own description with `from` replaced, as a file on the desk.
fn given(desk: &Desk, name: &str, from: &str, to: &str) -> String {
    assert!(OWN.contains(from), "{from}");
    let path = desk.path(name);
    fs::write(&path, OWN.replace(from, to)).unwrap();
    path.display().to_string()
}

#[test]
fn drift_says_what_changed_and_what_it_asks() {
    let desk = Desk::new();
    let same = given(&desk, "same.yaml", "openapi: 3.1.0", "openapi: 3.1.1");
    desk.call(&["drift", "--openapi", &same])
        .expect(0)
        .says(&["Nothing changed for a supplier."]);
    let status = (
        "        - FORWARDED\n",
        "        - FORWARDED\n        - SHREDDED\n",
    );
    let more = given(&desk, "more.yaml", status.0, status.1);
    let told = desk.call(&["drift", "--openapi", &more]).expect(1).says(&[
        "May break a supplier's system",
        "GET /letters · answer 200, body.data[].attributes.status: may be \"SHREDDED\" now",
        "Asks for no work",
        "4 changes, 2 of which may break a supplier's system.",
    ]);
    let breaking = told.out.find("May break").unwrap();
    assert!(breaking < told.out.find("Asks for no work").unwrap());
    let json = desk
        .call(&["drift", "--openapi", &more, "--format", "json"])
        .expect(1);
    let json: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["changes"].as_array().unwrap().len(), 4);
    assert_eq!(json["changes"][0]["effect"], "breaking");
}

#[test]
fn a_file_that_is_no_description_is_refused_with_the_reason() {
    let desk = Desk::new();
    let cases = [
        ("nothing", "[1, 2", "is neither JSON nor YAML"),
        (
            "other",
            "{\"swagger\": \"2.0\"}",
            "is no OpenAPI 3 description",
        ),
        (
            "parts",
            "openapi: 3.0.3\npaths: {/a: {$ref: paths/a.yml}}\n",
            "bundle the description into one file first",
        ),
    ];
    for (name, text, why) in cases {
        let path = desk.path(name);
        fs::write(&path, text).unwrap();
        let path = path.display().to_string();
        desk.call(&["drift", "--openapi", &path])
            .expect(2)
            .says(&[why, name]);
        desk.small_run(&["--openapi", &path]).expect(2).says(&[why]);
    }
    desk.call(&["drift", "--openapi", "gone.yml"])
        .expect(2)
        .says(&["--openapi: cannot read gone.yml"]);
    assert_eq!(desk.runs(), [""; 0]);
}

/// The contract as `verdicts.json` has it.
fn contract(desk: &Desk) -> Value {
    let path = desk.path("reports").join(RUN).join("verdicts.json");
    let verdicts: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    verdicts["contract"].clone()
}

#[test]
fn every_answer_of_a_run_is_held_against_both_descriptions() {
    let desk = Desk::new();
    let bundle = given(
        &desk,
        "bundle.yaml",
        "            sha256Hash: { type: string }\n",
        "            pages: { type: integer }\n",
    );
    desk.small_run(&["--only", "AT1,AT2", "--openapi", &bundle])
        .expect(0)
        .says(&[
            "Observations for NHS Notify",
            "GET /letters, answer 200, body.data[].attributes.sha256Hash is added: string",
            "known deviation response-media-type: application/json",
        ]);
    let first = contract(&desk);
    assert_eq!(first["descriptions"][1]["name"], "bundle.yaml");
    let observations = first["observations"].as_array().unwrap();
    let of = |weight: &str| {
        observations
            .iter()
            .filter(|one| one["weight"] == weight)
            .count()
    };
    assert_eq!((of("finding"), of("observation")), (0, 1), "{first}");
    assert!(
        of("known") >= 1 && first["answers"].as_u64().unwrap() >= 4,
        "{first}"
    );
    // The bundle lies with the run: made again, the reports say the same without the file.
    fs::remove_file(&bundle).unwrap();
    fs::remove_dir_all(desk.path("reports")).unwrap();
    desk.call(&["report", RUN]).expect(0);
    assert_eq!(contract(&desk), first);
    let verified = desk.call(&["verify", RUN, "--format", "json"]).expect(0);
    let verified: Value = serde_json::from_str(&verified.out).unwrap();
    assert_eq!(verified["contract"], first);
}
