//! Conformance and acceptance tests for suppliers of the NHS Notify Supplier API.

pub mod acceptance;
pub mod audit;
pub mod cli;
pub mod client;
pub mod engine;
pub mod evidence;
pub mod ledger;
pub mod mail;
pub mod model;
#[cfg(feature = "render")]
pub mod pictures;
pub mod preflight;
pub mod progress;
pub mod proof;
pub mod report;
pub mod simulator;
pub mod targets;
pub mod world;

#[path = "../steps/mod.rs"]
mod steps;
