//! The simulator's letters: every letter has a PDF of its own, with its own address and
//! reference, and so its own hash.
//!
//! INT stores one file per batch. That hides mistakes (a supplier that mixes two letters up
//! still gets every hash right), so the simulator does better. It must also be fast: AT15
//! fetches 2,500 letters in ten seconds from the same machine. A letter is therefore its
//! template's bytes as they are, up to the two content streams that stand at the end of the
//! file, then those streams, and a cross-reference table to match. The template is parsed
//! once, and nothing of it again.

use std::fmt::Write as _;
use std::sync::LazyLock;

use lopdf::xref::XrefEntry;
use lopdf::{Dictionary, Document, Encoding, Object, ObjectId};
use sha2::{Digest, Sha256};

/// Points in a millimetre.
const POINTS_PER_MM: f32 = 72.0 / 25.4;
/// Height of A4 in points; PDF counts from the foot of the page.
const PAGE_HEIGHT: f32 = 297.0 * POINTS_PER_MM;
/// NHS letters put the address at 21.6 mm from the left (pdf-preflight fact 3).
const ADDRESS_X_MM: f32 = 21.6;
/// Baseline of the address's first line; the block must stay within 42–77 mm (fact 3).
const ADDRESS_Y_MM: f32 = 45.0;
/// Distance of the address's seven baselines.
const ADDRESS_LEADING_MM: f32 = 5.0;
/// Baseline of the reference at the foot of every page.
const REFERENCE_Y_MM: f32 = 288.0;
/// Size of both texts in points (fact 3).
const FONT_SIZE: f32 = 8.0;
/// The name under which every page of a template offers the letter's font.
const FONT_NAME: &[u8] = b"Letter";
/// Longest id that is printed in full: more would run off the page.
const MAX_PRINTED_ID: usize = 48;

/// Why a letter could not be made. It is always the template's fault, never the letter's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LetterPdfError {
    /// lopdf could not read the template.
    #[error("the template letter {template} does not load: {reason}")]
    Load {
        /// Which template.
        template: &'static str,
        /// What lopdf said.
        reason: String,
    },
    /// The template loads but was not finished by `tools/letter-templates`.
    #[error("the template letter {template} has no {missing}")]
    Shape {
        /// Which template.
        template: &'static str,
        /// What it lacks.
        missing: &'static str,
    },
}

/// A template, taken apart.
struct Template {
    /// Everything before the reference's stream.
    body: &'static [u8],
    /// Cross-reference lines of object 0 and of every object in `body`.
    xref: String,
    /// Object number of the reference's stream; the address's is the next one.
    reference_id: u32,
    catalog: ObjectId,
    info: Option<ObjectId>,
    /// First half of the file identifier: constant for a template, as hex.
    permanent_id: String,
    /// The font's code of each character from space to tilde, as hex.
    codes: Vec<String>,
}

type Loaded = Result<Template, LetterPdfError>;

static ENGLISH: LazyLock<Loaded> =
    LazyLock::new(|| Template::load("english", include_bytes!("assets/english.pdf")));
static BRAILLE: LazyLock<Loaded> =
    LazyLock::new(|| Template::load("braille", include_bytes!("assets/braille.pdf")));
static WELSH: LazyLock<Loaded> =
    LazyLock::new(|| Template::load("welsh", include_bytes!("assets/welsh.pdf")));
static ARABIC: LazyLock<Loaded> =
    LazyLock::new(|| Template::load("arabic", include_bytes!("assets/arabic.pdf")));

/// Makes the PDF of one letter: the same arguments, the same bytes.
///
/// The specification's last word chooses the template (`…-arabic`: 6 pages, `…-braille`:
/// and `…-welsh`: 4 pages); any other specification gets the English letter (4 pages). Characters of an id
/// outside printable ASCII are printed as `?`, and long ids are cut; the file's identifier
/// still tells two such letters apart.
///
/// # Errors
/// [`LetterPdfError`] when the embedded template is not what `tools/letter-templates` makes.
pub fn letter_pdf(
    specification: &str,
    letter_id: &str,
    group_id: &str,
) -> Result<Vec<u8>, LetterPdfError> {
    letter_with_address(specification, letter_id, group_id, |address| address)
}

