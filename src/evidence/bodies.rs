//! Bodies that do not stand in the journal itself, each stored once by its hash.

use std::collections::HashSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use sha2::{Digest, Sha256};

use crate::model::{Body, Sha256Hex};

use super::limited::read_at_most;
use super::redact::{Sweep, withhold};
use super::{EvidenceError, RawBody};

/// Texts up to this many bytes stand in the event itself (interfaces, "Journal").
const INLINE_LIMIT: usize = 4 * 1024;

/// Most bytes of a body that are read: answers and descriptions end before.
const LARGEST_BODY: u64 = 32 * 1024 * 1024;

/// What the name of a file begins with that is not yet whole.
const UNNAMED: &str = ".unnamed-";

/// Lower-case hex SHA-256 of `bytes`.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| {
            [
                DIGITS[usize::from(byte >> 4)],
                DIGITS[usize::from(byte & 15)],
            ]
        })
        .map(char::from)
        .collect()
}

/// Which letter PDFs are kept (`evidence.pdfs`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// None, not even failed ones.
    None,
    /// Those that failed a check.
    #[default]
    Failed,
    /// All.
    All,
}

/// Bytes of bodies that a reader of foreign evidence reads a second time: a short journal may name
/// one large body a thousand times, a run only what a service repeats.
const MOST_READ_AGAIN: u64 = 64 * 1024 * 1024;

/// The folder `bodies/` of a run.
#[derive(Clone, Debug)]
pub struct BodyStore {
    root: PathBuf,
    /// What was read, where that is bounded.
    read: Option<Arc<Mutex<ReadBodies>>>,
}

/// The bodies that were read, and how many bytes of them again.
#[derive(Debug, Default)]
struct ReadBodies {
    hashes: HashSet<String>,
    again: u64,
}

impl BodyStore {
    /// The store below `root`; folders are made when first needed.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            read: None,
        }
    }

    /// As [`BodyStore::at`], for evidence that anyone may have made: what is read again and again
    /// ends in an error.
    pub fn of_others(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            read: Some(Arc::default()),
        }
    }

    /// Counts that `bytes` bytes of the body with this hash are about to be read.
    fn count(&self, sha256: &str, bytes: u64) -> Result<(), EvidenceError> {
        let Some(read) = &self.read else {
            return Ok(());
        };
        let mut read = read.lock().unwrap_or_else(|poison| poison.into_inner());
        if read.hashes.insert(sha256.to_owned()) {
            return Ok(());
        }
        read.again += bytes;
        match read.again > MOST_READ_AGAIN {
            true => Err(EvidenceError::ReadTooOften(self.path_of(sha256)?)),
            false => Ok(()),
        }
    }

    /// Where the body with this hash lies.
    ///
    /// # Errors
    /// If it is no hash, and so could lead anywhere.
    pub fn path_of(&self, sha256: &str) -> Result<PathBuf, EvidenceError> {
        let hash = Sha256Hex::parse(sha256)?;
        Ok(self.root.join(&hash[..2]).join(&*hash))
    }

    /// Redacts `raw` and keeps it: short text in the returned [`Body`], the rest in a file.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn keep(&self, raw: &RawBody, sweep: &Sweep<'_>) -> Result<Body, EvidenceError> {
        match raw {
            RawBody::Withheld {
                sha256,
                bytes,
                content_type,
            } => Ok(unkept(sha256.clone(), *bytes, content_type, sweep)),
            RawBody::Bytes {
                bytes,
                content_type,
            } if is_pdf(bytes) && sweep.is_caught(bytes) => {
                let hash = sha256_hex(bytes);
                Ok(unkept(hash, bytes.len() as u64, content_type, sweep))
            }
            RawBody::Bytes {
                bytes,
                content_type,
            }
            | RawBody::TokenAnswer {
                bytes,
                content_type,
            } => self.keep_bytes(bytes, swept(raw, sweep), content_type.as_deref(), sweep),
        }
    }

    /// `raw` by hash and size alone: those of its redacted bytes, as if they were kept.
    pub(super) fn withheld(raw: &RawBody, sweep: &Sweep<'_>) -> Body {
        let (sha256, bytes, content_type) = match raw {
            RawBody::Withheld {
                sha256,
                bytes,
                content_type,
            } => (sha256.clone(), *bytes, content_type),
            RawBody::Bytes {
                bytes,
                content_type,
            }
            | RawBody::TokenAnswer {
                bytes,
                content_type,
            } => {
                let swept = swept(raw, sweep);
                let stored = swept.as_deref().unwrap_or(bytes);
                (sha256_hex(stored), stored.len() as u64, content_type)
            }
        };
        unkept(sha256, bytes, content_type, sweep)
    }

    fn keep_bytes(
        &self,
        bytes: &[u8],
        swept: Option<Vec<u8>>,
        content_type: Option<&str>,
        sweep: &Sweep<'_>,
    ) -> Result<Body, EvidenceError> {
        let stored = swept.as_deref().unwrap_or(bytes);
        let sha256 = sha256_hex(stored);
        let text = inline_text(stored);
        if text.is_none() {
            self.store(&sha256, stored)?;
        }
        Ok(Body {
            sha256,
            bytes: stored.len() as u64,
            content_type: content_type.map(|value| sweep.text(value).into_owned()),
            text,
            redacted: swept.is_some(),
            withheld: false,
        })
    }

    /// Keeps a letter's PDF as it came.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn keep_document(&self, bytes: &[u8]) -> Result<(), EvidenceError> {
        self.store(&sha256_hex(bytes), bytes)
    }

    /// Takes away what a killed run was writing: it never got its name, and so is no body.
    pub(super) fn sweep(&self) {
        let below = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten();
        for folder in below(&self.root) {
            for file in below(&folder.path()) {
                if file.file_name().to_string_lossy().starts_with(UNNAMED) {
                    drop(fs::remove_file(file.path()));
                }
            }
        }
    }

    fn store(&self, sha256: &str, bytes: &[u8]) -> Result<(), EvidenceError> {
        let path = self.path_of(sha256)?;
        if path.exists() {
            return Ok(());
        }
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder).map_err(EvidenceError::io("make the folder", folder))?;
        write_whole(folder, &path, bytes).map_err(EvidenceError::io("write the body", &path))
    }

    /// The bytes of `body`, if they were kept.
    ///
    /// # Errors
    /// If the file that should hold them cannot be read.
    pub fn read(&self, body: &Body) -> Result<Option<Vec<u8>>, EvidenceError> {
        if let Some(text) = &body.text {
            return Ok(Some(text.clone().into_bytes()));
        }
        if body.withheld {
            return Ok(None);
        }
        self.read_kept(&body.sha256).map(Some)
    }

    /// The bytes of the file that is called by this hash.
    ///
    /// # Errors
    /// If it is no hash, or the file is none or cannot be read.
    pub fn read_kept(&self, sha256: &str) -> Result<Vec<u8>, EvidenceError> {
        let path = self.path_of(sha256)?;
        let facts = path.symlink_metadata();
        let facts = facts.map_err(EvidenceError::io("read the body", &path))?;
        if !facts.is_file() {
            return Err(EvidenceError::NoFile(path));
        }
        self.count(sha256, facts.len())?;
        read_at_most(&path, LARGEST_BODY).map_err(EvidenceError::io("read the body", &path))
    }
}

