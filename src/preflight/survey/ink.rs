//! Whether what is painted shows on paper: colours, clipping, and what lies over or under a text.
//!
//! This knows colours and rectangles, no shapes. Where they do not suffice, the text counts as
//! printed, or as uncertain.

use lopdf::{Dictionary, Document, Object};

use super::super::geometry::Rect;
use super::super::layers::Shown;
use super::super::operators::Operand;
use super::Span;
use super::resources::resource;
use super::state::Run;

/// How near to white a colour is that nobody sees on paper.
const WHITE: f64 = 0.01;
/// Part of a text that must be within its clip for it to be read.
const READABLE: f64 = 0.25;
/// Millimetres by which a text may stick out from under what covers it.
const COVER_SLACK: f64 = 0.2;
/// Most painted areas that are remembered one by one.
const MAX_BACKDROPS: usize = 1_000;

/// Whether a text prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Ink {
    Prints,
    /// This tool cannot tell, because of this.
    Unsure(&'static str),
    /// Set in the mode that paints nothing: what a scanner recognised (ISO 32000-1, 9.3.6).
    Invisible,
    /// It does not print, because of this.
    Hidden(&'static str),
}

impl Ink {
    pub(in super::super) fn may_print(self) -> bool {
        matches!(self, Self::Prints | Self::Unsure(_))
    }

    pub(in super::super) fn doubt(self) -> Option<&'static str> {
        match self {
            Self::Unsure(why) => Some(why),
            _ => None,
        }
    }

    pub(in super::super) fn hidden(self) -> Option<&'static str> {
        match self {
            Self::Hidden(why) => Some(why),
            _ => None,
        }
    }
}

/// How a colour space counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Space {
    /// All at their most is white: grey, RGB.
    Light,
    /// All at nothing is white: CMYK.
    Ink,
    Unknown,
}

/// The colour of fills or of strokes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Colour {
    space: Space,
    white: bool,
    /// 0 is invisible.
    alpha: f64,
}

impl Colour {
    pub(super) const BLACK: Self = Self {
        space: Space::Light,
        white: false,
        alpha: 1.0,
    };

    fn set(&mut self, space: Space, operands: &[Operand]) {
        self.space = space;
        let near = |number: f64, white: f64| (number - white).abs() <= WHITE;
        let is = |white: f64| {
            let numbers = || operands.iter();
            numbers().all(|item| matches!(item, Operand::Number(n) if near(*n, white)))
                && numbers().len() > 0
        };
        self.white = match space {
            Space::Light => is(1.0),
            Space::Ink => is(0.0),
            Space::Unknown => false,
        };
    }
}

/// The part of the graphics state that decides what shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint {
    pub(super) fill: Colour,
    pub(super) stroke: Colour,
    /// What is painted hides what it is painted over.
    opaque: bool,
    /// Nothing shows outside this.
    clip: Rect,
    /// Everything shows inside it.
    clip_is_exact: bool,
}

impl Paint {
    pub(super) const NEW: Self = Self {
        fill: Colour::BLACK,
        stroke: Colour::BLACK,
        opaque: true,
        clip: Rect::EVERYTHING,
        clip_is_exact: true,
    };

    /// Takes what an extended graphics state says.
    pub(super) fn set_state(&mut self, document: &Document, state: &Dictionary) {
        let get = |key: &[u8]| state.get_deref(key, document).ok();
        let alpha = |key: &[u8]| get(key).and_then(|alpha| alpha.as_float().ok());
        if let Some(alpha) = alpha(b"ca") {
            self.fill.alpha = f64::from(alpha);
        }
        if let Some(alpha) = alpha(b"CA") {
            self.stroke.alpha = f64::from(alpha);
        }
        let usual =
            |object: &Object| matches!(object.as_name(), Ok(b"Normal" | b"Compatible" | b"None"));
        for key in [b"BM".as_slice(), b"SMask"] {
            if let Some(value) = get(key) {
                self.opaque = usual(value);
            }
        }
    }

