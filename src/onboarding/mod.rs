//! The emails that onboarding asks for, as drafts.
//!
//! What each must say comes from the integration guide of the public repository
//! `NHSDigital/nhs-notify-supplier-api` (`docs/collections/_consumers`): registration of the
//! application, being ready to test, the two windows of a week, the application to go live, and
//! questions with request ids and times. What the tool cannot know stands in square brackets.

mod emails;
mod parties;
mod support;
#[cfg(test)]
mod tests;

pub use emails::{GoLive, WindowDays, go_live, ready, register, windows};
pub use parties::Parties;
pub use support::{Asked, Question, support};

/// Where NHS Notify takes the mail of suppliers (integration guide).
pub const NOTIFY: &str = "england.nhsnotifysuppliers@nhs.net";
