//! The cover: who was driven, what it came to, where it comes from.

use maud::{Markup, html};

use crate::acceptance::PointResult;
use crate::model::{Span, Verdict};
use crate::report::outcome::{Outcome, called_at, driven_sentence, word};
use crate::report::part::{Dossier, Part};

use super::context::Context;
use super::say::{cell, count, grouped, sentence, spoken, tag, tested};
use super::sheet::Sheet;

/// The very first line: who acted.
pub(super) fn first_line(dossier: &Dossier) -> Markup {
    let mut said: Vec<String> = dossier
        .parts
        .iter()
        .map(|part| driven_sentence(part.result))
        .collect();
    said.dedup();
    html! { p class="driven" { @for one in &said { (capital(&sentence(one))) ". " } } }
}

/// Where the runs' requests went.
pub(super) fn called(dossier: &Dossier) -> String {
    distinct(dossier, |part| called_at(part.result)).join(", ")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}

/// Title, result, facts, sign-off table, notes.
pub(super) fn cover(dossier: &Dossier, contexts: &[&Context], sheets: &[Sheet]) -> Markup {
    let points: Vec<&PointResult> = sheets
        .iter()
        .flat_map(|sheet| sheet.points.iter().copied())
        .collect();
    let finished = dossier.parts.iter().all(|part| part.result.finished);
    let outcome = Outcome::of_points(points.iter().copied(), finished);
    let suppliers = distinct(dossier, |part| part.result.started.supplier.clone());
    html! {
        section class="cover" aria-labelledby="title" {
            h1 id="title" {
                "NHS Notify Supplier API: acceptance test report"
                span class="subtitle" { (suppliers.join(", ")) }
            }
            div class=(format!("result result-{}", outcome.code)) {
                p class="result-word" { "Overall result: " (outcome.word) }
                p { (capital(outcome.meaning)) ". " (counts(&points)) "." }
            }
            (facts(dossier))
            (runs(dossier))
            (sign_off(sheets))
            (mitigations(dossier))
            (how_to_read())
            (notes(contexts))
        }
    }
}

fn distinct(dossier: &Dossier, fact: impl Fn(&Part) -> String) -> Vec<String> {
    let mut facts: Vec<String> = Vec::new();
    for part in dossier.parts {
        let fact = sentence(&fact(part));
        if !facts.contains(&fact) {
            facts.push(fact);
        }
    }
    facts
}

fn counts(points: &[&PointResult]) -> String {
    let count = |verdict| {
        let of_it = points
            .iter()
            .filter(|point| point.judgement.verdict == verdict);
        of_it.count()
    };
    let said = Verdict::ALL.into_iter().filter_map(|verdict| {
        let count = count(verdict);
        (count > 0).then(|| format!("{} {}", grouped(count), word(verdict)))
    });
    format!(
        "{}: {}",
        self::count(points.len(), "acceptance point"),
        said.collect::<Vec<_>>().join(", ")
    )
}

fn facts(dossier: &Dossier) -> Markup {
    let system = distinct(dossier, |part| {
        part.result
            .started
            .system
            .clone()
            .unwrap_or_else(|| "not named".to_owned())
    });
    let window = distinct(dossier, |part| match part.result.started.settings.window {
        Some(window) => format!("test window {window}"),
        None => "not stated".to_owned(),
    });
    let place = distinct(dossier, |part| {
        let target = &part.result.started.target;
        format!(
            "{} (kind {}), {}",
            target.name, target.kind, target.base_url
        )
    });
    let called = distinct(dossier, |part| called_at(part.result));
    let named = distinct(dossier, |part| {
        match part.result.started.target.hosts.as_slice() {
            [] => "none".to_owned(),
            hosts => hosts.join(", "),
        }
    });
    let tool = distinct(dossier, |part| {
        let tool = &part.result.started.tool;
        format!("{} {}", tool.name, tool.version)
    });
    let rows = [
        (
            "Supplier",
            distinct(dossier, |part| part.result.started.supplier.clone()),
        ),
        ("System", system),
        (
            "Who was driven",
            distinct(dossier, |part| driven_sentence(part.result)),
        ),
        ("Environment", place),
        ("Called", called),
        ("Undocumented hosts that the configuration names", named),
        ("Window", window),
        ("Tool", tool),
        (
            "Acceptance pack",
            distinct(dossier, |part| {
                format!("revision {}", part.result.started.pack_revision)
            }),
        ),
    ];
    html! {
        dl class="summary-list" {
            @for (name, values) in rows {
                div { dt { (name) } dd { @for (place, value) in values.iter().enumerate() {
                    @if place > 0 { br; } (value)
                } } }
            }
        }
    }
}

