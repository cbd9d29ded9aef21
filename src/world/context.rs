//! What all scenarios of a run share.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::client::Supplier;
use crate::evidence::{EvidenceError, Journal};
use crate::ledger::Ledger;
use crate::model::Scope;
use crate::progress::Progress;

use super::{Leases, StepError};

/// Judges an acceptance point on the journal as it stands and writes the judgement into it.
pub trait Assessor: Send + Sync {
    /// Judges `point` for `scope`.
    ///
    /// # Errors
    /// If the journal cannot be read or written.
    fn assess(&self, scope: &Scope, point: &str) -> Result<(), EvidenceError>;
}

/// How many letters each acceptance test works with; the keys are `at4` and so on.
#[derive(Clone, Debug, Default)]
pub struct Sizes(pub BTreeMap<String, u64>);

impl Sizes {
    /// The size of `test` where the feature asks for `wanted`.
    pub fn of(&self, test: &str, wanted: usize) -> usize {
        let configured = self.0.get(&test.to_ascii_lowercase());
        configured
            .and_then(|size| usize::try_from(*size).ok())
            .unwrap_or(wanted)
    }
}

/// What all scenarios of a run share.
pub struct Context {
    /// The run's id.
    pub run_id: String,
    /// The client; each scenario takes a handle of its own.
    pub supplier: Supplier,
    /// The journal.
    pub journal: Journal,
    /// The reference supplier's memory.
    pub ledger: Arc<Mutex<Ledger>>,
    /// Until when letters are leased.
    pub leases: Leases,
    /// How long an update may take to become visible.
    pub settle_timeout: Duration,
    /// Sizes of the tests.
    pub sizes: Sizes,
    /// Who judges.
    pub assessor: Arc<dyn Assessor>,
    /// Where progress is shown.
    pub progress: Progress,
    /// What the last failed step said: cucumber ends the step by a panic with these very words.
    pub failure: Arc<Mutex<Option<String>>>,
}

impl Context {
    /// Shows that `step` failed, and what to do about it.
    pub fn tell_failure(&self, step: &str, error: &StepError) {
        let told = error.to_string();
        let line = format!("failed: {step}: {told}");
        self.progress.line(&self.journal.redactor().text(&line));
        self.expect_failure(told);
    }

    /// A step will end with these words, which need not be shown again.
    pub fn expect_failure(&self, words: String) {
        let mut last = self
            .failure
            .lock()
            .unwrap_or_else(|poison| poison.into_inner());
        *last = Some(words);
    }
}

impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Context({})", self.run_id)
    }
}
