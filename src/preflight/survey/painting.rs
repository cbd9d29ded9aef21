//! What is painted besides text: images, forms and patterns.

use lopdf::{DecompressError, Dictionary, Error, Object, Stream};

use super::super::geometry::{Matrix, Rect};
use super::super::layers::Shown;
use super::super::operators::Operand;
use super::ink::{Ink, cover};
use super::resources::{corners, float, matrix_of, property, resource};
use super::state::{Run, State, Within};
use super::{PlacedImage, Step, SurveyFault, Surveyor};

/// Most images that are remembered.
const MAX_IMAGES: usize = 100_000;

impl<'a> Surveyor<'a> {
    pub(super) fn paint(&mut self, run: &mut Run<'a>, operands: &[Operand]) -> Step {
        let Some(Operand::Name(name)) = operands.first() else {
            return Ok(());
        };
        let object = resource(self.document, run.resources, b"XObject", name);
        let Some(Object::Stream(stream)) = object else {
            return Ok(());
        };
        let layer = self.layer_of(&stream.dict);
        let shown = run.shown.min(layer);
        match stream.dict.get(b"Subtype").and_then(Object::as_name) {
            Ok(b"Image") if shown != Shown::No => {
                let side =
                    |key: &[u8]| stream.dict.get_deref(key, self.document).map_or(0.0, float);
                let keys = [b"SMask".as_slice(), b"Mask", b"ImageMask"];
                let is_whole = !keys.iter().any(|key| stream.dict.has(key));
                self.image(run, [side(b"Width"), side(b"Height")], is_whole);
            }
            Ok(b"Form") => {
                let within = run.within(shown);
                return self.form(stream, run.resources, run.state.clone(), within);
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether the layer that a form, an image or an annotation belongs to is shown.
    pub(super) fn layer_of(&self, dict: &'a Dictionary) -> Shown {
        let layer = dict.get(b"OC").ok();
        layer.map_or(Shown::Yes, |layer| self.layers.shown(layer))
    }

    /// Marked content begins. What a layer hides is still read: it moves what follows.
    pub(super) fn begin_marked(&mut self, run: &mut Run<'a>, operands: &[Operand]) {
        let layer = match operands {
            [Operand::Name(tag), Operand::Name(name)] if &**tag == b"OC" => {
                property(self.document, run.resources, name)
            }
            _ => None,
        };
        run.begin_marked(layer.map_or(Shown::Yes, |layer| self.layers.shown(layer)));
    }

    /// Runs a form; one without resources of its own uses those around it.
    pub(super) fn form(
        &mut self,
        stream: &'a Stream,
        around: Option<&'a Dictionary>,
        mut state: State<'a>,
        within: Within,
    ) -> Step {
        let own = stream.dict.get_deref(b"Resources", self.document);
        let resources = own.and_then(Object::as_dict).ok().or(around);
        if let Some(matrix) = matrix_of(self.document, &stream.dict) {
            state.ctm = matrix.then(state.ctm);
        }
        if let Some(area) = corners(self.document, &stream.dict, b"BBox") {
            state.clip_to_box(area);
        }
        match stream.get_plain_content_with_limit(self.content_left) {
            Ok(content) => self.content(&content, resources, state, within),
            Err(Error::Decompress(DecompressError::MemoryLimitExceeded { .. })) => {
                Err(SurveyFault::Content(self.page))
            }
            // A filter nobody knows: what the form holds cannot be looked at.
            Err(_) => Ok(()),
        }
    }

    /// A tiling pattern has contents of its own.
    pub(super) fn pattern(&mut self, run: &Run<'a>, operands: &[Operand]) -> Step {
        let Some(Operand::Name(name)) = operands.last() else {
            return Ok(());
        };
        match resource(self.document, run.resources, b"Pattern", name) {
            Some(Object::Stream(stream)) => {
                let state = State::new(Matrix::IDENTITY);
                let within = Within {
                    placed: false,
                    ..run.within(run.shown)
                };
                self.form(stream, run.resources, state, within)
            }
            _ => Ok(()),
        }
    }

    /// Ends a path. Only on page 1 does it matter what lies over what.
    pub(super) fn end_path(&mut self, run: &mut Run<'a>, fill: bool, stroke: bool) {
        let Some(painting) = run.end_path(fill, stroke) else {
            return;
        };
        if run.shown != Shown::Yes {
            return;
        }
        let window = self.interest.window;
        if painting.covers {
            let why = Ink::Hidden("something is painted over it");
            cover(&mut self.found.spans, painting.area, why);
        }
        if !painting.is_white && window.overlaps(painting.area, 0.0) {
            self.painted.add(painting.area);
            if window.holds(painting.area, 0.0) {
                self.found.outlines += painting.outlines;
            }
        }
    }

    /// A shading fills whatever is not clipped away.
    pub(super) fn shade(&mut self, run: &Run) {
        if let Some(area) = run.unclipped(self.interest.window) {
            self.painted.add(area);
        }
    }

    pub(super) fn inline_image(&mut self, run: &Run, operands: &[Operand]) {
        let side = |keys: [&[u8]; 2]| {
            let entry = operands
                .chunks_exact(2)
                .find(|pair| matches!(&pair[0], Operand::Name(name) if keys.contains(&&**name)));
            entry.map_or(0.0, |pair| pair[1].number())
        };
        let pixels = [side([b"W", b"Width"]), side([b"H", b"Height"])];
        self.image(run, pixels, false);
    }

    /// An image fills the unit square of the space that it is painted in.
    fn image(&mut self, run: &Run, pixels: [f64; 2], is_whole: bool) {
        let ctm = run.state.ctm;
        let corners =
            [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)].map(|(x, y)| ctm.apply(x, y));
        let Some(rect) = Rect::around(&corners).filter(|_| run.placed) else {
            return;
        };
        let Some(rect) = run.unclipped(rect).filter(|_| run.shown != Shown::No) else {
            return;
        };
        self.ink(rect);
        if self.page == 1 {
            self.painted.add(rect);
            if is_whole {
                let why = Ink::Unsure("a picture is painted over it");
                cover(&mut self.found.spans, rect, why);
            }
        }
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
