//! What a run leaves behind: journal, bodies, redaction, seal.
//!
//! The journal is the single source of every verdict and report. One [`Journal`] writes it;
//! [`Reader`] reads it back line by line and holds the chain; [`redact`] stands before both,
//! so that no secret is ever written and then taken back.

mod additions;
mod bodies;
mod clock;
mod derive;
mod error;
mod interrupted;
mod journal;
mod limited;
mod production;
mod raw;
mod reader;
pub mod redact;
mod run_dir;
mod seal;
mod signature;

pub use additions::{
    AdditionError, Additions, Attached, LARGEST_ATTACHMENT, add, keep_attachment, read_additions,
    read_seal, said,
};
pub use bodies::{BodyStore, Policy, sha256_hex};
pub use derive::derived_events;
pub use error::{EvidenceError, RAISE_THE_LIMIT, is_out_of_files};
pub use journal::{Journal, Recorded};
pub use limited::{read_at_most, read_text_at_most};
pub use production::WITHHELD;
pub use raw::{RawBody, RawExchange, RawResponse};
pub use reader::{Chained, Fault, ReadLine, Reader, Tail};
pub use redact::{Found, Redactor};
pub use run_dir::{RunDir, attachment_name, new_run_id};
pub use seal::{Seal, build_seal, write_seal};
pub use signature::{
    Fingerprint, NAMESPACE, NewKey, NoFingerprint, PACK_NAMESPACE, SignatureError, Signer,
    SigningKey, check_pack_signature, check_signature, new_signing_key,
};
