//! `criteria`: the catalogue of acceptance points.

use std::fmt::Write as _;

use cucumber::gherkin::Feature;
use serde::Serialize;

use crate::acceptance::{CATALOGUE, PACK_REVISION};
use crate::engine::scenarios_testing;

use super::args::{Common, FeatureArgs, Format};
use super::check::source;
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
    let rows = rows(&source(args).read()?);
    if common.format == Format::Json {
        print_json(&serde_json::json!({ "pack_revision": PACK_REVISION, "points": rows }))?;
    } else {
        print(&table(&rows))?;
    }
    Ok(ExitCode::PASSED)
}

fn rows(features: &[Feature]) -> Vec<Row> {
    let tests = CATALOGUE.iter();
    tests
        .flat_map(|test| {
            test.points.iter().map(|point| Row {
                id: point.id,
                at: test.id,
                title: test.title,
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
            let _ = write!(text, "\n{} {} ({})\n", row.at, row.title, row.level);
        }
        let _ = writeln!(text, "  {:<7} {}", row.id, row.text);
        for scenario in &row.scenarios {
            let _ = writeln!(text, "          tested by {scenario}");
        }
    }
    text
}
