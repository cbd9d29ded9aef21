//! The part of the graphics state that decides what is used.

use lopdf::{Dictionary, ObjectId};

use super::super::operators::Operand;

/// The font that text is set in.
#[derive(Clone, Default)]
pub(super) enum Set<'a> {
    #[default]
    None,
    /// It has a name and is not there.
    Lost(Vec<u8>),
    In(&'a Dictionary, Option<ObjectId>),
}

#[derive(Clone, Default)]
pub(super) struct State<'a> {
    pub(super) font: Set<'a>,
    /// Text paints nothing (ISO 32000-1, 9.3.6).
    pub(super) unpainted: bool,
    /// The pattern that areas are filled with, or lines drawn with.
    pub(super) fill: Option<Vec<u8>>,
    pub(super) stroke: Option<Vec<u8>>,
}

impl State<'_> {
    /// Takes a colour, or the pattern that stands for one.
    pub(super) fn colour(&mut self, operator: &[u8], operands: &[Operand]) {
        let pattern = match operands.last() {
            Some(Operand::Name(name)) if matches!(operator, b"scn" | b"SCN") => Some(name.to_vec()),
            _ => None,
        };
        if operator.first().is_some_and(u8::is_ascii_uppercase) {
            self.stroke = pattern;
        } else {
            self.fill = pattern;
        }
    }
}

/// One content stream being run.
pub(super) struct Run<'a> {
    pub(super) resources: Option<&'a Dictionary>,
    pub(super) state: State<'a>,
    pub(super) saved: Vec<State<'a>>,
    pub(super) depth: usize,
    /// Of each marked content that is not yet ended: does it hide what it holds?
    pub(super) marked: Vec<bool>,
    pub(super) in_text: bool,
    /// Something stands in an operator's place that none can be.
    pub(super) garbled: bool,
    pub(super) has_inline_images: bool,
}

impl<'a> Run<'a> {
    pub(super) fn new(resources: Option<&'a Dictionary>, state: State<'a>, depth: usize) -> Self {
        Self {
            resources,
            state,
            saved: Vec::new(),
            depth,
            marked: Vec::new(),
            in_text: false,
            garbled: false,
            has_inline_images: false,
        }
    }

    pub(super) fn is_hidden(&self) -> bool {
        self.marked.contains(&true)
    }
}
