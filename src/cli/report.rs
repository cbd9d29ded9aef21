//! `report`: the reports of a run, made again from its evidence.

use serde_json::json;

use crate::evidence::RunDir;
use crate::report;

use super::args::{Common, Format, ReportArgs};
use super::output::{print, print_json};
use super::reported::{Reported, rule};
use super::{CliError, ExitCode};

/// Writes the reports and prints where they are.
///
/// # Errors
/// If the run cannot be read or the reports cannot be written.
pub fn run(args: &ReportArgs, common: &Common) -> Result<ExitCode, CliError> {
    let dir = RunDir::named(&args.run, &common.evidence_dir);
    let run = Reported::read(&dir)?;
    let folder = common.reports_dir.join(&run.result.started.run_id);
    let written = run.with_part(|part| report::write_all(part, &rule, &folder))?;
    if common.format == Format::Json {
        print_json(&json!({ "run_id": run.result.started.run_id, "reports": written }))?;
    } else {
        for path in written {
            print(&format!("{}\n", path.display()))?;
        }
    }
    Ok(ExitCode::PASSED)
}
