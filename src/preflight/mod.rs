//! Checks of a letter's PDF, on its bytes alone.
//!
//! Here are the cheap ones, which AT15 does while its clock runs (pdf-preflight, "What it costs").
//! Each is a function from the letter to what it found; none trusts what the document says of
//! itself, and none is run on more bytes than a letter may have.

mod cheap;
mod file;
mod structure;

pub use cheap::{Letter, Policy, Report, cheap, missing};

/// Most bytes that a letter may have: 10 MiB (pdf-preflight, PF-002).
const MOST_BYTES: u64 = 10 * 1024 * 1024;

/// Letters above this many bytes are unusual (pdf-preflight, PF-002).
const MANY_BYTES: u64 = 2 * 1024 * 1024;
