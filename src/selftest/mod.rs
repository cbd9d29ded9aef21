//! Every deliberate wrong against every acceptance point.
//!
//! Each fault has a run of its own, of the program itself, in a process of its own, and its
//! evidence is judged as anybody's.

mod case;
mod certificate;
mod matrix;
mod runner;
mod told;

pub use case::{Case, case, cases};
pub use certificate::certificate;
pub use matrix::{Matrix, Row};
pub use runner::{Runner, SelftestError};
pub use told::told;
