//! What a letter's PDF, or the service's own list, says is wrong with it.

use crate::acceptance::facts::PdfFact;
use crate::acceptance::view::RunView;
use crate::model::{LetterFacts, PdfCheck, PdfOutcome};

/// More than five pages: a warning elsewhere, a trigger in AT12.
const MORE_THAN_FIVE_PAGES: &str = "PF-011";

/// Specifications that the public seeding script gives to letters with a PDF.
const SEEDED: [&str; 3] = [
    "integration-specification-english",
    "integration-specification-braille",
    "integration-specification-arabic",
];

/// A checked PDF of `letter`, in any test, with a defect for which a letter may be FAILED.
pub(super) fn failed_pdf<'a>(view: &'a RunView, letter: &str) -> Option<&'a PdfFact> {
    let long =
        |check: &PdfCheck| check.id == MORE_THAN_FIVE_PAGES && check.outcome == PdfOutcome::Warn;
    let defect = |check: &PdfCheck| check.outcome == PdfOutcome::Fail || long(check);
    let mut pdfs = view.all_pdfs().iter().filter(|pdf| pdf.letter == letter);
    pdfs.find(|pdf| pdf.checks.iter().any(defect))
}

/// The event that shows `letter` invalid: a PDF with a defect, or a list that names no PDF, no
/// group, or a specification that is none of the known ones.
pub(super) fn invalid(view: &RunView, letter: &str) -> Option<u64> {
    let failed = |check: &PdfCheck| check.outcome == PdfOutcome::Fail;
    let mut pdfs = view.all_pdfs().iter().filter(|pdf| pdf.letter == letter);
    let pdf = pdfs
        .find(|pdf| pdf.checks.iter().any(failed))
        .map(|pdf| pdf.seq);
    let mut listings = view.listings(letter);
    let listed = || {
        let invalid = listings.find(|(_, facts)| is_invalid(view, facts));
        invalid.map(|(list, _)| list.seq)
    };
    pdf.or_else(listed)
}

fn is_invalid(view: &RunView, letter: &LetterFacts) -> bool {
    let known = letter.specification_id.as_deref().is_some_and(|id| {
        let accessible = view
            .settings()
            .map(|settings| &settings.accessible_specifications);
        SEEDED.contains(&id) || accessible.is_some_and(|ids| ids.iter().any(|known| known == id))
    });
    !known || letter.group_id.is_none() || letter.sha256_hash.is_none()
}
