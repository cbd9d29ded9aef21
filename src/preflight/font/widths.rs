//! How wide glyphs are.

use std::collections::{BTreeMap, HashMap};

use lopdf::{Dictionary, Document, Object};

use super::{array, number};

/// Width of a glyph that nobody states one for, in ems: the 14 standard fonts need not.
const TYPICAL_WIDTH: f64 = 0.5;

/// Most ranges that may lie over one another at a glyph.
const MAX_OVERLAP: usize = 4;

/// Glyph widths in ems.
pub(super) enum Widths {
    Simple {
        first: usize,
        widths: Vec<f64>,
        missing: f64,
    },
    Composite {
        widths: HashMap<u16, f64>,
        /// By the first glyph: the last, and the width of each.
        ranges: BTreeMap<u16, (u16, f64)>,
        default: f64,
    },
}

impl Widths {
    /// Of the glyph with that number: for a simple font, the code itself.
    pub(super) fn of(&self, glyph: u32) -> f64 {
        match self {
            Self::Simple {
                first,
                widths,
                missing,
            } => (glyph as usize)
                .checked_sub(*first)
                .and_then(|index| widths.get(index))
                .copied()
                .unwrap_or(*missing),
            Self::Composite {
                widths,
                ranges,
                default,
            } => {
                let glyph = glyph as u16;
                let listed = widths.get(&glyph).copied();
                listed
                    .or_else(|| in_range(ranges, glyph))
                    .unwrap_or(*default)
            }
        }
    }

    /// How many the font states.
    pub(super) fn stated(&self) -> usize {
        match self {
            Self::Simple { widths, .. } => widths.len(),
            Self::Composite { widths, ranges, .. } => widths.len() + ranges.len(),
        }
    }
}

fn in_range(ranges: &BTreeMap<u16, (u16, f64)>, glyph: u16) -> Option<f64> {
    let before = ranges.range(..=glyph).rev().take(MAX_OVERLAP);
    let mut holding = before.filter(|(_, (last, _))| glyph <= *last);
    holding.next().map(|(_, (_, width))| *width)
}

pub(super) fn simple_widths(document: &Document, dict: &Dictionary) -> Widths {
    let em = em(document, dict);
    let first = dict
        .get_deref(b"FirstChar", document)
        .and_then(Object::as_i64);
    let widths: Vec<f64> = array(document, dict, b"Widths")
        .iter()
        .map(|width| number(document, width).unwrap_or_default() * em)
        .collect();
    let missing = match stated_missing(document, dict) {
        Some(width) => width * em,
        None if widths.is_empty() => TYPICAL_WIDTH,
        None => 0.0,
    };
    Widths::Simple {
        first: first
            .ok()
            .and_then(|first| usize::try_from(first).ok())
            .unwrap_or(0),
        widths,
        missing,
    }
}

/// What the descriptor says of codes that the list of widths leaves out.
fn stated_missing(document: &Document, dict: &Dictionary) -> Option<f64> {
    let descriptor = dict.get_deref(b"FontDescriptor", document).ok()?;
    let missing = descriptor.as_dict().ok()?.get(b"MissingWidth").ok()?;
    number(document, missing)
}

/// Ems in a unit of the widths: a thousandth, except where a Type 3 font says otherwise.
fn em(document: &Document, dict: &Dictionary) -> f64 {
    let matrix = array(document, dict, b"FontMatrix");
    matrix
        .first()
        .and_then(|scale| number(document, scale))
        .unwrap_or(0.001)
}

/// `/W`: either `first [w w w]` or `first last w` (ISO 32000-1, 9.7.4.3).
pub(super) fn composite_widths(document: &Document, dict: &Dictionary) -> Widths {
    let mut widths = HashMap::new();
    let mut ranges = BTreeMap::new();
    let mut rest = array(document, dict, b"W");
    while let [first, second, tail @ ..] = rest {
        let first = code(document, first);
        let list = document.dereference(second).map(|(_, object)| object);
        if let Ok(Object::Array(list)) = list {
            widths.extend(listed(document, first, list));
            rest = tail;
        } else if let [width, tail @ ..] = tail {
            let width = number(document, width).unwrap_or_default() / 1000.0;
            ranges.insert(first, (code(document, second), width));
            rest = tail;
        } else {
            break;
        }
    }
    let default = dict
        .get(b"DW")
        .ok()
        .and_then(|width| number(document, width));
    Widths::Composite {
        widths,
        ranges,
        default: default.unwrap_or(1000.0) / 1000.0,
    }
}

fn listed<'a>(
    document: &'a Document,
    first: u16,
    list: &'a [Object],
) -> impl Iterator<Item = (u16, f64)> + 'a {
    (first..=u16::MAX)
        .zip(list)
        .filter_map(|(code, width)| Some((code, number(document, width)? / 1000.0)))
}

fn code(document: &Document, object: &Object) -> u16 {
    number(document, object).unwrap_or_default() as u16
}
