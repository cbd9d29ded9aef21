//! The other side of a pass: fetches and checks what was accepted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::{Stream, StreamExt, stream};
use tokio::sync::mpsc::Receiver;
use tokio_util::task::AbortOnDropHandle;

use crate::client::{ClientError, Document, Download, FailureKind, Supplier};
use crate::model::{Event, LetterFacts, Timestamp};
use crate::progress::Bar;

use super::super::checking::{Bench, Checked, missing};
use super::super::{Context, Slip, StepError};
use super::rest::Downloaded;
use super::spool::Spool;

/// Letters that are fetched at once. The throttle sets the pace; this many keep it also where
/// link and download take 300 ms together, and bound the memory in use.
const FETCHES_AT_ONCE: usize = 96;

/// Letters that may fail before the pass is given up: then it is the service, not a letter.
const MOST_FAILED: usize = 25;

/// What all fetches of a pass share.
pub(super) struct Fetcher {
    context: Arc<Context>,
    supplier: Supplier,
    bench: Bench,
    spool: Arc<Spool>,
    bar: Bar,
    given_up: AtomicBool,
    slipped: AtomicBool,
}

/// Where the journal says that a letter was checked.
pub(super) type Place = (u64, Timestamp);

/// What became of one letter.
enum Fetched {
    Checked(Place, Option<Box<Downloaded>>),
    Failed(ClientError),
    LeftOut,
}

/// What became of all letters.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Letters that were checked, also those without a PDF.
    pub checked: u64,
    /// Those whose PDF came, for the checks that the clock has no time for.
    pub downloaded: Vec<Downloaded>,
    /// The last of them.
    pub last: Option<Place>,
    /// Letters that could not be fetched, though nothing says that they have no PDF.
    pub failed: Vec<ClientError>,
}

impl Fetcher {
    pub(super) fn new(
        context: &Arc<Context>,
        supplier: &Supplier,
        bar: Bar,
        spool: &Arc<Spool>,
    ) -> Arc<Self> {
        Arc::new(Self {
            context: Arc::clone(context),
            supplier: supplier.clone(),
            bench: Bench::new(),
            spool: Arc::clone(spool),
            bar,
            given_up: AtomicBool::new(false),
            slipped: AtomicBool::new(false),
        })
    }

    /// Fetches every letter of `batches`. After a failure of the tool itself, or too many of the
    /// service, letters are left out, and what is under way still comes to its end.
    pub(super) async fn run(
        self: Arc<Self>,
        batches: Receiver<Vec<LetterFacts>>,
    ) -> Result<Tally, StepError> {
        let fetches = letters_of(batches).map(|letter| {
            let fetched = Arc::clone(&self).fetch(letter);
            AbortOnDropHandle::new(tokio::spawn(fetched))
        });
        let mut fetches = fetches.buffer_unordered(FETCHES_AT_ONCE);
        let (mut tally, mut broken) = (Tally::default(), None);
        while let Some(ended) = fetches.next().await {
            match ended.map_err(StepError::from).and_then(|fetched| fetched) {
                Ok(fetched) => tally.take(fetched),
                Err(error) => drop(broken.get_or_insert(error)),
            }
            if broken.is_some() || tally.failed.len() >= MOST_FAILED {
                self.given_up.store(true, Ordering::Relaxed);
            }
            self.bar.inc(1);
        }
        broken.map_or(Ok(tally), Err)
    }

    /// True for the one letter that a supplier forgets who forgets one.
    fn slips(&self) -> bool {
        let forgets = self.context.conduct.has(Slip::SkipsDownload);
        forgets && !self.slipped.swap(true, Ordering::Relaxed)
    }

    async fn fetch(self: Arc<Self>, letter: LetterFacts) -> Result<Fetched, StepError> {
        if self.given_up.load(Ordering::Relaxed) || self.slips() {
            return Ok(Fetched::LeftOut);
        }
        match self.supplier.download(&letter.id).await {
            Ok(Download::Document(document)) => self.check(letter, document).await,
            Ok(Download::Missing { exchange, .. }) => self.missing(letter, exchange),
            Err(error) if error.kind() == FailureKind::Evidence => Err(error.into()),
            Err(error) => self.failed(&letter, error),
        }
    }

    async fn check(&self, letter: LetterFacts, document: Document) -> Result<Fetched, StepError> {
        let exchange = document.exchange;
        let Checked {
            sha256,
            size,
            checks,
            us,
        } = self
            .bench
            .check_in_time(&self.context, &letter, document, &self.spool)
            .await?;
        let place = self.tell(&Event::PdfChecked {
            scope: self.supplier.scope().clone(),
            letter: letter.id.clone(),
            exchange,
            sha256: Some(sha256.clone()),
            bytes: size,
            expected_sha256: letter.sha256_hash.clone(),
            checks,
            us,
            follows: None,
        })?;
        let downloaded = Downloaded {
            letter,
            checked: place.0,
            sha256,
        };
        Ok(Fetched::Checked(place, Some(Box::new(downloaded))))
    }

    fn missing(&self, letter: LetterFacts, exchange: u64) -> Result<Fetched, StepError> {
        let place = self.tell(&Event::PdfChecked {
            scope: self.supplier.scope().clone(),
            letter: letter.id,
            exchange,
            sha256: None,
            bytes: 0,
            expected_sha256: letter.sha256_hash,
            checks: missing(&self.context.preflight),
            us: 0,
            follows: None,
        })?;
        Ok(Fetched::Checked(place, None))
    }

    fn tell(&self, event: &Event) -> Result<Place, StepError> {
        Ok(self.context.journal.append_at(event)?)
    }

    /// No `pdf.checked`: nothing is known of this letter's PDF, not even that there is none.
    fn failed(&self, letter: &LetterFacts, error: ClientError) -> Result<Fetched, StepError> {
        self.context.journal.append(&Event::Note {
            scope: self.supplier.scope().clone(),
            text: format!(
                "the PDF of letter {} could not be fetched: {error}",
                letter.id
            ),
        })?;
        Ok(Fetched::Failed(error))
    }
}

impl Tally {
    fn take(&mut self, fetched: Fetched) {
        match fetched {
            Fetched::Checked(place, downloaded) => {
                self.checked += 1;
                self.downloaded.extend(downloaded.map(|one| *one));
                self.last = self.last.max(Some(place));
            }
            Fetched::Failed(error) => self.failed.push(error),
            Fetched::LeftOut => {}
        }
    }

    /// The pass was given up, because of this.
    pub(super) fn given_up(&mut self) -> Option<ClientError> {
        (self.failed.len() >= MOST_FAILED).then(|| self.failed.pop())?
    }
}

fn letters_of(mut batches: Receiver<Vec<LetterFacts>>) -> impl Stream<Item = LetterFacts> {
    stream::poll_fn(move |context| batches.poll_recv(context)).flat_map(stream::iter)
}
