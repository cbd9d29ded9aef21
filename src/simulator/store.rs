//! The letters of all suppliers: which are listed, which are leased, what
//! became of them.
//!
//! A list and its lease are two steps with no lock across them, because the
//! service reads the queue first and writes the leases after: parallel lists
//! overlap (service-behaviour §2). Time is always passed in.
//!
//! The service forgets a queue entry after 168 hours; no simulator runs that
//! long, so none is forgotten here.

use std::collections::HashMap;
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use super::batches::Pdf;
use super::manners::Queued;
use super::status::Status;
use super::updates::Updates;

/// Priority of a letter that was queued without one.
pub(crate) const DEFAULT_PRIORITY: u8 = 10;

/// One letter as it lies in the simulator.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    pub(crate) id: String,
    pub(crate) specification: &'static str,
    pub(crate) group: Option<String>,
    /// What its data URL leads to.
    pub(crate) pdf: Pdf,
    pub(crate) status: Status,
    pub(crate) reason_code: Option<String>,
    pub(crate) reason_text: Option<String>,
    /// Lower-case hex of the PDF's SHA-256; absent where there is no PDF.
    pub(crate) sha256: Option<String>,
    /// Lower is listed first.
    pub(crate) priority: u8,
    /// Whether it may be listed. It never comes back once it left PENDING.
    pub(crate) queued: bool,
    /// Until when a list does not show it.
    pub(crate) hidden_until: Option<Instant>,
    /// Updates accepted for it so far.
    pub(crate) updates: u32,
}

/// One letter as a list shows it: a queue entry, so always PENDING.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) id: String,
    pub(crate) specification: &'static str,
    pub(crate) group: Option<String>,
    pub(crate) sha256: Option<String>,
}

/// A status update as a request brought it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Update {
    pub(crate) id: String,
    pub(crate) status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason_text: Option<String>,
    /// The `X-Request-ID` it came with.
    #[serde(skip)]
    pub(crate) request_id: String,
}

/// An update that has taken effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Applied {
    pub(crate) supplier: usize,
    pub(crate) letter: String,
    pub(crate) from: Status,
    pub(crate) to: Status,
    pub(crate) reason_code: Option<String>,
    pub(crate) request_id: String,
}

/// The letters of one supplier, in the order of the queue.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    letters: Vec<Letter>,
    places: HashMap<String, usize>,
}

impl Shelf {
    /// A shelf of `letters` given in the order in which they were queued.
    pub(crate) fn new(mut letters: Vec<Letter>) -> Shelf {
        letters.sort_by_key(|letter| letter.priority);
        let ids = letters.iter().map(|letter| letter.id.clone());
        let places = ids.enumerate().map(|(place, id)| (id, place)).collect();
        Shelf { letters, places }
    }

    fn get(&self, id: &str) -> Option<&Letter> {
        self.places
            .get(id)
            .and_then(|place| self.letters.get(*place))
    }

    fn get_mut(&mut self, id: &str) -> Option<&mut Letter> {
        let place = self.places.get(id)?;
        self.letters.get_mut(*place)
    }
}

/// Every supplier's letters and the updates on their way to them.
#[derive(Debug)]
pub(crate) struct Store {
    shelves: Vec<Shelf>,
    updates: Updates,
}

impl Store {
    /// A store of one shelf for each supplier.
    pub(crate) fn new(shelves: Vec<Shelf>, settle: Duration, seed: u64) -> Store {
        let updates = Updates::new(settle, seed);
        Store { shelves, updates }
    }

    /// Puts new shelves in place of the old. Updates of the old letters find
    /// nothing any more.
    pub(crate) fn replace(&mut self, shelves: Vec<Shelf>) {
        self.shelves = shelves;
        self.updates.forget();
    }

    /// The first `limit` letters of a supplier that are queued and not leased.
    pub(crate) fn visible(&self, supplier: usize, limit: usize, now: Instant) -> Vec<Listed> {
        let letters = self.shelves.get(supplier).map(|shelf| &shelf.letters);
        let shown = letters.into_iter().flatten().filter(|l| l.is_visible(now));
        shown.take(limit).map(Letter::listed).collect()
    }

    /// Hides letters from lists until `until`. Letters that have left the
    /// queue since they were read are passed over.
    pub(crate) fn lease<'a>(
        &mut self,
        supplier: usize,
        ids: impl Iterator<Item = &'a str>,
        until: Instant,
    ) {
        let Some(shelf) = self.shelves.get_mut(supplier) else {
            return;
        };
        for id in ids {
            if let Some(letter) = shelf.get_mut(id) {
                letter.hidden_until = Some(until);
            }
        }
    }

    /// A supplier's letter; another supplier's is not found.
    pub(crate) fn letter(&self, supplier: usize, id: &str) -> Option<&Letter> {
        self.shelves.get(supplier).and_then(|shelf| shelf.get(id))
    }

    /// Queues an update; whether the letter exists is only asked when it is
    /// applied.
    pub(crate) fn accept(&mut self, supplier: usize, queued: Queued, now: Instant) {
        let Queued {
            update,
            later,
            overtaken_by,
        } = queued;
        let shelf = self.shelves.get_mut(supplier);
        let letter = shelf.and_then(|shelf| shelf.get_mut(&update.id));
        let number = letter.map_or(0, |letter| {
            letter.updates += 1;
            letter.updates
        });
        let due = self.updates.queue(supplier, update, number, now + later);
        if let Some(earlier) = overtaken_by {
            self.updates.queue_at(supplier, earlier, due);
        }
    }

    /// Applies every update that is due at `now`, oldest due first.
    pub(crate) fn settle(&mut self, now: Instant) -> Vec<Applied> {
        let due = self.updates.due(now);
        let applied = due.into_iter().filter_map(|(supplier, update)| {
            let shelf = self.shelves.get_mut(supplier)?;
            let letter = shelf.get_mut(&update.id)?;
            Some(letter.apply(supplier, update))
        });
        applied.collect()
    }
}

