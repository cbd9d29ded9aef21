//! Checks PDFs away from the threads that talk to the service.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::client::Document;
use crate::model::{LetterFacts, PdfCheck, PdfOutcome};
use crate::preflight::{Fetched, Letter, Outcome, Preflight, Report};

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
            let checked = check(
                &context.preflight,
                &document,
                expected.as_deref(),
                specification.as_deref(),
            );
            let kept = context.keep_failed(&document.bytes, &checked.checks);
            drop(place);
            kept.map(|()| checked)
        });
        Ok(checked.await??)
    }
}

fn check(
    preflight: &Preflight,
    document: &Document,
    expected: Option<&str>,
    specification: Option<&str>,
) -> Checked {
    let letter = Letter {
        bytes: &document.bytes,
        expected_sha256: expected,
        content_length: document.content_length,
        specification,
        ..Letter::default()
    };
    let report = preflight.cheap(&letter);
    Checked {
        us: report.micros,
        checks: told(report),
        size: document.size,
        sha256: document.sha256.clone(),
    }
}

/// What there is to say of a letter whose data URL leads to nothing (404 NoSuchKey).
pub(super) fn missing(preflight: &Preflight) -> Vec<PdfCheck> {
    let fetched = Fetched {
        status: 404,
        xml_code: Some("NoSuchKey"),
    };
    told(preflight.cheap(&Letter {
        fetched: Some(fetched),
        ..Letter::default()
    }))
}

/// The checks that were made, as the journal tells them.
fn told(report: Report) -> Vec<PdfCheck> {
    let outcome = |outcome| match outcome {
        Outcome::Pass => Some(PdfOutcome::Pass),
        Outcome::Warn => Some(PdfOutcome::Warn),
        Outcome::Fail => Some(PdfOutcome::Fail),
        Outcome::NotRun => None,
    };
    let checks = report.checks.into_iter().filter_map(|check| {
        let id = check.id.rule().id.to_owned();
        outcome(check.outcome).map(|outcome| PdfCheck {
            id,
            outcome,
            observed: check.observed,
        })
    });
    checks.collect()
}
