//! Secrets that a text spells in other ways than the net knows.
//!
//! Which characters JSON, a URL or HTML escapes is up to who writes them, so these spellings cannot
//! be listed. Whatever can be decoded is decoded, again and again, and each view is searched. Most
//! texts have nothing to decode, and are found so by a look at a few of their bytes.
//!
//! This finds usual encodings in any composition. What is encrypted no filter finds.

use std::io::Read as _;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::escapes::{has_escapes, has_reversed_escapes, unescape};

/// Decodings one inside the other; no honest answer has more than three.
const DEEPEST: usize = 16;

/// All views of one text come to at most this many times its size, and [`FREE`].
const MOST_TIMES: usize = 100;

/// Bytes of views that any text may have.
const FREE: usize = 1024 * 1024;

/// The most bytes that are inflated of a compressed text.
const MOST_INFLATED: u64 = 16 * 1024 * 1024;

const FORGIVING: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a text hides.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Hidden<F> {
    /// Nothing.
    Nothing,
    /// What was looked for.
    Found(F),
    /// It cannot be decoded within the bounds.
    TooDeep,
}

/// Looks with `find` through every decoded view of `text`, though not through `text` itself.
/// A secret has at least `shortest` bytes.
pub(super) fn look_behind<F>(
    text: &[u8],
    shortest: usize,
    find: impl Fn(&[u8]) -> Option<F>,
) -> Hidden<F> {
    let root = View {
        bytes: Vec::new(),
        depth: 0,
        reversed: false,
    };
    let mut left = text.len().saturating_mul(MOST_TIMES).saturating_add(FREE);
    let mut waiting = root.decoded(text, shortest);
    while let Some(view) = waiting.pop() {
        if let Some(found) = find(&view.bytes) {
            return Hidden::Found(found);
        }
        let Some(rest) = left
            .checked_sub(view.bytes.len())
            .filter(|_| view.depth <= DEEPEST)
        else {
            return Hidden::TooDeep;
        };
        left = rest;
        waiting.append(&mut view.decoded(&view.bytes, shortest));
    }
    Hidden::Nothing
}

struct View {
    bytes: Vec<u8>,
    depth: usize,
    /// It, or one that it was decoded from, reads backwards. The net knows secrets backwards, so
    /// one turn is enough.
    reversed: bool,
}

impl View {
    /// What `bytes`, which this view holds, can be decoded to.
    fn decoded(&self, bytes: &[u8], shortest: usize) -> Vec<Self> {
        if bytes.len() < shortest {
            return Vec::new();
        }
        let mut views = Vec::new();
        let runs = decoded_runs(bytes, shortest);
        let turns = !self.reversed && (runs.is_some() || has_reversed_escapes(bytes));
        views.extend(has_escapes(bytes).then(|| self.child(unescape(bytes))));
        views.extend(inflated(bytes).map(|plain| self.child(plain)));
        views.extend(runs.map(|plain| self.child(plain)));
        views.extend(turns.then(|| Self {
            reversed: true,
            ..self.child(bytes.iter().rev().copied().collect())
        }));
        views
    }

    fn child(&self, bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            depth: self.depth + 1,
            reversed: self.reversed,
        }
    }
}

fn inflated(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    let read = match bytes {
        [0x1f, 0x8b, ..] => flate2::read::GzDecoder::new(bytes)
            .take(MOST_INFLATED)
            .read_to_end(&mut plain),
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => flate2::read::ZlibDecoder::new(bytes)
            .take(MOST_INFLATED)
            .read_to_end(&mut plain),
        _ => return None,
    };
    // What came before an error can be read by anybody.
    drop(read);
    Some(plain)
}

/// Everything that runs of hex digits and of base64 in `bytes` may stand for, one after the other.
fn decoded_runs(bytes: &[u8], shortest: usize) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    for run in runs(bytes, shortest * 2, is_in_hex) {
        let digits: Vec<u8> = run.iter().copied().filter(u8::is_ascii_hexdigit).collect();
        decode_hex(&digits, shortest, &mut plain);
    }
    for run in runs(bytes, base64_length(shortest), is_in_base64) {
        if has_both_cases(run) {
            decode_base64(run, base64_length(shortest), &mut plain);
        }
    }
    (!plain.is_empty()).then_some(plain)
}

