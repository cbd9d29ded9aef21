//! `criteria`: the catalogue of acceptance points.

use std::fmt::Write as _;

use cucumber::gherkin::Feature;
use serde::Serialize;

use crate::acceptance::{PACK_REVISION, Profile, sandbox};
use crate::engine::scenarios_testing;

use super::args::{Common, FeatureArgs, Format};
use super::check::all;
use super::output::{print, print_json};
use super::{CliError, ExitCode};

#[derive(Serialize)]
struct Row {
    id: &'static str,
    at: &'static str,
    title: &'static str,
    text: &'static str,
    level: &'static str,
    scenarios: Vec<String>,
}

/// Prints every acceptance point with the scenarios that test it.
///
/// # Errors
/// If features cannot be read.
pub fn run(args: &FeatureArgs, common: &Common) -> Result<ExitCode, CliError> {
    let rows = rows(&all(args)?);
    if common.format == Format::Json {
        print_json(&serde_json::json!({ "pack_revision": PACK_REVISION, "points": rows }))?;
    } else {
        print(&table(&rows))?;
    }
    Ok(ExitCode::PASSED)
}

fn rows(features: &[Feature]) -> Vec<Row> {
    let tests = Profile::ALL.iter().flat_map(|profile| profile.tests());
    tests
        .flat_map(|test| {
            test.points.iter().map(|point| Row {
                id: point.id,
                at: test.suite().0,
                title: test.suite().1,
                text: point.text,
                level: test.level.as_str(),
                scenarios: scenarios_testing(features, point.id),
            })
        })
        .collect()
}

fn table(rows: &[Row]) -> String {
    let mut text = format!("Acceptance Test Pack, revision {PACK_REVISION}\n");
    let mut at = "";
    for row in rows {
        if row.at != at {
            at = row.at;
            let level = match row.at == sandbox::SUITE.0 {
                true => "target sandbox",
                false => row.level,
            };
            let _ = write!(text, "\n{} {} ({level})\n", row.at, row.title);
        }
        let _ = writeln!(text, "  {:<7} {}", row.id, row.text);
        for scenario in &row.scenarios {
            let _ = writeln!(text, "          tested by {scenario}");
        }
    }
    text
}