/// The bytes of `raw` without secrets, or `None` if they stay as they are.
pub(super) fn swept(raw: &RawBody, sweep: &Sweep<'_>) -> Option<Vec<u8>> {
    match raw {
        // A PDF is never redacted: it must stay the document its hash names.
        RawBody::Bytes { bytes, .. } if is_pdf(bytes) => None,
        RawBody::Bytes { bytes, .. } => sweep.bytes(bytes),
        RawBody::TokenAnswer { bytes, .. } => Some(withhold(bytes, sweep).into_bytes()),
        RawBody::Withheld { .. } => None,
    }
}

fn is_pdf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"%PDF-")
}

/// A body of which hash and size are kept alone.
fn unkept(sha256: String, bytes: u64, content_type: &Option<String>, sweep: &Sweep<'_>) -> Body {
    let content_type = content_type.as_deref();
    Body {
        sha256,
        bytes,
        content_type: content_type.map(|value| sweep.text(value).into_owned()),
        text: None,
        redacted: false,
        withheld: true,
    }
}

/// Writes beside and renames, so that no half body ever carries a hash as its name.
fn write_whole(folder: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = tempfile::Builder::new()
        .prefix(UNNAMED)
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_data()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn inline_text(bytes: &[u8]) -> Option<String> {
    if bytes.len() > INLINE_LIMIT {
        return None;
    }
    std::str::from_utf8(bytes).ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Redactor;

    fn raw(bytes: &[u8]) -> RawBody {
        RawBody::Bytes {
            bytes: bytes.to_vec(),
            content_type: Some("application/json".into()),
        }
    }

    #[test]
    fn short_text_stays_and_long_text_is_stored_once() {
        let folder = tempfile::tempdir().unwrap();
        let store = BodyStore::at(folder.path());
        let redactor = Redactor::default();
        let short = store.keep(&raw(b"{}"), &redactor.sweep(&[])).unwrap();
        assert_eq!(short.text.as_deref(), Some("{}"));
        let long = vec![b'a'; INLINE_LIMIT + 1];
        for _ in 0..2 {
            let body = store.keep(&raw(&long), &redactor.sweep(&[])).unwrap();
            assert!(body.is_stored_apart());
            assert_eq!(store.read(&body).unwrap().unwrap(), long);
        }
    }

    #[test]
    fn a_body_that_is_named_again_and_again_is_an_error_at_last() {
        let folder = tempfile::tempdir().unwrap();
        let large = vec![b'a'; 8 * 1024 * 1024];
        let own = BodyStore::at(folder.path());
        let body = own
            .keep(&raw(&large), &Redactor::default().sweep(&[]))
            .unwrap();
        let others = BodyStore::of_others(folder.path());
        for _ in 0..9 {
            assert!(others.read(&body).is_ok());
        }
        let error = others.read(&body).unwrap_err().to_string();
        assert!(error.contains("more often"), "{error}");
        assert!(own.read(&body).is_ok());
    }

    #[test]
    fn bytes_that_are_no_text_are_stored_apart() {
        let folder = tempfile::tempdir().unwrap();
        let store = BodyStore::at(folder.path());
        let body = store
            .keep(&raw(&[0xff, 0xfe]), &Redactor::default().sweep(&[]))
            .unwrap();
        assert_eq!(store.read(&body).unwrap().unwrap(), [0xff, 0xfe]);
    }

    #[test]
    fn a_redacted_body_says_so_and_is_hashed_as_stored() {
        let folder = tempfile::tempdir().unwrap();
        let store = BodyStore::at(folder.path());
        let redactor = Redactor::default();
        redactor.add("api-key", "super-secret-key");
        let body = store
            .keep(&raw(br#"{"k":"super-secret-key"}"#), &redactor.sweep(&[]))
            .unwrap();
        assert!(body.redacted);
        assert_eq!(body.sha256, sha256_hex(body.text.unwrap().as_bytes()));
    }
}
