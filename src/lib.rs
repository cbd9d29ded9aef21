//! Conformance and acceptance tests for suppliers of the NHS Notify Supplier API.

pub mod acceptance {
    //! Stands in for the folder's own `mod.rs` until that is wired.
    pub mod result;
}
pub mod cli;
pub mod evidence;
pub mod model;
pub mod progress;
pub mod report;
pub mod targets;
