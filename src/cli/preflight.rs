//! `preflight FILE…`: checks letter PDFs on a disk, for somebody about to print them.

mod find;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::acceptance::count;
use crate::evidence::read_text_at_most;
use crate::model::limits::LARGEST_SETTINGS;
use crate::preflight::{
    CheckResult, Letter, LetterStatusClass, Outcome, Pack, Policy, PolicyError, Preflight, Report,
    Verdict,
};
use crate::report::visible;

use super::args::{Common, Format};
use super::output::print;
use super::{CliError, ExitCode};
use find::{Found, Unread, find_all};

/// Checks letter PDFs: can each be produced as its specification asks?
#[derive(Debug, Clone, clap::Args)]
pub struct PreflightArgs {
    /// PDF files, folders (every .pdf below them) or patterns such as 'batch-*/*.pdf'
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// The letters' specification; it decides the pack and so how many sheets are too many
    #[arg(long = "spec", value_name = "ID")]
    pub specification: Option<String>,

    /// TOML that amends the built-in policy: packs, address window, how grave AT12's page limit is
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
}

/// What came of checking the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreflightResult {
    /// Every file can be produced (exit code 0).
    AllGood,
    /// At least one file would be refused (exit code 1).
    Refused,
    /// None would be refused, and at least one met a bound of this tool or could not be read (exit
    /// code 4).
    NotJudged,
    /// No file was found where files were looked for (exit code 5).
    NothingFound,
}

