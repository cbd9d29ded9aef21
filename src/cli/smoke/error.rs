//! What stops a smoke test.

use std::io;
use std::path::PathBuf;

use crate::client::ClientError;
use crate::model::count;
use crate::preflight::PolicyError;

/// A guard that refuses, or a call that fails.
#[derive(Debug, thiserror::Error)]
pub enum SmokeError {
    /// A target of another kind.
    #[error("target {0} is not production; smoke is for production alone: use `letterproof run`")]
    NotProduction(String),
    /// No `--confirm-production`.
    #[error("nothing was sent: production is called only with --confirm-production")]
    Unconfirmed,
    /// The letters would lie among evidence, reports or packs.
    #[error(
        "{} lies in {}, and letters of production never lie among evidence or reports: name another folder with --out",
        folder.display(), among.display()
    )]
    AmongEvidence {
        /// The folder.
        folder: PathBuf,
        /// What it lies in.
        among: PathBuf,
    },
    /// The folder is there.
    #[error("{} is there already; letters of production go into a folder of their own: name a new one with --out", .0.display())]
    FolderExists(PathBuf),
    /// A file or folder that cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// More letters came than were agreed.
    #[error(
        "{} came where {wanted} were agreed: nothing was downloaded; ask NHS Notify before you go on (run {run} records it)",
        count(*came, "letter")
    )]
    TooMany {
        /// How many came.
        came: usize,
        /// How many were asked for.
        wanted: u32,
        /// The record.
        run: String,
    },
    /// A call failed.
    #[error("{0}")]
    Call(ClientError),
    /// The built-in preflight policy.
    #[error("the built-in preflight policy does not read: {0}; this is a fault of letterproof")]
    Policy(#[from] PolicyError),
    /// The checks of a letter ended without a result.
    #[error("the checks of letter {0} ended without a result; this is a fault of letterproof")]
    Unchecked(String),
    /// `--run` names another kind of run.
    #[error("{0} is no smoke test of target {1} that waits for its letters to be printed")]
    NotWaiting(String, String),
    /// `--printed` names what was not retrieved.
    #[error(
        "letter {0} is not of this smoke test, or has no PDF; those that can be printed are {1}"
    )]
    UnknownLetter(String, String),
    /// `--printed` names nothing.
    #[error("--printed names no letter: say all, or the ids of those that are printed")]
    NothingPrinted,
    /// An MI may have been taken already.
    #[error(
        "management information of this smoke test was sent before, and whether it was taken is not known; it is never sent twice: ask NHS Notify (letterproof email support --run {0})"
    )]
    Unclear(String),
}

impl From<ClientError> for SmokeError {
    fn from(error: ClientError) -> Self {
        Self::Call(error.without_texts())
    }
}

impl SmokeError {
    /// True if a guard refused: nothing was sent.
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::NotProduction(_)
                | Self::Unconfirmed
                | Self::AmongEvidence { .. }
                | Self::FolderExists(_)
                | Self::NotWaiting(..)
                | Self::UnknownLetter(..)
                | Self::NothingPrinted
        )
    }
}
