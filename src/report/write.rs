//! Reports as files.

use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::acceptance::result::RunResult;
use crate::disk;
use crate::evidence::{BodyStore, RunDir};
use crate::model::Event;

use super::har::Har;
use super::part::Dossier;
use super::reading::{Reading, rule};
use super::tables::Tables;
use super::{ReportError, html, junit, summary, verdicts};

/// Writes every report of the run in `run`, which came to `result`, into `dir`, which is made if
/// needed; each file is there whole or not at all. Returns their paths.
///
/// # Errors
/// If a report cannot be built or written, or the run's journal cannot be read.
pub fn write_all(
    run: &RunDir,
    result: &RunResult,
    dir: &Path,
) -> Result<Vec<PathBuf>, ReportError> {
    refuse_link(dir).map_err(ReportError::io(dir))?;
    disk::share_folder(dir).map_err(ReportError::io(dir))?;
    let mut written = of_result(result, dir)?;
    written.extend(of_journal(run, result, dir)?);
    Ok(written)
}

/// A link that somebody laid in the place of the folder would lead the reports elsewhere.
fn refuse_link(dir: &Path) -> io::Result<()> {
    match dir.symlink_metadata() {
        Ok(facts) if facts.is_symlink() => {
            let told = "it is a link, and reports are written through none; take it away";
            Err(io::Error::new(io::ErrorKind::AlreadyExists, told))
        }
        _ => Ok(()),
    }
}

/// What follows from the result alone.
fn of_result(result: &RunResult, dir: &Path) -> Result<Vec<PathBuf>, ReportError> {
    let reports = [
        ("junit.xml", junit(result)?),
        ("verdicts.json", verdicts(result)?.into_bytes()),
        ("summary.md", summary(result).into_bytes()),
    ];
    let written = reports.map(|(name, bytes)| write_file(&dir.join(name), &bytes));
    written.into_iter().collect()
}

/// What shows the journal's lines: read once, and never held as a whole.
fn of_journal(run: &RunDir, result: &RunResult, dir: &Path) -> Result<Vec<PathBuf>, ReportError> {
    let path = dir.join("exchanges.har");
    let io = || ReportError::io(path.clone());
    let file = BufWriter::new(beside().tempfile_in(dir).map_err(io())?);
    let mut har = Har::begin(file, result, BodyStore::at(run.bodies())).map_err(io())?;
    let mut tables = Tables::default();
    let reading = Reading::following(run, result, |line| {
        if let Event::Exchange(exchange) = &line.event {
            har.take(line.seq, exchange).map_err(io())?;
        }
        tables.take(line);
        Ok(())
    })?;
    let file = har.end().and_then(|file| Ok(file.into_inner()?));
    file.and_then(|file| put(file, &path)).map_err(io())?;
    let mut written = vec![path];
    for (name, bytes) in tables.files().map_err(ReportError::io(dir))? {
        written.push(write_file(&dir.join(name), &bytes)?);
    }
    let page = reading.with_part(|part| {
        html(&Dossier {
            parts: std::slice::from_ref(part),
            rules: &rule,
        })
    });
    written.insert(0, write_file(&dir.join("report.html"), page.as_bytes())?);
    Ok(written)
}

/// Writes `bytes` to `path`, whole or not at all; its folder is made if needed.
///
/// # Errors
/// If they cannot be written.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<PathBuf, ReportError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    disk::share_folder(folder).map_err(ReportError::io(folder))?;
    let replace = || {
        let mut file = beside().tempfile_in(folder)?;
        file.write_all(bytes)?;
        put(file, path)
    };
    replace().map_err(ReportError::io(path))?;
    Ok(path.to_owned())
}

/// Puts `file` in its place, for everyone whom the umask of the caller lets in: reports are for
/// others.
fn put(file: NamedTempFile, path: &Path) -> io::Result<()> {
    disk::share(file.as_file())?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

fn beside() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".report-");
    builder
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::sample;
    use super::*;

    #[test]
    fn reports_can_be_made_again_byte_for_byte() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("reports/r");
        let read = |paths: &[PathBuf]| -> Vec<Vec<u8>> {
            paths.iter().map(|path| fs::read(path).unwrap()).collect()
        };
        let run = &sample::folder(folder.path());
        let first = write_all(run, &sample::run(), &dir).unwrap();
        let bytes = read(&first);
        let second = write_all(run, &sample::run(), &dir).unwrap();
        assert_eq!(first, second);
        assert_eq!(bytes, read(&second));
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 8);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("taken");
        fs::write(&file, "").unwrap();
        let run = sample::folder(folder.path());
        let error = write_all(&run, &sample::run(), &file.join("r")).unwrap_err();
        assert!(error.to_string().contains("--reports-dir"), "{error}");
    }
}
