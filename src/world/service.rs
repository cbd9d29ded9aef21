//! The way to the service.

use crate::client::{ClientError, FailureKind};

use super::listing::LONGEST_LIST;
use super::{Scene, StepError};

/// What readers of the evidence are told where `/_status` is not asked.
const OTHER_ENDPOINT: &str = "GET /letters/{id} of a known letter stands in for GET /_status, whose separate key is not configured; the Acceptance Test Pack allows any other endpoint";

/// Why AT1 cannot be shown without that key.
const NO_OTHER: &str = "no letter is known whose reading could stand in for GET /_status: have letters seeded, or set status_api_key_env if NHS Notify gave you that key";

impl Scene {
    /// Makes sure that there is a token.
    ///
    /// # Errors
    /// If none is given.
    pub async fn hold_token(&self) -> Result<(), StepError> {
        Ok(self.supplier.authenticate().await.map(drop)?)
    }

    /// Asks for the status of the service; where its separate key is not known, for one of the
    /// listed letters, which leases and spends nothing. A refusal is for the criteria to judge.
    ///
    /// # Errors
    /// If there is no answer, or none to this supplier; or if there is neither key nor letter.
    pub async fn ask_for_status(&self) -> Result<(), StepError> {
        if self.supplier.may_ask_for_status() {
            return answered(self.supplier.status().await);
        }
        let Some(letter) = self.known_letter().await? else {
            return Err(StepError::Letters(NO_OTHER.to_owned()));
        };
        self.note(OTHER_ENDPOINT)?;
        let read = self.supplier.letter(&letter).await;
        if let Ok(observed) = &read {
            self.context.stock.seen(&observed.letter);
        }
        answered(read)
    }

    /// A letter that the service lists in this run, or else listed in an earlier one.
    async fn known_letter(&self) -> Result<Option<String>, StepError> {
        if self.context.stock.all().is_empty() {
            self.list(LONGEST_LIST).await?;
        }
        let listed = self.context.stock.all().into_iter().next();
        if let Some(letter) = listed {
            return Ok(Some(letter.id));
        }
        let known = self.ledger(|ledger| ledger.letters()).await?;
        Ok(known.into_iter().next_back().map(|letter| letter.id))
    }
}

fn answered<T>(answer: Result<T, ClientError>) -> Result<(), StepError> {
    match answer {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == FailureKind::Answered => Ok(()),
        Err(error) => Err(error.into()),
    }
}
