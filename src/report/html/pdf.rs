//! What the checks of the PDFs found.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::acceptance::PdfFact;
use crate::model::{PdfCheck, PdfOutcome};

use super::context::Context;
use super::say::{cell, count, grouped, scrolling, size};

/// PDFs with a finding beyond this many are counted, not named.
const MOST: usize = 40;

/// The checks of `pdfs`; `test` tells whose they are. Nothing if none was checked.
pub(super) fn checks(context: &Context, test: &str, pdfs: &[&PdfFact]) -> Markup {
    if pdfs.is_empty() {
        return html! {};
    }
    let bytes = pdfs.iter().map(|pdf| pdf.bytes);
    let bytes = bytes.fold(0, u64::saturating_add);
    let id = format!("pdfs-{}-{test}", context.number);
    html! {
        section class="block" {
            h3 id=(id) { "PDF checks" }
            p { (count(pdfs.len(), "PDF")) " asked for and checked, " (size(bytes)) "." }
            (tally(context, pdfs))
            (findings(context, pdfs))
        }
    }
}

fn tally(context: &Context, pdfs: &[&PdfFact]) -> Markup {
    let mut counts: BTreeMap<&str, [usize; 5]> = BTreeMap::new();
    for check in pdfs.iter().flat_map(|pdf| &pdf.checks) {
        counts.entry(&check.id).or_default()[place(check.outcome)] += 1;
    }
    let rows = html! {
        table {
            caption class="visually-hidden" { "Checks and how they came out" }
            thead { tr {
                th scope="col" { "Check" } th scope="col" { "What must hold" }
                th scope="col" class="number" { "Holds" } th scope="col" class="number" { "Warning" }
                th scope="col" class="number" { "Broken" } th scope="col" class="number" { "Not run" }
                th scope="col" class="number" { "Not judged" }
            } }
            tbody { @for (id, counts) in &counts { tr {
                th scope="row" { (cell(id)) }
                td { ((context.rules)(id).unwrap_or("a check of another version of the tool")) }
                @for count in counts { td class="number" { (grouped(*count)) } }
            } } }
        }
    };
    scrolling("Checks and how they came out", &rows)
}

const fn place(outcome: PdfOutcome) -> usize {
    match outcome {
        PdfOutcome::Pass => 0,
        PdfOutcome::Warn => 1,
        PdfOutcome::Fail => 2,
        PdfOutcome::NotRun => 3,
        PdfOutcome::NotJudged => 4,
    }
}

fn findings(context: &Context, pdfs: &[&PdfFact]) -> Markup {
    let open = |pdf: &&&PdfFact| pdf.checks.iter().any(PdfCheck::is_open);
    let found: Vec<&&PdfFact> = pdfs.iter().filter(open).collect();
    if found.is_empty() {
        return html! { p { "No PDF has a defect." } };
    }
    let whole = |check: &PdfCheck| check.outcome != PdfOutcome::NotJudged;
    let all_judged = found.iter().all(|pdf| pdf.checks.iter().all(whole));
    let title = match all_judged {
        true => "PDFs with a defect",
        false => "PDFs with a defect, or not judged",
    };
    let rows = html! {
        table class="rows" {
            caption class="visually-hidden" { (title) }
            thead { tr {
                th scope="col" { "Letter" } th scope="col" { "Broken" }
                th scope="col" { "Hash that came, hash that the service names" } th scope="col" { "Line" }
            } }
            tbody { @for pdf in found.iter().take(MOST) { (finding(context, pdf)) } }
        }
    };
    html! {
        h4 { (title) }
        (scrolling(title, &rows))
        @if found.len() > MOST { p class="hint" { "… and " (grouped(found.len() - MOST)) " more, in downloads.csv." } }
    }
}

fn finding(context: &Context, pdf: &PdfFact) -> Markup {
    let open = pdf.checks.iter().filter(|check| check.is_open());
    let said = |check: &PdfCheck| match check.outcome {
        PdfOutcome::NotJudged => " not judged: ",
        _ => ": ",
    };
    html! {
        tr {
            td { code { (cell(&pdf.letter)) } }
            td { @for check in open { (cell(&check.id)) (said(check)) (cell(&check.observed)) br; } }
            td class="hash" {
                (cell(pdf.sha256.as_deref().unwrap_or("none"))) br;
                (cell(pdf.expected_sha256.as_deref().unwrap_or("none")))
            }
            td { (context.link(pdf.exchange)) }
        }
    }
}
