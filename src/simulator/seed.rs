//! Seeding: the batches of letters that INT is given before a test window.
//!
//! The public seeding script makes three batches with PDFs and a small one
//! without, in this order (acceptance-pack "Data"). The letters with PDFs are
//! dealt to the three batches in turn here, so that a short list shows them
//! all; those without a PDF were queued last, as on INT.

use std::sync::atomic::{AtomicUsize, Ordering};

use sha2::{Digest, Sha256};

use super::error::SimulatorError;
use super::ids;
use super::letter_pdf::letter_pdf;
use super::options::Options;
use super::signed_url::hex;
use super::status::Status;
use super::store::{DEFAULT_PRIORITY, Letter, Shelf};

/// Specification of the letters whose object does not exist.
const MISSING_PDF: Batch = Batch {
    specification: "integration-specification-missing-pdf",
    group: "group-error",
};

/// The batches with PDFs.
const BATCHES: [Batch; 3] = [
    Batch {
        specification: "integration-specification-english",
        group: "group-english",
    },
    Batch {
        specification: "integration-specification-braille",
        group: "group-accessible",
    },
    Batch {
        specification: "integration-specification-arabic",
        group: "group-international",
    },
];

/// The file name of the one PDF that a batch shares.
pub(crate) const SHARED_FILE: &str = "test-letter";

struct Batch {
    specification: &'static str,
    group: &'static str,
}

/// The group of a specification's letters, if such letters have a PDF.
pub(crate) fn group_with_pdf(specification: &str, supplier: &str) -> Option<String> {
    let batch = BATCHES
        .iter()
        .find(|batch| batch.specification == specification);
    batch.map(|batch| batch.group_of(supplier))
}

/// The file that holds a letter's PDF: its own, or its batch's.
pub(crate) fn file_of(letter_id: &str, shared: bool) -> &str {
    if shared { SHARED_FILE } else { letter_id }
}

/// The letters of every supplier, as the `generation`th seeding makes them.
///
/// Makes every PDF to know its hash, so it belongs on a blocking thread.
///
/// # Errors
/// A PDF that cannot be made.
pub(crate) fn shelves(options: &Options, generation: u32) -> Result<Vec<Shelf>, SimulatorError> {
    let suppliers = options.suppliers.iter();
    suppliers
        .map(|supplier| shelf(options, generation, supplier))
        .collect()
}

fn shelf(options: &Options, generation: u32, supplier: &str) -> Result<Shelf, SimulatorError> {
    let mut letters = letters(options, generation, supplier);
    hash_all(&mut letters, options.shared_pdfs)?;
    Ok(Shelf::new(letters))
}

fn letters(options: &Options, generation: u32, supplier: &str) -> Vec<Letter> {
    let with_pdf = options.letters - without_pdf(options.letters);
    let seeded = (0..options.letters).map(|number| {
        let batch = if number < with_pdf {
            &BATCHES[number % BATCHES.len()]
        } else {
            &MISSING_PDF
        };
        let id = id_of(options.seed, generation, supplier, number);
        let urgent = number + options.urgent_letters >= options.letters;
        batch.letter(supplier, id, if urgent { 1 } else { DEFAULT_PRIORITY })
    });
    seeded.collect()
}

/// Of 2,510 letters 5 have no PDF; of any other number as large a part, but
/// at least one.
fn without_pdf(letters: usize) -> usize {
    let part = (5 * letters + 1255) / 2510;
    part.max(1).min(letters)
}

fn id_of(seed: u64, generation: u32, supplier: &str, number: usize) -> String {
    let (seed, generation, number) = (seed.to_string(), generation.to_string(), number.to_string());
    ids::letter_id(&[&seed, &generation, supplier, &number])
}

impl Batch {
    fn group_of(&self, supplier: &str) -> String {
        format!("{}-{supplier}", self.group)
    }

    fn letter(&self, supplier: &str, id: String, priority: u8) -> Letter {
        Letter {
            id,
            specification: self.specification,
            group: self.group_of(supplier),
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

/// One PDF and one hash for each batch.
fn hash_batches(letters: &mut [Letter]) -> Result<(), SimulatorError> {
    let mut known: Vec<(&'static str, Option<String>)> = Vec::new();
    for letter in letters {
        let found = known
            .iter()
            .find(|(specification, _)| *specification == letter.specification);
        letter.sha256 = match found {
            Some((_, hash)) => hash.clone(),
            None => hash_of(letter, SHARED_FILE)?,
        };
        known.push((letter.specification, letter.sha256.clone()));
        known.truncate(BATCHES.len() + 1);
    }
    Ok(())
}

fn hash_of(letter: &Letter, file: &str) -> Result<Option<String>, SimulatorError> {
    if letter.specification == MISSING_PDF.specification {
        return Ok(None);
    }
    let pdf = letter_pdf(letter.specification, file, &letter.group);
    let pdf = pdf.map_err(|source| SimulatorError::Pdf {
        letter: letter.id.clone(),
        source,
    })?;
    Ok(Some(hex(&Sha256::digest(pdf))))
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

    fn seeded(count: usize) -> Vec<Letter> {
        let options = Options {
            letters: count,
            ..Options::default()
        };
        letters(&options, 0, "supplier1")
    }

    fn of_group(letters: &[Letter], group: &str) -> usize {
        letters
            .iter()
            .filter(|letter| letter.group == group)
            .count()
    }

    #[test]
    fn the_default_seed_is_three_batches_of_835_and_five_without_a_pdf() {
        let letters = seeded(2510);
        assert_eq!(of_group(&letters, "group-english-supplier1"), 835);
        assert_eq!(of_group(&letters, "group-accessible-supplier1"), 835);
        assert_eq!(of_group(&letters, "group-international-supplier1"), 835);
        assert_eq!(of_group(&letters, "group-error-supplier1"), 5);
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
    fn ids_repeat_for_a_seed_and_change_with_the_generation() {
        let id = id_of(1, 0, "supplier1", 3);
        assert_eq!(id, id_of(1, 0, "supplier1", 3));
        assert_ne!(id, id_of(1, 1, "supplier1", 3));
        assert_ne!(id, id_of(2, 0, "supplier1", 3));
        assert_ne!(id, id_of(1, 0, "supplier2", 3));
    }

    #[test]
    fn a_shared_pdf_gives_a_batch_one_hash() {
        let mut letters = seeded(20);
        hash_all(&mut letters, true).expect("hashes");
        let hashes: std::collections::HashSet<_> = letters
            .iter()
            .filter_map(|letter| letter.sha256.clone())
            .collect();
        assert_eq!(hashes.len(), 3);
    }

    #[test]
    fn every_letter_with_a_pdf_has_a_hash_of_its_own() {
        let mut letters = seeded(20);
        hash_all(&mut letters, false).expect("hashes");
        let hashes: std::collections::HashSet<_> = letters
            .iter()
            .filter_map(|letter| letter.sha256.clone())
            .collect();
        assert_eq!(hashes.len(), 19);
    }
}
