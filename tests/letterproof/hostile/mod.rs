//! Bytes that nobody sane writes, for everything that reads what others wrote: first the committed
//! corpus, then random harms of it.
//!
//! `HOSTILE_CASES` says how many random cases the quickest targets get (the others get fewer);
//! `fuzz/` runs the same targets for as long as one likes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may end at once"
)]

pub mod harm;
pub mod targets;

use std::fmt;
use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};

use letterproof::audit::Known;
use letterproof::pack::verify_pack;

use harm::{Harm, harms};
use targets::{TARGETS, Target};

/// Random cases of the quickest targets, unless `HOSTILE_CASES` says otherwise.
const CASES: u32 = 100;

/// The inputs of `target` that are worth keeping, by file name.
fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/corpus")
        .join(target);
    let entries = fs::read_dir(folder).expect("a corpus");
    let mut files: Vec<_> = entries
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// An input; a failure shows it in the form that `printf '%b'` writes to a file.
#[derive(Clone)]
struct Input(Vec<u8>);

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

/// A seed of the corpus after some harms; now and then bytes out of nowhere.
fn inputs(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Input> {
    let harmed = (
        prop::sample::select(seeds),
        prop::collection::vec(harms(), 1..5),
    );
    let harmed = harmed.prop_map(|(seed, harms): (Vec<u8>, Vec<Harm>)| {
        Input(harms.iter().fold(seed, |bytes, harm| harm.done_to(&bytes)))
    });
    let random = prop::collection::vec(any::<u8>(), 0..300).prop_map(Input);
    prop_oneof![7 => harmed, 1 => random]
}

fn cases(target: &Target) -> u32 {
    let asked = std::env::var("HOSTILE_CASES").ok();
    let asked = asked.map(|text| text.parse().expect("HOSTILE_CASES is a number"));
    (asked.unwrap_or(CASES) * target.hundredth / 100).max(1)
}

/// Holds `target` to its corpus, then to random inputs.
fn hold(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let corpus = corpus(name);
    assert!(!corpus.is_empty(), "{name} has no corpus");
    for (file, bytes) in &corpus {
        let held = std::panic::catch_unwind(|| (target.try_on)(bytes));
        assert!(held.is_ok(), "{name}: tests/corpus/{name}/{file} fails");
    }
    let config = ProptestConfig {
        cases: cases(target),
        // The same cases in every run of the test.
        rng_seed: RngSeed::Fixed(7),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let seeds = corpus.into_iter().map(|(_, bytes)| bytes).collect();
    let held = TestRunner::new(config).run(&inputs(seeds), |Input(bytes)| {
        (target.try_on)(&bytes);
        Ok(())
    });
    if let Err(failure) = held {
        panic!("{name}: {failure}");
    }
}

#[test]
fn journal() {
    hold("journal");
}

#[test]
fn forged() {
    hold("forged");
}

#[test]
fn config() {
    hold("config");
}

#[test]
fn answers() {
    hold("answers");
}

#[test]
fn reports() {
    hold("reports");
}

#[test]
fn junit() {
    hold("junit");
}

#[test]
fn mail() {
    hold("mail");
}

#[test]
fn pack() {
    hold("pack");
}

#[test]
fn every_target_is_tested_and_fuzzed() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let tests = include_str!("mod.rs");
    for target in TARGETS {
        let name = target.name;
        assert!(
            tests.contains(&format!("hold(\"{name}\");")),
            "{name} has no test"
        );
        let fuzzed = folder.join(format!("fuzz/fuzz_targets/{name}.rs"));
        assert!(fuzzed.is_file(), "{name} has no {}", fuzzed.display());
    }
}

/// Entries of a zip that lie over one another: each is read as its own bytes, so few bytes become
/// many in memory before anything is inflated.
#[test]
fn entries_that_overlap_are_not_opened() {
    let zip = overlapping(400, 4_000_000);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pack.zip");
    fs::write(&path, &zip).unwrap();
    let told = verify_pack(&path, &Known::default())
        .unwrap_err()
        .to_string();
    assert!(told.contains("over one another"), "{told}");
}

/// A zip with `many` entries, all of whose data end at the end of the same `length` bytes.
fn overlapping(many: usize, length: usize) -> Vec<u8> {
    const LOCAL: usize = 30 + 4;
    let (mut zip, mut contents) = (Vec::new(), Vec::new());
    let whole = many * LOCAL + length;
    for number in 0..many {
        let (at, name) = (zip.len(), format!("{number:04}"));
        let packed = u32::try_from(whole - at - LOCAL).unwrap();
        // Version, flags, method, time, checksum, both sizes, lengths of the name and what follows.
        let mut facts = vec![20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        facts.extend(packed.to_le_bytes());
        facts.extend(1_u32.to_le_bytes());
        facts.extend([4, 0, 0, 0]);
        zip.extend([b"PK\x03\x04", &facts[..], name.as_bytes()].concat());
        contents.extend([b"PK\x01\x02\x14\x00", &facts[..], &[0; 10]].concat());
        contents.extend(u32::try_from(at).unwrap().to_le_bytes());
        contents.extend(name.as_bytes());
    }
    zip.resize(whole, 0);
    zip.extend(&contents);
    zip.extend(b"PK\x05\x06\0\0\0\0");
    let entries = u16::try_from(many).unwrap().to_le_bytes();
    zip.extend([entries, entries].concat());
    zip.extend(u32::try_from(contents.len()).unwrap().to_le_bytes());
    zip.extend(u32::try_from(whole).unwrap().to_le_bytes());
    zip.extend([0, 0]);
    zip
}
