//! The exchanges of an acceptance test: cards for those that count as screenshots, rows for the
//! others, numbers for the downloads of AT15.

use std::collections::{BTreeMap, HashSet};

use maud::{Markup, html};

use crate::model::Timestamp;
use crate::report::kept::Kept;
use crate::report::record::{Kind, Row};
use crate::report::text;

use super::card::card;
use super::context::Context;
use super::say::{cell, clock, count, grouped, scrolling, span};

/// Downloads beyond this many are counted, not listed: `downloads.csv` and the HAR hold all.
const MOST_DOWNLOADS: usize = 200;

/// Rows of one group beyond this many are left out, the first and the last of them kept.
const MOST_ROWS: usize = 1_200;

/// Exchanges of one kind.
pub(super) struct Group<'a> {
    pub kind: Kind,
    kept: &'a Kept,
    rows: Vec<Merged<'a>>,
    /// Exchanges that are neither card nor row.
    counted: usize,
    left_out: usize,
}

/// Exchanges that asked the same of the same letter and were answered alike: one row.
struct Merged<'a> {
    first: &'a Row,
    seqs: Vec<u64>,
    last_sent: Timestamp,
    slowest_us: u64,
    request_ids: Vec<&'a str>,
}

/// The exchanges of `test` by kind; tells `context` where each is shown.
pub(super) fn groups<'a>(context: &mut Context<'a>, test: Option<&'a str>) -> Vec<Group<'a>> {
    let record = context.part.record;
    let kinds = record.kept(test).map(|(kind, kept)| Group {
        kind,
        kept,
        rows: Vec::new(),
        counted: 0,
        left_out: 0,
    });
    let mut groups: Vec<Group> = kinds.collect();
    for group in &mut groups {
        let kind = group.kind;
        let of_kind = record.rows(test).filter(|row| row.kind == kind);
        group.fill(of_kind, context);
    }
    groups
}

impl<'a> Group<'a> {
    fn fill(&mut self, rows: impl Iterator<Item = &'a Row>, context: &mut Context<'a>) {
        let cards: HashSet<u64> = self.kept.chosen().iter().map(|(seq, ..)| *seq).collect();
        for seq in &cards {
            context.place(*seq, *seq);
        }
        let download = matches!(self.kind, Kind::Data | Kind::Other | Kind::Error);
        if download && self.kept.count() > MOST_DOWNLOADS {
            self.counted = self.kept.count() - cards.len();
            return;
        }
        self.rows = merged(rows.filter(|row| !cards.contains(&row.seq)));
        if self.rows.len() > MOST_ROWS {
            self.left_out = self.rows.len() - MOST_ROWS;
            let half = MOST_ROWS / 2;
            self.rows.drain(half..half + self.left_out);
        }
        for row in &self.rows {
            for seq in &row.seqs {
                context.place(*seq, row.first.seq);
            }
        }
    }
}

fn merged<'a>(rows: impl Iterator<Item = &'a Row>) -> Vec<Merged<'a>> {
    let mut places: BTreeMap<(&str, &str, Option<u16>), usize> = BTreeMap::new();
    let mut merged: Vec<Merged> = Vec::new();
    for row in rows {
        let place = *places
            .entry((&row.method, &row.path, row.status))
            .or_insert(merged.len());
        if place == merged.len() {
            merged.push(Merged::of(row));
        } else if let Some(known) = merged.get_mut(place) {
            known.add(row);
        }
    }
    merged
}

impl<'a> Merged<'a> {
    fn of(row: &'a Row) -> Self {
        Self {
            first: row,
            seqs: vec![row.seq],
            last_sent: row.sent,
            slowest_us: row.done_us,
            request_ids: row.request_id.as_deref().into_iter().collect(),
        }
    }

    fn add(&mut self, row: &'a Row) {
        self.seqs.push(row.seq);
        self.last_sent = row.sent;
        self.slowest_us = self.slowest_us.max(row.done_us);
        self.request_ids.extend(row.request_id.as_deref());
    }
}

