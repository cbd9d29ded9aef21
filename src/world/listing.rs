//! Listing letters, waiting leases out, and processing what was listed.

use crate::client::{ClientError, Listed};
use crate::ledger::Processed;
use crate::model::{Event, Scope};

use super::{Scene, StepError};

/// The most letters that one list can bring (service-behaviour §1).
pub(super) const LONGEST_LIST: u32 = 2_500;

impl Scene {
    /// Lists up to `limit` pending letters.
    ///
    /// # Errors
    /// If there is no readable list.
    pub async fn list(&self, limit: u32) -> Result<Listed, StepError> {
        self.slip_in_list(limit).await?;
        let listed = self.supplier.list(limit).await;
        if listed.as_ref().err().is_none_or(may_have_leased) {
            self.context.leases.list_answered();
            let lasting = self.context.leases.remaining();
            self.ledger(move |ledger| ledger.remember_lease(lasting))
                .await?;
        }
        let listed = listed?;
        for letter in &listed.letters {
            self.context.stock.seen(letter);
        }
        self.remember(&listed.letters).await?;
        Ok(listed)
    }

    /// Lists until a list is empty.
    ///
    /// # Errors
    /// If a list cannot be read, or lists do not end (a service without leases).
    pub async fn list_all(&self) -> Result<(), StepError> {
        let mut known = 0;
        loop {
            let listed = self.list(LONGEST_LIST).await?;
            let now = self.context.stock.all().len();
            if listed.letters.is_empty() {
                return Ok(());
            }
            if now == known {
                return Err(StepError::Letters(
                    "the service lists the same letters again although they are leased".to_owned(),
                ));
            }
            known = now;
        }
    }

    /// Waits until no letter is leased any more, with a countdown.
    ///
    /// # Errors
    /// If the journal cannot be written.
    pub async fn wait_for_leases(&self) -> Result<(), StepError> {
        let remaining = self.context.leases.remaining();
        if remaining.is_zero() {
            return Ok(());
        }
        let reason = "until the service lists the same letters again (lease)";
        self.context.progress.countdown(reason, remaining).await;
        self.journal(&Event::Wait {
            scope: self.scope.clone(),
            reason: reason.to_owned(),
            ms: u64::try_from(remaining.as_millis()).unwrap_or(u64::MAX),
        })?;
        Ok(())
    }

    /// Processes a list as the reference supplier does: one job for every letter it does not know.
    ///
    /// # Errors
    /// If the ledger or the journal cannot be written.
    pub async fn process(&self, listed: &Listed) -> Result<(), StepError> {
        let run = self.context.run_id.clone();
        let letters: Vec<String> = listed
            .letters
            .iter()
            .map(|letter| letter.id.clone())
            .collect();
        let names = letters.clone();
        let processed = self
            .ledger(move |ledger| ledger.process(&run, &names))
            .await?;
        for (place, (letter, processed)) in letters.into_iter().zip(processed).enumerate() {
            let known = matches!(processed, Processed::Known(_));
            let slip = self.slip_into_queue(&letter, listed.listed, known);
            self.journal(&job_event(&self.scope, letter, processed, listed.listed))?;
            if let Some(slip) = slip.filter(|_| place == 0) {
                self.journal(&slip)?;
            }
        }
        self.slip_while_comparing().await
    }
}

/// A list whose answer was lost or unreadable may have leased letters all the same.
fn may_have_leased(error: &ClientError) -> bool {
    matches!(
        error,
        ClientError::ServerError { .. }
            | ClientError::Broken { .. }
            | ClientError::Unreadable { .. }
            | ClientError::TooLarge { .. }
    )
}

fn job_event(scope: &Scope, letter: String, processed: Processed, list: u64) -> Event {
    let scope = scope.clone();
    match processed {
        Processed::Created(job) => Event::JobCreated {
            scope,
            letter,
            job: job.id,
            list,
        },
        Processed::Known(job) => Event::JobIgnored {
            scope,
            letter,
            job: job.id,
            run: job.run,
            list,
        },
    }
}
