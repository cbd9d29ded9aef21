//! What can be wrong with a draft.

use std::io;
use std::path::PathBuf;

/// A draft could not be made or written.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// An address that no mail would reach, or one that carries more than an address.
    #[error(
        "{0:?} is not one bare email address, such as print@example.org: leave names, brackets and spaces out"
    )]
    BadAddress(String),
    /// The file is there already, and may hold a draft that somebody has changed.
    #[error("{} exists and is not written over: send or move it, or name another file", .0.display())]
    Exists(PathBuf),
    /// The file cannot be written.
    #[error("cannot write the draft {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}
