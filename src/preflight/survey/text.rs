//! Text: which font it is set in, and where it lands.

use std::rc::Rc;

use lopdf::Dictionary;

use super::super::font::Font;
use super::super::geometry::Rect;
use super::super::operators::Operand;
use super::resources::{float, resource};
use super::state::Run;
use super::{Step, SurveyFault, Surveyor, UsedFont};

/// Most glyph widths that all fonts may state.
const MAX_WIDTHS: usize = 1_000_000;
/// Most fonts whose character maps are read; an address is set in one or two.
const MAX_MAPS: usize = 24;
/// Largest shift between two strings that is kerning and no space, in ems.
const KERNING: f64 = 0.15;

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

    /// An extended graphics state may set the font, too.
    pub(super) fn set_state(&mut self, run: &mut Run<'a>, operands: &[Operand]) -> Step {
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

    pub(super) fn ink(&mut self, rect: Rect) {
        match self.found.inked.last_mut() {
            Some((page, inked)) if *page == self.page => *inked = inked.union(rect),
            _ => self.found.inked.push((self.page, rect)),
        }
    }
}
