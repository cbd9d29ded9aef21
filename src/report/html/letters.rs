//! The letters of a test: counts, samples before and after, transitions with their times.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use crate::model::Change;
use crate::report::transitions::{Transition, transitions};

use super::context::Context;
use super::say::{cell, count, grouped, moment, scrolling, span};

/// How many transitions are shown.
#[derive(Clone, Copy)]
struct Sample {
    /// A test with at most this many shows them all.
    all: usize,
    /// Of a larger test: this many of the beginning, the end, and the slowest.
    each: usize,
}

const PAGE: Sample = Sample { all: 120, each: 10 };

/// A picture shows what fits into one.
const PICTURE: Sample = Sample { all: 24, each: 4 };

/// Letters beyond this many are not named.
const MOST_NAMED: usize = 2_510;

/// What `test` did with its letters; nothing if it updated none.
pub(super) fn letters(
    context: &Context,
    test: &str,
    of_test: &[Transition],
    for_picture: bool,
) -> Markup {
    if of_test.is_empty() {
        return html! {};
    }
    let wanted = context.part.record.wanted(test);
    let is_goal = |one: &&Transition| wanted.is_none_or(|status| one.change.status == status);
    let goal: Vec<&Transition> = of_test.iter().filter(is_goal).collect();
    let before: Vec<&Transition> = of_test.iter().filter(|one| !is_goal(one)).collect();
    html! {
        section class="block" {
            h3 id=(format!("letters-{}-{test}", context.number)) { "Letters before and after" }
            (counts(&goal, &before))
            (table(context, test, &goal, if for_picture { PICTURE } else { PAGE }))
            @if !for_picture { (named(&goal)) }
        }
    }
}

/// Every transition of `test`.
pub(super) fn of<'a>(context: &Context<'a>, test: &'a str) -> Vec<Transition<'a>> {
    transitions(context.part.view, test)
}

fn counts(goal: &[&Transition], before: &[&Transition]) -> Markup {
    let mut ways: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    for one in goal {
        let from = one.before.map_or("not seen before", |facts| &facts.status);
        let way = ways.entry((from, &one.change.status)).or_default();
        way.0 += 1;
        way.1 += usize::from(is_after(one));
    }
    let rows = html! {
        table {
            caption class="visually-hidden" { "Letters by their status before and after" }
            thead { tr {
                th scope="col" { "Before" } th scope="col" { "Asked for" }
                th scope="col" class="number" { "Letters" }
                th scope="col" class="number" { "Read so in the end" }
            } }
            tbody {
                @for ((from, to), (sent, read)) in &ways {
                    tr {
                        td { (cell(from)) } td { (cell(to)) }
                        td class="number" { (grouped(*sent)) } td class="number" { (grouped(*read)) }
                    }
                }
            }
        }
    };
    html! {
        p { (count(goal.len(), "update")) " of letters, "
            (grouped(goal.iter().filter(|one| one.acknowledged().is_some()).count())) " taken by the API"
            @if !before.is_empty() {
                "; " (count(before.len(), "update")) " before them brought letters into an eligible status"
            }
            "." }
        (scrolling("Letters by their status before and after", &rows))
    }
}

fn is_after(one: &Transition) -> bool {
    one.after
        .is_some_and(|seen| seen.letter.status == one.change.status)
}

/// All transitions of a small test; of a large one the first, the last, the slowest, and every
/// one that did not end as asked.
fn chosen<'a, 'b>(goal: &'b [&'a Transition<'a>], sample: Sample) -> Vec<&'b Transition<'a>> {
    let Sample { all, each } = sample;
    if goal.len() <= all {
        return goal.to_vec();
    }
    let mut places: BTreeSet<usize> = (0..each).chain(goal.len() - each..goal.len()).collect();
    let mut by_time: Vec<usize> = (0..goal.len()).collect();
    by_time.sort_by_key(|place| std::cmp::Reverse(goal[*place].visible_us()));
    places.extend(by_time.into_iter().take(each));
    let wrong = (0..goal.len()).filter(|place| !is_after(goal[*place]));
    places.extend(wrong.take(all));
    places.into_iter().map(|place| goal[place]).collect()
}

