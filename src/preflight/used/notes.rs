//! What was found on the way, and what it says of the letter.

use std::fmt::Display;

use lopdf::ObjectId;

use super::super::check::Finding;
use super::super::filters::{End, Fault};
use super::Stop;

/// Most findings of a kind that are kept; the first is told, the others counted.
const MAX_NOTES: usize = 1_000;
/// Longest name of a resource that is told.
const LONGEST_NAME: usize = 40;

/// Contents whose data has no end marker: whether something is missing shows only when they are
/// read.
pub(super) type Doubt = Option<(Option<ObjectId>, &'static str)>;

/// How contents came to their end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    Complete,
    /// Within a text, a saved state or an operator's values.
    Within,
}

/// What was found, page by page.
#[derive(Default)]
pub(super) struct Notes {
    /// From 1; 0 before the first page.
    pub(super) page: usize,
    /// The contents that are being run: what they lack is theirs.
    pub(super) within: Option<ObjectId>,
    defects: Vec<String>,
    bounds: Vec<String>,
    remarks: Vec<String>,
}

impl Notes {
    fn told(&self, id: Option<ObjectId>, what: impl Display) -> String {
        match (self.page, id.or(self.within)) {
            (0, None) => what.to_string(),
            (0, Some((object, _))) => format!("object {object}: {what}"),
            (page, None) => format!("page {page}: {what}"),
            (page, Some((object, _))) => format!("page {page}, object {object}: {what}"),
        }
    }

    /// Something that does not print as it should.
    pub(super) fn damage(&mut self, id: Option<ObjectId>, what: impl Display) {
        let told = self.told(id, what);
        keep(&mut self.defects, told);
    }

    pub(super) fn remark(&mut self, id: Option<ObjectId>, what: impl Display) {
        let told = self.told(id, what);
        keep(&mut self.remarks, told);
    }

    pub(super) fn fault(&mut self, id: Option<ObjectId>, fault: &Fault) {
        let told = self.told(id, fault);
        match fault {
            Fault::Damage(_) => keep(&mut self.defects, told),
            Fault::Bound(_) => keep(&mut self.bounds, told),
        }
    }

    /// How data ended that nothing but its filter tells the end of.
    pub(super) fn end(&mut self, id: Option<ObjectId>, end: End) {
        match end {
            End::Whole => {}
            End::Remark(what) => self.remark(id, what),
            End::Unmarked(what) | End::Cut(what) => self.damage(id, what),
        }
    }

    /// How the data of contents ended; what has no end marker is in doubt.
    pub(super) fn end_of_contents(&mut self, id: Option<ObjectId>, end: End) -> Doubt {
        if let End::Unmarked(what) = end {
            return Some((id, what));
        }
        self.end(id, end);
        None
    }

    /// Contents that are complete in themselves lack their end marker alone.
    pub(super) fn doubt(&mut self, doubt: Doubt, ended: Ended) {
        match (doubt, ended) {
            (Some((id, what)), Ended::Within) => self.damage(id, what),
            (Some((id, what)), Ended::Complete) => self.remark(id, what),
            (None, _) => {}
        }
    }

    /// What all of it says of the letter; `stop` is the bound that ended the search.
    pub(super) fn finding(self, stop: Option<Stop>, decoded: (usize, u64)) -> Finding {
        let bounds = self
            .bounds
            .into_iter()
            .chain(stop.map(|stop| stop.to_string()));
        if let Some(first) = summed(self.defects) {
            Finding::fail(first)
        } else if let Some(first) = summed(bounds.collect()) {
            Finding::not_judged(first)
        } else if let Some(first) = summed(self.remarks) {
            Finding::warn(first)
        } else {
            let (streams, bytes) = decoded;
            Finding::pass(format!("{streams} streams, {bytes} bytes decoded"))
        }
    }
}

fn keep(notes: &mut Vec<String>, note: String) {
    if notes.len() < MAX_NOTES && !notes.contains(&note) {
        notes.push(note);
    }
}

/// The first, and how many more.
fn summed(notes: Vec<String>) -> Option<String> {
    let first = notes.first()?;
    Some(match notes.len() {
        1 => first.clone(),
        more => format!("{first} (and {} more)", more - 1),
    })
}

/// A resource's name as it is told.
pub(super) fn name(name: &[u8]) -> String {
    let name = name.escape_ascii().to_string();
    name.chars().take(LONGEST_NAME).collect()
}
