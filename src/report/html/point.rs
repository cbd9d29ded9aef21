//! An acceptance point with its verdict, and the exchanges that prove it.

use maud::{Markup, html};

use crate::acceptance::PointResult;
use crate::report::text;

use super::additions;
use super::context::Context;
use super::say::{count, sentence, tag, tested};

/// Exchanges that a point names before it says how many more there are.
const MOST_LINKS: usize = 12;

/// The point as the sheet shows it.
pub(super) fn point(context: &Context, point: &PointResult) -> Markup {
    let judgement = &point.judgement;
    let verdict = judgement.verdict.as_str();
    let id = format!("p{}-{}", context.number, point.id);
    html! {
        section class=(format!("point point-{verdict}")) id=(id) data-verdict=(verdict) {
            h3 {
                span class="point-id" { (point.id) } " " (sentence(&point.text)) " " (tag(judgement.verdict))
            }
            dl class="judgement" {
                dt { "Expected" } dd { (said(&judgement.expected, "not said")) }
                dt { "Observed" } dd { (said(&judgement.observed, "nothing")) }
                dt { "Shown by" } dd { (proof(context, &judgement.seqs)) }
                dt { "Tested (UTC)" } dd { (tested(point.tested)) }
            }
            (additions::about(context.part.additions, &point.id))
        }
    }
}

fn said(text: &str, none: &str) -> String {
    let text = if text.is_empty() { none } else { text };
    sentence(text)
}

/// The exchanges behind the lines that prove a point: those on this page first.
fn proof(context: &Context, seqs: &[u64]) -> Markup {
    if seqs.is_empty() {
        return html! { "no journal lines" };
    }
    let record = context.part.record;
    let mut exchanges: Vec<u64> = seqs.iter().map(|seq| record.source(*seq)).collect();
    exchanges.sort_unstable();
    exchanges.dedup();
    let rows: Vec<_> = exchanges
        .iter()
        .filter_map(|seq| record.row(*seq))
        .collect();
    let (linked, others): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| context.is_shown(row.seq));
    let few = spread(&linked);
    let more = linked.len() - few.len() + others.len();
    html! {
        @if !few.is_empty() {
            ul class="links" { @for row in &few { li { (context.described(row)) } } }
        }
        @if more > 0 { p class="hint" { "and " (count(more, "more exchange")) } }
        p class="hint" { @if seqs.len() == 1 { "Journal line " } @else { "Journal lines " } (text::seqs(seqs)) }
    }
}

/// The first ones of each method, so that an update is not lost behind a hundred readings.
fn spread<'a>(rows: &[&'a crate::report::record::Row]) -> Vec<&'a crate::report::record::Row> {
    let mut chosen: Vec<&crate::report::record::Row> = Vec::new();
    let each = MOST_LINKS / 3;
    for row in rows {
        let alike = chosen.iter().filter(|known| known.kind == row.kind).count();
        if alike < each && chosen.len() < MOST_LINKS {
            chosen.push(row);
        }
    }
    chosen
}
