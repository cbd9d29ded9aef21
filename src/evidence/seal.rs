//! The seal: what a finished run consists of.
//!
//! Every field but the signature follows from the other files, so `verify` builds the seal
//! again and compares bytes.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::model::limits::{JsonFault, check_contents_size};
use crate::model::{Event, RunId, RunStarted, SCHEMA, Timestamp, Verdict, unique_keys};

use super::bodies::hex;
use super::{EvidenceError, Fault, Reader, RunDir, SigningKey};

/// `seal.json`. Fields stand in alphabetical order: that is the canonical form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    /// Number of lines in the journal.
    pub events: u64,
    /// Lower-case hex SHA-256 of every file of the run but the seal, by path with `/`.
    #[serde(deserialize_with = "unique_keys")]
    pub files: BTreeMap<String, String>,
    /// Hash of the journal's last line.
    pub head: String,
    /// The run's id.
    pub run_id: RunId,
    /// Version of the form: 1.
    pub schema: u32,
    /// When the last line was written.
    pub sealed_at: Timestamp,
    /// An OpenSSH signature of the seal without this member, if the run was signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// Version of the tool that wrote the run.
    pub tool_version: String,
    /// The last verdict of each acceptance point.
    #[serde(deserialize_with = "unique_keys")]
    pub verdicts: BTreeMap<String, Verdict>,
}

impl Seal {
    /// The canonical JSON: sorted keys, no white space, one line end.
    ///
    /// # Errors
    /// If there is no JSON form, which a seal always has.
    pub fn canonical(&self) -> Result<Vec<u8>, EvidenceError> {
        let mut bytes = serde_json::to_vec(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// What is signed: the canonical JSON without the signature.
    ///
    /// # Errors
    /// As [`Seal::canonical`].
    pub fn signed_bytes(&self) -> Result<Vec<u8>, EvidenceError> {
        let unsigned = Self {
            signature: None,
            ..self.clone()
        };
        unsigned.canonical()
    }
}

impl Seal {
    /// Reads a seal.
    ///
    /// # Errors
    /// If `bytes` is none, or larger than what is read.
    pub fn parse(bytes: &[u8]) -> Result<Self, JsonFault> {
        check_contents_size(bytes)?;
        Ok(serde_json::from_slice(bytes)?)
    }
}

/// Builds the seal that belongs to the files in `dir`, without a signature.
///
/// # Errors
/// If the journal does not hold or begins as no run, or a file cannot be read.
pub fn build_seal(dir: &RunDir) -> Result<Seal, EvidenceError> {
    let path = dir.journal();
    let started = introduction(&path)?;
    let mut seal = Seal {
        events: 0,
        files: files_below(dir.path())?,
        head: String::new(),
        run_id: started.run_id,
        schema: SCHEMA,
        sealed_at: Timestamp::default(),
        signature: None,
        tool_version: started.tool.version,
        verdicts: BTreeMap::new(),
    };
    for read in Reader::open(&path)? {
        let read = read.map_err(broken(&path))?;
        seal.events += 1;
        seal.head = read.hash;
        seal.sealed_at = read.line.at;
        if let Event::RunFinished(finished) = read.line.event {
            seal.verdicts = finished.verdicts;
        }
    }
    Ok(seal)
}

/// How the run introduced itself in the first line of the journal at `path`.
fn introduction(path: &Path) -> Result<RunStarted, EvidenceError> {
    let first = Reader::open(path)?.next().transpose();
    match first.map_err(broken(path))?.map(|read| read.line.event) {
        Some(Event::RunStarted(started)) => Ok(*started),
        _ => Err(EvidenceError::NoIntroduction(path.to_owned())),
    }
}

fn broken(path: &Path) -> impl Fn(Fault) -> EvidenceError {
    |fault| EvidenceError::Journal {
        path: path.to_owned(),
        fault,
    }
}

/// Writes the seal of a finished run, last of all its files, signed by `signer` if there is one.
///
/// # Errors
/// If it cannot be built, signed or written.
pub fn write_seal(dir: &RunDir, signer: Option<&SigningKey>) -> Result<Seal, EvidenceError> {
    let mut seal = build_seal(dir)?;
    if let Some(signer) = signer {
        seal.signature = Some(signer.sign(&seal.signed_bytes()?)?);
    }
    let path = dir.seal();
    write_beside(dir, &path, &seal.canonical()?)
        .map_err(EvidenceError::io("write the seal", &path))?;
    Ok(seal)
}

/// Writes a file of the run's that its seal does not cover, whole or not at all. A process that is
/// killed meanwhile leaves nothing behind that anybody could take for a part of the run.
pub(super) fn write_beside(dir: &RunDir, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = dir.path().join(UNFINISHED);
    // What a killed process left, or what somebody else laid there to lead elsewhere.
    drop(fs::remove_file(&unfinished));
    let write = || {
        let mut file = fs::File::create_new(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)
    };
    write().inspect_err(|_| drop(fs::remove_file(&unfinished)))
}

/// Bytes on their way into one of the files that a seal does not cover.
const UNFINISHED: &str = ".unfinished";

/// Files that are no part of what a seal covers: itself, and what people add after it.
const OUTSIDE: [&str; 3] = ["seal.json", "review.jsonl", UNFINISHED];

/// The folder of attached files, which belong to `review.jsonl`.
const ATTACHED: &str = "attachments";

/// Links are not followed: a run that somebody else made could lead in circles or anywhere.
fn files_below(root: &Path) -> Result<BTreeMap<String, String>, EvidenceError> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries =
            fs::read_dir(&folder).map_err(EvidenceError::io("read the folder", &folder))?;
        for entry in entries {
            let entry = entry.map_err(EvidenceError::io("read the folder", &folder))?;
            let path = entry.path();
            let kind = entry
                .file_type()
                .map_err(EvidenceError::io("read the folder", &folder))?;
            if kind.is_dir() {
                if path != root.join(ATTACHED) {
                    folders.push(path);
                }
                continue;
            }
            if !kind.is_file() {
                return Err(EvidenceError::NoFile(path));
            }
            let name = relative_name(root, &path);
            if !OUTSIDE.contains(&name.as_str()) {
                files.insert(name, hash_file(&path)?);
            }
        }
    }
    Ok(files)
}

fn relative_name(root: &Path, path: &Path) -> String {
    let inner = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = inner.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// Bytes of a file that are hashed at once.
const READ_AT_ONCE: usize = 64 * 1024;

fn hash_file(path: &Path) -> Result<String, EvidenceError> {
    let unread = || EvidenceError::io("read", path);
    let mut file = File::open(path).map_err(unread())?;
    let (mut hash, mut part) = (Sha256::new(), vec![0; READ_AT_ONCE]);
    loop {
        match file.read(&mut part).map_err(unread())? {
            0 => return Ok(hex(&hash.finalize())),
            read => hash.update(&part[..read]),
        }
    }
}
