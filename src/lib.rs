//! Conformance and acceptance tests for suppliers of the NHS Notify Supplier API.

pub mod acceptance;
pub mod audit;
pub mod cli;
pub mod client;
pub mod evidence;
pub mod ledger;
pub mod model;
pub mod simulator;
