//! Other users of the machine: what a run leaves is its owner's alone, and what they lay in its way
//! leads nowhere.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may end at once")]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{Desk, Ended, RUN, SMALL};

/// Calls the program with `args` under another umask.
fn under(umask: &str, desk: &Desk, args: &[&str]) -> Ended {
    let script = format!("umask {umask}; exec \"$@\"");
    let mut command = Command::new("sh");
    let program = env!("CARGO_BIN_EXE_letterproof");
    command.args(["-c", &script, "sh", program]).args(args);
    command.args(desk.places());
    desk.shut_in(&mut command);
    Ended::of(command.output().unwrap())
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

/// `folder` and everything below it.
fn all_below(folder: &Path) -> Vec<PathBuf> {
    let mut all = vec![folder.to_owned()];
    let mut at = 0;
    while let Some(path) = all.get(at).cloned() {
        at += 1;
        if path.is_dir() {
            all.extend(
                fs::read_dir(path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        }
    }
    all
}

#[test]
fn evidence_is_its_owners_alone_and_reports_are_as_the_umask_says() {
    for (umask, file, folder) in [("000", 0o666, 0o777), ("022", 0o644, 0o755)] {
        let desk = Desk::new();
        let small = [&["run", "--run-id", RUN, "--only", "AT1,AT2"], &SMALL[..]].concat();
        under(umask, &desk, &small).expect(0);
        let photo = desk.path("photo.jpg");
        fs::write(&photo, "a photo").unwrap();
        let attach = ["attach", "AT10", "photo.jpg", "--run", RUN];
        let attached = under(umask, &desk, &attach);
        assert!(
            desk.run_dir(RUN).join("review.jsonl").is_file(),
            "{attached}"
        );
        let evidence = all_below(&desk.evidence());
        assert!(
            evidence
                .iter()
                .any(|path| path.ends_with("ledger-local.sqlite"))
        );
        for path in evidence {
            assert_eq!(
                mode(&path) & 0o077,
                0,
                "{:o} {}",
                mode(&path),
                path.display()
            );
        }
        for path in all_below(&desk.path("reports")) {
            let wanted = if path.is_dir() { folder } else { file };
            assert_eq!(mode(&path), wanted, "{}", path.display());
        }
    }
}

#[test]
fn keys_and_configurations_are_for_whom_they_are_meant() {
    let desk = Desk::new();
    fs::remove_file(desk.path("letterproof.toml")).unwrap();
    under("000", &desk, &["init", "--kid", "a/b"])
        .expect(0)
        .says(&["keygen --kid a/b --out"]);
    assert_eq!(mode(&desk.path("letterproof.toml")), 0o666);
    under("022", &desk, &["keygen", "--kid", "a/b", "--out", "keys"]).expect(0);
    assert_eq!(mode(&desk.path("keys")), 0o700);
    assert_eq!(mode(&desk.path("keys/a_b.pem")), 0o600);
    assert_eq!(mode(&desk.path("keys/a_b.jwks.json")), 0o644);
}

#[test]
fn links_that_lie_in_the_way_are_not_followed() {
    let desk = Desk::new();
    let victim = desk.path("victim");
    for (name, code) in [("ledger-local.sqlite.lock", 4), ("ledger-local.sqlite", 4)] {
        fs::create_dir_all(desk.evidence()).unwrap();
        fs::write(&victim, "of somebody else").unwrap();
        let link = desk.evidence().join(name);
        symlink(&victim, &link).unwrap();
        let ended = desk.small_run(&["--only", "AT1"]);
        assert_eq!(ended.code, code, "{ended}");
        assert!(ended.err.contains("a link lies there"), "{ended}");
        assert_eq!(fs::read_to_string(&victim).unwrap(), "of somebody else");
        fs::remove_dir_all(desk.evidence()).unwrap();
    }
}

#[test]
fn an_evidence_folder_that_others_can_look_into_is_told() {
    let desk = Desk::new();
    fs::create_dir(desk.evidence()).unwrap();
    fs::set_permissions(desk.evidence(), fs::Permissions::from_mode(0o755)).unwrap();
    let ended = desk.call(&["doctor", "--target", "local"]);
    ended.says(&["has mode 0755", "chmod 700"]);
}
