//! What is printed where: an interpreter of page contents that knows positions, not looks.
//!
//! It follows the graphics state far enough to say where each text and each image lands on the
//! page, and which fonts are really used. It never trusts a page: contents, operators and
//! nesting are capped, because a file of 136 KiB can otherwise ask for 8 GiB
//! (pdf-preflight fact 5).

mod annotations;
mod ink;
mod painting;
mod resources;
mod state;
mod text;

use std::collections::HashMap;
use std::rc::Rc;

use lopdf::{Dictionary, Document, ObjectId};

use super::check::Finding;
use super::clock::Deadline;
use super::font::{Embedding, Font};
use super::geometry::{Matrix, Rect};
use super::layers::Layers;
use super::load::inherited;
use super::operators::{Operand, Operators};
use super::paper;
pub(super) use ink::Ink;
use ink::Painted;
use state::{Run, State, Within};

/// Most bytes of content that one page may run, forms included.
const MAX_CONTENT: usize = 8 * 1024 * 1024;
/// Most operators that one page may run, forms included.
const MAX_OPERATORS: usize = 1_000_000;
/// How deep forms, patterns and saved states may nest.
const MAX_NESTING: usize = 28;
/// How often the clock is asked, in operators.
const CLOCK_EVERY: usize = 256;

/// Why a page's contents were not read to their end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum SurveyFault {
    #[error("page {0}: more than 8 MiB of content")]
    Content(usize),
    #[error("page {0}: more than 1,000,000 operators")]
    Operators(usize),
    #[error("page {0}: contents nested too deeply")]
    Nesting(usize),
    #[error("page {0}: contents do not parse")]
    Syntax(usize),
    #[error("page {0}: its fonts state more than 1,000,000 widths")]
    Widths(usize),
    #[error("reading the contents took too long")]
    Timeout,
}

impl SurveyFault {
    /// What it says of the letter: only contents that break off are damaged.
    pub(super) fn finding(&self) -> Finding {
        match self {
            Self::Syntax(_) => Finding::fail(self.to_string()),
            _ => Finding::not_judged(self.to_string()),
        }
    }
}

/// A text that one operator shows.
#[derive(Clone, PartialEq)]
pub(super) struct Span {
    pub(super) rect: Rect,
    /// Height of the baseline, in millimetres from the top.
    pub(super) baseline: f64,
    /// Size of the letters, in millimetres.
    pub(super) size: f64,
    /// Whether it runs from left to right along the page, not along a watermark.
    pub(super) level: bool,
    pub(super) ink: Ink,
    pub(super) text: String,
}

/// An image on a page.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PlacedImage {
    pub(super) page: usize,
    pub(super) rect: Rect,
    /// Of the worse dimension.
    pub(super) dots_per_inch: f64,
}

/// A font that some visible text is set in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UsedFont {
    pub(super) name: String,
    pub(super) embedding: Embedding,
}

/// Where it matters what a text says. Elsewhere its place is enough, and the character maps of
/// its fonts, which take most of the time, stay unread.
#[derive(Debug, Clone, Copy)]
pub(super) struct Interest {
    /// On page 1.
    pub(super) window: Rect,
    /// On every page: a blank beyond this is no ink in the margin.
    pub(super) live: Rect,
}

/// What the pages hold.
#[derive(Default)]
pub(super) struct Survey {
    /// The texts of page 1 that reach into the window, printed or not.
    pub(super) spans: Vec<Span>,
    /// There are more of them than are kept.
    pub(super) crowded: bool,
    /// How many texts page 1 prints, wherever.
    pub(super) texts: usize,
    /// How many lines and curves of filled shapes lie in the window.
    pub(super) outlines: usize,
    /// Where each page has text or images: page (from 1) and the rectangle around them.
    pub(super) inked: Vec<(usize, Rect)>,
    pub(super) images: Vec<PlacedImage>,
    pub(super) fonts: Vec<UsedFont>,
}

/// Reads the contents of all pages.
pub(super) fn survey(
    document: &Document,
    pages: &[ObjectId],
    interest: Interest,
    deadline: Deadline,
) -> Result<Survey, SurveyFault> {
    let mut surveyor = Surveyor {
        document,
        interest,
        deadline,
        fonts: HashMap::new(),
        found: Survey::default(),
        layers: Layers::new(document),
        painted: Painted::default(),
        page: 0,
        operators: 0,
        content_left: 0,
        texts: 0,
        widths: 0,
        maps: 0,
    };
    for page in pages {
        if deadline.passed() {
            return Err(SurveyFault::Timeout);
        }
        surveyor.page(*page)?;
    }
    Ok(surveyor.found)
}

