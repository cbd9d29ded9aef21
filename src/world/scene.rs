//! One scenario's hold on the run.

use std::sync::Arc;

use crate::client::Supplier;
use crate::evidence::EvidenceError;
use crate::ledger::{Ledger, LedgerError};
use crate::model::{Event, Scope};

use super::{Context, StepError};

/// Does things for one scenario and journals them as that scenario's.
#[derive(Clone, Debug)]
pub struct Scene {
    pub(super) context: Arc<Context>,
    pub(super) supplier: Supplier,
    pub(super) scope: Scope,
}

impl Scene {
    /// A scene of the run for `scope`.
    pub fn new(context: Arc<Context>, scope: Scope) -> Self {
        let supplier = context.supplier.scoped(scope.clone());
        Self {
            context,
            supplier,
            scope,
        }
    }

    /// The acceptance test, such as `AT4`; empty outside of any.
    pub fn test(&self) -> &str {
        self.scope.test.as_deref().unwrap_or_default()
    }

    /// Writes an event.
    pub(super) fn journal(&self, event: &Event) -> Result<u64, EvidenceError> {
        self.context.journal.append(event)
    }

    /// Tells readers of the evidence something.
    pub(super) fn note(&self, text: impl Into<String>) -> Result<(), EvidenceError> {
        let event = Event::Note {
            scope: self.scope.clone(),
            text: text.into(),
        };
        self.journal(&event).map(drop)
    }

    /// Works with the ledger on a thread that may block.
    pub(super) async fn ledger<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Ledger) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, StepError> {
        let ledger = Arc::clone(&self.context.ledger);
        let done = tokio::task::spawn_blocking(move || {
            let mut ledger = ledger.lock().unwrap_or_else(|poison| poison.into_inner());
            work(&mut ledger)
        });
        Ok(done.await??)
    }
}
