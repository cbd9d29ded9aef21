//! Which specifications count as known.
//!
//! No list of valid specifications is public, so one counts as known if INT is seeded with it,
//! if the configuration names it, or if at least one letter in a hundred, and at least two, share
//! it: invalid ones are seeded singly, valid ones in batches.

use std::collections::{BTreeMap, BTreeSet};

/// The seeded specification whose PDF has six pages.
pub(super) const ARABIC: &str = "integration-specification-arabic";

/// Specifications that INT is seeded with and that have a PDF (acceptance pack, "Data").
const SEEDED: [&str; 3] = [
    "integration-specification-english",
    "integration-specification-braille",
    ARABIC,
];

/// The known ones of those that `letters` have, one entry a letter, and of those that need an
/// `accessible` format.
pub(super) fn known<'a>(
    letters: impl Iterator<Item = Option<&'a str>>,
    accessible: impl Iterator<Item = &'a str>,
) -> BTreeSet<&'a str> {
    let (mut counts, mut total): (BTreeMap<&str, usize>, usize) = (BTreeMap::new(), 0);
    for specification in letters {
        total += 1;
        if let Some(specification) = specification {
            *counts.entry(specification).or_default() += 1;
        }
    }
    let enough = total.div_ceil(100).max(2);
    let shared = counts.into_iter().filter(|(_, count)| *count >= enough);
    let mut known: BTreeSet<&str> = shared.map(|(specification, _)| specification).collect();
    known.extend(SEEDED);
    known.extend(accessible);
    known
}
