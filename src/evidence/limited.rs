//! Reads files that anyone may have made, up to a bound.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use crate::model::decode_text;

/// The bytes of the file at `path`.
///
/// # Errors
/// If it cannot be read, or has more than `most` bytes.
pub fn read_at_most(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if read as u64 > most {
        let told = format!("it has more than {most} bytes, and no more are read");
        return Err(io::Error::new(io::ErrorKind::InvalidData, told));
    }
    Ok(bytes)
}

/// The text of the file at `path`, in UTF-8 or UTF-16 and without its mark.
///
/// # Errors
/// If it cannot be read, has more than `most` bytes, or is no text; the error tells why and what
/// to do.
pub fn read_text_at_most(path: &Path, most: u64) -> io::Result<String> {
    let bytes = read_at_most(path, most)?;
    decode_text(&bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_bound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        std::fs::write(&path, "12345").unwrap();
        assert_eq!(read_text_at_most(&path, 5).unwrap(), "12345");
        let error = read_at_most(&path, 4).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert!(error.to_string().contains("more than 4 bytes"), "{error}");
    }
}
