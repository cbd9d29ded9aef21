//! The World of the supplier's features.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cucumber::World;
use cucumber::gherkin::Step;
use futures::{StreamExt, TryStreamExt, stream};

use crate::client::{ClientError, Listed, Supplier};
use crate::ledger::Processed;
use crate::model::{Change, Event, LetterFacts, Scope, Status};
use crate::progress::Bar;

use super::{Context, StepError};

/// How many letters are read at once; the throttle sets the pace, this only fills it.
const READ_AT_ONCE: usize = 16;

/// Between two sweeps over letters that have not settled yet.
const BETWEEN_SWEEPS: Duration = Duration::from_millis(200);

/// State of one scenario.
#[derive(Debug, Default, World)]
pub struct SupplierWorld {
    bound: Option<Bound>,
    /// Steps that began so far.
    pub steps_begun: usize,
    /// Steps of which the journal says how they ended; one less while a step runs or if it panicked.
    pub steps_told: usize,
    /// Points that a `Then` of this scenario has had judged.
    pub judged: HashSet<String>,
    reserved: Vec<String>,
    awaited: Option<Status>,
    unclear: bool,
}

#[derive(Debug)]
struct Bound {
    context: Arc<Context>,
    supplier: Supplier,
    scope: Scope,
}

impl SupplierWorld {
    /// What every step of a scenario says that could not begin.
    pub const UNBOUND: &str = "this scenario does not belong to a run";

    /// Binds this world to the run; the engine does so before a scenario's first step.
    pub fn bind(&mut self, context: Arc<Context>, scope: Scope) {
        let supplier = context.supplier.scoped(scope.clone());
        self.bound = Some(Bound {
            context,
            supplier,
            scope,
        });
    }

    fn bound(&self) -> Result<&Bound, StepError> {
        let unbound = || StepError::Letters(Self::UNBOUND.to_owned());
        self.bound.as_ref().ok_or_else(unbound)
    }

    /// Does `deed` as the step `step` and journals how it ended.
    ///
    /// # Errors
    /// Whatever `deed` fails with, or that the journal cannot be written.
    pub async fn perform(
        &mut self,
        step: &Step,
        deed: impl AsyncFnOnce(&mut Self) -> Result<(), StepError>,
    ) -> Result<(), StepError> {
        self.steps_begun += 1;
        let done = deed(self).await;
        let bound = self.bound()?;
        let told = bound.context.journal.append(&Event::StepFinished {
            scope: bound.scope.clone(),
            step: step_text(step),
            outcome: if done.is_ok() { "passed" } else { "failed" }.to_owned(),
            error: done.as_ref().err().map(ToString::to_string),
            cause: done
                .as_ref()
                .err()
                .map(|error| error.cause().as_str().to_owned()),
        });
        let was_told = told.is_ok();
        let done = done.and(told.map(drop).map_err(StepError::from));
        if let Err(error) = &done {
            bound.context.tell_failure(&step_text(step), error);
        }
        self.steps_told += usize::from(was_told);
        done
    }

    /// Makes sure that there is a token.
    ///
    /// # Errors
    /// If none is given.
    pub async fn hold_token(&mut self) -> Result<(), StepError> {
        Ok(self.bound()?.supplier.authenticate().await.map(drop)?)
    }

    /// Asks for the status of the service.
    ///
    /// # Errors
    /// If there is no successful answer.
    pub async fn ask_for_status(&mut self) -> Result<(), StepError> {
        Ok(self.bound()?.supplier.status().await.map(drop)?)
    }

    /// Lists up to `limit` pending letters.
    ///
    /// # Errors
    /// If there is no readable list.
    pub async fn list(&mut self, limit: u32) -> Result<Listed, StepError> {
        let bound = self.bound()?;
        let listed = bound.supplier.list(limit).await;
        if listed.as_ref().err().is_none_or(may_have_leased) {
            let context = &bound.context;
            context.leases.list_answered();
            let mut ledger = context
                .ledger
                .lock()
                .unwrap_or_else(|poison| poison.into_inner());
            ledger.remember_lease(context.leases.remaining())?;
        }
        Ok(listed?)
    }

