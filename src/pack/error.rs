//! Why there is no pack, or why one is not opened.

use std::io;
use std::path::PathBuf;

use crate::audit::AuditError;
use crate::evidence::EvidenceError;
use crate::mail::MailError;
use crate::model::Shown;
use crate::report::ReportError;

/// A pack that could not be made or opened.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// No sealed run of the target.
    #[error("no sealed run of target {target} lies in {}; `letterproof run --target {target}` makes one", evidence.display())]
    NothingSealed {
        /// The target.
        target: String,
        /// The evidence folder.
        evidence: PathBuf,
    },
    /// All sealed runs of the target prove nothing.
    #[error("in every sealed run of target {target} something was made wrong on purpose (--fault), so none is evidence: {}; `letterproof run --target {target}` makes one that is", runs.join(", "))]
    AllWrongOnPurpose {
        /// The target.
        target: String,
        /// The runs.
        runs: Vec<String>,
    },
    /// `--runs` names a run that proves nothing.
    #[error("in run {run} something was made wrong on purpose (--fault {}): it is no evidence; leave it out of --runs", faults.join(","))]
    WrongOnPurpose {
        /// The run.
        run: String,
        /// The faults.
        faults: Vec<String>,
    },
    /// `--runs` names what is no sealed run of the target.
    #[error("{run:?} is no sealed run of target {target}; there are: {known}")]
    UnknownRun {
        /// What was named.
        run: String,
        /// The target.
        target: String,
        /// The sealed runs.
        known: String,
    },
    /// Runs that did not meet the real service.
    #[error(
        "run {run} is no evidence for NHS Notify: it is of kind {kind} and its target is at {place}, not at a documented host of a kind that counts; --draft makes a pack that says so on every page"
    )]
    NeedsDraft {
        /// The run.
        run: String,
        /// The kind of its target.
        kind: String,
        /// Where the target is, or where its requests went.
        place: String,
    },
    /// Mandatory points that are not green.
    #[error(
        "these mandatory points are not green:\n{}\ntest them again, close a review with `letterproof review`, record what was agreed with `letterproof mitigate`, or make a draft with --draft", lines.join("\n")
    )]
    NotGreen {
        /// A line for each.
        lines: Vec<String>,
    },
    /// A run whose evidence does not hold.
    #[error(
        "run {run} does not hold, so it is not packed:\n{}\nsee `letterproof verify`",
        listed(findings)
    )]
    DoesNotHold {
        /// The run.
        run: Shown,
        /// What does not hold.
        findings: Vec<Shown>,
    },
    /// A secret in what was about to be written.
    #[error(
        "{place}, byte {at}, holds a secret of the configuration ({secret}); nothing was written: if it is a real secret, change it now and take it out of the file"
    )]
    Canary {
        /// The file of the pack.
        place: String,
        /// Where in it.
        at: usize,
        /// Which secret, by its placeholder.
        secret: String,
    },
    /// One run is too large for one email.
    #[error(
        "the email with run {run} would have {bytes} bytes, more than the {limit} that [pack].max_email_mb allows; nothing was written: raise the limit (NHSmail takes 35 MB), keep fewer PDFs (evidence.pdfs), or attach smaller files"
    )]
    TooLarge {
        /// The run.
        run: String,
        /// The size of the email.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// A zip that is not opened.
    #[error("{0}")]
    Refused(Shown),
    /// A file or folder could not be used.
    #[error("cannot {action} {}: {source}{}", path.display(), remedy(source))]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The zip could not be built.
    #[error("the zip could not be built: {0}")]
    Zip(String),
    /// A run could not be read.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// A run's files could not be read.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// The reports could not be made.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The email could not be drafted.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// The table of contents has no JSON form.
    #[error("pack.json could not be written: {0}")]
    Json(#[from] serde_json::Error),
}

impl PackError {
    /// For `map_err`: names what was tried on which path.
    pub(super) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }
}

fn listed(findings: &[Shown]) -> String {
    let lines: Vec<String> = findings.iter().map(|one| format!("  {one}")).collect();
    lines.join("\n")
}

fn remedy(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "; make room or choose another --out"
        }
        io::ErrorKind::ReadOnlyFilesystem => "; choose another --out",
        _ => "",
    }
}
