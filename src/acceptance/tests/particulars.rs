//! Verdicts between pass and fail: what a reviewer must know, and what a person must find out.

use super::whole::whole;
use crate::acceptance::facts::Route;
use crate::acceptance::testing::{BRAILLE, ENGLISH, NO_PDF, Script, mi_facts};
use crate::model::{Change, Event, PdfOutcome, Scope, Status, Timestamp, Verdict};

/// Asserts the verdict of `point`, and that it says `said`.
#[track_caller]
fn expect(run: &Script, point: &str, verdict: Verdict, said: &str) {
    let judgement = run.judge(point);
    let told = &judgement.observed;
    assert_eq!(judgement.verdict, verdict, "{point}: {told}");
    assert!(told.contains(said), "{point}: {told}");
}

fn changes(status: Status, ids: &[&str]) -> Vec<Change> {
    ids.iter().map(|id| Change::to(*id, status)).collect()
}

/// A run with letters that were seen ACCEPTED, now in `test`.
fn accepted(test: &'static str, ids: &[&str]) -> Script {
    let mut run = Script::started(|_| ());
    run.seed(ENGLISH, "group-english", ids);
    run.within("AT4").list(ids);
    run.update(Status::Accepted, ids).read(ids).within(test);
    run
}

#[test]
fn a_token_refused_once_is_a_warning() {
    let mut run = Script::started(|_| ());
    run.seed(ENGLISH, "group-english", &["e01"]);
    run.within("AT1").call("POST", "/oauth2/token", 401);
    run.call("GET", "/_status", 200);
    run.list(&["e01"]);
    expect(&run, "AT1.2", Verdict::Fail, "401");
    run.call("POST", "/oauth2/token", 200);
    let exchange = run.lines.last().unwrap().seq;
    let token = "‹redacted›".to_owned();
    run.write(Event::TokenIssued {
        exchange,
        token,
        expires_in_s: 599,
    });
    expect(&run, "AT1.1", Verdict::Pass, "answered 200");
    expect(&run, "AT1.2", Verdict::Warning, "recovered from");
}

#[test]
fn a_simulator_needs_no_agreement_to_be_small() {
    let mut run = whole();
    run.settings().agreed_with = None;
    run.setup().target.kind = "local".to_owned();
    expect(&run, "AT2.1", Verdict::Warning, "(simulator)");
    expect(&run, "AT15.2", Verdict::Warning, "(simulator)");
    run.settings().performance_runs = 1;
    expect(&run, "AT15.3", Verdict::Warning, "(simulator)");
}

#[test]
fn an_update_without_an_answer_is_an_outage_until_it_is_sent_again() {
    let mut run = accepted("AT5", &["e01", "e02"]);
    run.target(Status::Printed, &["e01", "e02"])
        .read(&["e01", "e02"]);
    run.intend(changes(Status::Printed, &["e01", "e02"]), 503);
    run.read(&["e01", "e02"]);
    expect(&run, "AT5.1", Verdict::Pass, "2 ACCEPTED");
    expect(&run, "AT5.2", Verdict::Error, "in no answered update");
    expect(&run, "AT5.3", Verdict::Error, "answered 503");
    run.update(Status::Printed, &["e01", "e02"])
        .read(&["e01", "e02"]);
    expect(&run, "AT5.2", Verdict::Pass, "0 by PATCH, 2 by POST");
    expect(&run, "AT5.3", Verdict::Warning, "succeeded when sent again");
}

#[test]
fn an_update_that_arrived_without_an_answer_skipped_nobody() {
    let mut run = accepted("AT7", &["e01", "e02"]);
    run.target(Status::Dispatched, &["e01", "e02"])
        .read(&["e01", "e02"]);
    run.update(Status::Dispatched, &["e01", "e02"])
        .read(&["e01", "e02"]);
    run.exchanges_of("AT7", Route::UpdateMany)
        .for_each(|exchange| {
            exchange.response = None;
            exchange.error = Some("timed out".to_owned());
        });
    expect(&run, "AT7.2", Verdict::Pass, "2 letters DISPATCHED");
    expect(&run, "AT7.3", Verdict::Error, "timed out");
}

