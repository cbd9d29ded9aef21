//! The files that arguments mean: files, folders, and patterns that no shell has expanded.

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::PreflightCliError;

/// How deep folders are searched.
pub(super) const MAX_DEPTH: usize = 32;

/// A file or folder that could not be looked at.
#[derive(Debug, Serialize)]
pub(super) struct Unread {
    pub file: String,
    verdict: &'static str,
    pub error: String,
}

impl Unread {
    fn new(path: &Path, error: impl Into<String>) -> Self {
        Self {
            file: path.display().to_string(),
            verdict: "unread",
            error: error.into(),
        }
    }

    /// What the operating system said; of a link also where it leads.
    pub fn because(path: &Path, error: &io::Error) -> Self {
        match std::fs::read_link(path) {
            Ok(target) if error.kind() == io::ErrorKind::NotFound => Self::new(
                path,
                format!("a link to {}, which is not there", target.display()),
            ),
            _ => Self::new(path, error.to_string()),
        }
    }
}

/// What the arguments mean: files to check, and what could not be looked at.
#[derive(Default)]
pub(super) struct Found {
    pub files: Vec<PathBuf>,
    pub unread: Vec<Unread>,
}

/// The files that the arguments mean, each once, in order.
pub(super) fn find_all(arguments: &[PathBuf]) -> Result<Found, PreflightCliError> {
    let mut found = Found::default();
    for argument in arguments {
        find(argument, &mut found)?;
    }
    let mut seen = std::collections::HashSet::new();
    found.files.retain(|file| seen.insert(file.clone()));
    Ok(found)
}

fn find(argument: &Path, found: &mut Found) -> Result<(), PreflightCliError> {
    if argument.is_dir() {
        walk(argument, 0, found);
        return Ok(());
    }
    // A link that leads nowhere is there all the same.
    if argument.symlink_metadata().is_ok() {
        found.files.push(argument.to_owned());
        return Ok(());
    }
    match argument
        .to_str()
        .filter(|text| text.contains(['*', '?', '[']))
    {
        Some(pattern) => expand(pattern, found),
        None => Err(PreflightCliError::NotThere(argument.to_owned())),
    }
}

/// What the shell would have done, had the pattern not been quoted.
fn expand(pattern: &str, found: &mut Found) -> Result<(), PreflightCliError> {
    let paths = glob::glob(pattern).map_err(|source| PreflightCliError::Pattern {
        pattern: pattern.to_owned(),
        source,
    })?;
    for path in paths {
        match path {
            Ok(path) => find(&path, found)?,
            Err(error) => found
                .unread
                .push(Unread::because(error.path(), error.error())),
        }
    }
    Ok(())
}

/// Every PDF below a folder, in the order of their names. Links to folders are not followed.
fn walk(folder: &Path, depth: usize, found: &mut Found) {
    if depth > MAX_DEPTH {
        let deep = format!("lies more than {MAX_DEPTH} folders deep and was not searched");
        return found.unread.push(Unread::new(folder, deep));
    }
    let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries = match entries {
        Ok(entries) => entries,
        Err(error) => return found.unread.push(Unread::because(folder, &error)),
    };
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&path, depth + 1, found);
        } else if is_pdf(&path) {
            take(path, found);
        }
    }
}

/// Reading what is no file, such as a pipe, might never end.
fn take(path: PathBuf, found: &mut Found) {
    match std::fs::metadata(&path) {
        Ok(facts) if facts.is_file() => found.files.push(path),
        Ok(_) => found
            .unread
            .push(Unread::new(&path, "it is no file, nor a link to one")),
        Err(error) => found.unread.push(Unread::because(&path, &error)),
    }
}

fn is_pdf(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("pdf"))
}
