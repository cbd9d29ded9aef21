//! Reading text files that people wrote, within bounds.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use crate::model::decode_text;

/// The most bytes that a configuration, a policy or a key file may have.
pub(in crate::cli) const MOST_SETTINGS: u64 = 1024 * 1024;

/// The text of the file at `path`, in UTF-8 or UTF-16 and without its mark. At most `most` bytes
/// are read.
///
/// # Errors
/// If it cannot be read, is larger, or is no text; the error tells why and what to do.
pub(in crate::cli) fn read_text(path: &Path, most: u64) -> io::Result<String> {
    decode_text(&read_bytes(path, most)?)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// The bytes of the file at `path`, at most `most` of them.
///
/// # Errors
/// If it cannot be read or is larger.
pub(in crate::cli) fn read_bytes(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let larger = format!("it has more than {most} bytes, the most that are read");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, larger));
    }
    Ok(bytes)
}
