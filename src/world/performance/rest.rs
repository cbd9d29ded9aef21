//! The checks of a pass's PDFs that the clock had no time for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::client::Supplier;
use crate::model::{Event, LetterFacts, PdfCheck, PdfOutcome};

use super::super::checking::{Bench, the_rest};
use super::super::{Context, StepError};
use super::spool::Spool;

/// How long the rest may take in one pass: ten times what sound letters need. Letters made to be
/// slow must not keep the run from its end.
const MOST_TIME: Duration = Duration::from_secs(120);

/// A letter whose PDF came and was checked in time.
#[derive(Debug)]
pub(super) struct Downloaded {
    pub letter: LetterFacts,
    /// The journal's `seq` of its `pdf.checked`.
    pub checked: u64,
    /// The exchange with the storage.
    pub exchange: u64,
    pub sha256: String,
    pub size: u64,
}

/// What the rest came to.
#[derive(Debug, Default)]
struct Tally {
    checked: usize,
    defective: usize,
}

/// Makes the rest of the checks of `downloaded` and journals what each PDF's came to: a
/// `pdf.checked` that follows the one before.
///
/// # Errors
/// If a PDF that failed cannot be kept, or the journal cannot be written.
pub(super) async fn check_the_rest(
    context: &Arc<Context>,
    supplier: &Supplier,
    name: &str,
    downloaded: Vec<Downloaded>,
    spool: Arc<Spool>,
) -> Result<(), StepError> {
    let (total, begun, bench) = (downloaded.len(), Instant::now(), Bench::new());
    let label = format!("{name}: full checks");
    let bar = context.progress.bar(&label, total as u64);
    let checks = stream::iter(downloaded).map(|one| {
        let (context, supplier, spool) = (context.clone(), supplier.clone(), spool.clone());
        let in_time = begun.elapsed() < MOST_TIME;
        let checked = bench.work(move || match in_time {
            true => check(&context, &supplier, &one, &spool),
            false => Ok(None),
        });
        async {
            let found = checked.await;
            bar.inc(1);
            found
        }
    });
    let tally = checks
        .buffer_unordered(2 * Bench::places())
        .try_fold(Tally::default(), |tally, found| async move {
            Ok(tally.with(found.as_deref()))
        })
        .await?;
    context.journal.append(&Event::Note {
        scope: supplier.scope().clone(),
        text: tally.told(name, total, begun.elapsed()),
    })?;
    Ok(())
}

/// None where the PDF was not put aside.
fn check(
    context: &Context,
    supplier: &Supplier,
    one: &Downloaded,
    spool: &Spool,
) -> Result<Option<Vec<PdfCheck>>, StepError> {
    let Some(kept) = spool.get(&one.sha256) else {
        return Ok(None);
    };
    let (checks, us) = the_rest(&context.preflight, &one.letter, &kept);
    context.keep_failed(&kept.bytes, &checks)?;
    context.journal.append(&Event::PdfChecked {
        scope: supplier.scope().clone(),
        letter: one.letter.id.clone(),
        exchange: one.exchange,
        sha256: Some(one.sha256.clone()),
        bytes: one.size,
        expected_sha256: one.letter.sha256_hash.clone(),
        checks: checks.clone(),
        us,
        follows: Some(one.checked),
    })?;
    Ok(Some(checks))
}

impl Tally {
    fn with(mut self, found: Option<&[PdfCheck]>) -> Self {
        if let Some(checks) = found {
            let failed = |check: &PdfCheck| check.outcome == PdfOutcome::Fail;
            self.checked += 1;
            self.defective += usize::from(checks.iter().any(failed));
        }
        self
    }

    fn told(&self, name: &str, total: usize, took: Duration) -> String {
        let Self { checked, defective } = self;
        let seconds = took.as_secs_f64();
        format!(
            "{name}: after the clock {checked} of {total} PDFs were checked fully in {seconds:.1} s, \
             {defective} have a defect"
        )
    }
}
