//! What a glyph's name and a base encoding say (ISO 32000-1, 9.10.2 and annex D).

use std::sync::LazyLock;

use lopdf::{Document, Encoding, Object, dictionary};

/// A character for each byte; none where the encoding has no glyph.
pub(super) type BaseEncoding = [Option<char>; 256];

/// Longest name that is looked up, in bytes.
const LONGEST_NAME: usize = 64;

static STANDARD: LazyLock<BaseEncoding> = LazyLock::new(|| table("StandardEncoding"));
static WIN_ANSI: LazyLock<BaseEncoding> = LazyLock::new(|| table("WinAnsiEncoding"));
static MAC_ROMAN: LazyLock<BaseEncoding> = LazyLock::new(|| table("MacRomanEncoding"));
static MAC_EXPERT: LazyLock<BaseEncoding> = LazyLock::new(|| table("MacExpertEncoding"));
static PDF_DOC: LazyLock<BaseEncoding> = LazyLock::new(|| table("PDFDocEncoding"));

/// The encoding that a font names; none for a name that the standard does not know.
pub(super) fn base_encoding(name: &[u8]) -> Option<&'static BaseEncoding> {
    match name {
        b"StandardEncoding" => Some(&STANDARD),
        b"WinAnsiEncoding" => Some(&WIN_ANSI),
        b"MacRomanEncoding" => Some(&MAC_ROMAN),
        b"MacExpertEncoding" => Some(&MAC_EXPERT),
        b"PDFDocEncoding" => Some(&PDF_DOC),
        _ => None,
    }
}

/// The encoding of a font that names none and has none of its own.
pub(super) fn standard_encoding() -> &'static BaseEncoding {
    &STANDARD
}

/// The library's tables can be read only by way of a font.
fn table(name: &str) -> BaseEncoding {
    let font = dictionary! { "Type" => "Font", "Encoding" => name };
    let document = Document::new();
    let encoding = font.get_font_encoding(&document).ok();
    let letter = |byte: u8| {
        encoding
            .as_ref()?
            .bytes_to_string(&[byte])
            .ok()?
            .chars()
            .next()
    };
    let mut table = [None; 256];
    (0..=u8::MAX)
        .zip(&mut table)
        .for_each(|(byte, slot)| *slot = letter(byte));
    table
}

/// What the glyph of that name says; none for a name that only numbers a glyph (`g12`).
pub(super) fn letters_of(name: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(name).ok()?;
    // What follows a full stop is a variant of the same letter: `a.swash`.
    let stem = name.split('.').next().unwrap_or_default();
    if stem.is_empty() || stem.len() > LONGEST_NAME {
        return None;
    }
    // Ligatures name their parts: `f_f_i`.
    listed(stem).or_else(|| stem.split('_').map(part).collect())
}

fn part(name: &str) -> Option<String> {
    listed(name).or_else(|| spelled(name))
}

/// A name of the Adobe Glyph List, as the library has it.
fn listed(name: &str) -> Option<String> {
    let differences = vec![0.into(), Object::Name(name.as_bytes().to_vec())];
    let encoding = dictionary! { "Differences" => differences };
    let font = dictionary! { "Type" => "Font", "Encoding" => encoding };
    let document = Document::new();
    match font.get_font_encoding(&document) {
        Ok(encoding @ Encoding::Differences(_)) => encoding.bytes_to_string(&[0]).ok(),
        // It takes the standard encoding for a name that it does not know.
        _ => None,
    }
}

/// `uni` and UTF-16 units of four digits each, or `u` and a character of four to six digits.
fn spelled(name: &str) -> Option<String> {
    let units = name.strip_prefix("uni").filter(|digits| !digits.is_empty());
    if let Some(units) = units.and_then(utf16) {
        return String::from_utf16(&units).ok();
    }
    let digits = name.strip_prefix('u')?;
    let fits = (4..=6).contains(&digits.len());
    let number = u32::from_str_radix(digits, 16).ok().filter(|_| fits)?;
    char::from_u32(number).map(String::from)
}

fn utf16(digits: &str) -> Option<Vec<u16>> {
    let hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !hexadecimal || !digits.len().is_multiple_of(4) {
        return None;
    }
    let units = (0..digits.len()).step_by(4);
    units
        .map(|at| u16::from_str_radix(&digits[at..at + 4], 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(name: &str) -> Option<String> {
        letters_of(name.as_bytes())
    }

    #[test]
    fn names_of_every_form_are_read() {
        for (name, text) in [
            ("A", "A"),
            ("one", "1"),
            ("wcircumflex", "ŵ"),
            ("afii57415", "ا"),
            ("fi", "\u{fb01}"),
            ("f_f_j", "ffj"),
            ("T_h.liga", "Th"),
            ("a.swash", "a"),
            ("uni004D", "M"),
            ("uni004d0031", "M1"),
            ("u1F600", "\u{1f600}"),
            ("u004D.alt", "M"),
        ] {
            assert_eq!(letters(name).as_deref(), Some(text), "{name}");
        }
    }

    #[test]
    fn names_that_number_a_glyph_say_nothing() {
        for name in [
            ".notdef", "", "g12", "G03", "cid:77", "glyph5", "index12", "uni12", "uniD800", "u12",
            "uFFFFFF", "é", "_",
        ] {
            assert_eq!(letters(name), None, "{name}");
        }
        assert_eq!(letters(&"a_".repeat(1_000)), None);
    }

    #[test]
    fn base_encodings_differ_where_the_standard_says() {
        let letter = |name: &[u8], byte: usize| base_encoding(name).and_then(|table| table[byte]);
        assert_eq!(letter(b"WinAnsiEncoding", 0xE9), Some('é'));
        assert_eq!(letter(b"MacRomanEncoding", 0x8E), Some('é'));
        assert_eq!(letter(b"StandardEncoding", 0xE9), Some('Ø'));
        assert_eq!(letter(b"StandardEncoding", 0x27), Some('\u{2019}'));
        assert_eq!(letter(b"WinAnsiEncoding", 1), None);
        assert!(base_encoding(b"Identity-H").is_none());
    }
}
