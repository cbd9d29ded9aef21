//! Conformance and acceptance tests for suppliers of the NHS Notify Supplier API.

pub mod client;
pub mod evidence;
pub mod model;
