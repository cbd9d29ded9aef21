//! The sign-off matrix.

use serde::Serialize;

use crate::model::{Level, Measurements, Timestamp, Verdict};

use super::super::catalogue::{AcceptanceTest, CATALOGUE, Point};
use super::super::result::{PointResult, RunResult};

/// Every acceptance test with its latest verdicts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Matrix {
    /// The tests, in the pack's order.
    pub tests: Vec<TestStatus>,
}

/// Where an acceptance test stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TestStatus {
    /// `AT4`.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Its level.
    pub level: Level,
    /// The gravest of the latest verdicts of its points.
    pub verdict: Verdict,
    /// The run that tested it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest: Option<Attempt>,
    /// The last run in which every point of it was green.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub green: Option<Attempt>,
    /// How often it was tested again.
    pub retests: usize,
    /// Its points.
    pub points: Vec<PointStatus>,
}

/// Where an acceptance point stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PointStatus {
    /// `AT4.2`.
    pub id: &'static str,
    /// Its text.
    pub text: &'static str,
    /// Its latest verdict. A run that did not test it does not take an earlier verdict back.
    pub verdict: Verdict,
    /// What was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<String>,
    /// What was measured, if it is a matter of figures.
    #[serde(skip_serializing_if = "Measurements::is_empty")]
    pub measurements: Measurements,
    /// The run that said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<Attempt>,
}

/// A run, as the matrix names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attempt {
    /// The run's id.
    pub run: String,
    /// When it ended.
    pub at: Timestamp,
    /// Its test window, if the tester said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<u8>,
    /// Who was driven.
    pub driven: String,
}

impl Matrix {
    /// The matrix over `runs`, in any order.
    pub fn of(runs: &[RunResult]) -> Self {
        let mut runs: Vec<&RunResult> = runs.iter().collect();
        runs.sort_by_key(|run| (run.ended_at, run.started.run_id.clone()));
        let tests = CATALOGUE.iter().map(|test| TestStatus::of(test, &runs));
        Self {
            tests: tests.collect(),
        }
    }

    /// The mandatory tests that are not green.
    pub fn open(&self) -> impl Iterator<Item = &TestStatus> {
        let mandatory = self
            .tests
            .iter()
            .filter(|test| test.level == Level::Mandatory);
        mandatory.filter(|test| !test.is_green())
    }
}

impl TestStatus {
    fn of(test: &'static AcceptanceTest, runs: &[&RunResult]) -> Self {
        let attempts = runs.iter().filter(|run| tests_any(run, test));
        let attempts: Vec<&RunResult> = attempts.copied().collect();
        let points = test.points.iter();
        let points: Vec<PointStatus> = points.map(|point| PointStatus::of(point, runs)).collect();
        let green = attempts.iter().rev().find(|run| is_green_in(run, test));
        Self {
            id: test.id,
            title: test.title,
            level: test.level,
            verdict: gravest(points.iter().map(|point| point.verdict)),
            latest: attempts.last().map(|run| Attempt::of(run)),
            green: green.map(|run| Attempt::of(run)),
            retests: attempts.len().saturating_sub(1),
            points,
        }
    }

    /// True if one run showed all of it green, and no later one showed any of it otherwise.
    pub fn is_green(&self) -> bool {
        self.green.is_some() && is_green(self.verdict)
    }
}

impl PointStatus {
    fn of(point: &'static Point, runs: &[&RunResult]) -> Self {
        let tested = runs.iter().rev().find_map(|run| {
            let result = result_of(run, point)?;
            is_tested(result).then_some((*run, result))
        });
        Self {
            id: point.id,
            text: point.text,
            verdict: tested.map_or(Verdict::NotTested, |(_, result)| result.judgement.verdict),
            observed: tested.map(|(_, result)| result.judgement.observed.clone()),
            measurements: tested
                .map(|(_, result)| result.judgement.measurements.clone())
                .unwrap_or_default(),
            run: tested.map(|(run, _)| Attempt::of(run)),
        }
    }
}

impl Attempt {
    fn of(run: &RunResult) -> Self {
        Self {
            run: run.started.run_id.to_string(),
            at: run.ended_at,
            window: run.started.settings.window,
            driven: run.started.driven.clone(),
        }
    }
}

fn result_of<'a>(run: &'a RunResult, point: &Point) -> Option<&'a PointResult> {
    run.points.iter().find(|result| result.id == point.id)
}

