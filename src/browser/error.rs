//! What can go wrong with a browser.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// A picture could not be made. The report itself is whole.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// There is no browser.
    #[error(
        "PDF and pictures need Chromium, Chrome or Edge, and none was found on PATH or in the usual places: install one (Debian, Ubuntu: apt-get install chromium) or name it with --browser FILE; report.html is made without, and any browser prints it"
    )]
    NotFound,
    /// The browser that was named is not there.
    #[error("--browser: there is no program at {}", .0.display())]
    NotThere(PathBuf),
    /// Files for the browser could not be written or read.
    #[error("cannot {action} for the browser: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// It could not be started.
    #[error("{} cannot be started: {source}; name another browser with --browser FILE", program.display())]
    Start {
        /// The browser.
        program: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It took too long and was ended.
    #[error("{} did not come to its end within {} s and was stopped; name another browser with --browser FILE", program.display(), limit.as_secs())]
    TooSlow {
        /// The browser.
        program: PathBuf,
        /// How long it had.
        limit: Duration,
    },
    /// It ended without what it was asked for.
    #[error("{} made no {file}; it said: {said}", program.display())]
    MadeNothing {
        /// The browser.
        program: PathBuf,
        /// What was asked for.
        file: String,
        /// The end of what it wrote to standard error.
        said: String,
    },
}

impl BrowserError {
    /// For `map_err`: names what was tried.
    pub(super) fn io(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, source }
    }
}
