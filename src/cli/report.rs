//! `report`: the reports of a run, made again from its evidence.

use std::path::{Path, PathBuf};

use crate::audit::read_result;
use crate::evidence::RunDir;
use crate::report;

use super::args::{Common, ReportArgs};
use super::output::print;
use super::{CliError, ExitCode};

/// Writes the reports and prints where they are.
///
/// # Errors
/// If the run cannot be read or the reports cannot be written.
pub fn run(args: &ReportArgs, common: &Common) -> Result<ExitCode, CliError> {
    let dir = RunDir::at(run_folder(&args.run, &common.evidence_dir));
    let result = read_result(&dir)?;
    let written = report::write_all(&result, &common.reports_dir.join(&result.started.run_id))?;
    for path in written {
        print(&format!("{}\n", path.display()))?;
    }
    Ok(ExitCode::PASSED)
}

/// A run may be named by its folder or by its id.
fn run_folder(run: &Path, evidence: &Path) -> PathBuf {
    if run.join("journal.jsonl").is_file() {
        run.to_owned()
    } else {
        evidence.join(run)
    }
}
