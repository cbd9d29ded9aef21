//! One side of a pass: lists and accepts until no letter remains.

use std::collections::{HashMap, HashSet};

use tokio::sync::mpsc::Sender;

use crate::client::{Began, ClientError, Supplier};
use crate::ledger::KnownLetter;
use crate::model::{Change, Event, LetterFacts, Status};

use super::super::{Context, Slip, StepError};

/// Letters that one list asks for (acceptance-pack, AT15).
const BATCH: u32 = 500;

/// Lists that may bring nothing but accepted letters, a lease apart, before the pass is given up.
const MOST_STALE: u32 = 3;

/// Lists letters, accepts them, and hands them on.
pub(super) struct Lister<'a> {
    context: &'a Context,
    supplier: &'a Supplier,
    seen: HashSet<String>,
    /// Letters whose acceptance was never answered: they are accepted again if they are listed
    /// again when the lease has passed.
    unclear: HashMap<String, LetterFacts>,
    first: Option<Began>,
}

/// How the listing went.
#[derive(Clone, Copy, Debug)]
pub(super) struct AllListed {
    /// The first list, from its first attempt on.
    pub first: Option<Began>,
    /// How many letters there were.
    pub letters: u64,
}

impl<'a> Lister<'a> {
    pub(super) fn new(context: &'a Context, supplier: &'a Supplier) -> Self {
        Self {
            context,
            supplier,
            seen: HashSet::new(),
            unclear: HashMap::new(),
            first: None,
        }
    }

    /// Lists and accepts until a list is empty, or nobody takes the letters any more.
    pub(super) async fn run(
        mut self,
        batches: Sender<Vec<LetterFacts>>,
    ) -> Result<AllListed, StepError> {
        let mut stale = 0;
        loop {
            let letters = self.list().await?;
            let last = letters.is_empty();
            let fresh = self.accept(letters).await?;
            if !fresh.is_empty() {
                stale = 0;
                if batches.send(fresh).await.is_err() {
                    break;
                }
            } else if last && (self.unclear.is_empty() || stale > 0) {
                // What is listed no more after a lease was accepted.
                let accepted: Vec<LetterFacts> = self.unclear.drain().map(|(_, it)| it).collect();
                self.remember_accepted(&accepted)?;
                break;
            } else {
                stale += 1;
                self.wait_for_lease(stale).await?;
            }
        }
        Ok(AllListed {
            first: self.first,
            letters: self.seen.len() as u64,
        })
    }

    async fn list(&mut self) -> Result<Vec<LetterFacts>, StepError> {
        let listed = self.supplier.list(BATCH).await?;
        self.context.leases.list_answered();
        self.remember_lease()?;
        self.first.get_or_insert(listed.first);
        Ok(listed.letters)
    }

    /// A later run, which is another process, must wait for these letters too.
    fn remember_lease(&self) -> Result<(), StepError> {
        let lasting = self.context.leases.remaining();
        let remembered = self.context.with_ledger(|it| it.remember_lease(lasting));
        Ok(remembered?)
    }

    /// Accepts in one update what has not been accepted, and returns what was never listed before.
    async fn accept(&mut self, letters: Vec<LetterFacts>) -> Result<Vec<LetterFacts>, StepError> {
        let again = letters
            .iter()
            .filter(|one| self.unclear.contains_key(&one.id));
        let mut accepted: Vec<LetterFacts> = again.cloned().collect();
        let mut fresh = letters;
        fresh.retain(|letter| self.seen.insert(letter.id.clone()));
        let skips = usize::from(self.context.conduct.has(Slip::SkipsAcceptance));
        let pending = fresh.iter().filter(|letter| letter.is(Status::Pending));
        accepted.extend(pending.skip(skips).cloned());
        if !accepted.is_empty() {
            self.update(accepted).await?;
        }
        Ok(fresh)
    }

    async fn update(&mut self, letters: Vec<LetterFacts>) -> Result<(), StepError> {
        let to_accepted = |letter: &LetterFacts| Change::to(&letter.id, Status::Accepted);
        let changes: Vec<Change> = letters.iter().map(to_accepted).collect();
        for letter in &letters {
            self.unclear.remove(&letter.id);
        }
        match self.supplier.update_many(&changes).await {
            Ok(_) => self.remember_accepted(&letters),
            Err(ClientError::Unclear { .. }) => {
                let letters = letters.into_iter();
                self.unclear
                    .extend(letters.map(|letter| (letter.id.clone(), letter)));
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Later runs, and whoever asks what letters there are, must know that these are spent.
    fn remember_accepted(&self, letters: &[LetterFacts]) -> Result<(), StepError> {
        let accepted = letters.iter().map(|letter| KnownLetter {
            status: Status::Accepted.to_string(),
            ..KnownLetter::from(letter)
        });
        let (run, accepted) = (&self.context.run_id, accepted.collect::<Vec<_>>());
        let noted = self
            .context
            .with_ledger(|it| it.note_letters(run, &accepted));
        Ok(noted?)
    }

    /// Letters of an unclear update show only when the lease has passed; so do letters that the
    /// service lists although it was told that they are accepted.
    async fn wait_for_lease(&mut self, stale: u32) -> Result<(), StepError> {
        if stale > MOST_STALE {
            return Err(StepError::Letters(
                "GET /letters goes on listing letters that were accepted".to_owned(),
            ));
        }
        let remaining = self.context.leases.remaining();
        let reason = "until letters whose acceptance is not clear would be listed again (lease)";
        self.context.progress.countdown(reason, remaining).await;
        self.context.journal.append(&Event::Wait {
            scope: self.supplier.scope().clone(),
            reason: reason.to_owned(),
            ms: u64::try_from(remaining.as_millis()).unwrap_or(u64::MAX),
        })?;
        Ok(())
    }
}
