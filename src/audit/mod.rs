//! Checks a run anyone else made: the chain, the bodies, the seal, and every verdict again.

mod additions;
mod addresses;
mod derived;
mod downloads;
mod known;
mod mentions;
mod report;
mod run;
mod seal;

pub use known::Known;
pub use report::{AuditReport, Finding};
pub use run::{
    AuditError, examine_run, read_held, read_introduction, read_result, read_reviewed, verify_run,
};
