//! Changing: updates of letters, and management information.
//!
//! None of these is sent again after an unclear answer: the letters have to be read first.

use serde_json::Value;

use crate::model::{Change, Event, MiFacts};

use super::letters::{is_success, letter_path};
use super::retry::Manner;
use super::supplier::Success;
use super::wire::{self, Mi};
use super::{ClientError, Supplier, address};

/// An update that the service took on; 202 means queued, not done (service-behaviour §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Updated {
    /// The journal's `seq` of the intent.
    pub intent: u64,
    /// The journal's `seq` of the exchange.
    pub exchange: u64,
    /// The HTTP status; the service documents 202.
    pub status: u16,
}

/// Management information that the service took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MiTaken {
    /// The journal's `seq` of the intent.
    pub intent: u64,
    /// The journal's `seq` of the exchange.
    pub exchange: u64,
    /// The HTTP status; the service documents 201, the sandbox gives 200.
    pub status: u16,
    /// The id that the service gave it.
    pub id: String,
}

/// Management information as the service keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MiRead {
    /// The journal's `seq` of the exchange.
    pub exchange: u64,
    /// Its id.
    pub id: String,
    /// What it says.
    pub mi: Mi,
}

impl Supplier {
    /// PATCH `/letters/{id}` with one change.
    ///
    /// # Errors
    /// `Unclear` if the change may or may not have been applied; it is not sent again.
    pub async fn update_one(&self, change: &Change) -> Result<Updated, ClientError> {
        let path = letter_path(&change.letter, "")?;
        let changes = std::slice::from_ref(change);
        self.update("PATCH", &path, wire::patch(change), changes)
            .await
    }

    /// POST `/letters` with all of `changes`; the service takes up to 2,500.
    ///
    /// # Errors
    /// `Unclear` if the changes may or may not have been applied; they are not sent again.
    pub async fn update_many(&self, changes: &[Change]) -> Result<Updated, ClientError> {
        self.update("POST", "/letters", wire::post(changes), changes)
            .await
    }

    /// POST `/mi`; `facts` says which letters it counts. The service does not notice a repetition
    /// (service-behaviour §4.6).
    ///
    /// # Errors
    /// `Unclear` if it may or may not have been taken; it is not sent again.
    pub async fn submit_mi(&self, mi: &Mi, facts: &MiFacts) -> Result<MiTaken, ClientError> {
        let intent = self.intent(&[], Some(facts))?;
        let success = self.announced(intent, "POST", "/mi", wire::mi(mi)).await?;
        let body = self.json(&success, "POST /mi", wire::MI)?;
        Ok(MiTaken {
            intent,
            exchange: success.recorded.seq,
            status: success.answer.status,
            id: id_of(&body).ok_or_else(|| self.unreadable(&success))?,
        })
    }

    /// GET `/mi/{id}`.
    ///
    /// # Errors
    /// `Answered` with 404 for an unknown id, and always on the sandbox.
    pub async fn read_mi(&self, id: &str) -> Result<MiRead, ClientError> {
        let segment =
            address::segment(id).ok_or_else(|| ClientError::BadId { id: id.to_owned() })?;
        let plan = self.plan("GET", &format!("/mi/{segment}"), Manner::Safe);
        let success = self.succeed(plan, |status| status == 200).await?;
        let body = self.json(&success, "GET /mi/{id}", wire::MI)?;
        let read = id_of(&body).zip(mi_of(&body));
        let (id, mi) = read.ok_or_else(|| self.unreadable(&success))?;
        let exchange = success.recorded.seq;
        Ok(MiRead { exchange, id, mi })
    }

    async fn update(
        &self,
        method: &'static str,
        path: &str,
        body: Vec<u8>,
        changes: &[Change],
    ) -> Result<Updated, ClientError> {
        let intent = self.intent(changes, None)?;
        let success = self.announced(intent, method, path, body).await?;
        Ok(Updated {
            intent,
            exchange: success.recorded.seq,
            status: success.answer.status,
        })
    }

    /// Writes what is about to be sent: a run that is killed before the answer knows that it
    /// must look before it sends again.
    fn intent(&self, changes: &[Change], mi: Option<&MiFacts>) -> Result<u64, ClientError> {
        let intent = self.journal().append(&Event::Intent {
            scope: self.scope().clone(),
            changes: changes.to_vec(),
            mi: mi.cloned().map(Box::new),
        })?;
        Ok(intent)
    }

    /// Sends what `intent` announced, once.
    async fn announced(
        &self,
        intent: u64,
        method: &'static str,
        path: &str,
        body: Vec<u8>,
    ) -> Result<Success, ClientError> {
        let mut plan = self.plan(method, path, Manner::Once);
        plan.body = Some(body);
        plan.intent = Some(intent);
        self.succeed(plan, is_success).await
    }
}

fn id_of(body: &Value) -> Option<String> {
    Some(body.get("data")?.get("id")?.as_str()?.to_owned())
}

fn mi_of(body: &Value) -> Option<Mi> {
    serde_json::from_value(body.get("data")?.get("attributes")?.clone()).ok()
}
