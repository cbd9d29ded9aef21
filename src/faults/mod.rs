//! Deliberate wrongs, each with exactly the acceptance points that it must turn red.
//!
//! A check that was never seen to fail proves nothing. `run --fault` makes one wrong,
//! `selftest` all of them.

mod catalogue;
mod fault;
mod forgery;
mod mix;

pub use catalogue::{FAULTS, fault};
pub use fault::{Caught, Deed, Fault, Outcome, Side};
pub use forgery::Forgery;
pub use mix::mix;
