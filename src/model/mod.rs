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
pub mod limits;
mod mi;
mod path;
mod pdf;
mod plan;
mod reading;
mod returns;
mod run;
mod run_id;
mod scope;
mod sha256;
mod source;
mod span;
mod status;
mod text;
mod text_file;
mod timestamp;
mod unique;
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
pub use run_id::{BadRunId, RunId};
pub use scope::Scope;
pub use sha256::{NoHash, Sha256Hex};
pub use span::Span;
pub use status::{Status, UnknownStatus};
pub use text::{Shown, is_misleading, one_line, visible, visible_json};
pub use text_file::{NotText, decode_text};
pub use timestamp::Timestamp;
pub use unique::unique_keys;
pub use verdict::{Judgement, Level, Measurements, Verdict};
