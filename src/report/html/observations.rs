//! Observations for NHS Notify: where the service's answers differ from its documentation.

use maud::{Markup, html};

use crate::acceptance::RunView;
use crate::model::Timestamp;
use crate::report::contract::{Difference, differences};
use crate::report::record::{Deviation, Seen};
use crate::report::transitions::Transition;

use super::context::Context;
use super::say::{cell, grouped, moment, sentence, span};

/// In what time an accepted update is documented to be visible (service-behaviour, section 2:
/// up to about ten seconds), in microseconds.
const SETTLES_WITHIN_US: u64 = 10_000_000;

/// One observation.
pub(super) struct Observation {
    what: String,
    documented: String,
    count: usize,
    /// Exchanges that show it, the first few.
    examples: Vec<u64>,
}

/// Everything of a run that its documentation does not lead one to expect.
pub(super) fn of_run(context: &Context, changes: &[Transition]) -> Vec<Observation> {
    let deviations = context.part.record.deviations();
    let contract = &context.part.result.contract;
    // The contract tells more of a content type: which answers, and whether it is known.
    let told = |what: &Deviation| *what == Deviation::ContentType && contract.answers > 0;
    let mut found: Vec<Observation> = deviations
        .filter(|(what, _)| !told(what))
        .map(|(what, seen)| deviation(what, seen))
        .collect();
    found.extend(differences(contract).into_iter().map(of_contract));
    found.extend(unreadable(context.part.view));
    found.extend(otherwise(changes));
    found.extend(never_visible(changes));
    found.extend(slow(changes));
    found
}

fn of_contract(one: Difference) -> Observation {
    Observation {
        what: one.what,
        documented: one.documented,
        count: usize::try_from(one.answers).unwrap_or(usize::MAX),
        examples: one.seqs,
    }
}

fn deviation(what: Deviation, seen: &Seen) -> Observation {
    let (said, documented) = match what {
        Deviation::Unavailable => (
            "Requests were answered with 5xx, or with no whole answer",
            "Every documented request is answered with its documented status; a request ends within 29 s (gateway limit).",
        ),
        Deviation::OverQuota => (
            "Requests were answered 429",
            "300 requests a second are allowed to an application.",
        ),
        Deviation::RequestId => (
            "X-Request-ID did not come back as it was sent",
            "The API description names X-Request-ID as a header of every response, mirroring the request's.",
        ),
        Deviation::ContentType => (
            "Answers carry a content type other than application/vnd.api+json",
            "The API description names application/vnd.api+json as the content type of responses.",
        ),
        Deviation::LinkToNothing => (
            "GET /letters/{id}/data led to an object that does not exist",
            "The API description has 404 for a letter without data; the service answers 303, and the storage 404.",
        ),
        Deviation::DoubleInList => (
            "A list named a letter twice",
            "GET /letters returns each letter once.",
        ),
    };
    Observation {
        what: said.to_owned(),
        documented: documented.to_owned(),
        count: seen.count as usize,
        examples: seen.first.clone(),
    }
}

fn unreadable(view: &RunView) -> Option<Observation> {
    let tests = crate::acceptance::CATALOGUE.iter();
    let calls = tests.flat_map(|test| view.exchanges(test.id));
    let wrong: Vec<u64> = calls
        .filter(|call| !call.readable && call.error.is_none())
        .map(|call| call.seq)
        .collect();
    (!wrong.is_empty()).then(|| Observation {
        what: "Successful answers do not have the documented form".to_owned(),
        documented: "A 200 carries the documented JSON:API document.".to_owned(),
        count: wrong.len(),
        examples: first_few(&wrong),
    })
}

/// Updates that the API took and that left the letter in another status than asked for.
fn otherwise(changes: &[Transition]) -> Option<Observation> {
    let other = |one: &&Transition| {
        let moved = one
            .after
            .filter(|seen| seen.letter.status != one.change.status);
        let before = one.before.map(|facts| &facts.status);
        one.acknowledged().is_some()
            && (one.first_new.is_some() && moved.is_some()
                || moved.is_some_and(|seen| Some(&seen.letter.status) != before))
    };
    let wrong: Vec<&Transition> = changes.iter().filter(other).collect();
    observed(
        &wrong,
        "Updates that the API took ended in another status than was asked for",
        "An update that was answered 202 sets the letter to the status asked for.",
    )
}

