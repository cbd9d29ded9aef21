//! Fetching a letter's PDF and checking it.

use crate::client::Download;
use crate::model::{Event, PdfCheck};

use super::checking::{Bench, missing};
use super::{Scene, StepError};

impl Scene {
    /// Downloads the PDF of `letter`, checks it, and journals what was found.
    ///
    /// # Errors
    /// If it cannot be downloaded for a reason that is not the letter's.
    pub(super) async fn fetch_and_check(&self, letter: &str) -> Result<Vec<PdfCheck>, StepError> {
        let Some(known) = self.context.stock.letter(letter) else {
            return Err(StepError::Letters(format!(
                "letter {letter} is not known to this run"
            )));
        };
        let (exchange, checked) = match self.supplier.download(letter).await? {
            Download::Missing { exchange, .. } => (exchange, None),
            Download::Document(document) => {
                let exchange = document.exchange;
                let checked = Bench::new().check(&self.context, &known, document).await?;
                (exchange, Some(checked))
            }
        };
        let checks = checked.as_ref().map_or_else(
            || missing(&self.context.preflight),
            |found| found.checks.clone(),
        );
        self.journal(&Event::PdfChecked {
            scope: self.scope.clone(),
            letter: letter.to_owned(),
            exchange,
            sha256: checked.as_ref().map(|found| found.sha256.clone()),
            bytes: checked.as_ref().map_or(0, |found| found.size),
            expected_sha256: known.sha256_hash,
            checks: checks.clone(),
            us: checked.map_or(0, |found| found.us),
            follows: None,
        })?;
        self.context.stock.checked(letter, &checks);
        Ok(checks)
    }
}