#[test]
fn both_routes_are_counted() {
    let run = whole();
    expect(&run, "AT5.2", Verdict::Pass, "1 by PATCH, 3 by POST");
    expect(&run, "AT7.2", Verdict::Pass, "1 by PATCH, 12 by POST");
}

#[test]
fn twice_is_a_warning_where_the_pack_does_not_forbid_it() {
    for (test, point, letter, status) in [
        ("AT6", "AT6.2", "e05", Status::Enclosed),
        ("AT7", "AT7.2", "e06", Status::Dispatched),
        ("AT8", "AT8.2", "e07", Status::Delivered),
    ] {
        let mut run = whole();
        run.within(test).intend(changes(status, &[letter]), 202);
        run.letters.get_mut(letter).unwrap().status = status.to_string();
        run.read(&[letter]);
        expect(&run, point, Verdict::Warning, "more than once");
    }
}

#[test]
fn a_letter_that_nobody_ever_saw_is_not_known_to_be_eligible() {
    let mut run = Script::started(|_| ());
    run.seed(ENGLISH, "group-english", &["e01"]);
    run.within("AT5").target(Status::Printed, &["e01"]);
    run.update(Status::Printed, &["e01"]).read(&["e01"]);
    expect(
        &run,
        "AT5.1",
        Verdict::Fail,
        "never seen before the update: e01",
    );
    run.call("GET", "/letters/e01", 500);
    expect(
        &run,
        "AT5.1",
        Verdict::Error,
        "never seen before the update: e01",
    );
}

#[test]
fn preparations_are_none_of_the_tests_own_updates() {
    let mut run = accepted("AT8", &["e01"]);
    run.update(Status::Dispatched, &["e01"])
        .move_to(Status::Delivered, &["e01"], None);
    expect(&run, "AT8.1", Verdict::Pass, "1 DISPATCHED");
    expect(
        &run,
        "AT8.2",
        Verdict::Pass,
        "1 letter DELIVERED: 1 by PATCH, 0 by POST",
    );
}

#[test]
fn letters_are_targeted_once_however_often_that_is_said() {
    let mut run = accepted("AT5", &["e01"]);
    run.target(Status::Printed, &["e01"])
        .move_to(Status::Printed, &["e01"], None);
    expect(&run, "AT5.2", Verdict::Pass, "1 letter PRINTED");
}

#[test]
fn every_code_is_shown_from_every_status_that_letters_came_from() {
    let mut run = whole();
    run.within("AT8")
        .update(Status::Delivered, &["e08"])
        .read(&["e08"]);
    run.within("AT10")
        .move_to(Status::Returned, &["e08"], Some(("R07", "No such address")));
    expect(
        &run,
        "AT10.3",
        Verdict::Fail,
        "R01 was not shown from DELIVERED",
    );
    assert!(!run.judge("AT10.3").observed.contains("R07"));
}

#[test]
fn a_status_that_no_cancelled_letter_had_is_named() {
    let mut run = accepted("AT11", &["e01"]);
    run.move_to(Status::Cancelled, &["e01"], Some(("C01", "Cancelled")));
    expect(
        &run,
        "AT11.1",
        Verdict::Warning,
        "no letter was cancelled from PRINTED",
    );
    run.settings().optional_statuses.clear();
    expect(
        &run,
        "AT11.1",
        Verdict::Warning,
        "no letter was cancelled from FORWARDED",
    );
    assert!(!run.judge("AT11.1").observed.contains("PRINTED"));
}

