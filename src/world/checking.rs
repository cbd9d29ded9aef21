//! Checks PDFs away from the threads that talk to the service.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::Semaphore;

use crate::client::Document;
use crate::model::{LetterFacts, PdfCheck};
use crate::preflight;

use super::{Context, StepError};

/// As many at once as there are processors: more would only hold more PDFs in memory.
#[derive(Clone, Debug)]
pub(super) struct Bench(Arc<Semaphore>);

/// What the checks of one PDF found.
#[derive(Debug)]
pub(super) struct Checked {
    pub sha256: String,
    pub size: u64,
    pub checks: Vec<PdfCheck>,
    /// Microseconds that they took.
    pub us: u64,
}

impl Bench {
    pub(super) fn new() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self(Arc::new(Semaphore::new(processors)))
    }

    /// Checks `document`, which is the PDF of `letter`.
    ///
    /// # Errors
    /// If a PDF that failed cannot be kept.
    pub(super) async fn check(
        &self,
        context: &Arc<Context>,
        letter: &LetterFacts,
        document: Document,
    ) -> Result<Checked, StepError> {
        let place = Arc::clone(&self.0).acquire_owned().await.ok();
        let (expected, specification) =
            (letter.sha256_hash.clone(), letter.specification_id.clone());
        let context = Arc::clone(context);
        let checked = tokio::task::spawn_blocking(move || {
            let checked = check(&document, expected.as_deref(), specification.as_deref());
            let kept = context.keep_failed(&document.bytes, &checked.checks);
            drop(place);
            kept.map(|()| checked)
        });
        Ok(checked.await??)
    }
}

fn check(document: &Document, expected: Option<&str>, specification: Option<&str>) -> Checked {
    let start = Instant::now();
    let letter = preflight::Letter {
        bytes: &document.bytes,
        sha256: Some(&document.sha256),
        expected_sha256: expected,
        content_length: document.content_length,
        specification,
    };
    let report = preflight::cheap(&letter, &preflight::Policy::default());
    Checked {
        us: u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX),
        checks: report.checks,
        size: document.size,
        sha256: document.sha256.clone(),
    }
}
