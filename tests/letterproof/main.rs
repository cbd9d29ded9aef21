//! The program as a whole: the real binary against the simulator, or against servers in these
//! tests, and the library's larger parts.
//!
//! One test program, because each would link the whole tool again. A part of it:
//! `cargo test --test letterproof report::`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may end at once"
)]

mod common;
mod lab;
mod schema;

mod architecture;
mod bad_targets;
mod client;
mod contract;
mod disk;
mod doctor;
mod faults;
mod hardship;
mod hostile;
mod hosts;
mod journal_reader;
mod junit_schema;
mod next;
mod pack;
mod performance;
mod preflight_defects;
mod preflight_delivery;
mod preflight_text;
mod proof;
mod report;
mod resume;
mod rivals;
mod run;
mod sandbox;
mod secrets;
mod seen_since;
mod service_behaviour;
mod setup;
mod sim_command;
mod smoke;
mod token_endpoint;
mod verify;