    /// Waits until no letter is leased any more, with a countdown.
    ///
    /// # Errors
    /// If the journal cannot be written.
    pub async fn wait_for_leases(&mut self) -> Result<(), StepError> {
        let bound = self.bound()?;
        let remaining = bound.context.leases.remaining();
        if remaining.is_zero() {
            return Ok(());
        }
        let reason = "until the service lists the same letters again (lease)";
        bound.context.progress.countdown(reason, remaining).await;
        bound.context.journal.append(&Event::Wait {
            scope: bound.scope.clone(),
            reason: reason.to_owned(),
            ms: u64::try_from(remaining.as_millis()).unwrap_or(u64::MAX),
        })?;
        Ok(())
    }

    /// Processes a list as the reference supplier does: one job for every letter it does not know.
    ///
    /// # Errors
    /// If the ledger or the journal cannot be written.
    pub async fn process(&mut self, listed: &Listed) -> Result<(), StepError> {
        let bound = self.bound()?;
        let (ledger, run) = (
            Arc::clone(&bound.context.ledger),
            bound.context.run_id.clone(),
        );
        let letters: Vec<String> = listed
            .letters
            .iter()
            .map(|letter| letter.id.clone())
            .collect();
        let names = letters.clone();
        let processed = tokio::task::spawn_blocking(move || {
            let mut ledger = ledger.lock().unwrap_or_else(|poison| poison.into_inner());
            ledger.process(&run, &names)
        })
        .await??;
        for (letter, processed) in letters.into_iter().zip(processed) {
            bound.context.journal.append(&job_event(
                &bound.scope,
                letter,
                processed,
                listed.listed,
            ))?;
        }
        Ok(())
    }

    /// Reserves pending letters for the scenario's test.
    ///
    /// # Errors
    /// If the list holds too few.
    pub async fn reserve(&mut self, wanted: usize) -> Result<(), StepError> {
        let size = self.size(wanted)?;
        let limit = u32::try_from(size).unwrap_or(u32::MAX);
        let listed = self.list(limit).await?;
        let pending = pending_letters(&listed.letters);
        if pending.len() < size {
            return Err(StepError::Letters(format!(
                "{size} pending letters are needed, the service lists {}; ask NHS Notify to seed more, \
                 or set a smaller size under [sizes]",
                pending.len()
            )));
        }
        self.reserved = pending;
        Ok(())
    }

    fn size(&self, wanted: usize) -> Result<usize, StepError> {
        let bound = self.bound()?;
        let test = bound.scope.test.clone().unwrap_or_default();
        let size = bound.context.sizes.of(&test, wanted);
        if size != wanted {
            bound.context.journal.append(&Event::Note {
                scope: bound.scope.clone(),
                text: format!("{test} works with {size} letters where the pack says {wanted}"),
            })?;
        }
        Ok(size)
    }

