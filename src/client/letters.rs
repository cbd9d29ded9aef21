//! Looking: the list, one letter, and whether the API is there at all.

use crate::model::{Event, LetterFacts};

use super::retry::Manner;
use super::supplier::{Began, Success, To};
use super::{ClientError, Supplier, address, wire};

/// The API answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alive {
    /// The journal's `seq` of the exchange.
    pub exchange: u64,
    /// The HTTP status.
    pub status: u16,
}

/// What GET `/letters` returned; the service now hides these letters for the lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The first attempt; this list's own if it needed no other.
    pub first: Began,
    /// The journal's `seq` of the exchange.
    pub exchange: u64,
    /// The journal's `seq` of its `letters.listed`.
    pub listed: u64,
    /// The letters, in the order of the answer.
    pub letters: Vec<LetterFacts>,
}

/// What GET `/letters/{id}` returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// The journal's `seq` of the exchange.
    pub exchange: u64,
    /// The journal's `seq` of its `status.observed`.
    pub observed: u64,
    /// What the service says of the letter.
    pub letter: LetterFacts,
}

impl Supplier {
    /// GET `/_status`, with the `apikey` of the settings if there is one, and without a token.
    ///
    /// # Errors
    /// As any call; never unclear.
    pub async fn status(&self) -> Result<Alive, ClientError> {
        let mut plan = self.plan("GET", "/_status", Manner::Safe);
        plan.to = To::Status;
        Ok(alive(&self.succeed(plan, is_success).await?))
    }

    /// GET `/_ping`, which is open to everyone.
    ///
    /// # Errors
    /// As any call; never unclear.
    pub async fn ping(&self) -> Result<Alive, ClientError> {
        let mut plan = self.plan("GET", "/_ping", Manner::Safe);
        plan.to = To::Anyone;
        Ok(alive(&self.succeed(plan, is_success).await?))
    }

    /// GET `/letters?limit=…`: up to `limit` pending letters, leased from now on.
    ///
    /// After a lost answer the whole lease is waited out before it asks again, because that
    /// answer's letters would else be missing from the next (service-behaviour §2).
    ///
    /// # Errors
    /// As any call; never unclear.
    pub async fn list(&self, limit: u32) -> Result<Listed, ClientError> {
        let plan = self.plan("GET", &format!("/letters?limit={limit}"), Manner::Leases);
        let success = self.succeed(plan, |status| status == 200).await?;
        self.json(&success, "GET /letters", wire::LETTER)?;
        let derived = success.recorded.derived.iter();
        let stated = derived.filter_map(|(seq, event)| match event {
            Event::LettersListed { letters, .. } => Some((*seq, letters.clone())),
            _ => None,
        });
        let (listed, letters) = one(stated).ok_or_else(|| self.unreadable(&success))?;
        Ok(Listed {
            first: success.first,
            exchange: success.recorded.seq,
            listed,
            letters,
        })
    }

    /// GET `/letters/{id}`.
    ///
    /// # Errors
    /// `Answered` with 404 for a letter the service does not know or does not show.
    pub async fn letter(&self, id: &str) -> Result<Observed, ClientError> {
        let plan = self.plan("GET", &letter_path(id, "")?, Manner::Safe);
        let success = self.succeed(plan, |status| status == 200).await?;
        self.json(&success, "GET /letters/{id}", wire::LETTER)?;
        let derived = success.recorded.derived.iter();
        let stated = derived.filter_map(|(seq, event)| match event {
            Event::StatusObserved { letter, .. } => Some((*seq, letter.clone())),
            _ => None,
        });
        let (observed, letter) = one(stated).ok_or_else(|| self.unreadable(&success))?;
        Ok(Observed {
            exchange: success.recorded.seq,
            observed,
            letter,
        })
    }
}

/// Characters of an id that no path can carry which are told.
const LONGEST_TOLD: usize = 60;

/// `/letters/{id}` and what follows it.
pub(super) fn letter_path(id: &str, rest: &str) -> Result<String, ClientError> {
    let segment = address::segment(id).ok_or_else(|| ClientError::BadId {
        id: id.chars().take(LONGEST_TOLD).collect(),
    })?;
    Ok(format!("/letters/{segment}{rest}"))
}

/// True for 2xx.
pub(super) fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

fn alive(success: &Success) -> Alive {
    Alive {
        exchange: success.recorded.seq,
        status: success.answer.status,
    }
}

fn one<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    found.next()
}
