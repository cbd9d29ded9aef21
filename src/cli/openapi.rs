//! A description of the API that the tester gives.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::evidence::{Journal, RawBody};
use crate::model::{Event, decode_text};

use super::CliError;

/// Bytes that are read of a file; `contract` refuses so many.
const LONGEST: u64 = 8 * 1024 * 1024 + 1;

/// A description as its file holds it.
pub(super) struct Given {
    /// The file's name, without its folder.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

/// Reads the file at `path`.
///
/// # Errors
/// If it cannot be read, or is no text.
pub(super) fn read(path: &Path) -> Result<Given, CliError> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST).read_to_end(&mut bytes));
    let text = read.and_then(|_| decode_text(&bytes).map_err(std::io::Error::other));
    let name = path.file_name().unwrap_or(path.as_os_str());
    Ok(Given {
        name: name.to_string_lossy().into_owned(),
        text: text.map_err(|source| CliError::OpenApiFile {
            path: path.to_owned(),
            source,
        })?,
    })
}

impl Given {
    /// Keeps the description with the run, so that anyone can hold the answers against it again.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep(&self, journal: &Journal) -> Result<(), CliError> {
        let body = journal.keep(&RawBody::Bytes {
            bytes: self.text.clone().into_bytes(),
            content_type: None,
        })?;
        let name = self.name.clone();
        journal.append(&Event::ContractGiven { name, body })?;
        Ok(())
    }
}
