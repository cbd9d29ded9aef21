//! The id of a run, which is also the name of its folder.

use std::fmt;
use std::ops::Deref;
use std::path::Path;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Timestamp;

/// The longest id, in characters.
const LONGEST: usize = 100;

/// How much of a refused id is repeated, in characters.
const SHOWN: usize = 120;

/// Names that Windows keeps for devices, whatever folder they stand in; the last two with a digit.
const DEVICES: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];
const NUMBERED_DEVICES: [&str; 2] = ["COM", "LPT"];

/// A run's id: letters, digits, `-` and `_`, at most 100. Joined to a path it names a folder right
/// below, whoever wrote it; nothing else that a journal, a seal or a pack says may be joined to one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct RunId(String);

/// A text that cannot be the id of a run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} cannot be a run id; use letters, digits, '-' and '_' (at most 100), such as 20261121T143000Z-int-3f9a1c"
)]
pub struct BadRunId(String);

impl RunId {
    /// `text` as the id of a run.
    ///
    /// # Errors
    /// If it cannot be the plain name of a folder.
    pub fn parse(text: &str) -> Result<Self, BadRunId> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        // What begins with a hyphen would be a flag in the next command.
        let fits = (1..=LONGEST).contains(&text.len())
            && text.bytes().all(plain)
            && !text.starts_with('-');
        match fits && !is_device(text) {
            true => Ok(Self(text.to_owned())),
            false => Err(BadRunId(text.chars().take(SHOWN).collect())),
        }
    }

    /// The id of a new run: when it begins, against which target, and `random` digits.
    pub fn made(at: Timestamp, target: &str, random: &str) -> Self {
        let plain = |text: &str, most| -> String {
            let fits = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
            text.chars().filter(fits).take(most).collect()
        };
        Self(format!(
            "{}-{}-{}",
            at.compact(),
            plain(target, 40),
            plain(random, 6)
        ))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_device(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    let numbered = |name: &str| {
        let number = upper.strip_prefix(name);
        number.is_some_and(|number| matches!(number.as_bytes(), [digit] if digit.is_ascii_digit()))
    };
    DEVICES.contains(&upper.as_str()) || NUMBERED_DEVICES.into_iter().any(numbered)
}

impl FromStr for RunId {
    type Err = BadRunId;

    fn from_str(text: &str) -> Result<Self, BadRunId> {
        Self::parse(text)
    }
}

impl TryFrom<String> for RunId {
    type Error = BadRunId;

    fn try_from(text: String) -> Result<Self, BadRunId> {
        Self::parse(&text)
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Deref for RunId {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<Path> for RunId {
    fn as_ref(&self) -> &Path {
        Path::new(&self.0)
    }
}

impl PartialEq<str> for RunId {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for RunId {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl From<RunId> for String {
    fn from(id: RunId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_id_is_a_plain_folder_name() {
        for good in [
            "20261121T143000Z-int-3f9a1c",
            "default-1",
            "a_b",
            "comic",
            "COM10",
        ] {
            assert_eq!(RunId::parse(good).unwrap(), good);
        }
        for bad in [
            "", ".", "..", "a/b", "/a", "a\\b", "a b", "ä", "a.b", "a\n", "nul", "COM1",
        ] {
            let refused = RunId::parse(bad).unwrap_err();
            assert!(
                refused.to_string().contains("cannot be a run id"),
                "{bad:?}"
            );
        }
        assert!(RunId::parse(&"a".repeat(101)).is_err());
    }

    #[test]
    fn a_new_id_is_one_whatever_the_target_is_called() {
        for target in ["int", "../ä/", "", &"x".repeat(500)] {
            let made = RunId::made(Timestamp::from_micros(0), target, "3f/9a1c0");
            assert_eq!(RunId::parse(&made).unwrap(), made);
        }
    }

    #[test]
    fn what_is_read_is_held_too() {
        assert!(serde_json::from_str::<RunId>("\"r1\"").is_ok());
        let refused = serde_json::from_str::<RunId>("\"/tmp/r1\"").unwrap_err();
        assert!(
            refused.to_string().contains("cannot be a run id"),
            "{refused}"
        );
    }

    proptest! {
        #[test]
        fn no_id_leaves_the_folder_that_it_is_joined_to(text in any::<String>()) {
            if let Ok(id) = RunId::parse(&text) {
                let path = Path::new("evidence").join(&id);
                prop_assert_eq!(path.parent(), Some(Path::new("evidence")));
                prop_assert_eq!(path.components().count(), 2);
            }
        }
    }
}
