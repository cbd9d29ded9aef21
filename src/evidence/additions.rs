//! `review.jsonl`: what people add to a run after its seal.
//!
//! Its first line chains on from the journal's head, so an addition belongs to one run; the seal
//! covers none of it and stays as it is. Attached files are copied to `attachments/`, each under
//! the hash of its bytes.

use std::fs::{self, File};
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};

use crate::model::limits::LARGEST_CONTENTS;
use crate::model::{Addition, AdditionLine, Sha256Hex, Shown, Timestamp};

use super::limited::read_at_most;
use super::reader::Chained;
use super::seal::write_beside;
use super::{EvidenceError, Fault, Reader, Redactor, RunDir, Seal, sha256_hex};

/// The largest file that can be attached, in bytes: several must fit into one email.
pub const LARGEST_ATTACHMENT: u64 = 10_000_000;

/// The longest note, name or role, in bytes.
const LONGEST_TEXT: usize = 10_000;

/// The longest name of an attached file, in characters.
const LONGEST_NAME: usize = 120;

impl Chained for AdditionLine {
    fn read(bytes: &[u8]) -> serde_json::Result<Self> {
        Self::read(bytes)
    }

    fn seq(&self) -> u64 {
        self.seq
    }

    fn at(&self) -> Timestamp {
        self.at
    }

    fn prev(&self) -> &str {
        &self.prev
    }
}

/// What was added to a run, and the hash that the next addition must carry.
#[derive(Clone, Debug, Default)]
pub struct Additions {
    /// The lines, in order.
    pub lines: Vec<AdditionLine>,
    /// Hash of the last line; the journal's head without any.
    pub head: String,
}

/// An addition that cannot be made or read.
#[derive(Debug, thiserror::Error)]
pub enum AdditionError {
    /// The run has no seal.
    #[error(
        "{} has no seal: the run is not over, and nothing can be added to it yet; finish it with `letterproof run --resume`", .0.display()
    )]
    NotSealed(PathBuf),
    /// The seal cannot be read.
    #[error("{} cannot be read as a seal: {why}; see `letterproof verify`", path.display())]
    BadSeal {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: Shown,
    },
    /// `review.jsonl` does not hold.
    #[error("{}: {fault}; see `letterproof verify`", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        fault: Fault,
    },
    /// The file to attach is too large.
    #[error(
        "{} has {bytes} bytes; an attachment may have {LARGEST_ATTACHMENT}: make the picture smaller, or put a link into --note", path.display()
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// The file to attach holds nothing.
    #[error("{} is empty; attach a file that shows something", .0.display())]
    Empty(PathBuf),
    /// The path to attach is no file.
    #[error("{} is no file; attach one file at a time", .0.display())]
    NoFile(PathBuf),
    /// A text that is empty or much too long.
    #[error("{what} {problem}")]
    BadText {
        /// Which flag.
        what: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A file could not be read or written.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
}

impl AdditionError {
    /// True if the caller asked for something that cannot be done, rather than that it failed.
    pub fn is_usage(&self) -> bool {
        !matches!(
            self,
            Self::Evidence(_) | Self::Broken { .. } | Self::BadSeal { .. }
        )
    }
}

/// Reads what was added to the sealed run in `dir`; nothing if there is no `review.jsonl`.
///
/// # Errors
/// If the run has no seal, or a line does not hold.
pub fn read_additions(dir: &RunDir) -> Result<Additions, AdditionError> {
    let seal = read_seal(dir)?;
    let path = dir.review();
    let mut additions = Additions {
        lines: Vec::new(),
        head: seal.head.clone(),
    };
    if !path.is_file() {
        return Ok(additions);
    }
    let file = File::open(&path).map_err(EvidenceError::io("open", &path))?;
    let file = BufReader::new(file);
    for read in Reader::<_, AdditionLine>::after(file, &seal.head, seal.sealed_at) {
        let read = read.map_err(|fault| AdditionError::Broken {
            path: path.clone(),
            fault,
        })?;
        additions.head = read.hash;
        additions.lines.push(read.line);
    }
    Ok(additions)
}

/// The seal of the run in `dir`.
///
/// # Errors
/// If it has none, or it cannot be read.
pub fn read_seal(dir: &RunDir) -> Result<Seal, AdditionError> {
    let path = dir.seal();
    if !path.is_file() {
        return Err(AdditionError::NotSealed(dir.path().to_owned()));
    }
    let bytes = read_at_most(&path, LARGEST_CONTENTS);
    let bytes = bytes.map_err(EvidenceError::io("read the seal", &path))?;
    Seal::parse(&bytes).map_err(|error| AdditionError::BadSeal {
        path,
        why: Shown::of(error),
    })
}

/// Adds one line to the run in `dir`, without secrets, and returns it. The file is replaced as a
/// whole, so that it is never torn; two additions at a time wait for one another.
///
/// # Errors
/// If the run has no seal, what was added before does not hold, or the file cannot be written.
pub fn add(
    dir: &RunDir,
    addition: Addition,
    redactor: &Redactor,
) -> Result<AdditionLine, AdditionError> {
    let _one_at_a_time = lock(dir)?;
    let before = read_additions(dir)?;
    let last = before.lines.last().map(|line| line.at);
    let line = AdditionLine {
        seq: before.lines.len() as u64,
        at: Timestamp::now()
            .max(last.unwrap_or_default())
            .max(read_seal(dir)?.sealed_at),
        prev: before.head,
        addition,
    };
    let text = serde_json::to_string(&line).map_err(EvidenceError::from)?;
    let text = redactor.text(&text).into_owned();
    append_whole(dir, &text)?;
    let line = AdditionLine::read(text.as_bytes()).map_err(EvidenceError::from)?;
    Ok(line)
}

