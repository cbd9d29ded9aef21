//! Seeding: the letters that INT is given before a test window.
//!
//! The public seeding script makes three batches with PDFs and a small one
//! without (acceptance-pack "Data"); `batches` says which letters these are here.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use sha2::{Digest, Sha256};

use super::batches::{self, BadLetters, Kind, Pdf};
use super::defects::DefectError;
use super::error::SimulatorError;
use super::ids;
use super::letter_pdf::letter_pdf;
use super::options::Options;
use super::signed_url::hex;
use super::status::Status;
use super::store::{DEFAULT_PRIORITY, Letter, Shelf};

/// The file name of the one PDF that a batch shares.
pub(crate) const SHARED_FILE: &str = "test-letter";

/// The file that holds a letter's PDF: its own, or its batch's. A bad letter has its own.
pub(crate) fn file_of(letter: &Letter, shared: bool) -> &str {
    if shared && letter.pdf == Pdf::Sound && batches::is_batch(letter.specification) {
        SHARED_FILE
    } else {
        &letter.id
    }
}

/// The PDF of a letter in its `file`, if it has one: the same letter, the same bytes.
///
/// # Errors
/// A template that is not what `tools/letter-templates` makes.
pub(crate) fn pdf_of(letter: &Letter, file: &str) -> Result<Option<Vec<u8>>, DefectError> {
    let (specification, group) = (letter.specification, letter.group.as_deref());
    let group = group.unwrap_or_default();
    match letter.pdf {
        Pdf::Missing => Ok(None),
        Pdf::Sound => Ok(Some(letter_pdf(specification, file, group)?)),
        Pdf::Bad(defect) => defect.letter_pdf(specification, file, group).map(Some),
    }
}

/// The PDF that the letters of a batch share, if the specification is that of a batch.
pub(crate) fn shared_pdf(specification: &str, supplier: &str) -> Option<Vec<u8>> {
    let group = batches::group_of_batch(specification, supplier)?;
    letter_pdf(specification, SHARED_FILE, &group).ok()
}

/// The letters of every supplier, as the `generation`th seeding makes them.
///
/// Makes every PDF to know its hash, so it belongs on a blocking thread.
///
/// # Errors
/// A PDF that cannot be made.
pub(crate) fn shelves(
    options: &Options,
    bad: BadLetters,
    generation: u32,
) -> Result<Vec<Shelf>, SimulatorError> {
    let suppliers = options.suppliers.iter();
    suppliers
        .map(|supplier| shelf(options, bad, generation, supplier))
        .collect()
}

fn shelf(
    options: &Options,
    bad: BadLetters,
    generation: u32,
    supplier: &str,
) -> Result<Shelf, SimulatorError> {
    let mut letters = letters(options, bad, generation, supplier);
    hash_all(&mut letters, options.shared_pdfs)?;
    Ok(Shelf::new(letters))
}

fn letters(options: &Options, bad: BadLetters, generation: u32, supplier: &str) -> Vec<Letter> {
    let kinds = batches::kinds(options.letters, bad).into_iter();
    let seeded = kinds.enumerate().map(|(number, kind)| {
        let id = id_of(options.seed, generation, supplier, number);
        let urgent = number + options.urgent_letters >= options.letters;
        let priority = if urgent { 1 } else { DEFAULT_PRIORITY };
        letter(&kind, supplier, id, priority)
    });
    seeded.collect()
}

fn letter(kind: &Kind, supplier: &str, id: String, priority: u8) -> Letter {
    Letter {
        id,
        specification: kind.specification,
        group: kind.group_of(supplier),
        pdf: kind.pdf,
        status: Status::Pending,
        reason_code: None,
        reason_text: None,
        sha256: None,
        priority,
        queued: true,
        hidden_until: None,
        updates: 0,
    }
}

fn id_of(seed: u64, generation: u32, supplier: &str, number: usize) -> String {
    let (seed, generation, number) = (seed.to_string(), generation.to_string(), number.to_string());
    ids::letter_id(&[&seed, &generation, supplier, &number])
}

