//! What a key is called in its JWKS.

use std::fmt;

use super::KeyError;

/// The longest id that is taken.
const LONGEST: usize = 100;

/// A key's id: one plain word, which is also the name of its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kid(String);

impl Kid {
    /// Reads `text`.
    ///
    /// # Errors
    /// If it is more than a plain word.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let starts = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        if starts && text.len() <= LONGEST && text.chars().all(fits) {
            return Ok(Self(text.to_owned()));
        }
        Err(KeyError::BadKid(text.chars().take(60).collect()))
    }

    /// As it was read.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kid_is_one_plain_word() {
        for good in ["int-1", "2026.12_a", "A"] {
            assert_eq!(Kid::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "my key", " int-1", "a/b", "..", "-x", "ä", "a\n"] {
            let error = Kid::parse(bad).unwrap_err();
            assert!(error.to_string().contains("such as int-1"), "{error}");
        }
        assert!(Kid::parse(&"a".repeat(101)).is_err());
    }
}
