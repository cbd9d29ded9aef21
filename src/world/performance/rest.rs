//! The checks of a pass's PDFs that the clock had no time for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::client::Supplier;
use crate::model::{CompletedPdf, Event, LetterFacts, PdfCheck, PdfOutcome, Scope, count};

use super::super::checking::{Bench, the_rest};
use super::super::{Context, StepError};
use super::spool::Spool;

/// How long the rest may take in one pass: ten times what sound letters need. Letters made to be
/// slow must not keep the run from its end.
const MOST_TIME: Duration = Duration::from_secs(120);

/// So many sound PDFs share a line at most, and none waits longer than this for its line: what a
/// killed process loses stays small.
const MOST_TOGETHER: usize = 100;
const LONGEST_TOGETHER: Duration = Duration::from_secs(1);

/// A letter whose PDF came and was checked in time.
#[derive(Debug)]
pub(super) struct Downloaded {
    pub letter: LetterFacts,
    /// The journal's `seq` of its `pdf.checked`.
    pub checked: u64,
    pub sha256: String,
}

/// What was found of one PDF.
struct Found {
    pdf: CompletedPdf,
    checks: Vec<PdfCheck>,
}

/// What the rest came to, and what of it is not in the journal yet.
struct Account<'c> {
    context: &'c Context,
    scope: &'c Scope,
    checked: usize,
    defective: usize,
    unjudged: usize,
    /// PDFs of which the same was found.
    alike: Vec<(Vec<PdfCheck>, Vec<CompletedPdf>)>,
    waiting: usize,
    written: Instant,
}

/// Makes the rest of the checks of `downloaded` and journals what each PDF's came to, as
/// `pdf.completed`.
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
        let (context, spool) = (context.clone(), spool.clone());
        let in_time = begun.elapsed() < MOST_TIME;
        let checked = bench.work(move || match in_time {
            true => check(&context, &one, &spool),
            false => Ok(None),
        });
        async {
            let found = checked.await;
            bar.inc(1);
            found
        }
    });
    let account = Account::new(context, supplier.scope());
    let account = checks
        .buffer_unordered(2 * Bench::places())
        .try_fold(account, |account, found| async move { account.with(found) })
        .await?
        .written()?;
    context.journal.append(&Event::Note {
        scope: supplier.scope().clone(),
        text: account.told(name, total, begun.elapsed()),
    })?;
    Ok(())
}

/// None where the PDF was not put aside.
fn check(context: &Context, one: &Downloaded, spool: &Spool) -> Result<Option<Found>, StepError> {
    let Some(kept) = spool.get(&one.sha256) else {
        return Ok(None);
    };
    let (checks, us) = the_rest(&context.preflight, &one.letter, &kept);
    context.keep_failed(&kept.bytes, &checks)?;
    let follows = one.checked;
    let pdf = CompletedPdf { follows, us };
    Ok(Some(Found { pdf, checks }))
}

impl<'c> Account<'c> {
    fn new(context: &'c Context, scope: &'c Scope) -> Self {
        Self {
            context,
            scope,
            checked: 0,
            defective: 0,
            unjudged: 0,
            alike: Vec::new(),
            waiting: 0,
            written: Instant::now(),
        }
    }

    /// A defect is written at once, in a line of its own, as it is proof.
    fn with(mut self, found: Option<Found>) -> Result<Self, StepError> {
        let Some(Found { pdf, checks }) = found else {
            return Ok(self);
        };
        self.checked += 1;
        if checks.iter().any(PdfCheck::is_open) {
            match checks.iter().any(|it| it.outcome == PdfOutcome::Fail) {
                true => self.defective += 1,
                false => self.unjudged += 1,
            }
            self.write(checks, vec![pdf])?;
            return Ok(self);
        }
        self.waiting += 1;
        match self.alike.iter_mut().find(|(same, _)| *same == checks) {
            Some((_, pdfs)) => pdfs.push(pdf),
            None => self.alike.push((checks, vec![pdf])),
        }
        let due = self.waiting >= MOST_TOGETHER || self.written.elapsed() > LONGEST_TOGETHER;
        if due { self.written() } else { Ok(self) }
    }

    /// With nothing left that is not in the journal.
    fn written(mut self) -> Result<Self, StepError> {
        for (checks, pdfs) in std::mem::take(&mut self.alike) {
            self.write(checks, pdfs)?;
        }
        self.waiting = 0;
        self.written = Instant::now();
        Ok(self)
    }

    fn write(&self, checks: Vec<PdfCheck>, pdfs: Vec<CompletedPdf>) -> Result<(), StepError> {
        self.context.journal.append(&Event::PdfCompleted {
            scope: self.scope.clone(),
            checks,
            pdfs,
        })?;
        Ok(())
    }

    fn told(&self, name: &str, total: usize, took: Duration) -> String {
        let Self {
            checked,
            defective,
            unjudged,
            ..
        } = self;
        let unjudged = match unjudged {
            0 => String::new(),
            some => format!(", {some} met a bound of this tool and are not judged"),
        };
        let seconds = took.as_secs_f64();
        format!(
            "{name}: after the clock {checked} of {} were checked fully in {seconds:.1} s, \
             {defective} with a defect{unjudged}",
            count(total, "PDF")
        )
    }
}
