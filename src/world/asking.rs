//! Requests as they stand, right and wrong, to see what the service answers.

use serde_json::json;

use crate::client::{Ask, Said};
use crate::model::limits::read_answer;
use crate::model::{Change, Status};

use super::{Scene, StepError};

/// The letter that the sandbox takes updates of (its documented examples).
const LETTER: &str = "2WL5eYSWGzCHlGmzNxuqVusPxDg";

/// The statuses of the bulk update that the sandbox has an answer ready for, in its order; the
/// documented example repeats one letter (service-behaviour §4.17).
const DOCUMENTED_BULK: [Status; 10] = [
    Status::Pending,
    Status::Accepted,
    Status::Printed,
    Status::Enclosed,
    Status::Dispatched,
    Status::Delivered,
    Status::Returned,
    Status::Cancelled,
    Status::Failed,
    Status::Returned,
];

/// Letters in the largest bulk update (service-behaviour §1).
const LARGEST_BULK: usize = 2_500;

impl Scene {
    /// Asks for `path`, which has no body; `named` says whether with `X-Request-ID`.
    ///
    /// # Errors
    /// If no whole answer comes.
    pub async fn ask_for(&self, method: &str, path: &str, named: bool) -> Result<(), StepError> {
        self.ask(&Ask {
            method: known(method),
            path: path.to_owned(),
            without_request_id: !named,
            ..Ask::default()
        })
        .await
        .map(drop)
    }

    /// Sends `body` as it is; of `media_type`, if that is not the usual one.
    ///
    /// # Errors
    /// If no whole answer comes.
    pub async fn send_text(
        &self,
        method: &str,
        path: &str,
        media_type: Option<String>,
        body: &str,
    ) -> Result<(), StepError> {
        self.ask(&Ask {
            method: known(method),
            path: path.to_owned(),
            body: Some(body.as_bytes().to_vec()),
            content_type: media_type,
            ..Ask::default()
        })
        .await
        .map(drop)
    }

    async fn ask(&self, ask: &Ask) -> Result<Said, StepError> {
        Ok(self.supplier.ask(ask).await?)
    }

    /// Sends the documented letter to `status`, with a reason if code and text are given.
    ///
    /// # Errors
    /// If no whole answer comes.
    pub async fn send_documented_letter(
        &self,
        status: &str,
        reason: Option<(&str, &str)>,
    ) -> Result<(), StepError> {
        let mut attributes = json!({ "status": status });
        if let Some((code, text)) = reason {
            attributes["reasonCode"] = json!(code);
            attributes["reasonText"] = json!(text);
        }
        let body = json!({ "data": { "type": "Letter", "id": LETTER, "attributes": attributes } });
        self.ask(&Ask {
            method: "PATCH",
            path: format!("/letters/{LETTER}"),
            body: Some(body.to_string().into_bytes()),
            ..Ask::default()
        })
        .await
        .map(drop)
    }

    /// Sends the bulk update of the documentation.
    ///
    /// # Errors
    /// If no whole answer comes.
    pub async fn send_documented_bulk(&self) -> Result<(), StepError> {
        let items = DOCUMENTED_BULK.map(|status| {
            let mut attributes = json!({ "status": status.as_str() });
            if matches!(
                status,
                Status::Returned | Status::Cancelled | Status::Failed
            ) {
                attributes["reasonCode"] = json!("R01");
                attributes["reasonText"] = json!("failed validation");
            }
            json!({ "type": "Letter", "id": LETTER, "attributes": attributes })
        });
        let body = json!({ "data": items }).to_string();
        self.send_text("POST", "/letters", None, &body).await
    }

    /// Sends as many updates as one bulk update may carry.
    ///
    /// # Errors
    /// If no whole answer comes.
    pub async fn send_largest_bulk(&self) -> Result<(), StepError> {
        let items = (0..LARGEST_BULK).map(|number| {
            let change = Change::to(format!("letter-{number:04}"), Status::Accepted);
            json!({
                "type": "Letter",
                "id": change.letter,
                "attributes": { "status": change.status },
            })
        });
        let items: Vec<_> = items.collect();
        let body = json!({ "data": items }).to_string();
        self.send_text("POST", "/letters", None, &body).await
    }

    /// Submits management information and asks for it by the id of the answer.
    ///
    /// # Errors
    /// If no whole answer comes.
    pub async fn submit_and_read_back(&self, body: &str) -> Result<(), StepError> {
        let taken = self
            .ask(&Ask {
                method: "POST",
                path: "/mi".to_owned(),
                body: Some(body.as_bytes().to_vec()),
                ..Ask::default()
            })
            .await?;
        let said = read_answer(&taken.body).unwrap_or_default();
        let id = said.pointer("/data/id").and_then(|id| id.as_str());
        let id = id.filter(|id| {
            id.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        });
        let path = format!("/mi/{}", id.unwrap_or("no-id-was-given"));
        self.ask_for("GET", &path, true).await
    }
}

/// The methods that the API has, and one that it has not.
fn known(method: &str) -> &'static str {
    match method {
        "PATCH" => "PATCH",
        "POST" => "POST",
        "DELETE" => "DELETE",
        _ => "GET",
    }
}
