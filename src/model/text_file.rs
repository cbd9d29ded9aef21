//! The text of a file that a person wrote with whatever program was at hand: Windows editors and
//! spreadsheets write marks at the beginning and two bytes a character.

/// Why bytes are no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotText {
    /// They are a file of another kind.
    #[error("it is {0}; save it as text in UTF-8 (a spreadsheet: as CSV)")]
    Kind(&'static str),
    /// A line, counted from 1, holds what UTF-8 cannot.
    #[error("line {0} is not UTF-8; save the file in UTF-8")]
    Line(usize),
    /// A line, counted from 1, holds what UTF-16 cannot.
    #[error("line {0} is damaged UTF-16; save the file in UTF-8")]
    Utf16Line(usize),
}

/// What files of other kinds begin with.
const KINDS: [(&[u8], &str); 6] = [
    (b"\xff\xfe\0\0", "UTF-32"),
    (b"\0\0\xfe\xff", "UTF-32"),
    (b"PK\x03\x04", "a workbook (.xlsx, .ods) or another zip"),
    (b"\xd0\xcf\x11\xe0", "a workbook of an old Excel (.xls)"),
    (b"\x1f\x8b", "a gzip file"),
    (b"%PDF-", "a PDF"),
];

/// The text in `bytes`, without the mark that says how it is written: UTF-8, or UTF-16 of either
/// byte order, which is also known without a mark.
///
/// # Errors
/// If it is another kind of file, or a line of it is damaged.
pub fn decode_text(bytes: &[u8]) -> Result<String, NotText> {
    let kind = KINDS.iter().find(|(start, _)| bytes.starts_with(start));
    if let Some((_, kind)) = kind {
        return Err(NotText::Kind(kind));
    }
    let (Some(unit), rest) = utf16(bytes) else {
        return decode_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    };
    let units: Vec<u16> = rest.chunks(2).map(unit).collect();
    decode_utf16(&units)
}

/// Makes a unit of UTF-16 of two bytes.
type Unit = fn(&[u8]) -> u16;

/// How two bytes make a unit of UTF-16, if the text is that: by its mark, else by the zeros that
/// every second byte of plain letters is.
fn utf16(bytes: &[u8]) -> (Option<Unit>, &[u8]) {
    // A byte without its pair makes a unit that no text has.
    fn pair(unit: &[u8], make: fn([u8; 2]) -> u16) -> u16 {
        unit.try_into().map_or(0xdc00, make)
    }
    let (little, big): (Unit, Unit) = (
        |unit| pair(unit, u16::from_le_bytes),
        |unit| pair(unit, u16::from_be_bytes),
    );
    match bytes {
        [0xff, 0xfe, rest @ ..] => (Some(little), rest),
        [0xfe, 0xff, rest @ ..] => (Some(big), rest),
        [1..=255, 0, 1..=255, 0, ..] => (Some(little), bytes),
        [0, 1..=255, 0, 1..=255, ..] => (Some(big), bytes),
        _ => (None, bytes),
    }
}

fn decode_utf8(bytes: &[u8]) -> Result<String, NotText> {
    if bytes.contains(&0) {
        return Err(NotText::Kind("no text: it holds zero bytes"));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.iter().take(error.valid_up_to());
        NotText::Line(before.filter(|byte| **byte == b'\n').count() + 1)
    })?;
    Ok(text.to_owned())
}

fn decode_utf16(units: &[u16]) -> Result<String, NotText> {
    let (mut text, mut line) = (String::with_capacity(units.len()), 1);
    for unit in char::decode_utf16(units.iter().copied()) {
        let unit = unit.map_err(|_| NotText::Utf16Line(line))?;
        line += usize::from(unit == '\n');
        text.push(unit);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, mark: bool, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        let mark = mark.then_some('\u{feff}');
        let text: String = mark.into_iter().chain(text.chars()).collect();
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn what_editors_write_is_read() {
        let text = "ähm €\r\n[target]\n";
        let mut marked = b"\xef\xbb\xbf".to_vec();
        marked.extend(text.bytes());
        for bytes in [
            text.as_bytes().to_vec(),
            marked,
            utf16(text, true, u16::to_le_bytes),
            utf16(text, true, u16::to_be_bytes),
        ] {
            assert_eq!(decode_text(&bytes).as_deref(), Ok(text), "{bytes:02x?}");
        }
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let unmarked = utf16("abc\n", false, bytes);
            assert_eq!(decode_text(&unmarked).as_deref(), Ok("abc\n"));
        }
        assert_eq!(decode_text(b"").as_deref(), Ok(""));
    }

    #[test]
    fn what_is_no_text_is_named_with_its_line() {
        assert_eq!(decode_text(b"a\nb\nStra\xdfe"), Err(NotText::Line(3)));
        let mut cut = utf16("a\nb", true, u16::to_le_bytes);
        cut.pop();
        assert_eq!(decode_text(&cut), Err(NotText::Utf16Line(2)));
        for (bytes, kind) in KINDS {
            assert_eq!(decode_text(bytes), Err(NotText::Kind(kind)));
        }
        assert!(matches!(decode_text(b"ab\0c"), Err(NotText::Kind(_))));
    }
}
