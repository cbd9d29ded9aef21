//! The letters that are still free.

use std::collections::BTreeSet;

use crate::model::Status;

use super::stock::{Defect, Stock, StockLetter, Trigger, trigger};
use super::{Request, ids};
use crate::model::path;

/// The letters that are still free.
pub(super) struct Pool<'a> {
    pub stock: Stock<'a>,
    claimed: &'a [Status],
    free: Vec<bool>,
    declared: BTreeSet<usize>,
    seen_only: bool,
}

impl<'a> Pool<'a> {
    /// All of `letters`; one that stands there twice counts once.
    pub fn of(letters: &'a [StockLetter], request: &'a Request) -> Self {
        let mut free = vec![false; letters.len()];
        for place in ids::places(letters).into_values() {
            free[place] = true;
        }
        Self {
            stock: Stock::of(letters, &request.accessible),
            claimed: &request.claimed,
            free,
            declared: BTreeSet::new(),
            seen_only: request.seen_pdfs_only,
        }
    }

    /// The letter at `place`.
    pub fn letter(&self, place: usize) -> &'a StockLetter {
        &self.stock.letters[place]
    }

    /// How many steps the letter is away from `wanted`, if it can become that.
    pub fn distance(&self, place: usize, wanted: Status) -> Option<usize> {
        path(self.letter(place).status, wanted, self.claimed).map(|steps| steps.len())
    }

    /// Places of the free letters, in list order.
    pub fn free(&self) -> impl Iterator<Item = usize> {
        let places = self.free.iter().enumerate();
        places.filter(|(_, free)| **free).map(|(place, _)| place)
    }

    /// Gives the letter at `place` away; false if it was not free.
    pub fn take(&mut self, place: usize) -> bool {
        std::mem::take(&mut self.free[place])
    }

    /// Gives away up to `count` letters that can become `wanted`: the smallest `key` first, of
    /// those the first on the list. The key is asked with the letter's place and its distance to
    /// `wanted`; letters without one stay.
    pub fn best<K: Ord>(
        &mut self,
        count: usize,
        wanted: Status,
        key: impl Fn(&Self, usize, usize) -> Option<K>,
    ) -> Vec<usize> {
        let ranked = self.free().filter_map(|place| {
            let distance = self.distance(place, wanted)?;
            Some((key(self, place, distance)?, place))
        });
        let mut ranked: Vec<(K, usize)> = ranked.collect();
        ranked.sort_unstable();
        ranked.truncate(count);
        let mut places: Vec<usize> = ranked.into_iter().map(|(_, place)| place).collect();
        places.sort_unstable();
        for place in &places {
            self.free[*place] = false;
        }
        places
    }

    /// Keeps the letters at `places` for AT12: the tester declares them to be defective.
    pub fn declare(&mut self, places: Vec<usize>) {
        self.declared.extend(places);
    }

    /// True if the tester declares the letter to be defective.
    pub fn is_declared(&self, place: usize) -> bool {
        self.declared.contains(&place)
    }

    /// Why the letter is invalid, if it is.
    pub fn defect(&self, place: usize) -> Option<Defect> {
        self.stock.defect(self.letter(place))
    }

    /// Why the letter may be failed, if it may.
    pub fn trigger(&self, place: usize) -> Option<Trigger> {
        let declared = self.is_declared(place).then_some(Trigger::Declared);
        let may_guess = !(self.seen_only && self.is_guessed(place));
        declared.or(trigger(self.letter(place)).filter(|_| may_guess))
    }

    /// True if there is a PDF that nobody has looked at yet.
    pub fn is_guessed(&self, place: usize) -> bool {
        let letter = self.letter(place);
        letter.has_hash && letter.pdf.is_none()
    }

    /// True if nothing speaks against the letter.
    pub fn is_valid(&self, place: usize) -> bool {
        self.defect(place).is_none() && !self.is_declared(place)
    }

    /// True if AT13 could reject the letter.
    pub fn is_rejectable(&self, place: usize) -> bool {
        let guessed = self.defect(place) == Some(Defect::ErrorGroup);
        self.letter(place).status == Status::Pending
            && self.defect(place).is_some()
            && !(self.seen_only && guessed)
            && !self.is_declared(place)
    }

    /// True if the letter needs an accessible format.
    pub fn is_accessible(&self, place: usize) -> bool {
        self.stock.is_accessible(self.letter(place))
    }

    /// How much a letter would be missed elsewhere: a long or an accessible one more than others.
    pub fn worth(&self, place: usize) -> u8 {
        let long = trigger(self.letter(place)).is_some();
        u8::from(long) + 2 * u8::from(self.is_accessible(place))
    }
}
