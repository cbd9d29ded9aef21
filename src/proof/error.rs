//! Why there are no proofs.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::evidence::EvidenceError;
use crate::mail::MailError;
use crate::model::{RunId, Shown};

/// Why there is no letter that can stand for a specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lacking {
    /// The run listed no letter of it.
    Unlisted(String),
    /// No PDF of such a letter was fetched.
    Unfetched(String),
    /// Every PDF of such a letter failed a check.
    Defective(String),
    /// PDFs were fetched and found sound, but the run did not keep them.
    NotKept(String),
}

impl fmt::Display for Lacking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unlisted(id) => write!(f, "{id}: the run listed no letter of it"),
            Self::Unfetched(id) => write!(f, "{id}: the run fetched no PDF of it"),
            Self::Defective(id) => write!(f, "{id}: every PDF of it failed a check"),
            Self::NotKept(id) => write!(f, "{id}: its PDFs were sound and were not kept"),
        }
    }
}

/// Proofs could not be collected or written.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// No run was named, and there is none.
    #[error("{} holds no complete run: make one first (`letterproof run`), or name one with --run", .0.display())]
    NoRun(PathBuf),
    /// Some specifications have no letter to show.
    #[error("run {run} has no proof of these specifications:\n{}\n{}", listed(.lacking), remedy(.lacking, .known))]
    Lacking {
        /// The run.
        run: RunId,
        /// The specifications.
        lacking: Vec<Lacking>,
        /// The specifications that the run listed.
        known: Vec<String>,
    },
    /// A line of the journal, or a body, does not hold.
    #[error("{path} cannot be used: {why}; `letterproof verify` tells more", path = .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: Shown,
    },
    /// Proofs lie there already.
    #[error("{} exists and is not written over: move it, or name another folder with --out", .0.display())]
    Exists(PathBuf),
    /// The email would be larger than mail programs take.
    #[error(
        "the email would have {megabytes} MB, more than {most} ([pack] max_email_mb): name fewer specifications with --specs"
    )]
    TooLarge {
        /// Its size.
        megabytes: u64,
        /// The most it may have.
        most: u64,
    },
    /// A file could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The draft.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// The evidence.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
}

fn listed(lacking: &[Lacking]) -> String {
    let lines: Vec<String> = lacking.iter().map(|one| format!("  {one}")).collect();
    lines.join("\n")
}

/// What to do about it: one sentence for each kind that occurs.
fn remedy(lacking: &[Lacking], known: &[String]) -> String {
    let mut sentences = Vec::new();
    let any = |which: fn(&Lacking) -> bool| lacking.iter().any(which);
    if any(|one| matches!(one, Lacking::NotKept(_))) {
        sentences.push(
            "Runs keep failed PDFs alone unless told otherwise: set `pdfs = \"all\"` under [evidence] (or LETTERPROOF_EVIDENCE_PDFS=all), run again, AT15 included, and make proofs of that run.".to_owned(),
        );
    }
    if any(|one| matches!(one, Lacking::Unlisted(_))) {
        sentences.push(format!("The run listed: {}.", known.join(", ")));
    }
    if any(|one| matches!(one, Lacking::Unfetched(_))) {
        sentences.push("AT15 fetches every letter's PDF: run it, too.".to_owned());
    }
    if any(|one| matches!(one, Lacking::Defective(_))) {
        sentences.push(
            "A specification is proofed with a sound letter: ask NHS Notify for one.".to_owned(),
        );
    }
    sentences.join(" ")
}
