//! What can go wrong with the ledger.

use std::path::PathBuf;

/// The ledger could not be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Another run holds it.
    #[error("the ledger {} is in use by another run; wait until that run ends, or name another with --ledger FILE", .0.display())]
    InUse(PathBuf),
    /// SQLite refused.
    #[error("the ledger {} cannot be used: {source}; if it is damaged, move it away and it is made anew", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// Its folder cannot be made.
    #[error("cannot make the folder of the ledger {}: {source}; choose another --evidence-dir or --ledger", path.display())]
    Folder {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}
