//! What all scenarios of a run share.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::OnceCell;

use crate::client::Supplier;
use crate::evidence::{EvidenceError, Journal, Policy};
use crate::ledger::Ledger;
use crate::model::{Allocation, Event, MiFacts, PdfCheck, Reason, Scope, Status};
use crate::preflight::Preflight;
use crate::progress::Progress;

use super::{Conduct, Leases, Performance, Seedings, StepError, Stock};

/// Judges an acceptance point on the journal as it stands and writes the judgement into it.
pub trait Assessor: Send + Sync {
    /// Judges `point` for `scope`.
    ///
    /// # Errors
    /// If the journal cannot be read or written.
    fn assess(&self, scope: &Scope, point: &str) -> Result<(), EvidenceError>;
}

/// What the supplier claims and has agreed with NHS Notify.
#[derive(Clone, Debug, Default)]
pub struct Agreed {
    /// Optional statuses that the supplier claims.
    pub claimed: Vec<Status>,
    /// The supplier rejects invalid letters.
    pub rejects: bool,
    /// Specifications that need an accessible format.
    pub accessible: Vec<String>,
    /// Reasons for FORWARDED.
    pub forwarded: Vec<Reason>,
    /// Reasons for CANCELLED.
    pub cancelled: Vec<Reason>,
    /// Reasons for FAILED.
    pub failed: Vec<Reason>,
    /// Reasons for REJECTED.
    pub rejected: Vec<Reason>,
    /// The line item of management information.
    pub line_item: String,
}

/// Which letters each test may use.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    /// Letters by test and the status they must have when it targets them.
    pub allocations: Vec<Allocation>,
    /// Why the tests that change letters must not begin, if a test would be left without any.
    pub refusal: Option<String>,
    /// Tests that cannot be done for another reason.
    pub not_possible: BTreeMap<String, String>,
    /// What a reader should know of the plan.
    pub remarks: Vec<String>,
}

/// Makes the budget from the letters there are.
pub trait Planner: Send + Sync {
    /// Letters whose PDFs must be fetched and checked before the first update, and were not yet.
    /// What is found in them can make others candidates.
    fn candidates(&self, stock: &Stock) -> Vec<String>;

    /// The budget, and the event that tells it.
    fn plan(&self, stock: &Stock) -> (Budget, Event);
}

/// What all scenarios of a run share.
pub struct Context {
    /// The run's id.
    pub run_id: String,
    /// The UTC day on which the run began, `2026-12-08`; it may have been interrupted since.
    pub first_day: String,
    /// Acceptance tests in scope.
    pub tests: Vec<String>,
    /// How the supplier behaves.
    pub conduct: Conduct,
    /// The client; each scenario takes a handle of its own.
    pub supplier: Supplier,
    /// The journal.
    pub journal: Journal,
    /// The reference supplier's memory.
    pub ledger: Arc<Mutex<Ledger>>,
    /// The letters known in this run.
    pub stock: Stock,
    /// Until when letters are leased.
    pub leases: Leases,
    /// How long an update may take to become visible.
    pub settle_timeout: Duration,
    /// What the supplier claims and has agreed.
    pub agreed: Agreed,
    /// Who plans.
    pub planner: Arc<dyn Planner>,
    /// The plan, once made.
    pub budget: OnceCell<Budget>,
    /// Management information of unknown fate: announced before an interruption, never answered.
    pub unclear_mi: Vec<MiFacts>,
    /// Why the run stops without an end: AT15 waits for a new seeding.
    pub suspended: Mutex<Option<String>>,
    /// Judges letter PDFs.
    pub preflight: Arc<Preflight>,
    /// Which letter PDFs are kept.
    pub keep_pdfs: Policy,
    /// What AT15 must know of the run.
    pub performance: Performance,
    /// Who can put new letters in place of the spent ones.
    pub seedings: Arc<dyn Seedings>,
    /// Who judges.
    pub assessor: Arc<dyn Assessor>,
    /// Where progress is shown.
    pub progress: Progress,
    /// What the last failed step said: cucumber ends the step by a panic with these very words.
    pub failure: Arc<Mutex<Option<String>>>,
}

impl Context {
    /// Keeps the bytes of a PDF that failed a check or was not judged, if the policy says so; with
    /// `all` they were kept when they came.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn keep_failed(&self, bytes: &[u8], checks: &[PdfCheck]) -> Result<(), EvidenceError> {
        if checks.iter().any(PdfCheck::is_open) && self.keep_pdfs == Policy::Failed {
            self.journal.keep_document(bytes)
        } else {
            Ok(())
        }
    }

    /// Why the run stops without an end, if it does.
    pub fn suspension(&self) -> Option<String> {
        self.suspended
            .lock()
            .unwrap_or_else(|poison| poison.into_inner())
            .clone()
    }

    /// Stops the run without an end: what it waits for does not come within it.
    pub fn suspend(&self, why: &str) {
        let mut suspended = self
            .suspended
            .lock()
            .unwrap_or_else(|poison| poison.into_inner());
        *suspended = Some(why.to_owned());
    }

    /// Shows what became of `step`, and what to do about it; what was just said is not said again.
    pub fn tell_failure(&self, step: &str, error: &StepError) {
        let told = error.to_string();
        let outcome = error.outcome();
        let line = if self.last_failure().as_ref() == Some(&told) {
            format!("{outcome}: {step}: as above")
        } else {
            format!("{outcome}: {step}: {told}")
        };
        self.progress.line(&self.journal.redactor().text(&line));
        self.expect_failure(told);
    }

    fn last_failure(&self) -> Option<String> {
        let last = self.failure.lock();
        last.unwrap_or_else(|poison| poison.into_inner()).clone()
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
