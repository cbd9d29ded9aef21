//! The embedded simulator.

pub mod defects;
pub mod letter_pdf;
