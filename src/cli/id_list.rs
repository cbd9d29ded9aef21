//! Files with letter ids, one a line.

use std::io;
use std::path::Path;

use crate::evidence::read_at_most;

use super::CliError;

/// Most bytes of a list: 300,000 ids of 27 characters have 8.4 MB.
const LARGEST_LIST: u64 = 16 * 1024 * 1024;

/// Most lines of a list.
const MOST_IDS: usize = 300_000;

/// The lines of the file that `flag` names, as they stand: what is no id is told by the planner.
/// Bytes that are no UTF-8 become a character that no id has, so that they are told as well.
///
/// # Errors
/// If the file cannot be read.
pub(super) fn read(flag: &'static str, path: &Path) -> Result<Vec<String>, CliError> {
    let unread = |source| CliError::IdList {
        flag,
        path: path.to_owned(),
        source,
    };
    let bytes = read_at_most(path, LARGEST_LIST).map_err(unread)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines = text.trim_start_matches('\u{feff}').lines();
    if lines.clone().nth(MOST_IDS).is_some() {
        let told = format!("it has more than {MOST_IDS} lines, and no more are read");
        return Err(unread(io::Error::new(io::ErrorKind::InvalidData, told)));
    }
    Ok(lines.map(str::to_owned).collect())
}

/// The list that `flag` names, if it was given.
///
/// # Errors
/// If the file cannot be read.
pub(super) fn given(
    flag: &'static str,
    path: Option<&Path>,
) -> Result<Option<Vec<String>>, CliError> {
    path.map(|path| read(flag, path)).transpose()
}
