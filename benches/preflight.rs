//! What preflight and the simulator's letters cost, on one core.
//!
//! Aims for a letter of about 100 KB: 0.2 ms to make it, 0.7 ms for the cheap checks (they run
//! inside AT15's timed window), 4 ms for all.

use divan::{Bencher, black_box};
use letterproof::preflight::{Letter, Policy, Preflight, cheap, full};
use letterproof::simulator::letter_pdf;

const SPECIFICATIONS: [&str; 3] = [
    "integration-specification-english",
    "integration-specification-braille",
    "integration-specification-arabic",
];

fn main() {
    divan::main();
}

fn letter_of(specification: &str) -> Vec<u8> {
    letter_pdf(specification, "a-letter", "a-group").unwrap_or_default()
}

fn policy() -> Policy {
    Policy::built_in().unwrap_or_else(|error| unreachable!("{error}"))
}

#[divan::bench(args = SPECIFICATIONS)]
fn make_letter(bencher: Bencher, specification: &str) {
    bencher.bench(|| letter_of(black_box(specification)));
}

#[divan::bench(args = SPECIFICATIONS)]
fn cheap_checks(bencher: Bencher, specification: &str) {
    let (bytes, policy) = (letter_of(specification), policy());
    bencher.bench(|| cheap(&Letter::new(black_box(&bytes)), &policy));
}

#[divan::bench(args = SPECIFICATIONS)]
fn full_checks(bencher: Bencher, specification: &str) {
    let (bytes, policy) = (letter_of(specification), policy());
    bencher.bench(|| full(&Letter::new(black_box(&bytes)), &policy));
}

#[divan::bench(args = SPECIFICATIONS)]
fn known_letter(bencher: Bencher, specification: &str) {
    let (bytes, preflight) = (letter_of(specification), Preflight::new(policy()));
    bencher.bench(|| preflight.full(&Letter::new(black_box(&bytes))));
}
