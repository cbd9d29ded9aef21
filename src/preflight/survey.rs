//! What is printed where: an interpreter of page contents that knows positions, not looks.
//!
//! It follows the graphics state far enough to say where each text and each image lands on the
//! page, and which fonts are really used. It never trusts a page: contents, operators and
//! nesting are capped, because a file of 136 KiB can otherwise ask for 8 GiB
//! (pdf-preflight fact 5).

use std::collections::HashMap;
use std::rc::Rc;

use lopdf::{DecompressError, Dictionary, Document, Error, Object, ObjectId, Stream};

use super::clock::Deadline;
use super::font::{Embedding, Font};
use super::geometry::{Matrix, Rect};
use super::load::inherited;
use super::operators::{Operand, Operators};
use super::paper;

/// Most bytes of content that one page may run, forms included.
const MAX_CONTENT: usize = 1024 * 1024;
/// Most operators that one page may run, forms included.
const MAX_OPERATORS: usize = 100_000;
/// How deep forms, patterns and saved states may nest.
const MAX_NESTING: usize = 28;
const MAX_SAVED: usize = 512;
/// Most glyph widths that all fonts may state.
const MAX_WIDTHS: usize = 1_000_000;
/// Most fonts whose character maps are read; an address is set in one or two.
const MAX_MAPS: usize = 24;
/// Most images that are remembered.
const MAX_IMAGES: usize = 100_000;
/// How often the clock is asked, in operators.
const CLOCK_EVERY: usize = 256;
/// Parts of an em that letters take above and below the baseline.
const ASCENT: f64 = 0.72;
const DESCENT: f64 = 0.21;
/// Largest shift between two strings that is kerning and no space, in ems.
const KERNING: f64 = 0.15;

/// Why a page's contents were not read to their end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum SurveyFault {
    #[error("page {0}: more than 1 MiB of content")]
    Content(usize),
    #[error("page {0}: more than 100,000 operators")]
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
    /// The texts of page 1 that reach into the window.
    pub(super) spans: Vec<Span>,
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
        page: 0,
        operators: 0,
        content_left: 0,
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

/// The part of the graphics state that decides where things land.
#[derive(Clone)]
struct State<'a> {
    ctm: Matrix,
    font: Option<Rc<Font<'a>>>,
    size: f64,
    char_spacing: f64,
    word_spacing: f64,
    /// Horizontal scaling; 1 is normal.
    stretch: f64,
    leading: f64,
    rise: f64,
    /// Mode 3 and 7 print nothing (ISO 32000-1, 9.3.6).
    invisible: bool,
}

impl State<'_> {
    fn new(ctm: Matrix) -> Self {
        Self {
            ctm,
            font: None,
            size: 0.0,
            char_spacing: 0.0,
            word_spacing: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
            invisible: false,
        }
    }
}

/// One content stream being run.
struct Run<'a> {
    resources: Option<&'a Dictionary>,
    state: State<'a>,
    saved: Vec<State<'a>>,
    text: Matrix,
    line: Matrix,
    depth: usize,
    /// Positions mean something: false inside patterns and annotations, where only the fonts
    /// are of interest.
    placed: bool,
}