/// The groups as the sheet shows them.
pub(super) fn shown(context: &Context, test: &str, groups: &[Group], for_picture: bool) -> Markup {
    let total: usize = groups.iter().map(|group| group.kept.count()).sum();
    html! {
        section class="block" {
            h3 id=(format!("exchanges-{}-{test}", context.number)) { "Requests and responses" }
            @if total == 0 {
                p { "Nothing was sent in this test." }
            } @else {
                p class="hint" {
                    (count(total, "exchange")) ". Of a large group the first, the last and the slowest "
                    "three are shown whole; the others stand in the tables below. "
                    "exchanges.har has all of them; every header and body stands in the run's folder."
                }
                @for group in groups { (one(context, group, for_picture)) }
            }
        }
    }
}

fn one(context: &Context, group: &Group, for_picture: bool) -> Markup {
    let chosen = group.kept.chosen();
    let last = chosen.len().saturating_sub(1);
    let is_main = |place: usize| place == 0 || (place == last && group.kind.makes_the_test());
    let others = (0..chosen.len()).filter(|place| !is_main(*place)).count();
    html! {
        h4 { (group.kind.title()) " " span class="count" { "(" (grouped(group.kept.count())) ")" } }
        @for (place, (seq, exchange, why)) in chosen.iter().enumerate() {
            @if is_main(place) {
                (card(context, *seq, exchange, *why))
            } @else if !for_picture {
                div class="on-screen" { (card(context, *seq, exchange, *why)) }
            }
        }
        @if for_picture && others > 0 {
            p class="hint" { "report.html shows " (grouped(others)) " more of these whole." }
        }
        @if !for_picture && (others > 0 || !group.rows.is_empty()) { (on_paper(group, others)) }
        @if !for_picture && group.counted > 0 {
            p class="hint" {
                (grouped(group.counted)) " more, counted in the tables and charts above; "
                "downloads.csv and exchanges.har name each."
            }
        }
        @if !for_picture && !group.rows.is_empty() { (table(context, group)) }
    }
}

/// Paper shows what a picture does: the first of each kind, and the last of those that make the
/// test.
fn on_paper(group: &Group, cards: usize) -> Markup {
    let rows: usize = group.rows.iter().map(|row| row.seqs.len()).sum();
    html! {
        p class="paper hint" { (count(cards + rows, "more exchange")) " of this kind left out on paper; see report.html." }
    }
}

fn table(context: &Context, group: &Group) -> Markup {
    let others: usize = group.rows.iter().map(|row| row.seqs.len()).sum();
    let label = format!("{}: the other exchanges", group.kind.title());
    let rows = html! {
        table class="rows" {
            caption class="visually-hidden" { (label) }
            thead { tr {
                th scope="col" { "Lines" } th scope="col" { "Letter or path" }
                th scope="col" { "Status" } th scope="col" class="number" { "Times" }
                th scope="col" { "Sent (UTC), first and last" }
                th scope="col" class="number" { "Slowest" } th scope="col" { "Request id" }
            } }
            tbody { @for row in &group.rows { (line(context, row)) } }
        }
    };
    html! {
        details class="others" {
            summary { "The other " (count(others, "exchange")) ", one row a letter and answer" }
            (scrolling(&label, &rows))
            @if group.left_out > 0 {
                p class="hint" { "… and " (count(group.left_out, "more row")) " between them, in exchanges.har." }
            }
        }
    }
}

fn line(context: &Context, row: &Merged) -> Markup {
    let first = row.first;
    let what = first.letter.as_deref().unwrap_or(&first.path);
    let (shown, more) = match row.request_ids.as_slice() {
        [] => ("", 0),
        [one, rest @ ..] => (*one, rest.len()),
    };
    let others = row.request_ids.iter().skip(1).take(60);
    let others: Vec<&str> = others.copied().collect();
    html! {
        tr id=(context.id(first.seq)) data-find=[(!others.is_empty()).then(|| others.join(" "))] {
            td { (text::seqs(&row.seqs)) }
            td { code { (cell(what)) } }
            td {
                @match first.status { Some(status) => (status), None => "none" }
                @if let Some(error) = &first.error { " " (cell(error)) }
            }
            td class="number" { (grouped(row.seqs.len())) }
            td { (clock(first.sent)) @if row.seqs.len() > 1 { " – " (clock(row.last_sent)) } }
            td class="number" { (span(row.slowest_us)) }
            td { code { (cell(shown)) } @if more > 0 { " + " (grouped(more)) } }
        }
    }
}
