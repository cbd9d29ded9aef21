//! `smoke` against the simulator in production guise: every guard is tried and seen to refuse.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may end at once"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::{Arc, Mutex};

use crate::common::lab::{Lab, Passing, configuration};
use crate::common::{Ended, files_below, journal, of_kind};
use serde_json::{Value, json};

/// Requests that reached the service, in order.
type Asked = Arc<Mutex<Vec<String>>>;

/// A lab whose target is called `prod` and is of that kind, and what it is asked.
fn production(
    change: impl Fn(&Passing, &mut crate::common::lab::Reply) + Send + Sync + 'static,
) -> (Lab, Asked) {
    let asked = Asked::default();
    let heard = Arc::clone(&asked);
    let lab = Lab::lying(
        move |passing| {
            let line = format!("{} {}?{}", passing.method, passing.path, passing.query);
            heard.lock().unwrap().push(line);
            None
        },
        change,
    );
    let kid = lab.simulator.credentials(0).kid;
    let text = configuration(&lab.base_url, &lab.token_url, &kid).replace("local", "prod");
    // Whatever the configuration says, nothing of production is kept.
    lab.desk
        .configure(&format!("{text}[evidence]\npdfs = \"all\"\n"));
    (lab, asked)
}

fn honest() -> (Lab, Asked) {
    production(|_, _| {})
}

fn smoke(lab: &Lab, more: &[&str]) -> Ended {
    lab.desk
        .call(&[&["smoke", "--target", "prod"], more].concat())
}

fn begun(lab: &Lab) -> Ended {
    let flags = ["--confirm-production", "--letters", "3", "--out", "letters"];
    smoke(lab, &flags)
}

#[test]
fn every_guard_refuses_before_anything_is_sent() {
    let (lab, asked) = honest();
    fs::create_dir(lab.desk.path("taken")).unwrap();
    let confirmed = ["--confirm-production", "--letters", "2"];
    let cases: [(&[&str], &str); 8] = [
        (&["--letters", "2"], "only with --confirm-production"),
        (&["--confirm-production"], "--letters"),
        (&["--confirm-production", "--letters", "6"], "1..=5"),
        (&["--confirm-production", "--letters", "0"], "1..=5"),
        (
            &[&confirmed[..], &["--out", "evidence/x"]].concat(),
            "never lie among evidence",
        ),
        (
            &[&confirmed[..], &["--out", "reports/../evidence"]].concat(),
            "never lie among evidence",
        ),
        (
            &[&confirmed[..], &["--out", "taken"]].concat(),
            "is there already",
        ),
        (
            &[
                "--confirm-production",
                "--run",
                "nothing",
                "--printed",
                "all",
            ],
            "no",
        ),
    ];
    for (flags, told) in cases {
        smoke(&lab, flags).expect(2).says(&[told]);
    }
    let other = [
        "smoke",
        "--target",
        "int",
        "--confirm-production",
        "--letters",
        "1",
    ];
    lab.desk.call(&other).expect(2).says(&["not production"]);
    for verb in ["run", "plan"] {
        lab.desk
            .call(&[verb, "--target", "prod"])
            .expect(2)
            .says(&["never touches it"]);
    }
    assert_eq!(*asked.lock().unwrap(), [""; 0], "nothing was sent");
    assert!(lab.desk.runs().is_empty(), "nothing was recorded");
    // Without the confirmation it shows what it would do.
    let shown = smoke(&lab, &["--letters", "2"]).expect(2);
    shown.says(&[
        "retrieve up to 2 live letters",
        "changes no letter's status",
    ]);
}

#[test]
fn letters_are_fetched_checked_reported_and_never_kept() {
    let (lab, asked) = honest();
    begun(&lab).expect(3).says(&["--printed all", "✓ "]);
    let letters = files_below(&lab.desk.path("letters"));
    assert_eq!(letters.len(), 3);
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(lab.desk.path("letters")), 0o700);
    assert!(letters.iter().all(|file| mode(file.clone()) == 0o600));

    let run = lab.desk.runs().pop().unwrap();
    let on = ["--run", &run, "--printed"];
    let unconfirmed = [&on[..], &["all"]].concat();
    smoke(&lab, &unconfirmed)
        .expect(2)
        .says(&["only with --confirm-production"]);
    let unknown = [&["--confirm-production"], &on[..], &["somebody-elses"]].concat();
    smoke(&lab, &unknown)
        .expect(2)
        .says(&["not of this smoke test"]);
    assert!(
        !asked
            .lock()
            .unwrap()
            .iter()
            .any(|line| line.contains("/mi"))
    );

    let confirmed = [&["--confirm-production"], &on[..], &["all"]].concat();
    smoke(&lab, &confirmed)
        .expect(0)
        .says(&["read back as sent"]);
    smoke(&lab, &confirmed).expect(2).says(&["no smoke test"]);

    let lines = journal(&lab.desk.run_dir(&run));
    let submitted = of_kind(&lines, "mi.submitted");
    let counted: u64 = submitted
        .iter()
        .map(|line| line["quantity"].as_u64().unwrap())
        .sum();
    assert_eq!(counted, 3);
    nothing_is_kept(&lab, &run, &lines);
    only_what_was_announced(&asked.lock().unwrap());
    lab.desk
        .call(&["verify", &run])
        .expect(0)
        .says(&["of which hash and size alone were kept"]);
}

