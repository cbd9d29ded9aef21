//! A message body as the journal keeps it.

use serde::{Deserialize, Serialize};

/// A body by its hash; short texts stand in the event itself (interfaces, "Journal").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Lower-case hex SHA-256 of the stored bytes, that is, after redaction.
    pub sha256: String,
    /// Length of the stored bytes.
    pub bytes: u64,
    /// The `Content-Type` it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// The text itself, up to 4 KiB of UTF-8; anything else lies under `bodies/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Redaction changed this body.
    #[serde(default, skip_serializing_if = "is_false")]
    pub redacted: bool,
    /// The bytes were not kept (a letter's PDF, by policy): hash and size alone.
    #[serde(default, skip_serializing_if = "is_false")]
    pub withheld: bool,
}

impl Body {
    /// True if the bytes lie under `bodies/`.
    pub fn is_stored_apart(&self) -> bool {
        self.text.is_none() && !self.withheld
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for this form"
)]
fn is_false(flag: &bool) -> bool {
    !*flag
}
