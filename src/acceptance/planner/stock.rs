//! The letters there are, and what speaks against each.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{LetterFacts, Status};

/// Specifications that INT is seeded with and that have a PDF (acceptance pack, "Data").
const SEEDED: [&str; 3] = [
    "integration-specification-english",
    "integration-specification-braille",
    ARABIC,
];

/// The seeded specification whose PDF has six pages.
const ARABIC: &str = "integration-specification-arabic";

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
    /// Its PDF has more than five pages; known only after a download.
    pub pages_over_five: Option<bool>,
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
            pages_over_five: None,
        })
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
    /// Its group is one for errors.
    ErrorGroup,
}

impl Defect {
    /// The role of such letters in an allocation for AT13.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoPdf => "no PDF",
            Self::MissingMetadata => "missing metadata",
            Self::UnknownSpecification => "unknown specification",
            Self::ErrorGroup => "error group",
        }
    }
}

/// Why a letter may be failed (AT12), the best reason first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trigger {
    /// The tester says so.
    Declared,
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
        let mut known = shared_specifications(letters);
        known.extend(SEEDED);
        known.extend(&accessible);
        Self {
            letters,
            known,
            accessible,
        }
    }

    /// Why the letter is invalid, if it is.
    pub fn defect(&self, letter: &StockLetter) -> Option<Defect> {
        let Some(specification) = letter.specification_id.as_deref() else {
            return Some(without_pdf(letter).unwrap_or(Defect::MissingMetadata));
        };
        let metadata = letter.group_id.is_none().then_some(Defect::MissingMetadata);
        let unknown = !self.known.contains(specification);
        let in_error_group = letter.group_id.as_deref().is_some_and(is_error_group);
        without_pdf(letter)
            .or(metadata)
            .or(unknown.then_some(Defect::UnknownSpecification))
            .or(in_error_group.then_some(Defect::ErrorGroup))
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
    } else if letter.pages_over_five.unwrap_or(arabic) {
        Some(Trigger::OverFivePages)
    } else {
        None
    }
}

fn without_pdf(letter: &StockLetter) -> Option<Defect> {
    (!letter.has_hash).then_some(Defect::NoPdf)
}

fn is_error_group(group: &str) -> bool {
    group.starts_with(ERROR_GROUP)
}

/// No list of valid specifications is public, so one counts as known if INT is seeded with it,
/// if the configuration names it, or if at least one letter in a hundred, and at least two,
/// share it: invalid ones are seeded singly, valid ones in batches.
fn shared_specifications(letters: &[StockLetter]) -> BTreeSet<&str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for specification in letters
        .iter()
        .filter_map(|it| it.specification_id.as_deref())
    {
        *counts.entry(specification).or_default() += 1;
    }
    let enough = letters.len().div_ceil(100).max(2);
    let shared = counts.into_iter().filter(|(_, count)| *count >= enough);
    shared.map(|(specification, _)| specification).collect()
}
