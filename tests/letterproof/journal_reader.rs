//! The journal's reader against bytes that nobody wrote: it never panics, and every line that it
//! yields continues the chain.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may end at once"
)]

use std::fs;

use crate::hostile::harm::harms;
use crate::hostile::targets::{audit, read};
use letterproof::evidence::{Fault, Journal, Redactor, RunDir};
use letterproof::model::{Event, Scope};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// The bytes of a journal with a line for each of `texts`.
fn journal_of(texts: &[String]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let dir = RunDir::create(folder.path(), &"r".parse().unwrap()).unwrap();
    let journal = Journal::create(dir.clone(), Redactor::default()).unwrap();
    for text in texts {
        let scope = Scope::of("AT1", "here:1");
        let text = text.clone();
        journal.append(&Event::Note { scope, text }).unwrap();
    }
    fs::read(dir.journal()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig {
        // The same cases in every run of the test.
        cases: 96,
        rng_seed: RngSeed::Fixed(7),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        read(&bytes);
        audit(&bytes, None);
    }

    #[test]
    fn any_text_of_lines_is_read_without_a_panic(text in "([ -~]{0,60}\n|\\{\"seq\":0[ -~]{0,80}\n){0,6}") {
        read(text.as_bytes());
        audit(text.as_bytes(), None);
    }

    #[test]
    fn a_journal_reads_as_it_was_written(texts in prop::collection::vec(".{0,60}", 0..8)) {
        let (held, fault) = read(&journal_of(&texts));
        prop_assert_eq!((held, fault), (texts.len(), None));
    }

    #[test]
    fn a_harmed_journal_is_read_up_to_the_harm_and_no_further(
        texts in prop::collection::vec("[a-z]{0,20}", 1..8),
        harm in harms(),
    ) {
        let whole = journal_of(&texts);
        let harmed = harm.done_to(&whole);
        let (held, fault) = read(&harmed);
        audit(&harmed, None);
        let same = whole.iter().zip(&harmed).take_while(|(one, other)| one == other).count();
        let untouched = whole[..same].iter().filter(|byte| **byte == b'\n').count();
        // The line that was harmed may still be an event; the one after it shows the harm.
        prop_assert!(held >= untouched.min(texts.len()), "{held} of {untouched} lines were read");
        prop_assert!(held <= untouched + 1, "{held} lines hold where {untouched} are untouched");
        if harmed.len() > same && held == untouched {
            prop_assert!(fault.is_some(), "a harmed line was passed over");
        }
    }
}

#[test]
fn a_line_end_of_another_system_is_no_line_end_of_a_journal() {
    let whole = journal_of(&["one".to_owned(), "two".to_owned()]);
    let text = String::from_utf8(whole).unwrap().replace('\n', "\r\n");
    let (held, fault) = read(text.as_bytes());
    assert_eq!(held, 1);
    assert!(
        matches!(fault, Some(Fault::BrokenChain { line: 2 })),
        "{fault:?}"
    );
}

#[test]
fn depth_and_length_do_no_harm() {
    let deep = format!("{}{}\n", "[".repeat(100_000), "]".repeat(100_000));
    let deeper = format!("{{\"seq\":0,\"a\":{}\n", "{\"a\":".repeat(100_000));
    let long = format!("{{\"seq\":0,\"at\":\"{}\"}}\n", "9".repeat(1_000_000));
    let large = format!("{{\"seq\":{}}}\n", "9".repeat(400));
    for text in [deep, deeper, long, large] {
        let (held, fault) = read(text.as_bytes());
        assert_eq!(held, 0);
        assert!(
            matches!(fault, Some(Fault::NotAnEvent { line: 1, .. })),
            "{fault:?}"
        );
        assert_eq!(audit(text.as_bytes(), None), 1);
    }
}
