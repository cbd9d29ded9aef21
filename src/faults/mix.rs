//! Several faults at once, chosen by a number.

use super::catalogue::FAULTS;
use super::fault::{Deed, Fault, Outcome};

/// How many faults a mix holds.
const PARTS: usize = 3;

/// Tests before this one list and share their letters: a fault there is felt in all that follow.
const FIRST: u8 = 5;

/// The mix number `seed`: faults of different tests, so that none hides another. What a mix turns
/// red is what its parts turn red.
pub fn mix(seed: u64) -> Vec<&'static Fault> {
    let mut fit: Vec<&Fault> = FAULTS.iter().filter(|fault| mixes(fault)).collect();
    let mut dice = seed;
    let mut chosen: Vec<&Fault> = Vec::new();
    while chosen.len() < PARTS && !fit.is_empty() {
        // Knuth's MMIX constants; the high bits are the random ones.
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let place = usize::try_from(dice >> 33).unwrap_or(0) % fit.len();
        let next = fit.swap_remove(place);
        fit.retain(|fault| test_of(fault) != test_of(next));
        chosen.push(next);
    }
    chosen
}

/// True if a fault is felt in one test alone.
fn mixes(fault: &Fault) -> bool {
    let Outcome { red, open, caught } = fault.outcome;
    let alone = red.iter().all(|point| test(point) == test_of(fault));
    let late = test_of(fault).is_some_and(|test| test >= FIRST);
    let is_run = !matches!(fault.deed, Deed::Journal(_));
    is_run && late && alone && open.is_empty() && caught.is_none()
}

fn test_of(fault: &Fault) -> Option<u8> {
    fault.outcome.red.first().and_then(|point| test(point))
}

/// 4 of `AT4.2`.
fn test(point: &str) -> Option<u8> {
    let number = point.strip_prefix("AT")?.split('.').next()?;
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_always_gives_the_same_mix_of_different_tests() {
        for seed in 0..200 {
            let chosen = mix(seed);
            let ids = |mix: &[&Fault]| mix.iter().map(|fault| fault.id).collect::<Vec<_>>();
            assert_eq!(ids(&chosen), ids(&mix(seed)));
            assert_eq!(chosen.len(), PARTS);
            let mut tests: Vec<_> = chosen.iter().map(|fault| test_of(fault)).collect();
            tests.sort_unstable();
            tests.dedup();
            assert_eq!(tests.len(), PARTS);
        }
    }
}
