//! A run read from its evidence, as the reports need it.

use crate::acceptance::{RunResult, RunView};
use crate::audit::read_run;
use crate::evidence::{BodyStore, RunDir, sha256_hex};
use crate::model::Body;
use crate::preflight::CheckId;
use crate::report::{Addition, Part, Record};

use super::CliError;

/// A run, read once.
pub(super) struct Reported {
    pub result: RunResult,
    view: RunView,
    record: Record,
    bodies: BodyStore,
    additions: Vec<Addition>,
}

impl Reported {
    /// Reads the run in `dir`.
    ///
    /// # Errors
    /// If there is no journal, or a line of it does not hold.
    pub fn read(dir: &RunDir) -> Result<Self, CliError> {
        let mut record = Record::default();
        let (result, view) = read_run(dir, |line| record.take(line))?;
        Ok(Self {
            result,
            view,
            record,
            bodies: BodyStore::at(dir.bodies()),
            additions: Vec::new(),
        })
    }

    /// Does something with the run as a report shows it.
    pub fn with_part<T>(&self, act: impl FnOnce(&Part) -> T) -> T {
        let bodies = |body: &Body| self.body(body);
        act(&Part {
            result: &self.result,
            view: &self.view,
            record: &self.record,
            bodies: &bodies,
            additions: &self.additions,
            tests: None,
        })
    }

    fn body(&self, body: &Body) -> Result<Option<Vec<u8>>, String> {
        let read = self.bodies.read(body).map_err(|error| error.to_string())?;
        match read {
            Some(bytes) if sha256_hex(&bytes) != body.sha256 => {
                Err("the stored bytes are not what their hash says".to_owned())
            }
            read => Ok(read),
        }
    }
}

/// What the check called `id` demands.
pub(super) fn rule(id: &str) -> Option<&'static str> {
    let mut checks = CheckId::ALL.into_iter().map(CheckId::rule);
    Some(checks.find(|rule| rule.id == id)?.demand)
}
