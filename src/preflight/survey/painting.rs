//! What is painted besides text: images, forms and patterns.

use lopdf::{DecompressError, Dictionary, Error, Object, Stream};

use super::super::geometry::{Matrix, Rect};
use super::super::operators::Operand;
use super::resources::{float, matrix_of, resource};
use super::state::{Run, State};
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
    pub(super) fn form(
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
    pub(super) fn pattern(&mut self, run: &Run<'a>, operands: &[Operand]) -> Step {
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

    pub(super) fn inline_image(&mut self, run: &Run, operands: &[Operand]) {
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
