//! Dependencies point one way (architecture, "Shape").
//!
//! Every `crate::NAME` of a folder is an arrow; each must stand in the table below. A new arrow
//! is a decision: add it here only if it points down.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may end at once")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What each folder may name. `cli` settles everything and may name all of them.
const ARROWS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("progress", &["model"]),
    ("disk", &[]),
    ("browser", &[]),
    ("targets", &["model"]),
    ("simulator", &[]),
    ("ledger", &["disk", "model"]),
    ("keys", &[]),
    ("mail", &["model"]),
    ("onboarding", &["mail", "model"]),
    (
        "doctor",
        &["client", "disk", "evidence", "keys", "model", "targets"],
    ),
    ("preflight", &["evidence", "model"]),
    ("pictures", &[]),
    (
        "proof",
        &["disk", "evidence", "mail", "model", "preflight", "targets"],
    ),
    ("evidence", &["disk", "model"]),
    ("client", &["evidence", "model"]),
    ("observe", &["evidence", "model"]),
    ("contract", &["model"]),
    ("acceptance", &["model"]),
    (
        "audit",
        &[
            "acceptance",
            "contract",
            "evidence",
            "model",
            "preflight",
            "targets",
        ],
    ),
    // Of `progress` the reports take how times and numbers are written.
    (
        "report",
        &[
            "acceptance",
            "disk",
            "evidence",
            "model",
            "preflight",
            "progress",
            "targets",
        ],
    ),
    (
        "pack",
        &[
            "acceptance",
            "audit",
            "evidence",
            "mail",
            "model",
            "report",
            "targets",
        ],
    ),
    (
        "world",
        &[
            "client",
            "evidence",
            "ledger",
            "model",
            "preflight",
            "progress",
        ],
    ),
    // The catalogue names what goes wrong where it goes wrong.
    ("faults", &["evidence", "model", "simulator", "world"]),
    (
        "selftest",
        &[
            "acceptance",
            "audit",
            "evidence",
            "faults",
            "model",
            "progress",
            "simulator",
        ],
    ),
    ("steps", &["model", "world"]),
    (
        "engine",
        &["acceptance", "evidence", "model", "progress", "world"],
    ),
];

/// The folder that may name every other one.
const TOP: &str = "cli";

/// The folders of the crate, `steps` among them, with their files.
fn folders() -> BTreeMap<String, Vec<PathBuf>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = BTreeMap::new();
    for entry in fs::read_dir(root.join("src")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            folders.insert(name, rust_files(&path));
        }
    }
    folders.insert("steps".to_owned(), rust_files(&root.join("steps")));
    folders
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The names that follow `crate::` in `code`, groups and comments understood.
fn names_in(code: &str) -> BTreeSet<String> {
    let code = without_comments(code);
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let own = code[..at]
            .chars()
            .next_back()
            .is_none_or(|before| !is_word(before) && before != '$');
        if own {
            names.extend(first_names(&code[at + "crate::".len()..]));
        }
    }
    names
}

