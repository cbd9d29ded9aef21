//! Targets that are down, refuse, or lie: each gets its exit code, and a sentence that says what
//! happened and what to do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may end at once"
)]

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use crate::common::lab::{self, ACCEPTED, Lab, Passing, Reply, listed_letter};
use crate::common::{Desk, Ended, FOUR, RUN, at_once, judged, of_kind};
use letterproof::simulator::OddApplication;
use serde_json::{Value, json};

/// Holds the verdict of `point` and what its reason says.
#[track_caller]
fn expect_verdict(lab: &Lab, point: &str, verdict: &str, words: &[&str]) {
    let (found, observed) = judged(&lab.journal(), point);
    assert_eq!(found, verdict, "{point}: {observed}");
    for word in words {
        assert!(
            observed.contains(word),
            "{point}: {word:?} is not in {observed:?}"
        );
    }
}

/// Holds that whatever became of the run, its evidence is whole.
#[track_caller]
fn still_verifies(desk: &Desk) {
    let path = desk.run_dir(RUN).display().to_string();
    desk.call(&["verify", &path]).expect(0);
}

/// Runs `only`, and holds exit code, words and that the evidence verifies.
#[track_caller]
fn ends(lab: &Lab, only: &str, code: i32, words: &[&str]) -> Ended {
    let ended = lab.run(only).expect(code).says(words);
    still_verifies(&lab.desk);
    ended
}

/// A port of this machine on which nobody listens.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// The ids in the body of a bulk update.
fn updated_ids(passing: &Passing) -> Vec<String> {
    let body = passing.json();
    let items = body["data"].as_array().unwrap();
    let ids = items
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned());
    ids.collect()
}

/// Ids that passed in a bulk update, remembered from one request to the next.
type Ids = Arc<Mutex<Vec<String>>>;

#[test]
fn an_honest_proxy_changes_nothing() {
    // Else the lies below might be found for the proxy's own faults.
    let lab = Lab::honest();
    ends(&lab, FOUR, 0, &[]);
    for point in ["AT1.2", "AT2.2", "AT4.1", "AT4.2", "AT4.3", "AT4.4"] {
        expect_verdict(&lab, point, "pass", &[]);
    }
}

// The token endpoint.

#[test]
fn a_token_endpoint_that_is_down_is_an_error_of_the_environment() {
    let lab = Lab::honest();
    let own = lab.simulator.credentials(0);
    let token_url = format!("{}/oauth2/token", nobody());
    lab.desk
        .configure(&lab::configuration(&lab.base_url, &token_url, &own.kid));
    ends(&lab, "AT1", 4, &["check the network", "was not sent"]);
    expect_verdict(&lab, "AT1.1", "error", &["token endpoint"]);
    expect_verdict(&lab, "AT1.2", "error", &["token endpoint"]);
}

#[test]
fn a_token_refused_for_the_application_fails_at1() {
    let cases = [
        (
            OddApplication::WithoutPublicKey,
            "403",
            "register a public key",
        ),
        (OddApplication::JwksUnreachable, "403", "JWKS endpoint"),
        (
            OddApplication::WithoutProduct,
            "401",
            "not configured to use",
        ),
    ];
    at_once(cases, |(odd, status, said)| {
        let lab = Lab::honest();
        lab.configure(&lab.simulator.odd_credentials(odd));
        ends(&lab, "AT1", 1, &["refused a token with", status, said]);
        expect_verdict(&lab, "AT1.1", "fail", &[status, said]);
        expect_verdict(&lab, "AT1.2", "fail", &[status, said]);
    });
}

#[test]
fn a_token_refused_for_the_assertion_fails_at1_and_says_what_to_do() {
    let cases = [
        (
            400,
            "Malformed JWT in client_assertion",
            "send its three parts whole",
        ),
        (
            400,
            "Invalid 'exp' claim in client_assertion JWT - more than 5 minutes in future",
            "clock",
        ),
        (
            401,
            "Invalid 'kid' header in client_assertion JWT - no matching public key",
            "upload the JWKS or correct kid",
        ),
        (
            401,
            "Missing or invalid 'aud' claim in client_assertion JWT",
            "token_url",
        ),
    ];
    at_once(cases, |(status, description, remedy)| {
        let body = json!({ "error": "invalid_request", "error_description": description });
        let lab =
            Lab::answering(move |passing| (!passing.is_api()).then(|| Reply::json(status, &body)));
        ends(&lab, "AT1", 1, &[description, remedy]);
        expect_verdict(&lab, "AT1.1", "fail", &[description]);
    });
}

#[test]
fn a_token_endpoint_that_fails_is_an_error_of_the_environment() {
    let lab = Lab::answering(|passing| {
        (!passing.is_api()).then(|| Reply::of(500, "text/plain", "out of order"))
    });
    ends(&lab, "AT1", 4, &["500", "try again later"]);
    expect_verdict(&lab, "AT1.1", "error", &["500"]);
}

