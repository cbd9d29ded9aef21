//! Was the PDF delivered, whole and as announced? PF-001 to PF-003.

use sha2::{Digest, Sha256};

use super::check::Finding;
use super::letter::{Fetched, Letter};

/// Largest PDF that is looked at, in bytes (pdf-preflight, caps).
pub(super) const MAX_BYTES: usize = 10 * 1024 * 1024;
/// A letter of more bytes than this is worth a word: NHS letters have 155 KB on average.
const LARGE_BYTES: usize = 2_000_000;

/// Whether an answer means that there is nothing to judge yet, as opposed to no document.
pub(super) fn ask_again(fetched: Fetched) -> bool {
    !is_success(fetched) && !is_missing(fetched)
}

fn is_success(fetched: Fetched) -> bool {
    matches!(fetched.status, 200 | 206)
}

/// S3 says NoSuchKey; a 404 of anybody else on the way is not the object store's word.
fn is_missing(fetched: Fetched) -> bool {
    fetched.status == 404 && matches!(fetched.xml_code, None | Some("NoSuchKey"))
}

/// PF-001 from the answer to the download.
pub(super) fn document(fetched: Option<Fetched>) -> Finding {
    let Some(fetched) = fetched else {
        return Finding::not_run("not downloaded");
    };
    let observed = match fetched.xml_code {
        Some(code) => format!("HTTP {} {code}", fetched.status),
        None => format!("HTTP {}", fetched.status),
    };
    if is_success(fetched) {
        Finding::pass(observed)
    } else if is_missing(fetched) {
        Finding::fail(observed)
    } else {
        Finding::not_run(format!("{observed}: ask again"))
    }
}

/// PF-002.
pub(super) fn size(letter: &Letter) -> Finding {
    let bytes = letter.bytes.len();
    if bytes == 0 {
        return Finding::fail("0 bytes");
    }
    if let Some(length) = letter.content_length
        && length != bytes as u64
    {
        return Finding::fail(format!("{bytes} bytes, Content-Length {length}"));
    }
    let observed = format!("{bytes} bytes");
    match bytes {
        0..=LARGE_BYTES => Finding::pass(observed),
        _ if bytes <= MAX_BYTES => Finding::warn(format!("{observed}, more than 2 MB")),
        _ => Finding::fail(format!("{observed}, more than 10 MiB")),
    }
}

/// PF-003, given the hash of the bytes.
pub(super) fn hash(letter: &Letter, actual: &str) -> Finding {
    let Some(expected) = letter.expected_sha256.or(letter.stored_sha256) else {
        return Finding::not_run("the letter names no hash");
    };
    if !is_sha256(expected) {
        return Finding::warn("the letter's hash is no SHA-256, so it cannot be verified");
    }
    if expected.eq_ignore_ascii_case(actual) {
        Finding::pass(actual)
    } else {
        Finding::fail(format!("{actual}, expected {}", expected.to_lowercase()))
    }
}

/// Some published examples hold values that are no hashes (pdf-preflight fact 9).
fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Lower-case hex of the SHA-256.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digest = Sha256::digest(bytes);
    digest
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|nibble| char::from(DIGITS[usize::from(nibble)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::check::Outcome;
    use super::*;

    fn answered(status: u16, xml_code: Option<&str>) -> Outcome {
        document(Some(Fetched { status, xml_code })).outcome
    }

    #[test]
    fn only_a_missing_object_is_a_missing_document() {
        assert_eq!(answered(200, None), Outcome::Pass);
        assert_eq!(answered(404, Some("NoSuchKey")), Outcome::Fail);
        assert_eq!(answered(404, Some("NoSuchBucket")), Outcome::NotRun);
        assert_eq!(answered(403, Some("AccessDenied")), Outcome::NotRun);
        assert_eq!(answered(503, None), Outcome::NotRun);
    }

    #[test]
    fn size_is_held_against_the_announcement_and_the_caps() {
        let of = |bytes: &[u8], content_length| {
            size(&Letter {
                bytes,
                content_length,
                ..Letter::default()
            })
            .outcome
        };
        assert_eq!(of(b"", None), Outcome::Fail);
        assert_eq!(of(b"abc", Some(3)), Outcome::Pass);
        assert_eq!(of(b"abc", Some(4)), Outcome::Fail);
        assert_eq!(of(&vec![0; 2_000_001], None), Outcome::Warn);
        assert_eq!(of(&vec![0; MAX_BYTES + 1], None), Outcome::Fail);
    }

    #[test]
    fn a_hash_is_compared_as_hex_and_distrusted_as_anything_else() {
        let actual = sha256_hex(b"abc");
        let of = |expected: Option<&str>| {
            let letter = Letter {
                expected_sha256: expected,
                ..Letter::default()
            };
            hash(&letter, &actual).outcome
        };
        assert_eq!(of(Some(&actual.to_uppercase())), Outcome::Pass);
        assert_eq!(of(Some(&"0".repeat(64))), Outcome::Fail);
        assert_eq!(of(Some("sha256-of-the-letter")), Outcome::Warn);
        assert_eq!(of(None), Outcome::NotRun);
    }
}