    pub(super) fn clip_to(&mut self, area: Rect, is_exact: bool) {
        let nothing = Rect {
            right: f64::NEG_INFINITY,
            ..area
        };
        self.clip = self.clip.common(area).unwrap_or(nothing);
        self.clip_is_exact &= is_exact;
    }
}

/// The path that is being made.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Path {
    around: Option<Rect>,
    segments: usize,
    boxes: usize,
    clips: bool,
}

impl Path {
    fn add(&mut self, points: impl Iterator<Item = (f64, f64)>) {
        self.segments += 1;
        for point in points {
            let rect = Rect::around(&[point]).unwrap_or(Rect::EVERYTHING);
            self.around = Some(self.around.map_or(rect, |around| around.union(rect)));
        }
    }

    /// A rectangle along the page's edges, and nothing else.
    fn is_box(&self) -> bool {
        self.boxes == 1 && self.segments == 1
    }
}

/// What was painted on page 1 so far.
#[derive(Default)]
pub(super) struct Painted {
    /// Areas that are not white.
    backdrops: Vec<Rect>,
}

impl Painted {
    pub(super) fn add(&mut self, area: Rect) {
        if self.backdrops.len() >= MAX_BACKDROPS {
            self.backdrops = vec![Rect::EVERYTHING];
        }
        self.backdrops.push(area);
    }

    fn lies_under(&self, rect: Rect) -> bool {
        self.backdrops.iter().any(|area| area.overlaps(rect, 0.0))
    }
}

/// What a path's painting does to the page.
pub(super) struct Painting {
    /// Where it shows.
    pub(super) area: Rect,
    /// It hides all that is under it.
    pub(super) covers: bool,
    pub(super) is_white: bool,
    /// Lines and curves of it, if it is filled.
    pub(super) outlines: usize,
}

