//! The part of the graphics state that decides where things land, and one content stream's run.

use std::rc::Rc;

use lopdf::Dictionary;

use super::super::font::{Font, Glyph};
use super::super::geometry::{Matrix, Rect};
use super::super::layers::Shown;
use super::super::operators::Operand;
use super::ink::{Ink, Paint, Path};
use super::resources::matrix;
use super::{Span, Step, SurveyFault};

const MAX_SAVED: usize = 512;
/// Parts of an em that letters take above and below the baseline.
const ASCENT: f64 = 0.72;
const DESCENT: f64 = 0.21;

/// The part of the graphics state that decides where things land.
#[derive(Clone)]
pub(super) struct State<'a> {
    pub(super) ctm: Matrix,
    pub(super) font: Option<Rc<Font<'a>>>,
    pub(super) size: f64,
    pub(super) char_spacing: f64,
    pub(super) word_spacing: f64,
    /// Horizontal scaling; 1 is normal.
    pub(super) stretch: f64,
    pub(super) leading: f64,
    pub(super) rise: f64,
    /// How texts are painted: mode 3 paints nothing (ISO 32000-1, 9.3.6).
    pub(super) mode: u8,
    pub(super) paint: Paint,
}

impl<'a> State<'a> {
    /// Clips to a rectangle of its own space.
    pub(super) fn clip_to_box(&mut self, [left, bottom, right, top]: [f64; 4]) {
        let corners = [(left, bottom), (right, bottom), (left, top), (right, top)];
        let corners = corners.map(|(x, y)| self.ctm.apply(x, y));
        if let Some(area) = Rect::around(&corners) {
            self.paint.clip_to(area, self.ctm.is_upright());
        }
    }

    pub(super) fn new(ctm: Matrix) -> Self {
        Self {
            ctm,
            font: None,
            size: 0.0,
            char_spacing: 0.0,
            word_spacing: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
            mode: 0,
            paint: Paint::NEW,
        }
    }
}

/// Where a content stream is run.
#[derive(Clone, Copy)]
pub(super) struct Within {
    pub(super) depth: usize,
    /// Positions mean something: false inside patterns, where only the fonts are of interest.
    pub(super) placed: bool,
    /// Whether the layers around show what is painted here.
    pub(super) shown: Shown,
}

impl Within {
    /// A page's own contents.
    pub(super) const PAGE: Self = Self {
        depth: 0,
        placed: true,
        shown: Shown::Yes,
    };
}

/// One content stream being run.
pub(super) struct Run<'a> {
    pub(super) resources: Option<&'a Dictionary>,
    pub(super) state: State<'a>,
    pub(super) saved: Vec<State<'a>>,
    pub(super) text: Matrix,
    pub(super) line: Matrix,
    pub(super) depth: usize,
    /// Positions mean something: false inside patterns, where only the fonts are of interest.
    pub(super) placed: bool,
    /// Whether the layers around show what is painted here.
    pub(super) shown: Shown,
    /// What [`Self::shown`] was before each marked content that is not yet ended.
    pub(super) marked: Vec<Shown>,
    pub(super) path: Path,
}

impl<'a> Run<'a> {
    pub(super) fn new(resources: Option<&'a Dictionary>, state: State<'a>, within: Within) -> Self {
        Self {
            resources,
            state,
            saved: Vec::new(),
            text: Matrix::IDENTITY,
            line: Matrix::IDENTITY,
            depth: within.depth,
            placed: within.placed,
            shown: within.shown,
            marked: Vec::new(),
            path: Path::default(),
        }
    }

    /// Where a form is run that is painted here.
    pub(super) fn within(&self, shown: Shown) -> Within {
        Within {
            depth: self.depth + 1,
            placed: self.placed,
            shown,
        }
    }

    pub(super) fn save(&mut self, page: usize) -> Step {
        if self.saved.len() >= MAX_SAVED {
            return Err(SurveyFault::Nesting(page));
        }
        self.saved.push(self.state.clone());
        Ok(())
    }

