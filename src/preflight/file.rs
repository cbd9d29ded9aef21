//! The frame of a file: how it begins, how it ends, where its table of objects lies.

use crate::model::PdfOutcome;

use super::cheap::{Said, fail, pass};

/// The end of the file in which `%%EOF` must stand (pdf-preflight, PF-004).
const TAIL: usize = 1_024;

/// Digits of an offset in a file of at most 10 MiB, and room for zeros before it.
const MOST_DIGITS: usize = 20;

/// PF-004: `%PDF-` first, `%%EOF` last, and between them a `startxref` that hits a table.
pub(super) fn frame(bytes: &[u8]) -> Said {
    if !bytes.starts_with(b"%PDF-") {
        return fail("the file does not begin with %PDF-");
    }
    let tail_start = bytes.len().saturating_sub(TAIL);
    let tail = bytes.get(tail_start..).unwrap_or_default();
    let Some(end) = last(tail, b"%%EOF") else {
        return fail("there is no %%EOF in the last 1,024 bytes");
    };
    let Some(offset) = offset(tail.get(..end).unwrap_or_default()) else {
        return fail("there is no startxref with an offset before %%EOF");
    };
    if !is_table(bytes.get(offset..).unwrap_or_default()) {
        return fail(&format!(
            "startxref says {offset}, where no table of objects begins"
        ));
    }
    let junk = tail.get(end + 5..).unwrap_or_default();
    match junk
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace())
        .count()
    {
        0 => pass("the file has its beginning, its table and its end"),
        count => (
            PdfOutcome::Warn,
            format!("{count} bytes of junk follow %%EOF"),
        ),
    }
}

/// Where `wanted` stands last.
fn last(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .rposition(|window| window == wanted)
}

/// The number behind the last `startxref`.
fn offset(tail: &[u8]) -> Option<usize> {
    let start = last(tail, b"startxref")? + b"startxref".len();
    let digits: String = tail
        .get(start..)?
        .iter()
        .skip_while(|byte| byte.is_ascii_whitespace())
        .take_while(|byte| byte.is_ascii_digit())
        .take(MOST_DIGITS)
        .map(|byte| char::from(*byte))
        .collect();
    digits.parse().ok()
}

/// A classic table, or an object, which may then be a cross-reference stream: whether it is one
/// the strict load of PF-007 tells.
fn is_table(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii_start();
    let is_object = || {
        let head = text
            .get(..text.len().min(2 * MOST_DIGITS))
            .unwrap_or_default();
        let digits = head.iter().take_while(|byte| byte.is_ascii_digit()).count();
        digits > 0 && last(head, b"obj").is_some()
    };
    text.starts_with(b"xref") || is_object()
}
