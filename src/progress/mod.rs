//! What a waiting person sees: bars, countdowns and lines on standard error.
//!
//! Standard output belongs to results, so nothing here ever writes to it. On a terminal bars
//! move in place; elsewhere (a CI log) plain lines say the same every few seconds. What a line
//! says is decided by pure functions, so that tests compare texts. Depends on nothing else.

mod format;
mod handle;

pub use format::{number, span};
pub use handle::{Bar, Progress};