/// Waits until nobody else adds to the run; others wait until what is returned is dropped.
fn lock(dir: &RunDir) -> Result<File, AdditionError> {
    let folder = dir.path();
    let lock = File::open(dir.seal()).map_err(|_| AdditionError::NotSealed(folder.to_owned()))?;
    lock.lock()
        .map_err(EvidenceError::io("lock the seal", dir.seal()))?;
    Ok(lock)
}

/// The file with one more line, put in place of the file without it.
fn append_whole(dir: &RunDir, line: &str) -> Result<(), EvidenceError> {
    let path = dir.review();
    let write = || {
        let mut text = match path.exists() {
            true => fs::read(&path)?,
            false => Vec::new(),
        };
        text.extend_from_slice(line.as_bytes());
        text.push(b'\n');
        write_beside(dir, &path, &text)
    };
    write().map_err(EvidenceError::io("write", &path))
}

/// A file as it was copied into a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// Its name, without folders.
    pub file: String,
    /// SHA-256 of its bytes.
    pub sha256: Sha256Hex,
    /// How many bytes.
    pub bytes: u64,
}

/// Copies the file at `path` into the sealed run in `dir`, under its hash.
///
/// # Errors
/// If the run has no seal, or the file is none, is empty, too large, or cannot be copied.
pub fn keep_attachment(dir: &RunDir, path: &Path) -> Result<Attached, AdditionError> {
    read_seal(dir)?;
    let _one_at_a_time = lock(dir)?;
    let bytes = read_limited(path)?;
    let attached = Attached {
        file: plain_name(path),
        sha256: Sha256Hex::parse(&sha256_hex(&bytes)).map_err(EvidenceError::from)?,
        bytes: bytes.len() as u64,
    };
    let copy = dir.attachment(&attached.sha256, &attached.file);
    let folder = dir.attachments();
    let write = || {
        fs::create_dir_all(&folder)?;
        write_beside(dir, &copy, &bytes)
    };
    write().map_err(EvidenceError::io("copy the attachment to", &copy))?;
    Ok(attached)
}

/// The file's bytes; no more than an attachment may have are ever read.
fn read_limited(path: &Path) -> Result<Vec<u8>, AdditionError> {
    let io = |source| AdditionError::Evidence(EvidenceError::io("read", path)(source));
    let facts = fs::metadata(path).map_err(io)?;
    if !facts.is_file() {
        return Err(AdditionError::NoFile(path.to_owned()));
    }
    let too_large = |bytes| AdditionError::TooLarge {
        path: path.to_owned(),
        bytes,
    };
    if facts.len() > LARGEST_ATTACHMENT {
        return Err(too_large(facts.len()));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(io)?;
    let read = file.take(LARGEST_ATTACHMENT + 1).read_to_end(&mut bytes);
    match read.map_err(io)? as u64 {
        0 => Err(AdditionError::Empty(path.to_owned())),
        read if read > LARGEST_ATTACHMENT => Err(too_large(read)),
        _ => Ok(bytes),
    }
}

/// The last part of `path` without what could mislead or lead elsewhere.
fn plain_name(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy());
    let name = name.unwrap_or_default();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ' | '(' | ')');
    let kept = name.chars().map(|c| if plain(c) { c } else { '_' });
    let kept: String = kept.take(LONGEST_NAME).collect();
    match kept.trim_matches(['.', ' ']) {
        "" => "attachment".to_owned(),
        kept => kept.to_owned(),
    }
}

/// A text that a person gave by the flag `what`, held to be there and of a sensible length.
///
/// # Errors
/// If it is empty or too long.
pub fn said(what: &'static str, text: &str) -> Result<String, AdditionError> {
    let text = text.trim();
    let problem = match text.len() {
        0 => "is empty: say something that a reviewer can use",
        long if long > LONGEST_TEXT => "is longer than 10,000 bytes: attach a file instead",
        _ => return Ok(text.to_owned()),
    };
    Err(AdditionError::BadText { what, problem })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere() {
        let name = |path: &str| plain_name(Path::new(path));
        assert_eq!(name("../../photo.jpg"), "photo.jpg");
        assert_eq!(name("a/b\\..\\c.png"), "b_.._c.png");
        assert_eq!(name("x\u{202e}gpj.exe"), "x_gpj.exe");
        assert_eq!(name(".."), "attachment");
        assert_eq!(plain_name(Path::new(&"a".repeat(500))).len(), LONGEST_NAME);
    }

    #[test]
    fn texts_are_there_and_short() {
        assert_eq!(said("--note", " fine \n").unwrap(), "fine");
        assert!(said("--note", " ").is_err());
        assert!(said("--note", &"x".repeat(2_000_000)).is_err());
    }
}
