//! Lists of letter ids that people write: each id held against the letters there are.

use std::collections::{BTreeSet, HashMap};

use super::super::text::{count, named};
use super::stock::StockLetter;

/// The letters of a list, and what a reader must know of the rest of it.
#[derive(Default)]
pub(super) struct Listed {
    /// Places in the stock, in the order of the list.
    pub places: Vec<usize>,
    pub remarks: Vec<String>,
}

/// Finds the letters of the list called `name`; blank lines do not count.
pub(super) fn find(name: &str, list: &[String], stock: &[StockLetter]) -> Listed {
    let places = places(stock);
    let (mut found, mut seen) = (Listed::default(), BTreeSet::new());
    let (mut doubles, mut foreign, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    for id in list.iter().map(|id| id.trim()).filter(|id| !id.is_empty()) {
        match places.get(id) {
            _ if !seen.insert(id) => doubles.push(shown(id)),
            _ if !is_plain(id) => foreign.push(shown(id)),
            None => unknown.push(shown(id)),
            Some(place) => found.places.push(*place),
        }
    }
    let faults = [
        (doubles, "stands there more than once and counts once"),
        (
            foreign,
            "has characters that no letter id has and is left out",
        ),
        (unknown, "is no letter that is known and is left out"),
    ];
    for (ids, what) in faults.iter().filter(|(ids, _)| !ids.is_empty()) {
        let ids_of = count(ids.len(), "id");
        found
            .remarks
            .push(format!("{name}, {ids_of}: {} {what}", named(ids)));
    }
    found
}

/// Where each id stands in the stock; the first place of an id that stands there twice.
pub(super) fn places(stock: &[StockLetter]) -> HashMap<&str, usize> {
    let ids = stock.iter().map(|letter| letter.id.as_str());
    ids.enumerate().map(|(at, id)| (id, at)).rev().collect()
}

/// The service's ids are base62; other targets may use hyphens and underscores.
fn is_plain(id: &str) -> bool {
    id.chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// An id as a remark may print it: no control characters, not endless.
fn shown(id: &str) -> String {
    const LONGEST: usize = 40;
    let cut: String = id.chars().take(LONGEST).collect();
    let more = if cut.len() < id.len() { "…" } else { "" };
    format!("{cut:?}{more}")
}
