//! What a key is called in its JWKS.

use std::fmt;

use super::KeyError;

/// The longest id that is taken.
const LONGEST: usize = 100;

/// What it may hold beside letters and digits: all that base64, URLs and dates need, and nothing
/// that means something to a shell.
const MARKS: &str = "-_.~+/=:@,";

/// A key's id: one word that can be pasted into a command line as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kid(String);

impl Kid {
    /// Reads `text`.
    ///
    /// # Errors
    /// If it is more than one such word.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || MARKS.contains(c);
        if !text.is_empty() && text.len() <= LONGEST && text.chars().all(fits) {
            return Ok(Self(text.to_owned()));
        }
        Err(KeyError::BadKid(text.chars().take(60).collect()))
    }

    /// What the key's files are called: the id, with `_` in place of what would lead elsewhere.
    pub fn file_name(&self) -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let mut name: String = self
            .0
            .chars()
            .map(|c| if plain(c) { c } else { '_' })
            .collect();
        if name.starts_with(['.', '-']) {
            name.replace_range(..1, "_");
        }
        name
    }

    /// The flag that names it.
    pub fn flag(&self) -> String {
        let between = if self.0.starts_with('-') { '=' } else { ' ' };
        format!("--kid{between}{self}")
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
        for good in [
            "int-1",
            "2026.12_a",
            "A",
            "-x",
            "..",
            "a/b+c=",
            "print:2026@int",
        ] {
            let kid = Kid::parse(good).unwrap();
            assert_eq!(kid.as_str(), good);
            let name = kid.file_name();
            assert!(
                !name.contains('/') && !name.starts_with(['.', '-']),
                "{name}"
            );
        }
        for bad in [
            "", "my key", " int-1", "ä", "a\n", "$(x)", "a'b", "a;b", "a\\b",
        ] {
            let error = Kid::parse(bad).unwrap_err();
            assert!(error.to_string().contains("such as int-1"), "{error}");
        }
        assert!(Kid::parse(&"a".repeat(101)).is_err());
    }
}
