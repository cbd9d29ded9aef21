//! What a report is made of.

use crate::acceptance::{RunResult, RunView};
use crate::model::{Body, Timestamp};

use super::outcome::is_simulated;
use super::record::Record;

/// Reads a body that does not stand in the journal: `None` if it was not kept, a sentence if it
/// cannot be read or is not what its hash says.
pub type Bodies<'a> = dyn Fn(&Body) -> Result<Option<Vec<u8>>, String> + 'a;

/// What a check of a PDF demands, by its id (`PF-003`).
pub type Rules = dyn Fn(&str) -> Option<&'static str>;

/// One run, as a report shows it.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    /// What it came to.
    pub result: &'a RunResult,
    /// Its facts.
    pub view: &'a RunView,
    /// Its exchanges.
    pub record: &'a Record,
    /// The bodies that lie beside its journal.
    pub bodies: &'a Bodies<'a>,
    /// What persons added after the seal.
    pub additions: &'a [Addition],
    /// The acceptance tests that are shown of this run; all that were in scope if absent. A pack
    /// takes each test from the run that counts.
    pub tests: Option<&'a [String]>,
}

impl Part<'_> {
    /// True if the report shows `test` of this run.
    pub(super) fn shows(&self, test: &str) -> bool {
        self.tests
            .is_none_or(|tests| tests.iter().any(|shown| shown == test))
    }

    /// True if nothing of this run proves anything: it never met the real service.
    pub(super) fn is_simulated(&self) -> bool {
        is_simulated(self.result)
    }
}

/// One or more runs, as one report.
#[derive(Clone, Copy)]
pub struct Dossier<'a> {
    /// The runs, in the order in which the cover names them.
    pub parts: &'a [Part<'a>],
    /// What the checks of the PDFs demand.
    pub rules: &'a Rules,
}

/// Something that a person added to a sealed run (`review.jsonl`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addition {
    /// `attachment`, `attestation`, `review` or `mitigation`.
    pub kind: String,
    /// The acceptance test or point that it is about, such as `AT5` or `AT7.2`.
    pub about: String,
    /// When it was added.
    pub at: Timestamp,
    /// Who added it, or with whom it was agreed.
    pub by: Option<String>,
    /// In which role.
    pub role: Option<String>,
    /// `accepted` or `rejected`, of a review.
    pub decision: Option<String>,
    /// What was said.
    pub note: Option<String>,
    /// The file's name, of an attachment.
    pub file: Option<String>,
    /// Lower-case hex SHA-256 of the file.
    pub sha256: Option<String>,
}
