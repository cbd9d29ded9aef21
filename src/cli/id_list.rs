//! Files with letter ids, one a line.

use std::fs;
use std::path::Path;

use super::CliError;

/// The lines of the file that `flag` names, as they stand: what is no id is told by the planner.
/// Bytes that are no UTF-8 become a character that no id has, so that they are told as well.
///
/// # Errors
/// If the file cannot be read.
pub(super) fn read(flag: &'static str, path: &Path) -> Result<Vec<String>, CliError> {
    let bytes = fs::read(path).map_err(|source| CliError::IdList {
        flag,
        path: path.to_owned(),
        source,
    })?;
    let text = String::from_utf8_lossy(&bytes);
    let lines = text.trim_start_matches('\u{feff}').lines();
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