fn table(context: &Context, test: &str, goal: &[&Transition], sample: Sample) -> Markup {
    let chosen = chosen(goal, sample);
    let reasons = goal.iter().any(|one| one.change.reason_code.is_some());
    let label = format!("Transitions of {test} with their times");
    let rows = html! {
        table class="rows stacked" {
            caption class="visually-hidden" { (label) }
            thead { tr {
                th scope="col" { "Letter, specification, group" }
                th scope="col" { "Before and after" @if reasons { ", reason" } }
                th scope="col" { "Sent" } th scope="col" { "Acknowledged" }
                th scope="col" { "Seen changed" } th scope="col" class="number" { "Took" }
                th scope="col" { "Line, request id" }
            } }
            tbody { @for one in &chosen { (row(context, one)) } }
        }
    };
    html! {
        h4 { "Transitions" }
        p class="hint" {
            @if chosen.len() < goal.len() {
                (grouped(chosen.len())) " of " (grouped(goal.len()))
                ": the first, the last and the slowest " (sample.each) ". transitions.csv holds all. "
            }
            "Times are UTC. “Seen changed” is the first reading of the new status, and “Took” the time "
            "from the API's answer to it; a range begins with the last reading of the old status."
        }
        (scrolling(&label, &rows))
    }
}

fn row(context: &Context, one: &Transition) -> Markup {
    let facts = one.before;
    let specification = facts.and_then(|facts| facts.specification_id.as_deref());
    let group = facts.and_then(|facts| facts.group_id.as_deref());
    let answer = one.answer;
    let request = answer.and_then(|answer| context.part.record.row(answer.seq));
    html! {
        tr {
            td {
                code { (cell(&one.change.letter)) }
                br; (cell(specification.unwrap_or("no specification")))
                br; (cell(group.unwrap_or("no group")))
            }
            td {
                (facts.map_or("not seen".to_owned(), |facts| cell(&facts.status))) " → "
                (one.after.map_or("not read".to_owned(), |seen| cell(&seen.letter.status)))
                @if !is_after(one) { strong { " (asked: " (cell(&one.change.status)) ")" } }
                (reason(one.change)) (stuck(one))
            }
            td class="time" data-label="Sent" { (answer.map_or("not sent".to_owned(), |answer| moment(answer.sent))) }
            td class="time" data-label="Acknowledged" { (one.acknowledged().map_or("no".to_owned(), moment)) }
            td class="time" data-label="Seen changed" { (one.first_new.map_or("not seen".to_owned(), |seen| moment(seen.done))) }
            td class="number took" data-label="Took" { (interval(one)) }
            td class="id" data-label="Line" {
                @if let Some(answer) = answer { (context.link(answer.seq)) }
                @if let Some(id) = request.and_then(|row| row.request_id.as_deref()) {
                    br; code { (cell(id)) }
                }
            }
        }
    }
}

fn reason(change: &Change) -> Markup {
    let code = change.reason_code.as_deref().unwrap_or("no code");
    let text = change.reason_text.as_deref().unwrap_or_default();
    let given = change.reason_code.is_some() || change.reason_text.is_some();
    html! { @if given { br; (cell(code)) " " (cell(text)) } }
}

/// What was read back, where it is not what was sent.
fn stuck(one: &Transition) -> Markup {
    let Some(seen) = one.after.map(|seen| &seen.letter) else {
        return html! {};
    };
    if seen.reason_code == one.change.reason_code && seen.reason_text == one.change.reason_text {
        return html! {};
    }
    let code = seen.reason_code.as_deref().unwrap_or("no code");
    html! { br; strong { "read back: " } (cell(code)) " " (cell(seen.reason_text.as_deref().unwrap_or(""))) }
}

fn interval(one: &Transition) -> String {
    match one.visible_us() {
        None => "not known".to_owned(),
        Some(visible) if one.hidden_us() == 0 => format!("≤ {}", span(visible)),
        Some(visible) => format!("{} – {}", span(one.hidden_us()), span(visible)),
    }
}

/// The ids of a large test's letters, so that a search finds the test a letter was used in.
fn named(goal: &[&Transition]) -> Markup {
    if goal.len() <= PAGE.all {
        return html! {};
    }
    html! {
        details class="ids" {
            summary { "The ids of the " (count(goal.len(), "letter")) }
            p class="id-list" { @for one in goal.iter().take(MOST_NAMED) { (cell(&one.change.letter)) " " } }
        }
    }
}