/// Why files could not be checked. All are wrong usage (exit code 2), except a policy that is
/// there and cannot be read, or results that cannot be written (exit code 4).
#[derive(Debug, thiserror::Error)]
pub enum PreflightCliError {
    /// The policy is none.
    #[error("{path}: {source}")]
    Policy {
        /// The policy file, or the built-in policy.
        path: PathBuf,
        /// What is wrong with it.
        source: PolicyError,
    },
    /// A pattern is none.
    #[error("{pattern}: {source}")]
    Pattern {
        /// The pattern as given.
        pattern: String,
        /// What is wrong with it.
        source: glob::PatternError,
    },
    /// Nothing of that name is there.
    #[error("{0}: no such file, folder or pattern")]
    NotThere(PathBuf),
    /// The policy could not be read.
    #[error("{path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The results could not be printed.
    #[error("the results could not be printed: {0}")]
    Print(#[from] io::Error),
}

/// One file and what was found in it.
#[derive(Debug, Serialize)]
struct Checked {
    file: String,
    #[serde(flatten)]
    verdict: Verdict,
    report: Report,
}

/// Everything, as `--format json` prints it.
#[derive(Serialize)]
struct Document<'a> {
    files: Vec<Row<'a>>,
    refused: usize,
    not_judged: usize,
    unread: usize,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Row<'a> {
    Checked(&'a Checked),
    Unread(&'a Unread),
}

/// The verb: checks the files and says with the exit code whether any would be refused.
///
/// # Errors
/// As [`run`].
pub(super) fn verb(args: &PreflightArgs, common: &Common) -> Result<ExitCode, CliError> {
    let mut out = Vec::new();
    let result = run(args, common.format, &mut out)?;
    let text = String::from_utf8_lossy(&out);
    match common.format {
        Format::Human => print(&visible(&text))?,
        Format::Json => print(&text)?,
    }
    Ok(match result {
        PreflightResult::AllGood => ExitCode::PASSED,
        PreflightResult::Refused => ExitCode::FAILED,
        PreflightResult::NotJudged => ExitCode::CANNOT_JUDGE,
        PreflightResult::NothingFound => ExitCode::NOTHING_SELECTED,
    })
}

/// Checks the files and prints what it finds.
///
/// # Errors
/// [`PreflightCliError`] when the policy or an argument is wrong. A file that cannot be read is
/// part of the result.
pub fn run(
    args: &PreflightArgs,
    format: Format,
    out: &mut dyn Write,
) -> Result<PreflightResult, PreflightCliError> {
    let preflight = Preflight::new(policy(args.policy.as_deref())?);
    let Found { files, mut unread } = find_all(&args.files)?;
    let mut checked = Vec::new();
    for path in files {
        match check(&path, args.specification.as_deref(), &preflight) {
            Ok(file) => checked.push(file),
            Err(error) => unread.push(Unread::because(&path, &error)),
        }
    }
    match format {
        Format::Human => print_table(out, &checked, &unread, args, preflight.policy())?,
        Format::Json => print_json(out, &checked, &unread)?,
    }
    let with = |fate| checked.iter().any(|file| file.fate() == fate);
    Ok(if checked.is_empty() && unread.is_empty() {
        PreflightResult::NothingFound
    } else if with(Fate::Refused) {
        PreflightResult::Refused
    } else if with(Fate::NotJudged) || !unread.is_empty() {
        PreflightResult::NotJudged
    } else {
        PreflightResult::AllGood
    })
}

/// What becomes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Good,
    GoodWithRemarks,
    NotJudged,
    Refused,
}

impl Checked {
    fn fate(&self) -> Fate {
        match self.verdict {
            Verdict::Accept if self.report.warnings().next().is_some() => Fate::GoodWithRemarks,
            Verdict::Accept => Fate::Good,
            Verdict::AskAgain | Verdict::NotJudged { .. } => Fate::NotJudged,
            Verdict::Reject { .. } | Verdict::Fail { .. } => Fate::Refused,
        }
    }
}

fn number_of(checked: &[Checked], fate: Fate) -> usize {
    checked.iter().filter(|file| file.fate() == fate).count()
}

fn policy(path: Option<&Path>) -> Result<Policy, PreflightCliError> {
    let Some(path) = path else {
        return Policy::built_in().map_err(|source| PreflightCliError::Policy {
            path: "built-in policy".into(),
            source,
        });
    };
    let text = read_text_at_most(path, LARGEST_SETTINGS).map_err(reading(path))?;
    Policy::amended(&text).map_err(|source| PreflightCliError::Policy {
        path: path.to_owned(),
        source,
    })
}

fn reading(path: &Path) -> impl FnOnce(io::Error) -> PreflightCliError {
    let path = path.to_owned();
    move |source| PreflightCliError::Read { path, source }
}

fn check(path: &Path, specification: Option<&str>, preflight: &Preflight) -> io::Result<Checked> {
    let bytes = std::fs::read(path)?;
    let letter = Letter {
        specification,
        ..Letter::new(&bytes)
    };
    let report = preflight.full(&letter);
    Ok(Checked {
        file: path.display().to_string(),
        verdict: report.verdict(LetterStatusClass::Pending),
        report,
    })
}

fn print_json(
    out: &mut dyn Write,
    checked: &[Checked],
    unread: &[Unread],
) -> Result<(), PreflightCliError> {
    let files = checked.iter().map(Row::Checked);
    let document = Document {
        files: files.chain(unread.iter().map(Row::Unread)).collect(),
        refused: number_of(checked, Fate::Refused),
        not_judged: number_of(checked, Fate::NotJudged),
        unread: unread.len(),
    };
    serde_json::to_writer_pretty(&mut *out, &document).map_err(io::Error::from)?;
    writeln!(out)?;
    Ok(())
}

fn print_table(
    out: &mut dyn Write,
    checked: &[Checked],
    unread: &[Unread],
    args: &PreflightArgs,
    policy: &Policy,
) -> Result<(), PreflightCliError> {
    print_measure(out, args, policy)?;
    let names = checked.iter().map(|file| &file.file);
    let names = names.chain(unread.iter().map(|file| &file.file));
    let width = names.map(|name| name.chars().count()).max();
    let width = width.unwrap_or(0).max("FILE".len());
    writeln!(out, "{:width$}  PAGES  SHEETS  RESULT", "FILE")?;
    for file in checked {
        print_file(out, file, width, policy)?;
    }
    for Unread { file, error, .. } in unread {
        writeln!(
            out,
            "{file:width$}  {:>5}  {:>6}  NOT READ: {error}",
            "-", "-"
        )?;
    }
    print_summary(out, checked, unread.len())?;
    Ok(())
}

/// What the letters are measured by, above the table.
fn print_measure(out: &mut dyn Write, args: &PreflightArgs, policy: &Policy) -> io::Result<()> {
    let specification = args.specification.as_deref();
    let name = policy.pack_name(specification);
    if let Some(Pack {
        paper,
        printing,
        sheets_below,
        duplex,
        ..
    }) = policy.pack(name)
    {
        let sides = if *duplex { "both sides" } else { "one side" };
        let most = sheets_below.saturating_sub(1);
        writeln!(
            out,
            "Pack {name}: {paper}, {printing}, {sides}, at most {}",
            count(most as usize, "sheet")
        )?;
    }
    match specification {
        Some(unknown) if !policy.knows(unknown) => {
            writeln!(
                out,
                "No pack is known for {unknown}: the default pack is assumed"
            )?;
        }
        _ => {}
    }
    writeln!(out)
}

fn print_file(
    out: &mut dyn Write,
    file: &Checked,
    width: usize,
    policy: &Policy,
) -> io::Result<()> {
    let report = &file.report;
    let pack = policy.pack(&report.pack);
    let sheets = report
        .pages
        .zip(pack)
        .map(|(pages, pack)| pack.sheets(pages));
    let number = |number: Option<u32>| number.map_or_else(|| "-".to_owned(), |n| n.to_string());
    writeln!(
        out,
        "{:width$}  {:>5}  {:>6}  {}",
        file.file,
        number(report.pages),
        number(sheets),
        in_words(file)
    )?;
    let unjudged = report.unjudged().chain(report.warnings());
    for check in report.defects().chain(unjudged) {
        print_remark(out, check)?;
    }
    Ok(())
}

fn in_words(file: &Checked) -> String {
    match file.verdict {
        Verdict::Accept if file.fate() == Fate::GoodWithRemarks => "good, with remarks".to_owned(),
        Verdict::Accept => "good".to_owned(),
        Verdict::AskAgain => "not judged".to_owned(),
        Verdict::NotJudged { check } => format!("NOT JUDGED: look at it yourself ({check})"),
        Verdict::Reject { code, text } | Verdict::Fail { code, text } => {
            format!("REFUSED: {text} ({code})")
        }
    }
}

fn print_remark(out: &mut dyn Write, check: &CheckResult) -> io::Result<()> {
    let kind = match check.outcome {
        Outcome::Fail => "refused",
        Outcome::NotJudged => "unknown",
        _ => "remark",
    };
    writeln!(out, "    {:7} {}  {}", kind, check.id, check.observed)?;
    if check.outcome == Outcome::NotJudged {
        return writeln!(
            out,
            "            a bound of this tool, no defect: see docs/preflight.md, Bounds"
        );
    }
    writeln!(out, "            must be: {}", check.id.rule().demand)
}

fn print_summary(out: &mut dyn Write, checked: &[Checked], unread: usize) -> io::Result<()> {
    let refused = number_of(checked, Fate::Refused);
    let remarks = number_of(checked, Fate::GoodWithRemarks);
    let good = number_of(checked, Fate::Good) + remarks;
    let unjudged = match number_of(checked, Fate::NotJudged) {
        0 => String::new(),
        some => format!(", {some} not judged"),
    };
    writeln!(out)?;
    let unread_ones = match unread {
        0 => String::new(),
        unread => format!(", {unread} could not be read"),
    };
    match checked.len() + unread {
        0 => writeln!(out, "No PDF was found."),
        files => writeln!(
            out,
            "{}: {good} can be produced ({remarks} with remarks), {refused} would be refused{unjudged}{unread_ones}.",
            count(files, "file")
        ),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::find::MAX_DEPTH;
    use super::*;
    use crate::simulator::defects::Defect;
    use crate::simulator::letter_pdf;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        args: PreflightArgs,
        #[arg(long, value_enum, default_value_t = Format::Human)]
        format: Format,
    }

    fn preflight(arguments: &[&str]) -> (Result<PreflightResult, PreflightCliError>, String) {
        let arguments = ["preflight"].iter().chain(arguments);
        let Program { args, format } = Program::try_parse_from(arguments).unwrap();
        let mut out = Vec::new();
        let result = run(&args, format, &mut out);
        (result, String::from_utf8(out).unwrap())
    }

    /// A folder with a good letter, a folder below it with a bad one, and a text.
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let write =
            |name: &str, bytes: Vec<u8>| std::fs::write(folder.path().join(name), bytes).unwrap();
        std::fs::create_dir(folder.path().join("batch")).unwrap();
        write("good.pdf", letter_pdf("notify-c5", "a", "g").unwrap());
        write(
            "batch/bad.PDF",
            Defect::NoPostcode
                .letter_pdf("notify-c5", "b", "g")
                .unwrap(),
        );
        write("read.me", b"no letter".to_vec());
        folder
    }

