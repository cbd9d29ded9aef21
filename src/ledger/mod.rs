//! The reference supplier's memory: which letters it knows, which jobs it made, and which
//! management information it submitted.
//!
//! SQLite, because processing a list twice must make no second job, also across processes.

mod error;
mod hold;
mod lease;
mod letters;
mod mi;
mod store;

pub use error::LedgerError;
pub use letters::KnownLetter;
pub use store::{Job, Ledger, Processed};
