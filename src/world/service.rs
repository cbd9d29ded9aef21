//! The way to the service.

use crate::client::FailureKind;

use super::{Scene, StepError};

impl Scene {
    /// Makes sure that there is a token.
    ///
    /// # Errors
    /// If none is given.
    pub async fn hold_token(&self) -> Result<(), StepError> {
        Ok(self.supplier.authenticate().await.map(drop)?)
    }

    /// Asks for the status of the service. That it refuses to tell is for the criteria to judge.
    ///
    /// # Errors
    /// If there is no answer, or none to this supplier.
    pub async fn ask_for_status(&self) -> Result<(), StepError> {
        match self.supplier.status().await {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == FailureKind::Answered => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
