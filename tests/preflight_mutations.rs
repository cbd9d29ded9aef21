//! Whatever happens to a file on its way, preflight says something about it, soon.
//!
//! ```text
//! PREFLIGHT_MUTATIONS=100000 cargo test --release --test preflight_mutations no_mutation
//! cargo test --release --test preflight_mutations detection -- --ignored --nocapture
//! ```
//!
//! The first judges that many mutated letters instead of some hundred, the second prints how
//! much damage is seen (docs/measurements.md).

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use letterproof::preflight::{CheckId, Letter, Outcome, Policy, Report, cheap, full};
use letterproof::simulator::letter_pdf;
use proptest::prelude::*;

static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::built_in().unwrap());
static LETTERS: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| {
    ["x-english", "x-arabic"].map(|specification| letter_pdf(specification, "a", "g").unwrap())
});

/// Longest that a PDF may take, also in a build without optimisation on a busy machine.
const PATIENCE: Duration = Duration::from_secs(2);

/// Most memory that judging a file of at most 10 MiB may take.
const MOST_MEMORY_KIB: u64 = 300 * 1024;

/// Bits of syntax that make readers do more than they should.
const TOKENS: [&[u8]; 12] = [
    b"/Count 2147483647",
    b"/Length 99999999",
    b"/Kids[1 0 R 1 0 R 1 0 R]",
    b"/Parent 1 0 R",
    b"/Filter/FlateDecode",
    b"/Filter[/FlateDecode/FlateDecode]",
    b"/Type/ObjStm/N 1000000/First 0",
    b"/Type/XRef/W[1 8 8]/Index[0 4294967295]",
    b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    b"<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<",
    b"/MediaBox[0 0 1e38 -1e38]/UserUnit 1e30",
    b"trailer<</Root 1 0 R/Prev 0>>startxref 0 %%EOF",
];

#[derive(Debug, Clone)]
enum Mutation {
    Flip(usize, u8),
    Truncate(usize),
    Zero(usize, usize),
    Remove(usize, usize),
    Repeat(usize, usize),
    Overwrite(usize, usize),
    Insert(usize, usize),
}

impl Mutation {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let length = bytes.len().max(1);
        let range = |start: usize, count: usize| {
            let start = start % length;
            start..(start + count).min(bytes.len())
        };
        match *self {
            Self::Flip(at, bit) => {
                if let Some(byte) = bytes.get_mut(at % length) {
                    *byte ^= 1 << (bit % 8);
                }
            }
            Self::Truncate(at) => bytes.truncate(at % length),
            Self::Zero(start, count) => {
                let range = range(start, count);
                bytes[range].fill(0);
            }
            Self::Remove(start, count) => drop(bytes.drain(range(start, count))),
            Self::Repeat(start, count) => {
                let range = range(start, count);
                let block = bytes[range.clone()].to_vec();
                bytes.splice(range.end..range.end, block);
            }
            Self::Overwrite(at, token) => {
                let token = TOKENS[token % TOKENS.len()];
                let range = range(at, token.len());
                bytes.splice(range, token.iter().copied());
            }
            Self::Insert(at, token) => {
                let token = TOKENS[token % TOKENS.len()];
                let at = range(at, 0).start;
                bytes.splice(at..at, token.iter().copied());
            }
        }
    }
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<usize>;
    // Damage to the frame is much rarer than its effect is large.
    prop_oneof![
        8 => (at(), any::<u8>()).prop_map(|(at, bit)| Mutation::Flip(at, bit)),
        1 => at().prop_map(Mutation::Truncate),
        2 => (at(), 1..4096_usize).prop_map(|(start, count)| Mutation::Zero(start, count)),
        1 => (at(), 1..512_usize).prop_map(|(start, count)| Mutation::Remove(start, count)),
        1 => (at(), 1..512_usize).prop_map(|(start, count)| Mutation::Repeat(start, count)),
        4 => (at(), at()).prop_map(|(at, token)| Mutation::Overwrite(at, token)),
        1 => (at(), at()).prop_map(|(at, token)| Mutation::Insert(at, token)),
    ]
}

/// Judges, and insists on a whole report in time and on no check that broke down.
fn judge(bytes: &[u8]) -> Report {
    let started = Instant::now();
    let report = full(&Letter::new(bytes), &POLICY);
    assert!(
        started.elapsed() < PATIENCE,
        "{:?} {report:#?}",
        started.elapsed()
    );
    assert_eq!(report.checks.len(), CheckId::ALL.len());
    let broken = report
        .checks
        .iter()
        .find(|check| check.observed.contains("broke down"));
    assert_eq!(broken, None);
    assert!(peak_memory_kib() <= MOST_MEMORY_KIB, "{report:#?}");
    report
}

/// The most that this process ever took; 0 where the system does not tell.
fn peak_memory_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = peak.and_then(|peak| peak.split_whitespace().next());
    number.map_or(0, |number| number.parse().unwrap())
}

