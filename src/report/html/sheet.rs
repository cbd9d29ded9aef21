//! The sheet of an acceptance test: purpose, points, what the pack asks to see, exchanges.

use maud::{Markup, html};

use crate::acceptance::signoff::gravest;
use crate::acceptance::{PdfFact, PointResult};
use crate::model::{Level, Verdict};
use crate::report::outcome::called_at;

use super::context::Context;
use super::exchanges::{self, Group};
use super::letters;
use super::say::{cell, count, sentence, span, tag};
use super::{additions, lists, mi, pdf, performance, point, purpose, settle};

/// An acceptance test of one run.
pub(super) struct Sheet<'a> {
    pub context: &'a Context<'a>,
    pub points: Vec<&'a PointResult>,
    pub groups: &'a [Group<'a>],
}

impl Sheet<'_> {
    /// The gravest verdict of its points.
    pub fn verdict(&self) -> Verdict {
        gravest(self.points.iter().map(|point| point.judgement.verdict))
    }

    /// `AT4`.
    pub fn test(&self) -> &str {
        self.points.first().map_or("", |point| &point.test)
    }

    /// `Accept a list of letters`.
    pub fn title(&self) -> &str {
        self.points.first().map_or("", |point| &point.title)
    }

    /// How much it weighs.
    pub fn level(&self) -> Level {
        self.points
            .first()
            .map_or(Level::Mandatory, |point| point.level)
    }

    /// The sheet; for a picture the long tables are left out.
    pub fn shown(&self, for_picture: bool) -> Markup {
        let (context, test) = (self.context, self.test());
        let changes = letters::of(context, test);
        let pdfs: Vec<&PdfFact> = context.part.view.pdfs(test).collect();
        html! {
            section class="sheet" id=(test) aria-labelledby=(format!("{test}-title"))
                data-sheet=(test) data-verdict=(self.verdict().as_str()) {
                (self.simulated())
                (self.head())
                @for point in &self.points { (point::point(context, point)) }
                (additions::about(context.part.additions, test))
                (self.notes())
                (performance::performance(context, test))
                (lists::lists(context, test))
                @if test != "AT15" { (letters::letters(context, test, &changes, for_picture)) }
                @if test != "AT15" { (settle::settle(context, test, &changes)) }
                (pdf::checks(context, test, &self.pdfs(pdfs)))
                (mi::submissions(context, test))
                (exchanges::shown(context, test, self.groups, for_picture))
                p class="up" { a href="#contents" { "Back to contents" } }
            }
        }
    }

    fn simulated(&self) -> Markup {
        html! {
            @if self.context.part.is_simulated() {
                p class="simulated" { "SIMULATOR, NOT EVIDENCE" }
            }
        }
    }

    fn head(&self) -> Markup {
        let test = self.test();
        let told = purpose::of(test);
        let waited = self.context.part.record.waited(test);
        html! {
            h2 id=(format!("{test}-title")) { (test) " " (sentence(self.title())) " " (tag(self.verdict())) }
            @if let Some(told) = told { p class="lede" { (told.purpose) } }
            dl class="facts" {
                div { dt { "Level" } dd { (self.level().as_str()) } }
                @if let Some(told) = purpose::of(test) {
                    div { dt { "The pack asks to see" } dd { (told.evidence) } }
                }
                div { dt { "Run" } dd { (cell(&self.context.part.result.started.run_id)) } }
                div { dt { "Called" } dd { (cell(&called_at(self.context.part.result))) } }
                @if waited > 0 { div { dt { "Waited for leases" } dd { (span(waited.saturating_mul(1_000))) } } }
            }
        }
    }

    /// PDFs that were checked in the test; AT12 and AT13 decide on those of the planning too.
    fn pdfs<'b>(&'b self, own: Vec<&'b PdfFact>) -> Vec<&'b PdfFact> {
        if !matches!(self.test(), "AT12" | "AT13") {
            return own;
        }
        let view = self.context.part.view;
        let (targets, _) = view.targets(self.test());
        let all = view.all_pdfs().iter();
        all.filter(|pdf| targets.contains(&pdf.letter.as_str()))
            .collect()
    }

    fn notes(&self) -> Markup {
        let notes: Vec<&str> = self.context.part.record.notes(Some(self.test())).collect();
        html! {
            @if !notes.is_empty() {
                section class="block" {
                    h3 { "Notes" }
                    ul { @for note in notes { li { (sentence(note)) } } }
                }
            }
        }
    }
}

/// What was sent outside of any test: the planning's look at candidates.
pub(super) fn outside(context: &Context, groups: &[Group], for_picture: bool) -> Markup {
    if groups.is_empty() {
        return html! {};
    }
    let id = format!("planning-{}", context.number);
    let pdfs: Vec<&PdfFact> = context
        .part
        .view
        .all_pdfs()
        .iter()
        .filter(|pdf| pdf.test.is_none())
        .collect();
    html! {
        section class="sheet" id=(id) aria-labelledby=(format!("{id}-title")) data-sheet="" {
            @if context.part.is_simulated() { p class="simulated" { "SIMULATOR, NOT EVIDENCE" } }
            h2 id=(format!("{id}-title")) { "Planning" }
            p { "What was asked outside of any test: letters that AT12 and AT13 may need are looked at before "
                "the first update. " (count(pdfs.len(), "PDF")) " checked." }
            (pdf::checks(context, "planning", &pdfs))
            (exchanges::shown(context, "planning", groups, for_picture))
        }
    }
}
