//! What a PDF is made of, without a judgement: for proofs, and to compare with other programs.

use lopdf::{Document, ObjectId};

use super::address;
use super::clock::Deadline;
use super::policy::Policy;
use super::survey::Survey;
use super::{font, load, paper, survey};

/// Whether a PDF is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// It is not.
    None,
    /// It opens without a password.
    EmptyPassword,
    /// It needs a password, so nothing else is known of it.
    Password,
}

/// A font that some visible text is set in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedFont {
    /// Its name, without the prefix of a subset.
    pub name: String,
    /// Whether it travels with the file, in words.
    pub embedding: &'static str,
    /// False if a printer has to bring the font itself.
    pub embedded: bool,
}

/// What a PDF is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    /// Whether it is encrypted.
    pub encryption: Encryption,
    /// Width and height of each page as viewed, in millimetres; none where a page has no box.
    pub pages: Vec<Option<(f64, f64)>>,
    /// The fonts in use; none if the contents could not be read to their end.
    pub fonts: Option<Vec<UsedFont>>,
}

/// Describes a PDF within the policy's time.
///
/// # Errors
/// Why it cannot be opened, in words.
pub fn describe(bytes: &[u8], policy: &Policy) -> Result<Description, String> {
    let deadline = Deadline::after(policy.time_budget);
    let (_, document) = load::load(bytes, deadline).map_err(|finding| finding.observed)?;
    let encryption = match (load::needs_password(&document), document.was_encrypted()) {
        (true, _) => Encryption::Password,
        (_, true) => Encryption::EmptyPassword,
        _ => Encryption::None,
    };
    if encryption == Encryption::Password {
        return Ok(Description {
            encryption,
            pages: Vec::new(),
            fonts: None,
        });
    }
    let (_, pages) = load::pages(&document).map_err(|finding| finding.observed)?;
    let survey = read(&document, &pages, policy, deadline);
    Ok(Description {
        encryption,
        pages: pages.iter().map(|page| size(&document, *page)).collect(),
        fonts: survey.map(|survey| survey.fonts.iter().map(used).collect()),
    })
}

fn read(
    document: &Document,
    pages: &[ObjectId],
    policy: &Policy,
    deadline: Deadline,
) -> Option<Survey> {
    let interest = address::interest(policy.window, policy.margins);
    survey::survey(document, pages, interest, deadline).ok()
}

fn size(document: &Document, page: ObjectId) -> Option<(f64, f64)> {
    let view = paper::view(document, page)?;
    Some(view.size_mm(view.visible))
}

fn used(font: &survey::UsedFont) -> UsedFont {
    let (embedding, embedded) = match font.embedding {
        font::Embedding::Embedded => ("embedded", true),
        font::Embedding::Type3 => ("drawn in the file (Type 3)", true),
        font::Embedding::Standard => ("not embedded, one of the 14 standard fonts", false),
        font::Embedding::Missing => ("not embedded", false),
    };
    UsedFont {
        name: font.name.clone(),
        embedding,
        embedded,
    }
}
