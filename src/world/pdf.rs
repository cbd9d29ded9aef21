//! Fetching a letter's PDF and checking it.

use std::time::Instant;

use crate::client::{Document, Download};
use crate::model::{Event, PdfCheck};
use crate::preflight;

use super::{Scene, StepError};

impl Scene {
    /// Downloads the PDF of `letter`, checks it, and journals what was found.
    ///
    /// # Errors
    /// If it cannot be downloaded for a reason that is not the letter's.
    pub(super) async fn fetch_and_check(&self, letter: &str) -> Result<Vec<PdfCheck>, StepError> {
        let known = self.context.stock.letter(letter);
        let expected = known.as_ref().and_then(|known| known.sha256_hash.clone());
        let specification = known.and_then(|known| known.specification_id);
        let download = self.supplier.download(letter).await?;
        let started = Instant::now();
        let (exchange, sha256, bytes, checks) = match download {
            Download::Missing { exchange, .. } => (exchange, None, 0, preflight::missing().checks),
            Download::Document(document) => {
                let (exchange, bytes, sha256) =
                    (document.exchange, document.size, document.sha256.clone());
                let checks = checked(document, expected.clone(), specification).await?;
                (exchange, Some(sha256), bytes, checks)
            }
        };
        self.journal(&Event::PdfChecked {
            scope: self.scope.clone(),
            letter: letter.to_owned(),
            exchange,
            sha256,
            bytes,
            expected_sha256: expected,
            checks: checks.clone(),
            us: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        })?;
        self.context.stock.checked(letter, &checks);
        Ok(checks)
    }
}

/// Checks a document beside the network, on a thread that may block.
async fn checked(
    document: Document,
    expected: Option<String>,
    specification: Option<String>,
) -> Result<Vec<PdfCheck>, StepError> {
    let checked = tokio::task::spawn_blocking(move || {
        let letter = preflight::Letter {
            bytes: &document.bytes,
            sha256: Some(&document.sha256),
            expected_sha256: expected.as_deref(),
            content_length: Some(document.size),
            specification: specification.as_deref(),
        };
        preflight::cheap(&letter, &preflight::Policy::default()).checks
    });
    Ok(checked.await?)
}
