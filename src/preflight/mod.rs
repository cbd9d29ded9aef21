//! Can this PDF be produced, or must its letter be rejected or failed?
//!
//! The module judges bytes and knows nothing of the rest of the crate. The service itself checks
//! no PDF: what a supplier prints is what it got, so AT12, AT13 and AT15 ask the supplier to
//! look. Each check has a stable name (`PF-004`), a demand and a source ([`CheckId::rule`]); the
//! first one that fails is the reason that the API is told.
//!
//! A letter's PDF is hostile until shown otherwise: every size, depth and time is capped, and a
//! panic in a parser is a verdict on that PDF.

mod active;
mod address;
mod appearance;
mod cache;
mod check;
mod clock;
mod content;
mod delivery;
mod description;
mod filters;
mod font;
mod frame;
mod geometry;
mod guard;
mod images;
mod layers;
mod letter;
mod lines;
mod load;
mod normal;
mod operators;
mod paper;
mod policy;
mod postcode;
mod report;
mod run;
mod survey;
mod undeliverable;
mod used;

use std::sync::Arc;

pub use cache::Preflight;
pub use check::{CheckId, CheckResult, Outcome, Rule, Severity};
pub use description::{Description, Encryption, UsedFont, describe};
pub use letter::{Fetched, Letter};
pub use policy::{Level, Margins, MorePages, Pack, Policy, PolicyError, Window};
pub use report::{Depth, LetterStatusClass, Report, Verdict};

/// The checks that fit into AT15's timed window: delivery and hash, the file's frame, a strict
/// load, pages and boxes. About 0.5 ms for a letter.
#[must_use]
pub fn cheap(letter: &Letter, policy: &Policy) -> Report {
    uncached(letter, policy, Depth::Cheap)
}

/// Every check. A few milliseconds for a letter.
#[must_use]
pub fn full(letter: &Letter, policy: &Policy) -> Report {
    uncached(letter, policy, Depth::Full)
}

fn uncached(letter: &Letter, policy: &Policy, depth: Depth) -> Report {
    run::judge(letter, policy, depth, |_, pack| {
        Arc::new(run::contents(letter.bytes, pack, policy, depth))
    })
}
