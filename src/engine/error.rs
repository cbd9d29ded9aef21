//! Why features could not be run.

use std::path::PathBuf;

use crate::evidence::EvidenceError;

/// Features could not be read or run.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A feature file could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A feature file is no Gherkin.
    #[error("{path} is not a feature: {why}")]
    Parse {
        /// The file.
        path: String,
        /// Where and why.
        why: String,
    },
    /// No feature file was found.
    #[error("there is no .feature file below {}", .0.display())]
    NoFeatures(PathBuf),
    /// A tag expression is none.
    #[error("{expression:?} is no tag expression: {why}; write for example \"@AT4 or @AT7\"")]
    Tags {
        /// The expression.
        expression: String,
        /// Where and why.
        why: String,
    },
    /// The journal failed.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
}
