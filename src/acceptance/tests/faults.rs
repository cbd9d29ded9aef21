//! Deliberate wrongs in the whole run: each turns exactly the points red that it names.

use std::collections::{BTreeMap, BTreeSet};

use super::whole::whole;
use crate::acceptance::catalogue::points;
use crate::acceptance::facts::Route;
use crate::acceptance::testing::{ARABIC, ENGLISH, Script};
use crate::model::{
    Change, Event, Exchange, Line, MiFacts, PdfCheck, PdfOutcome, Scope, Status, Verdict,
};

/// What is done to the whole run, and the points that it turns red.
struct Fault {
    name: &'static str,
    red: &'static [&'static str],
    does: fn(&mut Script),
}

const fn fault(name: &'static str, red: &'static [&'static str], does: fn(&mut Script)) -> Fault {
    Fault { name, red, does }
}

const CONNECTING: &[Fault] = &[
    fault("the status endpoint is unknown", &["AT1.1"], |run| {
        answer(run, "AT1", Route::Status, 404);
    }),
    fault("a later request is forbidden", &["AT1.2"], |run| {
        run.within("AT1").call("GET", "/letters/e01", 403);
    }),
    fault(
        "a token is refused and nothing else goes",
        &["AT1.1", "AT1.2"],
        |run| {
            run.leave_out("AT1", |_| true);
            run.within("AT1").call("POST", "/oauth2/token", 401);
        },
    ),
    fault(
        "a token is refused for the key",
        &["AT1.1", "AT1.2"],
        |run| {
            run.leave_out("AT1", |_| true);
            run.within("AT1").call("POST", "/oauth2/token", 400);
        },
    ),
];

const LISTING: &[Fault] = &[
    fault(
        "fewer letters than the pack's, and nobody agreed",
        &["AT2.1", "AT15.2"],
        |run| {
            run.settings().agreed_with = None;
        },
    ),
    fault(
        "a letter is missing in the list",
        &["AT2.1", "AT2.2", "AT2.3"],
        |run| {
            run.lists_of("AT2")[0].pop();
        },
    ),
    fault("a letter stands twice in the list", &["AT2.2"], |run| {
        let list = run.lists_of("AT2").remove(0);
        list.push(list[0].clone());
    }),
    fault(
        "a letter is listed that is not PENDING",
        &["AT2.2"],
        |run| {
            run.lists_of("AT2")[0][3].status = "ACCEPTED".to_owned();
        },
    ),
    fault("the letters come in two calls", &["AT2.3"], |run| {
        let last = run.lists_of("AT2")[0].pop().unwrap();
        run.within("AT2").list(&[last.id.as_str()]);
    }),
    fault("a listed letter gets no job", &["AT3.1"], |run| {
        run.leave_out("AT3", |event| matches!(
            event,
            Event::JobCreated { letter, .. } | Event::JobIgnored { letter, .. } if letter == "e05"
        ));
    }),
    fault(
        "a letter gets a second job from the same list",
        &["AT3.1"],
        |run| {
            add_job(run, 1);
        },
    ),
    fault(
        "a letter listed again is queued again",
        &["AT3.1", "AT3.2"],
        |run| {
            add_job(run, 2);
        },
    ),
    fault(
        "an update is sent while the lists are compared",
        &["AT3.2"],
        |run| {
            run.within("AT3")
                .intend(vec![Change::to("z01", Status::Accepted)], 202);
        },
    ),
];

const ACCEPTING: &[Fault] = &[
    fault("an accepted letter comes out PRINTED", &["AT4.1"], |run| {
        run.last_read("AT4", "e08").status = "PRINTED".to_owned();
    }),
    fault(
        "a letter is ACCEPTED before its update",
        &["AT4.1"],
        |run| {
            run.lists_of("AT4")[0][2].status = "ACCEPTED".to_owned();
        },
    ),
    fault(
        "the service loses an item of the bulk",
        &["AT4.1", "AT4.2"],
        |run| {
            run.last_read("AT4", "e08").status = "PENDING".to_owned();
        },
    ),
    fault(
        "a letter is left out of the bulk",
        &["AT4.1", "AT4.2"],
        |run| {
            skip(run, "AT4", "e08");
            run.last_read("AT4", "e08").status = "PENDING".to_owned();
        },
    ),
    fault("AT4's update is answered 200", &["AT4.3"], |run| {
        answer(run, "AT4", Route::UpdateMany, 200);
    }),
    fault("an accepted letter is listed again", &["AT4.4"], |run| {
        let letter = run.letters["e08"].clone();
        run.lists_of("AT4")[1].push(letter);
    }),
    fault("nobody looks again after the lease", &["AT4.4"], |run| {
        let is_it = |line: &Line| matches!(&line.event, Event::LettersListed { scope, .. } if scope.is_test("AT4"));
        let last = run.lines.iter().rposition(is_it).unwrap();
        run.lines.drain(last - 1..=last);
    }),
];

const PRODUCING: &[Fault] = &[
    fault("a DELIVERED letter is printed", &["AT5.1"], |run| {
        run.first_read("AT5", "e01").status = "DELIVERED".to_owned();
    }),
    fault("a printed letter stays ACCEPTED", &["AT5.2"], |run| {
        run.last_read("AT5", "e03").status = "ACCEPTED".to_owned();
    }),
    fault("a targeted letter is not printed", &["AT5.2"], |run| {
        skip(run, "AT5", "e03");
        run.last_read("AT5", "e03").status = "ACCEPTED".to_owned();
    }),
    fault("a letter is printed twice", &["AT5.2"], |run| {
        run.within("AT5")
            .intend(vec![Change::to("e03", Status::Printed)], 202);
    }),
    fault("printed letters vanish", &["AT5.2", "AT5.3"], |run| {
        vanish(run, "AT5", "e03");
    }),
    fault("AT5's updates are answered 200", &["AT5.3"], |run| {
        answer(run, "AT5", Route::UpdateMany, 200);
    }),
    fault("AT5's update is refused", &["AT5.2", "AT5.3"], |run| {
        answer(run, "AT5", Route::UpdateOne, 400);
        run.last_read("AT5", "e01").status = "ACCEPTED".to_owned();
    }),
    fault("a DISPATCHED letter is enclosed", &["AT6.1"], |run| {
        run.first_read("AT6", "e05").status = "DISPATCHED".to_owned();
    }),
    fault("an enclosed letter comes out PRINTED", &["AT6.2"], |run| {
        run.last_read("AT6", "e05").status = "PRINTED".to_owned();
    }),
    fault("AT6's updates are answered 413", &["AT6.3"], |run| {
        answer(run, "AT6", Route::UpdateOne, 413);
    }),
    fault("a DELIVERED letter is dispatched", &["AT7.1"], |run| {
        run.first_read("AT7", "e06").status = "DELIVERED".to_owned();
    }),
    fault("a dispatched letter stays ACCEPTED", &["AT7.2"], |run| {
        // The MI is about letters of which the rest stays as it is.
        run.first_read("AT8", "e06").status = "DISPATCHED".to_owned();
        run.last_read("AT7", "e06").status = "ACCEPTED".to_owned();
    }),
    fault("AT7's update is answered 415", &["AT7.3"], |run| {
        answer(run, "AT7", Route::UpdateMany, 415);
    }),
    fault("a PENDING letter is delivered", &["AT8.1"], |run| {
        run.first_read("AT8", "e07").status = "PENDING".to_owned();
    }),
    fault("a delivered letter comes out ENCLOSED", &["AT8.2"], |run| {
        run.last_read("AT8", "e05").status = "ENCLOSED".to_owned();
    }),
    fault("a letter of AT8 cannot be found", &["AT8.3"], |run| {
        run.within("AT8").call("GET", "/letters/e07", 404);
    }),
];

const ENDING: &[Fault] = &[
    fault("a PRINTED letter is forwarded", &["AT9.1"], |run| {
        run.first_read("AT9", "b01").status = "PRINTED".to_owned();
    }),
    fault(
        "a letter is forwarded that needs no accessible format",
        &["AT9.1"],
        |run| {
            run.settings().accessible_specifications = vec![ENGLISH.to_owned()];
        },
    ),
    fault(
        "the reason of a forwarded letter is dropped",
        &["AT9.1"],
        |run| {
            run.last_read("AT9", "b01").reason_text = None;
        },
    ),
    fault(
        "a letter is forwarded without a reason",
        &["AT9.1"],
        |run| {
            run.asked("AT9", "b01", Status::Forwarded).reason_code = None;
            run.last_read("AT9", "b01").reason_code = None;
        },
    ),
    fault("AT9's update is answered 200", &["AT9.2"], |run| {
        answer(run, "AT9", Route::UpdateOne, 200);
    }),
    fault("a forwarded letter is printed", &["AT9.3"], |run| {
        // In the middle of the run; AT11 cancels that letter later.
        insert_update_after(run, "AT9", Change::to("b01", Status::Printed));
    }),
    fault("a returned letter was only ACCEPTED", &["AT10.1"], |run| {
        run.first_read("AT10", "r01").status = "ACCEPTED".to_owned();
        // Its code must be shown all the same.
        let reason = ("R01", "Addressee gone away");
        run.letters.get_mut("e06").unwrap().status = "DISPATCHED".to_owned();
        run.within("AT10")
            .target(Status::Returned, &["e06"])
            .read(&["e06"]);
        run.update_because(Status::Returned, &[("e06", Some(reason))])
            .read(&["e06"]);
    }),
    fault("a returned letter stays DISPATCHED", &["AT10.1"], |run| {
        run.last_read("AT10", "r01").status = "DISPATCHED".to_owned();
    }),
    fault("AT10's updates are answered 200", &["AT10.2"], |run| {
        answer(run, "AT10", Route::UpdateOne, 200);
    }),
    fault(
        "the text of a return belongs to another code",
        &["AT10.3"],
        |run| {
            let wrong = Some("Deceased".to_owned());
            run.asked("AT10", "r07", Status::Returned)
                .reason_text
                .clone_from(&wrong);
            run.last_read("AT10", "r07").reason_text = wrong;
        },
    ),
    fault(
        "the code of a returned letter is another when read",
        &["AT10.3"],
        |run| {
            run.last_read("AT10", "r07").reason_code = Some("R09".to_owned());
        },
    ),
    fault("a code is not shown", &["AT10.3"], |run| {
        for event in run.events_of("AT10") {
            if let Event::LettersTargeted { letters, .. } = event {
                letters.retain(|letter| letter != "r07");
            }
        }
        skip(run, "AT10", "r07");
    }),
    fault("a DISPATCHED letter is cancelled", &["AT11.1"], |run| {
        run.first_read("AT11", "e08").status = "DISPATCHED".to_owned();
    }),
    fault("a cancelled letter stays ACCEPTED", &["AT11.2"], |run| {
        run.last_read("AT11", "e08").status = "ACCEPTED".to_owned();
    }),
    fault(
        "the reason of a cancelled letter is dropped",
        &["AT11.2"],
        |run| {
            run.last_read("AT11", "e08").reason_code = None;
        },
    ),
    fault("AT11's updates are answered 200", &["AT11.3"], |run| {
        answer(run, "AT11", Route::UpdateMany, 200);
    }),
    fault("a cancelled letter is dispatched", &["AT11.4"], |run| {
        run.within("AT12")
            .intend(vec![Change::to("e08", Status::Dispatched)], 202);
    }),
    fault(
        "a cancelled letter reads PRINTED again",
        &["AT11.4"],
        |run| {
            run.letters.get_mut("e08").unwrap().status = "PRINTED".to_owned();
            run.within("AT12").read(&["e08"]);
        },
    ),
    fault("a DISPATCHED letter is failed", &["AT12.1"], |run| {
        run.first_read("AT12", "e10").status = "DISPATCHED".to_owned();
    }),
    fault("a letter with a defect is not failed", &["AT12.1"], |run| {
        skip(run, "AT12", "e10");
    }),
    fault(
        "a failed letter stays ACCEPTED",
        &["AT12.1", "AT12.2"],
        |run| {
            run.last_read("AT12", "e10").status = "ACCEPTED".to_owned();
        },
    ),
    fault("AT12's updates are answered 200", &["AT12.2"], |run| {
        answer(run, "AT12", Route::UpdateMany, 200);
    }),
    fault(
        "the reason of a failed letter is dropped",
        &["AT12.3"],
        |run| {
            run.last_read("AT12", "e10").reason_text = None;
        },
    ),
    fault("an ACCEPTED letter is rejected", &["AT13.1"], |run| {
        run.first_read("AT13", "x01").status = "ACCEPTED".to_owned();
    }),
    fault(
        "a rejected letter stays PENDING",
        &["AT13.1", "AT13.2"],
        |run| {
            run.last_read("AT13", "x01").status = "PENDING".to_owned();
        },
    ),
    fault("AT13's update is answered 200", &["AT13.2"], |run| {
        answer(run, "AT13", Route::UpdateOne, 200);
    }),
    fault(
        "the code of a rejected letter is dropped",
        &["AT13.3"],
        |run| {
            run.last_read("AT13", "x01").reason_code = None;
        },
    ),
    fault("a rejected letter is accepted", &["AT13.4"], |run| {
        run.within("AT14")
            .intend(vec![Change::to("x01", Status::Accepted)], 202);
    }),
    fault("a rejected letter reads ACCEPTED", &["AT13.4"], |run| {
        run.letters.get_mut("x01").unwrap().status = "ACCEPTED".to_owned();
        run.within("AT14").read(&["x01"]);
    }),
];

const REPORTING: &[Fault] = &[
    fault("an entry of MI is lost", &["AT14.1"], |run| {
        let last = run.exchanges_of("AT14", Route::ReadMi).last().unwrap();
        let response = last.response.as_mut().unwrap();
        (response.status, response.body) = (404, None);
    }),
    fault(
        "an entry reads back with another quantity",
        &["AT14.1"],
        |run| {
            change_answer(
                run.exchanges_of("AT14", Route::ReadMi).last(),
                "\"quantity\":5",
                "\"quantity\":6",
            );
        },
    ),
    fault(
        "an entry reads back for another group",
        &["AT14.1"],
        |run| {
            let last = run.exchanges_of("AT14", Route::ReadMi).last();
            change_answer(last, "group-international", "group-english");
        },
    ),
    fault("an MI is noted that was not sent so", &["AT14.1"], |run| {
        let last = run.exchanges_of("AT14", Route::SubmitMi).last().unwrap();
        let asked = last.request.body.as_mut().unwrap().text.as_mut().unwrap();
        *asked = asked
            .replace("\"lineItem\"", "\"x\"")
            .replace("2026-12-08", "2026-12-07");
    }),
    fault("MI is refused", &["AT14.1", "AT14.3"], |run| {
        let last = run.exchanges_of("AT14", Route::SubmitMi).last().unwrap();
        last.response.as_mut().unwrap().status = 400;
        run.leave_out(
            "AT14",
            |event| matches!(event, Event::MiSubmitted { mi, .. } if mi == "mi-2"),
        );
    }),
    fault("MI counts a letter too many", &["AT14.2"], |run| {
        edit_submission(run, "mi-2", |facts| facts.letters.truncate(4));
    }),
    fault("MI leaves a dispatched letter out", &["AT14.2"], |run| {
        for (route, from, to) in [
            (Route::SubmitMi, "\"quantity\":5", "\"quantity\":4"),
            (Route::ReadMi, "\"quantity\":5", "\"quantity\":4"),
        ] {
            let last = run.exchanges_of("AT14", route).last().unwrap();
            for body in bodies(last) {
                *body = body.replace(from, to);
            }
        }
        edit_submission(run, "mi-2", |facts| {
            facts.letters.pop();
            facts.quantity = 4;
        });
    }),
    fault(
        "MI counts a letter that was never dispatched",
        &["AT14.2"],
        |run| {
            edit_submission(run, "mi-2", |facts| facts.letters[0] = "e13".to_owned());
        },
    ),
    fault(
        "MI counts a letter under another group",
        &["AT14.2"],
        |run| {
            edit_submission(run, "mi-1", |facts| facts.letters[7] = "r06".to_owned());
            edit_submission(run, "mi-2", |facts| facts.letters[0] = "r05".to_owned());
        },
    ),
    fault(
        "an MI is sent with another quantity than noted",
        &["AT14.2"],
        |run| {
            let last = run.exchanges_of("AT14", Route::SubmitMi).last().unwrap();
            let asked = last.request.body.as_mut().unwrap().text.as_mut().unwrap();
            *asked = asked.replace("\"quantity\":5", "\"quantity\":50");
        },
    ),
    fault("the same MI is sent twice", &["AT14.3"], |run| {
        let letters = ["r06", "r07", "r08", "r09", "r10"];
        let id = run
            .within("AT14")
            .submit(ARABIC, "group-international", &letters);
        run.read_mi(&id);
    }),
    fault(
        "a group has letters dispatched and no MI",
        &["AT14.3"],
        |run| {
            let last = |event: &Event| match event {
                Event::MiSubmitted { mi, .. } => mi == "mi-2",
                Event::Intent {
                    mi: Some(facts), ..
                } => facts.group_id == "group-international",
                Event::Exchange(exchange) => {
                    bodies(&mut exchange.clone()).any(|body| body.contains("group-international"))
                }
                _ => false,
            };
            run.leave_out("AT14", last);
        },
    ),
];

const PERFORMING: &[Fault] = &[
    fault("a PDF is truncated", &["AT15.1"], |run| {
        edit_pdf(run, |sha256, _, _| *sha256 = Some("another".to_owned()));
    }),
    fault("the hash is wrong in the list", &["AT15.1"], |run| {
        run.lists_of("AT15")[0][3].sha256_hash = Some("another".to_owned());
    }),
    fault("a hash is stated and there is no PDF", &["AT15.1"], |run| {
        edit_pdf(run, |sha256, _, checks| {
            *sha256 = None;
            checks[0].outcome = PdfOutcome::Fail;
        });
    }),
    fault(
        "a PDF comes for which no hash is stated",
        &["AT15.1"],
        |run| {
            run.lists_of("AT15")[0][3].sha256_hash = None;
        },
    ),
    fault("a PDF has no page tree", &["AT15.1"], |run| {
        edit_pdf(run, |_, _, checks| checks[4].outcome = PdfOutcome::Fail);
    }),
    fault("a PDF is not fetched", &["AT15.1"], |run| {
        run.leave_out(
            "AT15",
            |event| matches!(event, Event::PdfChecked { letter, .. } if letter == "p1-04"),
        );
    }),
    fault(
        "a letter is downloaded but not accepted",
        &["AT15.1"],
        |run| {
            skip(run, "AT15", "p2-04");
        },
    ),
    fault("a pass ends before the list is empty", &["AT15.1"], |run| {
        let letter = run.letters["z01"].clone();
        run.lists_of("AT15")[1].push(letter);
    }),
    fault("a pass does not ask for what remains", &["AT15.1"], |run| {
        let empty = |line: &Line| {
            matches!(&line.event, Event::LettersListed { scope, letters, .. }
                if scope.is_test("AT15") && letters.is_empty())
        };
        let list = run.lines.iter().position(empty).unwrap();
        run.lines.drain(list - 1..=list);
    }),
    fault("the passes take too long", &["AT15.2"], |run| {
        run.settings().target_ms = 1;
    }),
    fault(
        "a slower target is set and nobody agreed",
        &["AT2.1", "AT15.2"],
        |run| {
            run.settings().target_ms = 20_000;
            run.settings().agreed_on = None;
        },
    ),
    fault(
        "the stopwatch says less than the events",
        &["AT15.2"],
        |run| {
            let pdf = run
                .lines
                .iter()
                .rposition(|line| matches!(line.event, Event::PdfChecked { .. }));
            for line in &mut run.lines[pdf.unwrap()..] {
                line.at = line.at.plus_micros(60_000);
            }
        },
    ),
    fault(
        "the clock starts after the first list",
        &["AT15.1", "AT15.2", "AT15.3"],
        |run| edit_timing(run, |from, _| *from += 20),
    ),
    fault(
        "the clock stops before the last PDF",
        &["AT15.2", "AT15.3"],
        |run| edit_timing(run, |_, to| *to -= 30),
    ),
    fault(
        "a pass covers fewer letters than there are",
        &["AT15.2"],
        |run| {
            run.lists_of("AT15")[0].pop();
        },
    ),
    fault("there are only two passes", &["AT15.3"], |run| {
        run.leave_out(
            "AT15",
            |event| matches!(event, Event::Timing { name, .. } if name.ends_with('3')),
        );
    }),
    fault("one pass is counted twice", &["AT15.3"], |run| {
        let mut first = None;
        for event in run.events_of("AT15") {
            if let Event::Timing { from, to, us, .. } = event {
                match first {
                    None => first = Some((*from, *to, *us)),
                    Some(pass) => (*from, *to, *us) = pass,
                }
            }
        }
    }),
];

fn all() -> impl Iterator<Item = &'static Fault> {
    let groups = [
        CONNECTING, LISTING, ACCEPTING, PRODUCING, ENDING, REPORTING, PERFORMING,
    ];
    groups.into_iter().flatten()
}

