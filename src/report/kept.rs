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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Request, Scope, Times, Timestamp};

    fn taking(us: u64) -> Exchange {
        Exchange {
            id: String::new(),
            scope: Scope::default(),
            attempt: 1,
            method: "GET".into(),
            url: String::new(),
            request_id: None,
            correlation_id: None,
            intent: None,
            request: Request::default(),
            response: None,
            times: Times {
                sent: Timestamp::from_micros(0),
                first_byte_us: None,
                done_us: us,
            },
            error: None,
        }
    }

    /// The seqs kept of exchanges that took these times, with the reasons.
    fn kept(times: &[u64]) -> Vec<(u64, Option<&'static str>)> {
        let mut kept = Kept::default();
        for (seq, us) in times.iter().enumerate() {
            kept.offer(seq as u64, &taking(*us));
        }
        assert_eq!(kept.count(), times.len());
        let chosen = kept.chosen().into_iter();
        chosen.map(|(seq, _, why)| (seq, why)).collect()
    }

    #[test]
    fn a_small_group_is_kept_whole() {
        assert_eq!(kept(&[5; 12]).len(), 12);
        assert!(kept(&[5; 12]).iter().all(|(_, why)| why.is_none()));
        assert!(kept(&[]).is_empty());
    }

    #[test]
    fn of_a_large_group_the_first_the_last_and_the_slowest_three_are_kept() {
        let mut times = vec![10; 40];
        (times[3], times[20], times[30]) = (99, 98, 97);
        let slow = Some("one of the slowest three");
        assert_eq!(
            kept(&times),
            [
                (0, Some("the first")),
                (3, slow),
                (20, slow),
                (30, slow),
                (39, Some("the last"))
            ]
        );
    }

    #[test]
    fn of_equals_the_earliest_are_kept() {
        let seqs: Vec<u64> = kept(&[7; 30]).into_iter().map(|(seq, _)| seq).collect();
        assert_eq!(seqs, [0, 1, 2, 29]);
    }
}
