//! The frame of a JPEG (ISO/IEC 10918-1, annex B): header, size, scans, end.

use memchr::{memchr, memmem};

use super::{Fault, Frame};

const START: &[u8] = b"\xff\xd8\xff";

/// Walks from marker to marker; the data of scans is passed over, not decoded.
pub(super) fn frame(data: &[u8]) -> Result<Frame, Fault> {
    // Readers look for the beginning, too.
    let begin = memmem::find(data, START);
    let begin = begin.ok_or_else(|| Fault::damage("a JPEG that is none"))?;
    let mut rest = data.get(begin + 2..).unwrap_or_default();
    let mut frame: Option<Frame> = None;
    let mut scans = 0_usize;
    loop {
        let (marker, after) = next_marker(rest).ok_or_else(cut)?;
        rest = after;
        match marker {
            // The end.
            0xd9 => break,
            // Markers without a length.
            0x01 | 0xd0..=0xd8 => continue,
            _ => {}
        }
        let length = rest.first_chunk().map(|two| u16::from_be_bytes(*two));
        let length = usize::from(length.ok_or_else(cut)?);
        if length < 2 {
            return Err(Fault::damage("a JPEG with a segment of no length"));
        }
        let (segment, after) = rest.split_at_checked(length).ok_or_else(cut)?;
        rest = after;
        match marker {
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => frame = size(segment),
            0xda => {
                scans += 1;
                rest = after_scan(rest).ok_or_else(cut)?;
            }
            _ => {}
        }
    }
    match frame {
        Some(frame) if scans > 0 => Ok(frame),
        Some(_) => Err(Fault::damage("a JPEG without a picture in it")),
        None => Err(Fault::damage("a JPEG without a size")),
    }
}

fn cut() -> Fault {
    Fault::damage("a JPEG that is cut off")
}

/// The next marker and what follows it; readers pass over what stands between segments.
fn next_marker(data: &[u8]) -> Option<(u8, &[u8])> {
    let mut rest = data;
    loop {
        rest = rest.get(memchr(0xff, rest)?..)?;
        let fill = rest.iter().position(|byte| *byte != 0xff)?;
        let (marker, after) = (rest[fill], &rest[fill + 1..]);
        if marker != 0 {
            return Some((marker, after));
        }
        rest = after;
    }
}

/// From the marker that ends the data of a scan.
fn after_scan(data: &[u8]) -> Option<&[u8]> {
    let mut at = 0;
    loop {
        at += memchr(0xff, data.get(at..)?)?;
        match data.get(at + 1)? {
            // A byte of data, a restart, or fill.
            0x00 | 0xd0..=0xd7 => at += 2,
            0xff => at += 1,
            _ => return data.get(at..),
        }
    }
}

/// Precision, height, width, components.
fn size(segment: &[u8]) -> Option<Frame> {
    let [_, _, _, height @ .., components] = segment.first_chunk::<8>()?;
    let number = |bytes: &[u8]| u64::from(bytes[0]) << 8 | u64::from(bytes[1]);
    let (height, width) = (number(&height[..2]), number(&height[2..]));
    // A height of nothing comes after the first scan, which few readers know.
    (width > 0 && *components > 0).then_some(Frame { width, height })
}
