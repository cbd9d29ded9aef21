//! What is done with hostile bytes, and what must be true of it: one function a target.
//!
//! The tests of this folder call them with the committed corpus and with random harms of it;
//! `fuzz/` calls the same functions under libFuzzer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a target says that something is wrong by panicking"
)]

mod answers;
mod config;
mod forged;
mod input;
mod journal;
mod junit;
mod mail;
mod markup;
mod pack;
mod reports;
mod run;

pub use journal::{audit, read};
pub use junit::{junit_schema, run_telling, xml};

/// Something that reads what anyone may have written.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its corpus lies in `tests/corpus/` under this name.
    pub name: &'static str,
    /// Panics if what must be true of the bytes is not.
    pub try_on: fn(&[u8]),
    /// How many cases of it take as long as a hundred of the quickest.
    pub hundredth: u32,
}

/// Every target.
pub const TARGETS: [Target; 8] = [
    target("journal", journal::try_on, 40),
    target("forged", forged::try_on, 8),
    target("config", config::try_on, 100),
    target("answers", answers::try_on, 16),
    target("reports", reports::try_on, 8),
    target("junit", junit::try_on, 60),
    target("mail", mail::try_on, 100),
    target("pack", pack::try_on, 4),
];

const fn target(name: &'static str, try_on: fn(&[u8]), hundredth: u32) -> Target {
    Target {
        name,
        try_on,
        hundredth,
    }
}
