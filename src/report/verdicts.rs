//! `verdicts.json`: the verdicts for programs. Fields are added, never altered.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::acceptance::result::{PointResult, RunResult};
use crate::model::{ContractResult, Measurements};

use super::ReportError;
use super::outcome::{Outcome, counts};

/// Version of the form.
const SCHEMA: u32 = 1;

/// The verdicts of `result` as JSON, a point a line.
///
/// # Errors
/// If there is no JSON form, which a result always has.
pub fn verdicts(result: &RunResult) -> Result<String, ReportError> {
    pretty(&Verdicts::of(result)?)
}

/// What `run --format json` prints: [`verdicts`] and where the files lie.
///
/// # Errors
/// As [`verdicts`].
pub fn json(
    result: &RunResult,
    evidence: &Path,
    reports: &[PathBuf],
) -> Result<String, ReportError> {
    pretty(&WithPlaces {
        verdicts: Verdicts::of(result)?,
        evidence: evidence.to_string_lossy().into_owned(),
        reports: reports
            .iter()
            .map(|path| path.to_string_lossy().into_owned())
            .collect(),
    })
}

fn pretty(value: &impl Serialize) -> Result<String, ReportError> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    Ok(crate::model::visible_json(&text))
}

#[derive(Serialize)]
struct WithPlaces<'r> {
    #[serde(flatten)]
    verdicts: Verdicts<'r>,
    evidence: String,
    reports: Vec<String>,
}

#[derive(Serialize)]
struct Verdicts<'r> {
    schema: u32,
    run_id: &'r str,
    target: Target<'r>,
    supplier: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<&'r str>,
    driven: &'r str,
    /// What was made wrong on purpose; absent if nothing was.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    faults: &'r [String],
    tool_version: &'r str,
    pack_revision: &'r str,
    started_at: String,
    ended_at: String,
    finished: bool,
    head: &'r str,
    events: u64,
    exchanges: u64,
    exit_code: u8,
    result: &'static str,
    counts: BTreeMap<&'static str, usize>,
    /// Each already JSON on one line: a point may rest on thousands of journal lines.
    points: Vec<Box<RawValue>>,
    notes: &'r [String],
    /// The answers beside the API's description; absent if nobody looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    contract: Option<&'r ContractResult>,
}

#[derive(Serialize)]
struct Target<'r> {
    name: &'r str,
    kind: &'r str,
    base_url: &'r str,
}

#[derive(Serialize)]
struct Point<'r> {
    id: &'r str,
    at: &'r str,
    title: &'r str,
    text: &'r str,
    level: &'static str,
    verdict: &'static str,
    expected: &'r str,
    observed: &'r str,
    seqs: &'r [u64],
    /// Figures, each under a name that ends in its unit; absent where nothing was measured.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    measurements: BTreeMap<String, Vec<f64>>,
}

impl<'r> Verdicts<'r> {
    fn of(result: &'r RunResult) -> Result<Self, ReportError> {
        let started = &result.started;
        let outcome = Outcome::of(result);
        Ok(Self {
            schema: SCHEMA,
            run_id: &started.run_id,
            target: Target {
                name: &started.target.name,
                kind: &started.target.kind,
                base_url: &started.target.base_url,
            },
            supplier: &started.supplier,
            system: started.system.as_deref(),
            driven: &started.driven,
            faults: &started.faults,
            tool_version: &started.tool.version,
            pack_revision: &started.pack_revision,
            started_at: result.started_at.to_string(),
            ended_at: result.ended_at.to_string(),
            finished: result.finished,
            head: &result.head,
            events: result.events,
            exchanges: result.exchanges,
            exit_code: outcome.code,
            result: outcome.word,
            counts: counts(result),
            points: points(&result.points)?,
            notes: &result.notes,
            contract: Some(&result.contract).filter(|looked| !looked.descriptions.is_empty()),
        })
    }
}

fn points(points: &[PointResult]) -> Result<Vec<Box<RawValue>>, ReportError> {
    let lines = points.iter().map(|point| to_raw_value(&Point::of(point)));
    Ok(lines.collect::<Result<_, _>>()?)
}

impl<'r> Point<'r> {
    fn of(point: &'r PointResult) -> Self {
        Self {
            id: &point.id,
            at: &point.test,
            title: &point.title,
            text: &point.text,
            level: point.level.as_str(),
            verdict: point.judgement.verdict.as_str(),
            expected: &point.judgement.expected,
            observed: &point.judgement.observed,
            seqs: &point.judgement.seqs,
            measurements: in_seconds(&point.judgement.measurements),
        }
    }
}

/// Microseconds become seconds with two digits, as people read them; other units stay.
fn in_seconds(measurements: &Measurements) -> BTreeMap<String, Vec<f64>> {
    let figure = |(name, values): (&String, &Vec<u64>)| match name.strip_suffix("_us") {
        Some(name) => {
            let seconds = values
                .iter()
                .map(|us| (*us as f64 / 10_000.0).round() / 100.0);
            (format!("{name}_s"), seconds.collect())
        }
        None => (
            name.clone(),
            values.iter().map(|value| *value as f64).collect(),
        ),
    };
    measurements.iter().map(figure).collect()
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn verdicts_are_for_programs() {
        insta::assert_snapshot!(verdicts(&sample::run()).unwrap());
    }

    #[test]
    fn the_documented_schema_holds() {
        let schema = include_str!("../../docs/verdicts.schema.json");
        let schema: serde_json::Value = serde_json::from_str(schema).unwrap();
        let schema = jsonschema::validator_for(&schema).unwrap();
        let mut value: serde_json::Value =
            serde_json::from_str(&verdicts(&sample::run()).unwrap()).unwrap();
        let breaches = |value: &serde_json::Value| {
            let errors = schema.iter_errors(value).map(|error| error.to_string());
            errors.collect::<Vec<_>>()
        };
        assert_eq!(breaches(&value), Vec::<String>::new());
        value["points"][0]["verdict"] = "green".into();
        value["points"][8]["measurements"] = serde_json::json!({"passes_s": "fast"});
        assert_eq!(breaches(&value).len(), 2);
    }

    #[test]
    fn on_standard_output_the_places_are_added() {
        let reports = [PathBuf::from("reports/r/junit.xml")];
        let text = json(&sample::run(), Path::new("evidence/r"), &reports).unwrap();
        let with: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mut without: serde_json::Value =
            serde_json::from_str(&verdicts(&sample::run()).unwrap()).unwrap();
        without["evidence"] = "evidence/r".into();
        without["reports"] = serde_json::json!(["reports/r/junit.xml"]);
        assert_eq!(with, without);
    }
}