#[test]
fn a_login_page_in_place_of_a_token_is_an_error_of_the_environment() {
    let lab = Lab::answering(|passing| {
        (!passing.is_api()).then(|| Reply::of(200, "text/html", "<html>Please log in</html>"))
    });
    ends(&lab, "AT1", 4, &["cannot be read", "login page"]);
}

// The door.

fn unauthorised() -> Reply {
    let item = json!({ "code": "ACCESS_DENIED", "title": "Access token is invalid" });
    Reply::json(401, &json!({ "errors": [item] }))
}

#[test]
fn a_401_for_ever_fails_at1_and_leaves_other_tests_unjudged() {
    let cases = [
        ("AT1", 1, "AT1.2", "fail", "status API key"),
        ("AT2", 4, "AT2.1", "error", "another environment"),
    ];
    at_once(cases, |(only, code, point, verdict, remedy)| {
        let lab = Lab::answering(|passing| passing.is_api().then(unauthorised));
        ends(&lab, only, code, &["401", remedy]);
        expect_verdict(&lab, point, verdict, &["401"]);
    });
}

#[test]
fn an_application_that_is_not_registered_fails_at1_and_says_whom_to_write_to() {
    let mail = "england.nhsnotifysuppliers@nhs.net";
    at_once(
        [("AT1", 1, "AT1.1", "fail"), ("AT4", 4, "AT4.1", "error")],
        |(only, code, point, verdict)| {
            let lab = Lab::honest();
            lab.configure(&lab.simulator.odd_credentials(OddApplication::NotRegistered));
            ends(&lab, only, code, &["403", "explicit deny", mail]);
            expect_verdict(&lab, point, verdict, &["403"]);
        },
    );
}

#[test]
fn a_target_that_nobody_serves_is_an_error_of_the_environment() {
    let lab = Lab::honest();
    let own = lab.simulator.credentials(0);
    let gone = nobody();
    lab.desk
        .configure(&lab::configuration(&gone, &lab.token_url, &own.kid));
    ends(
        &lab,
        "AT1",
        4,
        &["was not sent", "check the network", &gone],
    );
    expect_verdict(&lab, "AT1.1", "error", &[]);
}

// Answers that fail.

#[test]
fn a_service_that_fails_is_an_error_of_the_environment() {
    at_once(
        [("AT1", "AT1.1"), ("AT2", "AT2.2"), ("AT4", "AT4.1")],
        |(only, point)| {
            let lab =
                Lab::answering(|passing| passing.is_api().then(|| Reply::json(500, &json!({}))));
            ends(&lab, only, 4, &["500", "try again later"]);
            expect_verdict(&lab, point, "error", &["500"]);
        },
    );
}

#[test]
fn a_success_after_a_retry_is_a_warning() {
    let lab = Lab::answering(|passing| {
        let status = passing.is("GET", "/_status") && passing.count == 1;
        let read = passing.is_read() && passing.count == 1;
        (status || read).then(|| Reply::of(503, "text/plain", "wait"))
    });
    ends(&lab, "AT1,AT4", 0, &[]);
    expect_verdict(&lab, "AT1.2", "warning", &["503"]);
    expect_verdict(&lab, "AT1.1", "warning", &["retry"]);
    expect_verdict(&lab, "AT4.3", "warning", &["retry"]);
}

#[test]
fn a_list_that_came_only_after_its_lease_is_a_warning() {
    let lab = Lab::answering(|passing| {
        let first = passing.is("GET", "/letters") && passing.count == 1;
        first.then(|| Reply::of(503, "text/plain", "wait"))
    });
    ends(&lab, "AT2", 0, &["may have leased"]);
    expect_verdict(&lab, "AT2.3", "warning", &["retry"]);
}

#[test]
fn a_quota_that_stays_used_up_is_an_error_of_the_environment() {
    let lab = Lab::answering(|passing| {
        let body = json!({ "ratelimiting_expiry_time_ms": 1 });
        passing
            .is("GET", "/letters")
            .then(|| Reply::json(429, &body))
    });
    ends(
        &lab,
        "AT2",
        4,
        &[
            "AT2: the service answers 429",
            "then try 6 of 6",
            "lower requests_per_second",
        ],
    );
    expect_verdict(&lab, "AT2.1", "error", &["429"]);
}

// Lists that lie.

#[test]
fn a_page_in_place_of_a_list_is_an_error_of_the_environment() {
    let lab = Lab::answering(|passing| {
        let page = "<html><title>Maintenance</title></html>";
        let list = passing.is("GET", "/letters");
        list.then(|| Reply::of(200, "text/html", page))
    });
    ends(
        &lab,
        "AT2",
        4,
        &[
            "text/html",
            "Maintenance",
            "check that the URL leads to the API",
        ],
    );
    expect_verdict(&lab, "AT2.1", "error", &["not what it should be"]);
}

