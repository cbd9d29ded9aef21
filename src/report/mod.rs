//! Reports: what people and CI jobs read of a run.
//!
//! Every report is a projection of a [`RunResult`] and of nothing else: no clock, no machine,
//! no configuration. The same evidence gives the same bytes, so a report can be thrown away
//! and made again.
//!
//! [`RunResult`]: crate::acceptance::result::RunResult

mod contract;
mod error;
mod junit;
mod outcome;
#[cfg(test)]
mod sample;
mod summary;
mod terminal;
mod text;
mod verdicts;
mod write;

pub use error::ReportError;
pub use junit::junit;
pub use outcome::{Outcome, driven_sentence};
pub use summary::summary;
pub use terminal::{Look, Places, terminal};
pub(crate) use text::{one_line, visible};
pub use verdicts::{json, verdicts};
pub use write::write_all;
