//! `RunLengthDecode` (ISO 32000-1, 7.4.5).

use super::{End, Fault, sink::Sink};

const END: u8 = 128;
/// Decoded bytes are handed on in pieces of about this size.
const PIECE: usize = 16 * 1024;

/// Up to 128 bytes as they are, or one byte up to 128 times.
pub(super) fn expand(data: &[u8], sink: &mut dyn Sink) -> Result<End, Fault> {
    let mut out = Vec::with_capacity(PIECE + 128);
    let mut rest = data;
    loop {
        let Some((length, after)) = rest.split_first() else {
            sink.take(&out)?;
            return Ok(End::Unmarked("run-length data has no end marker"));
        };
        if *length == END {
            sink.take(&out)?;
            return Ok(End::Whole);
        }
        let runs = *length > END;
        let taken = if runs { 1 } else { usize::from(*length) + 1 };
        let Some((bytes, after)) = after.split_at_checked(taken) else {
            out.extend_from_slice(after);
            sink.take(&out)?;
            return Ok(End::Cut("run-length data ends early"));
        };
        let times = if runs { 257 - usize::from(*length) } else { 1 };
        for _ in 0..times {
            out.extend_from_slice(bytes);
        }
        rest = after;
        if out.len() >= PIECE {
            sink.take(&out)?;
            out.clear();
        }
    }
}
