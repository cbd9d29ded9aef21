//! Where a run writes: may it, and is there room?

use std::fs;
use std::path::{Path, PathBuf};

use crate::disk::others_may_look;

use super::{Finding, Places};

/// Evidence and reports of a full run: 52 MB (docs/measurements.md), a few times over.
const RUN_MB: u64 = 300;

/// All letter PDFs of one seeding (acceptance-pack, "Data"), for three passes of AT15.
const PDFS_MB: u64 = 3 * 388;

const EVIDENCE: &str = "evidence-folder";

/// Checks both folders and the disk below the evidence.
pub fn places(places: &Places) -> Vec<Finding> {
    vec![
        writable(EVIDENCE, &places.evidence),
        writable("reports-folder", &places.reports),
        room(places),
    ]
}

/// A file can be made in the folder, or where the folder would be made.
fn writable(check: &'static str, folder: &Path) -> Finding {
    let there = nearest(folder);
    let probe = tempfile::Builder::new()
        .prefix(".letterproof-doctor-")
        .tempfile_in(&there);
    let shown = folder.display();
    match probe {
        Ok(_) if there == folder => match others_may_look(folder) {
            Some(mode) if check == EVIDENCE => Finding::warning(
                check,
                format!("{shown} can be written, and has mode {mode:04o}"),
            )
            .because(
                "others on this machine can look into it: it was made by hand, or by an earlier version",
                format!("run: chmod 700 '{shown}'"),
            ),
            _ => Finding::ok(check, format!("{shown} can be written")),
        },
        Ok(_) => Finding::ok(check, format!("{shown} can be made")),
        Err(error) => Finding::fail(
            check,
            format!("{shown} cannot be written: {}", error.kind()),
            "this user may not write there, or the disk is read-only or full",
            "name another folder (--evidence-dir, --reports-dir), or change who may write there",
        ),
    }
}

fn room(places: &Places) -> Finding {
    const CHECK: &str = "disk";
    let needed = RUN_MB + if places.keeps_all_pdfs { PDFS_MB } else { 0 };
    let free = match rustix::fs::statvfs(nearest(&places.evidence)) {
        Ok(disk) => disk.f_bavail.saturating_mul(disk.f_frsize) / 1_000_000,
        Err(error) => return Finding::skipped(CHECK, format!("the disk does not tell: {error}")),
    };
    let seen = format!("{free} MB free, a full run takes up to {needed} MB");
    if free >= needed {
        return Finding::ok(CHECK, seen);
    }
    Finding::fail(
        CHECK,
        seen,
        "a run that meets a full disk ends without a seal",
        "free some room, or name a folder on another disk with --evidence-dir",
    )
}

/// The folder itself, or the first above it that is there.
fn nearest(folder: &Path) -> PathBuf {
    let here = || PathBuf::from(".");
    let mut tried = Some(folder);
    while let Some(path) = tried {
        if path.as_os_str().is_empty() {
            return here();
        }
        if fs::metadata(path).is_ok() {
            return path.to_owned();
        }
        tried = path.parent();
    }
    here()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Outcome;

    #[test]
    #[cfg(unix)]
    fn evidence_that_others_can_look_into_is_a_warning() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let open = writable(EVIDENCE, folder.path());
        assert_eq!(open.outcome, Outcome::Warning);
        assert!(open.remedy.unwrap().starts_with("run: chmod 700 "));
        let reports = writable("reports-folder", folder.path());
        assert_eq!(reports.outcome, Outcome::Ok);
    }

    #[test]
    fn a_folder_is_there_or_can_be_made_or_neither() {
        let folder = tempfile::tempdir().unwrap();
        let there = writable("reports-folder", folder.path());
        assert!(there.seen.contains("can be written"), "{there:?}");
        assert_eq!(there.outcome, Outcome::Ok);
        let later = writable("evidence-folder", &folder.path().join("a/b"));
        assert!(later.seen.contains("can be made"), "{later:?}");
        assert!(!folder.path().join("a").exists());
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let wrong = writable("evidence-folder", &file);
        assert_eq!(wrong.outcome, Outcome::Fail);
        assert!(wrong.remedy.is_some());
    }
}
