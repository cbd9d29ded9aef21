//! The email that carries the digital proofs.

use std::fmt::Write as _;

use crate::mail::{Address, Attachment, Draft};
use crate::model::{Timestamp, count};

use super::{POSTAL_ADDRESS, Proof, Proofs};

/// The draft, with the PDFs and `sheets`, the cover sheets, attached. Its date is the run's.
pub fn draft(
    proofs: &Proofs,
    to: Address,
    contact: Option<&str>,
    names: &[String],
    sheets: &[u8],
) -> Draft {
    let started = &proofs.started;
    let banner = proofs.banner().map(|banner| format!("{banner}: "));
    let subject = format!(
        "{}{}: proofs of {}",
        banner.unwrap_or_default(),
        started.supplier,
        count(proofs.proofs.len(), "specification")
    );
    let draft = Draft::new(to, &subject, &text(proofs, contact, names), proofs.ended);
    let sheets = Attachment {
        name: "cover-sheets.html".to_owned(),
        content_type: "text/html".to_owned(),
        bytes: sheets.to_vec(),
    };
    let pdfs = proofs
        .proofs
        .iter()
        .zip(names)
        .map(|(proof, name)| Attachment {
            name: name.clone(),
            content_type: "application/pdf".to_owned(),
            bytes: proof.pdf.clone(),
        });
    pdfs.fold(draft.attach(sheets), Draft::attach)
}

fn text(proofs: &Proofs, contact: Option<&str>, names: &[String]) -> String {
    let started = &proofs.started;
    let mut text = String::new();
    if let Some(banner) = proofs.banner() {
        let _ = writeln!(
            text,
            "{banner}. These letters come from target {}.\n",
            started.target.name
        );
    }
    let _ = writeln!(
        text,
        "Dear NHS Notify supplier team,\n\nattached are digital proofs for specification proofing before we go live: {} with one letter each, as our run {} fetched them.\n",
        count(proofs.proofs.len(), "specification"),
        started.run_id
    );
    for (proof, name) in proofs.proofs.iter().zip(names) {
        let _ = writeln!(text, "{}", paragraph(proof, name));
    }
    let _ = write!(
        text,
        "Printed samples of the same letters go by post, each with its cover sheet, to:\n\n{}\n\nPlease tell us when the proofs are reviewed, and whether they are approved.\n\n{}\n",
        indented(&POSTAL_ADDRESS),
        contact.unwrap_or(&started.supplier)
    );
    text
}

fn paragraph(proof: &Proof, name: &str) -> String {
    let remarks = proof
        .checks
        .iter()
        .filter(|check| check.is_remark())
        .count();
    let checks = match remarks {
        0 => "no remarks".to_owned(),
        remarks => format!("{}, on its cover sheet", count(remarks, "remark")),
    };
    let sheets = proof.sheets().map_or_else(String::new, |sheets| {
        format!(" on {}", count(sheets as usize, "sheet"))
    });
    format!(
        "{}\n  letter   {}\n  fetched  {}\n  file     {name}\n  sha256   {}\n  pages    {}{sheets}, {}\n  checks   {checks}\n",
        proof.specification,
        proof.letter,
        day(proof.at),
        proof.sha256,
        proof.pages.len(),
        proof.page_sizes()
    )
}

/// The day, as 2026-11-22.
pub(super) fn day(at: Timestamp) -> String {
    at.date()
}

fn indented(lines: &[&str]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| format!("    {line}")).collect();
    lines.join("\n")
}
