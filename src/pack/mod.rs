//! The evidence pack: what NHS Notify gets, as one zip and the draft of the email that carries it.
//!
//! A pack is a projection too: the same evidence gives the same bytes. Every date in it comes from
//! a journal, and [`verify_pack`] makes everything again that was not made by a browser.

mod archive;
mod build;
mod canary;
mod checklist;
mod choice;
mod contents;
mod cover;
mod error;
mod manifest;
mod opening;
mod readme;
mod table;
mod verify;
mod vouched;
mod write;

pub use canary::Canaries;
pub use choice::SealedRun;
pub use cover::Post;
pub use error::PackError;
pub use manifest::Manifest;
pub use verify::{PackAudit, verify_pack};
pub use vouched::Vouched;
pub use write::{LeftOut, Order, Replaced, Written, write_pack};
