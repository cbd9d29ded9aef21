//! Which letters a seeding holds: batches as INT has them, and bad letters in their place.

use super::defects::Defect;

/// What lies behind a letter's data URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pdf {
    /// A letter fit to print.
    Sound,
    /// No object at all.
    Missing,
    /// A letter with this defect.
    Bad(Defect),
}

/// Which bad letters a seeding holds besides those without a PDF.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BadLetters {
    /// None, as the public seeding script makes them for INT.
    #[default]
    None,
    /// Eight of 2,510, each with another defect.
    Few,
    /// One of each defect, one of an unknown specification, one without a group, and a batch of
    /// Welsh letters, which are sound: the other kinds of data that the pack names.
    Every,
}

/// Letters of one kind.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) specification: &'static str,
    /// The group id up to the supplier's name.
    group: Option<&'static str>,
    pub(crate) pdf: Pdf,
}

const ENGLISH: &str = "integration-specification-english";
const BRAILLE: &str = "integration-specification-braille";

/// The group of letters that are wrong on purpose (acceptance-pack "Data").
const ERROR_GROUP: &str = "group-error";

/// A specification that no supplier agreed to.
const UNKNOWN_SPECIFICATION: Kind = Kind::sound("integration-specification-unknown", ERROR_GROUP);

const WITHOUT_GROUP: Kind = Kind {
    group: None,
    ..Kind::sound(ENGLISH, "")
};

/// Letters whose object does not exist.
const MISSING_PDF: Kind = Kind {
    pdf: Pdf::Missing,
    ..Kind::sound("integration-specification-missing-pdf", ERROR_GROUP)
};

const WELSH: Kind = Kind::sound("integration-specification-welsh", "group-welsh");

/// The batches with PDFs that every seeding has.
const BATCHES: [Kind; 3] = [
    Kind::sound(ENGLISH, "group-english"),
    Kind::sound(BRAILLE, "group-accessible"),
    Kind::sound("integration-specification-arabic", "group-international"),
];

/// The defects of [`BadLetters::Few`], one a trigger of AT12 and AT13 at least: broken structure,
/// corrupted contents, too many pages, an invalid address. Every second one is of the accessible
/// specification, because AT12 wants some that were forwarded.
const FEW: [(&str, Defect); 8] = [
    (BRAILLE, Defect::Truncated),
    (ENGLISH, Defect::NoPostcode),
    (BRAILLE, Defect::ElevenPages),
    (ENGLISH, Defect::BitFlipped),
    (BRAILLE, Defect::NoAddress),
    (ENGLISH, Defect::Encrypted),
    (BRAILLE, Defect::MissingFont),
    (ENGLISH, Defect::UsLetter),
];

impl Kind {
    const fn sound(specification: &'static str, group: &'static str) -> Self {
        Self {
            specification,
            group: Some(group),
            pdf: Pdf::Sound,
        }
    }

    const fn bad(specification: &'static str, defect: Defect) -> Self {
        Self {
            specification,
            group: Some(ERROR_GROUP),
            pdf: Pdf::Bad(defect),
        }
    }

    /// The group id of such letters of `supplier`.
    pub(crate) fn group_of(&self, supplier: &str) -> Option<String> {
        self.group.map(|group| format!("{group}-{supplier}"))
    }
}

/// The kind of each of `letters` letters, in the order in which they are queued: the batches in
/// turn, so that a short list shows them all, then what is special, and last, as on INT, what has
/// no PDF. Bad letters take the place of sound ones.
pub(crate) fn kinds(letters: usize, bad: BadLetters) -> Vec<Kind> {
    let missing = without_pdf(letters);
    let special = special(letters, bad);
    let sound = letters - missing - special.len();
    let batches = BATCHES.into_iter().cycle().take(sound);
    let missing = std::iter::repeat_n(MISSING_PDF, missing);
    batches.chain(special).chain(missing).collect()
}

/// Of 2,510 letters 5 have no PDF; of any other number as large a part, but
/// at least one.
fn without_pdf(letters: usize) -> usize {
    part(5, letters).max(1).min(letters)
}

/// At least half of the letters stay what they are: of few letters some kinds are left out.
fn special(letters: usize, bad: BadLetters) -> Vec<Kind> {
    let mut special = match bad {
        BadLetters::None => Vec::new(),
        BadLetters::Few => {
            let few = FEW.map(|(specification, defect)| Kind::bad(specification, defect));
            few.into_iter()
                .cycle()
                .take(part(FEW.len(), letters))
                .collect()
        }
        BadLetters::Every => every(letters),
    };
    special.truncate(letters / 2);
    special
}

