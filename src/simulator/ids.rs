//! Identifiers that look like the service's, and the dice behind them.

use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};
use uuid::Uuid;

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The parts of a message's id that stay, in the shape of those in the description's example.
const GATEWAY: &str = "7595709274888685023-c-geu2-315784";

/// The number of the first message, so that all have as many digits.
const FIRST_MESSAGE: u64 = 10_000_000;

/// Characters of a KSUID, the shape of the service's letter ids.
const KSUID_LENGTH: usize = 27;

/// A letter's id: 27 base62 characters, the same for the same parts.
pub(crate) fn letter_id(parts: &[&str]) -> String {
    let first = digest(parts);
    let second = Sha256::digest(first);
    let characters = first.iter().chain(second.iter()).skip(2);
    let tail = characters.take(KSUID_LENGTH - 2).map(|byte| base62(*byte));
    "36".chars().chain(tail).collect()
}

fn base62(byte: u8) -> char {
    char::from(BASE62[usize::from(byte) % BASE62.len()])
}

/// A throw of the dice in `0..1`, the same for the same parts.
pub(crate) fn dice(parts: &[&str]) -> f64 {
    let digest = digest(parts);
    let mut top = [0; 4];
    top.copy_from_slice(&digest[..4]);
    f64::from(u32::from_be_bytes(top)) / (f64::from(u32::MAX) + 1.0)
}

fn digest(parts: &[&str]) -> [u8; 32] {
    Sha256::digest(parts.join("\u{1f}")).into()
}

/// APIM's id of one message, as in the 429 example of the API description. The first parts name
/// the gateway that answers, which is one; the messages of this process count up.
pub(crate) fn message_id() -> String {
    static MESSAGES: AtomicU64 = AtomicU64::new(0);
    let number = MESSAGES.fetch_add(1, Ordering::Relaxed);
    let run = (FIRST_MESSAGE + number) % 100_000_000;
    format!("rrt-{GATEWAY}-{run:08}-1")
}

/// A secret of 32 random characters: API keys, access tokens.
pub(crate) fn secret() -> String {
    let (a, b) = (Uuid::new_v4(), Uuid::new_v4());
    let bytes = [a.into_bytes(), b.into_bytes()].concat();
    Sha256::digest(bytes)
        .iter()
        .map(|byte| base62(*byte))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_id_has_the_shape_of_a_ksuid_and_repeats() {
        let id = letter_id(&["1", "0", "supplier1", "7"]);
        assert_eq!(id.len(), 27);
        assert!(id.chars().all(|c| c.is_ascii_alphanumeric()), "{id}");
        assert_eq!(id, letter_id(&["1", "0", "supplier1", "7"]));
        assert_ne!(id, letter_id(&["1", "1", "supplier1", "7"]));
    }

    #[test]
    fn no_two_messages_share_an_id_and_all_are_as_long() {
        let (one, other) = (message_id(), message_id());
        assert_ne!(one, other);
        assert!(one.starts_with("rrt-") && one.ends_with("-1"), "{one}");
        assert_eq!(one.len(), other.len());
    }

    #[test]
    fn the_dice_stay_in_range() {
        for throw in 0..1000 {
            let value = dice(&[&throw.to_string()]);
            assert!((0.0..1.0).contains(&value));
        }
    }
}