    #[test]
    fn a_folder_is_searched_and_a_bad_letter_refused() {
        let folder = folder();
        let (result, printed) = preflight(&[folder.path().to_str().unwrap()]);
        assert_eq!(result.unwrap(), PreflightResult::Refused);
        assert!(
            printed.contains("2 files: 1 can be produced (0 with remarks), 1 would be refused."),
            "{printed}"
        );
        assert!(
            printed.contains("REFUSED: The address is invalid (PF-051)"),
            "{printed}"
        );
        assert!(!printed.contains("TESTINGTON"));
    }

    #[test]
    fn a_pattern_and_a_file_that_overlap_are_checked_once() {
        let folder = folder();
        let pattern = folder.path().join("*.pdf");
        let file = folder.path().join("good.pdf");
        let (result, printed) = preflight(&[pattern.to_str().unwrap(), file.to_str().unwrap()]);
        assert_eq!(result.unwrap(), PreflightResult::AllGood);
        assert!(printed.contains("1 file: 1 can be produced"), "{printed}");
    }

    #[test]
    fn what_meets_a_bound_is_not_judged_and_not_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut letter = letter_pdf("notify-c5", "a", "g").unwrap();
        let end = letter
            .windows(9)
            .rposition(|at| at == b"startxref")
            .unwrap();
        let comment = [b"%".as_slice(), &b"/ObjStm".repeat(520), b"\n"].concat();
        letter.splice(end..end, comment);
        let file = folder.path().join("many.pdf");
        std::fs::write(&file, &letter).unwrap();
        let (result, printed) = preflight(&[file.to_str().unwrap()]);
        assert_eq!(result.unwrap(), PreflightResult::NotJudged);
        assert!(printed.contains("NOT JUDGED"), "{printed}");
        assert!(
            printed.contains("0 would be refused, 1 not judged."),
            "{printed}"
        );
        let (_, printed) = preflight(&["--format", "json", file.to_str().unwrap()]);
        let json: serde_json::Value = serde_json::from_str(&printed).unwrap();
        assert_eq!(
            (&json["refused"], &json["not_judged"]),
            (&0.into(), &1.into())
        );
        assert_eq!(json["files"][0]["verdict"], "not_judged");
        assert_eq!(json["files"][0]["check"], "PF-005");
    }

    #[test]
    fn json_holds_every_check() {
        let folder = folder();
        let (_, printed) = preflight(&["--format", "json", folder.path().to_str().unwrap()]);
        let json: serde_json::Value = serde_json::from_str(&printed).unwrap();
        assert_eq!(json["refused"], 1);
        assert_eq!(json["files"][0]["verdict"], "reject");
        assert_eq!(json["files"][0]["code"], "PF-051");
        assert_eq!(
            json["files"][1]["report"]["checks"]
                .as_array()
                .unwrap()
                .len(),
            19
        );
    }

    #[test]
    fn what_is_not_there_is_told_from_nothing_found() {
        let folder = folder();
        let missing = folder.path().join("missing.pdf");
        let (result, _) = preflight(&[missing.to_str().unwrap()]);
        assert!(matches!(result, Err(PreflightCliError::NotThere(_))));
        let pattern = folder.path().join("*.docx");
        let (result, printed) = preflight(&[pattern.to_str().unwrap()]);
        assert_eq!(result.unwrap(), PreflightResult::NothingFound);
        assert!(printed.contains("No PDF was found."));
    }

    #[test]
    fn what_cannot_be_read_is_a_row_and_not_the_end() {
        let folder = folder();
        let place = folder.path();
        std::os::unix::fs::symlink("gone.pdf", place.join("broken.pdf")).unwrap();
        std::os::unix::fs::symlink("batch", place.join("folder.pdf")).unwrap();
        let (result, printed) = preflight(&[place.to_str().unwrap()]);
        assert_eq!(result.unwrap(), PreflightResult::Refused);
        for row in [
            "  NOT READ: a link to gone.pdf, which is not there",
            "  NOT READ: it is no file, nor a link to one",
            "4 files: 1 can be produced (0 with remarks), 1 would be refused, 2 could not be read.",
        ] {
            assert!(printed.contains(row), "{row}: {printed}");
        }
        std::fs::remove_dir_all(place.join("batch")).unwrap();
        for named in [place.join("broken.pdf"), place.join("b*.pdf"), place.into()] {
            let (result, printed) = preflight(&["--format", "json", named.to_str().unwrap()]);
            assert_eq!(result.unwrap(), PreflightResult::NotJudged);
            let json: serde_json::Value = serde_json::from_str(&printed).unwrap();
            let rows = json["files"].as_array().unwrap();
            let broken = rows.iter().find(|row| row["verdict"] == "unread").unwrap();
            assert!(
                broken["error"].as_str().unwrap().contains("not there"),
                "{printed}"
            );
        }
    }

    #[test]
    fn folders_too_deep_are_said() {
        let folder = tempfile::tempdir().unwrap();
        let deep = (0..=MAX_DEPTH).fold(folder.path().to_owned(), |at, _| at.join("d"));
        std::fs::create_dir_all(&deep).unwrap();
        let (result, printed) = preflight(&[folder.path().to_str().unwrap()]);
        assert_eq!(result.unwrap(), PreflightResult::NotJudged);
        assert!(printed.contains("was not searched"), "{printed}");
    }

    #[test]
    fn a_policy_file_amends_the_policy() {
        let folder = folder();
        let policy = folder.path().join("policy.toml");
        std::fs::write(&policy, "[more_pages]\nlimit = 3\nseverity = \"error\"\n").unwrap();
        let good = folder.path().join("good.pdf");
        let with = |path: &str| preflight(&["--policy", path, good.to_str().unwrap()]);
        let (result, printed) = with(policy.to_str().unwrap());
        assert_eq!(result.unwrap(), PreflightResult::Refused);
        assert!(printed.contains("PF-011"), "{printed}");
        let (result, _) = with(folder.path().join("read.me").to_str().unwrap());
        assert!(matches!(result, Err(PreflightCliError::Policy { .. })));
    }

    #[test]
    fn an_unknown_specification_is_said_to_be_unknown() {
        let folder = folder();
        let good = folder.path().join("good.pdf");
        let (_, printed) = preflight(&["--spec", "xyz", good.to_str().unwrap()]);
        assert!(printed.contains("No pack is known for xyz"), "{printed}");
    }
}
