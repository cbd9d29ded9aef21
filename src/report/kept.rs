//! Which exchanges of a group are kept whole, to be shown as cards.

use std::collections::BTreeMap;

use crate::model::Exchange;

/// A group of at most this many is shown whole.
const WHOLE: usize = 12;

/// Of a larger group the slowest few are shown, beside the first and the last.
const SLOWEST: usize = 3;

/// The exchanges of one group that are kept: all of a small group; of a larger one the first,
/// the last and the slowest three.
#[derive(Debug, Default)]
pub(super) struct Kept {
    count: usize,
    begun: BTreeMap<u64, Exchange>,
    last: Option<(u64, Exchange)>,
    /// By time taken, then by `seq`: ties are broken the same way every time.
    slowest: BTreeMap<(u64, u64), Exchange>,
}

impl Kept {
    /// Takes the next exchange of the group.
    pub fn offer(&mut self, seq: u64, exchange: &Exchange) {
        self.count += 1;
        if self.count <= WHOLE {
            self.begun.insert(seq, exchange.clone());
            return;
        }
        if self.count == WHOLE + 1 {
            self.shrink();
        }
        self.consider(seq, exchange);
        self.last = Some((seq, exchange.clone()));
    }

    /// The group has become a large one.
    fn shrink(&mut self) {
        let begun = std::mem::take(&mut self.begun);
        for (place, (seq, exchange)) in begun.into_iter().enumerate() {
            self.consider(seq, &exchange);
            if place == 0 {
                self.begun.insert(seq, exchange);
            }
        }
    }

    fn consider(&mut self, seq: u64, exchange: &Exchange) {
        let time = exchange.times.done_us;
        let fastest = self.slowest.first_key_value().map(|(key, _)| key.0);
        if self.slowest.len() < SLOWEST || fastest.is_some_and(|fastest| time > fastest) {
            self.slowest.insert((time, seq), exchange.clone());
        }
        if self.slowest.len() > SLOWEST {
            self.slowest.pop_first();
        }
    }

    /// How many exchanges the group has.
    pub fn count(&self) -> usize {
        self.count
    }

    /// What is kept, in the journal's order, each with the word that says why it was chosen.
    pub fn chosen(&self) -> Vec<(u64, &Exchange, Option<&'static str>)> {
        let large = self.count > WHOLE;
        let mut chosen = BTreeMap::new();
        for ((_, seq), exchange) in &self.slowest {
            chosen.insert(*seq, (exchange, Some("one of the slowest three")));
        }
        if let Some((seq, exchange)) = &self.last {
            chosen.insert(*seq, (exchange, Some("the last")));
        }
        for (seq, exchange) in &self.begun {
            chosen.insert(*seq, (exchange, large.then_some("the first")));
        }
        let chosen = chosen.into_iter();
        chosen
            .map(|(seq, (exchange, why))| (seq, exchange, why))
            .collect()
    }
}
