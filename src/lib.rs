//! Conformance and acceptance tests for suppliers of the NHS Notify Supplier API.

pub mod acceptance;
pub mod audit;
pub mod browser;
pub mod cli;
pub mod client;
pub mod contract;
pub mod disk;
pub mod doctor;
pub mod engine;
pub mod evidence;
pub mod faults;
pub mod keys;
pub mod ledger;
pub mod mail;
pub mod model;
pub mod onboarding;
pub mod pack;
#[cfg(feature = "render")]
pub mod pictures;
pub mod preflight;
pub mod progress;
pub mod proof;
pub mod report;
pub mod selftest;
pub mod simulator;
pub mod targets;
pub mod world;

#[path = "../steps/mod.rs"]
mod steps;