impl Run<'_> {
    /// Follows paths and colours; true if the operator was one for it.
    pub(super) fn painting_state(
        &mut self,
        document: &Document,
        operator: &[u8],
        operands: &[Operand],
    ) -> bool {
        let paint = &mut self.state.paint;
        match operator {
            b"m" | b"l" | b"c" | b"v" | b"y" => self.add_points(operands),
            b"re" => self.add_box(operands),
            b"W" | b"W*" => self.path.clips = true,
            b"g" | b"rg" => paint.fill.set(Space::Light, operands),
            b"G" | b"RG" => paint.stroke.set(Space::Light, operands),
            b"k" => paint.fill.set(Space::Ink, operands),
            b"K" => paint.stroke.set(Space::Ink, operands),
            b"cs" => paint
                .fill
                .set(space(document, self.resources, operands), &[]),
            b"CS" => paint
                .stroke
                .set(space(document, self.resources, operands), &[]),
            b"sc" | b"scn" => paint.fill.set(paint.fill.space, operands),
            b"SC" | b"SCN" => paint.stroke.set(paint.stroke.space, operands),
            _ => return false,
        }
        true
    }

    fn add_points(&mut self, operands: &[Operand]) {
        let ctm = self.state.ctm;
        let points = operands.chunks_exact(2);
        let points = points.map(|pair| ctm.apply(pair[0].number(), pair[1].number()));
        self.path.add(points);
    }

    fn add_box(&mut self, operands: &[Operand]) {
        let [x, y, width, height] = operands else {
            return;
        };
        let (x, y) = (x.number(), y.number());
        let (right, top) = (x + width.number(), y + height.number());
        let ctm = self.state.ctm;
        self.path.boxes += usize::from(ctm.is_upright());
        let corners = [(x, y), (right, y), (x, top), (right, top)];
        self.path
            .add(corners.into_iter().map(|(x, y)| ctm.apply(x, y)));
    }

    /// Ends the path. With `fill` or `stroke` it is painted.
    pub(super) fn end_path(&mut self, fill: bool, stroke: bool) -> Option<Painting> {
        let path = std::mem::take(&mut self.path);
        let around = path.around?;
        let paint = &mut self.state.paint;
        let shows = (fill && paint.fill.alpha > 0.0) || (stroke && paint.stroke.alpha > 0.0);
        let area = paint.clip.common(around).filter(|_| shows);
        let painting = area.map(|area| Painting {
            area,
            covers: fill
                && path.is_box()
                && paint.clip_is_exact
                && paint.opaque
                && paint.fill.alpha >= 1.0
                && paint.fill.space != Space::Unknown,
            is_white: (!fill || paint.fill.white) && (!stroke || paint.stroke.white),
            outlines: if fill { path.segments } else { 0 },
        });
        if path.clips {
            paint.clip_to(around, path.is_box());
        }
        painting
    }

    /// The part of an area that is not clipped away.
    pub(super) fn unclipped(&self, area: Rect) -> Option<Rect> {
        self.state.paint.clip.common(area)
    }

    /// Whether a text prints at that place, as far as this state alone tells. Glyphs of Type 3
    /// fonts are drawings: the mode does not concern them by the standard (ISO 32000-1, 9.3.6),
    /// though it does in some readers, and a colour may be their own.
    pub(super) fn ink(&self, rect: Option<Rect>, painted: &Painted, is_drawn: bool) -> Ink {
        match self.shown {
            Shown::No => return Ink::Hidden("it is in a layer that is off"),
            _ if self.state.mode == 3 && is_drawn => {
                return Ink::Unsure("it is drawn by a Type 3 font in the invisible mode");
            }
            _ if self.state.mode == 3 => return Ink::Invisible,
            Shown::Perhaps => return Ink::Unsure("its layer has another state in print"),
            Shown::Yes => {}
        }
        match rect {
            Some(rect) => self.placed_ink(rect, painted, is_drawn),
            None => Ink::Prints,
        }
    }

    fn placed_ink(&self, rect: Rect, painted: &Painted, is_drawn: bool) -> Ink {
        let paint = &self.state.paint;
        let Some(shown) = paint.clip.common(rect) else {
            return Ink::Hidden("it is clipped away");
        };
        let colours: &[Colour] = match self.state.mode {
            1 | 5 => &[paint.stroke],
            2 | 6 => &[paint.fill, paint.stroke],
            _ => &[paint.fill],
        };
        if is_drawn {
            Ink::Prints
        } else if self.state.mode == 7 {
            Ink::Unsure("it is the outline of something else")
        } else if colours.iter().all(|colour| colour.alpha <= 0.0) {
            Ink::Hidden("it is transparent")
        } else if colours.iter().all(|colour| colour.white) && !painted.lies_under(rect) {
            Ink::Hidden("it is white on white")
        } else if shown.area() < READABLE * rect.area() {
            Ink::Unsure("most of it is clipped away")
        } else {
            Ink::Prints
        }
    }
}

/// Marks the texts that something painted over them hides.
pub(super) fn cover(spans: &mut [Span], area: Rect, ink: Ink) {
    for span in spans {
        if span.ink == Ink::Prints && area.holds(span.rect, COVER_SLACK) {
            span.ink = ink;
        }
    }
}

/// What kind of colour space the operand names.
fn space(document: &Document, resources: Option<&Dictionary>, operands: &[Operand]) -> Space {
    let Some(Operand::Name(name)) = operands.first() else {
        return Space::Unknown;
    };
    match &**name {
        b"DeviceGray" | b"DeviceRGB" => return Space::Light,
        b"DeviceCMYK" => return Space::Ink,
        _ => {}
    }
    let named = resource(document, resources, b"ColorSpace", name);
    let Some(Object::Array(family)) = named else {
        return Space::Unknown;
    };
    match family.first().map(Object::as_name) {
        Some(Ok(b"CalGray" | b"CalRGB")) => Space::Light,
        Some(Ok(b"ICCBased")) => profile_space(document, family.get(1)),
        _ => Space::Unknown,
    }
}

fn profile_space(document: &Document, profile: Option<&Object>) -> Space {
    let profile = profile.and_then(|profile| document.dereference(profile).ok());
    let dict = profile.and_then(|(_, profile)| profile.as_stream().ok());
    match dict.and_then(|stream| stream.dict.get(b"N").ok()?.as_i64().ok()) {
        Some(1 | 3) => Space::Light,
        Some(4) => Space::Ink,
        _ => Space::Unknown,
    }
}
