//! `report`: the reports of a run, made again from its evidence.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::audit::read_held;
use crate::browser::Browser;
use crate::evidence::RunDir;
use crate::progress::Progress;
use crate::report::{self, Dossier, Part, Reading, rule};

use super::args::{Common, Format, ReportArgs};
use super::output::{print, print_json};
use super::{CliError, ExitCode};

/// Writes the reports, with pictures if they are wanted, and prints where they are.
///
/// # Errors
/// If the run does not hold or cannot be read, the reports cannot be written, or no browser makes the pictures.
pub fn run(args: &ReportArgs, common: &Common) -> Result<ExitCode, CliError> {
    let dir = RunDir::named(&args.run, &common.evidence_dir);
    let result = read_held(&dir)?;
    let folder = common.reports_dir.join(&result.started.run_id);
    let mut written = report::write_all(&dir, &result, &folder)?;
    if args.pdf || args.screenshots {
        let progress = Progress::new(common.quiet, common.no_color);
        let run = Reading::of(&dir, &result)?;
        written.extend(run.with_part(|part| pictures(args, part, &folder, &progress))?);
    }
    if common.format == Format::Json {
        print_json(&json!({ "run_id": result.started.run_id, "reports": written }))?;
    } else {
        for path in written {
            print(&format!("{}\n", path.display()))?;
        }
    }
    Ok(ExitCode::PASSED)
}

/// `report.pdf` and `screenshots/AT4.png`, as far as they are asked for.
fn pictures(
    args: &ReportArgs,
    part: &Part,
    folder: &Path,
    progress: &Progress,
) -> Result<Vec<PathBuf>, CliError> {
    let browser = Browser::find(args.browser.as_deref())?;
    let dossier = Dossier {
        parts: std::slice::from_ref(part),
        rules: &rule,
    };
    let mut written = Vec::new();
    if args.pdf {
        progress.line(&format!(
            "printing the report with {}",
            browser.program().display()
        ));
        let pdf = browser.print(&report::html(&dossier))?;
        written.push(report::write_file(&folder.join("report.pdf"), &pdf)?);
    }
    if args.screenshots {
        written.extend(screenshots(&browser, &dossier, folder, progress)?);
    }
    Ok(written)
}

fn screenshots(
    browser: &Browser,
    dossier: &Dossier,
    folder: &Path,
    progress: &Progress,
) -> Result<Vec<PathBuf>, CliError> {
    let tests = report::sheet_tests(dossier);
    let bar = progress.bar("pictures of the sheets", tests.len() as u64);
    let mut written = Vec::new();
    for test in tests {
        let Some(html) = report::sheet_html(dossier, test) else {
            continue;
        };
        let picture = browser.picture(&html)?;
        let path = folder.join("screenshots").join(format!("{test}.png"));
        written.push(report::write_file(&path, &picture)?);
        bar.inc(1);
    }
    Ok(written)
}
