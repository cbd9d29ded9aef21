//! The letters there are, and what speaks against each.

use std::collections::BTreeSet;

use crate::model::{LetterFacts, Status};

use super::super::specifications::{self, ARABIC};

/// Groups of letters that were seeded to be invalid begin with this (acceptance pack, "Data").
const ERROR_GROUP: &str = "group-error-";

/// A letter that a plan can use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockLetter {
    /// The letter's id.
    pub id: String,
    /// Where it stands.
    pub status: Status,
    /// Its specification, if the service names one.
    pub specification_id: Option<String>,
    /// Its group, if the service names one.
    pub group_id: Option<String>,
    /// The service names a hash of its PDF; without one there is no PDF.
    pub has_hash: bool,
    /// What its PDF showed; known only after a download.
    pub pdf: Option<SeenPdf>,
}

/// What preflight found in a PDF that was downloaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeenPdf {
    /// A check fails: the letter cannot be produced.
    pub defect: bool,
    /// It has more than five pages.
    pub over_five_pages: bool,
}

impl StockLetter {
    /// The letter as an answer described it; `None` if its status is none that the pack knows.
    pub fn of(facts: &LetterFacts) -> Option<Self> {
        Some(Self {
            id: facts.id.clone(),
            status: facts.known_status()?,
            specification_id: facts.specification_id.clone(),
            group_id: facts.group_id.clone(),
            has_hash: facts.sha256_hash.is_some(),
            pdf: None,
        })
    }
}

impl StockLetter {
    /// True for a letter that its group calls an error and whose PDF shows none.
    pub(super) fn is_sound_among_errors(&self) -> bool {
        let seen_sound = self.pdf.is_some_and(|pdf| !pdf.defect);
        seen_sound && self.has_hash && self.group_id.as_deref().is_some_and(is_error_group)
    }
}

/// Why a letter is invalid (AT13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Defect {
    /// It was listed without a hash: there is no PDF.
    NoPdf,
    /// It has no specification or no group.
    MissingMetadata,
    /// Its specification is one of a kind.
    UnknownSpecification,
    /// A check of its PDF fails.
    DefectivePdf,
    /// Its group is one for errors, and nobody has looked at its PDF yet.
    ErrorGroup,
}

impl Defect {
    /// The role of such letters in an allocation for AT13.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoPdf => "no PDF",
            Self::MissingMetadata => "missing metadata",
            Self::UnknownSpecification => "unknown specification",
            Self::DefectivePdf => "defective PDF",
            Self::ErrorGroup => "error group",
        }
    }
}

/// Why a letter may be failed (AT12), the best reason first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trigger {
    /// The tester says so.
    Declared,
    /// A check of its PDF fails, or its group, which is one for errors, suggests so.
    DefectivePdf,
    /// Its PDF has more than five pages, as a download showed or its specification suggests.
    OverFivePages,
    /// It has no PDF.
    NoPdf,
}

impl Trigger {
    /// The role of such letters in an allocation for AT12.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::DefectivePdf => "defective PDF",
            Self::OverFivePages => "over 5 pages",
            Self::NoPdf => "no PDF",
        }
    }
}

/// The letters with what their number tells about each of them.
pub(super) struct Stock<'a> {
    pub letters: &'a [StockLetter],
    known: BTreeSet<&'a str>,
    accessible: BTreeSet<&'a str>,
}

impl<'a> Stock<'a> {
    pub fn of(letters: &'a [StockLetter], accessible: &'a [String]) -> Self {
        let accessible: BTreeSet<&str> = accessible.iter().map(String::as_str).collect();
        let of_letters = letters.iter().map(|it| it.specification_id.as_deref());
        Self {
            letters,
            known: specifications::known(of_letters, accessible.iter().copied()),
            accessible,
        }
    }

    /// Why the letter is invalid, if it is. In a group for errors a letter is presumed to be
    /// until its PDF was looked at; then the PDF decides.
    pub fn defect(&self, letter: &StockLetter) -> Option<Defect> {
        let Some(specification) = letter.specification_id.as_deref() else {
            return Some(without_pdf(letter).unwrap_or(Defect::MissingMetadata));
        };
        let metadata = letter.group_id.is_none().then_some(Defect::MissingMetadata);
        let unknown = !self.known.contains(specification);
        without_pdf(letter)
            .or(metadata)
            .or(unknown.then_some(Defect::UnknownSpecification))
            .or(defective_pdf(letter))
    }

    /// True if the letter needs an accessible format.
    pub fn is_accessible(&self, letter: &StockLetter) -> bool {
        let specification = letter.specification_id.as_deref();
        specification.is_some_and(|id| self.accessible.contains(id))
    }
}

/// Why the letter may be failed, as far as it shows without a tester's word.
pub(super) fn trigger(letter: &StockLetter) -> Option<Trigger> {
    let arabic = letter.specification_id.as_deref() == Some(ARABIC);
    if !letter.has_hash {
        Some(Trigger::NoPdf)
    } else if defective_pdf(letter).is_some() {
        Some(Trigger::DefectivePdf)
    } else if letter.pdf.map_or(arabic, |pdf| pdf.over_five_pages) {
        Some(Trigger::OverFivePages)
    } else {
        None
    }
}

fn without_pdf(letter: &StockLetter) -> Option<Defect> {
    (!letter.has_hash).then_some(Defect::NoPdf)
}

fn defective_pdf(letter: &StockLetter) -> Option<Defect> {
    let in_error_group = || letter.group_id.as_deref().is_some_and(is_error_group);
    match letter.pdf {
        Some(pdf) => pdf.defect.then_some(Defect::DefectivePdf),
        None => in_error_group().then_some(Defect::ErrorGroup),
    }
}

fn is_error_group(group: &str) -> bool {
    group.starts_with(ERROR_GROUP)
}
