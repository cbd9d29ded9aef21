//! Does the file begin and end like a PDF? PF-004, on the raw bytes.

use std::borrow::Cow;

use memchr::{memchr2, memmem};

use super::check::Finding;
use super::operators::is_blank;

/// The end marker must stand this near to the end (ISO 32000-1, Annex H, implementation note).
const TAIL: usize = 1024;

/// PF-004: header, end marker, and a pointer that leads to a cross-reference section.
pub(super) fn frame(bytes: &[u8]) -> Finding {
    if !bytes.starts_with(b"%PDF-") {
        return Finding::fail(format!("begins as {}", kind_of(bytes)));
    }
    let tail_start = bytes.len().saturating_sub(TAIL);
    let Some(end) = memmem::rfind(&bytes[tail_start..], b"%%EOF") else {
        return Finding::fail(
            "no %%EOF in the last 1,024 bytes: cut off, or followed by much else",
        );
    };
    let end = tail_start + end;
    match startxref(&bytes[..end]) {
        Some(offset) if is_xref(bytes, offset) => {
            let header = behind_version(bytes).and_then(|behind| bytes.get(behind));
            let header = header.filter(|rest| !rest.iter().all(|byte| is_blank(*byte)));
            after_end(&bytes[end + b"%%EOF".len()..], header)
        }
        Some(offset) => Finding::fail(format!(
            "startxref {offset} leads to no cross-reference section"
        )),
        None => Finding::fail("no startxref before %%EOF"),
    }
}

/// How far the version's line is looked for its end.
const HEADER: usize = 256;

/// Where the header's line holds more than the version, from there to the line's end.
fn behind_version(bytes: &[u8]) -> Option<std::ops::Range<usize>> {
    let line = bytes.get(..bytes.len().min(HEADER))?;
    let line = &line[..memchr2(b'\r', b'\n', line)?];
    let version = line.strip_prefix(b"%PDF-")?;
    let digits = version
        .iter()
        .take_while(|byte| byte.is_ascii_digit() || **byte == b'.');
    let start = line.len() - version.len() + digits.count();
    (start < line.len()).then_some(start..line.len())
}

/// The file with nothing behind the version in its first line: blanks, which some programs write
/// there, or the bytes that tell binary files. The strict reader takes neither, and every other
/// reader both.
pub(super) fn plain_header(bytes: &[u8]) -> Cow<'_, [u8]> {
    let Some(behind) = behind_version(bytes) else {
        return Cow::Borrowed(bytes);
    };
    let mut plain = bytes.to_vec();
    plain[behind].fill(b'\n');
    Cow::Owned(plain)
}

/// What else the bytes might be: an operator recognises these sooner than a rule.
fn kind_of(bytes: &[u8]) -> &'static str {
    let is = |prefix: &[u8]| bytes.starts_with(prefix);
    if is(b"\x89PNG") {
        "a PNG image"
    } else if is(b"\xff\xd8\xff") {
        "a JPEG image"
    } else if is(b"PK\x03\x04") {
        "a ZIP archive"
    } else if is(b"<?xml") || is(b"<Error") {
        "XML, perhaps an error of the object store"
    } else if is(b"<") {
        "a web page"
    } else if memmem::find(&bytes[..bytes.len().min(TAIL)], b"%PDF-").is_some() {
        "something else before the PDF's header"
    } else {
        "no PDF"
    }
}

/// The offset that stands between the last `startxref` and the end marker.
fn startxref(before_end: &[u8]) -> Option<usize> {
    let from = before_end.len().saturating_sub(TAIL);
    let tail = &before_end[from..];
    let at = memmem::rfind(tail, b"startxref")?;
    let number = &tail[at + b"startxref".len()..];
    std::str::from_utf8(number).ok()?.trim().parse().ok()
}

