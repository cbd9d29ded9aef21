//! What persons added to a sealed run: attachments, attestations, reviews, mitigations.

use maud::{Markup, html};

use crate::report::part::Addition;

use super::say::{cell, moment, sentence};

/// What was added about the test or point `about`; nothing if nothing was.
pub(super) fn about(additions: &[Addition], about: &str) -> Markup {
    let of_it: Vec<&Addition> = additions.iter().filter(|one| one.about == about).collect();
    if of_it.is_empty() {
        return html! {};
    }
    html! {
        div class="additions" {
            p { strong { "Statements of the supplier, added after the run was sealed" } }
            ul { @for addition in of_it { li { (one(addition)) } } }
        }
    }
}

fn one(addition: &Addition) -> Markup {
    html! {
        strong { (kind(&addition.kind)) @if let Some(decision) = &addition.decision { ": " (cell(decision)) } }
        @if let Some(by) = &addition.by { ", by " (cell(by)) }
        @if let Some(role) = &addition.role { " (" (cell(role)) ")" }
        ", " (moment(addition.at)) " UTC"
        @if let Some(note) = &addition.note { br; (sentence(note)) }
        @if let Some(file) = &addition.file {
            br; "File " code { (cell(file)) }
            @if let Some(hash) = &addition.sha256 { ", SHA-256 " span class="hash" { (cell(hash)) } }
        }
    }
}

fn kind(kind: &str) -> String {
    match kind {
        "attachment" => "Attachment".to_owned(),
        "attestation" => "Attestation".to_owned(),
        "review" => "Review".to_owned(),
        "mitigation" => "Agreed mitigation".to_owned(),
        other => cell(other),
    }
}