#[test]
fn a_failure_that_the_tester_declared_is_a_warning() {
    let mut run = accepted("AT12", &["e01"]);
    run.pdf(
        "e01",
        &[("PF-001", PdfOutcome::Pass), ("PF-005", PdfOutcome::Warn)],
    );
    run.move_to(Status::Failed, &["e01"], Some(("F01", "Corrupted PDF")));
    expect(
        &run,
        "AT12.1",
        Verdict::Pass,
        "1 ACCEPTED, none PRINTED, none ENCLOSED",
    );
    expect(&run, "AT12.3", Verdict::Warning, "declared by the tester");
    run.pdf("e01", &[("PF-004", PdfOutcome::Fail)]);
    expect(&run, "AT12.3", Verdict::Pass, "with the reason sent");
}

#[test]
fn a_rejected_letter_is_invalid_by_its_pdf_or_its_list_entry() {
    let reject = |specification: &str| {
        let mut run = Script::started(|_| ());
        run.seed(specification, "group-english", &["x01"]);
        run.within("AT13").list(&["x01"]);
        run.move_to(
            Status::Rejected,
            &["x01"],
            Some(("J01", "Unrecognised specification")),
        );
        run
    };
    expect(
        &reject("unheard-of"),
        "AT13.3",
        Verdict::Pass,
        "with the reason sent",
    );
    expect(
        &reject(NO_PDF),
        "AT13.3",
        Verdict::Pass,
        "with the reason sent",
    );
    expect(
        &reject(BRAILLE),
        "AT13.3",
        Verdict::Warning,
        "declared invalid",
    );
    let mut run = reject(ENGLISH);
    expect(&run, "AT13.3", Verdict::Warning, "declared invalid");
    run.pdf("x01", &[("PF-003", PdfOutcome::Fail)]);
    expect(&run, "AT13.3", Verdict::Pass, "with the reason sent");
}

/// Letters dispatched in this run, now in AT14.
fn dispatched(ids: &[&str]) -> Script {
    let mut run = accepted("AT7", ids);
    run.move_to(Status::Dispatched, ids, None);
    run.within("AT14");
    run
}

#[test]
fn a_target_that_cannot_read_mi_back_is_a_warning() {
    let mut run = dispatched(&["e01", "e02"]);
    run.submit(ENGLISH, "group-english", &["e01", "e02"]);
    expect(&run, "AT14.1", Verdict::Fail, "MI mi-1 was not read back");
    run.call("GET", "/mi/mi-1", 404);
    expect(
        &run,
        "AT14.1",
        Verdict::Warning,
        "the target cannot read MI back",
    );
    run.setup().target.kind = "local".to_owned();
    expect(&run, "AT14.1", Verdict::Fail, "MI mi-1 was not read back");
    run.call("GET", "/mi/mi-1", 503);
    expect(&run, "AT14.1", Verdict::Error, "answered 503");
}

#[test]
fn an_entry_may_need_a_moment_to_appear() {
    let mut run = dispatched(&["e01"]);
    let id = run.submit(ENGLISH, "group-english", &["e01"]);
    run.call("GET", "/mi/mi-1", 404);
    run.wait_ms(500).read_mi(&id);
    expect(
        &run,
        "AT14.1",
        Verdict::Pass,
        "1 submission read back as sent, 50",
    );
}

#[test]
fn a_repeated_run_of_the_day_is_judged_by_the_earlier_submission() {
    let mut run = dispatched(&["e01", "e02"]);
    let today = Timestamp::from_micros(run.lines[0].at.micros());
    let facts = mi_facts(
        today,
        ENGLISH,
        "group-english",
        &["old-1", "old-2", "old-3"],
    );
    run.note_submission("mi-old", None, facts);
    run.read_mi("mi-old");
    expect(&run, "AT14.1", Verdict::Pass, "1 submission read back");
    expect(&run, "AT14.2", Verdict::Warning, "the next day's MI");
    expect(&run, "AT14.3", Verdict::Pass, "1 submission");
}