#[test]
fn every_fault_turns_exactly_its_points_red() {
    let mut wrong = Vec::new();
    for fault in all() {
        let mut run = whole();
        (fault.does)(&mut run);
        let view = run.view();
        let judged = points().map(|point| (point.id, (point.criterion)(&view)));
        let red = judged.filter(|(_, judgement)| judgement.verdict == Verdict::Fail);
        let red: Vec<_> = red
            .map(|(id, judgement)| (id, judgement.observed))
            .collect();
        if !red.iter().map(|(id, _)| id).eq(fault.red) {
            wrong.push(format!(
                "{}\n    wants {:?}\n    turned {red:#?}",
                fault.name, fault.red
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_point_has_a_fault_and_no_two_share_all_of_theirs() {
    let mut faults: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for fault in all() {
        for id in fault.red {
            faults.entry(id).or_default().insert(fault.name);
        }
    }
    for point in points() {
        assert!(
            faults.contains_key(point.id),
            "nothing turns {} red",
            point.id
        );
    }
    for (one, its) in &faults {
        for (other, theirs) in &faults {
            assert!(
                one >= other || its != theirs,
                "{one} and {other} share all faults"
            );
        }
    }
}

/// Every exchange of `test` with `route` is answered `status`.
fn answer(run: &mut Script, test: &'static str, route: Route, status: u16) {
    for exchange in run.exchanges_of(test, route) {
        exchange.response.as_mut().unwrap().status = status;
    }
}

/// `letter` is left out of the updates of `test`.
fn skip(run: &mut Script, test: &'static str, letter: &str) {
    for event in run.events_of(test) {
        if let Event::Intent { changes, .. } = event {
            changes.retain(|change| change.letter != letter);
        }
    }
}

/// The service no longer knows `letter` when `test` reads it back, and the test ends there.
fn vanish(run: &mut Script, test: &'static str, letter: &str) {
    let path = format!("/letters/{letter}");
    let last = run
        .exchanges_of(test, Route::Letter)
        .rfind(|exchange| exchange.url.ends_with(&path));
    last.unwrap().response.as_mut().unwrap().status = 404;
    let read = run.lines.iter().rposition(|line| {
        matches!(&line.event, Event::StatusObserved { scope, letter: seen, .. }
            if scope.is_test(test) && seen.id == letter)
    });
    run.lines.remove(read.unwrap());
    run.within(test).fail_step("environment");
}

/// A second job for e05, from the first or the last list of AT3.
fn add_job(run: &mut Script, list: usize) {
    let lists = run.view();
    let lists: Vec<u64> = lists.lists("AT3").map(|list| list.seq).collect();
    let list = if list == 1 { lists[0] } else { lists[2] };
    let scope = Scope::of("AT3", "a scenario");
    let (letter, job) = ("e05".to_owned(), "another job".to_owned());
    run.write(Event::JobCreated {
        scope,
        letter,
        job,
        list,
    });
}

/// An intent right behind the last line of `test`.
/// An update after the last reading of `test`, with its answer.
fn insert_update_after(run: &mut Script, test: &'static str, change: Change) {
    let read = run.lines.iter().rposition(
        |line| matches!(&line.event, Event::StatusObserved { scope, .. } if scope.is_test(test)),
    );
    let at = read.unwrap();
    let answered = run.exchanges_of(test, Route::UpdateOne).next().unwrap();
    let mut answered = answered.clone();
    let mut announced = run.lines[at].clone();
    announced.seq += 1;
    announced.event = Event::Intent {
        scope: Scope::of(test, "a scenario"),
        changes: vec![change],
        mi: None,
    };
    answered.id = "call-inserted".to_owned();
    answered.intent = Some(announced.seq);
    let mut exchange = announced.clone();
    exchange.seq += 1;
    exchange.event = Event::Exchange(Box::new(answered));
    run.lines.splice(at + 1..=at, [announced, exchange]);
}

fn bodies(exchange: &mut Exchange) -> impl Iterator<Item = &mut String> {
    let answered = exchange
        .response
        .as_mut()
        .and_then(|response| response.body.as_mut());
    let bodies = exchange.request.body.iter_mut().chain(answered);
    bodies.filter_map(|body| body.text.as_mut())
}

fn change_answer(exchange: Option<&mut Exchange>, from: &str, to: &str) {
    let body = exchange.unwrap().response.as_mut().unwrap().body.as_mut();
    let text = body.unwrap().text.as_mut().unwrap();
    assert!(text.contains(from), "{text}");
    *text = text.replace(from, to);
}

/// Edits what was noted of the submission `id`.
fn edit_submission(run: &mut Script, id: &str, edit: impl FnOnce(&mut MiFacts)) {
    let noted = run.events_of("AT14").find_map(|event| match event {
        Event::MiSubmitted { mi, facts, .. } if mi == id => Some(facts),
        _ => None,
    });
    edit(noted.unwrap());
}

type Checks = Vec<PdfCheck>;

/// Edits what was found of the fourth PDF of the first pass.
fn edit_pdf(run: &mut Script, edit: fn(&mut Option<String>, &mut Option<String>, &mut Checks)) {
    let found = run.events_of("AT15").find_map(|event| match event {
        Event::PdfChecked {
            letter,
            sha256,
            expected_sha256,
            checks,
            ..
        } if letter == "p1-04" => Some((sha256, expected_sha256, checks)),
        _ => None,
    });
    let (sha256, expected_sha256, checks) = found.unwrap();
    edit(sha256, expected_sha256, checks);
}

/// Edits the timing of the first pass.
fn edit_timing(run: &mut Script, edit: fn(&mut u64, &mut u64)) {
    let timing = run.events_of("AT15").find_map(|event| match event {
        Event::Timing {
            from: Some(from),
            to: Some(to),
            ..
        } => Some((from, to)),
        _ => None,
    });
    let (from, to) = timing.unwrap();
    edit(from, to);
}
