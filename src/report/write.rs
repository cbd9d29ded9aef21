//! Reports as files.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::part::{Dossier, Part, Rules};
use super::{ReportError, html, junit, summary, verdicts};

/// Writes `junit.xml`, `report.html`, `verdicts.json` and `summary.md` of a run into `dir`, which
/// is made if needed; each file is there whole or not at all. Returns their paths.
///
/// # Errors
/// If a report cannot be built or written.
pub fn write_all(part: &Part, rules: &Rules, dir: &Path) -> Result<Vec<PathBuf>, ReportError> {
    let result = part.result;
    let dossier = Dossier {
        parts: std::slice::from_ref(part),
        rules,
    };
    let reports = [
        ("report.html", html(&dossier).into_bytes()),
        ("junit.xml", junit(result)?),
        ("verdicts.json", verdicts(result)?.into_bytes()),
        ("summary.md", summary(result).into_bytes()),
    ];
    let written = reports.map(|(name, bytes)| write_file(&dir.join(name), &bytes));
    written.into_iter().collect()
}

/// Writes `bytes` to `path`, whole or not at all; its folder is made if needed.
///
/// # Errors
/// If they cannot be written.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<PathBuf, ReportError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(ReportError::io(folder))?;
    let replace = || {
        let mut file = beside().tempfile_in(folder)?;
        file.write_all(bytes)?;
        file.persist(path).map_err(|error| error.error)
    };
    replace().map_err(ReportError::io(path))?;
    Ok(path.to_owned())
}

/// Reports are for everyone the umask lets in, unlike other temporary files.
fn beside() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".report-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn reports_can_be_made_again_byte_for_byte() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("reports/r");
        let read = |paths: &[PathBuf]| -> Vec<Vec<u8>> {
            paths.iter().map(|path| fs::read(path).unwrap()).collect()
        };
        let run = sample::Whole::run();
        let write = || write_all(&run.part(), &sample::rules, &dir);
        let first = write().unwrap();
        let bytes = read(&first);
        let second = write().unwrap();
        assert_eq!(first, second);
        assert_eq!(bytes, read(&second));
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 4);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("taken");
        fs::write(&file, "").unwrap();
        let run = sample::Whole::run();
        let error = write_all(&run.part(), &sample::rules, &file.join("r")).unwrap_err();
        assert!(error.to_string().contains("--reports-dir"), "{error}");
    }
}