#[test]
fn an_mi_of_unknown_fate_is_for_a_person() {
    for status in [0, 500, 503, 201] {
        let mut run = dispatched(&["e01"]);
        run.submit(ENGLISH, "group-english", &["e01"]);
        run.leave_out("AT14", |event| matches!(event, Event::MiSubmitted { .. }));
        let exchange = run.exchanges_of("AT14", Route::SubmitMi).next().unwrap();
        exchange.error = (status == 0).then(|| "timed out".to_owned());
        match (status, &mut exchange.response) {
            (0, response) => *response = None,
            (_, Some(response)) => (response.status, response.body) = (status, None),
            _ => unreachable!(),
        }
        one_truth(&run);
    }
    let mut killed = dispatched(&["e01"]);
    killed.submit(ENGLISH, "group-english", &["e01"]);
    killed.leave_out("AT14", |event| !matches!(event, Event::Intent { .. }));
    one_truth(&killed);
}

#[test]
fn what_an_earlier_run_sent_without_an_answer_stays_unclear() {
    let mut run = dispatched(&["e01"]);
    run.write(Event::MiUnclear {
        scope: Scope::of("AT14", "a scenario"),
        run: "old".to_owned(),
        facts: mi_facts(run.lines[0].at, ENGLISH, "group-english", &["e01"]),
    });
    one_truth(&run);
    expect(
        &run,
        "AT14.2",
        Verdict::Review,
        "run old sent it and got no answer",
    );
}

/// All points of AT14 say the same, and none claims that nothing was submitted.
fn one_truth(run: &Script) {
    let told = ["AT14.1", "AT14.2", "AT14.3"].map(|point| {
        let known = "nobody knows whether the management information for 2026-12-08, \
                     integration-specification-english, group-english arrived";
        expect(run, point, Verdict::Review, known);
        expect(run, point, Verdict::Review, "ask NHS Notify");
        run.judge(point).observed
    });
    assert!(!told[0].contains("submitted"), "{told:?}");
    assert_eq!((&told[0], &told[0]), (&told[1], &told[2]));
}

#[test]
fn an_entry_that_is_not_there_is_told_with_status_and_reason() {
    let mut run = dispatched(&["e01"]);
    let id = run.submit(ENGLISH, "group-english", &["e01"]);
    run.setup().target.kind = "local".to_owned();
    let told = format!("MI {id} was not read back");
    expect(
        &run,
        "AT14.1",
        Verdict::Fail,
        &format!("{told}: it was never asked for"),
    );
    run.call("GET", &format!("/mi/{id}"), 404);
    run.call("GET", "/mi/another", 400);
    let answered = format!("{told}: GET /mi/{{id}} answered 404 (seq ");
    expect(&run, "AT14.1", Verdict::Fail, &answered);
    run.exchanges_of("AT14", Route::ReadMi)
        .next()
        .unwrap()
        .response = None;
    expect(&run, "AT14.1", Verdict::Error, "gave no answer");
}

#[test]
fn a_simulator_started_anew_has_no_earlier_mi() {
    let mut run = dispatched(&["e01", "e02"]);
    let facts = mi_facts(
        run.lines[0].at,
        ENGLISH,
        "group-english",
        &["old-1", "old-2"],
    );
    run.note_submission("mi-old", None, facts);
    run.call("GET", "/mi/mi-old", 404);
    run.call("GET", "/mi/another", 400);
    expect(&run, "AT14.1", Verdict::Fail, "answered 404");
    run.setup().target.kind = "local".to_owned();
    expect(
        &run,
        "AT14.1",
        Verdict::Warning,
        "a simulator that was started anew",
    );
}

