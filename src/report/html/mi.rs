//! Management information: what was submitted, and what reading it back gave.

use maud::{Markup, html};

use crate::acceptance::{MiFact, RunView};

use super::context::Context;
use super::say::{cell, count, grouped, scrolling};

/// The submissions of `test`; nothing if there were none.
pub(super) fn submissions(context: &Context, test: &str) -> Markup {
    let view = context.part.view;
    let submitted: Vec<&MiFact> = view.submissions(test).collect();
    if submitted.is_empty() {
        return html! {};
    }
    let id = format!("mi-{}-{test}", context.number);
    let rows = html! {
        table {
            caption class="visually-hidden" { "Management information submitted" }
            thead { tr {
                th scope="col" { "Day" } th scope="col" { "Specification, group" } th scope="col" { "Line item" }
                th scope="col" class="number" { "Quantity" }
                th scope="col" class="number" { "Letters in the ledger" }
                th scope="col" class="number" { "Read back" }
                th scope="col" { "MI id" } th scope="col" { "Line" }
            } }
            tbody { @for mi in &submitted { (row(context, test, mi)) } }
        }
    };
    html! {
        section class="block" {
            h3 id=(id) { "Management information" }
            p { (count(submitted.len(), "submission")) ", one a day, specification and group." }
            (scrolling("Management information submitted", &rows))
        }
    }
}

fn row(context: &Context, test: &str, mi: &MiFact) -> Markup {
    let facts = &mi.facts;
    let here = context.part.result.started.run_id == *mi.run;
    html! {
        tr {
            td class="day" { (cell(&facts.date)) }
            td { (cell(&facts.specification_id)) br; (cell(&facts.group_id)) }
            td { (cell(&facts.line_item)) }
            td class="number" { (facts.quantity) }
            td class="number" { (grouped(facts.letters.len())) }
            td class="number" { (read_back(context.part.view, test, &mi.mi)) }
            td { code { (cell(&mi.mi)) } @if !here { br; "submitted by run " (cell(&mi.run)) } }
            td { @match mi.exchange { Some(exchange) => (context.link(exchange)), None => "none" } }
        }
    }
}

/// The quantity that reading the submission `id` back gave.
fn read_back(view: &RunView, test: &str, id: &str) -> String {
    use crate::acceptance::Route;
    let mut calls = view
        .exchanges(test)
        .filter(|call| call.route == Route::ReadMi);
    let found = calls.find_map(|call| call.mi.as_ref().filter(|mi| mi.id == id));
    found.map_or("not read".to_owned(), |mi| mi.quantity.to_string())
}
