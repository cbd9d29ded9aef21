//! Opens a zip that anyone may have made, and refuses what no pack is.

use std::collections::HashSet;
use std::fs;
use std::io::{Read, Write as _};
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
            let bytes = entry.inflate()?;
            let write = || fs::File::create_new(&path)?.write_all(&bytes);
            write().map_err(PackError::io("write", &path))?;
        }
        Ok(())
    }
}

impl Entry {
    /// The file's bytes; never more than it says.
    pub fn inflate(&self) -> Result<Vec<u8>, PackError> {
        let told = |why: &str| {
            PackError::Refused(Shown::of(format_args!(
                "{} in the zip {why}",
                shown(&self.name)
            )))
        };
        let mut bytes = Vec::new();
        let stream = flate2::read::DeflateDecoder::new(self.data.as_slice());
        stream
            .take(self.size + 1)
            .read_to_end(&mut bytes)
            .map_err(|_| told("cannot be inflated: the zip is damaged"))?;
        if bytes.len() as u64 != self.size {
            return Err(told(
                "has another size than the zip says: it is damaged, or a bomb",
            ));
        }
        if rawzip::crc32(&bytes) != self.crc {
            return Err(told("is not what its checksum says: the zip is damaged"));
        }
        Ok(bytes)
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
        let bomb = size > SMALL && size / packed.max(1) > HIGHEST_RATIO;
        if bomb || size > LARGEST_FILE || total > LARGEST_TOTAL {
            return Err(format!(
                "would grow too large: {} alone says {size} bytes; it was not opened",
                shown(&name)
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
