//! A font as far as preflight needs it: is it embedded, how wide is a text, what does it say?

mod character_map;
mod letters;
mod names;
mod widths;

use std::cell::{Cell, OnceCell};

use lopdf::{Dictionary, Document, Object};

use character_map::CharacterMap;
use letters::Letters;
pub(super) use letters::UNKNOWN;
use widths::Widths;

/// Most bytes that a font's character map may inflate to.
const MAX_CMAP: usize = 256 * 1024;

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

/// How a text divides into codes.
enum Codes {
    /// A byte each.
    Bytes,
    /// Two bytes each, the number of a glyph.
    Pairs,
    /// As the font's own map says, which also leads to glyphs.
    Mapped(CharacterMap),
}

/// What one code of a text shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Glyph {
    pub(super) code: u32,
    /// Width in ems.
    pub(super) ems: f64,
    /// Word spacing applies to the single-byte code 32 alone (ISO 32000-1, 9.3.3).
    pub(super) is_word_space: bool,
}

/// A font of the document.
pub(super) struct Font<'a> {
    dict: &'a Dictionary,
    name: String,
    codes: Codes,
    widths: Widths,
    /// Height of an em in units of the text's size: 1, except in a Type 3 font.
    pub(super) em_height: f64,
    pub(super) embedding: Embedding,
    /// Some visible text is set in it.
    pub(super) used: Cell<bool>,
    letters: OnceCell<Letters<'a>>,
}

impl<'a> Font<'a> {
    pub(super) fn new(document: &'a Document, dict: &'a Dictionary) -> Self {
        let descendant = descendant(document, dict);
        let widths = match descendant {
            Some(descendant) => widths::composite_widths(document, descendant),
            None => widths::simple_widths(document, dict),
        };
        Self {
            dict,
            name: base_name(document, dict),
            codes: match descendant {
                Some(_) => Codes::Pairs,
                None => Codes::Bytes,
            },
            widths,
            em_height: em_height(document, dict).unwrap_or(1.0),
            embedding: embedding(document, dict, descendant.unwrap_or(dict)),
            used: Cell::new(false),
            letters: OnceCell::new(),
        }
    }

    /// Whether a map of its own says how texts divide into codes.
    pub(super) fn has_own_codes(&self, document: &Document) -> bool {
        let encoding = self.dict.get_deref(b"Encoding", document);
        matches!(self.codes, Codes::Pairs) && encoding.is_ok_and(|map| map.as_stream().is_ok())
    }

    /// Reads that map.
    pub(super) fn read_codes(&mut self, document: &Document) {
        if let Some(map) = map_of(document, self.dict, b"Encoding") {
            self.codes = Codes::Mapped(map);
        }
    }

    /// The name without the prefix of a subset: `ABCDEF+Arial` is Arial.
    pub(super) fn name(&self) -> String {
        self.name.clone()
    }

    /// What the text shows, one glyph after the other.
    pub(super) fn glyphs<'f>(&'f self, text: &'f [u8]) -> impl Iterator<Item = Glyph> + 'f {
        let mut rest = text;
        std::iter::from_fn(move || {
            let length = match &self.codes {
                Codes::Bytes => rest.len().min(1),
                Codes::Pairs => rest.len().min(2),
                Codes::Mapped(map) => map.code_length(rest),
            };
            let (code, tail) = rest.split_at_checked(length).filter(|_| length > 0)?;
            rest = tail;
            Some(self.glyph(code))
        })
    }

    fn glyph(&self, bytes: &[u8]) -> Glyph {
        let code = character_map::number(bytes);
        let number = match &self.codes {
            Codes::Mapped(map) => map.glyph(code).map_or(0, u32::from),
            _ => code,
        };
        Glyph {
            code,
            ems: self.widths.of(number),
            is_word_space: bytes == b" ",
        }
    }

    /// Number of glyphs, number of word spaces, and sum of the glyphs' widths in ems.
    pub(super) fn measure(&self, text: &[u8]) -> (usize, usize, f64) {
        let add = |(glyphs, spaces, ems): (usize, usize, f64), glyph: Glyph| {
            let spaces = spaces + usize::from(glyph.is_word_space);
            (glyphs + 1, spaces, ems + glyph.ems)
        };
        self.glyphs(text).fold((0, 0, 0.0), add)
    }

    /// How many widths the font states.
    pub(super) fn stated_widths(&self) -> usize {
        self.widths.stated()
    }

    /// Whether nothing that it says was decoded yet.
    pub(super) fn is_unread(&self) -> bool {
        self.letters.get().is_none()
    }

    /// Appends what the code says; [`UNKNOWN`] where the font does not tell.
    pub(super) fn say(&self, document: &'a Document, code: u32, text: &mut String) {
        let composite = !matches!(self.codes, Codes::Bytes);
        let read = || Letters::new(document, self.dict, composite, self.embedding);
        self.letters.get_or_init(read).say(code, text);
    }
}

/// The character map at that key; none without one, or if it inflates to too much.
fn map_of(document: &Document, dict: &Dictionary, key: &[u8]) -> Option<CharacterMap> {
    let stream = dict.get_deref(key, document).ok()?.as_stream().ok()?;
    let text = stream.get_plain_content_with_limit(MAX_CMAP).ok()?;
    Some(CharacterMap::read(&text))
}

/// Of a Type 3 font: the height of all its glyphs together, where that is far from an em. Its
/// glyphs may be drawn at any scale.
fn em_height(document: &Document, dict: &Dictionary) -> Option<f64> {
    if name(document, dict, b"Subtype") != b"Type3" {
        return None;
    }
    let scale = number(document, array(document, dict, b"FontMatrix").get(3)?)?;
    let [_, low, _, high] = array(document, dict, b"FontBBox") else {
        return None;
    };
    let height = ((number(document, high)? - number(document, low)?) * scale).abs();
    // A box without height says that it is not known.
    let is_told = height.is_finite() && height > 0.0;
    (is_told && !(0.4..=2.5).contains(&height)).then_some(height)
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