/// The name at the start of `rest`, or those of the group that stands there.
fn first_names(rest: &str) -> Vec<String> {
    let Some(group) = rest.strip_prefix('{') else {
        return vec![word(rest)];
    };
    let mut names = Vec::new();
    let mut depth = 1;
    let mut item = String::new();
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 || (depth == 1 && c == ',') {
            names.push(word(item.trim()));
            item.clear();
        } else {
            item.push(c);
        }
        if depth == 0 {
            break;
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| is_word(*c)).collect()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn without_comments(code: &str) -> String {
    let lines = code.lines().map(|line| match line.find("//") {
        Some(at) if !line[..at].ends_with(':') => &line[..at],
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A folder that is reached by climbing out of its own with `super`, which the table cannot see.
fn climbs(code: &str, depth: usize, folders: &BTreeSet<String>) -> Vec<String> {
    let code = without_comments(code);
    let mut found = Vec::new();
    for (at, _) in code.match_indices("super::") {
        if code[..at].ends_with("::") {
            continue;
        }
        let mut rest = &code[at..];
        let mut steps = 0;
        while let Some(inner) = rest.strip_prefix("super::") {
            (rest, steps) = (inner, steps + 1);
        }
        let climbed = first_names(rest).into_iter();
        found.extend(climbed.filter(|name| steps > depth && folders.contains(name)));
    }
    found
}

/// Every arrow of `folder` that the table does not have.
fn forbidden(folder: &str, names: &BTreeSet<String>, folders: &BTreeSet<String>) -> Vec<String> {
    if folder == TOP {
        return Vec::new();
    }
    let allowed = ARROWS.iter().find(|(name, _)| *name == folder);
    let allowed = allowed.map_or(&[][..], |(_, allowed)| allowed);
    names
        .iter()
        .filter(|name| folders.contains(*name))
        .filter(|name| *name != folder && !allowed.contains(&name.as_str()))
        .map(|name| format!("{folder} → {name}"))
        .collect()
}

#[test]
fn every_arrow_stands_in_the_table() {
    let folders = folders();
    let names: BTreeSet<String> = folders.keys().cloned().collect();
    let mut wrong = Vec::new();
    for (folder, files) in &folders {
        for file in files {
            let code = fs::read_to_string(file).unwrap();
            for arrow in forbidden(folder, &names_in(&code), &names) {
                wrong.push(format!("{arrow} in {}", file.display()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "arrows that point up:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn nobody_climbs_out_of_a_folder() {
    let folders = folders();
    let names: BTreeSet<String> = folders.keys().cloned().collect();
    for (folder, files) in &folders {
        for file in files {
            let inside = file.ancestors().skip(1);
            let depth = inside
                .take_while(|path| path.file_name().is_some_and(|name| name != folder.as_str()))
                .count();
            let is_root = file.file_name().is_some_and(|name| name == "mod.rs");
            let code = fs::read_to_string(file).unwrap();
            let climbed = climbs(&code, depth + usize::from(!is_root), &names);
            assert!(climbed.is_empty(), "{}: {climbed:?}", file.display());
        }
    }
}

#[test]
fn every_folder_stands_in_the_table() {
    for folder in folders().keys().filter(|folder| *folder != TOP) {
        let known = ARROWS.iter().any(|(name, _)| name == folder);
        assert!(known, "{folder} is new: say in ARROWS what it may name");
    }
}

#[test]
fn the_table_has_no_circle_and_nothing_names_the_top() {
    let mut done: BTreeSet<&str> = BTreeSet::new();
    let mut left: Vec<_> = ARROWS.to_vec();
    while !left.is_empty() {
        let (ready, rest): (Vec<_>, Vec<_>) = left
            .into_iter()
            .partition(|(_, named)| named.iter().all(|name| done.contains(name)));
        let stuck: Vec<_> = rest.iter().map(|(name, _)| *name).collect();
        assert!(
            !ready.is_empty(),
            "a circle, or an unknown name, among {stuck:?}"
        );
        done.extend(ready.iter().map(|(name, _)| *name));
        left = rest;
    }
    assert!(!done.contains(TOP));
}

#[test]
fn simulator_and_client_share_nothing_but_the_wire() {
    let folders = folders();
    for (one, other) in [("simulator", "client"), ("client", "simulator")] {
        for file in &folders[one] {
            let named = names_in(&fs::read_to_string(file).unwrap());
            assert!(!named.contains(other), "{}", file.display());
        }
    }
}

#[test]
fn a_forbidden_arrow_would_be_seen() {
    let folders: BTreeSet<String> = folders().into_keys().collect();
    let cases = [
        (
            "use crate::client::Supplier;",
            "simulator",
            "simulator → client",
        ),
        (
            "use crate::{model::Line, engine};",
            "acceptance",
            "acceptance → engine",
        ),
        (
            "use crate::{\n    model::{Line, Event},\n    cli,\n};",
            "audit",
            "audit → cli",
        ),
        ("fn f() -> crate::world::Sizes {}", "model", "model → world"),
        ("    let x = &crate::cli::main;", "engine", "engine → cli"),
    ];
    for (code, folder, arrow) in cases {
        let found = forbidden(folder, &names_in(code), &folders);
        assert_eq!(found, [arrow], "{code}");
    }
    let allowed = [
        ("use crate::model::Line;", "acceptance"),
        ("// see crate::engine", "model"),
        ("//! [`crate::cli`]", "model"),
        ("use crate::model::{Line, Event};", "evidence"),
        ("macro_rules! m { () => { $crate::cli::main() } }", "model"),
        ("use my_crate::cli;", "model"),
        ("use crate::simulator::Simulator;", "cli"),
    ];
    for (code, folder) in allowed {
        assert_eq!(
            forbidden(folder, &names_in(code), &folders),
            [""; 0],
            "{code}"
        );
    }
}

#[test]
fn a_climb_would_be_seen() {
    let folders: BTreeSet<String> = folders().into_keys().collect();
    assert_eq!(climbs("use super::super::cli;", 1, &folders), ["cli"]);
    assert_eq!(climbs("use super::{cli, x};", 0, &folders), ["cli"]);
    assert_eq!(climbs("use super::report::Finding;", 1, &folders), [""; 0]);
    assert_eq!(
        climbs("use super::super::transport::Answer;", 1, &folders),
        [""; 0]
    );
}
