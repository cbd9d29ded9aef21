//! What people added to a run, and what it changes.
//!
//! A journal's verdicts stay what they are. A review closes a point that only a person can
//! decide; a mitigation changes no verdict and lets a pack go out in spite of it.

use crate::model::{Addition, AdditionLine, Decision, Verdict};

use super::result::{PointResult, RunResult};

/// The run's result with its reviews: an accepted point is a `warning`, because a person and not
/// the journal decided it, a rejected one is `fail`.
#[must_use]
pub fn reviewed(mut result: RunResult, additions: &[AdditionLine]) -> RunResult {
    for line in additions {
        if let Addition::Review {
            point,
            decision,
            by,
            note,
        } = &line.addition
        {
            let mut points = result.points.iter_mut();
            if let Some(found) = points.find(|found| found.id == *point && is_open(found)) {
                close(found, *decision, by, note.as_deref());
            }
        }
    }
    result
}

/// True if the point waits for a person.
pub fn is_open(point: &PointResult) -> bool {
    point.judgement.verdict == Verdict::Review
}

fn close(point: &mut PointResult, decision: Decision, by: &str, note: Option<&str>) {
    let (verdict, word) = match decision {
        Decision::Accepted => (Verdict::Warning, "accepted"),
        Decision::Rejected => (Verdict::Fail, "rejected"),
    };
    let note = note.map_or_else(String::new, |note| format!(": {note}"));
    point.judgement.verdict = verdict;
    point
        .judgement
        .observed
        .push_str(&format!("; {word} by {by}{note}"));
}

/// The last mitigation of `point` among `additions`: what was agreed, and with whom.
pub fn mitigation<'a>(
    additions: &'a [AdditionLine],
    point: &str,
) -> Option<(&'a str, &'a str, &'a AdditionLine)> {
    additions
        .iter()
        .rev()
        .find_map(|line| match &line.addition {
            Addition::Mitigation {
                point: of,
                note,
                agreed_with,
            } if of == point => Some((note.as_str(), agreed_with.as_str(), line)),
            _ => None,
        })
}
