//! A SHA-256 as files spell it.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

/// 64 lower-case hex digits, which as the name of a file can lead nowhere else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Sha256Hex(String);

/// A text that is no SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no hash: 64 lower-case hex digits")]
pub struct NoHash(String);

impl Sha256Hex {
    /// `text` as a hash.
    ///
    /// # Errors
    /// If it is anything but 64 lower-case hex digits.
    pub fn parse(text: &str) -> Result<Self, NoHash> {
        let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        match text.len() == 64 && text.bytes().all(digit) {
            true => Ok(Self(text.to_owned())),
            false => Err(NoHash(text.chars().take(80).collect())),
        }
    }

    /// `text` as a person pasted it: white space around it and capitals do not matter.
    ///
    /// # Errors
    /// As [`Sha256Hex::parse`].
    pub fn pasted(text: &str) -> Result<Self, NoHash> {
        Self::parse(&text.trim().to_ascii_lowercase())
    }
}

impl TryFrom<String> for Sha256Hex {
    type Error = NoHash;

    fn try_from(text: String) -> Result<Self, NoHash> {
        Self::parse(&text)
    }
}

impl fmt::Display for Sha256Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Deref for Sha256Hex {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_64_lower_case_digits() {
        let hash = "0123456789abcdef".repeat(4);
        assert_eq!(&*Sha256Hex::parse(&hash).unwrap(), hash);
        assert_eq!(
            &*Sha256Hex::pasted(&format!(" {}\n", hash.to_uppercase())).unwrap(),
            hash
        );
        for bad in [
            "",
            "/etc/passwd",
            &hash[1..],
            &hash.to_uppercase(),
            &"é".repeat(32),
        ] {
            assert!(Sha256Hex::parse(bad).is_err(), "{bad}");
        }
    }
}
