//! The download log of AT15: bucket by bucket, and a few downloads by name.

use maud::{Markup, html};

use crate::acceptance::{Pass, PdfFact, Route};
use crate::model::Timestamp;

use super::context::Context;
use super::performance::buckets;
use super::say::{cell, clock, grouped, scrolling, size};

/// The download log of a run, half second by half second, and its first and last PDFs by name.
pub(super) fn log(context: &Context, run: &Pass) -> Markup {
    let Some((first, bucket, count)) = buckets(run) else {
        return html! {};
    };
    let name = cell(run.name);
    let label = format!("Download log of {name}");
    let mut lines: Vec<(usize, u64)> = vec![(0, 0); count];
    let mut requests = vec![0_usize; count];
    let place = |at: i64| usize::try_from((at - first) / bucket).unwrap_or(0);
    for pdf in &run.pdfs {
        if let Some(line) = lines.get_mut(place(pdf.at.micros())) {
            line.0 += usize::from(pdf.sha256.is_some());
            line.1 = line.1.saturating_add(pdf.bytes);
        }
    }
    let api = run
        .exchanges
        .iter()
        .filter(|call| !matches!(call.route, Route::Other | Route::Token));
    for call in api {
        if let Some(sent) = requests.get_mut(place(call.sent.micros())) {
            *sent += 1;
        }
    }
    let mut sums = (0, 0);
    let rows = html! {
        table {
            caption class="visually-hidden" { (label) }
            thead { tr {
                th scope="col" { "From (UTC)" } th scope="col" class="number" { "Requests" }
                th scope="col" class="number" { "PDFs verified" } th scope="col" class="number" { "Bytes" }
                th scope="col" class="number" { "PDFs so far" } th scope="col" class="number" { "Bytes so far" }
            } }
            tbody { @for (at, (pdfs, bytes)) in lines.iter().enumerate() {
                @let so_far = add(&mut sums, *pdfs, *bytes);
                @let from = Timestamp::from_micros(first.saturating_add(bucket * at as i64));
                tr {
                    td { (clock(from)) }
                    td class="number" { (grouped(requests.get(at).copied().unwrap_or(0))) }
                    td class="number" { (grouped(*pdfs)) } td class="number" { (size(*bytes)) }
                    td class="number" { (grouped(so_far.0)) } td class="number" { (size(so_far.1)) }
                }
            } }
        }
    };
    html! {
        h4 { "Download log of " (name) }
        (scrolling(&label, &rows))
        (named(context, run, &name))
    }
}

fn add(sums: &mut (usize, u64), pdfs: usize, bytes: u64) -> (usize, u64) {
    sums.0 += pdfs;
    sums.1 = sums.1.saturating_add(bytes);
    *sums
}

/// The first and the last PDFs, and the largest: downloads.csv has each.
fn named(context: &Context, run: &Pass, name: &str) -> Markup {
    const SHOWN: usize = 3;
    let label = format!("First and last downloads of {name}");
    let end = run
        .pdfs
        .len()
        .saturating_sub(SHOWN)
        .max(SHOWN.min(run.pdfs.len()));
    let shown = run.pdfs.iter().take(SHOWN).chain(run.pdfs.iter().skip(end));
    let rows = html! {
        table class="rows" {
            caption class="visually-hidden" { (label) }
            thead { tr {
                th scope="col" { "Verified (UTC)" } th scope="col" { "Letter" }
                th scope="col" class="number" { "Bytes" } th scope="col" { "SHA-256" } th scope="col" { "As the service names it" }
                th scope="col" { "Line" }
            } }
            tbody { @for pdf in shown { tr {
                td { (clock(pdf.at)) } td { code { (cell(&pdf.letter)) } }
                td class="number" { (size(pdf.bytes)) }
                td class="hash" { (cell(pdf.sha256.as_deref().unwrap_or("none"))) }
                td { (as_named(pdf)) }
                td { (context.link(pdf.exchange)) }
            } } }
        }
    };
    html! {
        p class="hint" { "The first and the last of its downloads; downloads.csv holds all." }
        (scrolling(&label, &rows))
    }
}

fn as_named(pdf: &PdfFact) -> &'static str {
    match (&pdf.sha256, &pdf.expected_sha256) {
        (None, _) => "no PDF came",
        (Some(_), None) => "no hash named",
        (Some(came), Some(named)) if came == named => "yes",
        _ => "no",
    }
}
