//! Finds any of many spellings in one pass.

use std::sync::OnceLock;

use aho_corasick::packed::Searcher;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::Found;

/// Spellings that are looked for all at once.
pub(super) struct Net {
    automaton: AhoCorasick,
    placeholders: Vec<String>,
}

/// A net for the parts of one exchange. Its automaton would take longer to build than all else
/// that is done to the exchange, and nearly always nothing is caught, because the places were
/// emptied before: so it is built only when something is.
pub(super) struct Local {
    spellings: Vec<(String, String)>,
    quick: Option<Searcher>,
    net: OnceLock<Option<Net>>,
}

impl Local {
    pub(super) fn over(spellings: Vec<(String, String)>) -> Option<Self> {
        if spellings.is_empty() {
            return None;
        }
        let mut quick = Searcher::builder();
        quick.extend(spellings.iter().map(|(text, _)| text));
        Some(Self {
            quick: quick.build(),
            spellings,
            net: OnceLock::new(),
        })
    }

    pub(super) fn replace(&self, text: &[u8]) -> Option<Vec<u8>> {
        self.net_if_caught(text)?.replace(text)
    }

    pub(super) fn find(&self, text: &[u8]) -> Option<Found> {
        self.net_if_caught(text)?.find(text)
    }

    /// The least bytes of any spelling.
    pub(super) fn shortest(&self) -> usize {
        let lengths = self.spellings.iter().map(|(text, _)| text.len());
        lengths.min().unwrap_or_default()
    }

    fn net_if_caught(&self, text: &[u8]) -> Option<&Net> {
        let quick = self.quick.as_ref();
        if quick.is_some_and(|quick| quick.find(text).is_none()) {
            return None;
        }
        let net = self.net.get_or_init(|| Net::over(&self.spellings));
        net.as_ref()
    }
}

impl Net {
    pub(super) fn over(spellings: &[(String, String)]) -> Option<Self> {
        if spellings.is_empty() {
            return None;
        }
        // A private key has some hundred spellings: a DFA over them takes longer to build than all
        // that a short run looks for.
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .match_kind(MatchKind::LeftmostLongest)
            .build(spellings.iter().map(|(text, _)| text))
            .ok()?;
        let placeholders = spellings
            .iter()
            .map(|(_, placeholder)| placeholder.clone())
            .collect();
        Some(Self {
            automaton,
            placeholders,
        })
    }

    pub(super) fn find(&self, text: &[u8]) -> Option<Found> {
        let found = self.automaton.find(text)?;
        Some(Found {
            secret: self.placeholders[found.pattern()].clone(),
            at: found.start(),
        })
    }

    pub(super) fn replace(&self, text: &[u8]) -> Option<Vec<u8>> {
        self.automaton
            .is_match(text)
            .then(|| self.automaton.replace_all_bytes(text, &self.placeholders))
    }
}
