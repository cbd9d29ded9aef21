//! Bringing letters to where a test starts, and the test's own update.

use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::client::ClientError;
use crate::model::{Change, Event, Reason, Status, path};

use super::{Scene, StepError};

/// Letters that are updated one by one, to show PATCH as well as POST.
const ONE_BY_ONE: usize = 10;

/// Statuses that letters are prepared in, in the order of a letter's life.
const STAGES: [Status; 6] = [
    Status::Accepted,
    Status::Printed,
    Status::Enclosed,
    Status::Forwarded,
    Status::Dispatched,
    Status::Delivered,
];

/// How many single updates are under way at once.
const AT_ONCE: usize = 4;

/// A letter, and why it gets its new status where the status needs a reason.
#[derive(Clone, Debug)]
pub(super) struct Aim {
    pub letter: String,
    pub reason: Option<Reason>,
}

/// What was sent, and whether an answer was lost on the way.
#[derive(Debug, Default)]
pub(super) struct Sent {
    aims: Vec<Aim>,
    unclear: bool,
}

impl Sent {
    /// The letters of the update.
    pub(super) fn letters(&self) -> Vec<String> {
        self.aims.iter().map(|aim| aim.letter.clone()).collect()
    }
}

/// How an update is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// All in one POST.
    Bulk,
    /// Some by PATCH, the rest in one POST.
    Both,
}

impl Scene {
    /// Brings every letter reserved for this test to the status that the test starts from, each
    /// stage visible before the next is sent: updates race (service-behaviour §2).
    ///
    /// # Errors
    /// If an update is refused or a letter cannot be read.
    pub async fn make_ready(&self) -> Result<(), StepError> {
        let mut wanted: Vec<(String, Status)> = Vec::new();
        for allocation in self.allocations()? {
            let from: Status = allocation.from.parse().unwrap_or(Status::Pending);
            wanted.extend(allocation.letters.into_iter().map(|letter| (letter, from)));
        }
        let unknown = wanted
            .iter()
            .filter(|(id, _)| self.context.stock.status(id).is_none());
        self.read(&unknown.map(|(id, _)| id.clone()).collect::<Vec<_>>())
            .await?;
        for stage in STAGES {
            self.prepare_stage(self.due(&wanted, stage), stage).await?;
        }
        Ok(())
    }

    /// The letters whose next stage on the way to where they are wanted is `stage`.
    fn due(&self, wanted: &[(String, Status)], stage: Status) -> Vec<String> {
        let claimed = &self.context.agreed.claimed;
        let is_next = |(id, wanted): &&(String, Status)| {
            let now = self.context.stock.status(id);
            let way = now.and_then(|now| path(now, *wanted, claimed));
            way.is_some_and(|way| way.first() == Some(&stage))
        };
        wanted
            .iter()
            .filter(is_next)
            .map(|(id, _)| id.clone())
            .collect()
    }

    async fn prepare_stage(&self, due: Vec<String>, stage: Status) -> Result<(), StepError> {
        if due.is_empty() {
            return Ok(());
        }
        let reason = match stage {
            Status::Forwarded => self.context.agreed.forwarded.first(),
            _ => None,
        };
        let aims: Vec<Aim> = due
            .iter()
            .map(|letter| Aim {
                letter: letter.clone(),
                reason: reason.cloned(),
            })
            .collect();
        let sent = self.send(aims, stage, Manner::Bulk).await?;
        self.settle_or_resend(&sent, stage).await
    }

    /// Targets those of `aims` that are in one of `eligible`, sends them to `status`, and reads
    /// them back until they show it.
    ///
    /// # Errors
    /// If none is eligible, an update is refused, or a letter cannot be read.
    pub(super) async fn target(
        &self,
        aims: Vec<Aim>,
        status: Status,
        eligible: &[Status],
        manner: Manner,
    ) -> Result<Sent, StepError> {
        let ids: Vec<String> = aims.iter().map(|aim| aim.letter.clone()).collect();
        let read = self.read(&ids).await?;
        let now = |aim: &Aim| {
            read.get(&aim.letter)
                .and_then(|letter| letter.known_status())
        };
        let (spent, others): (Vec<Aim>, Vec<Aim>) =
            aims.into_iter().partition(|aim| now(aim) == Some(status));
        let (fit, unfit): (Vec<Aim>, Vec<Aim>) = others
            .into_iter()
            .partition(|aim| now(aim).is_some_and(|now| eligible.contains(&now)));
        for aim in &unfit {
            let seen = read
                .get(&aim.letter)
                .map_or("unknown", |letter| letter.status.as_str());
            self.note(format!(
                "letter {} is {seen}, so {} leaves it alone",
                aim.letter,
                self.test()
            ))?;
        }
        if fit.is_empty() && spent.is_empty() {
            return Err(StepError::Letters(format!(
                "{} has no letter that may become {status}; `letterproof plan` says which are needed",
                self.test()
            )));
        }
        if fit.is_empty() {
            return Ok(Sent::default());
        }
        let (targeted, sent) = self.slip_in_aims(fit, status, eligible).await?;
        self.journal(&Event::LettersTargeted {
            scope: self.scope.clone(),
            status: status.as_str().to_owned(),
            letters: targeted.iter().map(|aim| aim.letter.clone()).collect(),
        })?;
        self.send(sent, status, manner).await
    }

    /// Sends `aims` to `status`. An unclear answer is no failure: reading the letters back tells
    /// what became of them.
    async fn send(
        &self,
        aims: Vec<Aim>,
        status: Status,
        manner: Manner,
    ) -> Result<Sent, StepError> {
        let changes: Vec<Change> = aims.iter().map(|aim| change(aim, status)).collect();
        let single = if manner == Manner::Both {
            ONE_BY_ONE.min(changes.len() / 2)
        } else {
            0
        };
        let (one_by_one, bulk) = changes.split_at(single);
        let mut clear: Vec<bool> = stream::iter(one_by_one)
            .map(|change| async { is_clear(self.supplier.update_one(change).await) })
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        if !bulk.is_empty() {
            clear.push(is_clear(self.supplier.update_many(bulk).await)?);
        }
        Ok(Sent {
            aims,
            unclear: clear.contains(&false),
        })
    }

    /// Reads what was sent back. Where an update's answer was lost and a letter shows that it
    /// never arrived, that letter is sent once more.
    pub(super) async fn settle_or_resend(
        &self,
        sent: &Sent,
        status: Status,
    ) -> Result<(), StepError> {
        let waiting = self.settle(&sent.letters(), status).await?;
        if waiting.is_empty() || !sent.unclear {
            return Ok(());
        }
        let again = sent
            .aims
            .iter()
            .filter(|aim| waiting.contains(&aim.letter))
            .cloned()
            .collect();
        self.send(again, status, Manner::Bulk).await?;
        self.settle(&waiting, status).await.map(drop)
    }
}

fn change(aim: &Aim, status: Status) -> Change {
    let change = Change::to(&aim.letter, status);
    match &aim.reason {
        Some(reason) => change.because(reason),
        None => change,
    }
}

/// False if the answer of an update was lost.
fn is_clear<T>(sent: Result<T, ClientError>) -> Result<bool, StepError> {
    match sent {
        Ok(_) => Ok(true),
        Err(ClientError::Unclear { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
