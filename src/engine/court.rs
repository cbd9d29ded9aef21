//! Judges points on the journal as it stands and writes each judgement into it.

use std::sync::Mutex;

use crate::acceptance::{self, RunView};
use crate::evidence::{EvidenceError, Journal, Tail};
use crate::model::{Event, Scope};
use crate::world::Assessor;

/// Reads the journal from disk, exactly as `verify` will, so that both judge the same lines.
pub struct Court {
    journal: Journal,
    seen: Mutex<(Tail, RunView)>,
}

impl Court {
    /// A court over `journal`.
    ///
    /// # Errors
    /// If the journal cannot be opened.
    pub fn over(journal: Journal) -> Result<Self, EvidenceError> {
        let tail = Tail::open(&journal.dir().journal())?;
        Ok(Self {
            journal,
            seen: Mutex::new((tail, RunView::default())),
        })
    }

    /// What the journal has said so far.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub fn with_view<T>(&self, look: impl FnOnce(&RunView) -> T) -> Result<T, EvidenceError> {
        let mut seen = self
            .seen
            .lock()
            .unwrap_or_else(|poison| poison.into_inner());
        let (tail, view) = &mut *seen;
        for line in tail.read_new() {
            view.apply(&line?);
        }
        Ok(look(view))
    }
}

impl Assessor for Court {
    fn assess(&self, scope: &Scope, point: &str) -> Result<(), EvidenceError> {
        let judgement = self.with_view(|view| acceptance::judge(point, view))?;
        let Some(judgement) = judgement else {
            return Ok(()); // `check` refuses features that name an unknown point
        };
        self.journal.append(&Event::CriterionJudged {
            scope: scope.clone(),
            point: point.to_owned(),
            judgement,
        })?;
        Ok(())
    }
}
