//! How much of what others wrote is held in memory (docs/security.md, "Limits on size and time").
//!
//! Parsed JSON takes up to a hundred times the memory of its text, so both are bounded: the bytes,
//! and the values that they may hold.

use serde_json::Value;

/// Most bytes in a line of a journal or of `review.jsonl`. A list of 2,500 letters has 0.6 MB.
pub const LONGEST_LINE: usize = 16 * 1024 * 1024;

/// Most JSON values in such a line: a plan names 250,000 letters and more.
const VALUES_OF_A_LINE: usize = 1_000_000;

/// Most bytes of a seal or of a pack's table of contents, which name every file.
pub const LARGEST_CONTENTS: u64 = 64 * 1024 * 1024;

/// Most bytes of a configuration, a policy or a JWKS: such files have some kilobytes.
pub const LARGEST_SETTINGS: u64 = 512 * 1024;

/// Most bytes of an answer that is read: the gateway's payloads end there (service-behaviour §1).
pub const LARGEST_ANSWER: usize = 10 * 1024 * 1024;

/// Most JSON values in an answer. A list of 2,500 letters has about 25,000.
const VALUES_OF_AN_ANSWER: usize = 100_000;

/// Something that is larger than what is read, or is no JSON.
#[derive(Debug, thiserror::Error)]
pub enum JsonFault {
    /// Its text is too long.
    #[error("it has more than {most} bytes, and no more are read")]
    TooLong {
        /// The bound.
        most: usize,
    },
    /// It holds too many values.
    #[error("it holds more than {most} JSON values, and no more are read")]
    TooManyValues {
        /// The bound.
        most: usize,
    },
    /// It is no JSON.
    #[error(transparent)]
    Syntax(#[from] serde_json::Error),
}

/// Holds that the line `bytes` is no larger than what is read.
///
/// # Errors
/// If it is.
pub fn check_line_size(bytes: &[u8]) -> Result<(), JsonFault> {
    check_size(bytes, LONGEST_LINE, VALUES_OF_A_LINE)
}

/// Holds that `bytes`, a seal or a table of contents, is no larger than what is read.
///
/// # Errors
/// If it is.
pub fn check_contents_size(bytes: &[u8]) -> Result<(), JsonFault> {
    let most = usize::try_from(LARGEST_CONTENTS).unwrap_or(usize::MAX);
    check_size(bytes, most, VALUES_OF_A_LINE)
}

/// Reads an answer of a service.
///
/// # Errors
/// If it is larger than what is read, or no JSON.
pub fn read_answer(bytes: &[u8]) -> Result<Value, JsonFault> {
    check_size(bytes, LARGEST_ANSWER, VALUES_OF_AN_ANSWER)?;
    Ok(serde_json::from_slice(bytes)?)
}

/// Commas and opening brackets are as many as values, or more if texts have some.
fn check_size(bytes: &[u8], most_bytes: usize, most: usize) -> Result<(), JsonFault> {
    if bytes.len() > most_bytes {
        return Err(JsonFault::TooLong { most: most_bytes });
    }
    let many = bytes.len() > most && memchr::memchr3_iter(b',', b'[', b'{', bytes).count() > most;
    if many {
        return Err(JsonFault::TooManyValues { most });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_as_many_letters_as_can_be_asked_for_is_read_with_ease() {
        let letter = r#"{"type":"Letter","id":"36Vn6qBbIK9wTewDYou1UQPBbX5","attributes":{"status":"RETURNED","specificationId":"s","groupId":"g","sha256Hash":"h","reasonCode":"R","reasonText":"a, b"}}"#;
        let list = format!(r#"{{"data":[{}]}}"#, [letter; 3 * 2_500].join(","));
        assert!(read_answer(list.as_bytes()).is_ok());
    }

    #[test]
    fn many_empty_values_are_refused_before_they_are_read() {
        for empty in ["{}", "[]", "0", "{\"\":[]}"] {
            let list = format!("[{}0]", format!("{empty},").repeat(VALUES_OF_AN_ANSWER));
            let read = read_answer(list.as_bytes());
            assert!(matches!(read, Err(JsonFault::TooManyValues { .. })));
        }
        let deep = "[".repeat(VALUES_OF_AN_ANSWER + 1);
        assert!(matches!(
            read_answer(deep.as_bytes()),
            Err(JsonFault::TooManyValues { .. })
        ));
    }

    #[test]
    fn long_texts_are_refused() {
        let long = format!("\"{}\"", "a".repeat(LARGEST_ANSWER));
        assert!(matches!(
            read_answer(long.as_bytes()),
            Err(JsonFault::TooLong { .. })
        ));
        assert!(check_line_size(long.as_bytes()).is_ok());
    }
}
