//! The runs below an evidence folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::acceptance::RunResult;
use crate::audit::read_reviewed;
use crate::cli::CliError;
use crate::evidence::{EvidenceError, Reader, RunDir};
use crate::model::Event;

/// The runs of one target, and what else lies there.
#[derive(Debug, Default)]
pub(super) struct Runs {
    /// Runs with a seal.
    pub sealed: Vec<RunResult>,
    /// Runs without one: interrupted, or still under way.
    pub unsealed: Vec<String>,
    /// Sealed runs in which something was made wrong on purpose.
    pub faulty: Vec<String>,
    /// Sealed runs that do not read, and why.
    pub unreadable: Vec<(String, String)>,
    /// Targets that other runs belong to.
    pub elsewhere: Vec<String>,
}

impl Runs {
    /// The runs of `target` below `evidence`; none if there is no such folder.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn below(evidence: &Path, target: &str) -> Result<Self, CliError> {
        let mut runs = Self::default();
        for path in folders(evidence)? {
            runs.take(&RunDir::at(path), target);
        }
        runs.elsewhere.sort();
        runs.elsewhere.dedup();
        Ok(runs)
    }

    fn take(&mut self, dir: &RunDir, target: &str) {
        let of = target_of(dir);
        match of {
            Some(of) if of != target => self.elsewhere.push(of),
            _ if !dir.seal().is_file() => self.unsealed.push(dir.name()),
            _ => match read_reviewed(dir) {
                Ok((result, _)) if !result.started.faults.is_empty() => {
                    self.faulty.push(dir.name());
                }
                Ok((result, _)) => self.sealed.push(result),
                Err(error) => self.unreadable.push((dir.name(), error.to_string())),
            },
        }
    }
}

/// Folders with a journal, by name, which begins with the time.
fn folders(evidence: &Path) -> Result<Vec<PathBuf>, CliError> {
    let unreadable = |source| EvidenceError::io("read the evidence folder", evidence)(source);
    let entries = match fs::read_dir(evidence) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(unreadable)?,
    };
    let mut folders = Vec::new();
    for entry in entries {
        let path = entry.map_err(unreadable)?.path();
        if path.join("journal.jsonl").is_file() {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}

/// The target that the journal's first line names.
fn target_of(dir: &RunDir) -> Option<String> {
    let mut lines = Reader::open(&dir.journal()).ok()?;
    match lines.next()?.ok()?.line.event {
        Event::RunStarted(started) => Some(started.target.name),
        _ => None,
    }
}
