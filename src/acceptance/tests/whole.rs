//! A small run in which everything is right.

use crate::acceptance::testing::{ARABIC, BRAILLE, ENGLISH, NO_PDF, Script};
use crate::model::{Event, PdfOutcome, Scope, Status};

const R: [&str; 10] = [
    "r01", "r02", "r03", "r04", "r05", "r06", "r07", "r08", "r09", "r10",
];
const E: [&str; 13] = [
    "e01", "e02", "e03", "e04", "e05", "e06", "e07", "e08", "e09", "e10", "e11", "e12", "e13",
];
const B: [&str; 2] = ["b01", "b02"];
const X: [&str; 2] = ["x01", "x02"];
/// Letters that stay PENDING to the end.
const REST: [&str; 1] = ["z01"];

const TEXTS: [&str; 10] = [
    "Addressee gone away",
    "Address incomplete",
    "Address inaccessible",
    "Addressee unknown",
    "Addressee gone away/Refused",
    "Not called for",
    "No such address",
    "No reason given",
    "Deceased",
    "Miscellaneous",
];

/// All tests over 28 letters, agreed to be enough; every point passes or warns of that.
pub(super) fn whole() -> Script {
    let mut run = Script::started(|started| {
        started.settings.expected_letters = 28;
        started.settings.agreed_with = Some("NHS Notify".to_owned());
        started.settings.agreed_on = Some("2026-12-01".to_owned());
    });
    run.seed(ENGLISH, "group-english", &E);
    run.seed(ENGLISH, "group-english", &R[..5]);
    run.seed(ARABIC, "group-international", &R[5..]);
    run.seed(BRAILLE, "group-accessible", &B);
    run.seed(NO_PDF, "group-error", &X);
    run.seed(ENGLISH, "group-english", &REST);
    connect_and_list(&mut run);
    accept(&mut run);
    produce(&mut run);
    end(&mut run);
    report(&mut run);
    perform(&mut run);
    run
}

fn all() -> Vec<&'static str> {
    [&E[..], &R, &B, &X, &REST].concat()
}

fn connect_and_list(run: &mut Script) {
    run.within("AT1").call("GET", "/_status", 200);
    run.list(&["e01"]);
    run.wait_ms(2_000).within("AT2").list(&all());
    run.wait_ms(2_000).within("AT3");
    let list = run.list(&all());
    jobs(run, list, true);
    let none: [&str; 0] = [];
    run.list(&none);
    run.wait_ms(2_000);
    let list = run.list(&all());
    jobs(run, list, false);
}

fn jobs(run: &mut Script, list: u64, created: bool) {
    let scope = Scope::of("AT3", "a scenario");
    for letter in all() {
        let (scope, letter, job) = (scope.clone(), letter.to_owned(), format!("job of {letter}"));
        run.write(if created {
            Event::JobCreated {
                scope,
                letter,
                job,
                list,
            }
        } else {
            let run = "this-run".to_owned();
            Event::JobIgnored {
                scope,
                letter,
                job,
                run,
                list,
            }
        });
    }
}

fn accept(run: &mut Script) {
    let letters = [&E[..], &R, &B].concat();
    run.wait_ms(2_000).within("AT4").list(&letters);
    run.target(Status::Accepted, &letters);
    run.update(Status::Accepted, &letters).read(&letters);
    run.wait_ms(2_000).list(&[&X[..], &REST].concat());
}

fn produce(run: &mut Script) {
    run.within("AT5")
        .move_to(Status::Printed, &["e01", "e02", "e03", "e04"], None);
    run.within("AT6")
        .move_to(Status::Enclosed, &["e05", "e01"], None);
    let dispatched = [&["e06", "e02", "e01"][..], &R].concat();
    run.within("AT7")
        .move_to(Status::Dispatched, &dispatched, None);
    run.within("AT8")
        .move_to(Status::Delivered, &["e07", "e03", "e05", "e06"], None);
}

fn end(run: &mut Script) {
    let forwarded = Some(("A01", "Accessible format"));
    run.within("AT9").move_to(Status::Forwarded, &B, forwarded);
    run.within("AT10").target(Status::Returned, &R).read(&R);
    for (place, letter) in R.iter().enumerate() {
        let reason = (format!("R{:02}", place + 1), TEXTS[place]);
        run.update_because(Status::Returned, &[(letter, Some((&reason.0, reason.1)))]);
    }
    run.read(&R);
    run.within("AT11")
        .update(Status::Enclosed, &["e09"])
        .read(&["e09"]);
    let cancelled = Some(("C01", "Cancelled at the request of NHS Notify"));
    run.move_to(Status::Cancelled, &["e08", "b01", "e04", "e09"], cancelled);
    run.within("AT12")
        .update(Status::Printed, &["e11"])
        .update(Status::Enclosed, &["e12"]);
    for letter in ["e10", "e11", "e12", "b02"] {
        run.pdf(letter, &[("PF-011", PdfOutcome::Warn)]);
    }
    let failed = Some(("F03", "More than 5 pages"));
    run.move_to(Status::Failed, &["e10", "e11", "e12", "b02"], failed);
    run.within("AT13");
    for letter in X {
        run.pdf(letter, &[("PF-001", PdfOutcome::Fail)]);
    }
    run.move_to(Status::Rejected, &X, Some(("J02", "Missing PDF")));
}

fn report(run: &mut Script) {
    run.within("AT14");
    let english = [&["e06", "e02", "e01"][..], &R[..5]].concat();
    let ids = [
        run.submit(ENGLISH, "group-english", &english),
        run.submit(ARABIC, "group-international", &R[5..]),
    ];
    for id in &ids {
        run.read_mi(id);
    }
}

fn perform(run: &mut Script) {
    run.within("AT15");
    for pass in 1..=3 {
        let ids: Vec<String> = (1..=28)
            .map(|letter| format!("p{pass}-{letter:02}"))
            .collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        run.seed(ENGLISH, "group-english", &ids);
        run.pass(pass, &ids);
    }
}