/// Fills in the hashes, on as many threads as there are processors.
fn hash_all(letters: &mut [Letter], shared: bool) -> Result<(), SimulatorError> {
    if shared {
        return hash_batches(letters);
    }
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = letters.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let shares = letters.chunks_mut(share);
        let workers: Vec<_> = shares
            .map(|share| scope.spawn(|| hash_each(share)))
            .collect();
        let mut ends = workers.into_iter().map(|worker| worker.join());
        ends.try_for_each(|end| end.map_err(|_| SimulatorError::TaskLost)?)
    })
}

fn hash_each(letters: &mut [Letter]) -> Result<(), SimulatorError> {
    for letter in letters {
        letter.sha256 = hash_of(letter, &letter.id)?;
    }
    Ok(())
}

/// One PDF and one hash for each batch; letters that are in none have their own.
fn hash_batches(letters: &mut [Letter]) -> Result<(), SimulatorError> {
    let mut known: HashMap<&'static str, Option<String>> = HashMap::new();
    for letter in letters {
        let file = file_of(letter, true);
        letter.sha256 = match known.get(letter.specification) {
            Some(hash) if file == SHARED_FILE => hash.clone(),
            _ => hash_of(letter, file)?,
        };
        if file_of(letter, true) == SHARED_FILE {
            known.insert(letter.specification, letter.sha256.clone());
        }
    }
    Ok(())
}

fn hash_of(letter: &Letter, file: &str) -> Result<Option<String>, SimulatorError> {
    let pdf = pdf_of(letter, file).map_err(|source| SimulatorError::Pdf {
        letter: letter.id.clone(),
        source,
    })?;
    Ok(pdf.map(|pdf| hex(&Sha256::digest(pdf))))
}

/// Counts the seedings of one simulator, so that each makes new ids.
#[derive(Debug, Default)]
pub(crate) struct Generations(AtomicUsize);

impl Generations {
    /// The number of the next seeding: 0, 1, 2 …
    pub(crate) fn next(&self) -> u32 {
        let generation = self.0.fetch_add(1, Ordering::Relaxed);
        u32::try_from(generation).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seeded(count: usize, bad: BadLetters) -> Vec<Letter> {
        let options = Options {
            letters: count,
            ..Options::default()
        };
        letters(&options, bad, 0, "supplier1")
    }

    fn hashes(letters: &[Letter]) -> std::collections::HashSet<String> {
        letters
            .iter()
            .filter_map(|letter| letter.sha256.clone())
            .collect()
    }

    #[test]
    fn ids_repeat_for_a_seed_and_change_with_the_generation() {
        let id = id_of(1, 0, "supplier1", 3);
        assert_eq!(id, id_of(1, 0, "supplier1", 3));
        assert_ne!(id, id_of(1, 1, "supplier1", 3));
        assert_ne!(id, id_of(2, 0, "supplier1", 3));
        assert_ne!(id, id_of(1, 0, "supplier2", 3));
    }

    #[test]
    fn a_shared_pdf_gives_a_batch_one_hash() {
        let mut letters = seeded(20, BadLetters::None);
        hash_all(&mut letters, true).expect("hashes");
        assert_eq!(hashes(&letters).len(), 3);
    }

    #[test]
    fn every_letter_with_a_pdf_has_a_hash_of_its_own() {
        let mut letters = seeded(20, BadLetters::None);
        hash_all(&mut letters, false).expect("hashes");
        assert_eq!(hashes(&letters).len(), 19);
    }

    #[test]
    fn a_bad_letter_shares_its_pdf_with_none() {
        let mut letters = seeded(64, BadLetters::Every);
        hash_all(&mut letters, true).expect("hashes");
        // Four batches, the unknown specification, and each defect.
        let bad = super::super::defects::Defect::ALL.len();
        assert_eq!(hashes(&letters).len(), 4 + 1 + bad);
        assert!(letters.iter().filter(|one| one.sha256.is_none()).count() == 1);
    }

    #[test]
    fn a_seeding_with_bad_letters_has_the_ids_of_one_without() {
        let ids = |bad| {
            let letters = seeded(300, bad).into_iter();
            letters.map(|letter| letter.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(BadLetters::None), ids(BadLetters::Every));
    }
}
