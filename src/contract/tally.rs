//! Counts differences, each kind once.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    ContractResult, DescriptionFacts, Difference, KnownDeviation, Observation, Weight,
};

use super::deviations::{id_at, shows};
use super::place;
use super::validators::Found;

/// Kinds of differences that are listed one by one.
const LISTED: usize = 200;
/// Answers that an observation names.
const NAMED: usize = 5;
/// Values that an observation shows.
const SHOWN: usize = 3;

/// The answer that is being looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct At<'a> {
    pub seq: u64,
    pub operation: &'a str,
    pub status: u16,
}

type Key = (String, u16, String, Difference, bool);

#[derive(Debug, Default)]
pub(super) struct Tally {
    kinds: BTreeMap<Key, Kind>,
    /// Kinds beyond those that are listed, as far as they are remembered.
    beyond: BTreeSet<Key>,
    known: Vec<KnownDeviation>,
    /// Deviations whose place showed what is documented.
    as_documented: BTreeSet<String>,
}

#[derive(Debug)]
struct Kind {
    weight: Weight,
    described: String,
    observed: Vec<String>,
    by: BTreeSet<usize>,
    answers: u64,
    seqs: Vec<u64>,
    last: u64,
    known: Option<KnownDeviation>,
}

impl Tally {
    /// Deviations that are known of the target.
    pub fn know(&mut self, known: Vec<KnownDeviation>) {
        self.known = known;
    }

    /// Notes what stands at a place that can show a known deviation.
    pub fn look(&mut self, at: At, place: &str, value: &str) {
        let Some(id) = id_at(at.operation, at.status, place) else {
            return;
        };
        let about = |known: &&KnownDeviation| known.id == id;
        let Some(known) = self.known.iter().find(about).cloned() else {
            return;
        };
        if known.documented == value {
            self.as_documented.insert(known.id);
        } else if known.observed == value {
            let found = Found {
                difference: Difference::Changed,
                place: place.to_owned(),
                described: known.documented,
                observed: known.observed,
            };
            self.add(at, None, found, Weight::Known);
        }
    }

    /// Notes a difference from the description number `by`.
    pub fn add(&mut self, at: At, by: Option<usize>, found: Found, weight: Weight) {
        let known = self.known_at(at, &found);
        let key = (
            at.operation.to_owned(),
            at.status,
            found.place,
            found.difference,
            known.is_some(),
        );
        if !self.kinds.contains_key(&key) && self.kinds.len() >= LISTED {
            if self.beyond.len() < LISTED * LISTED {
                self.beyond.insert(key);
            }
            return;
        }
        let kind = self.kinds.entry(key).or_insert_with(|| Kind {
            weight: if known.is_some() {
                Weight::Known
            } else {
                weight
            },
            described: found.described,
            observed: Vec::new(),
            by: BTreeSet::new(),
            answers: 0,
            seqs: Vec::new(),
            last: 0,
            known,
        });
        let observed = match &kind.known {
            // The same value stands here once, whether a look or a schema found it.
            Some(_) => place::bare(&found.observed).to_owned(),
            None => found.observed,
        };
        kind.count(at.seq, by, observed);
    }

    fn known_at(&self, at: At, found: &Found) -> Option<KnownDeviation> {
        let shown = |known: &&KnownDeviation| shows(known, at.operation, at.status, found);
        self.known.iter().find(shown).cloned()
    }

    /// What came to light, findings first.
    pub fn result(&self, descriptions: Vec<DescriptionFacts>, answers: u64) -> ContractResult {
        let mut observations: Vec<Observation> = self
            .kinds
            .iter()
            .map(|(key, kind)| kind.told(key, &descriptions))
            .collect();
        observations.sort_by_key(|one| one.weight);
        let seen = |known: &&KnownDeviation| {
            let mut seen = observations.iter().filter_map(|one| one.known.as_ref());
            seen.any(|one| one.id == known.id)
        };
        let stale = self
            .known
            .iter()
            .filter(|known| self.as_documented.contains(&known.id) && !seen(known))
            .cloned()
            .collect();
        ContractResult {
            stale,
            unlisted: self.beyond.len() as u64,
            descriptions,
            answers,
            observations,
        }
    }
}

impl Kind {
    fn count(&mut self, seq: u64, by: Option<usize>, observed: String) {
        self.by.extend(by);
        if self.observed.len() < SHOWN && !self.observed.contains(&observed) {
            self.observed.push(observed);
        }
        // One answer may differ in a thousand places of the same kind, and from two descriptions.
        if self.answers > 0 && self.last == seq {
            return;
        }
        self.answers += 1;
        self.last = seq;
        if self.seqs.len() < NAMED {
            self.seqs.push(seq);
        }
    }

    fn told(&self, key: &Key, descriptions: &[DescriptionFacts]) -> Observation {
        let (operation, status, place, difference, _) = key;
        let by = self
            .by
            .iter()
            .filter_map(|number| descriptions.get(*number));
        Observation {
            weight: self.weight,
            difference: *difference,
            operation: operation.clone(),
            status: *status,
            place: place.clone(),
            described: self.described.clone(),
            observed: self.observed.join(", "),
            by: by.map(|facts| facts.name.clone()).collect(),
            answers: self.answers,
            seqs: self.seqs.clone(),
            known: self.known.clone(),
        }
    }
}
