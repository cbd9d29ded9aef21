//! `report`: the reports of a run, made again from its evidence.

use serde_json::json;

use crate::audit::read_result;
use crate::evidence::RunDir;
use crate::report;

use super::args::{Common, Format, ReportArgs};
use super::output::{print, print_json};
use super::{CliError, ExitCode};

/// Writes the reports and prints where they are.
///
/// # Errors
/// If the run cannot be read or the reports cannot be written.
pub fn run(args: &ReportArgs, common: &Common) -> Result<ExitCode, CliError> {
    let dir = RunDir::named(&args.run, &common.evidence_dir);
    let result = read_result(&dir)?;
    let written = report::write_all(
        &dir,
        &result,
        &common.reports_dir.join(&result.started.run_id),
    )?;
    if common.format == Format::Json {
        print_json(&json!({ "run_id": result.started.run_id, "reports": written }))?;
    } else {
        for path in written {
            print(&format!("{}\n", path.display()))?;
        }
    }
    Ok(ExitCode::PASSED)
}
