//! Reports: what people and CI jobs read of a run.
//!
//! Every report is a projection of a run's evidence and of nothing else: no clock, no machine, no
//! configuration. Some need no more than its [`RunResult`], others the journal's lines. The same
//! evidence gives the same bytes, so a report can be thrown away and made again.
//!
//! [`RunResult`]: crate::acceptance::result::RunResult

mod contract;
mod error;
mod har;
mod html;
mod junit;
mod kept;
mod outcome;
mod part;
mod reading;
mod record;
#[cfg(test)]
mod sample;
mod summary;
mod tables;
mod terminal;
mod text;
mod transitions;
mod verdicts;
mod write;

pub use error::ReportError;
pub use html::{html, sheet_html, sheet_tests};
pub use junit::junit;
pub use outcome::{
    Outcome, SIMULATOR_WORDS, called_at, driven_sentence, is_simulated, simulator_words, word,
};
pub use part::{Addition, Bodies, Dossier, Part, Rules};
pub use reading::{Reading, rule};
pub use record::Record;
pub use summary::summary;
pub use terminal::{Look, Places, terminal};
pub(crate) use text::{one_line, visible};
pub use verdicts::{json, verdicts};
pub use write::{write_all, write_file};
