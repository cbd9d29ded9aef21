//! Compares what preflight says of PDFs with what `pdfinfo`, `pdffonts` and `qpdf` say.
//!
//! ```text
//! cargo run --release --example agreement -- FOLDER… > disagreements.tsv
//! ```
//!
//! Each line of standard output is a disagreement: file, fact, ours, theirs, and what is known
//! of the cause. Totals go to standard error. The three programs are Debian's packages
//! `poppler-utils` and `qpdf`.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for a terminal"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use letterproof::preflight::{Description, Encryption, Policy, describe};

/// Millimetres within which two page sizes are the same.
const SAME_MM: f64 = 0.1;

fn main() {
    let policy = Policy::built_in().unwrap_or_else(|error| unreachable!("{error}"));
    let mut files = Vec::new();
    for folder in std::env::args().skip(1) {
        find(Path::new(&folder), &mut files);
    }
    files.sort();
    let mut totals: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for file in &files {
        let Ok(bytes) = std::fs::read(file) else {
            continue;
        };
        for (fact, verdict, line) in compare(file, &describe(&bytes, &policy)) {
            *totals.entry((fact, verdict)).or_default() += 1;
            if let Some(line) = line {
                println!("{}\t{fact}\t{line}", file.display());
            }
        }
    }
    eprintln!("{} files", files.len());
    for ((fact, verdict), count) in totals {
        eprintln!("{fact:22} {verdict:12} {count:6}");
    }
}

fn find(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        entries.for_each(|entry| find(&entry.path(), files));
    } else if path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("pdf"))
    {
        files.push(path.to_owned());
    }
}

/// A fact, how the two sides compare, and the line to print if they disagree.
type Compared = (&'static str, &'static str, Option<String>);

fn agree<T: PartialEq + std::fmt::Debug>(
    fact: &'static str,
    ours: &T,
    theirs: &T,
    cause: impl FnOnce() -> String,
) -> Compared {
    if ours == theirs {
        (fact, "agree", None)
    } else {
        let line = format!("{ours:?}\t{theirs:?}\t{}", cause());
        (fact, "disagree", Some(line))
    }
}

fn compare(file: &Path, ours: &Result<Description, String>) -> Vec<Compared> {
    let info = run("pdfinfo", &["-f", "1", "-l", "100000"], file);
    let pages = info.as_ref().and_then(|text| field(text, "Pages:"));
    let ours = match (ours, &pages) {
        (Ok(ours), _) => ours,
        (Err(_), None) => return vec![("opens", "agree", None)],
        (Err(why), Some(_)) => {
            let line = format!("refused\topens\t{why}; {}", qpdf_says(file));
            return vec![("opens", "disagree", Some(line))];
        }
    };
    let mut compared = vec![encryption(file, ours)];
    if ours.encryption == Encryption::Password {
        return compared;
    }
    let Some(info) = info.filter(|_| pages.is_some()) else {
        let line = format!("opens\trefused\t{}", qpdf_says(file));
        compared.push(("opens", "disagree", Some(line)));
        return compared;
    };
    compared.push(("opens", "agree", None));
    let count = ours.pages.len().to_string();
    compared.push(agree("pages pdfinfo", &Some(count.clone()), &pages, || {
        qpdf_says(file)
    }));
    if let Some(pages) = run("qpdf", &["--show-npages"], file) {
        let pages = pages.trim().to_owned();
        compared.push(agree("pages qpdf", &count, &pages, || qpdf_says(file)));
    }
    compared.push(sizes(ours, &info));
    compared.extend(fonts(file, ours));
    compared
}

fn encryption(file: &Path, ours: &Description) -> Compared {
    let theirs = match status("qpdf", &["--requires-password"], file) {
        Some(0) => Encryption::Password,
        Some(3) => Encryption::EmptyPassword,
        _ => Encryption::None,
    };
    agree("encryption qpdf", &ours.encryption, &theirs, || {
        qpdf_says(file)
    })
}

