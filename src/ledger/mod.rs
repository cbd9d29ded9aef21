//! The reference supplier's memory: which letters it knows and which jobs it made.
//!
//! SQLite, because processing a list twice must make no second job, also across processes.

mod error;
mod store;

pub use error::LedgerError;
pub use store::{Job, Ledger, Processed};
