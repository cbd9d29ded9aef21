//! What a check of a letter's PDF found.

use serde::{Deserialize, Serialize};

/// One check of one PDF.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PdfCheck {
    /// `PF-003`.
    pub id: String,
    /// What it found.
    pub outcome: PdfOutcome,
    /// What was seen.
    pub observed: String,
}

impl PdfCheck {
    /// True if it is worth a word, and a copy of the PDF: a defect, or a bound that was met.
    pub fn is_open(&self) -> bool {
        matches!(self.outcome, PdfOutcome::Fail | PdfOutcome::NotJudged)
    }
}

/// A PDF whose remaining checks were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompletedPdf {
    /// The `pdf.checked` that says which letter it is of and what came of its first checks.
    pub follows: u64,
    /// Microseconds that the remaining checks took.
    pub us: u64,
}

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PdfOutcome {
    /// Nothing.
    Pass,
    /// Something that does not stop the letter.
    Warn,
    /// A defect: the letter is rejected or failed.
    Fail,
    /// It could not run, because an earlier one failed or is not asked for.
    NotRun,
    /// The tool did not look to the end, because of a bound of its own: no defect of the letter,
    /// and never a reason for the API.
    NotJudged,
}
