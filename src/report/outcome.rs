//! What a run came to, in words and numbers that every report shares.

use std::collections::BTreeMap;

use crate::acceptance::result::{PointResult, RunResult, exit_code};
use crate::model::{Level, Verdict};
use crate::targets::RealService;

use super::text::one_line;

/// `driven` of a run in which the tool's own client acted (see `RunStarted::driven`).
const REFERENCE_CLIENT: &str = "reference client";

/// A run's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The exit code (interfaces, "Exit codes").
    pub code: u8,
    /// One or two words.
    pub word: &'static str,
    /// What the code means for this run.
    pub meaning: &'static str,
}

impl Outcome {
    /// The outcome of `result`. A run that did not come to its end is never green.
    pub fn of(result: &RunResult) -> Self {
        Self::of_points(result.points.iter(), result.finished)
    }

    /// The outcome of `points`, which may come from several runs; `finished` if all of those came
    /// to their end.
    pub(super) fn of_points<'a>(
        points: impl Iterator<Item = &'a PointResult>,
        finished: bool,
    ) -> Self {
        let verdicts = points.map(|point| (point.judgement.verdict, point.level));
        match (exit_code(verdicts), finished) {
            (0, false) => Self {
                code: 3,
                word: "incomplete",
                meaning: "the run did not come to its end",
            },
            (code, _) => Self::of_code(code),
        }
    }

    const fn of_code(code: u8) -> Self {
        let (word, meaning) = match code {
            0 => ("passed", "every acceptance point in scope passed"),
            1 => ("failed", "at least one acceptance point failed"),
            3 => (
                "incomplete",
                "a mandatory point was not tested, or waits for a person's review",
            ),
            5 => ("nothing selected", "no acceptance point was in scope"),
            _ => (
                "could not judge",
                "the environment or the tool itself failed",
            ),
        };
        Self {
            code,
            word,
            meaning,
        }
    }
}

/// Who acted in the run, and whether something was made wrong on purpose: the first thing a
/// reader must know.
pub fn driven_sentence(result: &RunResult) -> String {
    let driven = match result.started.driven.as_str() {
        REFERENCE_CLIENT => "the reference client was driven, not the supplier's own system".into(),
        system => format!("the supplier's own system was observed: {system}"),
    };
    match result.started.faults.as_slice() {
        [] => driven,
        faults => format!(
            "{driven}; WRONG ON PURPOSE (--fault): {}",
            faults.join(", ")
        ),
    }
}

/// What every page of a run says that never met the real service.
pub const SIMULATOR_WORDS: &str = "SIMULATOR, NOT EVIDENCE";

/// [`SIMULATOR_WORDS`] if the run proves nothing to NHS Notify.
pub fn simulator_words(result: &RunResult) -> Option<&'static str> {
    is_simulated(result).then_some(SIMULATOR_WORDS)
}

/// True unless the target and every request to its API and token endpoint were at documented
/// hosts of a kind that counts: what a run calls its target is not enough.
pub fn is_simulated(result: &RunResult) -> bool {
    let called = result.called.iter().map(String::as_str);
    !RealService::was_met(&result.started.target, called)
}

/// Where API and token endpoint were called: `https://int.api.service.nhs.uk`.
pub fn called_at(result: &RunResult) -> String {
    let called = result.called.iter().map(|origin| one_line(origin));
    let called: Vec<String> = called.take(MOST_ORIGINS).collect();
    let more = result.called.len().saturating_sub(MOST_ORIGINS);
    match (called.is_empty(), more) {
        (true, _) => "nothing was called".to_owned(),
        (false, 0) => called.join(", "),
        (false, more) => format!("{} and {more} more", called.join(", ")),
    }
}

/// Origins that are named at most; an honest run has one or two.
const MOST_ORIGINS: usize = 5;

/// How often each verdict was given; every verdict has an entry.
pub(super) fn counts(result: &RunResult) -> BTreeMap<&'static str, usize> {
    let count = |verdict| {
        let of_it = |point: &&PointResult| point.judgement.verdict == verdict;
        result.points.iter().filter(of_it).count()
    };
    let entries = Verdict::ALL.map(|verdict| (verdict.as_str(), count(verdict)));
    entries.into()
}

/// `3 pass · 1 warning`, in the order of [`Verdict::ALL`], what did not occur left out.
pub(super) fn counts_text(result: &RunResult) -> String {
    let counts = counts(result);
    let said = Verdict::ALL.into_iter().filter_map(|verdict| {
        let count = *counts.get(verdict.as_str())?;
        (count > 0).then(|| format!("{count} {}", word(verdict)))
    });
    said.collect::<Vec<_>>().join(" · ")
}

/// A verdict as a person reads it.
pub const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Warning => "warning",
        Verdict::Fail => "fail",
        Verdict::Review => "needs review",
        Verdict::NotApplicable => "not applicable",
        Verdict::NotTested => "not tested",
        Verdict::Error => "error",
    }
}

/// A sign beside the word, for eyes that scan.
pub(super) const fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "✓",
        Verdict::Warning => "⚠",
        Verdict::Fail => "✗",
        Verdict::Review => "?",
        Verdict::NotApplicable => "–",
        Verdict::NotTested => "○",
        Verdict::Error => "!",
    }
}

/// True if the point holds the run back or must be read by a person.
pub(super) fn needs_words(point: &PointResult) -> bool {
    point.judgement.verdict != Verdict::Pass
}

/// True if the point is a matter of figures: those are shown even where nothing is wrong.
pub(super) fn is_measured(point: &PointResult) -> bool {
    !point.judgement.measurements.is_empty()
}

/// True if a point without a test still keeps the run from passing.
pub(super) fn is_mandatory(point: &PointResult) -> bool {
    point.level == Level::Mandatory
}

/// The points of each acceptance test, in the run's order.
pub(super) fn by_test(result: &RunResult) -> Vec<&[PointResult]> {
    result
        .points
        .chunk_by(|one, next| one.test == next.test)
        .collect()
}
