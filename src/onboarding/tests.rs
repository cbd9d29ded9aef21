//! What the drafts say.

use super::{
    Asked, GoLive, NOTIFY, Parties, Question, WindowDays, go_live, ready, register, support,
    windows,
};
use crate::mail::Address;
use crate::model::{Exchange, Request, Response, Scope, Times, Timestamp};

fn parties() -> Parties {
    Parties {
        supplier: Some("Example Print".to_owned()),
        from: None,
        to: Address::parse(NOTIFY).unwrap(),
        contact: Some("The duty desk".to_owned()),
        at: Timestamp::parse("2026-12-01T08:00:00.000000Z").unwrap(),
    }
}

fn exchange() -> Exchange {
    Exchange {
        id: "c".to_owned(),
        scope: Scope::default(),
        attempt: 1,
        method: "GET".to_owned(),
        url: "https://h.example/base/letters/L1?secret=1".to_owned(),
        request_id: Some("req-1".to_owned()),
        correlation_id: None,
        intent: None,
        request: Request::default(),
        response: Some(Response {
            status: 500,
            headers: vec![
                ("X-Request-ID".to_owned(), "req-1".to_owned()),
                ("NHSD-Correlation-ID".to_owned(), "corr-9".to_owned()),
            ],
            body: None,
        }),
        times: Times {
            sent: Timestamp::parse("2026-12-01T07:59:00.000000Z").unwrap(),
            first_byte_us: None,
            done_us: 31_000,
        },
        error: None,
    }
}

#[test]
fn what_is_not_known_is_left_open_for_the_person() {
    let nobody = Parties {
        supplier: None,
        contact: None,
        ..parties()
    };
    let draft = register(&nobody, None, "int-1");
    assert!(draft.text().contains("[APIM Application ID]"));
    assert!(draft.text().contains("kid int-1"));
    assert!(draft.subject().starts_with("[supplier's name]: "));
    let draft = go_live(&nobody, &GoLive::default());
    assert!(draft.text().contains("[production application's name]"));
}

#[test]
fn what_is_known_stands_in_the_draft() {
    let week = |from: &str, to: &str| Some((from.to_owned(), to.to_owned()));
    let days = WindowDays {
        onboarding_starts: Some("2026-11-23".to_owned()),
        onboarding_ends: Some("2027-02-20".to_owned()),
        first: week("2026-12-07", "2026-12-13"),
        second: week("2027-01-18", "2027-01-24"),
        passes: 3,
        letters: 2_500,
    };
    let draft = windows(&parties(), &days);
    insta::assert_snapshot!(draft.shown());
    let draft = ready(&parties(), Some("app-7"), days.first.as_ref());
    assert!(draft.text().contains("app-7") && draft.text().contains("2026-12-07 to 2026-12-13"));
    let facts = GoLive {
        application: Some("Example Print PROD".to_owned()),
        application_id: Some("app-8".to_owned()),
        letters: Some(2),
    };
    let draft = go_live(&parties(), &facts);
    for known in ["Example Print PROD", "app-8", "smoke test:  2"] {
        assert!(draft.text().contains(known), "{known}");
    }
}

#[test]
fn a_question_names_ids_and_times_and_no_query() {
    let question = Question {
        about: Some("letters cannot be read".to_owned()),
        run: "run-1".to_owned(),
        target: "int".to_owned(),
        base_url: "https://h.example/base".to_owned(),
        exchanges: vec![Asked::of(12, &exchange())],
        left_out: 3,
    };
    let draft = support(&parties(), &question);
    insta::assert_snapshot!(draft.shown());
    assert!(!draft.text().contains("secret"));
    assert!(draft.shown().contains("question about 1 request on int"));
}

#[test]
fn one_of_anything_reads_as_one() {
    let days = WindowDays {
        passes: 1,
        letters: 1,
        ..WindowDays::default()
    };
    let draft = windows(&parties(), &days);
    let wanted = "one seeding of 1 letter before";
    assert!(draft.text().contains(wanted), "{}", draft.text());
    assert!(
        draft
            .text()
            .contains("for its 1 pass we ask for 1 further seeding, one")
    );
}
