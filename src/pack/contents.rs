//! The files of a pack, made ready: read, searched for secrets, hashed and deflated.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::evidence::{EvidenceError, RunDir, Seal, Signer, check_signature, sha256_hex};
use crate::model::RunId;

use super::archive::Entry;
use super::canary::Canaries;
use super::error::PackError;

/// Threads that deflate: more would hold more files in memory at a time.
const WORKERS: usize = 2;

/// Where a file of the pack comes from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// Made in memory.
    Bytes(Vec<u8>),
    /// A file.
    File(PathBuf),
}

/// The files of a pack by their names.
pub(super) type Files = BTreeMap<String, Source>;

/// A file that is ready.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub entry: Entry,
    pub sha256: String,
}

/// Makes `files` ready, in their order.
pub(super) fn ready(files: Files, canaries: &Canaries) -> Result<Vec<Piece>, PackError> {
    let files: Vec<(String, Source)> = files.into_iter().collect();
    let next = AtomicUsize::new(0);
    let done = Mutex::new(BTreeMap::new());
    let work = || {
        while let Some((name, source)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let piece = piece(name, source, canaries)?;
            let mut done = done.lock().unwrap_or_else(|poison| poison.into_inner());
            done.insert(name.clone(), piece);
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(work)).collect();
        let ended = workers.into_iter().map(|worker| {
            let failed = |_| {
                Err(PackError::Zip(
                    "a thread of the tool ended early".to_owned(),
                ))
            };
            worker.join().unwrap_or_else(failed)
        });
        ended.collect::<Result<Vec<()>, PackError>>()
    })?;
    let done = done
        .into_inner()
        .unwrap_or_else(|poison| poison.into_inner());
    Ok(done.into_values().collect())
}

/// Makes one file ready.
pub(super) fn piece(name: &str, source: &Source, canaries: &Canaries) -> Result<Piece, PackError> {
    let read;
    let bytes = match source {
        Source::Bytes(bytes) => bytes,
        Source::File(path) => {
            read = fs::read(path).map_err(PackError::io("read", path))?;
            &read
        }
    };
    canaries.search(name, name.as_bytes())?;
    canaries.search(name, bytes)?;
    Ok(Piece {
        entry: Entry::of(name, bytes)?,
        sha256: sha256_hex(bytes),
    })
}

/// The files of the run in `dir`, called `id`, but the letter PDFs, whose hashes come second.
pub(super) fn of_run(dir: &RunDir, id: &RunId) -> Result<(Files, Vec<String>), PackError> {
    let mut files = Files::new();
    for path in [dir.journal(), dir.torn(), dir.seal(), dir.review()] {
        if path.exists() {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            files.insert(format!("evidence/{id}/{name}"), Source::File(path.clone()));
        }
    }
    let mut pdfs = Vec::new();
    for path in below(&dir.bodies())? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if is_pdf(&path)? {
            pdfs.push(name.into_owned());
            continue;
        }
        let folder = name.get(..2).unwrap_or_default();
        let name = format!("evidence/{id}/bodies/{folder}/{name}");
        files.insert(name, Source::File(path));
    }
    for path in below(&dir.attachments())? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("evidence/{id}/attachments/{name}");
        files.insert(name, Source::File(path));
    }
    pdfs.sort();
    Ok((files, pdfs))
}

/// What anyone needs to check the signature of the run's seal with `ssh-keygen`; nothing if it has
/// none.
pub(super) fn signature_of(seal: &Seal, id: &RunId) -> Result<Option<(Files, Signer)>, PackError> {
    let Some(signature) = &seal.signature else {
        return Ok(None);
    };
    let signed = seal.signed_bytes()?;
    let signer = check_signature(&signed, signature).map_err(EvidenceError::from)?;
    let files = [
        (format!("signatures/{id}.json"), Source::Bytes(signed)),
        (
            format!("signatures/{id}.json.sig"),
            Source::Bytes(signature.clone().into_bytes()),
        ),
    ];
    Ok(Some((files.into(), signer)))
}

/// Files below `folder`, links not followed; none if there is no such folder.
pub(super) fn below(folder: &Path) -> Result<Vec<PathBuf>, PackError> {
    let mut found = Vec::new();
    let mut folders = Vec::new();
    if folder.exists() {
        folders.push(folder.to_owned());
    }
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(PackError::io("read", &folder))?;
        for entry in entries {
            let entry = entry.map_err(PackError::io("read", &folder))?;
            let kind = entry.file_type().map_err(PackError::io("read", &folder))?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                found.push(entry.path());
            } else {
                return Err(EvidenceError::NoFile(entry.path()).into());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn is_pdf(path: &Path) -> Result<bool, PackError> {
    use std::io::Read as _;
    let mut head = [0; 5];
    let mut file = fs::File::open(path).map_err(PackError::io("read", path))?;
    let read = file.read(&mut head).map_err(PackError::io("read", path))?;
    Ok(head[..read] == *b"%PDF-")
}
