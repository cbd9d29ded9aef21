//! PDFs put aside until the clock has stopped.
//!
//! The full checks take several times as long as AT15's timed window has for them, and the PDFs
//! of a pass together are more than the memory in use may grow to. So they wait in a file. It
//! has no name: it is gone with the process, however that ends, and is never evidence.

use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The most bytes that are put aside in one pass: more than twice what the 2,510 PDFs of a
/// seeding come to (acceptance-pack, "Data").
const MOST_BYTES: u64 = 1024 * 1024 * 1024;

/// PDFs by their hash, each once.
#[derive(Debug)]
pub(in crate::world) struct Spool {
    file: Option<File>,
    limit: u64,
    places: Mutex<Places>,
}

#[derive(Debug, Default)]
struct Places {
    end: u64,
    by_hash: HashMap<String, Place>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    start: u64,
    length: usize,
    again: bool,
}

/// What was put aside under a hash.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::world) struct Kept {
    pub bytes: Vec<u8>,
    /// Several letters have this PDF.
    pub shared: bool,
}

impl Spool {
    /// A spool in `folder`. Where no file can be made nothing is put aside.
    pub(in crate::world) fn within(folder: &Path) -> Self {
        Self::limited(folder, MOST_BYTES)
    }

    fn limited(folder: &Path, limit: u64) -> Self {
        Self {
            file: tempfile::tempfile_in(folder).ok(),
            limit,
            places: Mutex::default(),
        }
    }

    /// Puts `bytes` aside under their hash, if there is room. A full disk must not break a pass
    /// off: whoever asks for these bytes later does not get them, and says so.
    pub(in crate::world) fn put(&self, sha256: &str, bytes: &[u8]) {
        let Some(file) = &self.file else { return };
        let Some(place) = self.reserve(sha256, bytes.len()) else {
            return;
        };
        if file.write_all_at(bytes, place.start).is_ok() {
            let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
            places.by_hash.insert(sha256.to_owned(), place);
        }
    }

    fn reserve(&self, sha256: &str, length: usize) -> Option<Place> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = places.by_hash.get_mut(sha256) {
            known.again = true;
            return None;
        }
        let end = places.end.checked_add(length as u64)?;
        if end > self.limit {
            return None;
        }
        let start = std::mem::replace(&mut places.end, end);
        Some(Place {
            start,
            length,
            again: false,
        })
    }

    /// What has this hash, if it was put aside.
    pub(in crate::world) fn get(&self, sha256: &str) -> Option<Kept> {
        let places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let place = *places.by_hash.get(sha256)?;
        drop(places);
        let mut bytes = vec![0; place.length];
        let read = self.file.as_ref()?.read_exact_at(&mut bytes, place.start);
        read.is_ok().then_some(Kept {
            bytes,
            shared: place.again,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_aside_comes_back_and_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::within(folder.path());
        spool.put("a", b"first");
        spool.put("b", b"second");
        spool.put("a", b"never looked at: the hash is known");
        spool.put("empty", b"");
        let kept = |bytes: &[u8], shared| {
            let bytes = bytes.to_vec();
            Some(Kept { bytes, shared })
        };
        assert_eq!(spool.get("a"), kept(b"first", true));
        assert_eq!(spool.get("b"), kept(b"second", false));
        assert_eq!(spool.get("empty"), kept(b"", false));
        assert_eq!(spool.get("c"), None);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn there_is_a_limit() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::limited(folder.path(), 8);
        spool.put("a", b"12345");
        spool.put("b", b"1234");
        spool.put("c", b"123");
        assert!(spool.get("a").is_some() && spool.get("b").is_none() && spool.get("c").is_some());
    }

    #[test]
    fn without_a_folder_nothing_is_put_aside() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::within(&folder.path().join("nowhere"));
        spool.put("a", b"first");
        assert_eq!(spool.get("a"), None);
    }
}
