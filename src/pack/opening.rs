//! Opens a zip that anyone may have made, and refuses what no pack is.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read as _, Write};
use std::path::Path;

use rawzip::{CompressionMethod, ZipArchive};

use crate::evidence::sha256_hex;
use crate::model::Shown;

use super::archive::{COMMENT, END_RECORD, Entry};
use super::error::PackError;

/// A zip larger than this is no pack: no mail carries it, in bytes.
const LARGEST_ZIP: u64 = 512 * 1024 * 1024;

/// A pack of many runs has some thousands of files.
const MOST_ENTRIES: usize = 20_000;

/// The largest file in a pack, in bytes: a journal of a whole run has about 50 MB.
const LARGEST_FILE: u64 = 512 * 1024 * 1024;

/// All files together, in bytes.
const LARGEST_TOTAL: u64 = 2 * 1024 * 1024 * 1024;

/// Below this size, in bytes, any ratio is harmless.
const SMALL: u64 = 16 * 1024 * 1024;

/// Text deflates to a tenth, the plainest to less; a file that inflates more than this is a bomb.
const HIGHEST_RATIO: u64 = 200;

/// All files together may inflate to this many times the zip's size and [`SMALL_TOTAL`]: a pack of
/// whole runs inflates to ten times its size.
const HIGHEST_TOTAL_RATIO: u64 = 24;

/// Below this size of all files, in bytes, their ratio is harmless.
const SMALL_TOTAL: u64 = 32 * 1024 * 1024;

/// Bytes that are inflated at once.
const INFLATED_AT_ONCE: usize = 64 * 1024;

/// A zip whose entries may be inflated.
pub(super) struct Opened {
    /// The entries as they stand, in order.
    pub entries: Vec<Entry>,
    /// The whole file.
    pub bytes: Vec<u8>,
}

impl Opened {
    /// Opens the zip at `path`.
    pub fn read(path: &Path) -> Result<Self, PackError> {
        let facts = fs::metadata(path).map_err(PackError::io("read", path))?;
        if facts.len() > LARGEST_ZIP {
            return Err(refused(path, "is larger than 512 MB: no pack is"));
        }
        let bytes = fs::read(path).map_err(PackError::io("read", path))?;
        let entries = entries_of(&bytes).map_err(|why| refused(path, &why))?;
        Ok(Self { entries, bytes })
    }

    /// The entry called `name`.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// True if the archive's comment is the hash of what stands before its end record.
    pub fn holds_its_hash(&self) -> bool {
        let tail = END_RECORD + COMMENT.len() + 64;
        let Some(end) = self.bytes.len().checked_sub(tail) else {
            return false;
        };
        let comment = format!("{COMMENT}{}", sha256_hex(&self.bytes[..end]));
        self.bytes.ends_with(comment.as_bytes())
    }

    /// Writes every entry below `folder`, which is empty.
    pub fn unpack(&self, folder: &Path) -> Result<(), PackError> {
        for entry in &self.entries {
            let path = folder.join(&entry.name);
            let parent = path.parent().unwrap_or(folder);
            fs::create_dir_all(parent).map_err(PackError::io("make", parent))?;
            let file = fs::File::create_new(&path).map_err(PackError::io("write", &path))?;
            entry.inflate_into(file, PackError::io("write", &path))?;
        }
        Ok(())
    }
}

impl Entry {
    /// The file's bytes; never more than it says.
    pub fn inflate(&self) -> Result<Vec<u8>, PackError> {
        let mut bytes = Vec::new();
        self.inflate_into(&mut bytes, |_| self.damaged("cannot be inflated"))?;
        Ok(bytes)
    }

    /// Writes the file's bytes, never more than it says, without holding them all; `unwritten`
    /// makes the error of bytes that cannot be written.
    fn inflate_into(
        &self,
        mut out: impl Write,
        unwritten: impl FnOnce(io::Error) -> PackError,
    ) -> Result<(), PackError> {
        let stream = flate2::read::DeflateDecoder::new(self.data.as_slice());
        let mut stream = stream.take(self.size + 1);
        let mut part = vec![0; INFLATED_AT_ONCE];
        let (mut size, mut crc) = (0, libdeflater::Crc::new());
        loop {
            let read = stream.read(&mut part);
            let read = read.map_err(|_| self.damaged("cannot be inflated: the zip is damaged"))?;
            if read == 0 {
                break;
            }
            size += read as u64;
            crc.update(&part[..read]);
            if let Err(error) = out.write_all(&part[..read]) {
                return Err(unwritten(error));
            }
        }
        if size != self.size {
            return Err(
                self.damaged("has another size than the zip says: it is damaged, or a bomb")
            );
        }
        if crc.sum() != self.crc {
            return Err(self.damaged("is not what its checksum says: the zip is damaged"));
        }
        Ok(())
    }