    /// Sends every reserved letter to `status` in one bulk update.
    ///
    /// An unclear answer is no reason to fail: reading the letters back tells what became of them.
    ///
    /// # Errors
    /// If the service refuses, or the journal cannot be written.
    pub async fn update_reserved(&mut self, status: Status) -> Result<(), StepError> {
        let bound = self.bound()?;
        bound.context.journal.append(&Event::LettersTargeted {
            scope: bound.scope.clone(),
            status: status.as_str().to_owned(),
            letters: self.reserved.clone(),
        })?;
        let changes: Vec<Change> = self
            .reserved
            .iter()
            .map(|id| Change::to(id, status))
            .collect();
        let sent = bound.supplier.update_many(&changes).await;
        self.awaited = Some(status);
        match sent {
            Ok(_) => Ok(()),
            Err(ClientError::Unclear { .. }) => {
                self.unclear = true;
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Reads every reserved letter back until all show the awaited status, or the time that an
    /// update may take has passed. What they show then is for the criteria to judge.
    ///
    /// # Errors
    /// If a letter cannot be read.
    pub async fn read_back(&mut self) -> Result<(), StepError> {
        let bound = self.bound()?;
        let Some(awaited) = self.awaited else {
            return Err(StepError::Letters(
                "no update was sent that could be read back".to_owned(),
            ));
        };
        let label = format!("letters read as {awaited}");
        let bar = bound
            .context
            .progress
            .bar(&label, self.reserved.len() as u64);
        let waiting = self
            .sweep_until_settled(self.reserved.clone(), awaited, &bar)
            .await?;
        if self.unclear && !waiting.is_empty() {
            // The update's answer was lost; these letters show that it never arrived.
            let changes: Vec<Change> = waiting.iter().map(|id| Change::to(id, awaited)).collect();
            bound.supplier.update_many(&changes).await?;
            self.sweep_until_settled(waiting, awaited, &bar).await?;
        }
        Ok(())
    }

    /// Reads `letters` again and again; returns those that do not show `awaited` in time.
    async fn sweep_until_settled(
        &self,
        letters: Vec<String>,
        awaited: Status,
        bar: &Bar,
    ) -> Result<Vec<String>, StepError> {
        let bound = self.bound()?;
        let deadline = Instant::now() + bound.context.settle_timeout;
        let mut waiting = letters;
        while !waiting.is_empty() {
            let started = Instant::now();
            let read = read_all(&bound.supplier, &waiting).await?;
            waiting.retain(|id| !read.get(id).is_some_and(|letter| letter.is(awaited)));
            bar.set((self.reserved.len() - waiting.len()) as u64);
            if waiting.is_empty() || Instant::now() >= deadline {
                break;
            }
            tokio::time::sleep(BETWEEN_SWEEPS.saturating_sub(started.elapsed())).await;
        }
        Ok(waiting)
    }

    /// Has `point` judged and remembers that it was.
    ///
    /// # Errors
    /// If the journal cannot be read or written.
    pub fn judge(&mut self, point: &str) -> Result<(), StepError> {
        let bound = self.bound()?;
        bound.context.assessor.assess(&bound.scope, point)?;
        self.judged.insert(point.to_owned());
        Ok(())
    }
}

/// A step as the feature spells it.
pub fn step_text(step: &Step) -> String {
    format!("{} {}", step.keyword.trim(), step.value)
}

/// A list whose answer was lost or unreadable may have leased letters all the same.
fn may_have_leased(error: &ClientError) -> bool {
    matches!(
        error,
        ClientError::ServerError { .. }
            | ClientError::Broken { .. }
            | ClientError::Unreadable { .. }
    )
}

fn pending_letters(letters: &[LetterFacts]) -> Vec<String> {
    let mut seen = HashSet::new();
    letters
        .iter()
        .filter(|letter| letter.is(Status::Pending) && seen.insert(letter.id.as_str()))
        .map(|letter| letter.id.clone())
        .collect()
}

async fn read_all(
    supplier: &Supplier,
    letters: &[String],
) -> Result<HashMap<String, LetterFacts>, StepError> {
    let reads = stream::iter(letters.iter().cloned()).map(|id| async move {
        let read = supplier.letter(&id).await?;
        Ok::<_, StepError>((id, read.letter))
    });
    reads.buffer_unordered(READ_AT_ONCE).try_collect().await
}

fn job_event(scope: &Scope, letter: String, processed: Processed, list: u64) -> Event {
    let scope = scope.clone();
    match processed {
        Processed::Created(job) => Event::JobCreated {
            scope,
            letter,
            job: job.id,
            list,
        },
        Processed::Known(job) => Event::JobIgnored {
            scope,
            letter,
            job: job.id,
            run: job.run,
            list,
        },
    }
}
