//! What came of every fault, beside what must come of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::acceptance::points;
use crate::faults::{Caught, FAULTS, Side};
use crate::model::Verdict;

use super::case::Case;

/// What a run with a fault left.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The verdicts, computed again from the journal.
    pub verdicts: BTreeMap<String, Verdict>,
    /// What `verify` found.
    pub findings: Vec<String>,
    /// What it found with the known head, if that was asked.
    pub known_head: Option<Vec<String>>,
    /// Why there is nothing to judge.
    pub trouble: Vec<String>,
}

/// One fault, and what came of it.
#[derive(Clone, Debug)]
pub struct Row {
    /// The fault.
    pub case: Case,
    /// Points that failed.
    pub red: BTreeSet<&'static str>,
    /// Points that could not be judged.
    pub open: BTreeSet<&'static str>,
    /// What found the evidence wanting.
    pub caught: Option<Caught>,
    /// Why the run could not be judged at all.
    pub trouble: Vec<String>,
}

/// All of it.
#[derive(Clone, Debug)]
pub struct Matrix {
    /// One row for each fault.
    pub rows: Vec<Row>,
    /// Runs that were made a second time.
    pub again: usize,
    /// Every fault of the catalogue is in it: only then must every point have been seen red.
    pub complete: bool,
}

impl Row {
    /// What `seen` says of `case`.
    pub fn new(case: &Case, seen: Seen) -> Self {
        let with = |wanted: &[Verdict]| {
            let all = points().map(|point| point.id);
            let is = |id: &&str| seen.verdicts.get(*id).is_some_and(|it| wanted.contains(it));
            all.filter(is).collect::<BTreeSet<&'static str>>()
        };
        let by_head = seen.known_head.is_some_and(|found| !found.is_empty());
        let caught = match (seen.findings.is_empty(), by_head) {
            (false, _) => Some(Caught::Verify),
            (true, true) => Some(Caught::Head),
            (true, false) => None,
        };
        // A forged journal is not judged point by point: that it was forged says it all.
        let judge = case.forgery.is_none();
        let mut trouble = seen.trouble;
        let covered = points().filter(|point| case.covers(point.id));
        if judge && seen.verdicts.len() < covered.count() {
            trouble.push("not every point has a verdict".to_owned());
        }
        if !judge {
            trouble.clear();
        }
        let none = BTreeSet::new;
        Self {
            red: if judge {
                with(&[Verdict::Fail])
            } else {
                none()
            },
            open: match judge {
                true => with(&[Verdict::Error, Verdict::NotTested, Verdict::Review]),
                false => none(),
            },
            case: case.clone(),
            caught,
            trouble,
        }
    }

    /// True if exactly that came of the fault which must.
    pub fn holds(&self) -> bool {
        self.misses().is_empty()
    }

    /// What came otherwise, in sentences.
    pub fn misses(&self) -> Vec<String> {
        let mut misses = self.trouble.clone();
        misses.extend(differences(&self.case.red, &self.red, "red"));
        misses.extend(differences(&self.case.open, &self.open, "open"));
        if self.case.caught != self.caught {
            misses.push(format!(
                "the evidence must be caught by {}, and is by {}",
                name(self.case.caught),
                name(self.caught)
            ));
        }
        if self.case.side == Side::Environment && !self.red.is_empty() {
            misses.push("an outage must never turn a point red".to_owned());
        }
        misses
    }
}

fn name(caught: Option<Caught>) -> &'static str {
    match caught {
        Some(Caught::Verify) => "verify",
        Some(Caught::Head) => "verify --head alone",
        None => "nothing",
    }
}

fn differences(
    must: &BTreeSet<&'static str>,
    are: &BTreeSet<&'static str>,
    colour: &str,
) -> Vec<String> {
    let list = |of: Vec<&&str>| of.iter().map(|id| **id).collect::<Vec<_>>().join(", ");
    let (not, too): (Vec<_>, Vec<_>) = (
        must.difference(are).collect(),
        are.difference(must).collect(),
    );
    let mut told = Vec::new();
    if !not.is_empty() {
        told.push(format!("{} must be {colour}, and is not", list(not)));
    }
    if !too.is_empty() {
        told.push(format!("{} is {colour}, and must not be", list(too)));
    }
    told
}

impl Matrix {
    /// These rows.
    pub fn new(rows: Vec<Row>, again: usize) -> Self {
        let names: BTreeSet<&str> = rows.iter().map(|row| row.case.name.as_str()).collect();
        let complete = FAULTS.iter().all(|fault| names.contains(fault.id));
        Self {
            rows,
            again,
            complete,
        }
    }

