//! Remembers what a PDF is by its hash: INT stores one PDF per batch, so 835 letters may be one
//! file (pdf-preflight fact 8).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::letter::Letter;
use super::policy::Policy;
use super::report::{Depth, Report};
use super::run::{self, Contents};

/// Most verdicts that are kept; a test window has some 2,500 letters.
const CAPACITY: usize = 16_384;

type Key = (String, String, Depth);

/// A policy and the verdicts that it led to.
#[derive(Debug)]
pub struct Preflight {
    policy: Policy,
    known: Mutex<HashMap<Key, Arc<Contents>>>,
}

impl Preflight {
    /// Starts with nothing known.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            known: Mutex::default(),
        }
    }

    /// What letters are measured by.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// [`super::cheap`], from memory where the same bytes were judged for the same pack before.
    pub fn cheap(&self, letter: &Letter) -> Report {
        self.judge(letter, Depth::Cheap)
    }

    /// [`super::full`], from memory where the same bytes were judged for the same pack before.
    pub fn full(&self, letter: &Letter) -> Report {
        self.judge(letter, Depth::Full)
    }

    fn judge(&self, letter: &Letter, depth: Depth) -> Report {
        run::judge(letter, &self.policy, depth, |sha256, pack| {
            let key = (sha256.to_owned(), pack.to_owned(), depth);
            self.known(&key).unwrap_or_else(|| {
                let contents = Arc::new(run::contents(letter.bytes, pack, &self.policy, depth));
                self.remember(key, Arc::clone(&contents));
                contents
            })
        })
    }

    fn known(&self, key: &Key) -> Option<Arc<Contents>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(key).cloned()
    }

    fn remember(&self, key: Key, contents: Arc<Contents>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= CAPACITY {
            known.clear();
        }
        known.insert(key, contents);
    }
}