/// A table begins with its keyword, a stream with an object's header.
fn is_xref(bytes: &[u8], offset: usize) -> bool {
    let Some(section) = bytes.get(offset..) else {
        return false;
    };
    let section = section.trim_ascii_start();
    section.starts_with(b"xref") || is_object_header(&section[..section.len().min(40)])
}

fn is_object_header(start: &[u8]) -> bool {
    let mut words = start
        .split(|byte| byte.is_ascii_whitespace())
        .filter(|word| !word.is_empty());
    let mut number = || {
        let word = words.next().unwrap_or_default();
        !word.is_empty() && word.iter().all(u8::is_ascii_digit)
    };
    number() && number() && words.next().is_some_and(|word| word.starts_with(b"obj"))
}

/// Line ends may follow the end marker; anything else is junk that readers skip.
fn after_end(rest: &[u8], header: Option<&[u8]>) -> Finding {
    match rest.trim_ascii().len() {
        0 => match header {
            None => Finding::pass("header, end marker and cross-reference pointer"),
            Some(_) => Finding::warn("more than the version in the header's line"),
        },
        junk => Finding::warn(format!("{junk} bytes after %%EOF")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::Outcome;
    use super::*;

    fn outcome(bytes: &[u8]) -> Outcome {
        frame(bytes).outcome
    }

    #[test]
    fn table_and_stream_are_found() {
        assert_eq!(
            outcome(b"%PDF-1.7\nxref\nstartxref\n9\n%%EOF"),
            Outcome::Pass
        );
        assert_eq!(
            outcome(b"%PDF-1.7\n12 0 obj\nstartxref\n9\n%%EOF\r\n"),
            Outcome::Pass
        );
    }

    #[test]
    fn a_pointer_into_nothing_fails() {
        assert_eq!(
            outcome(b"%PDF-1.7\nxref\nstartxref\n10\n%%EOF"),
            Outcome::Fail
        );
        assert_eq!(
            outcome(b"%PDF-1.7\nxref\nstartxref\n9999\n%%EOF"),
            Outcome::Fail
        );
        assert_eq!(
            outcome(b"%PDF-1.7\nxref\nstartxref\n-1\n%%EOF"),
            Outcome::Fail
        );
        assert_eq!(outcome(b"%PDF-1.7\nxref\n%%EOF"), Outcome::Fail);
    }

    #[test]
    fn junk_behind_is_recorded_and_junk_before_fails() {
        assert_eq!(
            outcome(b"%PDF-1.7\nxref\nstartxref\n9\n%%EOF junk"),
            Outcome::Warn
        );
        assert_eq!(
            outcome(b" %PDF-1.7\nxref\nstartxref\n9\n%%EOF"),
            Outcome::Fail
        );
    }

    #[test]
    fn blanks_behind_the_version_are_no_fault_and_other_bytes_a_remark() {
        let end = b"xref\nstartxref\n11\n%%EOF";
        for (header, wanted) in [
            (&b"%PDF-1.3 \n\n"[..], Outcome::Pass),
            (b"%PDF-1.3\t\r\n", Outcome::Pass),
            (b"%PDF-1.3\xe2\n\n", Outcome::Warn),
        ] {
            let file = [header, end].concat();
            assert_eq!(outcome(&file), wanted, "{header:?}");
            let plain = plain_header(&file);
            assert!(plain.starts_with(b"%PDF-1.3\n") || plain.starts_with(b"%PDF-1.3\r"));
            assert_eq!(plain.len(), file.len());
        }
        assert!(matches!(plain_header(b"%PDF-1.7\nxref"), Cow::Borrowed(_)));
    }

    #[test]
    fn other_files_are_called_by_their_name() {
        assert!(frame(b"\x89PNG\r\n").observed.contains("PNG"));
        assert!(
            frame(b"<?xml version=\"1.0\"?><Error>")
                .observed
                .contains("object store")
        );
        assert_eq!(outcome(b""), Outcome::Fail);
    }
}
