//! The embedded simulator.

pub mod letter_pdf;
