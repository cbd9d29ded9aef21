//! Proofs of specifications, as NHS Notify asks for them before a supplier goes live.
//!
//! The integration guide of `NHSDigital/nhs-notify-supplier-api` (`docs/collections/_consumers`,
//! "Specification proofing before going live") asks for digital proofs by email and for printed
//! samples by post. From the evidence of a run this takes one letter of each specification, what
//! the checks say of it, a cover sheet for its printed sample, and the draft of the email.

mod collect;
mod email;
mod error;
mod letters;
mod sheet;
mod write;

pub use collect::{Proof, Proofs, collect};
pub use email::draft;
pub use error::{Lacking, ProofError};
pub use write::{Parties, Written, write};

/// Where printed samples go (integration guide, "Specification proofing before going live").
pub const POSTAL_ADDRESS: [&str; 6] = [
    "Mr Wayne Shirt (NHS Notify)",
    "6th Floor",
    "7 & 8 Wellington Place",
    "Leeds",
    "West Yorkshire",
    "LS1 4AP",
];

/// What stands on everything that was made of letters which no real service seeded.
pub const NOT_A_PROOF: &str = "SIMULATOR, NOT A PROOF";
