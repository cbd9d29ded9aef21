//! The `jti`s that assertions have burned.
//!
//! The service burns a `jti` before it knows who sends it, and keeps it for 30 days
//! (token-endpoint.md). Here one that was proven is kept as long. One that was not is kept until
//! its assertion has expired, when it is refused for that; and of neither are there more than a
//! process bears, whatever is sent.

use std::collections::{HashSet, VecDeque};
use std::sync::Mutex;

use sha2::{Digest, Sha256};

use super::lock::hold;

/// How long the service remembers, in seconds.
const SERVICE_KEEPS_S: u64 = 30 * 24 * 60 * 60;

/// Proven ones that are kept: a token every 30 s for a month.
const MOST_PROVEN: usize = 100_000;

/// Unproven ones that are kept.
const MOST_UNPROVEN: usize = 10_000;

type Mark = [u8; 32];

/// What was burned.
#[derive(Debug)]
pub(crate) struct Burned(Mutex<Kept>);

#[derive(Debug)]
struct Kept {
    proven: Marks,
    unproven: Marks,
}

/// Marks in the order in which they came, each with the second at which it is forgotten.
#[derive(Debug)]
struct Marks {
    most: usize,
    known: HashSet<Mark>,
    order: VecDeque<(Mark, u64)>,
}

impl Default for Burned {
    fn default() -> Burned {
        Burned::bounded(MOST_PROVEN, MOST_UNPROVEN)
    }
}

impl Burned {
    fn bounded(proven: usize, unproven: usize) -> Burned {
        Burned(Mutex::new(Kept {
            proven: Marks::at_most(proven),
            unproven: Marks::at_most(unproven),
        }))
    }

    /// Burns the `jti` of an assertion that expires at `expires_s`; false if it was burned before.
    pub(crate) fn burn(&self, issuer: &str, jti: &str, expires_s: u64, now_s: u64) -> bool {
        let mark = mark(issuer, jti);
        let mut kept = hold(&self.0);
        let is_new = !kept.knows(&mark);
        if is_new {
            kept.unproven.add(mark, expires_s, now_s);
        }
        is_new
    }

    /// Whether a `jti` was burned.
    pub(crate) fn is_burned(&self, issuer: &str, jti: &str) -> bool {
        hold(&self.0).knows(&mark(issuer, jti))
    }

    /// Keeps a burned `jti` as long as the service does: its assertion was proven.
    pub(crate) fn prove(&self, issuer: &str, jti: &str, now_s: u64) {
        let mut kept = hold(&self.0);
        let until_s = now_s.saturating_add(SERVICE_KEEPS_S);
        kept.proven.add(mark(issuer, jti), until_s, now_s);
    }
}

impl Kept {
    fn knows(&self, mark: &Mark) -> bool {
        self.proven.known.contains(mark) || self.unproven.known.contains(mark)
    }
}

impl Marks {
    fn at_most(most: usize) -> Marks {
        Marks {
            most,
            known: HashSet::new(),
            order: VecDeque::new(),
        }
    }

    /// Adds one, and forgets the oldest that are over or too many.
    fn add(&mut self, mark: Mark, until_s: u64, now_s: u64) {
        while let Some((oldest, oldest_until_s)) = self.order.front().copied()
            && (oldest_until_s <= now_s || self.order.len() >= self.most)
        {
            self.known.remove(&oldest);
            self.order.pop_front();
        }
        if self.known.insert(mark) {
            self.order.push_back((mark, until_s));
        }
    }
}

/// A `jti` may be as long as a body: of each so many bytes are kept.
fn mark(issuer: &str, jti: &str) -> Mark {
    let length = issuer.len().to_be_bytes();
    let digest = Sha256::new().chain_update(length);
    digest
        .chain_update(issuer)
        .chain_update(jti)
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jti_burns_once_for_each_issuer() {
        let burned = Burned::default();
        assert!(burned.burn("a", "bc", 300, 0));
        assert!(!burned.burn("a", "bc", 300, 1));
        assert!(burned.is_burned("a", "bc") && !burned.is_burned("ab", "c"));
        assert!(burned.burn("ab", "c", 300, 1));
    }

    #[test]
    fn what_nobody_proved_is_forgotten_when_its_assertion_has_expired() {
        let burned = Burned::default();
        burned.burn("issuer", "proven", 300, 0);
        burned.prove("issuer", "proven", 0);
        burned.burn("issuer", "unproven", 300, 0);
        burned.burn("issuer", "later", 900, 600);
        assert!(burned.is_burned("issuer", "proven"));
        assert!(!burned.is_burned("issuer", "unproven"));
    }

    #[test]
    fn a_flood_of_unproven_ones_is_bounded_and_drives_out_no_proven_one() {
        let burned = Burned::bounded(2, 3);
        burned.burn("issuer", "proven", 300, 0);
        burned.prove("issuer", "proven", 0);
        for number in 0..1_000 {
            assert!(burned.burn("stranger", &number.to_string(), 300, 0));
        }
        assert!(burned.is_burned("issuer", "proven"));
        assert!(burned.is_burned("stranger", "999") && !burned.is_burned("stranger", "1"));
        let kept = hold(&burned.0);
        assert_eq!(
            (kept.unproven.known.len(), kept.unproven.order.len()),
            (3, 3)
        );
    }
}
