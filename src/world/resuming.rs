//! Going on where an interrupted run stopped.

use std::time::Duration;

use crate::model::{MiFacts, Timestamp};

use super::{Scene, StepError};

impl Scene {
    /// Waits until the last update that was announced must be visible, then reads what became of
    /// the letters under way: an update whose answer is unknown is never sent blindly again.
    ///
    /// # Errors
    /// If a letter cannot be read.
    pub async fn look_before_going_on(
        &self,
        last_intent: Option<Timestamp>,
        letters: &[String],
    ) -> Result<(), StepError> {
        if let Some(sent) = last_intent {
            let passed = self.context.journal.now().micros_since(sent).max(0);
            let passed = Duration::from_micros(passed.unsigned_abs());
            let left = self.context.settle_timeout.saturating_sub(passed);
            if !left.is_zero() {
                self.supplier
                    .pause("until the last update must be visible", left)
                    .await?;
            }
        }
        self.read(letters).await.map(drop)
    }

    /// Takes into the ledger on which day letters were dispatched, where a kill came between
    /// journal and ledger: letter and day. Management information is of a day.
    ///
    /// # Errors
    /// If the ledger cannot be written.
    pub async fn recover_dispatches(&self, days: Vec<(String, String)>) -> Result<(), StepError> {
        self.ledger(move |ledger| ledger.note_dispatches(&days))
            .await
    }

    /// Takes into the ledger what was submitted and answered but not noted when the run stopped.
    ///
    /// # Errors
    /// If the ledger or the journal cannot be written.
    pub async fn recover_submission(
        &self,
        exchange: u64,
        mi: &str,
        facts: &MiFacts,
        told: bool,
    ) -> Result<(), StepError> {
        let (run, id, noted) = (self.context.run_id.clone(), mi.to_owned(), facts.clone());
        self.ledger(move |ledger| ledger.note_mi(&run, &id, &noted))
            .await?;
        if !told {
            self.journal(&self.submitted(&self.context.run_id, Some(exchange), mi, facts))?;
        }
        Ok(())
    }
}
