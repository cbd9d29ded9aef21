//! The frame of JBIG2 as PDF embeds it (ISO/IEC 14492, clause 7): segments, page, regions.

use memchr::memmem;

use super::{Fault, Frame};

/// Kinds of segments.
const PAGE: u8 = 48;
const REGIONS: [u8; 12] = [4, 6, 7, 20, 22, 23, 36, 38, 39, 40, 42, 43];
/// Its length may be left open; two zeros, or these, and four bytes end it.
const GENERIC: u8 = 38;
const ENDS: [&[u8]; 2] = [b"\xff\xac", b"\x00\x00"];
const MAX_SEGMENTS: usize = 100_000;

struct Segment<'d> {
    kind: u8,
    data: &'d [u8],
}

/// The page's size; every segment must be there to its end.
pub(super) fn frame(data: &[u8]) -> Result<Frame, Fault> {
    let (mut page, mut regions) = (None, 0_usize);
    for segment in segments(data)? {
        if segment.kind == PAGE {
            page = size(segment.data);
        }
        regions += usize::from(REGIONS.contains(&segment.kind));
    }
    match page {
        Some(frame) if regions > 0 => Ok(frame),
        Some(_) => Err(Fault::damage("a JBIG2 picture without a picture in it")),
        None => Err(Fault::damage("a JBIG2 picture without a size")),
    }
}

/// What pictures share: dictionaries, whole.
pub(super) fn shared(data: &[u8]) -> Result<(), Fault> {
    segments(data).map(|_| ())
}

fn cut() -> Fault {
    Fault::damage("a JBIG2 picture that is cut off or damaged")
}

fn segments(data: &[u8]) -> Result<Vec<Segment<'_>>, Fault> {
    let mut segments = Vec::new();
    let mut rest = data;
    while !rest.trim_ascii().is_empty() {
        if segments.len() >= MAX_SEGMENTS {
            return Err(Fault::bound(
                "a JBIG2 picture of more than 100,000 segments",
            ));
        }
        let (segment, after) = segment(rest)?;
        segments.push(segment);
        rest = after;
    }
    Ok(segments)
}

fn segment(data: &[u8]) -> Result<(Segment<'_>, &[u8]), Fault> {
    let (head, rest) = data.split_first_chunk::<5>().ok_or_else(cut)?;
    let number = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
    let flags = head[4];
    let rest = referred(number, rest).ok_or_else(cut)?;
    let rest = rest.get(if flags & 0x40 == 0 { 1 } else { 4 }..);
    let (length, rest) = rest
        .and_then(<[u8]>::split_first_chunk::<4>)
        .ok_or_else(cut)?;
    let kind = flags & 0x3f;
    let length = match u32::from_be_bytes(*length) {
        u32::MAX if kind == GENERIC => open_length(rest).ok_or_else(cut)?,
        length => length as usize,
    };
    let (data, after) = rest.split_at_checked(length).ok_or_else(cut)?;
    Ok((Segment { kind, data }, after))
}

/// Past the segments that this one builds on (clause 7.2.4 and 7.2.5).
fn referred(number: u32, data: &[u8]) -> Option<&[u8]> {
    let first = *data.first()?;
    let (count, rest) = match first >> 5 {
        7 => {
            let four = u32::from_be_bytes(*data.first_chunk::<4>()?);
            let count = (four & 0x1fff_ffff) as usize;
            (count, data.get(4 + (count + 8) / 8..)?)
        }
        count => (usize::from(count), &data[1..]),
    };
    let width = match number {
        0..=256 => 1,
        257..=65_536 => 2,
        _ => 4,
    };
    rest.get(count.checked_mul(width)?..)
}

fn open_length(data: &[u8]) -> Option<usize> {
    // Behind the region's place and flags.
    const HEADER: usize = 18;
    let body = data.get(HEADER..)?;
    let ends = ENDS.iter().filter_map(|end| memmem::find(body, end));
    Some(HEADER + ends.min()? + 2 + 4)
}

fn size(page: &[u8]) -> Option<Frame> {
    let number = |at: usize| {
        let four = page.get(at..at + 4)?.first_chunk::<4>()?;
        Some(u64::from(u32::from_be_bytes(*four)))
    };
    let (width, height) = (number(0)?, number(4)?);
    (width > 0 && height > 0).then_some(Frame { width, height })
}
