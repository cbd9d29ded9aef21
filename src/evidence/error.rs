//! What can go wrong while evidence is written.

use std::io;
use std::path::PathBuf;

/// An evidence file could not be made, written or read.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// The folder of the run is there already.
    #[error("{} exists already; a run never writes over another: choose another --run-id", .0.display())]
    RunExists(PathBuf),
    /// Another process writes the run.
    #[error("{} is being written by another process: the run is still under way, or was resumed elsewhere; wait until that ends", .0.display())]
    InUse(PathBuf),
    /// The run's id cannot be the name of a folder.
    #[error(transparent)]
    BadRunId(#[from] crate::model::BadRunId),
    /// A journal that does not begin as a run.
    #[error("{}: its first line is not run.started", .0.display())]
    NoIntroduction(PathBuf),
    /// A file or folder could not be used.
    #[error("cannot {action} {}: {source}{}", path.display(), remedy(source))]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// A link or a device where a file belongs.
    #[error("{} is neither a file nor a folder; a run consists of nothing else", .0.display())]
    NoFile(PathBuf),
    /// A body that the journal names and nobody finds.
    #[error("{} is not there, and the journal names it: the run cannot go on; put it back, or begin a new run", .0.display())]
    NoBody(PathBuf),
    /// What should be a hash, such as the name of a body, and could lead anywhere.
    #[error(transparent)]
    NoHash(#[from] crate::model::NoHash),
    /// A large body that a journal names again and again.
    #[error("{} is named more often than any run names a body of its size; no more of it is read", .0.display())]
    ReadTooOften(PathBuf),
    /// The journal stopped after an earlier failure.
    #[error("{why}; the journal takes no more events, and nothing sent since then is evidence")]
    Stopped {
        /// Why the write failed, and what to do.
        why: String,
    },
    /// An event has no JSON form.
    #[error("an event could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The key of `evidence.signing_key` did not sign.
    #[error("the key of evidence.signing_key {0}")]
    Signature(#[from] super::SignatureError),
    /// The journal cannot be read back.
    #[error("{}: {fault}", path.display())]
    Journal {
        /// The journal.
        path: PathBuf,
        /// What is wrong with it.
        fault: super::Fault,
    },
}

impl EvidenceError {
    /// For `map_err`: names what was tried on which path.
    pub fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }
}

/// The system's codes for too many open files: of this process, and of the machine.
const NO_FILES: [i32; 2] = [24, 23];

/// True if this process or machine may open no more files or connections.
pub fn is_out_of_files(source: &io::Error) -> bool {
    // A library may have wrapped the system's error in one of its own.
    let inner = source.get_ref().and_then(|wrapped| wrapped.source());
    let inner = inner.and_then(|error| error.downcast_ref::<io::Error>());
    let code = source.raw_os_error().or_else(|| inner?.raw_os_error());
    code.is_some_and(|code| NO_FILES.contains(&code))
}

/// What to do where no more files can be opened.
pub const RAISE_THE_LIMIT: &str = "raise the limit of open files (`ulimit -n 1024`)";

fn remedy(source: &io::Error) -> String {
    if is_out_of_files(source) {
        return format!("; {RAISE_THE_LIMIT}");
    }
    let remedy = match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "; make room or choose another --evidence-dir"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "; make it writable or choose another --evidence-dir"
        }
        _ => "",
    };
    remedy.to_owned()
}