/// An address and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Address {
    pub(super) lines: Vec<String>,
    /// Left edge, in millimetres from the left.
    pub(super) x_mm: f32,
    /// First baseline, in millimetres from the top.
    pub(super) y_mm: f32,
}

/// The letter with its address altered: letters that are wrong on purpose are made this way.
pub(super) fn letter_with_address(
    specification: &str,
    letter_id: &str,
    group_id: &str,
    alter: impl FnOnce(Address) -> Address,
) -> Result<Vec<u8>, LetterPdfError> {
    let template = template_of(specification)?;
    let digest = identity(specification, letter_id, group_id);
    let address = alter(Address {
        lines: address_lines(&digest).into(),
        x_mm: ADDRESS_X_MM,
        y_mm: ADDRESS_Y_MM,
    });
    let reference = template.text_stream(&Address {
        lines: vec![reference_line(letter_id, group_id)],
        x_mm: ADDRESS_X_MM,
        y_mm: REFERENCE_Y_MM,
    });
    let address = template.text_stream(&address);
    Ok(template.assemble(&reference, &address, &digest))
}

/// The small print at the foot of every page.
fn reference_line(letter_id: &str, group_id: &str) -> String {
    format!("Ref {}  {}", printed(letter_id), printed(group_id))
}

fn template_of(specification: &str) -> Result<&'static Template, LetterPdfError> {
    let loaded = match specification.rsplit('-').next() {
        Some("arabic") => &ARABIC,
        Some("braille") => &BRAILLE,
        Some("welsh") => &WELSH,
        _ => &ENGLISH,
    };
    loaded.as_ref().map_err(Clone::clone)
}

/// What everything invented about a letter is derived from.
fn identity(specification: &str, letter_id: &str, group_id: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in [specification, letter_id, group_id] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().into()
}

/// Seven lines for nobody: the postcode area has three districts, none of them 9, and the
/// house number is a hash's.
fn address_lines(digest: &[u8; 32]) -> [String; 7] {
    let number = u16::from_be_bytes([digest[0], digest[1]]) % 10_000;
    [
        format!("Test Recipient {number:04}"),
        format!("Flat {}", digest[2] % 90 + 1),
        format!("Synthetic House {}", u16::from(digest[3]) + 1),
        format!("{} Integration Street", u16::from(digest[4]) + 1),
        "Example Quarter".to_owned(),
        "TESTINGTON".to_owned(),
        postcode(digest[5], digest[6], digest[7]),
    ]
}

/// A postcode that validators pass, also those that know the areas (ZE is Shetland), and
/// that leads nowhere. The letters C I K M O V never stand in its second half.
fn postcode(digit: u8, first: u8, second: u8) -> String {
    const INWARD: &[u8; 20] = b"ABDEFGHJLNPQRSTUWXYZ";
    let letter = |byte: u8| char::from(INWARD[usize::from(byte) % INWARD.len()]);
    format!("ZE9 {}{}{}", digit % 10, letter(first), letter(second))
}

impl Template {
    fn load(name: &'static str, bytes: &'static [u8]) -> Loaded {
        let document = Document::load_mem(bytes).map_err(|error| LetterPdfError::Load {
            template: name,
            reason: error.to_string(),
        })?;
        Self::take_apart(bytes, &document).map_err(|missing| LetterPdfError::Shape {
            template: name,
            missing,
        })
    }

