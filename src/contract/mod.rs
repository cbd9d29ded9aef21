//! Descriptions of the API, and what answers and other descriptions come to beside them.
//!
//! [`Checks`] holds the answers of a run against letterproof's own description (`docs/api/`) and
//! against one that was given; [`drift`] compares the two. Both are pure: they read exchanges and
//! texts, and send nothing.

mod checks;
mod description;
mod deviations;
mod document;
mod drift;
mod embedded;
mod error;
mod place;
mod reading;
mod resolver;
mod schema;
mod tally;
mod validators;

pub use checks::Checks;
pub use description::Description;
pub use drift::{Change, Effect, drift};
pub use embedded::{supplier_api, token_endpoint};
pub use error::ContractError;

/// How letterproof's own description is called beside one that was given.
pub const OWN: &str = "letterproof";