struct Surveyor<'a> {
    document: &'a Document,
    interest: Interest,
    deadline: Deadline,
    /// By the address of the font's dictionary, which lives as long as the document.
    fonts: HashMap<usize, Rc<Font<'a>>>,
    found: Survey,
    page: usize,
    operators: usize,
    content_left: usize,
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
        self.content(&content, resources, State::new(base), 0, true)?;
        self.annotations(page)
    }

    /// Appearances of annotations: stamps and filled fields are printed, too.
    fn annotations(&mut self, page: ObjectId) -> Step {
        let document = self.document;
        let Ok(page) = document.get_dictionary(page) else {
            return Ok(());
        };
        let annotations = page
            .get_deref(b"Annots", document)
            .and_then(Object::as_array);
        for annotation in annotations.map_or(&[][..], Vec::as_slice) {
            for appearance in appearances(document, annotation) {
                self.form(appearance, None, State::new(Matrix::IDENTITY), 1, false)?;
            }
        }
        Ok(())
    }

    fn content(
        &mut self,
        content: &[u8],
        resources: Option<&'a Dictionary>,
        state: State<'a>,
        depth: usize,
        placed: bool,
    ) -> Step {
        if depth > MAX_NESTING {
            return Err(SurveyFault::Nesting(self.page));
        }
        self.content_left = self
            .content_left
            .checked_sub(content.len())
            .ok_or(SurveyFault::Content(self.page))?;
        let mut run = Run {
            resources,
            state,
            saved: Vec::new(),
            text: Matrix::IDENTITY,
            line: Matrix::IDENTITY,
            depth,
            placed,
        };
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
            b"scn" | b"SCN" => return self.pattern(run, operands),
            b"BI" => self.inline_image(run, operands),
            other => run.text_state(other, operands),
        }
        Ok(())
    }

    fn set_font(&mut self, run: &mut Run<'a>, operands: &[Operand]) -> Step {
        let [Operand::Name(name), size] = operands else {
            return Ok(());
        };
        run.state.size = size.number();
        let dict = resource(self.document, run.resources, b"Font", name);
        run.state.font = dict
            .and_then(|object| object.as_dict().ok())
            .map(|dict| self.font(dict))
            .transpose()?;
        Ok(())
    }

    /// An extended graphics state may set the font, too.
    fn set_state(&mut self, run: &mut Run<'a>, operands: &[Operand]) -> Step {
        let Some(Operand::Name(name)) = operands.first() else {
            return Ok(());
        };
        let state = resource(self.document, run.resources, b"ExtGState", name);
        let font = state
            .and_then(|object| {
                object
                    .as_dict()
                    .ok()?
                    .get_deref(b"Font", self.document)
                    .ok()
            })
            .and_then(|font| font.as_array().ok());
        let Some([dict, size]) = font.map(Vec::as_slice) else {
            return Ok(());
        };
        run.state.size = float(size);
        let dict = self
            .document
            .dereference(dict)
            .ok()
            .and_then(|(_, dict)| dict.as_dict().ok());
        run.state.font = dict.map(|dict| self.font(dict)).transpose()?;
        Ok(())
    }

    fn font(&mut self, dict: &'a Dictionary) -> Result<Rc<Font<'a>>, SurveyFault> {
        let key = std::ptr::from_ref(dict).addr();
        if let Some(known) = self.fonts.get(&key) {
            return Ok(Rc::clone(known));
        }
        let font = Rc::new(Font::new(self.document, dict));
        self.widths += font.stated_widths();
        if self.widths > MAX_WIDTHS {
            return Err(SurveyFault::Widths(self.page));
        }
        self.fonts.insert(key, Rc::clone(&font));
        Ok(font)
    }

    /// Strings with small shifts between them, which are kerning, and large ones, which are
    /// spaces: what lies between two spaces is one text.
    fn show_list(&mut self, run: &mut Run<'a>, list: Option<&Operand>) {
        let (Some(Operand::Array(items)), Some(font)) = (list, run.state.font.clone()) else {
            return;
        };
        let mut text = Vec::new();
        let mut width = 0.0;
        for item in items {
            if let Operand::Text(more) = item {
                text.extend_from_slice(more);
                width += run.width(&font, more);
                continue;
            }
            // Thousandths of an em, to the left.
            let ems = -item.number() / 1000.0;
            if ems.abs() > KERNING {
                self.shown(
                    run,
                    &font,
                    &std::mem::take(&mut text),
                    std::mem::take(&mut width),
                );
            }
            width += ems * run.state.size * run.state.stretch;
            if text.is_empty() {
                run.advance(std::mem::take(&mut width));
            }
        }
        self.shown(run, &font, &text, width);
    }

    fn show(&mut self, run: &mut Run<'a>, text: Option<&Operand>) {
        let (Some(Operand::Text(text)), Some(font)) = (text, run.state.font.clone()) else {
            return;
        };
        let width = run.width(&font, text);
        self.shown(run, &font, text, width);
    }

    fn shown(&mut self, run: &mut Run<'a>, font: &Font<'a>, text: &[u8], width: f64) {
        if !run.state.invisible && !text.is_empty() {
            self.use_font(font);
            if run.placed {
                self.place(run, font, text, width);
            }
        }
        run.advance(width);
    }

    fn use_font(&mut self, font: &Font) {
        if font.used.replace(true) {
            return;
        }
        let used = UsedFont {
            name: font.name(),
            embedding: font.embedding,
        };
        // Each page may have an object of its own for the same font.
        if !self.found.fonts.contains(&used) {
            self.found.fonts.push(used);
        }
    }

    fn place(&mut self, run: &Run, font: &Font<'a>, text: &[u8], width: f64) {
        let Some(mut span) = run.span(width) else {
            return;
        };
        let in_window = self.page == 1 && self.interest.window.overlaps(span.rect, 0.0);
        if in_window || !self.interest.live.holds(span.rect, 0.0) {
            self.maps += usize::from(font.is_unread());
            span.text = if self.maps > MAX_MAPS {
                font.untold(text)
            } else {
                font.decode(self.document, text)
            };
            if span.text.trim().is_empty() {
                return;
            }
        }
        self.ink(span.rect);
        if in_window {
            self.found.spans.push(span);
        }
    }

    fn ink(&mut self, rect: Rect) {
        match self.found.inked.last_mut() {
            Some((page, inked)) if *page == self.page => *inked = inked.union(rect),
            _ => self.found.inked.push((self.page, rect)),
        }
    }

    fn paint(&mut self, run: &mut Run<'a>, operands: &[Operand]) -> Step {
        let Some(Operand::Name(name)) = operands.first() else {
            return Ok(());
        };
        let object = resource(self.document, run.resources, b"XObject", name);
        let Some(Object::Stream(stream)) = object else {
            return Ok(());
        };
        match stream.dict.get(b"Subtype").and_then(Object::as_name) {
            Ok(b"Image") => {
                let side =
                    |key: &[u8]| stream.dict.get_deref(key, self.document).map_or(0.0, float);
                self.image(run, [side(b"Width"), side(b"Height")]);
            }
            Ok(b"Form") => {
                return self.form(
                    stream,
                    run.resources,
                    run.state.clone(),
                    run.depth + 1,
                    run.placed,
                );
            }
            _ => {}
        }
        Ok(())
    }

    /// Runs a form; one without resources of its own uses those around it.
    fn form(
        &mut self,
        stream: &'a Stream,
        around: Option<&'a Dictionary>,
        mut state: State<'a>,
        depth: usize,
        placed: bool,
    ) -> Step {
        let own = stream.dict.get_deref(b"Resources", self.document);
        let resources = own.and_then(Object::as_dict).ok().or(around);
        if let Some(matrix) = matrix_of(self.document, &stream.dict) {
            state.ctm = matrix.then(state.ctm);
        }
        match stream.get_plain_content_with_limit(self.content_left) {
            Ok(content) => self.content(&content, resources, state, depth, placed),
            Err(Error::Decompress(DecompressError::MemoryLimitExceeded { .. })) => {
                Err(SurveyFault::Content(self.page))
            }
            // A filter nobody knows: what the form holds cannot be looked at.
            Err(_) => Ok(()),
        }
    }

    /// A tiling pattern has contents of its own.
    fn pattern(&mut self, run: &Run<'a>, operands: &[Operand]) -> Step {
        let Some(Operand::Name(name)) = operands.last() else {
            return Ok(());
        };
        match resource(self.document, run.resources, b"Pattern", name) {
            Some(Object::Stream(stream)) => {
                let state = State::new(Matrix::IDENTITY);
                self.form(stream, run.resources, state, run.depth + 1, false)
            }
            _ => Ok(()),
        }
    }

    fn inline_image(&mut self, run: &Run, operands: &[Operand]) {
        let side = |keys: [&[u8]; 2]| {
            let entry = operands
                .chunks_exact(2)
                .find(|pair| matches!(&pair[0], Operand::Name(name) if keys.contains(&&**name)));
            entry.map_or(0.0, |pair| pair[1].number())
        };
        let pixels = [side([b"W", b"Width"]), side([b"H", b"Height"])];
        self.image(run, pixels);
    }

    /// An image fills the unit square of the space that it is painted in.
    fn image(&mut self, run: &Run, pixels: [f64; 2]) {
        let ctm = run.state.ctm;
        let corners =
            [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)].map(|(x, y)| ctm.apply(x, y));
        let Some(rect) = Rect::around(&corners).filter(|_| run.placed) else {
            return;
        };
        self.ink(rect);
        // A single dot stretched over an area is a plain colour, at any size.
        if pixels.iter().all(|count| *count <= 1.0) || self.found.images.len() >= MAX_IMAGES {
            return;
        }
        let (width, height) = ctm.scales();
        let density = |pixels: f64, mm: f64| pixels / (mm / 25.4);
        self.found.images.push(PlacedImage {
            page: self.page,
            rect,
            dots_per_inch: density(pixels[0], width).min(density(pixels[1], height)),
        });
    }
}

