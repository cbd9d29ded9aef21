//! One run within a page: its number, and where its exchanges are shown.

use std::collections::HashMap;

use maud::{Markup, html};

use crate::report::part::{Part, Rules};
use crate::report::record::Row;

use super::say::cell;

/// What every piece of a run's sheets needs.
pub(super) struct Context<'a> {
    /// 1 for the first run of the page.
    pub number: usize,
    pub part: &'a Part<'a>,
    /// What a check of a PDF demands.
    pub rules: &'a Rules,
    /// The exchange or row by which an exchange is shown.
    places: HashMap<u64, u64>,
}

impl<'a> Context<'a> {
    pub fn new(number: usize, part: &'a Part<'a>, rules: &'a Rules) -> Self {
        Self {
            number,
            part,
            rules,
            places: HashMap::new(),
        }
    }

    /// The exchange at `seq` is shown where `place` is.
    pub fn place(&mut self, seq: u64, place: u64) {
        self.places.insert(seq, place);
    }

    /// The id of the element that shows the line `seq`.
    pub fn id(&self, seq: u64) -> String {
        format!("x{}-{seq}", self.number)
    }

    /// A link to where the exchange behind the line `seq` is shown; its number alone if it is not.
    pub fn link(&self, seq: u64) -> Markup {
        let exchange = self.part.record.source(seq);
        match self.places.get(&exchange) {
            Some(place) => html! {
                a href=(format!("#{}", self.id(*place))) { (exchange) }
            },
            None => html! { (exchange) },
        }
    }

    /// A link with what was asked and answered: `13646 POST /mi → 201`.
    pub fn described(&self, row: &Row) -> Markup {
        let said = described(row);
        match self.places.get(&row.seq) {
            Some(place) => html! {
                a href=(format!("#{}", self.id(*place))) { (row.seq) " " (said) }
            },
            None => html! { (row.seq) " " (said) },
        }
    }

    /// True if the exchange at `seq` stands somewhere on the page.
    pub fn is_shown(&self, seq: u64) -> bool {
        self.places.contains_key(&seq)
    }
}

fn described(row: &Row) -> String {
    let status = row.status.map(|status| status.to_string());
    let status = status.unwrap_or_else(|| "no answer".to_owned());
    // The storage's paths are long and say no more than their letter.
    let path = match (&row.letter, row.path.ends_with(".pdf")) {
        (Some(letter), true) => format!("…/{letter}.pdf"),
        _ => row.path.clone(),
    };
    format!("{} {} → {status}", cell(&row.method), cell(&path))
}