#[test]
fn lists_of_another_form_are_an_error_of_the_environment() {
    let bodies = [
        json!(null),
        json!([]),
        json!({ "data": {} }),
        json!({ "data": [{ "id": "A" }] }),
        json!({ "data": [{ "id": 7, "attributes": { "status": "PENDING" } }] }),
    ];
    at_once(bodies, |body| {
        let answer = body.clone();
        let lab = Lab::answering(move |passing| {
            passing
                .is("GET", "/letters")
                .then(|| Reply::json(200, &answer))
        });
        ends(&lab, "AT2", 4, &["cannot be read as the documented JSON"]);
        expect_verdict(&lab, "AT2.2", "error", &["not what it should be"]);
    });
}

#[test]
fn a_list_that_breaks_off_is_an_error_of_the_environment() {
    let lab = Lab::changing(|passing, reply| reply.cut = passing.is("GET", "/letters"));
    ends(
        &lab,
        "AT2",
        4,
        &["brought no whole answer", "check the network"],
    );
    expect_verdict(&lab, "AT2.1", "error", &["GET /letters"]);
}

#[test]
fn a_list_with_an_id_twice_fails() {
    let lab = Lab::changing(|passing, reply| {
        if passing.is("GET", "/letters") {
            reply.change(|body| body["data"][1]["id"] = body["data"][0]["id"].clone());
        }
    });
    ends(&lab, "AT2", 1, &[]);
    expect_verdict(
        &lab,
        "AT2.2",
        "fail",
        &["1 id more than once", "1 id missing"],
    );
    expect_verdict(&lab, "AT2.1", "fail", &["1 too few"]);
}

#[test]
fn a_list_with_too_few_letters_fails() {
    let lab = Lab::changing(|passing, reply| {
        if passing.is("GET", "/letters") {
            reply.change(|body| drop(body["data"].as_array_mut().unwrap().pop()));
        }
    });
    ends(&lab, "AT2", 1, &[]);
    expect_verdict(&lab, "AT2.1", "fail", &["11 unique ids"]);
    expect_verdict(&lab, "AT2.2", "fail", &["1 id missing"]);
}

#[test]
fn a_list_with_a_letter_that_is_not_pending_fails() {
    let lab = Lab::changing(|passing, reply| {
        if passing.is("GET", "/letters") {
            reply.change(|body| body["data"][3]["attributes"]["status"] = json!("ACCEPTED"));
        }
    });
    ends(&lab, "AT2", 1, &[]);
    expect_verdict(&lab, "AT2.2", "fail", &["1 letter not PENDING"]);
}

#[test]
fn a_field_that_nobody_knows_is_noted_and_no_fault() {
    let lab = Lab::changing(|passing, reply| {
        if passing.is("GET", "/letters") {
            reply.change(|body| body["data"][0]["attributes"]["colour"] = json!("blue"));
        }
    });
    ends(&lab, "AT2", 0, &[]);
    let lines = lab.journal();
    let notes = of_kind(&lines, "note");
    assert!(
        notes
            .iter()
            .any(|note| note["text"].as_str().unwrap().contains("colour"))
    );
}

// Updates that are lost.

#[test]
fn a_service_that_loses_one_letter_of_a_bulk_fails_and_names_it() {
    let lost: Ids = Arc::default();
    let keep = Arc::clone(&lost);
    let lab = Lab::answering(move |passing| {
        if passing.is("POST", "/letters") {
            keep.lock().unwrap().push(updated_ids(passing).remove(0));
            let mut body = passing.json();
            body["data"].as_array_mut().unwrap().remove(0);
            passing.body = body.to_string().into_bytes();
        }
        None
    });
    ends(&lab, "AT4", 1, &[]);
    let id = lost.lock().unwrap()[0].clone();
    expect_verdict(&lab, "AT4.1", "fail", &["1 letter not ACCEPTED", &id]);
    expect_verdict(&lab, "AT4.2", "fail", &["1 letter still PENDING", &id]);
    expect_verdict(&lab, "AT4.3", "pass", &[]);
}

#[test]
fn a_service_that_never_applies_an_update_fails() {
    let lab = Lab::answering(|passing| {
        passing
            .is("POST", "/letters")
            .then(|| Reply::of(202, "text/plain", ""))
    });
    ends(&lab, "AT4", 1, &[]);
    let all = format!("{ACCEPTED} letters still PENDING");
    expect_verdict(&lab, "AT4.2", "fail", &[&all]);
    expect_verdict(&lab, "AT4.1", "fail", &["not ACCEPTED when last read"]);
    expect_verdict(&lab, "AT4.3", "pass", &[]);
}

