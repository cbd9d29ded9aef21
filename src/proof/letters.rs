//! What a run's journal says of letters and their PDFs.

use std::collections::{BTreeSet, HashMap};

use crate::evidence::{Reader, RunDir};
use crate::model::{Event, LetterFacts, Origin, PdfCheck, RunStarted, Shown, Timestamp};

use super::ProofError;

/// A PDF that was fetched.
#[derive(Clone, Debug)]
pub(super) struct Fetched {
    pub(super) letter: String,
    pub(super) group: Option<String>,
    pub(super) sha256: String,
    pub(super) at: Timestamp,
    /// A check of the run failed.
    pub(super) failed: bool,
}

/// The letters of a run.
pub(super) struct Letters {
    pub(super) started: RunStarted,
    /// The origins at which the API was called.
    pub(super) called: BTreeSet<String>,
    /// When the journal's last line was written.
    pub(super) ended: Timestamp,
    /// Specifications in the order in which they were first listed, each with its PDFs in the
    /// order in which they were fetched.
    pub(super) specifications: Vec<(String, Vec<Fetched>)>,
}

/// Reads the journal, and holds its chain while it does.
pub(super) fn read(dir: &RunDir) -> Result<Letters, ProofError> {
    let damaged = |why: String| ProofError::Damaged {
        path: dir.journal(),
        why: Shown::of(why),
    };
    let mut tally = Tally::default();
    for read in Reader::open(&dir.journal())? {
        let line = read.map_err(|fault| damaged(fault.to_string()))?.line;
        tally.ended = Some(line.at);
        tally.take(line.at, line.event);
    }
    let (Some(started), Some(ended)) = (tally.started, tally.ended) else {
        return Err(damaged("its first line is not run.started".to_owned()));
    };
    if started.run_id != *dir.name() {
        let why = format!("it is of run {}, and its folder is not", started.run_id);
        return Err(damaged(why));
    }
    Ok(Letters {
        started,
        called: tally.called,
        ended,
        specifications: tally.specifications,
    })
}

#[derive(Default)]
struct Tally {
    started: Option<RunStarted>,
    ended: Option<Timestamp>,
    called: BTreeSet<String>,
    /// Of a letter: place of its specification, and its group.
    letters: HashMap<String, (usize, Option<String>)>,
    specifications: Vec<(String, Vec<Fetched>)>,
}

impl Tally {
    fn take(&mut self, at: Timestamp, event: Event) {
        match event {
            Event::RunStarted(started) => self.started = Some(*started),
            // The storage of the PDFs is asked without an id.
            Event::Exchange(exchange) if exchange.request_id.is_some() => {
                let origin = Origin::of(&exchange.url);
                let called = origin.map_or(exchange.url, |origin| origin.to_string());
                self.called.insert(called);
            }
            Event::LettersListed { letters, .. } => {
                letters.into_iter().for_each(|letter| self.letter(letter));
            }
            Event::StatusObserved { letter, .. } => self.letter(letter),
            Event::PdfChecked {
                letter,
                sha256: Some(sha256),
                checks,
                ..
            } => {
                let failed = checks.iter().any(PdfCheck::is_open);
                self.fetched(letter, sha256, at, failed);
            }
            _ => {}
        }
    }

    fn letter(&mut self, facts: LetterFacts) {
        let Some(specification) = facts.specification_id else {
            return;
        };
        let known = self
            .specifications
            .iter()
            .position(|(id, _)| *id == specification);
        let place = known.unwrap_or_else(|| {
            self.specifications.push((specification, Vec::new()));
            self.specifications.len() - 1
        });
        self.letters.insert(facts.id, (place, facts.group_id));
    }

    fn fetched(&mut self, letter: String, sha256: String, at: Timestamp, failed: bool) {
        let Some((place, group)) = self.letters.get(&letter) else {
            return;
        };
        self.specifications[*place].1.push(Fetched {
            group: group.clone(),
            letter,
            sha256,
            at,
            failed,
        });
    }
}
