//! Text: which font it is set in, and where it lands.

use std::rc::Rc;

use lopdf::{Dictionary, Object};

use super::super::font::{Embedding, Font, Glyph, UNKNOWN};
use super::super::geometry::Rect;
use super::super::lines::COLUMN_GAP;
use super::super::operators::Operand;
use super::resources::{float, resource};
use super::state::Run;
use super::{Span, Step, SurveyFault, Surveyor, UsedFont};

/// Most glyph widths that all fonts may state.
const MAX_WIDTHS: usize = 1_000_000;
/// Most fonts whose character maps are read; an address is set in one or two.
const MAX_MAPS: usize = 24;
/// Largest shift between two strings that is kerning and no space, in ems.
const KERNING: f64 = 0.15;
/// Most texts in the window that are kept: an address struck letter by letter, twice, has some
/// hundred.
const MAX_SPANS: usize = 4_000;

impl<'a> Surveyor<'a> {
    pub(super) fn set_font(&mut self, run: &mut Run<'a>, operands: &[Operand]) -> Step {
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

    /// An extended graphics state decides what shows, and may set the font, too.
    pub(super) fn set_state(&mut self, run: &mut Run<'a>, operands: &[Operand]) -> Step {
        let Some(Operand::Name(name)) = operands.first() else {
            return Ok(());
        };
        let document = self.document;
        let state = resource(document, run.resources, b"ExtGState", name);
        let Some(state) = state.and_then(|state| state.as_dict().ok()) else {
            return Ok(());
        };
        run.state.paint.set_state(document, state);
        let font = state
            .get_deref(b"Font", document)
            .and_then(Object::as_array);
        let Ok([dict, size]) = font.map(Vec::as_slice) else {
            return Ok(());
        };
        run.state.size = float(size);
        let dict = document.dereference(dict).ok();
        let dict = dict.and_then(|(_, dict)| dict.as_dict().ok());
        run.state.font = dict.map(|dict| self.font(dict)).transpose()?;
        Ok(())
    }

    fn font(&mut self, dict: &'a Dictionary) -> Result<Rc<Font<'a>>, SurveyFault> {
        let key = std::ptr::from_ref(dict).addr();
        if let Some(known) = self.fonts.get(&key) {
            return Ok(Rc::clone(known));
        }
        let mut font = Font::new(self.document, dict);
        self.widths += font.stated_widths();
        if self.widths > MAX_WIDTHS {
            return Err(SurveyFault::Widths(self.page));
        }
        if font.has_own_codes(self.document) && self.maps < MAX_MAPS {
            self.maps += 1;
            font.read_codes(self.document);
        }
        let font = Rc::new(font);
        self.fonts.insert(key, Rc::clone(&font));
        Ok(font)
    }

    /// Strings with small shifts between them, which are kerning, and large ones, which are
    /// spaces: what lies between two spaces is one text.
    pub(super) fn show_list(&mut self, run: &mut Run<'a>, list: Option<&Operand>) {
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

    pub(super) fn show(&mut self, run: &mut Run<'a>, text: Option<&Operand>) {
        let (Some(Operand::Text(text)), Some(font)) = (text, run.state.font.clone()) else {
            return;
        };
        let width = run.width(&font, text);
        self.shown(run, &font, text, width);
    }

    fn shown(&mut self, run: &mut Run<'a>, font: &Font<'a>, text: &[u8], width: f64) {
        if !text.is_empty() {
            let span = run.span(0.0, width, font.em_height);
            let span = span.filter(|_| run.placed);
            let rect = span.as_ref().map(|span| span.rect);
            let is_drawn = font.embedding == Embedding::Type3;
            let ink = run.ink(rect, &self.painted, is_drawn);
            if ink.may_print() {
                self.texts += 1;
                self.use_font(font);
            }
            if let Some(span) = span {
                self.place(run, font, text, Span { ink, ..span }, width);
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

    fn place(&mut self, run: &Run, font: &Font<'a>, text: &[u8], span: Span, width: f64) {
        if self.page == 1 {
            self.found.texts += usize::from(span.ink.may_print());
        }
        if self.page == 1 && self.interest.window.overlaps(span.rect, 0.0) {
            self.place_in_window(run, font, text, span, width);
        } else if span.ink.may_print() {
            let beyond = !self.interest.live.holds(span.rect, 0.0);
            if !beyond || !self.is_blank(font, text) {
                self.ink(span.rect);
            }
        }
    }

    /// A text in the window is kept in pieces: between two of them is a gap as between columns.
    fn place_in_window(&mut self, run: &Run, font: &Font<'a>, text: &[u8], span: Span, width: f64) {
        if span.ink.hidden().is_some() {
            return self.keep(span);
        }
        for (from, to, text) in self.pieces(run, font, text, width) {
            let Some(piece) = run.span(from, to, font.em_height) else {
                continue;
            };
            if span.ink.may_print() {
                self.ink(piece.rect);
            }
            if self.interest.window.overlaps(piece.rect, 0.0) {
                self.keep(Span {
                    text,
                    ink: span.ink,
                    ..piece
                });
            }
        }
    }

    /// Keeps a text that stands in the window.
    pub(super) fn keep(&mut self, span: Span) {
        if self.found.spans.len() < MAX_SPANS {
            self.found.spans.push(span);
        } else {
            self.found.crowded = true;
        }
    }

    /// The parts of a text between wide gaps: where each begins and ends, and what it says.
    fn pieces(
        &mut self,
        run: &Run,
        font: &Font<'a>,
        text: &[u8],
        width: f64,
    ) -> Vec<(f64, f64, String)> {
        let is_told = self.may_read(font);
        let counted = run.width(font, text);
        // Kerning within a list of strings is part of the width, and small.
        let scale = if counted == 0.0 { 1.0 } else { width / counted };
        let gap = (COLUMN_GAP * run.state.size * run.state.stretch).abs();
        let mut pieces: Vec<(f64, f64, String)> = Vec::new();
        let (mut at, mut blanks) = (0.0, String::new());
        for glyph in font.glyphs(text) {
            let said = self.said(font, glyph, is_told);
            let start = at;
            at += run.advance_of(glyph) * scale;
            if said.chars().all(char::is_whitespace) {
                blanks.push_str(&said);
                continue;
            }
            match pieces.last_mut() {
                Some((_, end, piece)) if (start - *end).abs() < gap => {
                    piece.push_str(&blanks);
                    piece.push_str(&said);
                    *end = at;
                }
                _ => pieces.push((start, at, said)),
            }
            blanks.clear();
        }
        pieces
    }

    fn said(&self, font: &Font<'a>, glyph: Glyph, is_told: bool) -> String {
        let mut said = String::new();
        if is_told {
            font.say(self.document, glyph.code, &mut said);
        } else {
            said.push(UNKNOWN);
        }
        said
    }

    /// Whether it is read what the font's codes say: maps take most of the time.
    fn may_read(&mut self, font: &Font) -> bool {
        if !font.is_unread() {
            return true;
        }
        self.maps += 1;
        self.maps <= MAX_MAPS
    }

    fn is_blank(&mut self, font: &Font<'a>, text: &[u8]) -> bool {
        let is_told = self.may_read(font);
        let mut said = font
            .glyphs(text)
            .map(|glyph| self.said(font, glyph, is_told));
        said.all(|said| said.chars().all(char::is_whitespace))
    }

    pub(super) fn ink(&mut self, rect: Rect) {
        match self.found.inked.last_mut() {
            Some((page, inked)) if *page == self.page => *inked = inked.union(rect),
            _ => self.found.inked.push((self.page, rect)),
        }
    }
}