#[test]
fn letters_that_the_supplier_spent_are_not_missing_from_the_list() {
    let spent = |run: &mut Script, letters: &[&str]| {
        let (scope, letters) = (Scope::of("AT2", "a scenario"), letters.iter());
        let letters = letters.map(ToString::to_string).collect();
        run.write(Event::LettersSpent { scope, letters });
    };
    let mut run = Script::started(|started| started.settings.expected_letters = 4);
    run.seed(ENGLISH, "group-english", &["e01", "e02", "e03", "e04"]);
    run.within("AT2").list(&["e01", "e02"]);
    for point in ["AT2.1", "AT2.2", "AT2.3"] {
        assert_eq!(run.judge(point).verdict, Verdict::Fail, "{point}");
    }
    // The ledger's word alone proves nothing.
    spent(&mut run, &["e03", "e04", "gone"]);
    expect(&run, "AT2.2", Verdict::Fail, "2 ids missing");
    for id in ["e03", "e04"] {
        run.letters.get_mut(id).unwrap().status = "DISPATCHED".to_owned();
    }
    run.read(&["e03"]);
    let told = "1 id missing: 2 listed, and 1 letter that the supplier took out of PENDING before";
    expect(&run, "AT2.2", Verdict::Fail, told);
    run.read(&["e04"]);
    for point in ["AT2.1", "AT2.2", "AT2.3"] {
        let told = "2 of 4 letters are PENDING: the supplier took 2 letters out of PENDING before";
        expect(&run, point, Verdict::NotTested, told);
    }
    run.lists_of("AT2")[0][1].status = "ACCEPTED".to_owned();
    expect(&run, "AT2.2", Verdict::Fail, "not PENDING in the list: e02");
}

#[test]
fn letters_whose_acceptance_was_never_answered_are_not_called_unaccepted() {
    let mut run = performed();
    let update = run.exchanges_of("AT15", Route::UpdateMany).next().unwrap();
    update.response = None;
    update.error = Some("timed out".to_owned());
    expect(
        &run,
        "AT15.1",
        Verdict::Error,
        "accepted or not: the answer to the update was lost",
    );
    run.settings().visibility_timeout_ms = 0;
    expect(
        &run,
        "AT15.1",
        Verdict::Warning,
        "as a list after the lease shows",
    );
}

#[test]
fn an_mi_that_the_quota_kept_back_is_an_outage() {
    let mut run = dispatched(&["e01"]);
    run.submit(ENGLISH, "group-english", &["e01"]);
    run.leave_out("AT14", |event| matches!(event, Event::MiSubmitted { .. }));
    let exchange = run.exchanges_of("AT14", Route::SubmitMi).next().unwrap();
    exchange.response.as_mut().unwrap().status = 429;
    for id in ["AT14.1", "AT14.2", "AT14.3"] {
        expect(&run, id, Verdict::Error, "answered 429");
    }
}

/// A pass over two letters with a PDF and one without, where three are expected.
fn performed() -> Script {
    let mut run = Script::started(|started| {
        started.settings.expected_letters = 3;
        started.settings.performance_runs = 1;
        started.settings.agreed_with = Some("NHS Notify".to_owned());
        started.settings.agreed_on = Some("2026-12-01".to_owned());
    });
    run.seed(ENGLISH, "group-english", &["e01", "e02"]);
    run.seed(NO_PDF, "group-error", &["x01"]);
    run.within("AT15").pass(1, &["e01", "e02", "x01"]);
    run
}

#[test]
fn letters_without_pdf_are_left_out_by_name() {
    expect(
        &performed(),
        "AT15.1",
        Verdict::Warning,
        "without PDF in pass 1, left out: x01",
    );
}

#[test]
fn the_agreement_stands_in_the_verdict() {
    let mut run = performed();
    run.settings().target_ms = 20_000;
    let said = "20.00 s where the pack says 10 s, agreed with NHS Notify on 2026-12-01";
    expect(&run, "AT15.2", Verdict::Warning, said);
    expect(
        &run,
        "AT15.3",
        Verdict::Warning,
        "complete passes wanted: 1, where the pack says three",
    );
    run.settings().agreed_with = None;
    expect(&run, "AT15.2", Verdict::Fail, "no agreement is named");
    expect(&run, "AT15.3", Verdict::Fail, "no agreement is named");
}

