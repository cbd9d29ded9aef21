//! Checks a run anyone else made: the chain, the bodies, the seal, and every verdict again.

mod derived;
mod report;
mod run;

pub use report::{AuditReport, Finding};
pub use run::{AuditError, read_introduction, read_result, read_run, verify_run};