#[test]
fn a_service_that_shows_another_status_fails() {
    let updated: Ids = Arc::default();
    let (keep, tell) = (Arc::clone(&updated), Arc::clone(&updated));
    let lab = Lab::lying(
        move |passing| {
            if passing.is("POST", "/letters") {
                *keep.lock().unwrap() = updated_ids(passing);
            }
            None
        },
        move |passing, reply| {
            if passing.is_read() && !tell.lock().unwrap().is_empty() {
                reply.change(|body| body["data"]["attributes"]["status"] = json!("REJECTED"));
            }
        },
    );
    ends(&lab, "AT4", 1, &[]);
    expect_verdict(&lab, "AT4.1", "fail", &["not ACCEPTED when last read"]);
    expect_verdict(&lab, "AT4.2", "pass", &[]);
}

#[test]
fn a_service_that_answers_for_another_letter_fails() {
    let lab = Lab::changing(|passing, reply| {
        if passing.is_read() {
            reply.change(|body| body["data"]["id"] = json!("another-letter"));
        }
    });
    let ended = lab.run("AT4");
    assert!([1, 4].contains(&ended.code), "{ended}");
    let (verdict, observed) = judged(&lab.journal(), "AT4.1");
    assert_ne!(verdict, "pass", "{observed}");
    still_verifies(&lab.desk);
}

#[test]
fn a_service_that_lists_accepted_letters_again_fails() {
    let accepted: Ids = Arc::default();
    let (keep, tell) = (Arc::clone(&accepted), Arc::clone(&accepted));
    let lab = Lab::lying(
        move |passing| {
            if passing.is("POST", "/letters") {
                *keep.lock().unwrap() = updated_ids(passing);
            }
            None
        },
        move |passing, reply| {
            if let (true, Some(id)) = (passing.is("GET", "/letters"), tell.lock().unwrap().first())
            {
                let again = listed_letter(id, "PENDING");
                reply.change(|body| body["data"].as_array_mut().unwrap().push(again));
            }
        },
    );
    ends(&lab, "AT4", 1, &[]);
    let id = accepted.lock().unwrap()[0].clone();
    expect_verdict(
        &lab,
        "AT4.4",
        "fail",
        &["1 letter in the pending queue again", &id],
    );
    expect_verdict(&lab, "AT4.1", "pass", &[]);
}

#[test]
fn an_update_that_is_refused_fails() {
    at_once([400, 404, 413, 415], |status| {
        let item = json!({ "code": "NOTIFY_INVALID_REQUEST", "title": "Invalid request" });
        let body = json!({ "errors": [item] });
        let lab = Lab::answering(move |passing| {
            passing
                .is("POST", "/letters")
                .then(|| Reply::json(status, &body))
        });
        ends(&lab, "AT4", 1, &["Invalid request"]);
        expect_verdict(&lab, "AT4.3", "fail", &[&status.to_string()]);
        let (verdict, observed) = judged(&lab.journal(), "AT4.4");
        assert_ne!(verdict, "pass", "{observed}");
    });
}

#[test]
fn an_update_that_is_answered_otherwise_than_documented_fails() {
    let lab = Lab::changing(|passing, reply| {
        if passing.is("POST", "/letters") {
            reply.status = 200;
        }
    });
    ends(&lab, "AT4", 1, &[]);
    expect_verdict(&lab, "AT4.3", "fail", &["not answered 202"]);
    expect_verdict(&lab, "AT4.1", "pass", &[]);
}

#[test]
fn an_update_whose_answer_was_lost_is_never_sent_twice_without_looking() {
    let lab = Lab::changing(|passing, reply| {
        if passing.is("POST", "/letters") {
            *reply = Reply::of(502, "text/html", "<html>bad gateway</html>");
        }
    });
    ends(&lab, "AT4", 4, &[]);
    let lines = lab.journal();
    assert_eq!(of_kind(&lines, "intent").len(), 1);
    let updates: Vec<&Value> = of_kind(&lines, "exchange")
        .into_iter()
        .filter(|line| {
            line["method"] == "POST" && line["url"].as_str().unwrap().ends_with("/letters")
        })
        .collect();
    assert_eq!(updates.len(), 1, "the update was sent again");
    expect_verdict(&lab, "AT4.1", "pass", &[]);
    expect_verdict(&lab, "AT4.2", "pass", &[]);
    expect_verdict(&lab, "AT4.3", "error", &["502"]);
}

#[test]
fn too_few_letters_leave_the_test_undone() {
    let lab = Lab::changing(|passing, reply| {
        if passing.is("GET", "/letters") {
            reply.change(|body| body["data"] = json!([]));
        }
    });
    ends(
        &lab,
        "AT4",
        3,
        &["lacks letters", "ask NHS Notify to seed more"],
    );
    expect_verdict(&lab, "AT4.1", "not_tested", &[]);
}
