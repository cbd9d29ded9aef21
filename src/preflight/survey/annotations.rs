//! Annotations that print: filled fields, comments and stamps (ISO 32000-1, 12.5).

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, decode_text_string};

use super::super::appearance;
use super::super::geometry::Matrix;
use super::super::layers::Shown;
use super::super::operators::{Operand, Operators};
use super::ink::Ink;
use super::resources::{corners, matrix_of};
use super::state::{Run, State, Within};
use super::{Span, Step, Surveyor};

/// A text field of several lines (ISO 32000-1, table 228).
const MULTILINE: i64 = 1 << 12;
/// How far up a field's parents are looked for what it inherits.
const MAX_PARENTS: usize = 32;
/// Most lines, and letters of one, that are taken from a value.
const MAX_LINES: usize = 64;
const MAX_LETTERS: usize = 200;
/// Size of letters that states none, in points, and a line's height in parts of it.
const AUTO_SIZE: f64 = 12.0;
const LEADING: f64 = 1.15;
/// Blank border of a field, in points.
const BORDER: f64 = 2.0;
const WITHOUT_APPEARANCE: &str = "its field or comment has no appearance";

impl<'a> Surveyor<'a> {
    /// The annotations of a page that print. Those without the print flag never do.
    pub(super) fn annotations(&mut self, page: ObjectId, base: Matrix) -> Step {
        let document = self.document;
        let Ok(page) = document.get_dictionary(page) else {
            return Ok(());
        };
        let annotations = page
            .get_deref(b"Annots", document)
            .and_then(Object::as_array);
        for annotation in annotations.map_or(&[][..], Vec::as_slice) {
            self.count()?;
            let annotation = document.dereference(annotation).ok();
            let annotation = annotation.and_then(|(_, annotation)| annotation.as_dict().ok());
            if let Some(annotation) =
                annotation.filter(|annotation| appearance::prints(document, annotation))
            {
                self.annotation(annotation, base)?;
            }
        }
        Ok(())
    }

    fn annotation(&mut self, annotation: &'a Dictionary, base: Matrix) -> Step {
        let shown = self.layer_of(annotation);
        let appearance = appearance::of(self.document, annotation).map(|(_, stream)| stream);
        let before = self.texts;
        if let Some(stream) = appearance {
            let within = Within {
                depth: 1,
                placed: true,
                shown,
            };
            let place = place(self.document, annotation, stream);
            let state = State::new(place.unwrap_or(Matrix::IDENTITY).then(base));
            let placed = place.is_some();
            self.form(stream, None, state, Within { placed, ..within })?;
        }
        // A program may draw the value itself, if it is asked to or there is nothing drawn.
        let drawn = appearance.is_some() && !needs_appearances(self.document);
        if self.page == 1 && !drawn && self.texts == before && shown != Shown::No {
            self.value(annotation, base);
        }
        Ok(())
    }

    /// Keeps the lines of a value about where they would be drawn.
    fn value(&mut self, annotation: &'a Dictionary, base: Matrix) {
        let document = self.document;
        let Some((text, is_multiline)) = value_of(document, annotation) else {
            return;
        };
        let Some([left, bottom, _, top]) = corners(document, annotation, b"Rect") else {
            return;
        };
        let size = stated_size(document, annotation);
        let size = size.unwrap_or(AUTO_SIZE.min((top - bottom).max(1.0) / LEADING));
        let middle = f64::midpoint(top, bottom) + size / 2.0;
        let first = if is_multiline { top - BORDER } else { middle };
        for (line, number) in text.lines().take(MAX_LINES).zip(1..) {
            let baseline = first - size * (LEADING * f64::from(number) - 0.2);
            let line: String = line.chars().take(MAX_LETTERS).collect();
            let place = Matrix::shift(left + BORDER, baseline).then(base);
            if let Some(span) = guessed(place, size, line)
                && self.interest.window.overlaps(span.rect, 0.0)
            {
                self.keep(span);
            }
        }
    }
}

/// A text whose letters are about half as wide as high.
fn guessed(place: Matrix, size: f64, text: String) -> Option<Span> {
    let mut state = State::new(place);
    state.size = size;
    let width = 0.5 * size * text.chars().count() as f64;
    let run = Run::new(None, state, Within::PAGE);
    let span = run
        .span(0.0, width, 1.0)
        .filter(|_| !text.trim().is_empty())?;
    let ink = Ink::Unsure(WITHOUT_APPEARANCE);
    Some(Span { text, ink, ..span })
}