    fn take_apart(bytes: &'static [u8], document: &Document) -> Result<Self, &'static str> {
        let reference_id = document.max_id.saturating_sub(1);
        let offset = offset_of(document, reference_id).ok_or("reserved stream")?;
        Ok(Self {
            body: bytes.get(..offset).ok_or("body")?,
            xref: xref_before(document, reference_id, offset)?,
            reference_id,
            catalog: trailer_reference(document, b"Root").ok_or("catalog")?,
            info: trailer_reference(document, b"Info"),
            permanent_id: hex(&Sha256::digest(bytes)[..16]),
            codes: character_codes(document)?,
        })
    }

    /// Content that draws the lines below one another.
    fn text_stream(&self, text: &Address) -> String {
        let x = text.x_mm * POINTS_PER_MM;
        let y = PAGE_HEIGHT - text.y_mm * POINTS_PER_MM;
        let leading = ADDRESS_LEADING_MM * POINTS_PER_MM;
        let font = String::from_utf8_lossy(FONT_NAME);
        let mut content =
            format!("q 0 g BT /{font} {FONT_SIZE} Tf {leading:.3} TL {x:.3} {y:.3} Td\n");
        for line in &text.lines {
            content.push('<');
            content.extend(line.bytes().map(|byte| self.code(byte)));
            content.push_str("> Tj T*\n");
        }
        content.push_str("ET Q");
        content
    }

    /// The font's code of a printable character; of `?` for any other.
    fn code(&self, byte: u8) -> &str {
        let index = |byte: u8| usize::from(byte.wrapping_sub(b' '));
        let code = self.codes.get(index(byte));
        code.or_else(|| self.codes.get(index(b'?')))
            .map_or("", String::as_str)
    }

    fn assemble(&self, reference: &str, address: &str, digest: &[u8; 32]) -> Vec<u8> {
        let mut tail = String::with_capacity(self.xref.len() + 4096);
        let mut starts = [0_usize; 2];
        for (index, content) in [reference, address].into_iter().enumerate() {
            starts[index] = self.body.len() + tail.len();
            push_stream(&mut tail, self.reference_id + index as u32, content);
        }
        self.push_xref(&mut tail, starts, digest);
        [self.body, tail.as_bytes()].concat()
    }

    fn push_xref(&self, tail: &mut String, starts: [usize; 2], digest: &[u8; 32]) {
        let xref = self.body.len() + tail.len();
        let size = self.reference_id + 2;
        let (root, generation) = self.catalog;
        // Writing to a String cannot fail.
        let _ = write!(tail, "xref\n0 {size}\n{}", self.xref);
        for start in starts {
            tail.push_str(&xref_line(start, 0));
        }
        let _ = write!(tail, "trailer\n<</Size {size}/Root {root} {generation} R");
        if let Some((info, generation)) = self.info {
            let _ = write!(tail, "/Info {info} {generation} R");
        }
        let _ = write!(
            tail,
            "/ID[<{}><{}>]>>",
            self.permanent_id,
            hex(&digest[..16])
        );
        let _ = write!(tail, "\nstartxref\n{xref}\n%%EOF\n");
    }
}

fn push_stream(tail: &mut String, id: u32, content: &str) {
    let _ = write!(
        tail,
        "{id} 0 obj\n<</Length {}>>stream\n{content}\nendstream\nendobj\n",
        content.len()
    );
}

/// A cross-reference line has exactly 20 bytes (ISO 32000-1, 7.5.4).
fn xref_line(offset: usize, generation: u16) -> String {
    format!("{offset:010} {generation:05} n \n")
}

/// The lines of objects 0 to `end` − 1, which must all stand before the byte `limit`.
fn xref_before(document: &Document, end: u32, limit: usize) -> Result<String, &'static str> {
    let mut lines = String::from("0000000000 65535 f \n");
    for id in 1..end {
        let offset = offset_of(document, id).filter(|offset| *offset < limit);
        lines.push_str(&xref_line(offset.ok_or("reserved stream at its end")?, 0));
    }
    Ok(lines)
}

fn offset_of(document: &Document, id: u32) -> Option<usize> {
    match document.reference_table.get(id) {
        Some(XrefEntry::Normal {
            offset,
            generation: 0,
        }) => usize::try_from(*offset).ok(),
        _ => None,
    }
}

fn trailer_reference(document: &Document, key: &[u8]) -> Option<ObjectId> {
    document.trailer.get(key).ok()?.as_reference().ok()
}

/// How the letter's font writes each character from space to tilde, as hex.
fn character_codes(document: &Document) -> Result<Vec<String>, &'static str> {
    let font = letter_font(document).ok_or("font for the letter")?;
    let encoding = font
        .get_font_encoding(document)
        .map_err(|_| "encoding of its font")?;
    (' '..='~')
        .map(|character| character_code(&encoding, character))
        .collect()
}

