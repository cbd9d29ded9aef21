//! Reading letters, once or until an update shows.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::ledger::KnownLetter;
use crate::model::{LetterFacts, Status};
use crate::progress::Bar;

use super::{Scene, StepError};

/// How many letters are read at once; the throttle sets the pace, this only fills it.
pub(super) const READ_AT_ONCE: usize = 16;

/// Between two sweeps over letters that have not settled yet.
const BETWEEN_SWEEPS: Duration = Duration::from_millis(200);

/// Letters that are polled closely, so that the settle times shown are the service's.
const SAMPLES: usize = 20;

/// Between two looks at a sample.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

impl Scene {
    /// Reads each of `letters` once.
    ///
    /// # Errors
    /// If one cannot be read.
    pub async fn read(
        &self,
        letters: &[String],
    ) -> Result<HashMap<String, LetterFacts>, StepError> {
        let reads = stream::iter(letters.iter().cloned()).map(|id| async move {
            let read = self.supplier.letter(&id).await?;
            Ok::<_, StepError>((id, read.letter))
        });
        let read: HashMap<String, LetterFacts> =
            reads.buffer_unordered(READ_AT_ONCE).try_collect().await?;
        for letter in read.values() {
            self.context.stock.seen(letter);
        }
        self.remember(read.values()).await?;
        Ok(read)
    }

    /// Reads `letters` until each shows `awaited` or the time that an update may take has passed;
    /// returns those that do not show it. What they show is for the criteria to judge.
    ///
    /// # Errors
    /// If a letter cannot be read.
    pub async fn settle(
        &self,
        letters: &[String],
        awaited: Status,
    ) -> Result<Vec<String>, StepError> {
        let label = format!("letters read as {awaited}");
        let bar = self.context.progress.bar(&label, letters.len() as u64);
        let deadline = Instant::now() + self.context.settle_timeout;
        let (samples, rest) = letters.split_at(letters.len().min(SAMPLES));
        let mut waiting = self
            .until_settled(samples, awaited, deadline, BETWEEN_LOOKS, &bar)
            .await?;
        let deadline = deadline.max(Instant::now() + BETWEEN_SWEEPS);
        waiting.extend(
            self.until_settled(rest, awaited, deadline, BETWEEN_SWEEPS, &bar)
                .await?,
        );
        Ok(waiting)
    }

    async fn until_settled(
        &self,
        letters: &[String],
        awaited: Status,
        deadline: Instant,
        between: Duration,
        bar: &Bar,
    ) -> Result<Vec<String>, StepError> {
        let mut waiting = letters.to_vec();
        while !waiting.is_empty() {
            let started = Instant::now();
            let read = self.read(&waiting).await?;
            let before = waiting.len();
            waiting.retain(|id| !read.get(id).is_some_and(|letter| letter.is(awaited)));
            bar.inc((before - waiting.len()) as u64);
            // The last look must have begun after the deadline: an answer may be as old as its question,
            // where the machine slept in between.
            if waiting.is_empty() || started >= deadline {
                break;
            }
            tokio::time::sleep(between.saturating_sub(started.elapsed())).await;
        }
        Ok(waiting)
    }

    /// Keeps what the service said in the supplier's memory.
    pub(super) async fn remember<'a>(
        &self,
        letters: impl IntoIterator<Item = &'a LetterFacts>,
    ) -> Result<(), StepError> {
        // By the journal's clock, as management information will be.
        let today = self.context.journal.now().date();
        let known = letters.into_iter().map(|letter| KnownLetter {
            dispatched_on: letter.is(Status::Dispatched).then(|| today.clone()),
            ..KnownLetter::from(letter)
        });
        let known: Vec<KnownLetter> = known.collect();
        if known.is_empty() {
            return Ok(());
        }
        let run = self.context.run_id.clone();
        self.ledger(move |ledger| ledger.note_letters(&run, &known))
            .await
    }
}
