//! The part of the graphics state that decides where things land, and one content stream's run.

use std::rc::Rc;

use lopdf::Dictionary;

use super::super::font::Font;
use super::super::geometry::{Matrix, Rect};
use super::super::operators::Operand;
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
    /// Mode 3 and 7 print nothing (ISO 32000-1, 9.3.6).
    pub(super) invisible: bool,
}

impl State<'_> {
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
            invisible: false,
        }
    }
}

/// One content stream being run.
pub(super) struct Run<'a> {
    pub(super) resources: Option<&'a Dictionary>,
    pub(super) state: State<'a>,
    pub(super) saved: Vec<State<'a>>,
    pub(super) text: Matrix,
    pub(super) line: Matrix,
    pub(super) depth: usize,
    /// Positions mean something: false inside patterns and annotations, where only the fonts
    /// are of interest.
    pub(super) placed: bool,
}

impl Run<'_> {
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
    pub(super) fn span(&self, width: f64) -> Option<Span> {
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