/// No body of any exchange, in the journal or beside it, and no PDF.
#[track_caller]
fn nothing_is_kept(lab: &Lab, run: &str, lines: &[Value]) {
    for exchange in of_kind(lines, "exchange") {
        for body in [&exchange["request"]["body"], &exchange["response"]["body"]] {
            assert!(body.is_null() || body["withheld"] == true, "{body}");
            assert!(body["text"].is_null(), "{body}");
        }
    }
    let kept: Vec<String> = files_below(&lab.desk.run_dir(run))
        .iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(kept, ["journal.jsonl", "seal.json"]);
}

/// One list of three, no update, and nothing else that changes anything.
#[track_caller]
fn only_what_was_announced(asked: &[String]) {
    let lists = asked
        .iter()
        .filter(|line| line.starts_with("GET /letters?"));
    let lists: Vec<_> = lists.collect();
    assert_eq!(lists, ["GET /letters?limit=3"]);
    assert!(
        !asked.iter().any(|line| line.starts_with("PATCH ")),
        "{asked:?}"
    );
    assert!(
        !asked.iter().any(|line| line.starts_with("POST /letters")),
        "{asked:?}"
    );
}

/// Somebody's name, wherever a service may put it.
const NAME: &str = "Jane-Q-Smith";

/// A service that writes [`NAME`] into every answer.
fn gossiping() -> (Lab, Asked) {
    production(|passing, reply| {
        for header in ["x-amz-meta-recipient", "x-note"] {
            reply.headers.push((header.into(), NAME.into()));
        }
        let kind = format!("application/json;of={NAME}");
        let stated = reply.headers.iter_mut();
        for (_, value) in stated.filter(|(name, _)| name == "content-type") {
            value.clone_from(&kind);
        }
        if passing.is("GET", "/letters") || passing.is_read() {
            reply.change(|body| {
                let data = &mut body["data"];
                let one = data.is_object().then(|| vec![data.take()]);
                let many = one.unwrap_or_else(|| data.as_array().cloned().unwrap_or_default());
                let mut letters: Vec<Value> = many;
                for letter in &mut letters {
                    letter["attributes"]["groupId"] = json!(NAME);
                    letter["attributes"]["reasonText"] = json!(NAME);
                    letter["attributes"][NAME] = json!(NAME);
                }
                body["data"] = match passing.is("GET", "/letters") {
                    true => letters.into(),
                    false => letters.remove(0),
                };
            });
        }
    })
}

#[test]
fn a_name_that_the_service_puts_anywhere_reaches_no_record() {
    let (lab, asked) = gossiping();
    begun(&lab).expect(3);
    let run = lab.desk.runs().pop().unwrap();
    let kept = || {
        let files = files_below(&lab.desk.run_dir(&run)).into_iter();
        files
            .map(|file| fs::read_to_string(file).unwrap())
            .collect::<String>()
    };
    assert!(!kept().contains(NAME), "{}", kept());
    assert!(kept().contains("‹withheld›"), "it is not said");
    // What the record does not keep is read again, and goes to the service as it came.
    let flags = ["--confirm-production", "--run", &run, "--printed", "all"];
    smoke(&lab, &flags);
    assert!(
        asked
            .lock()
            .unwrap()
            .iter()
            .any(|line| line.starts_with("POST /mi"))
    );
    assert!(!kept().contains(NAME), "{}", kept());
    lab.desk.call(&["verify", &run]).expect(0);
}

#[test]
fn what_an_error_of_production_says_is_not_told() {
    let (lab, _) = production(|passing, reply| {
        if passing.is("GET", "/letters") {
            let error = json!({ "errors": [{ "code": "NOTIFY_INVALID_REQUEST",
                "detail": format!("{NAME}, 1 High Street") }] });
            *reply = crate::common::lab::Reply::json(400, &error);
        }
    });
    let ended = begun(&lab).says(&["400", "NOTIFY_INVALID_REQUEST", "‹withheld›"]);
    assert!(!format!("{ended}").contains(NAME), "{ended}");
}

#[test]
fn more_letters_than_agreed_end_it() {
    let (lab, _) = production(|passing, reply| {
        if passing.is("GET", "/letters") {
            reply.change(|body| {
                let more = body["data"].as_array().unwrap().clone();
                body["data"].as_array_mut().unwrap().extend(more);
            });
        }
    });
    begun(&lab)
        .expect(4)
        .says(&["6 letters came where 3 were agreed"]);
    assert!(files_below(&lab.desk.path("letters")).is_empty());
}

#[test]
fn without_letters_it_ends_and_says_what_to_ask_for() {
    let (lab, _) = production(|passing, reply| {
        if passing.is("GET", "/letters") {
            reply.change(|body| body["data"] = json!([]));
        }
    });
    begun(&lab).expect(3).says(&["No letter is available"]);
}

#[test]
fn information_of_unknown_fate_is_never_sent_twice() {
    let (lab, asked) = production(|passing, reply| {
        if passing.is("POST", "/mi") {
            reply.cut = true;
        }
    });
    begun(&lab).expect(3);
    let run = lab.desk.runs().pop().unwrap();
    let flags = ["--confirm-production", "--run", &run, "--printed", "all"];
    smoke(&lab, &flags).expect(4).says(&["may or may not"]);
    smoke(&lab, &flags).expect(4).says(&["never sent twice"]);
    let sent = asked.lock().unwrap();
    assert_eq!(
        sent.iter()
            .filter(|line| line.starts_with("POST /mi"))
            .count(),
        1
    );
}
