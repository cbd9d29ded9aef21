//! Letters that are wrong on purpose.
//!
//! INT seeds letters without a PDF and little else that is wrong, yet AT12 and AT13 ask a
//! supplier to fail and reject. The simulator can seed every kind of bad letter that a supplier
//! should notice, one defect at a time, so that what a supplier says about a letter can be held
//! against what is really wrong with it.
//!
//! The service takes a letter's hash from the file that it stores, so a damaged file's hash is
//! right; who wants a file damaged on its way serves one of these under the good letter's hash.

use std::io::Write as _;
use std::ops::Range;

use lopdf::{
    Dictionary, Document, EncryptionState, EncryptionVersion, Object, ObjectId, Permissions,
    Stream, dictionary,
};
use memchr::memmem;

use super::letter_pdf::{Address, LetterPdfError, letter_pdf, letter_with_address};

/// Bytes of the block that [`Defect::ZeroedBlock`] blanks: a sector of a disk.
const BLOCK: usize = 4096;
/// What a bomb inflates to: twice what a reader of letters should put up with.
const BOMB: usize = 16 * 1024 * 1024;
/// A4's height in points; boxes of another size keep the top edge, so that the address stays.
const A4_HEIGHT: f32 = 841.89;

/// Why a bad letter could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DefectError {
    /// The good letter could not be made.
    #[error(transparent)]
    Letter(#[from] LetterPdfError),
    /// The good letter could not be altered.
    #[error("the letter could not be altered: {0}")]
    Alter(#[from] lopdf::Error),
    /// The altered letter could not be written.
    #[error("the altered letter could not be written: {0}")]
    Write(#[from] std::io::Error),
}

/// A name that no defect bears.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no defect is called {0:?}")]
pub struct UnknownDefect(String);

/// One thing that is wrong with a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Defect {
    /// The last third is missing.
    Truncated,
    /// One bit of the largest stream is flipped.
    BitFlipped,
    /// 4 KiB in the middle of the largest stream are zeros.
    ZeroedBlock,
    /// `startxref` points beside the cross-reference table.
    BadStartxref,
    /// Line feeds became carriage return and line feed, as in a transfer in text mode.
    TextMangled,
    /// A gateway added a line after the end.
    TrailingJunk,
    /// No bytes at all.
    Empty,
    /// The object store's error in place of the file.
    StoreError,
    /// An image in place of the file.
    Png,
    /// Needs a password.
    Encrypted,
    /// Six pages: more than AT12 names, no more than the pack holds.
    SixPages,
    /// Eleven pages: more than the pack holds.
    ElevenPages,
    /// Pages of US Letter size.
    UsLetter,
    /// A4 on its side.
    Landscape,
    /// A font that is used is not embedded.
    MissingFont,
    /// A script that runs when the file is opened.
    JavaScript,
    /// No address.
    NoAddress,
    /// An address of two lines.
    TwoLines,
    /// An address of eight lines.
    EightLines,
    /// An address without its postcode.
    NoPostcode,
    /// An address beside the window.
    OutsideWindow,
    /// An address that reaches over the window's edge.
    AcrossWindow,
    /// A page whose content inflates to 16 MiB.
    ContentBomb,
    /// An object stream that inflates to 16 MiB while the file is loaded.
    ObjectStreamBomb,
    /// A hundred object streams.
    ManyObjectStreams,
}

impl Defect {
    /// Every defect.
    pub const ALL: [Self; 25] = [
        Self::Truncated,
        Self::BitFlipped,
        Self::ZeroedBlock,
        Self::BadStartxref,
        Self::TextMangled,
        Self::TrailingJunk,
        Self::Empty,
        Self::StoreError,
        Self::Png,
        Self::Encrypted,
        Self::SixPages,
        Self::ElevenPages,
        Self::UsLetter,
        Self::Landscape,
        Self::MissingFont,
        Self::JavaScript,
        Self::NoAddress,
        Self::TwoLines,
        Self::EightLines,
        Self::NoPostcode,
        Self::OutsideWindow,
        Self::AcrossWindow,
        Self::ContentBomb,
        Self::ObjectStreamBomb,
        Self::ManyObjectStreams,
    ];

    /// The name that configuration and reports use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Truncated => "truncated",
            Self::BitFlipped => "bit-flipped",
            Self::ZeroedBlock => "zeroed-block",
            Self::BadStartxref => "bad-startxref",
            Self::TextMangled => "text-mangled",
            Self::TrailingJunk => "trailing-junk",
            Self::Empty => "empty",
            Self::StoreError => "store-error",
            Self::Png => "png",
            Self::Encrypted => "encrypted",
            Self::SixPages => "six-pages",
            Self::ElevenPages => "eleven-pages",
            Self::UsLetter => "us-letter",
            Self::Landscape => "landscape",
            Self::MissingFont => "missing-font",
            Self::JavaScript => "javascript",
            Self::NoAddress => "no-address",
            Self::TwoLines => "two-lines",
            Self::EightLines => "eight-lines",
            Self::NoPostcode => "no-postcode",
            Self::OutsideWindow => "outside-window",
            Self::AcrossWindow => "across-window",
            Self::ContentBomb => "content-bomb",
            Self::ObjectStreamBomb => "object-stream-bomb",
            Self::ManyObjectStreams => "many-object-streams",
        }
    }

    /// The PDF of a letter with this defect: the same arguments, the same bytes.
    ///
    /// # Errors
    /// [`DefectError`] when the template letters are not what `tools/letter-templates` makes.
    pub fn letter_pdf(
        self,
        specification: &str,
        letter_id: &str,
        group_id: &str,
    ) -> Result<Vec<u8>, DefectError> {
        if let Some(alter) = self.address() {
            let bytes = letter_with_address(specification, letter_id, group_id, alter)?;
            return Ok(bytes);
        }
        let good = letter_pdf(specification, letter_id, group_id)?;
        self.spoil(good)
    }

    /// How the defect alters the address, if that is what it does.
    fn address(self) -> Option<fn(Address) -> Address> {
        Some(match self {
            Self::NoAddress => |address| with_lines(address, |_| Vec::new()),
            Self::TwoLines => |address| with_lines(address, two_lines),
            Self::EightLines => |address| with_lines(address, eight_lines),
            Self::NoPostcode => |address| with_lines(address, without_last),
            Self::OutsideWindow => |address| Address {
                x_mm: 130.0,
                ..address
            },
            Self::AcrossWindow => |address| Address {
                x_mm: 100.0,
                ..address
            },
            _ => return None,
        })
    }

    fn spoil(self, good: Vec<u8>) -> Result<Vec<u8>, DefectError> {
        match self {
            Self::Truncated => Ok(good[..good.len() / 3 * 2].to_vec()),
            Self::BitFlipped => in_largest_stream(good, flip),
            Self::ZeroedBlock => in_largest_stream(good, zero),
            Self::BadStartxref => Ok(with_bad_startxref(&good)),
            Self::TextMangled => Ok(in_text_mode(&good)),
            Self::TrailingJunk => {
                Ok([&good[..], b"<!-- scanned: no threat found -->\r\n"].concat())
            }
            Self::Empty => Ok(Vec::new()),
            Self::StoreError => Ok(STORE_ERROR.as_bytes().to_vec()),
            Self::Png => Ok(PNG.to_vec()),
            Self::ContentBomb => altered(&good, add_content_bomb),
            Self::ObjectStreamBomb => with_object_streams(good, 1, BOMB),
            Self::ManyObjectStreams => with_object_streams(good, 100, 16),
            _ => altered(&good, |document| self.alter(document)),
        }
    }

    /// Defects that are changes of a whole document.
    fn alter(self, document: &mut Document) -> Result<(), DefectError> {
        match self {
            Self::Encrypted => encrypt(document),
            Self::SixPages => stretch(document, 6),
            Self::ElevenPages => stretch(document, 11),
            Self::UsLetter => set_size(document, 612.0, 792.0),
            Self::Landscape => set_size(document, A4_HEIGHT, 595.28),
            Self::MissingFont => drop_font_file(document),
            Self::JavaScript => add_script(document),
            _ => Ok(()),
        }
    }
}

