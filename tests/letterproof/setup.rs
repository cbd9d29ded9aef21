//! `keygen`, `init` and `email` as a new user meets them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may end at once"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::common::lab::{Lab, Reply};
use crate::common::{Desk, RUN};
use mail_parser::MessageParser;
use serde_json::Value;

/// A folder without a configuration.
fn empty() -> Desk {
    let desk = Desk::new();
    fs::remove_file(desk.path("letterproof.toml")).unwrap();
    desk
}

#[test]
fn from_an_empty_folder_to_a_run() {
    let desk = empty();
    let made = desk
        .command(&["init", "--supplier", "Example Print"])
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let written = fs::read_to_string(desk.path("letterproof.toml")).unwrap();
    assert!(written.contains("name = \"Example Print\""));
    desk.call(&["init"]).expect(2).says(&["not written over"]);
    assert_eq!(
        fs::read_to_string(desk.path("letterproof.toml")).unwrap(),
        written
    );
    desk.call(&["doctor"])
        .expect(0)
        .says(&["supplier Example Print"]);
    desk.small_run(&["--only", "AT1"]).expect(0);
}

#[test]
fn a_key_its_jwks_and_the_email_that_asks_for_registration() {
    let desk = empty();
    let keygen = |kid: &str| {
        desk.command(&[
            "keygen",
            "--kid",
            kid,
            "--out",
            "keys",
            "--application-id",
            "app-7",
        ])
    };
    let call = |kid: &str| {
        let mut command = keygen(kid);
        // `--config` names a file that is not there yet.
        command.args(["--quiet"]);
        crate::common::Ended::of(command.output().unwrap())
    };
    desk.configure("");
    call("my key").expect(2).says(&["without spaces"]);
    assert!(!desk.path("keys").exists());
    let told = call("int-1").expect(0).says(&[
        "integration test",
        "NHS Notify Supplier API (integration environment)",
    ]);
    let mode = |name: &str| fs::metadata(desk.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("keys/int-1.pem"), 0o600);
    let pem = fs::read_to_string(desk.path("keys/int-1.pem")).unwrap();
    assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
    assert!(!told.out.contains(pem.lines().nth(2).unwrap()));
    let jwks: Value =
        serde_json::from_slice(&fs::read(desk.path("keys/int-1.jwks.json")).unwrap()).unwrap();
    assert_eq!(jwks["keys"][0]["kid"], "int-1");
    assert!(
        jwks["keys"][0].get("d").is_none(),
        "a private exponent is published"
    );
    let (_, text) = read(&desk.path("keys/int-1-register.eml"));
    assert!(text.contains("app-7"), "{text}");
    call("int-1").expect(2).says(&["never written over"]);
    assert_eq!(
        fs::read_to_string(desk.path("keys/int-1.pem")).unwrap(),
        pem
    );
}

#[test]
fn drafts_open_unsent_and_are_not_written_over() {
    let desk = Desk::new();
    desk.configure(
        "[supplier]\nname = \"Example Print\"\n[windows]\nfirst = \"2026-12-07\"\nsecond = \"2027-01-18\"\n\
         [pack]\nfrom = \"print@example.org\"\ncontact = \"The duty desk\"\n",
    );
    let cases: [(&[&str], &str); 3] = [
        (&["ready", "--application-id", "app-7"], "app-7"),
        (&["windows"], "2027-01-18 to 2027-01-24"),
        (
            &[
                "go-live",
                "--application-name",
                "Print PROD",
                "--application-id",
                "app-8",
            ],
            "Print PROD",
        ),
    ];
    for (flags, told) in cases {
        desk.call(&[&["email"], flags].concat())
            .expect(0)
            .says(&[told]);
        let file = desk.path(&format!("email-{}.eml", flags[0]));
        let (subject, text) = read(&file);
        assert!(subject.starts_with("Example Print: "), "{subject}");
        assert!(text.contains(told), "{text}");
        desk.call(&[&["email"], flags].concat())
            .expect(2)
            .says(&["not written over"]);
    }
}

#[test]
fn a_question_names_the_exchanges_that_failed() {
    let lab = Lab::changing(|passing, reply| {
        if passing.is("GET", "/_status") {
            *reply = Reply::of(403, "text/html", "<b>no</b>");
        }
    });
    lab.run("AT1");
    let failed = lab.journal();
    let failed = failed
        .iter()
        .find(|line| line["kind"] == "exchange" && line["response"]["status"] == 403)
        .unwrap();
    let flags = [
        "email",
        "support",
        "--run",
        RUN,
        "--about",
        "status is refused",
        "--out",
        "q.eml",
    ];
    lab.desk.call(&flags).expect(0);
    let (_, text) = read(&lab.desk.path("q.eml"));
    for known in [
        "status is refused",
        failed["request_id"].as_str().unwrap(),
        "answered 403",
    ] {
        assert!(text.contains(known), "{known}: {text}");
    }
    let none = [
        "email",
        "support",
        "--run",
        RUN,
        "--exchanges",
        "0",
        "--out",
        "n.eml",
    ];
    lab.desk.call(&none).expect(2).says(&["is no exchange"]);
    let no_run = ["email", "support", "--run", "nowhere", "--out", "n.eml"];
    lab.desk.call(&no_run).expect(2);
}

/// Subject and text, as a mail library reads them.
#[track_caller]
fn read(path: &Path) -> (String, String) {
    let file = fs::read(path).unwrap();
    let message = MessageParser::new().parse(&file).unwrap();
    assert_eq!(message.header_raw("X-Unsent").map(str::trim), Some("1"));
    let to = message.to().unwrap().first().unwrap();
    assert_eq!(to.address(), Some("england.nhsnotifysuppliers@nhs.net"));
    let subject = message.subject().unwrap().to_owned();
    (subject, message.body_text(0).unwrap().into_owned())
}
