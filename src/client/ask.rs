//! A request as it stands, for what a service answers to it: also wrong ones.

use crate::model::Event;

use super::ClientError;
use super::retry::Manner;
use super::supplier::Supplier;

/// A request that the typed calls cannot make.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// `GET`, `PATCH`, `POST` or `DELETE`.
    pub method: &'static str,
    /// Below the base URL, beginning with a slash, with its query.
    pub path: String,
    /// The body.
    pub body: Option<Vec<u8>>,
    /// The body's media type, if it is not the usual one.
    pub content_type: Option<String>,
    /// Leaves `X-Request-ID` out.
    pub without_request_id: bool,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The journal's `seq` of the exchange.
    pub exchange: u64,
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Supplier {
    /// Sends `ask`; every status is an answer.
    ///
    /// # Errors
    /// If no whole answer came, or nothing can be recorded.
    pub async fn ask(&self, ask: &Ask) -> Result<Said, ClientError> {
        let changes_something = ask.method != "GET";
        let manner = match changes_something {
            true => Manner::Once,
            false => Manner::Safe,
        };
        let mut plan = self.plan(ask.method, &ask.path, manner);
        if changes_something {
            plan.intent = Some(self.journal().append(&Event::Intent {
                scope: self.scope().clone(),
                changes: Vec::new(),
                mi: None,
            })?);
        }
        plan.body.clone_from(&ask.body);
        plan.content_type.clone_from(&ask.content_type);
        plan.without_request_id = ask.without_request_id;
        let ended = self.carry_out(&plan).await?;
        let exchange = ended.delivery.seq();
        match ended.delivery.outcome {
            Err(lost) => Err(lost.error(ended.call)),
            Ok(answer) => Ok(Said {
                exchange,
                status: answer.status,
                body: answer.body.bytes,
            }),
        }
    }
}