/// Brings the appearance's box, as its matrix turns it, onto the annotation's rectangle
/// (ISO 32000-1, 12.5.5, algorithm 8.1).
fn place(document: &Document, annotation: &Dictionary, stream: &Stream) -> Option<Matrix> {
    let [left, bottom, right, top] = corners(document, annotation, b"Rect")?;
    let [x0, y0, x1, y1] = corners(document, &stream.dict, b"BBox")?;
    let matrix = matrix_of(document, &stream.dict).unwrap_or(Matrix::IDENTITY);
    let turned = [(x0, y0), (x1, y0), (x0, y1), (x1, y1)].map(|(x, y)| matrix.apply(x, y));
    let edge = |of: fn((f64, f64)) -> f64, pick: fn(f64, f64) -> f64| {
        turned.into_iter().map(of).reduce(pick).unwrap_or(0.0)
    };
    let (from_x, to_x) = (edge(|p| p.0, f64::min), edge(|p| p.0, f64::max));
    let (from_y, to_y) = (edge(|p| p.1, f64::min), edge(|p| p.1, f64::max));
    let scale = |wanted: f64, given: f64| if given > 0.0 { wanted / given } else { 1.0 };
    let (across, up) = (
        scale(right - left, to_x - from_x),
        scale(top - bottom, to_y - from_y),
    );
    Some(Matrix([
        across,
        0.0,
        0.0,
        up,
        left - across * from_x,
        bottom - up * from_y,
    ]))
}

fn form(document: &Document) -> Option<&Dictionary> {
    let form = document
        .catalog()
        .ok()?
        .get_deref(b"AcroForm", document)
        .ok()?;
    form.as_dict().ok()
}

fn needs_appearances(document: &Document) -> bool {
    let needs = form(document).and_then(|form| form.get_deref(b"NeedAppearances", document).ok());
    needs.is_some_and(|needs| needs.as_bool().unwrap_or(false))
}

/// What an annotation says where nothing draws it, and whether in several lines.
fn value_of(document: &Document, annotation: &Dictionary) -> Option<(String, bool)> {
    let kind = annotation
        .get_deref(b"Subtype", document)
        .and_then(Object::as_name);
    let (value, is_multiline) = match kind.ok()? {
        b"FreeText" => (annotation.get_deref(b"Contents", document).ok()?, true),
        b"Widget" => {
            let kind = inherited(document, annotation, b"FT")?.as_name().ok()?;
            if !matches!(kind, b"Tx" | b"Ch") {
                return None;
            }
            let flags =
                inherited(document, annotation, b"Ff").and_then(|flags| flags.as_i64().ok());
            let is_multiline = flags.unwrap_or(0) & MULTILINE != 0;
            (inherited(document, annotation, b"V")?, is_multiline)
        }
        _ => return None,
    };
    let text = decode_text_string(value).ok()?;
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    // A field of one line shows no line ends.
    Some((
        if is_multiline {
            text
        } else {
            text.replace('\n', " ")
        },
        is_multiline,
    ))
}

/// An entry of a field, or of the fields above it.
fn inherited<'a>(document: &'a Document, field: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
    let mut field = field;
    for _ in 0..MAX_PARENTS {
        if let Ok(value) = field.get_deref(key, document) {
            return Some(value);
        }
        field = field.get_deref(b"Parent", document).ok()?.as_dict().ok()?;
    }
    None
}

/// The size in the operators that set a field's font; none if it is to fit.
fn stated_size(document: &Document, annotation: &Dictionary) -> Option<f64> {
    let of_form = || form(document)?.get_deref(b"DA", document).ok();
    let operators = inherited(document, annotation, b"DA").or_else(of_form)?;
    let mut operators = Operators::new(operators.as_str().ok()?);
    let mut size = None;
    while let Ok(Some(operator)) = operators.next() {
        if operator == b"Tf" {
            size = operators.operands().get(1).map(Operand::number);
        }
    }
    size.filter(|size| (1.0..100.0).contains(size))
}