    pub(super) fn restore(&mut self) {
        if let Some(state) = self.saved.pop() {
            self.state = state;
        }
    }

    pub(super) fn transform(&mut self, operands: &[Operand]) {
        if let Some(matrix) = matrix(operands.iter().map(Operand::number)) {
            self.state.ctm = matrix.then(self.state.ctm);
        }
    }

    pub(super) fn begin_text(&mut self) {
        self.set_line(Matrix::IDENTITY);
    }

    pub(super) fn set_line(&mut self, matrix: Matrix) {
        self.line = matrix;
        self.text = matrix;
    }

    pub(super) fn move_line(&mut self, x: f64, y: f64) {
        self.set_line(Matrix::shift(x, y).then(self.line));
    }

    pub(super) fn next_line(&mut self) {
        self.move_line(0.0, -self.state.leading);
    }

    pub(super) fn advance(&mut self, width: f64) {
        self.text = Matrix::shift(width, 0.0).then(self.text);
    }

    /// How far a text moves on, in units of text space.
    pub(super) fn width(&self, font: &Font, text: &[u8]) -> f64 {
        let state = &self.state;
        let (glyphs, spaces, ems) = font.measure(text);
        let spacing = state.char_spacing * glyphs as f64 + state.word_spacing * spaces as f64;
        (ems * state.size + spacing) * state.stretch
    }

    /// How far one glyph moves on.
    pub(super) fn advance_of(&self, glyph: Glyph) -> f64 {
        let state = &self.state;
        let word = if glyph.is_word_space {
            state.word_spacing
        } else {
            0.0
        };
        (glyph.ems * state.size + state.char_spacing + word) * state.stretch
    }

    /// The first two operands of `"`.
    pub(super) fn spacing(&mut self, operands: &[Operand]) {
        self.state.word_spacing = operands.first().map_or(0.0, Operand::number);
        self.state.char_spacing = operands.get(1).map_or(0.0, Operand::number);
    }

    pub(super) fn text_state(&mut self, operator: &[u8], operands: &[Operand]) {
        let value = |index: usize| operands.get(index).map_or(0.0, Operand::number);
        let state = &mut self.state;
        match operator {
            b"Tc" => state.char_spacing = value(0),
            b"Tw" => state.word_spacing = value(0),
            b"Tz" => state.stretch = value(0) / 100.0,
            b"TL" => state.leading = value(0),
            b"Ts" => state.rise = value(0),
            b"Tr" => state.mode = value(0) as u8,
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

    /// Marked content begins, in a layer or in none.
    pub(super) fn begin_marked(&mut self, layer: Shown) {
        self.marked.push(self.shown);
        self.shown = self.shown.min(layer);
    }

    pub(super) fn end_marked(&mut self) {
        if let Some(before) = self.marked.pop() {
            self.shown = before;
        }
    }

    /// Where a text lands that stands between two places on its line, in units of text space;
    /// none when that is nowhere. `em` is the height of its letters in parts of the text's size.
    pub(super) fn span(&self, from: f64, to: f64, em: f64) -> Option<Span> {
        let State { rise, .. } = self.state;
        let size = self.state.size * em;
        let to_page = self.text.then(self.state.ctm);
        let at = |x: f64, y: f64| to_page.apply(x, rise + y * size);
        let rect = Rect::around(&[
            at(from, -DESCENT),
            at(from, ASCENT),
            at(to, -DESCENT),
            at(to, ASCENT),
        ])?;
        let (start, top, ahead) = (at(from, 0.0), at(from, 1.0), at(from + 1.0, 0.0));
        let (run_x, run_y) = (ahead.0 - start.0, ahead.1 - start.1);
        Some(Span {
            rect,
            baseline: start.1,
            size: (top.0 - start.0).hypot(top.1 - start.1),
            level: run_x > 0.0 && run_y.abs() <= 0.05 * run_x,
            ink: Ink::Prints,
            text: String::new(),
        })
    }
}
