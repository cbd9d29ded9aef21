//! A run read from its evidence, as `report.html` needs it.

use crate::acceptance::{RunResult, RunView};
use crate::evidence::{
    AdditionError, BodyStore, EvidenceError, Fault, Reader, RunDir, read_additions, sha256_hex,
};
use crate::model::{self, AdditionLine, Body, Decision, Line};
use crate::preflight::CheckId;

use super::ReportError;
use super::part::{Addition, Part};
use super::record::Record;

/// A run, read once.
pub struct Reading<'r> {
    result: &'r RunResult,
    view: RunView,
    record: Record,
    bodies: BodyStore,
    additions: Vec<Addition>,
}

impl<'r> Reading<'r> {
    /// Reads the run in `dir`, which came to `result`.
    ///
    /// # Errors
    /// If a line of its journal, or what was added to it, does not hold.
    pub fn of(dir: &RunDir, result: &'r RunResult) -> Result<Self, ReportError> {
        Self::following(dir, result, |_| Ok(()))
    }

    /// The same; `follow` is shown every line on the way.
    pub(super) fn following(
        dir: &RunDir,
        result: &'r RunResult,
        mut follow: impl FnMut(&Line) -> Result<(), ReportError>,
    ) -> Result<Self, ReportError> {
        let (mut view, mut record) = (RunView::default(), Record::default());
        for read in Reader::open(&dir.journal())? {
            let read = match read {
                Ok(read) => read,
                // What a killed run leaves, which is only incomplete.
                Err(Fault::Torn { .. }) if !dir.seal().exists() => break,
                Err(fault) => {
                    let path = dir.journal();
                    return Err(EvidenceError::Journal { path, fault }.into());
                }
            };
            view.apply(&read.line);
            record.take(&read.line);
            follow(&read.line)?;
        }
        Ok(Self {
            result,
            view,
            record,
            bodies: BodyStore::at(dir.bodies()),
            additions: additions(dir)?,
        })
    }

    /// Does something with the run as a report shows it.
    pub fn with_part<T>(&self, act: impl FnOnce(&Part) -> T) -> T {
        let bodies = |body: &Body| self.body(body);
        act(&Part {
            result: self.result,
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

/// What people added; a run without a seal has nothing yet.
fn additions(dir: &RunDir) -> Result<Vec<Addition>, ReportError> {
    match read_additions(dir) {
        Ok(additions) => Ok(additions.lines.into_iter().filter_map(shown).collect()),
        Err(AdditionError::NotSealed(_)) => Ok(Vec::new()),
        Err(error) => Err(ReportError::Additions(error)),
    }
}

/// An addition as a report shows it; none of a kind that this version does not know.
fn shown(line: AdditionLine) -> Option<Addition> {
    let mut shown = Addition {
        kind: String::new(),
        about: line.addition.about().to_owned(),
        at: line.at,
        by: None,
        role: None,
        decision: None,
        note: None,
        file: None,
        sha256: None,
    };
    match line.addition {
        model::Addition::Attachment {
            file, sha256, note, ..
        } => {
            shown.kind = "attachment".to_owned();
            (shown.file, shown.sha256, shown.note) = (Some(file), Some(sha256.to_string()), note);
        }
        model::Addition::Attestation { by, role, note, .. } => {
            shown.kind = "attestation".to_owned();
            (shown.by, shown.role, shown.note) = (Some(by), Some(role), Some(note));
        }
        model::Addition::Review {
            decision, by, note, ..
        } => {
            shown.kind = "review".to_owned();
            let word = match decision {
                Decision::Accepted => "accepted",
                Decision::Rejected => "rejected",
            };
            (shown.decision, shown.by, shown.note) = (Some(word.to_owned()), Some(by), note);
        }
        model::Addition::Mitigation {
            note, agreed_with, ..
        } => {
            shown.kind = "mitigation".to_owned();
            (shown.by, shown.note) = (Some(agreed_with), Some(note));
        }
        model::Addition::Unknown => return None,
    }
    Some(shown)
}

/// What the check of a PDF called `id` demands.
pub fn rule(id: &str) -> Option<&'static str> {
    let mut checks = CheckId::ALL.into_iter().map(CheckId::rule);
    Some(checks.find(|rule| rule.id == id)?.demand)
}