    fn damaged(&self, why: &str) -> PackError {
        PackError::Refused(Shown::of(format_args!(
            "{} in the zip {why}",
            shown(&self.name)
        )))
    }
}

fn refused(path: &Path, why: &str) -> PackError {
    PackError::Refused(Shown::of(format_args!("{} {why}", path.display())))
}

fn entries_of(bytes: &[u8]) -> Result<Vec<Entry>, String> {
    let broken = |_| "is no zip, or a damaged one".to_owned();
    let zip = ZipArchive::from_slice(bytes).map_err(broken)?;
    let mut entries = Vec::new();
    let mut names = HashSet::new();
    let (mut total, mut packed_total) = (0_u64, 0_u64);
    let mut records = zip.entries();
    while let Some(record) = records.next_entry().map_err(broken)? {
        if entries.len() == MOST_ENTRIES {
            return Err(format!("has more than {MOST_ENTRIES} entries: no pack has"));
        }
        let name = plain_name(record.file_path().as_ref())?;
        // Some systems take two spellings for one file.
        if !names.insert(name.to_lowercase()) {
            return Err(format!("holds {} twice", shown(&name)));
        }
        if record.mode().is_symlink() {
            return Err(format!(
                "holds a link, {}: links lead elsewhere",
                shown(&name)
            ));
        }
        let inner = zip.get_entry(record.wayfinder()).map_err(broken)?;
        if inner.local_header().file_path().as_ref() != name.as_bytes() {
            return Err(format!("calls {} by two names", shown(&name)));
        }
        if record.flags().is_encrypted()
            || record.compression_method() != CompressionMethod::DEFLATE
        {
            return Err(format!(
                "holds {} in another form than letterproof writes",
                shown(&name)
            ));
        }
        let (size, packed) = (record.uncompressed_size_hint(), inner.data().len() as u64);
        total = total.saturating_add(size);
        // Every entry is held as bytes of its own.
        packed_total = packed_total.saturating_add(packed);
        if packed_total > bytes.len() as u64 {
            return Err(format!(
                "holds files that lie over one another, such as {}: it was not opened",
                shown(&name)
            ));
        }
        let most = SMALL_TOTAL + HIGHEST_TOTAL_RATIO * bytes.len() as u64;
        let bomb = total > most || (size > SMALL && size / packed.max(1) > HIGHEST_RATIO);
        if bomb || size > LARGEST_FILE || total > LARGEST_TOTAL {
            return Err(format!(
                "would grow too large: up to {}, which says {size} bytes, its files say {total}; a zip of {} bytes may hold {most}. It was not opened",
                shown(&name),
                bytes.len()
            ));
        }
        entries.push(Entry {
            name,
            crc: record.crc32(),
            size,
            data: inner.data().to_vec(),
        });
    }
    Ok(entries)
}

/// The name of a file below the folder that the zip is unpacked into, and of nothing else.
fn plain_name(raw: &[u8]) -> Result<String, String> {
    let name =
        String::from_utf8(raw.to_vec()).map_err(|_| "holds a name that is no UTF-8".to_owned())?;
    let part = |part: &str| !matches!(part, "" | "." | "..");
    let character = |c: char| !c.is_control() && !matches!(c, '\\' | ':');
    if name.len() <= 400 && name.split('/').all(part) && name.chars().all(character) {
        return Ok(name);
    }
    Err(format!(
        "holds {}, a name that leads out of the zip or is no file's: it was not opened",
        shown(&name)
    ))
}

/// A name as a message may show it.
fn shown(name: &str) -> String {
    let short: String = name.chars().take(120).collect();
    format!("{short:?}")
}

#[cfg(test)]
mod tests {
    use super::super::archive::archive;
    use super::*;
    use crate::model::Timestamp;

    #[test]
    fn files_that_are_each_harmless_and_grow_too_large_together_are_refused() {
        let zeros = vec![0; SMALL as usize];
        let one = Entry::of("f0", &zeros).unwrap();
        let many = |count: usize| {
            let named = (0..count).map(|number| Entry {
                name: format!("f{number}"),
                ..one.clone()
            });
            let entries: Vec<Entry> = named.collect();
            archive(&entries, Timestamp::default()).unwrap()
        };
        assert!(entries_of(&many(2)).is_ok());
        let why = entries_of(&many(8)).unwrap_err();
        assert!(why.starts_with("would grow too large"), "{why}");
    }

    #[test]
    fn a_file_is_written_as_it_is_inflated() {
        let text = b"0123456789".repeat(30_000);
        let entry = Entry::of("f", &text).unwrap();
        assert_eq!(entry.inflate().unwrap(), text);
        let shorter = Entry { size: 9, ..entry };
        assert!(
            shorter
                .inflate()
                .unwrap_err()
                .to_string()
                .contains("another size")
        );
    }
}
