//! Where the files of a run lie (interfaces, "A run on disk").

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::model::{RunId, Sha256Hex, Timestamp};

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
    /// If the run exists.
    pub fn vacant(evidence: &Path, run_id: &RunId) -> Result<(), EvidenceError> {
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
    /// If the run exists, or the folder cannot be made.
    pub fn create(evidence: &Path, run_id: &RunId) -> Result<Self, EvidenceError> {
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

    /// The folder's name, which is the run's id; of a folder that is there the one that it really
    /// has, whether it was named by `.`, by a link or in full. Anybody may have given it.
    pub fn name(&self) -> String {
        let real = self.0.canonicalize();
        let name = real.as_deref().unwrap_or(&self.0).file_name();
        name.map(|name| name.to_string_lossy().into_owned())
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
    pub fn attachment(&self, sha256: &Sha256Hex, name: &str) -> PathBuf {
        self.attachments().join(attachment_name(sha256, name))
    }
}

/// An attached file is called by its hash, and keeps a plain ending so that it opens.
pub fn attachment_name(sha256: &Sha256Hex, name: &str) -> String {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let plain = ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if plain && (1..=8).contains(&ending.len()) {
        format!("{sha256}.{}", ending.to_ascii_lowercase())
    } else {
        sha256.to_string()
    }
}

/// A new run's id: time, target, six random hex digits.
pub fn new_run_id(now: Timestamp, target: &str) -> RunId {
    RunId::made(now, target, &uuid::Uuid::new_v4().simple().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_never_writes_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let one = RunId::parse("one").unwrap();
        RunDir::create(folder.path(), &one).unwrap();
        let again = RunDir::create(folder.path(), &one).unwrap_err();
        assert!(again.to_string().contains("--run-id"), "{again}");
    }

    #[test]
    fn a_folder_has_its_own_name_however_it_is_reached() {
        let folder = tempfile::tempdir().unwrap();
        let one = RunDir::create(folder.path(), &RunId::parse("one").unwrap()).unwrap();
        assert_eq!(one.name(), "one");
        assert_eq!(RunDir::at(one.path().join(".")).name(), "one");
        assert_eq!(RunDir::at(one.path().join("../one/")).name(), "one");
        assert_eq!(RunDir::at("nowhere/two").name(), "two");
    }

    #[test]
    fn an_attachment_is_called_by_its_hash() {
        let hash = Sha256Hex::parse(&"a".repeat(64)).unwrap();
        assert_eq!(attachment_name(&hash, "photo.JPG"), format!("{hash}.jpg"));
        for odd in ["photo", "x.../../y", "x.a/b", "x.a\\b", "x.123456789"] {
            assert_eq!(attachment_name(&hash, odd), *hash);
        }
    }
}