impl Run<'_> {
    fn save(&mut self, page: usize) -> Step {
        if self.saved.len() >= MAX_SAVED {
            return Err(SurveyFault::Nesting(page));
        }
        self.saved.push(self.state.clone());
        Ok(())
    }

    fn restore(&mut self) {
        if let Some(state) = self.saved.pop() {
            self.state = state;
        }
    }

    fn transform(&mut self, operands: &[Operand]) {
        if let Some(matrix) = matrix(operands.iter().map(Operand::number)) {
            self.state.ctm = matrix.then(self.state.ctm);
        }
    }

    fn begin_text(&mut self) {
        self.set_line(Matrix::IDENTITY);
    }

    fn set_line(&mut self, matrix: Matrix) {
        self.line = matrix;
        self.text = matrix;
    }

    fn move_line(&mut self, x: f64, y: f64) {
        self.set_line(Matrix::shift(x, y).then(self.line));
    }

    fn next_line(&mut self) {
        self.move_line(0.0, -self.state.leading);
    }

    fn advance(&mut self, width: f64) {
        self.text = Matrix::shift(width, 0.0).then(self.text);
    }

    /// How far a text moves on, in units of text space.
    fn width(&self, font: &Font, text: &[u8]) -> f64 {
        let state = &self.state;
        let (glyphs, spaces, ems) = font.measure(text);
        let spacing = state.char_spacing * glyphs as f64 + state.word_spacing * spaces as f64;
        (ems * state.size + spacing) * state.stretch
    }

    /// The first two operands of `"`.
    fn spacing(&mut self, operands: &[Operand]) {
        self.state.word_spacing = operands.first().map_or(0.0, Operand::number);
        self.state.char_spacing = operands.get(1).map_or(0.0, Operand::number);
    }

    fn text_state(&mut self, operator: &[u8], operands: &[Operand]) {
        let value = |index: usize| operands.get(index).map_or(0.0, Operand::number);
        let state = &mut self.state;
        match operator {
            b"Tc" => state.char_spacing = value(0),
            b"Tw" => state.word_spacing = value(0),
            b"Tz" => state.stretch = value(0) / 100.0,
            b"TL" => state.leading = value(0),
            b"Ts" => state.rise = value(0),
            b"Tr" => state.invisible = matches!(value(0) as i64, 3 | 7),
            b"Td" => self.move_line(value(0), value(1)),
            b"TD" => {
                state.leading = -value(1);
                self.move_line(value(0), value(1));
            }
            b"Tm" => self
                .set_line(matrix(operands.iter().map(Operand::number)).unwrap_or(Matrix::IDENTITY)),
            b"T*" => self.next_line(),
            _ => {}
        }
    }

    /// Where a text of that width lands; none when that is nowhere.
    fn span(&self, width: f64) -> Option<Span> {
        let State { size, rise, .. } = self.state;
        let to_page = self.text.then(self.state.ctm);
        let at = |x: f64, y: f64| to_page.apply(x, rise + y * size);
        let (start, end) = (at(0.0, 0.0), at(width, 0.0));
        let rect = Rect::around(&[
            at(0.0, -DESCENT),
            at(0.0, ASCENT),
            at(width, -DESCENT),
            at(width, ASCENT),
        ])?;
        let top = at(0.0, 1.0);
        let (run_x, run_y) = (end.0 - start.0, end.1 - start.1);
        Some(Span {
            rect,
            baseline: start.1,
            size: (top.0 - start.0).hypot(top.1 - start.1),
            level: run_x > 0.0 && run_y.abs() <= 0.05 * run_x,
            text: String::new(),
        })
    }
}