#[test]
fn the_best_pass_is_named_with_what_it_carried() {
    let run = whole();
    let judged = run.judge("AT15.2");
    let observed = judged.observed;
    assert!(
        observed.starts_with("best 0.09 s (pass 1); 0.09, 0.09"),
        "{observed}"
    );
    assert_eq!(judged.measurements["passes_us"].len(), 3);
    let observed = run.judge("AT15.3").observed;
    for part in [
        "pass 1 0.09 s, pass 2 0.09 s, pass 3 0.09 s; the best is pass 1: ",
        " requests a second, 0 answered 429, ",
        " MB a second",
    ] {
        assert!(observed.contains(part), "{observed}");
    }
}

#[test]
fn a_storage_that_gives_no_answer_is_an_outage() {
    let mut run = performed();
    run.leave_out(
        "AT15",
        |event| matches!(event, Event::PdfChecked { letter, .. } if letter == "e02"),
    );
    expect(
        &run,
        "AT15.1",
        Verdict::Fail,
        "not downloaded in pass 1: e02",
    );
    for exchange in run.exchanges_of("AT15", Route::Other) {
        if exchange.url.ends_with("e02.pdf") {
            exchange.response.as_mut().unwrap().status = 503;
        }
    }
    expect(&run, "AT15.1", Verdict::Error, "503");
}

#[test]
fn an_entry_that_cannot_be_read_is_an_outage() {
    let mut run = dispatched(&["e01"]);
    let id = run.submit(ENGLISH, "group-english", &["e01"]);
    run.read_mi(&id);
    let read = run.exchanges_of("AT14", Route::ReadMi).next().unwrap();
    read.response.as_mut().unwrap().body = None;
    expect(
        &run,
        "AT14.1",
        Verdict::Error,
        "a body that is not what it should be",
    );
}

#[test]
fn letters_that_were_targeted_and_never_sent_prove_nothing() {
    let mut run = accepted("AT5", &["e01"]);
    run.target(Status::Printed, &["e01"]).read(&["e01"]);
    for id in ["AT5.1", "AT5.2", "AT5.3"] {
        expect(&run, id, Verdict::Fail, "no update");
    }
    run.fail_step("environment");
    for id in ["AT5.1", "AT5.2", "AT5.3"] {
        expect(&run, id, Verdict::Error, "it could not be done");
    }
}

#[test]
fn a_reason_that_is_not_of_the_list_is_named() {
    let mut run = whole();
    run.within("AT8")
        .update(Status::Delivered, &["e08"])
        .read(&["e08"]);
    run.within("AT10").target(Status::Returned, &["r01"]);
    let reason = Some(("R11", "Moved to the moon"));
    run.update_because(Status::Returned, &[("r01", reason)])
        .read(&["r01"]);
    let said = "not of the list: r01 (R11, Moved to the moon)";
    expect(&run, "AT10.3", Verdict::Fail, said);
}

#[test]
fn quantities_count_each_letter_once() {
    let mut run = dispatched(&["e01", "e02"]);
    run.submit(ENGLISH, "group-english", &["e01", "e02", "e02"]);
    run.read_mi("mi-1");
    expect(
        &run,
        "AT14.2",
        Verdict::Fail,
        "MI mi-1 counts 3 and names 2 letters",
    );
    expect(&run, "AT14.1", Verdict::Pass, "1 submission");
}

#[test]
fn letters_that_were_not_dispatched_do_not_count() {
    let mut run = dispatched(&["e01"]);
    run.submit(ENGLISH, "group-english", &["e01", "e02"]);
    run.read_mi("mi-1");
    expect(
        &run,
        "AT14.2",
        Verdict::Fail,
        "never read DISPATCHED in this run: e02",
    );
}

