//! A font as far as preflight needs it: is it embedded, how wide is a text, what does it say?

use std::cell::{Cell, OnceCell};
use std::collections::HashMap;

use lopdf::{Dictionary, Document, Encoding, Object};

/// Most bytes that a font's character map may inflate to.
const MAX_CMAP: usize = 256 * 1024;
/// Width of a glyph that nobody states one for, in ems: the 14 standard fonts need not.
const TYPICAL_WIDTH: f64 = 0.5;

/// The fonts that every reader brings along (ISO 32000-1, 9.6.2.2).
const STANDARD_14: [&str; 14] = [
    "Courier",
    "Courier-Bold",
    "Courier-BoldOblique",
    "Courier-Oblique",
    "Helvetica",
    "Helvetica-Bold",
    "Helvetica-BoldOblique",
    "Helvetica-Oblique",
    "Symbol",
    "Times-Bold",
    "Times-BoldItalic",
    "Times-Italic",
    "Times-Roman",
    "ZapfDingbats",
];

/// Whether a font travels with the letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Embedding {
    Embedded,
    /// Absent, but one of the 14 that every reader has. NHS's own letters have one
    /// (pdf-preflight fact 2).
    Standard,
    Missing,
    /// Glyphs are drawings in the file itself.
    Type3,
}

/// Glyph widths in ems.
enum Widths {
    Simple {
        first: usize,
        widths: Vec<f64>,
        missing: f64,
    },
    Composite {
        widths: HashMap<u16, f64>,
        ranges: Vec<(u16, u16, f64)>,
        default: f64,
    },
}

/// A font of the document.
pub(super) struct Font<'a> {
    dict: &'a Dictionary,
    name: String,
    widths: Widths,
    pub(super) embedding: Embedding,
    /// Some visible text is set in it.
    pub(super) used: Cell<bool>,
    encoding: OnceCell<Option<Encoding<'a>>>,
}

impl<'a> Font<'a> {
    pub(super) fn new(document: &'a Document, dict: &'a Dictionary) -> Self {
        let descendant = descendant(document, dict);
        let widths = match descendant {
            Some(descendant) => composite_widths(document, descendant),
            None => simple_widths(document, dict),
        };
        Self {
            dict,
            name: base_name(document, dict),
            widths,
            embedding: embedding(document, dict, descendant.unwrap_or(dict)),
            used: Cell::new(false),
            encoding: OnceCell::new(),
        }
    }

    /// The name without the prefix of a subset: `ABCDEF+Arial` is Arial.
    pub(super) fn name(&self) -> String {
        self.name.clone()
    }

    /// Bytes of a character code.
    fn code_length(&self) -> usize {
        match self.widths {
            Widths::Simple { .. } => 1,
            Widths::Composite { .. } => 2,
        }
    }

    /// Number of glyphs, number of word spaces, and sum of the glyphs' widths in ems.
    pub(super) fn measure(&self, text: &[u8]) -> (usize, usize, f64) {
        let codes = text.chunks(self.code_length());
        let glyphs = codes.len();
        // Word spacing applies to the single-byte code 32 alone (ISO 32000-1, 9.3.3).
        let spaces = match self.widths {
            Widths::Simple { .. } => text.iter().filter(|byte| **byte == b' ').count(),
            Widths::Composite { .. } => 0,
        };
        (glyphs, spaces, codes.map(|code| self.width(code)).sum())
    }

    fn width(&self, code: &[u8]) -> f64 {
        let number = code
            .iter()
            .fold(0_u16, |number, byte| (number << 8) | u16::from(*byte));
        match &self.widths {
            Widths::Simple {
                first,
                widths,
                missing,
            } => usize::from(number)
                .checked_sub(*first)
                .and_then(|index| widths.get(index))
                .copied()
                .unwrap_or(*missing),
            Widths::Composite {
                widths,
                ranges,
                default,
            } => widths
                .get(&number)
                .copied()
                .or_else(|| in_range(ranges, number))
                .unwrap_or(*default),
        }
    }

    /// How many widths the font states.
    pub(super) fn stated_widths(&self) -> usize {
        match &self.widths {
            Widths::Simple { widths, .. } => widths.len(),
            Widths::Composite { widths, ranges, .. } => widths.len() + ranges.len(),
        }
    }

    /// Whether nothing that it says was decoded yet.
    pub(super) fn is_unread(&self) -> bool {
        self.encoding.get().is_none()
    }

    /// U+FFFD for each code.
    pub(super) fn untold(&self, text: &[u8]) -> String {
        "\u{fffd}".repeat(text.len().div_ceil(self.code_length()))
    }

    /// What the codes say; U+FFFD for each where the font does not tell.
    pub(super) fn decode(&self, document: &'a Document, text: &[u8]) -> String {
        let encoding = self.encoding.get_or_init(|| self.encoding(document));
        let decoded = encoding
            .as_ref()
            .and_then(|encoding| encoding.bytes_to_string(text).ok());
        decoded.unwrap_or_else(|| self.untold(text))
    }

