//! Step definitions. They make things happen; criteria judge.
//!
//! This folder is compiled into the library: steps of another crate would be dropped by the
//! linker without a word (cucumber#304).

mod letters;
mod performance;
mod points;
mod sandbox;
mod service;
mod updates;