/// Sizes as viewed, page by page.
fn sizes(ours: &Description, info: &str) -> Compared {
    let theirs = viewed_sizes(info);
    for (index, ours) in ours.pages.iter().enumerate() {
        let Some(theirs) = theirs.get(index) else {
            break;
        };
        let same = |ours: &(f64, f64)| {
            (ours.0 - theirs.0).abs() < SAME_MM && (ours.1 - theirs.1).abs() < SAME_MM
        };
        if !ours.as_ref().is_some_and(same) {
            let line = format!("page {}: {ours:.1?}\t{theirs:.1?}\t", index + 1);
            return ("page sizes pdfinfo", "disagree", Some(line));
        }
    }
    ("page sizes pdfinfo", "agree", None)
}

fn viewed_sizes(info: &str) -> Vec<(f64, f64)> {
    let mut sizes: Vec<(f64, f64)> = Vec::new();
    for line in info.lines().filter(|line| line.starts_with("Page ")) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |index: usize| words.get(index).and_then(|word| word.parse::<f64>().ok());
        if let (Some(&"size:"), Some(width), Some(height)) = (words.get(2), number(3), number(5)) {
            sizes.push((width / 72.0 * 25.4, height / 72.0 * 25.4));
        } else if let (Some(&"rot:"), Some(degrees)) = (words.get(2), number(3))
            && degrees.rem_euclid(180.0) == 90.0
            && let Some(last) = sizes.last_mut()
        {
            *last = (last.1, last.0);
        }
    }
    sizes
}

/// `pdffonts` lists what resources offer, preflight what text is set in, so two questions: is
/// each font that we miss one that they miss, and does each that they miss print nothing?
fn fonts(file: &Path, ours: &Description) -> Option<Compared> {
    let Some(fonts) = &ours.fonts else {
        return Some(("fonts pdffonts", "unread", None));
    };
    let listed = run("pdffonts", &[], file)?;
    let theirs: BTreeSet<String> = listed.lines().skip(2).filter_map(unembedded).collect();
    let missing = fonts.iter().filter(|font| !font.embedded);
    let ours: BTreeSet<String> = missing.map(|font| squeezed(&font.name)).collect();
    let verdict = if ours == theirs {
        return Some(("fonts pdffonts", "agree", None));
    } else if ours.is_subset(&theirs) {
        "unused"
    } else {
        "disagree"
    };
    let line = format!("{ours:?}\t{theirs:?}\t{verdict}");
    Some(("fonts pdffonts", verdict, Some(line)))
}

/// The name of a font that is not embedded: `name type encoding emb sub uni object ID`, where
/// names and types hold spaces.
fn unembedded(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    // A font that is no object of its own has one word for its number, not two.
    let behind = if words.last() == Some(&"[none]") {
        4
    } else {
        5
    };
    let flags = words.len().checked_sub(behind)?;
    (words[flags] == "no").then(|| {
        let name: String = line.chars().take(36).collect();
        let name = name.trim();
        let plain = name.split_once('+').filter(|(prefix, _)| prefix.len() == 6);
        squeezed(plain.map_or(name, |(_, rest)| rest))
    })
}

/// As both programs can print it: without blanks, at most as long as the column.
fn squeezed(name: &str) -> String {
    let name = if name.is_empty() { "[none]" } else { name };
    name.chars()
        .filter(|c| !c.is_whitespace())
        .take(28)
        .collect()
}

fn field(text: &str, name: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line[name.len()..].trim().to_owned())
}

/// What qpdf says is wrong with the file, in one line.
fn qpdf_says(file: &Path) -> String {
    let Some(output) = output("qpdf", &["--check"], file) else {
        return "qpdf did not run".to_owned();
    };
    match output.status.code() {
        Some(0) => "qpdf: no fault".to_owned(),
        code => {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            let first = said.lines().next().unwrap_or_default();
            let first = first.replace(&file.display().to_string(), "");
            format!("qpdf {}: {}", code.unwrap_or(-1), first.replace('\t', " "))
        }
    }
}

fn run(program: &str, flags: &[&str], file: &Path) -> Option<String> {
    let output = output(program, flags, file)?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn status(program: &str, flags: &[&str], file: &Path) -> Option<i32> {
    output(program, flags, file)?.status.code()
}

/// A program that does not end is ended after ten seconds.
fn output(program: &str, flags: &[&str], file: &Path) -> Option<Output> {
    let mut command = Command::new("timeout");
    command.arg("10").arg(program).args(flags).arg(file);
    command.output().ok()
}
