//! `status`: the sign-off matrix over all sealed runs of a target.

mod runs;
mod told;

use std::collections::BTreeMap;

use crate::acceptance::planner::{Plan, Request, plan};
use crate::acceptance::signoff::{Calendar, Days, Matrix};
use crate::model::Timestamp;
use crate::report::visible;
use crate::targets::Target;

use super::args::{Common, Format, LocalArgs, StatusArgs};
use super::config::{self, Config, Overrides, ProcessEnvironment};
use super::output::{print, print_json};
use super::run::{seeded_letters, sizes};
use super::stock::{self, Known};
use super::{CliError, ExitCode};
use runs::Runs;

/// Where a supplier stands with a target.
struct Standing {
    target: String,
    matrix: Matrix,
    days: Days,
    runs: Runs,
    /// Letters by status, as the ledger knows them.
    letters: Option<BTreeMap<&'static str, usize>>,
    /// What the tests that are not green would take with the letters there are.
    next: Option<Plan>,
}

/// Prints the matrix.
///
/// # Errors
/// If configuration, evidence folder or ledger cannot be read.
pub fn run(args: &StatusArgs, common: &Common) -> Result<ExitCode, CliError> {
    let overrides = Overrides::default();
    let config = config::load(common.config.as_deref(), &ProcessEnvironment, &overrides)?;
    let target = config.describe_target(args.target.as_deref().unwrap_or("local"))?;
    let standing = standing(args, common, &config, target)?;
    match common.format {
        Format::Json => print_json(&told::json(&standing))?,
        Format::Human => print(&visible(&told::human(&standing)))?,
    }
    Ok(match standing.matrix.open().count() {
        0 => ExitCode::PASSED,
        _ => ExitCode::INCOMPLETE,
    })
}

fn standing(
    args: &StatusArgs,
    common: &Common,
    config: &Config,
    target: Target,
) -> Result<Standing, CliError> {
    let runs = Runs::below(&common.evidence_dir, &target.name)?;
    let matrix = Matrix::of(&runs.sealed);
    let path = stock::ledger_path(args.ledger.as_deref(), common, &target.name);
    let known = stock::from_ledger(&path, &target)?;
    Ok(Standing {
        letters: known.as_ref().map(by_status),
        next: next(config, &target, &matrix, known),
        days: calendar(config).days(),
        target: target.name,
        matrix,
        runs,
    })
}

fn by_status(known: &Known) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for letter in &known.letters {
        *counts.entry(letter.status.as_str()).or_default() += 1;
    }
    counts
}

fn calendar(config: &Config) -> Calendar {
    let windows = &config.windows;
    Calendar {
        today: Timestamp::now().date(),
        onboarding_starts: windows.onboarding_starts.clone(),
        windows: [windows.first.clone(), windows.second.clone()],
    }
}

/// A plan for the tests that are not green, with the letters that the ledger knows or else with
/// as many as the target should list.
fn next(config: &Config, target: &Target, matrix: &Matrix, known: Option<Known>) -> Option<Plan> {
    let tests: Vec<String> = matrix.open().map(|test| test.id.to_owned()).collect();
    if tests.is_empty() {
        return None;
    }
    let local = LocalArgs::default();
    let expected = match target.is_in_process() {
        true => seeded_letters(&local),
        false => target.expected_letters,
    };
    let known = known.unwrap_or_else(|| Known::counted(expected));
    let request = Request {
        sizes: sizes(config, target, &local),
        ..stock::request(config, target, tests)
    };
    Some(plan(&known.letters, &request))
}