impl std::fmt::Display for Defect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

impl std::str::FromStr for Defect {
    type Err = UnknownDefect;

    fn from_str(name: &str) -> Result<Self, UnknownDefect> {
        let defect = Self::ALL.into_iter().find(|defect| defect.name() == name);
        defect.ok_or_else(|| UnknownDefect(name.to_owned()))
    }
}

/// What S3 answers for an object that is not there, saved as if it were the object.
const STORE_ERROR: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code>\
    <Message>The specified key does not exist.</Message></Error>";

/// One white dot.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55\
    \0\0\0\nIDAT\x78\x9c\x63\xf8\x0f\0\x01\x01\x01\0\x1b\xb6\xee\x56\0\0\0\0IEND\xaeB\x60\x82";

fn with_lines(address: Address, change: fn(Vec<String>) -> Vec<String>) -> Address {
    Address {
        lines: change(address.lines),
        ..address
    }
}

/// The name and the postcode.
fn two_lines(mut lines: Vec<String>) -> Vec<String> {
    let last = lines.pop();
    lines.truncate(1);
    lines.extend(last);
    lines
}

fn eight_lines(mut lines: Vec<String>) -> Vec<String> {
    lines.insert(1, "Department of Long Addresses".to_owned());
    lines
}

fn without_last(mut lines: Vec<String>) -> Vec<String> {
    lines.pop();
    lines
}

