//! What a letter's PDF, or the service's own list, says is wrong with it.

use std::collections::{BTreeMap, BTreeSet};

use super::update::Updates;
use crate::acceptance::facts::PdfFact;
use crate::acceptance::finding::Finding;
use crate::acceptance::specifications;
use crate::acceptance::view::RunView;
use crate::model::{LetterFacts, PdfCheck, PdfOutcome};

/// More than five pages: a warning elsewhere, a trigger in AT12.
const MORE_THAN_FIVE_PAGES: &str = "PF-011";

/// A checked PDF of `letter`, in any test, with a defect for which a letter may be FAILED.
pub(super) fn failed_pdf<'a>(view: &'a RunView, letter: &str) -> Option<&'a PdfFact> {
    let long =
        |check: &PdfCheck| check.id == MORE_THAN_FIVE_PAGES && check.outcome == PdfOutcome::Warn;
    let defect = |check: &PdfCheck| check.outcome == PdfOutcome::Fail || long(check);
    pdfs(view, letter).find(|pdf| pdf.checks.iter().any(defect))
}

/// The letters whose reason names a check (`PF-…`) that their PDF passes.
pub(super) fn expect_true_reasons(view: &RunView, updates: &Updates, finding: &mut Finding) {
    let mut untrue = Vec::new();
    for &letter in updates.letters() {
        let asked = updates.asked(letter);
        let code = asked.and_then(|change| change.reason_code.as_deref());
        let passed =
            |check: &PdfCheck| Some(check.id.as_str()) == code && check.outcome == PdfOutcome::Pass;
        if let Some(pdf) = pdfs(view, letter).find(|pdf| pdf.checks.iter().any(passed)) {
            finding.proof([pdf.seq]);
            untrue.push(format!("{letter} ({})", code.unwrap_or_default()));
        }
    }
    finding.unmet_letters(&untrue, "whose reason names a check that their PDF passes");
}

/// The letters whose PDF this tool did not judge: they may have a defect that nobody saw. Those of
/// AT15 are told of there.
pub(super) fn warn_of_unjudged(view: &RunView, finding: &mut Finding) {
    let mut unjudged = BTreeMap::new();
    let elsewhere = |pdf: &&PdfFact| pdf.test.as_deref() != Some("AT15");
    for pdf in view.all_pdfs().iter().filter(elsewhere) {
        let outcome = |wanted| pdf.checks.iter().find(move |it| it.outcome == wanted);
        if let (None, Some(bound)) = (outcome(PdfOutcome::Fail), outcome(PdfOutcome::NotJudged)) {
            let told = format!("{} ({}: {})", pdf.letter, bound.id, bound.observed);
            unjudged.insert(pdf.letter.as_str(), (pdf.seq, told));
        }
    }
    let (seqs, told): (Vec<u64>, Vec<String>) = unjudged.into_values().unzip();
    finding.proof(seqs);
    finding.warning_letters(&told, "whose PDF this tool did not judge");
}

fn pdfs<'a>(view: &'a RunView, letter: &str) -> impl Iterator<Item = &'a PdfFact> {
    view.all_pdfs()
        .iter()
        .filter(move |pdf| pdf.letter == letter)
}

/// What the lists of a run say of letters, as far as it can make them invalid.
pub(super) struct Lists<'a> {
    view: &'a RunView,
    specifications: BTreeSet<&'a str>,
}

impl<'a> Lists<'a> {
    pub(super) fn of(view: &'a RunView) -> Self {
        // AT15 has seedings of its own, which are no part of the letters that were planned with.
        let planned = view
            .all_lists()
            .iter()
            .filter(|list| list.test.as_deref() != Some("AT15"));
        let listed: BTreeMap<&str, Option<&str>> = planned
            .flat_map(|list| &list.letters)
            .map(|letter| (letter.id.as_str(), letter.specification_id.as_deref()))
            .collect();
        let settings = view.settings().into_iter();
        let accessible = settings.flat_map(|settings| &settings.accessible_specifications);
        let accessible = accessible.map(String::as_str);
        Self {
            view,
            specifications: specifications::known(listed.into_values(), accessible),
        }
    }

    /// The event that shows `letter` invalid: a PDF with a defect, or a list that names no PDF,
    /// no group, or a specification that is none of the known ones.
    pub(super) fn invalid(&self, letter: &str) -> Option<u64> {
        let failed = |check: &PdfCheck| check.outcome == PdfOutcome::Fail;
        let pdf = pdfs(self.view, letter).find(|pdf| pdf.checks.iter().any(failed));
        let mut listings = self.view.listings(letter);
        let mut listed = || listings.find(|(_, facts)| self.is_invalid(facts));
        pdf.map(|pdf| pdf.seq)
            .or_else(|| listed().map(|(list, _)| list.seq))
    }

    fn is_invalid(&self, letter: &LetterFacts) -> bool {
        let specification = letter.specification_id.as_deref();
        !specification.is_some_and(|id| self.specifications.contains(id))
            || letter.group_id.is_none()
            || letter.sha256_hash.is_none()
    }
}