fn never_visible(changes: &[Transition]) -> Option<Observation> {
    let lost = |one: &&Transition| {
        let same = one
            .before
            .zip(one.after)
            .is_some_and(|(before, after)| before.status == after.letter.status);
        one.acknowledged().is_some() && one.first_new.is_none() && same
    };
    let wrong: Vec<&Transition> = changes.iter().filter(lost).collect();
    observed(
        &wrong,
        "Updates that the API took never became visible",
        "An update that was answered 202 is visible after about ten seconds.",
    )
}

fn slow(changes: &[Transition]) -> Option<Observation> {
    let late = |one: &&Transition| one.hidden_us() > SETTLES_WITHIN_US;
    let wrong: Vec<&Transition> = changes.iter().filter(late).collect();
    let slowest = wrong.iter().filter_map(|one| one.visible_us()).max();
    let said = format!(
        "Updates took longer than ten seconds to become visible{}",
        slowest.map_or(String::new(), |us| format!(", the slowest {}", span(us)))
    );
    observed(
        &wrong,
        &said,
        "An update that was answered 202 is visible after about ten seconds.",
    )
}

fn observed(wrong: &[&Transition], what: &str, documented: &'static str) -> Option<Observation> {
    let mut exchanges: Vec<u64> = wrong
        .iter()
        .filter_map(|one| Some(one.answer?.seq))
        .collect();
    exchanges.dedup();
    let letters: Vec<String> = wrong
        .iter()
        .take(5)
        .map(|one| cell(&one.change.letter))
        .collect();
    (!wrong.is_empty()).then(|| Observation {
        what: format!("{what} (letters {})", letters.join(", ")),
        documented: documented.to_owned(),
        count: wrong.len(),
        examples: first_few(&exchanges),
    })
}

fn first_few(seqs: &[u64]) -> Vec<u64> {
    seqs.iter().take(5).copied().collect()
}

/// The section for all runs of the page.
pub(super) fn section(runs: &[(&Context, Vec<Observation>)]) -> Markup {
    let none = runs.iter().all(|(_, observed)| observed.is_empty());
    html! {
        section class="sheet" id="observations" aria-labelledby="observations-title" data-sheet="" {
            h2 id="observations-title" { "Observations for NHS Notify" }
            p { "Where the service answered otherwise than its documentation says. None of these decides a "
                "verdict by itself; a point that a deviation left unmet says so on its sheet." }
            @for (context, _) in runs.iter().filter(|(context, _)| context.part.is_simulated()).take(1) {
                p { strong { "Seen on target " (cell(&context.part.result.started.target.name))
                    ", which is not the real service." } }
            }
            @if none { p { "No deviation was seen." } }
            @for (context, observed) in runs {
                @for (place, one) in observed.iter().enumerate() { (observation(context, place + 1, one)) }
            }
        }
    }
}

fn observation(context: &Context, number: usize, one: &Observation) -> Markup {
    html! {
        section class="observation" {
            h3 { (sentence(&one.what)) }
            dl class="judgement" {
                dt { "Seen" } dd { (grouped(one.count)) @if one.count == 1 { " time" } @else { " times" }
                    " in run " (cell(&context.part.result.started.run_id)) }
                dt { "Documented" } dd { (sentence(&one.documented)) }
                dt { @if one.count > one.examples.len() { "The first" } @else { "Where" } }
                dd { ul class="links" { @for seq in &one.examples { li { (example(context, *seq)) } } } }
            }
            span class="visually-hidden" { "End of observation " (number) }
        }
    }
}

fn example(context: &Context, seq: u64) -> Markup {
    let Some(row) = context.part.record.row(seq) else {
        return html! { "journal line " (seq) };
    };
    let at: Timestamp = row.sent;
    html! {
        (context.described(row)) br;
        (moment(at)) " UTC"
        @if let Some(id) = &row.request_id { ", request id " code { (cell(id)) } }
        @if let Some(error) = &row.error { ": " (cell(error)) }
    }
}
