//! The frame of CCITT fax data (ITU-T T.4 and T.6): how wide, and does it end?

use super::{Fault, Frame};

/// An end of line is at least so many zeros and a one.
const EOL_ZEROS: u32 = 11;
/// Bytes at the end that the end marker must stand in, with room for fill.
const TAIL: usize = 24;

/// How the data is told to be encoded (ISO 32000-1, table 11).
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameters {
    pub(super) columns: i64,
    /// Negative: T.6. Zero: lines for themselves. Positive: both.
    pub(super) k: i64,
    /// The data says itself where it ends.
    pub(super) marks_end: bool,
}

/// What a picture is, and what there is to remark.
pub(super) fn frame(
    data: &[u8],
    parameters: Parameters,
    height: u64,
) -> Result<(Frame, Option<&'static str>), Fault> {
    let width = u64::try_from(parameters.columns).unwrap_or(0);
    if width == 0 {
        return Err(Fault::damage("fax data without a width"));
    }
    if data.iter().all(|byte| *byte == 0) {
        return Err(Fault::damage("fax data without a picture in it"));
    }
    let frame = Frame { width, height };
    if has_end(data, parameters.k) {
        Ok((frame, None))
    } else if parameters.marks_end {
        Err(Fault::damage(
            "fax data that is cut off: it has no end marker",
        ))
    } else {
        Ok((frame, Some("fax data that has no end marker, as it says")))
    }
}

/// Whether two ends of lines follow one another in the last bytes: T.6 ends with two, T.4 with
/// six. Fill may stand before each, and a tag behind it if lines of both kinds are mixed.
fn has_end(data: &[u8], k: i64) -> bool {
    let last = data.iter().rposition(|byte| *byte != 0);
    let data = &data[..last.map_or(0, |last| last + 1)];
    let tail = &data[data.len().saturating_sub(TAIL)..];
    let (mut zeros, mut ended, mut tag) = (0, false, false);
    for bit in bits(tail) {
        if std::mem::take(&mut tag) {
            zeros = 0;
        } else if !bit {
            zeros += 1;
        } else {
            let is_end = zeros >= EOL_ZEROS;
            if is_end && ended {
                return true;
            }
            (ended, tag, zeros) = (is_end, is_end && k > 0, 0);
        }
    }
    false
}

/// The bits of each byte, the highest first.
fn bits(data: &[u8]) -> impl Iterator<Item = bool> + '_ {
    let byte = |byte: &u8| {
        let byte = *byte;
        (0..8).rev().map(move |at| byte >> at & 1 == 1)
    };
    data.iter().flat_map(byte)
}