    fn encoding(&self, document: &'a Document) -> Option<Encoding<'a>> {
        // The library would read glyph numbers as if they were Latin letters.
        let glyph_numbers = matches!(self.widths, Widths::Composite { .. });
        if glyph_numbers && self.dict.get_deref(b"ToUnicode", document).is_err() {
            return None;
        }
        self.dict
            .get_font_encoding_with_limit(document, MAX_CMAP)
            .ok()
    }
}

fn in_range(ranges: &[(u16, u16, f64)], code: u16) -> Option<f64> {
    let range = ranges
        .iter()
        .find(|(first, last, _)| (*first..=*last).contains(&code));
    range.map(|(_, _, width)| *width)
}

fn name<'a>(document: &'a Document, dict: &'a Dictionary, key: &[u8]) -> &'a [u8] {
    let name = dict.get_deref(key, document).and_then(Object::as_name);
    name.unwrap_or_default()
}

fn base_name(document: &Document, dict: &Dictionary) -> String {
    let full = String::from_utf8_lossy(name(document, dict, b"BaseFont")).into_owned();
    match full.split_once('+') {
        Some((prefix, rest)) if prefix.len() == 6 => rest.to_owned(),
        _ => full,
    }
}

/// The font that a composite font takes its glyphs from.
fn descendant<'a>(document: &'a Document, dict: &'a Dictionary) -> Option<&'a Dictionary> {
    let descendants = dict.get_deref(b"DescendantFonts", document).ok()?;
    let first = descendants.as_array().ok()?.first()?;
    document.dereference(first).ok()?.1.as_dict().ok()
}

fn embedding(document: &Document, dict: &Dictionary, glyphs: &Dictionary) -> Embedding {
    if name(document, dict, b"Subtype") == b"Type3" {
        return Embedding::Type3;
    }
    let descriptor = glyphs
        .get_deref(b"FontDescriptor", document)
        .and_then(Object::as_dict);
    let has_file = |descriptor: &Dictionary| {
        [b"FontFile".as_slice(), b"FontFile2", b"FontFile3"]
            .iter()
            .any(|key| {
                descriptor
                    .get_deref(key, document)
                    .and_then(Object::as_stream)
                    .is_ok()
            })
    };
    if descriptor.is_ok_and(has_file) {
        Embedding::Embedded
    } else if STANDARD_14.contains(&base_name(document, dict).as_str()) {
        Embedding::Standard
    } else {
        Embedding::Missing
    }
}

fn number(document: &Document, object: &Object) -> Option<f64> {
    let (_, object) = document.dereference(object).ok()?;
    object.as_float().ok().map(f64::from)
}

fn array<'a>(document: &'a Document, dict: &'a Dictionary, key: &[u8]) -> &'a [Object] {
    dict.get_deref(key, document)
        .and_then(Object::as_array)
        .map_or(&[], Vec::as_slice)
}

fn simple_widths(document: &Document, dict: &Dictionary) -> Widths {
    let em = em(document, dict);
    let first = dict
        .get_deref(b"FirstChar", document)
        .and_then(Object::as_i64);
    let widths: Vec<f64> = array(document, dict, b"Widths")
        .iter()
        .map(|width| number(document, width).unwrap_or_default() * em)
        .collect();
    let missing = if widths.is_empty() {
        TYPICAL_WIDTH
    } else {
        0.0
    };
    Widths::Simple {
        first: first
            .ok()
            .and_then(|first| usize::try_from(first).ok())
            .unwrap_or(0),
        widths,
        missing,
    }
}

/// Ems in a unit of the widths: a thousandth, except where a Type 3 font says otherwise.
fn em(document: &Document, dict: &Dictionary) -> f64 {
    let matrix = array(document, dict, b"FontMatrix");
    matrix
        .first()
        .and_then(|scale| number(document, scale))
        .unwrap_or(0.001)
}

/// `/W`: either `first [w w w]` or `first last w` (ISO 32000-1, 9.7.4.3).
fn composite_widths(document: &Document, dict: &Dictionary) -> Widths {
    let mut widths = HashMap::new();
    let mut ranges = Vec::new();
    let mut rest = array(document, dict, b"W");
    while let [first, second, tail @ ..] = rest {
        let first = code(document, first);
        let list = document.dereference(second).map(|(_, object)| object);
        if let Ok(Object::Array(list)) = list {
            widths.extend(listed(document, first, list));
            rest = tail;
        } else if let [width, tail @ ..] = tail {
            let width = number(document, width).unwrap_or_default() / 1000.0;
            ranges.push((first, code(document, second), width));
            rest = tail;
        } else {
            break;
        }
    }
    let default = dict
        .get(b"DW")
        .ok()
        .and_then(|width| number(document, width));
    Widths::Composite {
        widths,
        ranges,
        default: default.unwrap_or(1000.0) / 1000.0,
    }
}

fn listed<'a>(
    document: &'a Document,
    first: u16,
    list: &'a [Object],
) -> impl Iterator<Item = (u16, f64)> + 'a {
    (first..=u16::MAX)
        .zip(list)
        .filter_map(|(code, width)| Some((code, number(document, width)? / 1000.0)))
}

fn code(document: &Document, object: &Object) -> u16 {
    number(document, object).unwrap_or_default() as u16
}
