//! Plain data of the field: statuses, letters, exchanges, events, verdicts.
//!
//! Everything else depends on this folder and it depends on nothing, so that a journal
//! written today can be read by any later part of the tool.

mod addition;
mod body;
mod contract;
mod counting;
mod event;
mod exchange;
mod host;
mod letter;
mod mi;
mod path;
mod pdf;
mod plan;
mod returns;
mod run;
mod scope;
mod source;
mod span;
mod status;
mod text_file;
mod timestamp;
mod verdict;

pub use addition::{Addition, AdditionLine, Decision};
pub use body::Body;
pub use contract::{ContractResult, DescriptionFacts, Difference, Observation, Weight};
pub use counting::{count, grouped};
pub use event::{Event, Line, SCHEMA};
pub use exchange::{Exchange, Request, Response, Times};
pub use host::{Host, Origin, is_without_user};
pub use letter::{Change, LetterFacts, Reason};
pub use mi::MiFacts;
pub use path::{path, stage};
pub use pdf::{CompletedPdf, PdfCheck, PdfOutcome};
pub use plan::Allocation;
pub use returns::RETURN_REASONS;
pub use run::{KnownDeviation, RunFinished, RunStarted, Settings, TargetFacts, ToolFacts};
pub use scope::Scope;
pub use span::Span;
pub use status::{Status, UnknownStatus};
pub use text_file::{NotText, decode_text};
pub use timestamp::Timestamp;
pub use verdict::{Judgement, Level, Measurements, Verdict};