fn is_tested(result: &PointResult) -> bool {
    result.judgement.verdict != Verdict::NotTested
}

fn tests_any(run: &RunResult, test: &AcceptanceTest) -> bool {
    let mut points = test.points.iter();
    points.any(|point| result_of(run, point).is_some_and(is_tested))
}

fn is_green_in(run: &RunResult, test: &AcceptanceTest) -> bool {
    let verdict = |point| result_of(run, point).map(|result| result.judgement.verdict);
    run.finished
        && test
            .points
            .iter()
            .all(|point| verdict(point).is_some_and(is_green))
}

/// Green does not mean spotless: a warning is a pass that needs a reader.
pub const fn is_green(verdict: Verdict) -> bool {
    matches!(
        verdict,
        Verdict::Pass | Verdict::Warning | Verdict::NotApplicable
    )
}

/// The gravest of `verdicts`: what holds a test back most.
pub fn gravest(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    const GRAVEST_FIRST: [Verdict; 7] = [
        Verdict::Fail,
        Verdict::Error,
        Verdict::Review,
        Verdict::NotTested,
        Verdict::Warning,
        Verdict::Pass,
        Verdict::NotApplicable,
    ];
    let verdicts: Vec<Verdict> = verdicts.collect();
    let mut ordered = GRAVEST_FIRST.into_iter();
    let found = ordered.find(|verdict| verdicts.contains(verdict));
    found.unwrap_or(Verdict::NotTested)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::acceptance::catalogue;
    use crate::acceptance::{mitigation, reviewed};
    use crate::model::{
        Addition, AdditionLine, ContractResult, Decision, Judgement, RunStarted, Settings,
        TargetFacts, ToolFacts,
    };

    /// The run number `number`, with these verdicts.
    fn run(number: i64, window: Option<u8>, verdicts: &[(&str, Verdict)]) -> RunResult {
        let at = Timestamp::from_micros(1_795_271_400_000_000).plus_micros(number * 60_000_000);
        RunResult {
            started: started(&format!("run-{number}"), window),
            started_at: at,
            ended_at: at,
            events: 1,
            head: String::new(),
            finished: true,
            points: verdicts
                .iter()
                .map(|(id, verdict)| point(id, *verdict))
                .collect(),
            notes: Vec::new(),
            exchanges: 0,
            called: Default::default(),
            contract: ContractResult::default(),
        }
    }

    fn started(run_id: &str, window: Option<u8>) -> RunStarted {
        RunStarted {
            schema: 1,
            run_id: run_id.parse().unwrap(),
            tool: ToolFacts {
                name: "letterproof".to_owned(),
                version: "0".to_owned(),
            },
            target: TargetFacts {
                name: "int".to_owned(),
                kind: "int".to_owned(),
                base_url: String::new(),
                token_url: None,
                hosts: Vec::new(),
                storage_hosts: None,
                deviations: Vec::new(),
            },
            supplier: "Example Post".to_owned(),
            system: None,
            driven: "reference client".to_owned(),
            pack_revision: String::new(),
            scope: Vec::new(),
            faults: Vec::new(),
            settings: settings(window),
        }
    }

    fn settings(window: Option<u8>) -> Settings {
        Settings {
            expected_letters: 2_500,
            seeded_letters: None,
            seed: None,
            visibility_timeout_ms: 0,
            settle_timeout_ms: 0,
            requests_per_second: 300,
            optional_statuses: Vec::new(),
            rejects: false,
            accessible_specifications: Vec::new(),
            target_ms: 10_000,
            performance_runs: 3,
            sizes: BTreeMap::new(),
            agreed_with: None,
            agreed_on: None,
            window,
        }
    }

    fn point(id: &str, verdict: Verdict) -> PointResult {
        let known = catalogue::point(id).unwrap();
        PointResult {
            id: id.to_owned(),
            test: known.test().to_owned(),
            title: String::new(),
            text: known.text.to_owned(),
            level: Level::Mandatory,
            judgement: Judgement {
                verdict,
                expected: String::new(),
                observed: format!("observed {verdict}"),
                seqs: Vec::new(),
                measurements: BTreeMap::new(),
            },
            tested: None,
            proved: None,
        }
    }

    fn status<'a>(matrix: &'a Matrix, id: &str) -> &'a TestStatus {
        matrix.tests.iter().find(|test| test.id == id).unwrap()
    }

    #[test]
    fn the_latest_test_counts_and_earlier_ones_make_it_a_retest() {
        use Verdict::{Fail, Pass, Warning};
        let red = run(1, Some(1), &[("AT1.1", Pass), ("AT1.2", Fail)]);
        let green = run(2, Some(2), &[("AT1.1", Pass), ("AT1.2", Warning)]);
        let matrix = Matrix::of(&[green, red]);
        let at1 = status(&matrix, "AT1");
        assert_eq!((at1.verdict, at1.retests), (Warning, 1));
        let latest = at1.latest.as_ref().unwrap();
        assert_eq!((latest.run.as_str(), latest.window), ("run-2", Some(2)));
        assert!(at1.is_green());
        assert!(matrix.open().all(|test| test.id != "AT1"));
    }

    #[test]
    fn a_later_red_point_opens_a_green_test_again() {
        use Verdict::{Fail, Pass};
        let green = run(1, None, &[("AT1.1", Pass), ("AT1.2", Pass)]);
        let red = run(2, None, &[("AT1.2", Fail)]);
        let matrix = Matrix::of(&[green, red]);
        let at1 = status(&matrix, "AT1");
        assert!(at1.green.is_some() && !at1.is_green());
        assert_eq!(at1.points[0].run.as_ref().unwrap().run, "run-1");
    }

    #[test]
    fn what_a_run_left_out_takes_no_verdict_back() {
        use Verdict::{NotTested, Pass};
        let green = run(1, None, &[("AT1.1", Pass), ("AT1.2", Pass)]);
        let other = run(2, None, &[("AT1.1", NotTested), ("AT1.2", NotTested)]);
        let matrix = Matrix::of(&[green, other]);
        let at1 = status(&matrix, "AT1");
        assert!(at1.is_green());
        assert_eq!(
            (at1.retests, at1.latest.as_ref().unwrap().run.as_str()),
            (0, "run-1")
        );
    }

    #[test]
    fn a_review_closes_its_point_and_a_mitigation_changes_nothing() {
        use Verdict::{Fail, Pass, Review, Warning};
        let open = || run(1, None, &[("AT1.1", Pass), ("AT1.2", Review)]);
        let line = |addition| AdditionLine {
            seq: 0,
            at: Timestamp::default(),
            prev: String::new(),
            addition,
        };
        let review = |point: &str, decision| {
            line(Addition::Review {
                point: point.to_owned(),
                decision,
                by: "A. Person".to_owned(),
                note: Some("seen".to_owned()),
            })
        };
        let verdict = |lines: &[AdditionLine]| {
            let matrix = Matrix::of(&[reviewed(open(), lines)]);
            let point = status(&matrix, "AT1").points[1].clone();
            (point.verdict, point.observed.unwrap())
        };
        assert_eq!(verdict(&[]).0, Review);
        let (accepted, told) = verdict(&[review("AT1.2", Decision::Accepted)]);
        assert_eq!(accepted, Warning);
        assert!(told.ends_with("accepted by A. Person: seen"), "{told}");
        assert_eq!(verdict(&[review("AT1.2", Decision::Rejected)]).0, Fail);
        let twice = [Decision::Rejected, Decision::Accepted].map(|word| review("AT1.2", word));
        assert_eq!(verdict(&twice).0, Fail, "the first review closes the point");
        assert_eq!(verdict(&[review("AT1.1", Decision::Rejected)]).0, Review);
        let agreed = line(Addition::Mitigation {
            point: "AT1.2".to_owned(),
            note: "later".to_owned(),
            agreed_with: "NHS Notify".to_owned(),
        });
        assert_eq!(verdict(std::slice::from_ref(&agreed)).0, Review);
        let found = mitigation(std::slice::from_ref(&agreed), "AT1.2");
        assert_eq!(
            found.map(|(note, with, _)| (note, with)),
            Some(("later", "NHS Notify"))
        );
        assert!(mitigation(&[agreed], "AT1.1").is_none());
    }

    #[test]
    fn halves_of_two_runs_make_no_green_run() {
        use Verdict::Pass;
        let first = run(1, None, &[("AT1.1", Pass)]);
        let second = run(2, None, &[("AT1.2", Pass)]);
        let matrix = Matrix::of(&[first, second]);
        assert_eq!(status(&matrix, "AT1").verdict, Pass);
        assert!(!status(&matrix, "AT1").is_green());
        assert!(Matrix::of(&[]).open().count() > 0);
    }
}
