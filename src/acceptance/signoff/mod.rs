//! Where a supplier stands: every acceptance point over all sealed runs of a target.
//!
//! Pure: runs, the day and the letters come from outside.

mod calendar;
mod matrix;

pub use calendar::{Calendar, Days, ONBOARDING_DAYS, WINDOW_DAYS, Window};
pub use matrix::{Attempt, Matrix, PointStatus, TestStatus, gravest, is_green};
