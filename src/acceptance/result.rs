//! What a run came to: the points in scope with the verdict that counts.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{ContractResult, Judgement, Level, RunStarted, Span, Timestamp, Verdict};

use super::catalogue;
use super::view::RunView;

/// A run as reports know it; folded from the journal alone.
#[derive(Clone, Debug)]
pub struct RunResult {
    /// How the run introduced itself.
    pub started: RunStarted,
    /// When its first line was written.
    pub started_at: Timestamp,
    /// When its last line was written.
    pub ended_at: Timestamp,
    /// Number of lines.
    pub events: u64,
    /// Hash of the last line.
    pub head: String,
    /// True if `run.finished` was written.
    pub finished: bool,
    /// The points in scope, in the pack's order.
    pub points: Vec<PointResult>,
    /// Notes of the run, in order.
    pub notes: Vec<String>,
    /// Number of exchanges.
    pub exchanges: u64,
    /// The origins at which API and token endpoint were called, such as `https://h`.
    pub called: BTreeSet<String>,
    /// The answers beside the API's description: whoever reads the bodies too fills it in.
    pub contract: ContractResult,
}

/// An acceptance point with the judgement that counts: the last.
#[derive(Clone, Debug)]
pub struct PointResult {
    /// `AT4.2`.
    pub id: String,
    /// `AT4`.
    pub test: String,
    /// The title of its test.
    pub title: String,
    /// The point's text.
    pub text: String,
    /// Its level.
    pub level: Level,
    /// The judgement; `not_tested` if there is none.
    pub judgement: Judgement,
    /// From the first to the last event of its test; `None` if nothing was done for it.
    pub tested: Option<Span>,
    /// From the first to the last event that proves the judgement.
    pub proved: Option<Span>,
}

impl RunResult {
    /// What `view` came to; `head` is the hash of its last line. `None` if the journal does not
    /// begin with `run.started`.
    pub fn of(view: &RunView, head: &str) -> Option<Self> {
        let started = view.started()?.clone();
        let points = started
            .scope
            .iter()
            .filter_map(|id| PointResult::of(id, view));
        Some(Self {
            points: points.collect(),
            started_at: view.first_at(),
            ended_at: view.last_at(),
            events: view.events(),
            head: head.to_owned(),
            finished: view.finished().is_some(),
            notes: view.notes().to_vec(),
            exchanges: view.exchange_count() as u64,
            called: view.called().clone(),
            contract: ContractResult::default(),
            started,
        })
    }

    /// The verdict of each point in scope.
    pub fn verdicts(&self) -> BTreeMap<String, Verdict> {
        let points = self.points.iter();
        points
            .map(|point| (point.id.clone(), point.judgement.verdict))
            .collect()
    }

    /// The exit code that follows from the verdicts (interfaces, "Exit codes").
    pub fn exit_code(&self) -> u8 {
        exit_code(
            self.points
                .iter()
                .map(|point| (point.judgement.verdict, point.level)),
        )
    }
}

impl PointResult {
    fn of(id: &str, view: &RunView) -> Option<Self> {
        let point = catalogue::point(id)?;
        let test = catalogue::test(point.test())?;
        let (suite, title) = test.suite();
        let last = view.judgements().get(id);
        let never = || Judgement {
            verdict: Verdict::NotTested,
            expected: point.text.to_owned(),
            observed: "never judged in this run".to_owned(),
            seqs: Vec::new(),
            measurements: BTreeMap::new(),
        };
        Some(Self {
            id: id.to_owned(),
            test: suite.to_owned(),
            title: title.to_owned(),
            text: point.text.to_owned(),
            level: test.level,
            tested: view.tested(test.id),
            proved: last.and_then(|judgement| view.span_of(&judgement.seqs)),
            judgement: last.cloned().unwrap_or_else(never),
        })
    }
}

/// Exit code for verdicts with their levels: the first that applies of 5, 1, 4, 3, 0.
pub fn exit_code(points: impl Iterator<Item = (Verdict, Level)>) -> u8 {
    let points: Vec<_> = points.collect();
    let any = |verdict| points.iter().any(|(found, _)| *found == verdict);
    let untested = |(verdict, level): &(Verdict, Level)| {
        *verdict == Verdict::NotTested && *level == Level::Mandatory
    };
    if points.is_empty() {
        5
    } else if any(Verdict::Fail) {
        1
    } else if any(Verdict::Error) {
        4
    } else if any(Verdict::Review) || points.iter().any(untested) {
        3
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_applies_counts() {
        use Level::{Mandatory, Optional};
        let code = |points: &[(Verdict, Level)]| exit_code(points.iter().copied());
        assert_eq!(code(&[]), 5);
        assert_eq!(
            code(&[(Verdict::Pass, Mandatory), (Verdict::Warning, Mandatory)]),
            0
        );
        assert_eq!(
            code(&[
                (Verdict::NotTested, Optional),
                (Verdict::NotApplicable, Optional)
            ]),
            0
        );
        assert_eq!(code(&[(Verdict::NotTested, Mandatory)]), 3);
        assert_eq!(code(&[(Verdict::Review, Optional)]), 3);
        assert_eq!(
            code(&[(Verdict::Error, Optional), (Verdict::NotTested, Mandatory)]),
            4
        );
        assert_eq!(
            code(&[(Verdict::Error, Mandatory), (Verdict::Fail, Mandatory)]),
            1
        );
    }
}