fn float(object: &Object) -> f64 {
    object.as_float().map_or(0.0, f64::from)
}

fn matrix(numbers: impl ExactSizeIterator<Item = f64>) -> Option<Matrix> {
    if numbers.len() != 6 {
        return None;
    }
    let mut matrix = Matrix::IDENTITY;
    matrix
        .0
        .iter_mut()
        .zip(numbers)
        .for_each(|(to, from)| *to = from);
    Some(matrix)
}

fn matrix_of(document: &Document, dict: &Dictionary) -> Option<Matrix> {
    let array = dict.get_deref(b"Matrix", document).ok()?.as_array().ok()?;
    matrix(array.iter().map(float))
}

/// A named resource of that kind.
fn resource<'a>(
    document: &'a Document,
    resources: Option<&'a Dictionary>,
    kind: &[u8],
    name: &[u8],
) -> Option<&'a Object> {
    let kind = resources?.get_deref(kind, document).ok()?.as_dict().ok()?;
    kind.get_deref(name, document).ok()
}

/// The normal appearances of an annotation: one, or one for each of its states.
fn appearances<'a>(document: &'a Document, annotation: &'a Object) -> Vec<&'a Stream> {
    let normal = || {
        let annotation = document.dereference(annotation).ok()?.1.as_dict().ok()?;
        let appearance = annotation.get_deref(b"AP", document).ok()?.as_dict().ok()?;
        appearance.get_deref(b"N", document).ok()
    };
    match normal() {
        Some(Object::Stream(stream)) => vec![stream],
        Some(Object::Dictionary(states)) => states
            .iter()
            .filter_map(|(_, state)| document.dereference(state).ok()?.1.as_stream().ok())
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
