//! What a font's codes say: by `ToUnicode`, by glyph names, by the base encoding, in that order
//! (ISO 32000-1, 9.10.2).

use std::cell::RefCell;
use std::collections::HashMap;

use lopdf::{Dictionary, Document, Object};

use super::character_map::CharacterMap;
use super::names::{self, BaseEncoding};
use super::{Embedding, array, map_of, name};

/// Stands for a letter that prints and that the font does not tell.
pub(in super::super) const UNKNOWN: char = '\u{fffd}';
/// The flags of a font's descriptor that say whose its codes are (ISO 32000-1, table 123).
const SYMBOLIC: i64 = 1 << 2;
const NONSYMBOLIC: i64 = 1 << 5;

/// Most items of `Differences` that are read: 256 names need no more.
const MAX_DIFFERENCES: usize = 1024;

/// Where a code is looked up that `ToUnicode` does not have.
enum Otherwise<'a> {
    Names(Names<'a>),
    /// The codes are UTF-16 themselves.
    Utf16,
    /// The codes are numbers of glyphs.
    Nowhere,
}

/// The encoding of a simple font.
struct Names<'a> {
    /// None where the font has an encoding of its own.
    base: Option<&'static BaseEncoding>,
    differences: HashMap<u8, &'a [u8]>,
    /// To look up a name takes long.
    known: RefCell<HashMap<u8, String>>,
}

pub(super) struct Letters<'a> {
    to_unicode: Option<CharacterMap>,
    otherwise: Otherwise<'a>,
}

impl<'a> Letters<'a> {
    pub(super) fn new(
        document: &'a Document,
        dict: &'a Dictionary,
        composite: bool,
        embedding: Embedding,
    ) -> Self {
        let otherwise = if !composite {
            Otherwise::Names(Names::new(document, dict, embedding))
        } else if is_utf16(name(document, dict, b"Encoding")) {
            Otherwise::Utf16
        } else {
            Otherwise::Nowhere
        };
        Self {
            to_unicode: map_of(document, dict, b"ToUnicode"),
            otherwise,
        }
    }

    /// Appends what the code says, [`UNKNOWN`] if nobody knows.
    pub(super) fn say(&self, code: u32, text: &mut String) {
        let map = self.to_unicode.as_ref();
        match map
            .and_then(|map| map.text(code))
            .filter(|text| is_told(text))
        {
            Some(told) => text.extend(told.chars().map(plain)),
            None => self.otherwise.say(code, text),
        }
    }
}

/// The predefined maps of Unicode: `UniGB-UTF16-H`, `UniJIS-UCS2-V`.
fn is_utf16(encoding: &[u8]) -> bool {
    let encoding = String::from_utf8_lossy(encoding);
    encoding.starts_with("Uni") && (encoding.contains("UCS2") || encoding.contains("UTF16"))
}

/// A map that leads to nothing, or to signs that no two fonts agree on, tells no letter.
fn is_told(text: &str) -> bool {
    !text.chars().all(|c| matches!(plain(c), '\0' | UNKNOWN))
}

/// Small capitals and old-style figures have places of their own in the Adobe Glyph List; what
/// else is for private use says nothing. Line ends and tabs print as blanks.
fn plain(c: char) -> char {
    match c {
        '\u{f730}'..='\u{f739}' => from_ascii(b'0', u32::from(c) - 0xf730),
        '\u{f761}'..='\u{f77a}' => from_ascii(b'A', u32::from(c) - 0xf761),
        '\u{e000}'..='\u{f8ff}' => UNKNOWN,
        '\t' | '\n' | '\r' => ' ',
        other => other,
    }
}

fn from_ascii(first: u8, index: u32) -> char {
    char::from_u32(u32::from(first) + index).unwrap_or(UNKNOWN)
}

impl Otherwise<'_> {
    fn say(&self, code: u32, text: &mut String) {
        match self {
            Self::Names(names) => names.say(code, text),
            Self::Utf16 => text.push(char::from_u32(code).unwrap_or(UNKNOWN)),
            Self::Nowhere => text.push(UNKNOWN),
        }
    }
}

impl<'a> Names<'a> {
    fn new(document: &'a Document, dict: &'a Dictionary, embedding: Embedding) -> Self {
        let encoding = dict.get_deref(b"Encoding", document);
        let own = || match has_own_codes(document, dict, embedding) {
            true => None,
            false => Some(names::standard_encoding()),
        };
        let (base, differences) = match encoding {
            Ok(Object::Name(name)) => (names::base_encoding(name).or_else(own), HashMap::new()),
            Ok(Object::Dictionary(encoding)) => {
                let base = names::base_encoding(name(document, encoding, b"BaseEncoding"));
                let listed = array(document, encoding, b"Differences");
                (base.or_else(own), differences(document, listed))
            }
            _ => (own(), HashMap::new()),
        };
        Self {
            base,
            differences,
            known: RefCell::default(),
        }
    }

    fn say(&self, code: u32, text: &mut String) {
        let byte = (code & 0xff) as u8;
        let mut known = self.known.borrow_mut();
        let letters = known.entry(byte).or_insert_with(|| self.look_up(byte));
        text.push_str(letters);
    }

    fn look_up(&self, byte: u8) -> String {
        if let Some(name) = self.differences.get(&byte) {
            let letters = names::letters_of(name);
            let told = letters.filter(|letters| is_told(letters));
            return told.map_or_else(
                || UNKNOWN.to_string(),
                |text| text.chars().map(plain).collect(),
            );
        }
        let letter = match self.base {
            Some(base) => base[usize::from(byte)].filter(|c| !c.is_control()),
            None => None,
        };
        let blank = byte == b' ' || self.base.is_some() && byte.is_ascii_control();
        letter
            .unwrap_or(if blank { ' ' } else { UNKNOWN })
            .to_string()
    }
}

/// An embedded font that is not said to have the usual letters may have any at any code, and the
/// two standard fonts of signs have none at all.
fn has_own_codes(document: &Document, dict: &Dictionary, embedding: Embedding) -> bool {
    let descriptor = dict.get_deref(b"FontDescriptor", document);
    let flags = descriptor
        .and_then(Object::as_dict)
        .and_then(|descriptor| descriptor.get_deref(b"Flags", document))
        .and_then(Object::as_i64)
        .unwrap_or(0);
    match embedding {
        Embedding::Embedded => flags & NONSYMBOLIC == 0,
        Embedding::Type3 => true,
        Embedding::Missing => flags & SYMBOLIC != 0,
        Embedding::Standard => {
            let font = name(document, dict, b"BaseFont");
            font.ends_with(b"Symbol") || font.ends_with(b"ZapfDingbats")
        }
    }
}

/// `[code /name /name … code /name …]`: names of consecutive codes (ISO 32000-1, 9.6.6.1).
fn differences<'a>(document: &'a Document, listed: &'a [Object]) -> HashMap<u8, &'a [u8]> {
    let mut differences = HashMap::new();
    let mut code = 0_i64;
    for item in listed.iter().take(MAX_DIFFERENCES) {
        match document.dereference(item).map(|(_, item)| item) {
            Ok(Object::Name(name)) => {
                if let Ok(byte) = u8::try_from(code) {
                    differences.insert(byte, name.as_slice());
                }
                code = code.saturating_add(1);
            }
            Ok(Object::Integer(first)) => code = *first,
            Ok(Object::Real(first)) => code = *first as i64,
            _ => {}
        }
    }
    differences
}
