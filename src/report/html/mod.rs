//! `report.html`: what a reviewer opens, one file without network.
//!
//! The same evidence gives the same bytes: every date comes from the journal. Of a full run's
//! 20,000 exchanges the page shows those that a reviewer looks for and counts the others, so that
//! it stays small enough to open at once.

mod additions;
mod body;
mod card;
mod chart;
mod context;
mod cover;
mod downloads;
mod exchanges;
mod letters;
mod lists;
mod mi;
mod observations;
mod page;
mod pdf;
mod performance;
mod point;
mod purpose;
mod say;
mod settle;
mod sheet;

use maud::{Markup, PreEscaped, html};

use crate::acceptance::{CATALOGUE, PointResult};

use super::outcome::driven_sentence;
use super::part::{Dossier, Part};
use context::Context;
use exchanges::{Group, groups};
use page::{Page, document};
use sheet::Sheet;

/// The report of `dossier`: cover, a sheet for each acceptance test, observations.
pub fn html(dossier: &Dossier) -> String {
    let runs = contexts(dossier, None);
    let contexts: Vec<&Context> = runs.iter().map(|(context, _)| context).collect();
    let sheets = sheets(&runs);
    let content = html! {
        (cover::cover(dossier, &contexts, &sheets))
        @for sheet in &sheets { (line_end()) (sheet.shown(false)) }
        @for (context, groups) in &runs { (line_end()) (sheet::outside(context, of(groups, None), false)) }
        (line_end())
        (observations::section(&contexts.iter().map(|context| (*context, observed(context))).collect::<Vec<_>>()))
    };
    document(&page(dossier, "", true), &content)
}

/// The sheet of `test` alone, as a picture shows it: without search and without long tables.
/// `None` if no run of `dossier` shows the test.
pub fn sheet_html(dossier: &Dossier, test: &str) -> Option<String> {
    let runs = contexts(dossier, Some(test));
    let sheets = sheets(&runs);
    let sheet = sheets.iter().find(|sheet| sheet.test() == test)?;
    let content = sheet.shown(true);
    Some(document(
        &page(dossier, &format!("{test}: "), false),
        &content,
    ))
}

/// The acceptance tests that `dossier` has a sheet for, in the pack's order.
pub fn sheet_tests(dossier: &Dossier) -> Vec<&'static str> {
    let shown = |test: &&str| {
        let mut parts = dossier.parts.iter();
        parts.any(|part| !points_of(part, test).is_empty())
    };
    let tests = CATALOGUE.iter().map(|test| test.id);
    tests.filter(shown).collect()
}

type Run<'a> = (Context<'a>, Vec<(Option<&'static str>, Vec<Group<'a>>)>);

/// Every run with its exchanges by test; with `only`, those of that test alone.
fn contexts<'a>(dossier: &Dossier<'a>, only: Option<&str>) -> Vec<Run<'a>> {
    let parts = dossier.parts.iter().enumerate();
    parts
        .map(|(place, part)| {
            let mut context = Context::new(place + 1, part, dossier.rules);
            let mut found = vec![(None, groups(&mut context, None))];
            let wanted = |test: &str| only.is_none_or(|only| only == test) && part.shows(test);
            for test in CATALOGUE.iter().filter(|test| wanted(test.id)) {
                found.push((Some(test.id), groups(&mut context, Some(test.id))));
            }
            (context, found)
        })
        .collect()
}

fn of<'b, 'a>(groups: &'b [(Option<&str>, Vec<Group<'a>>)], test: Option<&str>) -> &'b [Group<'a>] {
    let found = groups.iter().find(|(known, _)| *known == test);
    found.map_or(&[], |(_, groups)| groups)
}

fn points_of<'a>(part: &Part<'a>, test: &str) -> Vec<&'a PointResult> {
    let points = part.result.points.iter();
    let of_test = points.filter(|point| point.test == test && part.shows(test));
    of_test.collect()
}

fn sheets<'b>(runs: &'b [Run<'b>]) -> Vec<Sheet<'b>> {
    let tests = CATALOGUE.iter().filter_map(|test| {
        let mut sheets = runs.iter().map(|(context, groups)| Sheet {
            context,
            points: points_of(context.part, test.id),
            groups: of(groups, Some(test.id)),
        });
        // A test is shown once, of the first run that shows it.
        sheets.find(|sheet| !sheet.points.is_empty())
    });
    tests.collect()
}

fn observed(context: &Context) -> Vec<observations::Observation> {
    let tests = CATALOGUE.iter().filter(|test| context.part.shows(test.id));
    let changes: Vec<_> = tests
        .filter(|test| test.id != "AT15")
        .flat_map(|test| letters::of(context, test.id))
        .collect();
    observations::of_run(context, &changes)
}

fn page(dossier: &Dossier, about: &str, finder: bool) -> Page {
    let first = dossier.parts.first();
    let driven = first.map_or(String::new(), |part| driven_sentence(part.result));
    let supplier = first.map_or("", |part| &part.result.started.supplier);
    Page {
        title: format!(
            "{about}{} acceptance test report: {}",
            say::cell(supplier),
            say::cell(&driven)
        ),
        simulated: dossier.parts.iter().any(Part::is_simulated),
        called: cover::called(dossier),
        first_line: cover::first_line(dossier),
        finder,
    }
}

fn line_end() -> Markup {
    PreEscaped("\n".to_owned())
}

#[cfg(test)]
mod tests;