/// So many of 2,510, as a part of `letters`, rounded.
fn part(of_seeding: usize, letters: usize) -> usize {
    (of_seeding * letters + 1255) / 2510
}

fn every(letters: usize) -> Vec<Kind> {
    let specifications = [ENGLISH, BRAILLE].into_iter().cycle();
    let defects = specifications
        .zip(Defect::ALL)
        .map(|(specification, defect)| Kind::bad(specification, defect));
    // One in fifty: enough to show that the specification is not a mistake.
    let welsh = std::iter::repeat_n(WELSH, (letters / 50).max(2));
    let metadata = [UNKNOWN_SPECIFICATION, WITHOUT_GROUP];
    metadata.into_iter().chain(defects).chain(welsh).collect()
}

/// True if the letters of the kind's specification share a file where files are shared.
pub(crate) fn is_batch(specification: &str) -> bool {
    of(specification).is_some()
}

/// The group of a batch's letters.
pub(crate) fn group_of_batch(specification: &str, supplier: &str) -> Option<String> {
    of(specification).and_then(|kind| kind.group_of(supplier))
}

fn of(specification: &str) -> Option<Kind> {
    let mut batches = BATCHES.into_iter().chain([WELSH]);
    batches.find(|kind| kind.specification == specification)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn of_group(kinds: &[Kind], group: &str) -> usize {
        let group = Some(format!("{group}-supplier1"));
        let in_group = kinds
            .iter()
            .filter(|kind| kind.group_of("supplier1") == group);
        in_group.count()
    }

    #[test]
    fn int_has_three_batches_of_835_and_five_letters_without_a_pdf() {
        let kinds = kinds(2510, BadLetters::None);
        assert_eq!(of_group(&kinds, "group-english"), 835);
        assert_eq!(of_group(&kinds, "group-accessible"), 835);
        assert_eq!(of_group(&kinds, "group-international"), 835);
        assert_eq!(of_group(&kinds, "group-error"), 5);
    }

    #[test]
    fn a_small_seed_still_has_a_letter_without_a_pdf() {
        assert_eq!(without_pdf(0), 0);
        assert_eq!(without_pdf(1), 1);
        assert_eq!(without_pdf(100), 1);
        assert_eq!(without_pdf(753), 2);
        assert_eq!(without_pdf(25_100), 50);
    }

    #[test]
    fn a_few_bad_letters_take_the_place_of_sound_ones() {
        for (letters, bad) in [(2510, 8), (400, 1), (100, 0), (25_100, 80)] {
            let kinds = kinds(letters, BadLetters::Few);
            assert_eq!(kinds.len(), letters);
            let found = kinds.iter().filter(|kind| matches!(kind.pdf, Pdf::Bad(_)));
            assert_eq!(found.count(), bad, "of {letters}");
            let missing = without_pdf(letters);
            assert_eq!(of_group(&kinds, "group-error"), bad + missing);
        }
    }

    #[test]
    fn every_defect_is_seeded_and_the_packs_other_kinds() {
        for letters in [64, 2510] {
            let kinds = kinds(letters, BadLetters::Every);
            assert_eq!(kinds.len(), letters);
            let defects = kinds.iter().filter_map(|kind| match kind.pdf {
                Pdf::Bad(defect) => Some(defect.name()),
                _ => None,
            });
            assert_eq!(defects.collect::<BTreeSet<_>>().len(), Defect::ALL.len());
            assert_eq!(kinds.iter().filter(|kind| kind.group.is_none()).count(), 1);
            let unknown = |kind: &&Kind| kind.specification.ends_with("-unknown");
            assert_eq!(kinds.iter().filter(unknown).count(), 1);
            assert_eq!(of_group(&kinds, "group-welsh"), (letters / 50).max(2));
        }
    }

    #[test]
    fn half_of_the_letters_stay_sound() {
        for letters in 0..80 {
            let kinds = kinds(letters, BadLetters::Every);
            assert_eq!(kinds.len(), letters);
            let sound = kinds.iter().filter(|kind| kind.pdf == Pdf::Sound);
            assert!(sound.count() + 1 >= letters / 2, "of {letters}");
        }
    }
}
