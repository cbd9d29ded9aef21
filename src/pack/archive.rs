//! Zips as this tool writes them: the same entries give the same bytes.
//!
//! Entries are deflated as a whole by libdeflate, which makes journals a fifteenth smaller than
//! zlib does; rawzip writes the frame. The archive's comment is the SHA-256 of every byte before
//! its end record, so that a changed byte that inflates to the same text is seen too.

use std::io::Write as _;

use libdeflater::{CompressionLvl, Compressor, Crc};
use rawzip::time::UtcDateTime;
use rawzip::{CompressionMethod, DataDescriptorOutput, ZipArchiveWriter};

use crate::evidence::sha256_hex;
use crate::model::Timestamp;

use super::PackError;

/// Of libdeflate's levels the last that takes a second, not ten, for a whole run.
const LEVEL: i32 = 9;

/// What the archive's comment says before the hash.
pub(super) const COMMENT: &str = "SHA-256 of all bytes before the end record: ";

/// Length of the end record without its comment (APPNOTE, 4.3.16).
pub(super) const END_RECORD: usize = 22;

/// A file of the archive, deflated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its name, with `/`.
    pub name: String,
    /// CRC-32 of the file.
    pub crc: u32,
    /// Its size in bytes.
    pub size: u64,
    /// Its bytes as they stand in the archive.
    pub data: Vec<u8>,
}

impl Entry {
    /// `bytes` deflated: stored entries whose size follows them are not read everywhere.
    pub fn of(name: &str, bytes: &[u8]) -> Result<Self, PackError> {
        let mut crc = Crc::new();
        crc.update(bytes);
        Ok(Self {
            name: name.to_owned(),
            crc: crc.sum(),
            size: bytes.len() as u64,
            data: deflate(bytes)?,
        })
    }
}

fn deflate(bytes: &[u8]) -> Result<Vec<u8>, PackError> {
    let failed = |error: &dyn std::fmt::Debug| PackError::Zip(format!("{error:?}"));
    let level = CompressionLvl::new(LEVEL).map_err(|error| failed(&error))?;
    let mut compressor = Compressor::new(level);
    let mut deflated = vec![0; compressor.deflate_compress_bound(bytes.len())];
    let length = compressor
        .deflate_compress(bytes, &mut deflated)
        .map_err(|error| failed(&error))?;
    deflated.truncate(length);
    deflated.shrink_to_fit();
    Ok(deflated)
}

/// The archive of `entries`, in their order, each dated `at` to the second.
pub(super) fn archive<'e>(
    entries: impl IntoIterator<Item = &'e Entry>,
    at: Timestamp,
) -> Result<Vec<u8>, PackError> {
    let failed = |error: &dyn std::fmt::Display| PackError::Zip(error.to_string());
    let time = UtcDateTime::from_unix(at.micros().div_euclid(1_000_000));
    let mut zip = ZipArchiveWriter::new(Vec::new());
    zip.set_comment(format!("{COMMENT}{}", "0".repeat(64)));
    for entry in entries {
        let file = zip
            .new_file(entry.name.as_str())
            .compression_method(CompressionMethod::DEFLATE)
            .last_modified(time);
        let (mut file, _) = file.start().map_err(|error| failed(&error))?;
        file.write_all(&entry.data)
            .map_err(|error| failed(&error))?;
        file.finish(DataDescriptorOutput::new(entry.crc, entry.size))
            .map_err(|error| failed(&error))?;
    }
    let mut bytes = zip.finish().map_err(|error| failed(&error))?;
    let end = bytes.len() - END_RECORD - COMMENT.len() - 64;
    let hash = sha256_hex(&bytes[..end]);
    let place = bytes.len() - 64;
    bytes[place..].copy_from_slice(hash.as_bytes());
    Ok(bytes)
}