fn in_largest_stream(
    mut bytes: Vec<u8>,
    damage: impl FnOnce(&mut [u8]),
) -> Result<Vec<u8>, DefectError> {
    let range = largest_stream(&bytes)?;
    damage(&mut bytes[range]);
    Ok(bytes)
}

fn largest_stream(bytes: &[u8]) -> Result<Range<usize>, DefectError> {
    let document = Document::load_mem(bytes)?;
    let streams = document
        .objects
        .values()
        .filter_map(|object| object.as_stream().ok());
    let largest = streams.max_by_key(|stream| stream.content.len());
    let content = largest
        .map(|stream| stream.content.as_slice())
        .unwrap_or_default();
    let start = memmem::find(bytes, content).unwrap_or(0);
    Ok(start..start + content.len())
}

fn flip(stream: &mut [u8]) {
    let middle = stream.len() / 2;
    stream[middle] ^= 0b0001_0000;
}

fn zero(stream: &mut [u8]) {
    let start = stream.len().saturating_sub(BLOCK) / 2;
    let end = (start + BLOCK).min(stream.len());
    stream[start..end].fill(0);
}

/// Points seven bytes beyond the table: into it, but not at its beginning.
fn with_bad_startxref(bytes: &[u8]) -> Vec<u8> {
    let at = memmem::rfind(bytes, b"startxref").unwrap_or(bytes.len());
    let (body, tail) = bytes.split_at(at);
    let digits: String = String::from_utf8_lossy(tail)
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let offset = digits.parse::<u64>().unwrap_or_default() + 7;
    [body, format!("startxref\n{offset}\n%%EOF\n").as_bytes()].concat()
}

fn in_text_mode(bytes: &[u8]) -> Vec<u8> {
    let mut mangled = Vec::with_capacity(bytes.len() + bytes.len() / 50);
    for byte in bytes {
        if *byte == b'\n' {
            mangled.push(b'\r');
        }
        mangled.push(*byte);
    }
    mangled
}

fn altered(
    good: &[u8],
    alter: impl FnOnce(&mut Document) -> Result<(), DefectError>,
) -> Result<Vec<u8>, DefectError> {
    let mut document = Document::load_mem(good)?;
    alter(&mut document)?;
    let mut bytes = Vec::with_capacity(good.len());
    document.save_to(&mut bytes)?;
    Ok(bytes)
}

/// RC4 with 128 bits: weak, but the same bytes every time.
fn encrypt(document: &mut Document) -> Result<(), DefectError> {
    let state = EncryptionState::try_from(EncryptionVersion::V2 {
        document,
        owner_password: "owner",
        user_password: "user",
        key_length: 128,
        permissions: Permissions::all(),
    })?;
    document.encrypt(&state)?;
    without_chance(document)
}

/// The second half of `/U` is padding (ISO 32000-1, algorithm 5), which the library throws dice
/// for.
fn without_chance(document: &mut Document) -> Result<(), DefectError> {
    let handler = document.trailer.get(b"Encrypt")?.as_reference()?;
    let user = document
        .get_dictionary_mut(handler)?
        .get_mut(b"U")?
        .as_str_mut()?;
    user.iter_mut().skip(16).for_each(|byte| *byte = 0);
    Ok(())
}

/// Repeats the last page until there are so many.
fn stretch(document: &mut Document, pages: usize) -> Result<(), DefectError> {
    let existing: Vec<ObjectId> = document.page_iter().collect();
    let Some(last) = existing.last() else {
        return Ok(());
    };
    let page = document.get_dictionary(*last)?.clone();
    let root = page.get(b"Parent")?.as_reference()?;
    let mut kids: Vec<Object> = existing.iter().map(|id| Object::Reference(*id)).collect();
    while kids.len() < pages {
        kids.push(document.add_object(page.clone()).into());
    }
    let root = document.get_dictionary_mut(root)?;
    root.set("Count", kids.len() as i64);
    root.set("Kids", kids);
    Ok(())
}

