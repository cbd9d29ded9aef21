//! Where letters of production go: a folder of their own, for its owner alone.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::args::Common;
use crate::disk;
use crate::evidence::sha256_hex;

use super::SmokeError;

/// The folder, made and empty.
pub(super) struct Downloads(PathBuf);

impl Downloads {
    /// Makes the folder, for its owner alone.
    pub fn make(path: &Path) -> Result<Self, SmokeError> {
        if path.symlink_metadata().is_ok() {
            return Err(SmokeError::FolderExists(path.to_owned()));
        }
        fs::create_dir(path).map_err(|source| SmokeError::Write {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self(path.to_owned()))
    }

    /// Writes the PDF of `letter`, for the folder's owner alone.
    pub fn save(&self, letter: &str, bytes: &[u8]) -> Result<PathBuf, SmokeError> {
        let path = self.0.join(format!("{}.pdf", file_name(letter)));
        disk::write_new(&path, bytes).map_err(|source| SmokeError::Write {
            path: path.clone(),
            source,
        })?;
        Ok(path)
    }
}

/// The id itself if it is a plain word; ids come from outside and lead nowhere else.
fn file_name(letter: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    match !letter.is_empty() && letter.len() <= 100 && letter.chars().all(plain) {
        true => letter.to_owned(),
        false => format!("letter-{}", &sha256_hex(letter.as_bytes())[..16]),
    }
}

/// Holds that `folder` lies outside of evidence, reports and packs.
pub(super) fn is_no_evidence(folder: &Path, common: &Common) -> Result<(), SmokeError> {
    let whole = resolved(folder);
    let packs = PathBuf::from("packs");
    for among in [&common.evidence_dir, &common.reports_dir, &packs] {
        if whole.starts_with(resolved(among)) {
            return Err(SmokeError::AmongEvidence {
                folder: folder.to_owned(),
                among: among.clone(),
            });
        }
    }
    Ok(())
}

/// The absolute path, with links followed as far as it is there and `..` taken out.
fn resolved(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut there = absolute.as_path();
    let mut rest = Vec::new();
    loop {
        if let Ok(real) = there.canonicalize() {
            return rest.iter().rev().fold(real, below);
        }
        match (there.parent(), there.components().next_back()) {
            (Some(parent), Some(last)) => {
                rest.push(last);
                there = parent;
            }
            _ => return absolute,
        }
    }
}

fn below(path: PathBuf, part: &std::path::Component<'_>) -> PathBuf {
    match part {
        std::path::Component::ParentDir => path.parent().map_or(path.clone(), Path::to_owned),
        other => path.join(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_from_outside_is_no_path() {
        assert_eq!(file_name("2Xyz-1_a"), "2Xyz-1_a");
        for odd in ["../../etc/passwd", "", "a/b", "a b", "ä"] {
            assert!(file_name(odd).starts_with("letter-"), "{odd}");
        }
    }

    #[test]
    fn a_folder_below_is_found_by_any_way() {
        let base = tempfile::tempdir().unwrap();
        let evidence = base.path().join("evidence");
        fs::create_dir(&evidence).unwrap();
        let below = |path: PathBuf| resolved(&path).starts_with(resolved(&evidence));
        assert!(below(evidence.join("x")));
        assert!(below(base.path().join("other/../evidence/x")));
        std::os::unix::fs::symlink(&evidence, base.path().join("link")).unwrap();
        assert!(below(base.path().join("link/x")));
        assert!(!below(base.path().join("evidence-2")));
    }
}
