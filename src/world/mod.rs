//! What a scenario works with: the supplier's client, the journal, the ledger, and what the
//! scenario's own steps have brought so far.
//!
//! A [`Scene`] does things for one scenario; [`SupplierWorld`] is its cucumber side. Nothing
//! here judges: what came of a deed stands in the journal.

mod asking;
mod checking;
mod conduct;
mod context;
mod deeds;
mod error;
mod leases;
mod listing;
mod management;
mod pdf;
pub mod performance;
mod planning;
mod reading;
mod resuming;
mod scene;
mod seedings;
mod service;
mod stock;
mod supplier;
mod updating;

pub use conduct::{Conduct, Slip};
pub use context::{Agreed, Assessor, Budget, Context, Planner};
pub use error::{Cause, StepError};
pub use leases::Leases;
pub use performance::Performance;
pub use scene::Scene;
pub use seedings::{SeededElsewhere, Seedings};
pub use stock::Stock;
pub use supplier::{SupplierWorld, step_text};
