//! Predictors of Flate and LZW (ISO 32000-1, 7.4.4.4): rows that are told as differences.

use lopdf::Document;

use super::sink::Sink;
use super::{Codec, Fault, Stage};

/// Longest row, in bytes: some twenty times that of an A4 image of 600 dots per inch.
const MAX_ROW: i64 = 1024 * 1024;

/// How the bytes of a row are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Each row begins with the number of its own filter (PNG, clause 9).
    Png,
    /// Differences to the sample on the left, of so many bits (TIFF 6.0, section 14).
    Tiff(i64),
}

/// The rows that a predictor works on.
pub(super) struct Rows {
    kind: Kind,
    /// Bytes of a whole pixel, at least one.
    pixel: usize,
    /// Samples of a pixel.
    samples: usize,
    /// Bytes of a row as it is told.
    length: usize,
    /// False if the bytes are only counted: then nobody needs their values.
    wanted: bool,
}

impl Rows {
    /// The rows that the parameters ask for, if they ask for a predictor.
    pub(super) fn of(
        document: &Document,
        stage: &Stage,
        wanted: bool,
    ) -> Result<Option<Self>, Fault> {
        if !matches!(stage.codec, Codec::Flate | Codec::Lzw) {
            return Ok(None);
        }
        let number = |key: &[u8], default| stage.number(document, key).unwrap_or(default);
        let bits = number(b"BitsPerComponent", 8);
        let kind = match number(b"Predictor", 1) {
            1 => return Ok(None),
            2 => Kind::Tiff(bits),
            10..=15 => Kind::Png,
            _ => return Err(Fault::damage("a predictor that the standard does not know")),
        };
        let (colours, columns) = (number(b"Colors", 1), number(b"Columns", 1));
        let possible = matches!(bits, 1 | 2 | 4 | 8 | 16)
            && (1..=64).contains(&colours)
            && (1..=MAX_ROW).contains(&columns);
        if !possible {
            return Err(Fault::damage("a predictor of impossible rows"));
        }
        let row = (colours * bits * columns + 7) / 8;
        if row > MAX_ROW {
            return Err(Fault::bound("a predictor of rows of more than 1 MiB"));
        }
        Ok(Some(Self {
            kind,
            pixel: ((colours * bits + 7) / 8) as usize,
            samples: colours as usize,
            length: row as usize + usize::from(kind == Kind::Png),
            wanted,
        }))
    }
}

/// Undoes a predictor on the way to a sink.
pub(super) struct Predictor<'s> {
    rows: Rows,
    inner: &'s mut dyn Sink,
    row: Vec<u8>,
    above: Vec<u8>,
}

impl<'s> Predictor<'s> {
    pub(super) fn new(rows: Rows, inner: &'s mut dyn Sink) -> Self {
        Self {
            row: Vec::with_capacity(rows.length),
            above: vec![0; rows.length],
            rows,
            inner,
        }
    }

    /// The last row may be shorter than the others.
    pub(super) fn finish(mut self) -> Result<(), Fault> {
        self.whole_row()
    }

    fn whole_row(&mut self) -> Result<(), Fault> {
        match self.rows.kind {
            Kind::Png => self.png_row()?,
            Kind::Tiff(bits) => {
                if self.rows.wanted {
                    tiff_row(&mut self.row, bits, self.rows.samples);
                }
                self.inner.take(&self.row)?;
            }
        }
        self.row.clear();
        Ok(())
    }

    fn png_row(&mut self) -> Result<(), Fault> {
        let Some((filter, bytes)) = self.row.split_first_mut() else {
            return Ok(());
        };
        if *filter > 4 {
            return Err(Fault::damage("a row of a predictor that PNG does not know"));
        }
        if self.rows.wanted {
            png_row(*filter, self.rows.pixel, &self.above, bytes);
            self.above[..bytes.len()].copy_from_slice(bytes);
        }
        self.inner.take(bytes)
    }
}

impl Sink for Predictor<'_> {
    fn take(&mut self, mut bytes: &[u8]) -> Result<(), Fault> {
        while !bytes.is_empty() {
            let missing = self.rows.length - self.row.len();
            let (now, later) = bytes.split_at(missing.min(bytes.len()));
            self.row.extend_from_slice(now);
            bytes = later;
            if self.row.len() == self.rows.length {
                self.whole_row()?;
            }
        }
        Ok(())
    }
}

/// PNG's five filters (PNG, clause 9.2).
fn png_row(filter: u8, pixel: usize, above: &[u8], row: &mut [u8]) {
    for at in 0..row.len() {
        let before = |row: &[u8]| at.checked_sub(pixel).map_or(0, |left| row[left]);
        let (left, up, corner) = (before(row), above[at], before(above));
        let guess = match filter {
            1 => left,
            2 => up,
            3 => u8::midpoint(left, up),
            4 => paeth(left, up, corner),
            _ => return,
        };
        row[at] = row[at].wrapping_add(guess);
    }
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let [a, b, c] = [left, up, corner].map(i16::from);
    let guess = a + b - c;
    let [to_left, to_up, to_corner] = [a, b, c].map(|value| (guess - value).abs());
    if to_left <= to_up && to_left <= to_corner {
        left
    } else if to_up <= to_corner {
        up
    } else {
        corner
    }
}

/// Samples of 8 and 16 bits are added up. Smaller ones stand in images alone, whose bytes are
/// counted and not looked at.
fn tiff_row(row: &mut [u8], bits: i64, samples: usize) {
    match bits {
        8 => {
            for at in samples..row.len() {
                row[at] = row[at].wrapping_add(row[at - samples]);
            }
        }
        16 => {
            for at in (2 * samples..row.len().saturating_sub(1)).step_by(2) {
                let sample = |at: usize, row: &[u8]| u16::from_be_bytes([row[at], row[at + 1]]);
                let sum = sample(at, row).wrapping_add(sample(at - 2 * samples, row));
                row[at..at + 2].copy_from_slice(&sum.to_be_bytes());
            }
        }
        _ => {}
    }
}
