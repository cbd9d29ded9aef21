//! Is everything that prints there, and does it decode to its end? PF-008.
//!
//! What the pages' contents use is followed from page to form, image, font and pattern, by name, as
//! a reader does that prints them. What nothing uses, and what does not print, does not count: a
//! hidden layer, an annotation without its print flag, invisible text.

mod annotations;
mod contents;
mod fonts;
mod inline;
mod notes;
mod objects;
mod state;

use std::collections::HashSet;

use lopdf::{Document, Object, ObjectId};

use super::check::Finding;
use super::clock::Deadline;
use super::filters::Decoder;
use super::layers::Layers;
use super::load::inherited;
use notes::Notes;
use state::State;

/// Most bytes of content that one page may run, forms included.
const MAX_CONTENT: usize = 8 * 1024 * 1024;
/// Most operators that one page may run, forms included.
const MAX_OPERATORS: usize = 1_000_000;
/// How deep forms, patterns and saved states may nest.
const MAX_NESTING: usize = 28;
const MAX_SAVED: usize = 512;
/// How often the clock is asked, in operators.
const CLOCK_EVERY: usize = 256;

/// A bound that ends the search: what was not looked at may hold anything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Stop {
    #[error("page {0}: more than 8 MiB of content")]
    Content(usize),
    #[error("page {0}: more than 1,000,000 operators")]
    Operators(usize),
    #[error("page {0}: contents nested too deeply")]
    Nesting(usize),
    #[error("reading the contents took too long")]
    Timeout,
}

type Step = Result<(), Stop>;

/// Follows everything that the pages use.
pub(super) fn look(document: &Document, pages: &[ObjectId], deadline: Deadline) -> Finding {
    let mut walker = Walker {
        document,
        deadline,
        decoder: Decoder::new(document, deadline),
        layers: Layers::new(document),
        notes: Notes::default(),
        seen: HashSet::new(),
        glyphs: HashSet::new(),
        operators: 0,
        content_left: 0,
    };
    walker.structure();
    let walked = pages.iter().try_for_each(|page| walker.page(*page));
    let decoded = (walker.decoder.streams, walker.decoder.bytes);
    walker.notes.finding(walked.err(), decoded)
}

struct Walker<'a> {
    document: &'a Document,
    deadline: Deadline,
    decoder: Decoder<'a>,
    layers: Layers<'a>,
    notes: Notes,
    /// Addresses of what was looked at: a letterhead stands on every page.
    seen: HashSet<usize>,
    /// Glyphs of Type 3 fonts that were looked at: the font's address and the code.
    glyphs: HashSet<(usize, u8)>,
    operators: usize,
    content_left: usize,
}

impl<'a> Walker<'a> {
    /// The streams that hold other objects are no page's, and every page's.
    fn structure(&mut self) {
        for (id, object) in &self.document.objects {
            if let Object::Stream(stream) = object
                && (stream.dict.has_type(b"ObjStm") || stream.dict.has_type(b"XRef"))
            {
                self.decodes(Some(*id), stream);
            }
        }
    }

    fn page(&mut self, page: ObjectId) -> Step {
        self.notes.page += 1;
        self.operators = 0;
        self.content_left = MAX_CONTENT;
        if self.deadline.passed() {
            return Err(Stop::Timeout);
        }
        let resources = inherited(self.document, page, b"Resources").and_then(|r| r.as_dict().ok());
        let (content, doubt) = self.page_content(page)?;
        self.notes.within = self.only_part(page);
        let ended = self.content(&content, resources, State::default(), 0)?;
        self.notes.within = None;
        self.notes.doubt(doubt, ended);
        self.annotations(page)
    }

    /// True if it is looked at for the first time.
    fn is_new<T>(&mut self, thing: &'a T) -> bool {
        self.seen.insert(std::ptr::from_ref(thing).addr())
    }
}

#[cfg(test)]
mod tests;