#[test]
fn letters_that_an_earlier_run_dispatched_count_once_they_are_read() {
    let mut run = dispatched(&["e01"]);
    run.seed(ENGLISH, "group-english", &["old"]);
    run.letters.get_mut("old").unwrap().status = "RETURNED".to_owned();
    run.submit(ENGLISH, "group-english", &["e01", "old"]);
    run.read_mi("mi-1");
    let said = "never read DISPATCHED in this run: old";
    expect(&run, "AT14.2", Verdict::Fail, said);
    run.read(&["old"]);
    let said = "counted by MI mi-1 and dispatched by an earlier run: old";
    expect(&run, "AT14.2", Verdict::Warning, said);
}

#[test]
fn a_letter_that_this_run_returned_undispatched_does_not_count() {
    let mut run = dispatched(&["e01"]);
    run.within("AT10").seed(ENGLISH, "group-english", &["r01"]);
    run.move_to(Status::Returned, &["r01"], Some(("R01", "gone away")));
    run.within("AT14");
    run.submit(ENGLISH, "group-english", &["e01", "r01"]);
    run.read_mi("mi-1");
    let said = "never read DISPATCHED in this run: r01";
    expect(&run, "AT14.2", Verdict::Fail, said);
}

#[test]
fn an_mi_that_was_refused_and_mended_is_no_duplicate() {
    let mut run = dispatched(&["e01"]);
    run.submit(ENGLISH, "group-english", &["e01"]);
    run.leave_out("AT14", |event| matches!(event, Event::MiSubmitted { .. }));
    let exchange = run.exchanges_of("AT14", Route::SubmitMi).next().unwrap();
    let refused = exchange.response.as_mut().unwrap();
    (refused.status, refused.body) = (400, None);
    run.submit(ENGLISH, "group-english", &["e01"]);
    run.read_mi("mi-2");
    expect(&run, "AT14.1", Verdict::Fail, "POST /mi answered 400");
    expect(&run, "AT14.3", Verdict::Pass, "1 submission");
}

/// AT4's only update is announced, and then the run is killed: no exchange tells of it.
fn killed_in_mid_update(ids: &[&str]) -> Script {
    let mut run = Script::started(|_| ());
    run.seed(ENGLISH, "group-english", ids);
    run.within("AT4").list(ids);
    run.target(Status::Accepted, ids).read(ids);
    run.update(Status::Accepted, ids);
    let sent =
        |event: &Event| matches!(event, Event::Exchange(exchange) if exchange.intent.is_some());
    run.leave_out("AT4", sent);
    run
}

#[test]
fn an_answer_lost_in_an_interruption_is_made_good_by_reading() {
    let ids = ["e01", "e02"];
    let mut run = killed_in_mid_update(&ids);
    run.write(Event::RunResumed { torn_bytes: 0 });
    expect(&run, "AT4.3", Verdict::Fail, "not read in their new status");
    run.read(&ids);
    expect(&run, "AT4.1", Verdict::Pass, "2 letters");
    expect(&run, "AT4.2", Verdict::Pass, "none left behind");
    expect(
        &run,
        "AT4.3",
        Verdict::Warning,
        "interrupted before the answer",
    );
}

#[test]
fn an_update_that_no_exchange_tells_of_needs_an_interruption() {
    let ids = ["e01", "e02"];
    let mut run = killed_in_mid_update(&ids);
    run.read(&ids);
    expect(
        &run,
        "AT4.3",
        Verdict::Fail,
        "no exchange tells of the update",
    );
}

#[test]
fn an_update_lost_in_an_interruption_may_be_sent_again() {
    let ids = ["e01", "e02"];
    let mut run = killed_in_mid_update(&ids);
    run.write(Event::RunResumed { torn_bytes: 0 });
    run.update(Status::Accepted, &ids);
    expect(
        &run,
        "AT4.3",
        Verdict::Warning,
        "interrupted before the answer",
    );
}
