//! The email that asks for the letters of AT15.

use std::time::Duration;

use super::super::text::{count, grouped};

/// Where NHS Notify takes questions of suppliers (acceptance pack, "What a supplier hands in").
pub const NOTIFY: &str = "england.nhsnotifysuppliers@nhs.net";

/// What the email says.
#[derive(Clone, Debug)]
pub struct SeedingFacts {
    /// The supplier's name.
    pub supplier: String,
    /// The target to be seeded, such as `int`.
    pub target: String,
    /// Letters of one seeding.
    pub letters: u64,
    /// Complete passes, each with a seeding of its own.
    pub passes: u64,
    /// In how long a pass must be done.
    pub within: Duration,
    /// Whom NHS Notify may ask.
    pub contact: Option<String>,
}

/// Drafts the email that asks for the seedings of AT15.
pub fn email_for_seedings(facts: &SeedingFacts) -> String {
    let SeedingFacts {
        supplier,
        target,
        letters,
        passes,
        ..
    } = facts;
    let letters = grouped(usize::try_from(*letters).unwrap_or(usize::MAX));
    let passes = *passes as usize;
    let (passes, seedings) = (count(passes, "pass"), count(passes, "seeding"));
    let seconds = facts.within.as_secs();
    let contact = facts.contact.as_deref().unwrap_or(supplier);
    format!(
        "To: {NOTIFY}
Subject: {supplier}: letters for the performance test (AT15) in {target}

Hello,

we are preparing the performance test of the Acceptance Test Pack, AT15, in {target}. One pass
accepts and downloads every letter there is, within {seconds} seconds, and leaves none for the
next. The pack asks for {passes}, so we ask you for {seedings}:

- {letters} PENDING letters each, for supplier {supplier}
- every letter with its PDF, and no letter with a deliberate defect
- one seeding at a time: the next only after we have told you that a pass is over

Could you tell us on which days you can seed, and whom we reach on those days to ask for the
next seeding?

Kind regards
{contact}
"
    )
}
