//! What can go wrong with the ledger.

use std::io;
use std::path::PathBuf;

use rusqlite::ErrorCode;

/// The ledger could not be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Another run holds it.
    #[error("the ledger {} is in use by another run: {holder}; wait until that ends, or name another with --ledger FILE", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
        /// Which run, if that is known.
        holder: String,
    },
    /// SQLite refused.
    #[error("the ledger {} cannot be used: {source}; {}", path.display(), remedy(source))]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// The file beside it that keeps other runs away cannot be made.
    #[error("cannot write {}, which keeps two runs from one ledger: {source}; {}", path.display(), remedy_of_file(source))]
    Lock {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file itself cannot be opened.
    #[error("the ledger {} cannot be opened: {source}; {}", path.display(), remedy_of_file(source))]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Its folder cannot be made.
    #[error("cannot make the folder of the ledger {}: {source}; choose another --evidence-dir or --ledger", path.display())]
    Folder {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

const ROOM: &str = "make room or choose another --ledger";
const WRITABLE: &str = "make its folder writable or choose another --ledger";

fn remedy(source: &rusqlite::Error) -> &'static str {
    match source.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => ROOM,
        Some(ErrorCode::SystemIoFailure) => "make sure that its disk works and has room",
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => WRITABLE,
        Some(ErrorCode::CannotOpen) => {
            "make its folder writable, raise the limit of open files (`ulimit -n 1024`) or choose another --ledger"
        }
        _ => "if it is damaged, move it away and it is made anew",
    }
}

fn remedy_of_file(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            ROOM
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => WRITABLE,
        _ => "choose another --ledger",
    }
}