impl Letter {
    /// Whether a list shows it at `now`.
    fn is_visible(&self, now: Instant) -> bool {
        self.queued && self.hidden_until.is_none_or(|until| until < now)
    }

    pub(crate) fn listed(&self) -> Listed {
        Listed {
            id: self.id.clone(),
            specification: self.specification,
            group: self.group.clone(),
            sha256: self.sha256.clone(),
        }
    }

    /// Takes an update on. No transition is refused, an absent or empty reason
    /// leaves the old one, and leaving PENDING ends the queue entry for good.
    fn apply(&mut self, supplier: usize, update: Update) -> Applied {
        let from = self.status;
        self.status = update.status;
        self.queued &= !(from == Status::Pending && update.status != Status::Pending);
        stick(&mut self.reason_code, update.reason_code.clone());
        stick(&mut self.reason_text, update.reason_text);
        Applied {
            supplier,
            letter: update.id,
            from,
            to: update.status,
            reason_code: update.reason_code,
            request_id: update.request_id,
        }
    }
}

fn stick(old: &mut Option<String>, new: Option<String>) {
    if new.as_ref().is_some_and(|text| !text.is_empty()) {
        *old = new;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(id: &str, priority: u8) -> Letter {
        Letter {
            id: id.to_owned(),
            specification: "integration-specification-english",
            group: Some("group-english-supplier1".to_owned()),
            pdf: Pdf::Sound,
            status: Status::Pending,
            reason_code: None,
            reason_text: None,
            sha256: None,
            priority,
            queued: true,
            hidden_until: None,
            updates: 0,
        }
    }

    fn store(letters: Vec<Letter>) -> Store {
        Store::new(vec![Shelf::new(letters)], Duration::ZERO, 1)
    }

    fn ids(listed: &[Listed]) -> Vec<&str> {
        listed.iter().map(|letter| letter.id.as_str()).collect()
    }

    fn update(id: &str, status: Status, reason: Option<&str>) -> Update {
        Update {
            id: id.to_owned(),
            status,
            reason_code: reason.map(str::to_owned),
            reason_text: None,
            request_id: "r".to_owned(),
        }
    }

    fn queued(update: Update) -> Queued {
        Queued {
            update,
            later: Duration::ZERO,
            overtaken_by: None,
        }
    }

    fn apply(store: &mut Store, update: Update) {
        let now = Instant::now();
        store.accept(0, queued(update), now);
        store.settle(now);
    }

    #[test]
    fn a_lower_priority_number_is_listed_first_and_equals_keep_their_order() {
        let store = store(vec![letter("a", 10), letter("b", 10), letter("c", 1)]);
        assert_eq!(ids(&store.visible(0, 9, Instant::now())), ["c", "a", "b"]);
    }

    #[test]
    fn a_lease_hides_what_a_list_returned_until_it_ends() {
        let mut store = store(vec![letter("a", 10), letter("b", 10)]);
        let now = Instant::now();
        let until = now + Duration::from_secs(300);
        store.lease(0, ["a"].into_iter(), until);
        assert_eq!(ids(&store.visible(0, 9, now)), ["b"]);
        assert_eq!(ids(&store.visible(0, 9, until)), ["b"]);
        let after = until + Duration::from_millis(1);
        assert_eq!(ids(&store.visible(0, 9, after)), ["a", "b"]);
    }

    #[test]
    fn a_letter_put_back_to_pending_is_never_listed_again() {
        let mut store = store(vec![letter("a", 10)]);
        apply(&mut store, update("a", Status::Accepted, None));
        apply(&mut store, update("a", Status::Pending, None));
        let status = store.letter(0, "a").map(|letter| letter.status);
        assert_eq!(status, Some(Status::Pending));
        assert!(store.visible(0, 9, Instant::now()).is_empty());
    }

    #[test]
    fn a_reason_sticks_through_updates_without_one() {
        let mut store = store(vec![letter("a", 10)]);
        apply(&mut store, update("a", Status::Failed, Some("F01")));
        apply(&mut store, update("a", Status::Accepted, None));
        apply(&mut store, update("a", Status::Printed, Some("")));
        let letter = store.letter(0, "a").expect("letter a");
        assert_eq!(letter.reason_code.as_deref(), Some("F01"));
        assert_eq!(letter.status, Status::Printed);
    }

    #[test]
    fn an_update_of_an_unknown_letter_has_no_effect() {
        let mut store = store(vec![letter("a", 10)]);
        let now = Instant::now();
        store.accept(0, queued(update("x", Status::Accepted, None)), now);
        store.accept(7, queued(update("a", Status::Accepted, None)), now);
        assert!(store.settle(now).is_empty());
    }
}
