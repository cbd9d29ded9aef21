//! What a scenario works with: the supplier's client, the journal, the ledger, and what the
//! scenario's own steps have brought so far.

mod context;
mod error;
mod leases;
pub mod performance;
mod seedings;
mod supplier;

pub use context::{Assessor, Context, Sizes};
pub use error::{Cause, StepError};
pub use leases::Leases;
pub use performance::Performance;
pub use seedings::{SeededElsewhere, Seedings};
pub use supplier::{SupplierWorld, step_text};
