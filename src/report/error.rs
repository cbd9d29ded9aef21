//! What can go wrong while reports are made.

use std::io;
use std::path::PathBuf;

use crate::evidence::{AdditionError, EvidenceError};

/// A report could not be made or written. The evidence is untouched by this.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A file or folder could not be written.
    #[error("cannot write {}: {source}; the evidence is whole: make room or choose another --reports-dir, then `letterproof report RUN`", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The run's files cannot be read.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// What people added to the run cannot be read.
    #[error(transparent)]
    Additions(AdditionError),
    /// The JUnit report could not be built.
    #[error("the JUnit report could not be built: {0}")]
    Junit(#[from] junit_report::Error),
    /// The JUnit report could not be completed.
    #[error("the JUnit report could not be completed: {0}")]
    JunitXml(#[from] quick_xml::Error),
    /// The verdicts have no JSON form.
    #[error("the verdicts could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl ReportError {
    /// For `map_err`: names the path.
    pub(super) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