    /// True if every fault turned exactly its points red, and, if it is complete, every point has
    /// a fault.
    pub fn holds(&self) -> bool {
        let all = self.rows.iter().all(Row::holds);
        let every = self.without_fault().is_empty() && self.alike().is_empty();
        all && (every || !self.complete)
    }

    /// The faults that turned each point red, the mixes apart.
    pub fn by_point(&self) -> BTreeMap<&'static str, BTreeSet<&str>> {
        let mut by_point: BTreeMap<&str, BTreeSet<&str>> =
            points().map(|point| (point.id, BTreeSet::new())).collect();
        for row in self.rows.iter().filter(|row| !row.case.name.contains(':')) {
            for point in &row.red {
                by_point.entry(point).or_default().insert(&row.case.name);
            }
        }
        by_point
    }

    /// Points that no fault turned red.
    pub fn without_fault(&self) -> Vec<&'static str> {
        let by_point = self.by_point();
        let none = points().filter(|point| by_point.get(point.id).is_none_or(BTreeSet::is_empty));
        none.map(|point| point.id).collect()
    }

    /// Pairs of points that share all their faults: one of them might check nothing of its own.
    pub fn alike(&self) -> Vec<(&'static str, &'static str)> {
        let by_point: Vec<_> = self.by_point().into_iter().collect();
        let mut alike = Vec::new();
        for (place, (one, its)) in by_point.iter().enumerate() {
            let others = by_point[place + 1..].iter();
            let same = others.filter(|(_, theirs)| !its.is_empty() && its == theirs);
            alike.extend(same.map(|(other, _)| (*one, *other)));
        }
        alike
    }
}

#[cfg(test)]
mod tests {
    use super::super::cases;
    use super::*;

    /// A run in which every point passed but these.
    fn seen(red: &[&str], open: &[&str]) -> Seen {
        let verdict = |id: &str| match (red.contains(&id), open.contains(&id)) {
            (true, _) => Verdict::Fail,
            (_, true) => Verdict::Error,
            _ => Verdict::Pass,
        };
        Seen {
            verdicts: points()
                .map(|point| (point.id.to_owned(), verdict(point.id)))
                .collect(),
            ..Seen::default()
        }
    }

    fn case(name: &str) -> Case {
        let mut all = cases().into_iter();
        all.find(|case| case.name == name).unwrap()
    }

    #[test]
    fn exactly_the_declared_points_must_turn_red() {
        let case = case("update-lost-printed");
        let row = |red: &[&str], open: &[&str]| Row::new(&case, seen(red, open));
        assert!(row(&["AT5.2"], &[]).holds());
        let miss = |red: &[&str], open: &[&str]| row(red, open).misses().join("; ");
        assert_eq!(miss(&[], &[]), "AT5.2 must be red, and is not");
        assert_eq!(
            miss(&["AT5.2", "AT7.1"], &[]),
            "AT7.1 is red, and must not be"
        );
        assert_eq!(
            miss(&["AT5.2"], &["AT9.1"]),
            "AT9.1 is open, and must not be"
        );
    }

    #[test]
    fn an_outage_never_turns_a_point_red() {
        let row = Row::new(&case("unavailable-once"), seen(&["AT5.3"], &[]));
        let told = row.misses().join("; ");
        assert!(
            told.contains("an outage must never turn a point red"),
            "{told}"
        );
    }

    #[test]
    fn a_run_without_verdicts_is_a_miss() {
        let row = Row::new(&case("list-reversed"), Seen::default());
        assert!(!row.holds());
    }

    #[test]
    fn evidence_must_be_caught_by_what_is_named() {
        let case = case("chain-mended");
        let seen = |findings: usize, by_head: usize| Seen {
            findings: vec![String::new(); findings],
            known_head: Some(vec![String::new(); by_head]),
            ..Seen::default()
        };
        assert!(Row::new(&case, seen(0, 1)).holds());
        assert!(!Row::new(&case, seen(0, 0)).holds());
        assert!(!Row::new(&case, seen(1, 1)).holds());
    }

    #[test]
    fn every_point_has_a_fault_and_no_two_share_all_of_theirs() {
        let as_declared = |case: &Case| {
            let red: Vec<&str> = case.red.iter().copied().collect();
            let open: Vec<&str> = case.open.iter().copied().collect();
            Row::new(case, seen(&red, &open))
        };
        let rows = cases().iter().map(as_declared).collect();
        let matrix = Matrix::new(rows, 0);
        assert_eq!(matrix.without_fault(), [""; 0]);
        assert_eq!(matrix.alike(), [("", ""); 0]);
    }
}
