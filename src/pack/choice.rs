//! For each acceptance test the run that counts.

use crate::acceptance::{AcceptanceTest, Profile};
use crate::audit::read_introduction;
use crate::evidence::{EvidenceError, RunDir, Seal, read_at_most};
use crate::model::limits::LARGEST_CONTENTS;
use crate::model::{RunId, RunStarted, Shown, Verdict};

use super::PackError;

/// A sealed run, as far as its seal and its first line tell.
#[derive(Clone, Debug)]
pub struct SealedRun {
    /// Its folder.
    pub dir: RunDir,
    /// Its seal.
    pub seal: Seal,
    /// How it introduced itself.
    pub started: RunStarted,
}

impl SealedRun {
    /// The run in `dir`; nothing if it has no seal.
    ///
    /// # Errors
    /// If seal or journal cannot be read.
    pub fn read(dir: &RunDir) -> Result<Option<Self>, PackError> {
        let path = dir.seal();
        if !path.is_file() {
            return Ok(None);
        }
        let does_not_hold = |why: &dyn std::fmt::Display| PackError::DoesNotHold {
            run: Shown::of(dir.name()),
            findings: vec![Shown::of(format_args!("seal.json: {why}"))],
        };
        let bytes = read_at_most(&path, LARGEST_CONTENTS);
        let bytes = bytes.map_err(EvidenceError::io("read the seal", &path))?;
        let seal = Seal::parse(&bytes)
            .map_err(|error| does_not_hold(&format_args!("is not a seal: {error}")))?;
        let started = read_introduction(dir)?;
        if seal.run_id != started.run_id {
            return Err(does_not_hold(&"is the seal of another run"));
        }
        Ok(Some(Self {
            started,
            dir: dir.clone(),
            seal,
        }))
    }

    /// The run's id.
    pub fn id(&self) -> &RunId {
        &self.started.run_id
    }

    fn verdicts(&self, test: &AcceptanceTest) -> impl Iterator<Item = Verdict> {
        let points = test.points.iter();
        points.filter_map(|point| self.seal.verdicts.get(point.id).copied())
    }

    fn tests(&self, test: &AcceptanceTest) -> bool {
        self.verdicts(test)
            .any(|verdict| verdict != Verdict::NotTested)
    }
}

/// Sorts `runs` by when they ended.
pub(super) fn in_order(runs: &mut [SealedRun]) {
    runs.sort_by(|one, other| {
        let key = |run: &SealedRun| (run.seal.sealed_at, run.started.run_id.clone());
        key(one).cmp(&key(other))
    });
}

/// Each acceptance test with the latest of `runs`, which stand in order, that tested it; without
/// one, the latest that had it in scope and says why it was not tested.
pub(super) fn choose(runs: &[SealedRun]) -> Vec<(&'static AcceptanceTest, Option<&SealedRun>)> {
    let counts = |test: &AcceptanceTest| {
        let tested = honest(runs).find(|run| run.tests(test));
        let named = || honest(runs).find(|run| run.verdicts(test).next().is_some());
        tested.or_else(named)
    };
    let tests = profile(runs).tests().iter();
    tests.map(|test| (test, counts(test))).collect()
}

/// The latest first, without those in which something was made wrong on purpose.
fn honest(runs: &[SealedRun]) -> impl Iterator<Item = &SealedRun> {
    runs.iter()
        .rev()
        .filter(|run| run.started.faults.is_empty())
}

/// What runs of this target were tested by: the Acceptance Test Pack, or the sandbox's checks.
fn profile(runs: &[SealedRun]) -> Profile {
    let sandbox = |run: &SealedRun| run.started.target.kind == "sandbox";
    match runs.iter().any(sandbox) {
        true => Profile::Sandbox,
        false => Profile::Supplier,
    }
}
