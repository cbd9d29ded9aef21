//! What the tester reads before, between and after.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::evidence::RunDir;
use crate::model::count;
use crate::report::visible;
use crate::targets::Target;

use super::letters::Held;
use super::report::Taken;

/// Where a smoke test stands once its letters are there.
#[derive(Serialize)]
pub(super) struct Stands<'a> {
    pub run: String,
    pub folder: PathBuf,
    pub record: PathBuf,
    pub letters: &'a [Held],
}

/// What will be done.
pub(super) fn plan(target: &Target, wanted: u32, out: &Path) -> String {
    let url = target.base_url.as_deref().unwrap_or_default();
    let lease = humantime::format_duration(target.visibility_timeout);
    format!(
        "PRODUCTION SMOKE TEST on target {}, {url}

This will
  1. retrieve up to {wanted} live letters with one GET /letters?limit={wanted}; the service then hides
     them for {lease}
  2. download their PDFs to {}, for your user alone: they are letters to real people
  3. check whether each can be printed
  4. stop, until you say that they are printed
  5. then submit management information for them (POST /mi) and read it back
It changes no letter's status, and keeps no body and no PDF in its record.

",
        target.name,
        out.display()
    )
}

/// Each letter with what stands against it.
pub(super) fn letters(letters: &[Held]) -> String {
    let mut text = String::new();
    for letter in letters {
        let sign = if letter.defects.is_empty() {
            '✓'
        } else {
            '✗'
        };
        let specification = letter
            .specification
            .as_deref()
            .unwrap_or("no specification");
        let file = letter
            .file
            .as_deref()
            .map_or_else(|| "no PDF".to_owned(), |file| file.display().to_string());
        let _ = writeln!(text, "{sign} {}  {specification}  {file}", letter.letter);
        for defect in &letter.defects {
            let _ = writeln!(text, "    {defect}");
        }
    }
    visible(&text)
}

/// What to do once the letters are there.
pub(super) fn next(stands: &Stands<'_>, target: &str) -> String {
    let run = &stands.run;
    visible(&format!(
        "
Print them and send what you printed to the address that NHS Notify gave you. Then:
  letterproof smoke --target {target} --confirm-production --run {run} --printed all
(or --printed with the ids of those that were printed). Delete {} when it is no longer needed.
",
        stands.folder.display()
    ))
}

/// Nothing to do.
pub(super) fn none_available() -> String {
    "No letter is available: ask NHS Notify to make the agreed letters available, or wait until an earlier list's lease has passed.\n".to_owned()
}

/// What the second call will do.
pub(super) fn submission(target: &Target, letters: &[Held], printed: &[String]) -> String {
    let url = target.base_url.as_deref().unwrap_or_default();
    visible(&format!(
        "PRODUCTION SMOKE TEST on target {}, {url}

This will submit management information for {} of {} (POST /mi), grouped by specification and
group, and read it back. It cannot be taken back. Each letter is read once more before, because the
record does not keep its group.

",
        target.name,
        printed.len(),
        count(letters.len(), "letter")
    ))
}

/// How it ended.
pub(super) fn done(taken: &[Taken], dir: &RunDir) -> String {
    let mut text = String::new();
    for entry in taken {
        let (sign, read) = match entry.read_back {
            true => ('✓', "read back as sent"),
            false => ('✗', "not read back as sent: ask NHS Notify"),
        };
        let facts = &entry.facts;
        let _ = writeln!(
            text,
            "{sign} MI {}  {} of {}, {}: {read}",
            entry.mi, facts.quantity, facts.specification_id, facts.group_id
        );
    }
    let _ = writeln!(text, "\nRecorded and sealed: {}", dir.path().display());
    visible(&text)
}
