//! The way to the service.

use super::{Scene, StepError};

impl Scene {
    /// Makes sure that there is a token.
    ///
    /// # Errors
    /// If none is given.
    pub async fn hold_token(&self) -> Result<(), StepError> {
        Ok(self.supplier.authenticate().await.map(drop)?)
    }

    /// Asks for the status of the service.
    ///
    /// # Errors
    /// If there is no successful answer.
    pub async fn ask_for_status(&self) -> Result<(), StepError> {
        Ok(self.supplier.status().await.map(drop)?)
    }
}
