//! Drafts of emails: files that a mail program opens as unsent.
//!
//! letterproof sends no mail. It writes `.eml` files (RFC 5322) with `X-Unsent: 1`, which Outlook
//! opens in its composer; in Thunderbird it is "Edit as new message". The person reads the draft,
//! changes what they like, and sends it.

mod address;
mod draft;
mod error;
#[cfg(test)]
mod tests;

pub use address::Address;
pub use draft::{Attachment, Draft};
pub use error::MailError;