/// The base64 characters that a secret of `length` bytes alone decides.
fn base64_length(length: usize) -> usize {
    (length * 4 / 3).saturating_sub(1)
}

/// Maximal runs of at least `least` bytes that `is_in` takes. A run that long has one byte in every
/// `least`, so only those are looked at first.
fn runs(bytes: &[u8], least: usize, is_in: impl Fn(u8) -> bool) -> impl Iterator<Item = &[u8]> {
    let least = least.max(1);
    let mut done = 0;
    let mut at = least - 1;
    std::iter::from_fn(move || {
        while at < bytes.len() {
            if !is_in(bytes[at]) {
                at += least;
                continue;
            }
            let before = bytes[done..at]
                .iter()
                .rev()
                .take_while(|byte| is_in(**byte));
            let start = at - before.count();
            let behind = bytes[at..].iter().take_while(|byte| is_in(**byte));
            let end = at + behind.count();
            done = end;
            at = end + least;
            if end - start >= least {
                return Some(&bytes[start..end]);
            }
        }
        None
    })
}

/// Hex digits, and what often stands between two pairs of them.
fn is_in_hex(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || matches!(byte, b' ' | b':' | b',' | b'-' | b'\r' | b'\n' | b'\t')
}

fn is_in_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'\r' | b'\n')
}

/// Base64 of any secret has both; hashes, ids and names in lower case have not.
fn has_both_cases(run: &[u8]) -> bool {
    run.iter().any(u8::is_ascii_uppercase) && run.iter().any(u8::is_ascii_lowercase)
}

/// Both ways to pair `digits`, where they may stand for a secret of `shortest` bytes. Answers are
/// full of hashes, which do not: no long part of one is ASCII, forwards or backwards.
fn decode_hex(digits: &[u8], shortest: usize, plain: &mut Vec<u8>) {
    let value = |digit: u8| char::from(digit).to_digit(16).unwrap_or(0) as u8;
    for skipped in 0..2 {
        let pairs = digits.get(skipped..).unwrap_or_default().chunks_exact(2);
        let bytes: Vec<u8> = pairs
            .map(|pair| value(pair[0]) << 4 | value(pair[1]))
            .collect();
        let forwards = runs(&bytes, shortest, |byte| byte < 0x80).next();
        let backwards = || runs(&bytes, shortest, |byte| byte & 0x0f < 8).next();
        if forwards.or_else(backwards).is_some() {
            plain.extend_from_slice(&bytes);
            plain.push(b' ');
        }
    }
}

/// Decodes what of `run` is at least `least` letters long: all of it, or where both alphabets meet
/// in it the parts of each.
fn decode_base64(run: &[u8], least: usize, plain: &mut Vec<u8>) {
    let url_safe = |byte: &u8| matches!(byte, b'-' | b'_');
    let standard = |byte: &u8| matches!(byte, b'+' | b'/');
    if run.iter().any(url_safe) && run.iter().any(standard) {
        let parts = run.split(url_safe).chain(run.split(standard));
        parts.for_each(|part| decode_letters(part, least, plain));
    } else {
        decode_letters(run, least, plain);
    }
}

/// All four ways to group the letters of `run`, line ends left out.
fn decode_letters(run: &[u8], least: usize, plain: &mut Vec<u8>) {
    if run.len() < least || !has_both_cases(run) {
        return;
    }
    let letter = |byte: &u8| match byte {
        b'\r' | b'\n' => None,
        b'-' => Some(b'+'),
        b'_' => Some(b'/'),
        other => Some(*other),
    };
    let letters: Vec<u8> = run.iter().filter_map(letter).collect();
    for skipped in 0..4 {
        let rest = letters.get(skipped..).unwrap_or_default();
        // One letter alone holds no byte.
        let whole = rest.len() - usize::from(rest.len() % 4 == 1);
        plain.extend(FORGIVING.decode(&rest[..whole]).unwrap_or_default());
        plain.push(b' ');
    }
}