fn runs(dossier: &Dossier) -> Markup {
    html! {
        h2 id="runs" { @if dossier.parts.len() == 1 { "The run" } @else { "The runs" } }
        @for part in dossier.parts {
            @let result = part.result;
            dl class="summary-list" {
                div { dt { "Run id" } dd { code { (cell(&result.started.run_id)) } } }
                div { dt { "Began" } dd { (spoken(result.started_at)) } }
                div { dt { "Ended" } dd { (spoken(result.ended_at))
                    @if !result.finished { " " strong { "(the run did not come to its end)" } } } }
                div { dt { "Journal" } dd { (count(result.events as usize, "line")) ", "
                    (count(result.exchanges as usize, "exchange")) } }
                div { dt { "Chain head" } dd { code class="hash" { (cell(&result.head)) } } }
                @if let Some(tests) = part.tests { div { dt { "Tests taken from it" } dd { (cell(&tests.join(", "))) } } }
            }
        }
        p class="hint" {
            "The chain head is the hash of the journal's last line. Compare it with the one in the email: "
            code { "letterproof verify evidence/RUN --head HASH" } " holds the evidence against it, and "
            "computes every verdict again. It finds whatever was changed, and whatever contradicts something else "
            "in the evidence. It cannot find out that a run was made against a stand-in with invented answers, nor "
            "when and by whom: for that ask for the key's fingerprint, or look for the request ids in the logs of "
            "the service."
        }
    }
}

fn sign_off(sheets: &[Sheet]) -> Markup {
    let rows = html! {
        table class="sign-off" {
            caption class="visually-hidden" { "Sign-off by acceptance test" }
            thead { tr {
                th scope="col" { "Test" } th scope="col" { "Level" } th scope="col" { "Verdict" }
                th scope="col" { "Points" } th scope="col" { "Tested (UTC)" }
            } }
            tbody { @for sheet in sheets { tr data-row=(sheet.test()) {
                th scope="row" { a href=(format!("#{}", sheet.test())) { (sheet.test()) " " (sentence(sheet.title())) } }
                td { (sheet.level().as_str()) }
                td { (tag(sheet.verdict())) }
                td { @for point in &sheet.points { (mini(sheet, point)) " " } }
                td { (tested(sheet.points.iter().filter_map(|point| point.tested).reduce(Span::with))) }
            } } }
        }
    };
    html! {
        h2 id="contents" { "Sign-off" }
        (super::say::scrolling("Sign-off by acceptance test", &rows))
        p { a href="#observations" { "Observations for NHS Notify" } }
    }
}

fn mini(sheet: &Sheet, point: &PointResult) -> Markup {
    let verdict = point.judgement.verdict;
    let number = point.id.split('.').next_back().unwrap_or(&point.id);
    html! {
        a class=(format!("mini tag-{}", verdict.as_str()))
            href=(format!("#p{}-{}", sheet.context.number, point.id))
            aria-label=(format!("{} {}", point.id, word(verdict))) {
            "." (number) " " (crate::report::outcome::sign(verdict))
        }
    }
}

fn mitigations(dossier: &Dossier) -> Markup {
    let added: Vec<_> = dossier
        .parts
        .iter()
        .flat_map(|part| part.additions)
        .collect();
    html! {
        @if !added.is_empty() {
            p { (count(added.len(), "statement")) " of the supplier, added after the seal: attachments, attestations, "
                "reviews and mitigations stand on the sheets they are about. No journal proves them." }
        }
    }
}

fn how_to_read() -> Markup {
    html! {
        h2 { "How to read this" }
        ul {
            li { "Each acceptance test has a sheet: its points with what was expected and observed, the samples and "
                "counts that the pack asks for, and the requests and responses as they were recorded." }
            li { "A " strong { "warning" } " is a pass with something that a reviewer should know. "
                strong { "Fail" } " means that the evidence shows the point unmet, whoever caused it; "
                strong { "error" } " that no answer allowed a judgement." }
            li { "Numbers such as “line 13646” are lines of the run's journal, which is hash-chained: nothing in it "
                "can change without changing the chain head." }
            li { "Secrets were taken out before anything was stored; in their place stands "
                mark class="redacted" { "‹redacted:NAME:first 8 of its hash›" } "." }
            li { "All times are UTC and come from the journal. This page loads nothing from the network." }
        }
    }
}

fn notes(contexts: &[&Context]) -> Markup {
    let notes: Vec<&str> = contexts
        .iter()
        .flat_map(|context| context.part.record.notes(None))
        .collect();
    html! {
        @if !notes.is_empty() {
            h2 { "Notes of the run" }
            ul { @for note in notes { li { (sentence(note)) } } }
        }
    }
}
