//! The letters that this run knows, as the service last described them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::model::{LetterFacts, PdfCheck, Status};

/// Letters by id, and the order in which they were first seen; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Stock(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    order: Vec<String>,
    letters: HashMap<String, LetterFacts>,
    checks: HashMap<String, Vec<PdfCheck>>,
}

impl Stock {
    /// The service described `letter` just now.
    pub fn seen(&self, letter: &LetterFacts) {
        let mut known = self.0.lock().unwrap_or_else(|poison| poison.into_inner());
        if !known.letters.contains_key(&letter.id) {
            known.order.push(letter.id.clone());
        }
        known.letters.insert(letter.id.clone(), letter.clone());
    }

    /// What is known of `id`.
    pub fn letter(&self, id: &str) -> Option<LetterFacts> {
        let known = self.0.lock().unwrap_or_else(|poison| poison.into_inner());
        known.letters.get(id).cloned()
    }

    /// The status of `id` as last seen.
    pub fn status(&self, id: &str) -> Option<Status> {
        self.letter(id).and_then(|letter| letter.known_status())
    }

    /// Every letter, in the order first seen.
    pub fn all(&self) -> Vec<LetterFacts> {
        let known = self.0.lock().unwrap_or_else(|poison| poison.into_inner());
        known
            .order
            .iter()
            .filter_map(|id| known.letters.get(id).cloned())
            .collect()
    }

    /// The PDF of `id` was checked just now.
    pub fn checked(&self, id: &str, checks: &[PdfCheck]) {
        let mut known = self.0.lock().unwrap_or_else(|poison| poison.into_inner());
        known.checks.insert(id.to_owned(), checks.to_vec());
    }

    /// What the checks of the PDF of `id` found; nothing if it was not fetched.
    pub fn checks(&self, id: &str) -> Vec<PdfCheck> {
        let known = self.0.lock().unwrap_or_else(|poison| poison.into_inner());
        known.checks.get(id).cloned().unwrap_or_default()
    }

    /// True if nothing was seen yet.
    pub fn is_empty(&self) -> bool {
        self.0
            .lock()
            .unwrap_or_else(|poison| poison.into_inner())
            .order
            .is_empty()
    }
}
