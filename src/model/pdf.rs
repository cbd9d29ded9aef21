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
}