struct Surveyor<'a> {
    document: &'a Document,
    interest: Interest,
    deadline: Deadline,
    /// By the address of the font's dictionary, which lives as long as the document.
    fonts: HashMap<usize, Rc<Font<'a>>>,
    found: Survey,
    layers: Layers<'a>,
    /// On page 1.
    painted: Painted,
    page: usize,
    operators: usize,
    content_left: usize,
    /// How many texts print so far.
    texts: usize,
    /// Glyph widths and character maps read so far.
    widths: usize,
    maps: usize,
}

type Step = Result<(), SurveyFault>;

impl<'a> Surveyor<'a> {
    fn page(&mut self, page: ObjectId) -> Step {
        self.page += 1;
        self.operators = 0;
        self.content_left = MAX_CONTENT;
        let content = self
            .document
            .get_page_content_with_limit(page, MAX_CONTENT)
            .map_err(|_| SurveyFault::Content(self.page))?;
        let base = paper::view(self.document, page).map_or(Matrix::IDENTITY, |view| view.to_mm());
        let resources = inherited(self.document, page, b"Resources").and_then(|r| r.as_dict().ok());
        self.content(&content, resources, State::new(base), Within::PAGE)?;
        self.annotations(page, base)
    }

    fn content(
        &mut self,
        content: &[u8],
        resources: Option<&'a Dictionary>,
        state: State<'a>,
        within: Within,
    ) -> Step {
        if within.depth > MAX_NESTING {
            return Err(SurveyFault::Nesting(self.page));
        }
        self.content_left = self
            .content_left
            .checked_sub(content.len())
            .ok_or(SurveyFault::Content(self.page))?;
        let mut run = Run::new(resources, state, within);
        let mut operators = Operators::new(content);
        let page = self.page;
        while let Some(operator) = operators.next().map_err(|_| SurveyFault::Syntax(page))? {
            self.count()?;
            self.operation(&mut run, operator, operators.operands())?;
        }
        Ok(())
    }

    fn count(&mut self) -> Step {
        self.operators += 1;
        if self.operators > MAX_OPERATORS {
            return Err(SurveyFault::Operators(self.page));
        }
        if self.operators.is_multiple_of(CLOCK_EVERY) && self.deadline.passed() {
            return Err(SurveyFault::Timeout);
        }
        Ok(())
    }

    fn operation(&mut self, run: &mut Run<'a>, operator: &[u8], operands: &[Operand]) -> Step {
        match operator {
            b"q" => return run.save(self.page),
            b"Q" => run.restore(),
            b"cm" => run.transform(operands),
            b"BT" => run.begin_text(),
            b"Tf" => return self.set_font(run, operands),
            b"gs" => return self.set_state(run, operands),
            b"Tj" => self.show(run, operands.first()),
            b"TJ" => self.show_list(run, operands.first()),
            b"'" => {
                run.next_line();
                self.show(run, operands.first());
            }
            b"\"" => {
                run.spacing(operands);
                run.next_line();
                self.show(run, operands.get(2));
            }
            b"Do" => return self.paint(run, operands),
            b"BMC" | b"BDC" => self.begin_marked(run, operands),
            b"EMC" => run.end_marked(),
            b"BI" => self.inline_image(run, operands),
            b"scn" | b"SCN" if matches!(operands.last(), Some(Operand::Name(_))) => {
                run.painting_state(self.document, operator, operands);
                return self.pattern(run, operands);
            }
            // What lies over what matters in the window alone.
            other if self.page == 1 && run.placed => self.painting(run, other, operands),
            other => run.text_state(other, operands),
        }
        Ok(())
    }

    /// Paths, colours, and what else is left.
    fn painting(&mut self, run: &mut Run<'a>, operator: &[u8], operands: &[Operand]) {
        match operator {
            b"f" | b"F" | b"f*" => self.end_path(run, true, false),
            b"B" | b"B*" | b"b" | b"b*" => self.end_path(run, true, true),
            b"S" | b"s" => self.end_path(run, false, true),
            b"n" => self.end_path(run, false, false),
            b"sh" => self.shade(run),
            _ if run.painting_state(self.document, operator, operands) => {}
            _ => run.text_state(operator, operands),
        }
    }
}

#[cfg(test)]
mod tests;