fn set_size(document: &mut Document, width: f32, height: f32) -> Result<(), DefectError> {
    let sides = [0.0, A4_HEIGHT - height, width, A4_HEIGHT];
    let pages: Vec<ObjectId> = document.page_iter().collect();
    for page in pages {
        let page = document.get_dictionary_mut(page)?;
        page.set("MediaBox", sides.map(Object::Real).to_vec());
    }
    Ok(())
}

/// Drops the file of a font that every template uses.
fn drop_font_file(document: &mut Document) -> Result<(), DefectError> {
    let is_bold = |dict: &Dictionary| {
        let name = dict.get(b"FontName").and_then(Object::as_name);
        name.is_ok_and(|name| name.ends_with(b"LiberationSans-Bold"))
    };
    for object in document.objects.values_mut() {
        if let Ok(dict) = object.as_dict_mut()
            && is_bold(dict)
        {
            dict.remove(b"FontFile2");
        }
    }
    Ok(())
}

fn add_script(document: &mut Document) -> Result<(), DefectError> {
    let script = dictionary! {
        "S" => "JavaScript",
        "JS" => Object::string_literal("app.alert('a letter should not talk');"),
    };
    document.catalog_mut()?.set("OpenAction", script);
    Ok(())
}

fn add_content_bomb(document: &mut Document) -> Result<(), DefectError> {
    let bomb = Stream::new(dictionary! { "Filter" => "FlateDecode" }, blanks(BOMB)?);
    let bomb = document.add_object(bomb);
    let last = document.page_iter().last();
    if let Some(page) = last {
        document.get_dictionary_mut(page)?.set("Contents", bomb);
    }
    Ok(())
}

/// So many blanks, deflated.
fn blanks(count: usize) -> Result<Vec<u8>, DefectError> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&vec![b' '; count])?;
    Ok(encoder.finish()?)
}

/// Appends object streams as an update would: a new table that leads to the old one.
fn with_object_streams(
    mut bytes: Vec<u8>,
    count: u32,
    inflated: usize,
) -> Result<Vec<u8>, DefectError> {
    let document = Document::load_mem(&bytes)?;
    let first = document.max_id + 1;
    let content = blanks(inflated)?;
    let mut table = format!("xref\n{first} {count}\n");
    for id in first..first + count {
        table.push_str(&format!("{:010} 00000 n \n", bytes.len()));
        push_object_stream(&mut bytes, id, &content)?;
    }
    let (root, _) = document.trailer.get(b"Root")?.as_reference()?;
    let (start, size, previous) = (bytes.len(), first + count, document.xref_start);
    write!(
        bytes,
        "{table}trailer\n<</Size {size}/Root {root} 0 R/Prev {previous}>>\nstartxref\n{start}\n%%EOF\n"
    )?;
    Ok(bytes)
}

fn push_object_stream(bytes: &mut Vec<u8>, id: u32, content: &[u8]) -> Result<(), DefectError> {
    let length = content.len();
    write!(
        bytes,
        "{id} 0 obj\n<</Type/ObjStm/N 0/First 0/Filter/FlateDecode/Length {length}>>stream\n"
    )?;
    bytes.extend(content);
    write!(bytes, "\nendstream\nendobj\n")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: &str = "integration-specification-english";

    #[test]
    fn names_lead_back_to_defects() {
        for defect in Defect::ALL {
            assert_eq!(defect.name().parse(), Ok(defect));
        }
        assert!("flawless".parse::<Defect>().is_err());
    }

    #[test]
    fn a_defect_is_deterministic_and_changes_the_letter() {
        let good = letter_pdf(ENGLISH, "a", "g").unwrap();
        for defect in Defect::ALL {
            let bad = defect.letter_pdf(ENGLISH, "a", "g").unwrap();
            assert_eq!(
                bad,
                defect.letter_pdf(ENGLISH, "a", "g").unwrap(),
                "{defect}"
            );
            assert_ne!(bad, good, "{defect}");
        }
    }

    #[test]
    fn a_bomb_is_small() {
        for defect in [
            Defect::ContentBomb,
            Defect::ObjectStreamBomb,
            Defect::ManyObjectStreams,
        ] {
            assert!(
                defect.letter_pdf(ENGLISH, "a", "g").unwrap().len() < 300_000,
                "{defect}"
            );
        }
    }
}
