//! Conformance and acceptance tests for suppliers of the NHS Notify Supplier API.

pub mod cli;
pub mod preflight;
pub mod simulator;
