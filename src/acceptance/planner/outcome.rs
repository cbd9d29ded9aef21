//! What a plan says.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::model::{Allocation, Level};

use super::super::text::grouped;

/// Which letters each test spends, and what that takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The letters of each test, in the pack's order.
    pub allocations: Vec<Allocation>,
    /// What is missing; a run that lacks letters does not begin.
    pub shortages: Vec<Shortage>,
    /// Tests that cannot be done for another reason than letters; a run begins without them.
    pub not_possible: Vec<Impossible>,
    /// What a reader must know.
    pub remarks: Vec<String>,
    /// How many leases are waited out.
    pub leases: usize,
    /// How long that takes.
    pub waits: Duration,
    /// Requests, about.
    pub requests: u64,
    /// How long everything takes, about.
    pub estimate: Duration,
    /// Letters whose PDF shows what AT12 and AT13 rest on: to be downloaded before the first
    /// update.
    pub candidates: Vec<String>,
}

impl Plan {
    /// True if every test in scope has its letters.
    pub fn is_right(&self) -> bool {
        self.shortages.is_empty()
    }

    /// True if every mandatory test in scope can be done: a run by this plan may end complete.
    pub fn is_complete(&self) -> bool {
        let mandatory = |it: &Impossible| {
            let test = super::super::catalogue::test(&it.test);
            test.is_none_or(|test| test.level == Level::Mandatory)
        };
        self.is_right() && !self.not_possible.iter().any(mandatory)
    }

    /// The letters of `test`, in the order of the plan.
    pub fn of<'a>(&'a self, test: &'a str) -> impl Iterator<Item = &'a Allocation> {
        self.allocations.iter().filter(move |it| it.test == test)
    }
}

/// Letters that a test lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shortage {
    /// The acceptance test.
    pub test: String,
    /// Which letters, as a sentence goes on after their number: `letters that …`.
    pub kind: String,
    /// How many it needs.
    pub need: usize,
    /// How many are left for it.
    pub have: usize,
}

impl fmt::Display for Shortage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = match self.have {
            0 => "none is".to_owned(),
            1 => "1 is".to_owned(),
            more => format!("{} are", grouped(more)),
        };
        let (test, need) = (&self.test, grouped(self.need));
        let kind = match self.need {
            1 => one(&self.kind),
            _ => self.kind.clone(),
        };
        write!(f, "{test} needs {need} {kind}, {left} left")
    }
}

/// `letters that are PENDING` as it reads for one of them.
fn one(kind: &str) -> String {
    let letter = kind.replacen("letters", "letter", 1);
    letter.replacen("that are", "that is", 1)
}

/// A test that cannot be done, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Impossible {
    /// The acceptance test.
    pub test: String,
    /// Why not.
    pub reason: String,
}