/// Mutated letters for each of the two properties that ask for them.
fn cases() -> u32 {
    let asked = std::env::var("PREFLIGHT_MUTATIONS");
    asked.map_or(256, |number| number.parse::<u32>().unwrap().div_ceil(2))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn no_mutation_panics_or_hangs(
        letter in 0..2_usize,
        mutations in prop::collection::vec(mutation(), 1..6),
    ) {
        let mut bytes = LETTERS[letter].clone();
        mutations.iter().for_each(|mutation| mutation.apply(&mut bytes));
        judge(&bytes);
    }

    /// Without compression and checksums the page's own operators are hit much more often.
    #[test]
    fn no_mutation_of_a_plain_letter_panics_or_hangs(
        mutations in prop::collection::vec(mutation(), 1..6),
    ) {
        let mut bytes = PLAIN.clone();
        mutations.iter().for_each(|mutation| mutation.apply(&mut bytes));
        judge(&bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_truncated_letter_is_always_refused(at in any::<prop::sample::Index>()) {
        let letter = &LETTERS[0];
        // The line feed after the end marker is nobody's loss.
        let report = judge(&letter[..at.index(letter.len() - 1)]);
        prop_assert!(report.defects().next().is_some());
    }

    #[test]
    fn no_bytes_are_a_letter_by_chance(bytes in prop::collection::vec(any::<u8>(), 0..2048)) {
        prop_assert!(judge(&bytes).defects().next().is_some());
    }
}

/// A letter without compressed streams.
static PLAIN: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut document = lopdf::Document::load_mem(&LETTERS[0]).unwrap();
    document.decompress();
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
});

#[test]
fn a_plain_letter_is_good() {
    let report = judge(&PLAIN);
    assert_eq!(report.defects().next(), None, "{report:#?}");
}

#[test]
fn most_flipped_bits_are_seen_without_the_hash() {
    let letter = &LETTERS[0];
    let cases = 300;
    let seen = (0..cases).filter(|case| {
        let mut bytes = letter.clone();
        Mutation::Flip(case * 7919 * 31, (case % 8) as u8).apply(&mut bytes);
        let report = judge(&bytes);
        report
            .checks
            .iter()
            .any(|check| matches!(check.outcome, Outcome::Fail | Outcome::Warn))
    });
    // Measured: the reference implementation saw 89 % (pdf-preflight, damage table).
    assert!(seen.count() * 100 / cases >= 85);
}

/// Damaged letters of each kind.
const DAMAGED: usize = 2_000;
/// Bytes of a zeroed block.
const BLOCK: usize = 4_096;

/// Numbers that look random and are the same in every run (SplitMix64).
fn numbers() -> impl FnMut() -> usize {
    let mut state = 1_u64;
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) as usize
    }
}

/// How many of the damaged letters are refused: by the cheap checks without the letter's hash,
/// by all checks without it, by all checks with it.
fn refused(damage: impl Fn(usize, usize) -> Mutation) -> [usize; 3] {
    let mut number = numbers();
    let mut refused = [0; 3];
    for case in 0..DAMAGED {
        let specification = ["x-english", "x-braille", "x-arabic"][case % 3];
        let letter = letter_pdf(specification, &format!("letter-{case}"), "g").unwrap();
        let sha256 = full(&Letter::new(&letter), &POLICY).sha256;
        let mut bytes = letter.clone();
        while bytes == letter {
            damage(number(), number()).apply(&mut bytes);
        }
        let plain = Letter::new(&bytes);
        let hashed = Letter {
            expected_sha256: Some(&sha256),
            ..plain
        };
        let reports = [
            cheap(&plain, &POLICY),
            full(&plain, &POLICY),
            full(&hashed, &POLICY),
        ];
        for (count, report) in refused.iter_mut().zip(reports) {
            *count += usize::from(report.defects().next().is_some());
        }
    }
    refused
}

#[test]
#[ignore = "a measurement of some minutes"]
fn detection_of_damage() {
    println!("{DAMAGED} letters of each kind: cheap, all, all with the hash");
    type Damage = fn(usize, usize) -> Mutation;
    let kinds: [(&str, Damage); 3] = [
        ("one bit flipped", |at, bit| Mutation::Flip(at, bit as u8)),
        ("truncated", |at, _| Mutation::Truncate(at)),
        ("4 KiB zeroed", |at, _| Mutation::Zero(at, BLOCK)),
    ];
    for (name, damage) in kinds {
        let share = refused(damage).map(|count| count as f64 * 100.0 / DAMAGED as f64);
        println!(
            "{name:16} {:6.1} % {:6.1} % {:6.1} %",
            share[0], share[1], share[2]
        );
        assert!((share[2] - 100.0).abs() < f64::EPSILON, "{name}");
    }
}
