//! Checks PDFs away from the threads that talk to the service.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::client::Document;
use crate::model::{LetterFacts, PdfCheck, PdfOutcome};
use crate::preflight::{
    CheckId, CheckResult, Depth, Fetched, Letter, Outcome, Preflight, Report, cheap, full,
};

use super::performance::{Kept, Spool};
use super::{Context, StepError};

/// The storage's answer to a download that brought a document (service-behaviour §4.7).
const BROUGHT: Fetched = Fetched {
    status: 200,
    xml_code: None,
};

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
        Self(Arc::new(Semaphore::new(Self::places())))
    }

    /// How many PDFs are checked at once.
    pub(super) fn places() -> usize {
        std::thread::available_parallelism().map_or(1, usize::from)
    }

    /// Makes every check of `document`, which is the PDF of `letter`.
    ///
    /// # Errors
    /// If a PDF that failed cannot be kept.
    pub(super) async fn check(
        &self,
        context: &Arc<Context>,
        letter: &LetterFacts,
        document: Document,
    ) -> Result<Checked, StepError> {
        self.judge(context, letter, document, Depth::Full, None)
            .await
    }

    /// Makes the checks of `document` that a clock has time for, and puts it aside for the rest.
    ///
    /// # Errors
    /// If a PDF that failed cannot be kept.
    pub(super) async fn check_in_time(
        &self,
        context: &Arc<Context>,
        letter: &LetterFacts,
        document: Document,
        spool: &Arc<Spool>,
    ) -> Result<Checked, StepError> {
        let spool = Some(Arc::clone(spool));
        self.judge(context, letter, document, Depth::Cheap, spool)
            .await
    }

    async fn judge(
        &self,
        context: &Arc<Context>,
        letter: &LetterFacts,
        document: Document,
        depth: Depth,
        spool: Option<Arc<Spool>>,
    ) -> Result<Checked, StepError> {
        let (context, letter) = (Arc::clone(context), letter.clone());
        let checked = self.work(move || {
            let report = report(&context.preflight, &letter, &document, depth);
            let checked = Checked {
                us: report.micros,
                checks: told(report),
                size: document.size,
                sha256: document.sha256,
            };
            if let Some(spool) = spool {
                spool.put(&checked.sha256, &document.bytes);
            }
            context.keep_failed(&document.bytes, &checked.checks)?;
            Ok(checked)
        });
        checked.await
    }

    /// Does `work` on a thread that may block, when there is a place for it.
    ///
    /// # Errors
    /// What `work` fails with, or that it broke down.
    pub(super) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, StepError> + Send + 'static,
    ) -> Result<T, StepError> {
        let place = Arc::clone(&self.0).acquire_owned().await.ok();
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        });
        done.await?
    }
}

fn report(
    preflight: &Preflight,
    letter: &LetterFacts,
    document: &Document,
    depth: Depth,
) -> Report {
    let letter = Letter {
        bytes: &document.bytes,
        content_length: document.content_length,
        ..of(letter)
    };
    match depth {
        // Not from memory: it would fill with PDFs that are seen once.
        Depth::Cheap => cheap(&letter, preflight.policy()),
        Depth::Full => preflight.full(&letter),
    }
}

/// What the service says of the letter whose document came.
fn of(letter: &LetterFacts) -> Letter<'_> {
    Letter {
        expected_sha256: letter.sha256_hash.as_deref(),
        specification: letter.specification_id.as_deref(),
        fetched: Some(BROUGHT),
        ..Letter::default()
    }
}

/// The checks that a clock had no time for, of a PDF that was put aside, and how long they took
/// in microseconds.
pub(super) fn the_rest(
    preflight: &Preflight,
    letter: &LetterFacts,
    kept: &Kept,
) -> (Vec<PdfCheck>, u64) {
    let letter = Letter {
        bytes: &kept.bytes,
        ..of(letter)
    };
    let report = match kept.shared {
        true => preflight.full(&letter),
        false => full(&letter, preflight.policy()),
    };
    let us = report.micros;
    let rest = report.checks.into_iter().filter(|it| !it.id.is_cheap());
    (rest.map(check).collect(), us)
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

/// The checks that were asked for, as the journal tells them.
fn told(report: Report) -> Vec<PdfCheck> {
    let full = report.depth == Depth::Full;
    let asked = |id: CheckId| full || id.is_cheap();
    let checks = report.checks.into_iter().filter(|it| asked(it.id));
    checks.map(check).collect()
}

fn check(result: CheckResult) -> PdfCheck {
    PdfCheck {
        id: result.id.as_str().to_owned(),
        outcome: match result.outcome {
            Outcome::Pass => PdfOutcome::Pass,
            Outcome::Warn => PdfOutcome::Warn,
            Outcome::Fail => PdfOutcome::Fail,
            Outcome::NotRun => PdfOutcome::NotRun,
            Outcome::NotJudged => PdfOutcome::NotJudged,
        },
        observed: result.observed,
    }
}
