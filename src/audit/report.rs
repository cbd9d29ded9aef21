//! What an audit found.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display};

use serde::Serialize;

use crate::evidence::Signer;
use crate::model::{ContractResult, Sha256Hex, Shown, Verdict};

/// Something about a run that does not hold. Whatever it repeats of the evidence is made safe to
/// look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The file it is about, below the run's folder.
    pub file: Shown,
    /// The line of the journal, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The acceptance point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<Shown>,
    /// What does not hold, and what it means.
    pub message: Shown,
}

impl Finding {
    /// A finding about a whole file.
    pub fn file(file: impl Display, message: impl Display) -> Self {
        Self {
            file: Shown::of(file),
            line: None,
            point: None,
            message: Shown::of(message),
        }
    }

    /// A finding about line `line` of the journal.
    pub fn line(line: u64, message: impl Display) -> Self {
        Self {
            line: Some(line),
            ..Self::file("journal.jsonl", message)
        }
    }

    /// The same finding, about `point`.
    #[must_use]
    pub fn about(mut self, point: &str) -> Self {
        self.point = Some(Shown::of(point));
        self
    }
}

impl Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some(point) = &self.point {
            write!(f, ", {point}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// The outcome of an audit.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AuditReport {
    /// The run's id, or the name of its folder if it has none.
    pub run_id: Shown,
    /// Hash of the journal's last line.
    pub head: String,
    /// Number of lines that hold.
    pub events: u64,
    /// Bodies read and found as named.
    pub bodies: u64,
    /// Kept letter PDFs whose checks were made again.
    pub rechecked_pdfs: u64,
    /// Judgements computed again.
    pub judgements: u64,
    /// Letter PDFs of which only hash and size were kept.
    pub withheld_pdfs: u64,
    /// Other bodies of which only hash and size were kept: those of a run against production.
    pub withheld_bodies: u64,
    /// The hashes of both, in order.
    #[serde(skip)]
    pub withheld_hashes: BTreeSet<String>,
    /// The origins at which API and token endpoint were called.
    pub called: BTreeSet<String>,
    /// True if the run did not meet the real service, so that it proves nothing.
    pub simulated: bool,
    /// True if the last line has no end: the run was killed while it wrote.
    pub torn: bool,
    /// True if the run has a seal.
    pub sealed: bool,
    /// Who signed the seal, if it has a signature that holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer: Option<Signer>,
    /// What people added after the seal, in lines of `review.jsonl`.
    pub additions: u64,
    /// The hash of the last of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additions_head: Option<Sha256Hex>,
    /// What they say: statements of the supplier, which no journal proves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<Shown>,
    /// The answers beside the API's description, looked at again.
    pub contract: ContractResult,
    /// The verdicts, computed again.
    pub verdicts: BTreeMap<String, Verdict>,
    /// What does not hold; empty if everything does.
    pub findings: Vec<Finding>,
}

impl AuditReport {
    /// 0 if everything holds, 1 if something does not, 3 if the run has no seal
    /// (interfaces, "Exit codes").
    pub fn exit_code(&self) -> u8 {
        match (self.findings.is_empty(), self.sealed) {
            (false, _) => 1,
            (true, false) => 3,
            (true, true) => 0,
        }
    }
}
