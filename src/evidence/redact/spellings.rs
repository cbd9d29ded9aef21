//! The ways in which a secret is usually spelt. A spelling that stands here is replaced where it
//! stands, and the text around it stays; others are found by [`views`](super::views).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::escapes::unescape;
use super::placeholder;
use crate::evidence::bodies::hex;

/// Spellings shorter than this are not searched for: they would blot out ordinary words.
const SHORTEST: usize = 4;

/// Parts of a secret shorter than this do not give it away.
const SHORTEST_PART: usize = 16;

/// Every spelling of `secret`, each with its placeholder.
pub(super) fn of(name: &str, secret: &str) -> Vec<(String, String)> {
    let mut spellings = usual(secret);
    if secret.contains("-----BEGIN") {
        spellings.extend(pem_lines(secret).iter().flat_map(|line| usual(line)));
    } else {
        spellings.extend(turned(secret.trim()));
        spellings.extend(signature_of_jwt(secret));
        spellings.extend(unescaped(secret));
    }
    with_placeholder(name, secret, spellings)
}

/// The spellings of a secret that only one exchange knows, such as what signs its URL. Each costs
/// every download, so these are few; all others are found by [`views`](super::views).
pub(super) fn of_passing(name: &str, secret: &str) -> Vec<(String, String)> {
    let backwards = secret.chars().rev().collect();
    let spellings = vec![secret.to_owned(), form_encoded(secret), backwards];
    with_placeholder(name, secret, spellings)
}

fn with_placeholder(name: &str, secret: &str, mut spellings: Vec<String>) -> Vec<(String, String)> {
    let placeholder = placeholder(name, secret);
    spellings.sort();
    spellings.dedup();
    spellings
        .into_iter()
        .filter(|text| text.len() >= SHORTEST)
        .map(|text| (text, placeholder.clone()))
        .collect()
}

/// As it is, as JSON has to escape it, in a URL and in base64.
fn usual(secret: &str) -> Vec<String> {
    let mut spellings = vec![secret.to_owned(), secret.trim().to_owned()];
    spellings.extend(encodings(secret));
    let escaped: Vec<String> = spellings.iter().map(|text| json_escaped(text)).collect();
    spellings.extend(escaped);
    spellings
}

/// Backwards and in hex.
fn turned(secret: &str) -> Vec<String> {
    let turn = |text: &str| -> String { text.chars().rev().collect() };
    let backwards = turn(secret);
    let mut spellings = vec![hex(secret.as_bytes()), hex(backwards.as_bytes())];
    spellings.extend([turn(&spellings[0]), turn(&spellings[1])]);
    let upper: Vec<String> = spellings.iter().map(|text| text.to_uppercase()).collect();
    spellings.extend(upper);
    spellings.push(backwards);
    spellings
}

/// Only its third part makes a JWT a secret, and that alone is one too.
fn signature_of_jwt(secret: &str) -> Option<String> {
    let mut parts = secret.trim().split('.');
    let (signature, end) = (parts.nth(2)?, parts.next());
    (end.is_none() && signature.len() >= SHORTEST_PART).then(|| signature.to_owned())
}

/// A secret that looks as if it had escapes, as it stands in a view that took them back.
fn unescaped(secret: &str) -> Option<String> {
    let mut plain = secret.trim().as_bytes().to_vec();
    loop {
        let next = unescape(&plain);
        if next == plain {
            break;
        }
        plain = next;
    }
    String::from_utf8(plain).ok()
}

/// The lines of a PEM text: any of them gives the key away.
fn pem_lines(secret: &str) -> Vec<String> {
    if !secret.contains("-----BEGIN") {
        return Vec::new();
    }
    let inner: Vec<&str> = secret
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let mut lines: Vec<String> = inner.iter().map(|line| line.trim().to_owned()).collect();
    lines.retain(|line| line.len() >= SHORTEST_PART);
    lines.push(inner.concat());
    lines
}

fn encodings(secret: &str) -> Vec<String> {
    let upper = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let lower = lower_hex_escapes(&upper);
    let form: String = form_encoded(secret);
    let lower_form = lower_hex_escapes(&form);
    let mut spellings = vec![upper, lower, form, lower_form];
    for shift in 0..3 {
        let standard = base64_core(secret, shift, false);
        spellings.push(utf8_percent_encode(&standard, NON_ALPHANUMERIC).to_string());
        spellings.push(standard);
        spellings.push(base64_core(secret, shift, true));
    }
    spellings
}

/// As forms and URLs usually write it: `-`, `.`, `_`, `~` stay.
pub(super) fn form_encoded(secret: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    utf8_percent_encode(secret, KEPT).to_string()
}

pub(super) fn lower_hex_escapes(text: &str) -> String {
    let mut lower = String::with_capacity(text.len());
    let mut escape = 0;
    for c in text.chars() {
        escape = if c == '%' { 2 } else { escape };
        let in_escape = escape > 0 && c != '%';
        lower.push(if in_escape { c.to_ascii_lowercase() } else { c });
        escape -= usize::from(in_escape);
    }
    lower
}

/// The base64 characters that `secret` alone decides when `shift` bytes stand before it.
fn base64_core(secret: &str, shift: usize, url_safe: bool) -> String {
    let mut bytes = vec![0u8; shift];
    bytes.extend_from_slice(secret.as_bytes());
    let engine = if url_safe {
        URL_SAFE_NO_PAD
    } else {
        STANDARD_NO_PAD
    };
    let whole = engine.encode(&bytes);
    let first = [0, 2, 3][shift];
    let last = if bytes.len().is_multiple_of(3) {
        whole.len()
    } else {
        whole.len() - 1
    };
    whole.get(first..last).unwrap_or_default().to_owned()
}

fn json_escaped(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap_or_default();
    quoted.trim_matches('"').to_owned()
}
