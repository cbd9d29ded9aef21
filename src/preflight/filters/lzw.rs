//! `LZWDecode` (ISO 32000-1, 7.4.4.2).

use super::{End, Fault, sink::Sink};

const CLEAR: usize = 256;
const END: usize = 257;
const FIRST: usize = 258;
/// Codes have 9 to 12 bits.
const FEWEST_BITS: u32 = 9;
const CODES: usize = 4096;
/// Decoded bytes are handed on in pieces of about this size.
const PIECE: usize = 16 * 1024;

/// Each string of the table is a shorter one and a byte.
struct Table {
    shorter: Vec<u16>,
    last: Vec<u8>,
    length: Vec<u16>,
}

impl Table {
    fn new() -> Self {
        let mut table = Self {
            shorter: vec![0; FIRST],
            last: (0..=255).chain([0, 0]).collect(),
            length: vec![1; FIRST],
        };
        table.shorter.reserve(CODES - FIRST);
        table
    }

    fn len(&self) -> usize {
        self.last.len()
    }

    fn clear(&mut self) {
        self.shorter.truncate(FIRST);
        self.last.truncate(FIRST);
        self.length.truncate(FIRST);
    }

    fn add(&mut self, shorter: usize, last: u8) {
        if self.len() < CODES {
            self.shorter.push(shorter as u16);
            self.last.push(last);
            self.length.push(self.length[shorter].saturating_add(1));
        }
    }

    fn first_byte(&self, mut code: usize) -> u8 {
        while self.length[code] > 1 {
            code = usize::from(self.shorter[code]);
        }
        self.last[code]
    }

    /// Appends the string of `code`, which is known from its end.
    fn write(&self, mut code: usize, to: &mut Vec<u8>) {
        let start = to.len();
        let length = usize::from(self.length[code]);
        to.resize(start + length, 0);
        for place in to[start..].iter_mut().rev() {
            *place = self.last[code];
            code = usize::from(self.shorter[code]);
        }
    }
}

/// Reads codes from the front, highest bit first.
struct Codes<'d> {
    data: std::slice::Iter<'d, u8>,
    bits: u32,
    held: u32,
}

impl Codes<'_> {
    fn next(&mut self, width: u32) -> Option<usize> {
        while self.held < width {
            self.bits = self.bits << 8 | u32::from(*self.data.next()?);
            self.held += 8;
        }
        self.held -= width;
        Some((self.bits >> self.held) as usize & ((1 << width) - 1))
    }
}

/// Expands; `early` if codes grow one code before they must.
pub(super) fn expand(data: &[u8], early: bool, sink: &mut dyn Sink) -> Result<End, Fault> {
    if data.trim_ascii().is_empty() {
        return Ok(End::Whole);
    }
    let mut table = Table::new();
    let mut codes = Codes {
        data: data.iter(),
        bits: 0,
        held: 0,
    };
    let mut previous: Option<usize> = None;
    let mut out = Vec::with_capacity(PIECE + CODES);
    loop {
        let width = width(table.len() + usize::from(early));
        let Some(code) = codes.next(width) else {
            sink.take(&out)?;
            return Ok(End::Unmarked("LZW data has no end marker"));
        };
        match code {
            CLEAR => {
                table.clear();
                previous = None;
                continue;
            }
            END => {
                sink.take(&out)?;
                return Ok(End::Whole);
            }
            _ => {}
        }
        if let Some(before) = previous {
            let known = code < table.len();
            let from = if known { code } else { before };
            let last = table.first_byte(from);
            table.add(before, last);
        }
        if code >= table.len() {
            return Err(Fault::damage("LZW data is damaged"));
        }
        table.write(code, &mut out);
        previous = Some(code);
        if out.len() >= PIECE {
            sink.take(&out)?;
            out.clear();
        }
    }
}

/// Bits of the next code when the table has grown to `size`.
fn width(size: usize) -> u32 {
    (usize::BITS - size.leading_zeros()).clamp(FEWEST_BITS, 12)
}