/// A composite font with the encoding Identity-H writes two bytes a character.
fn character_code(encoding: &Encoding, character: char) -> Result<String, &'static str> {
    let code = Document::encode_text(encoding, character.encode_utf8(&mut [0; 4]));
    if code.len() == 2 {
        Ok(hex(&code))
    } else {
        Err("glyph for every printable character")
    }
}

fn letter_font(document: &Document) -> Option<&Dictionary> {
    let page = document.page_iter().next()?;
    let (resources, inherited) = document.get_page_resources(page).ok()?;
    let inherited = inherited
        .first()
        .and_then(|id| document.get_dictionary(*id).ok());
    let fonts = resources.or(inherited)?.get_deref(b"Font", document).ok()?;
    let font = fonts.as_dict().ok()?.get_deref(FONT_NAME, document).ok()?;
    Object::as_dict(font).ok()
}

/// What of an id fits on the page.
fn printed(id: &str) -> String {
    id.chars()
        .take(MAX_PRINTED_ID)
        .map(|c| if matches!(c, ' '..='~') { c } else { '?' })
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: &str = "integration-specification-english";
    const KINDS: [(&str, usize); 5] = [
        (ENGLISH, 4),
        ("integration-specification-braille", 4),
        ("integration-specification-arabic", 6),
        ("integration-specification-welsh", 4),
        ("a-specification-nobody-knows", 4),
    ];

    fn letter(specification: &str, id: &str) -> Vec<u8> {
        letter_pdf(specification, id, "group-test").unwrap()
    }

    fn strict(bytes: &[u8]) -> Document {
        let options = lopdf::LoadOptions {
            strict: true,
            ..Default::default()
        };
        Document::load_mem_with_options(bytes, options).unwrap()
    }

    #[test]
    fn the_same_letter_has_the_same_bytes() {
        for (specification, _) in KINDS {
            assert!(letter(specification, "a") == letter(specification, "a"));
        }
    }

    #[test]
    fn two_letters_differ() {
        for (specification, _) in KINDS {
            assert!(letter(specification, "a") != letter(specification, "b"));
        }
        let groups = ["g", "h"].map(|group| letter_pdf(ENGLISH, "a", group).unwrap());
        assert!(groups[0] != groups[1]);
    }

    #[test]
    fn ids_that_print_alike_still_differ() {
        assert!(letter(ENGLISH, "é") != letter(ENGLISH, "ü"));
        let long = "x".repeat(3000);
        assert!(letter(ENGLISH, &long) != letter(ENGLISH, &format!("{long}y")));
    }

    #[test]
    fn every_kind_has_its_pages_and_its_size() {
        for (specification, pages) in KINDS {
            let bytes = letter(specification, "an-id");
            assert_eq!(strict(&bytes).get_pages().len(), pages, "{specification}");
            assert!((60_000..160_000).contains(&bytes.len()), "{}", bytes.len());
        }
    }

    #[test]
    fn every_page_carries_the_reference() {
        for (specification, pages) in KINDS {
            let document = strict(&letter(specification, "letter-4711"));
            for page in 1..=pages as u32 {
                let text = document.extract_text(&[page]).unwrap();
                assert!(text.contains("Ref letter-4711  group-test"), "{text}");
            }
        }
    }

    #[test]
    fn the_first_page_carries_the_address_and_no_other() {
        let document = strict(&letter(ENGLISH, "a"));
        let lines = address_lines(&identity(ENGLISH, "a", "group-test"));
        let text = document.extract_text(&[1]).unwrap();
        assert!(lines.iter().all(|line| text.contains(line)), "{text}");
        assert!(!document.extract_text(&[2]).unwrap().contains("TESTINGTON"));
    }

    #[test]
    fn the_cross_reference_table_is_exact() {
        let bytes = letter(ENGLISH, "a");
        let document = strict(&bytes);
        assert!(document.xref_recovery.is_none());
        for (id, entry) in &document.reference_table.entries {
            if let XrefEntry::Normal { offset, .. } = entry {
                assert!(bytes[*offset as usize..].starts_with(format!("{id} 0 obj").as_bytes()));
            }
        }
    }

    #[test]
    fn postcodes_have_the_form_of_a_postcode() {
        assert_eq!(postcode(0, 0, 0), "ZE9 0AA");
        assert_eq!(postcode(255, 19, 39), "ZE9 5ZZ");
    }
}
