//! The letter budget: which letters each acceptance test spends, before the first one is spent.
//!
//! A letter goes through its life once, so every test from AT5 to AT13 gets letters of its own.
//! AT4 alone shares: the letters it accepts are the ones that the later tests need accepted.
//! Everything here is a pure function of the letters there are and of what was asked for.

mod budget;
mod deal;
mod email;
mod failures;
mod ids;
mod lists;
mod needs;
mod outcome;
mod pool;
mod request;
mod seeding;
mod stock;
#[cfg(test)]
mod tests;

pub use deal::plan;
pub use email::{SeedingFacts, email_for_seedings};
pub use outcome::{Impossible, Plan, Shortage};
pub use request::Request;
pub use seeding::{named_after, seeded_stock};
pub use stock::{Defect, SeenPdf, StockLetter, Trigger};

/// Role of the letter of AT11 that the tool must refuse to cancel.
pub const REFUSED: &str = "refused";
