//! What a run can be held against: targets as data.
//!
//! Each known environment is a TOML file beside this one, with the source of every entry in a
//! comment. Nothing here is a secret, and nothing here decides what a step does.

mod deviation;
mod kind;
mod real;
mod target;

pub use deviation::Deviation;
pub use kind::{TargetKind, UnknownKind};
pub use real::RealService;
pub use target::{Target, TargetError, simulator_settle};
