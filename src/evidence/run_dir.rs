//! Where the files of a run lie (interfaces, "A run on disk").

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::model::Timestamp;

use super::EvidenceError;

/// The folder of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunDir(PathBuf);

impl RunDir {
    /// The folder at `path`, which may or may not exist.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Holds that a new run below `evidence` may be called `run_id`, and changes nothing.
    ///
    /// # Errors
    /// If the id is no folder name, or the run exists.
    pub fn vacant(evidence: &Path, run_id: &str) -> Result<(), EvidenceError> {
        if !is_run_id(run_id) {
            return Err(EvidenceError::BadRunId(run_id.to_owned()));
        }
        let path = evidence.join(run_id);
        match path.symlink_metadata() {
            Ok(_) => Err(EvidenceError::RunExists(path)),
            Err(_) => Ok(()),
        }
    }

    /// The run that a person names: by its folder, or by its id below `evidence`.
    pub fn named(run: &Path, evidence: &Path) -> Self {
        let is_folder = run.join("journal.jsonl").is_file();
        Self(if is_folder || run.is_dir() {
            run.to_owned()
        } else {
            evidence.join(run)
        })
    }

    /// Makes the folder of a new run below `evidence`.
    ///
    /// # Errors
    /// If the id is no folder name, the run exists, or the folder cannot be made.
    pub fn create(evidence: &Path, run_id: &str) -> Result<Self, EvidenceError> {
        Self::vacant(evidence, run_id)?;
        let make = EvidenceError::io("make the evidence folder", evidence);
        fs::create_dir_all(evidence).map_err(make)?;
        let path = evidence.join(run_id);
        match fs::create_dir(&path) {
            Ok(()) => Ok(Self(path)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(EvidenceError::RunExists(path))
            }
            Err(error) => Err(EvidenceError::io("make the run's folder", path)(error)),
        }
    }

    /// Takes the folder of a run away that never began: nothing stands in its journal.
    pub fn discard_empty(&self) {
        let empty = fs::metadata(self.journal()).is_ok_and(|facts| facts.len() == 0);
        if empty {
            drop(fs::remove_file(self.journal()));
            // Stays if anything else lies in it.
            drop(fs::remove_dir(&self.0));
        }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The run's id: the folder's name.
    pub fn run_id(&self) -> String {
        self.0
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    }

    /// `journal.jsonl`.
    pub fn journal(&self) -> PathBuf {
        self.0.join("journal.jsonl")
    }

    /// `journal.torn`: bytes of a killed run that are no whole line.
    pub fn torn(&self) -> PathBuf {
        self.0.join("journal.torn")
    }

    /// `bodies/`.
    pub fn bodies(&self) -> PathBuf {
        self.0.join("bodies")
    }

    /// `seal.json`.
    pub fn seal(&self) -> PathBuf {
        self.0.join("seal.json")
    }

    /// `review.jsonl`: what people added after the seal.
    pub fn review(&self) -> PathBuf {
        self.0.join("review.jsonl")
    }

    /// `attachments/`.
    pub fn attachments(&self) -> PathBuf {
        self.0.join("attachments")
    }

    /// Where the attached file `name` with this hash lies.
    pub fn attachment(&self, sha256: &str, name: &str) -> PathBuf {
        self.attachments().join(attachment_name(sha256, name))
    }
}

/// An attached file is called by its hash, and keeps a plain ending so that it opens.
pub fn attachment_name(sha256: &str, name: &str) -> String {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let plain = ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if plain && (1..=8).contains(&ending.len()) {
        format!("{sha256}.{}", ending.to_ascii_lowercase())
    } else {
        sha256.to_owned()
    }
}

/// True if `text` can be a run's id and the name of its folder.
pub fn is_run_id(text: &str) -> bool {
    let fits = !text.is_empty() && text.len() <= 100;
    fits && text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// A new run's id: time, target, six random hex digits.
pub fn new_run_id(now: Timestamp, target: &str) -> String {
    let target: String = target
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(40)
        .collect();
    let random = uuid::Uuid::new_v4().simple().to_string();
    format!("{}-{target}-{}", now.compact(), &random[..6])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_plain_folder_name() {
        assert!(is_run_id(&new_run_id(Timestamp::now(), "int")));
        for bad in ["", "..", "a/b", "a b", "ä", "a.b"] {
            assert!(!is_run_id(bad), "{bad:?}");
        }
    }

    #[test]
    fn a_run_never_writes_over_another() {
        let folder = tempfile::tempdir().unwrap();
        RunDir::create(folder.path(), "one").unwrap();
        let again = RunDir::create(folder.path(), "one").unwrap_err();
        assert!(again.to_string().contains("--run-id"), "{again}");
    }
}
