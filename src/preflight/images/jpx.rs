//! The frame of JPEG 2000 (ISO/IEC 15444-1, annexes A and I): header, size, tiles, end.

use super::{Fault, Frame};

const CODESTREAM: &[u8] = b"\xff\x4f\xff\x51";
/// The first box of a JP2 file.
const SIGNATURE: &[u8] = b"\x00\x00\x00\x0cjP  ";
/// Most boxes and most parts of tiles that are walked through.
const MAX_PARTS: usize = 100_000;

/// Walks through the boxes to the codestream, and through that from part to part.
pub(super) fn frame(data: &[u8]) -> Result<Frame, Fault> {
    let codestream = match data.starts_with(SIGNATURE) {
        true => boxed(data)?,
        false => data,
    };
    if !codestream.starts_with(CODESTREAM) {
        return Err(Fault::damage("a JPEG 2000 picture that is none"));
    }
    let (frame, tiles) = size(codestream).ok_or_else(cut)?;
    let mut seen = vec![false; tiles];
    let mut rest = main_header_end(codestream)?;
    for _ in 0..MAX_PARTS {
        match rest {
            [0xff, 0xd9, ..] => return complete(&seen, frame),
            [0xff, 0x90, _, _, tile @ ..] => {
                let [high, low, a, b, c, d, ..] = *tile else {
                    return Err(cut());
                };
                let tile = usize::from(u16::from_be_bytes([high, low]));
                if let Some(seen) = seen.get_mut(tile) {
                    *seen = true;
                }
                let length = u32::from_be_bytes([a, b, c, d]) as usize;
                // The last part may reach to the end.
                if length == 0 {
                    return match rest.trim_ascii_end().ends_with(b"\xff\xd9") {
                        true => complete(&seen, frame),
                        false => Err(cut()),
                    };
                }
                rest = rest.get(length.max(12)..).ok_or_else(cut)?;
            }
            // Nothing is missing but the end marker, or a tile.
            [] => return complete(&seen, frame),
            _ => return Err(Fault::damage("a JPEG 2000 picture that is damaged")),
        }
    }
    Err(Fault::bound(
        "a JPEG 2000 picture of more than 100,000 parts",
    ))
}

fn cut() -> Fault {
    Fault::damage("a JPEG 2000 picture that is cut off")
}

fn complete(seen: &[bool], frame: Frame) -> Result<Frame, Fault> {
    match seen.iter().all(|seen| *seen) {
        true => Ok(frame),
        false => Err(cut()),
    }
}

/// The contents of the box `jp2c`.
fn boxed(data: &[u8]) -> Result<&[u8], Fault> {
    let mut rest = data;
    for _ in 0..MAX_PARTS {
        let Some((head, _)) = rest.split_first_chunk::<8>() else {
            return Err(Fault::damage("a JPEG 2000 picture without a codestream"));
        };
        let [a, b, c, d, kind @ ..] = *head;
        let (length, header) = match u32::from_be_bytes([a, b, c, d]) {
            0 => (rest.len(), 8),
            1 => {
                let long = rest.get(8..16).and_then(|long| long.first_chunk::<8>());
                let long = long.map(|long| u64::from_be_bytes(*long)).ok_or_else(cut)?;
                (usize::try_from(long).unwrap_or(usize::MAX), 16)
            }
            length => (length as usize, 8),
        };
        if length < header {
            return Err(Fault::damage("a JPEG 2000 picture that is damaged"));
        }
        let whole = rest.get(..length);
        if kind == *b"jp2c" {
            // Some writers leave out what the length promises behind the end marker.
            return Ok(&whole.unwrap_or(rest)[header..]);
        }
        whole.ok_or_else(cut)?;
        rest = &rest[length..];
    }
    Err(Fault::bound(
        "a JPEG 2000 picture of more than 100,000 boxes",
    ))
}

/// The picture's size, and how many tiles it has.
fn size(codestream: &[u8]) -> Option<(Frame, usize)> {
    let number = |at: usize| {
        let four = codestream.get(at..at + 4)?.first_chunk::<4>()?;
        Some(u64::from(u32::from_be_bytes(*four)))
    };
    // Behind SOC, SIZ, its length and its capabilities.
    let [
        right,
        bottom,
        left,
        top,
        tile_width,
        tile_height,
        tile_left,
        tile_top,
    ] = [8, 12, 16, 20, 24, 28, 32, 36].map(number);
    let width = right?.checked_sub(left?)?;
    let height = bottom?.checked_sub(top?)?;
    let across = right?.checked_sub(tile_left?)?.div_ceil(tile_width?.max(1));
    let down = bottom?
        .checked_sub(tile_top?)?
        .div_ceil(tile_height?.max(1));
    let tiles = usize::try_from(across.checked_mul(down)?).ok()?;
    // Tiles are numbered with two bytes.
    let possible = width > 0 && height > 0 && tiles <= usize::from(u16::MAX);
    possible.then_some((Frame { width, height }, tiles))
}

/// From the first part of a tile.
fn main_header_end(codestream: &[u8]) -> Result<&[u8], Fault> {
    let mut rest = codestream.get(2..).unwrap_or_default();
    for _ in 0..MAX_PARTS {
        match *rest {
            [0xff, 0x90, ..] => return Ok(rest),
            [0xff, _, high, low, ..] => {
                let length = usize::from(u16::from_be_bytes([high, low]));
                rest = rest.get(2 + length.max(2)..).ok_or_else(cut)?;
            }
            _ => return Err(cut()),
        }
    }
    Err(cut())
}
