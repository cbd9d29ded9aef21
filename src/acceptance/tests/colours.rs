//! What each point says of a run that is right, of an outage, and of nothing.

use super::whole::whole;
use crate::acceptance::catalogue::points;
use crate::acceptance::finding::REFERENCE_CLIENT;
use crate::acceptance::testing::Script;
use crate::model::Verdict;

const NOT_APPLICABLE_WITHOUT_OPTIONS: [&str; 13] = [
    "AT5.1", "AT5.2", "AT5.3", "AT6.1", "AT6.2", "AT6.3", "AT8.1", "AT8.2", "AT8.3", "AT13.1",
    "AT13.2", "AT13.3", "AT13.4",
];

/// The points with any other verdict than `usual`.
fn others(run: &Script, usual: Verdict) -> Vec<(&'static str, Verdict)> {
    let view = run.view();
    let verdicts = points().map(|point| (point.id, (point.criterion)(&view).verdict));
    verdicts.filter(|(_, verdict)| *verdict != usual).collect()
}

#[test]
fn a_right_run_passes_every_point() {
    let run = whole();
    let agreed = [("AT2.1", Verdict::Warning), ("AT15.2", Verdict::Warning)];
    for (id, _) in others(&run, Verdict::Pass) {
        println!("{id}: {}", run.judge(id).observed);
    }
    assert_eq!(others(&run, Verdict::Pass), agreed);
}

#[test]
fn every_judgement_names_its_proof() {
    let view = whole().view();
    for point in points() {
        let judgement = (point.criterion)(&view);
        assert!(!judgement.seqs.is_empty(), "{} proves nothing", point.id);
        assert!(judgement.seqs.is_sorted(), "{}", point.id);
        assert!(!judgement.observed.is_empty(), "{}", point.id);
    }
}

#[test]
fn nothing_done_is_not_tested() {
    assert_eq!(others(&Script::started(|_| ()), Verdict::NotTested), []);
}

#[test]
fn a_shortage_of_letters_is_not_tested() {
    for point in points() {
        let mut run = Script::started(|_| ());
        run.within(point.test()).call("GET", "/_status", 200);
        run.fail_step("letters");
        let verdict = run.verdict(point.id);
        let tested = point.id == "AT1.2";
        assert_eq!(
            verdict == Verdict::NotTested,
            !tested,
            "{} {verdict}",
            point.id
        );
    }
}

#[test]
fn an_outage_is_an_error() {
    for status in [0, 401, 403, 429, 500, 503] {
        for point in points() {
            let mut run = Script::started(|_| ());
            run.within(point.test()).call("GET", "/letters", status);
            let refused = point.test() == "AT1" && matches!(status, 401 | 403);
            let verdict = if refused {
                Verdict::Fail
            } else {
                Verdict::Error
            };
            assert_eq!(
                run.verdict(point.id),
                verdict,
                "{} after {status}",
                point.id
            );
        }
    }
}

#[test]
fn a_tool_that_fails_is_an_error() {
    for point in points() {
        let mut run = Script::started(|_| ());
        run.within(point.test()).fail_step("tool");
        assert_eq!(run.verdict(point.id), Verdict::Error, "{}", point.id);
    }
}

#[test]
fn answers_that_are_lost_in_mid_test_are_never_a_fail() {
    // Earlier tests read these letters, so their statuses before the update are known.
    let known = ["AT5.1", "AT6.1", "AT7.1", "AT8.1", "AT11.1"];
    for point in points() {
        let mut run = whole();
        run.lose_answers(point.test());
        let verdict = match point.id {
            // Nobody knows whether the submissions arrived.
            id if id.starts_with("AT14.") => Verdict::Review,
            id if known.contains(&id) => continue,
            _ => Verdict::Error,
        };
        let judgement = run.judge(point.id);
        assert_eq!(
            judgement.verdict, verdict,
            "{}: {}",
            point.id, judgement.observed
        );
    }
    for id in known {
        let mut run = whole();
        run.lose_answers(crate::acceptance::catalogue::point(id).unwrap().test());
        assert_ne!(run.verdict(id), Verdict::Fail, "{id}");
    }
}

#[test]
fn what_the_supplier_does_not_claim_does_not_apply() {
    let mut run = whole();
    run.settings().optional_statuses.clear();
    run.settings().rejects = false;
    for id in NOT_APPLICABLE_WITHOUT_OPTIONS {
        let judgement = run.judge(id);
        assert_eq!(judgement.verdict, Verdict::NotApplicable, "{id}");
        assert!(
            judgement.observed.contains("(supplier."),
            "{id}: {}",
            judgement.observed
        );
    }
    let nothing = Script::started(|started| started.settings.optional_statuses.clear());
    assert_eq!(nothing.verdict("AT5.1"), Verdict::NotApplicable);
}

#[test]
fn the_reference_client_shows_no_processing_of_the_suppliers() {
    let mut run = whole();
    run.setup().driven = REFERENCE_CLIENT.to_owned();
    let warned: Vec<&str> = others(&run, Verdict::Pass)
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    let own = ["AT3.1", "AT3.2", "AT9.3", "AT11.4", "AT13.4"];
    let expected = [
        "AT2.1", "AT3.1", "AT3.2", "AT9.3", "AT11.4", "AT13.4", "AT15.2",
    ];
    assert_eq!(warned, expected);
    assert!(
        own.iter()
            .all(|id| run.judge(id).observed.contains("the tool's own ledger"))
    );
}

#[test]
fn a_success_after_a_retry_is_a_warning() {
    let mut run = whole();
    for test in ["AT1", "AT5", "AT14"] {
        let event = run.events_of(test).find_map(|event| match event {
            crate::model::Event::Exchange(exchange) => Some(exchange),
            _ => None,
        });
        event.unwrap().attempt = 2;
    }
    for id in ["AT1.1", "AT1.2", "AT5.1", "AT5.3", "AT14.3"] {
        assert_eq!(run.verdict(id), Verdict::Warning, "{id}");
    }
}
