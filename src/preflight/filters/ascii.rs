//! `ASCII85Decode` and `ASCIIHexDecode` (ISO 32000-1, 7.4.2 and 7.4.3).

use super::super::operators::is_blank;
use super::{End, Fault, sink::Sink};

/// Decoded bytes are handed on in pieces of about this size.
const PIECE: usize = 16 * 1024;

/// Five characters for four bytes, `z` for four zeros, `~>` at the end.
pub(super) fn base85(data: &[u8], sink: &mut dyn Sink) -> Result<End, Fault> {
    let damaged = || Fault::damage("ASCII85 data is damaged");
    // The frame that PostScript puts around it.
    let data = data.trim_ascii_start();
    let data = data.strip_prefix(b"<~").unwrap_or(data);
    let mut out = Vec::with_capacity(PIECE + 4);
    let (mut group, mut digits) = (0_u32, 0_usize);
    let mut end = End::Unmarked("ASCII85 data has no end marker");
    for byte in data {
        match byte {
            b'~' => {
                end = End::Whole;
                break;
            }
            b'z' if digits == 0 => out.extend([0; 4]),
            b'!'..=b'u' => {
                let digit = u32::from(byte - b'!');
                let larger = group.checked_mul(85).and_then(|g| g.checked_add(digit));
                group = larger.ok_or_else(damaged)?;
                digits += 1;
            }
            blank if is_blank(*blank) => continue,
            _ => return Err(damaged()),
        }
        if digits == 5 {
            out.extend(group.to_be_bytes());
            (group, digits) = (0, 0);
        }
        if out.len() >= PIECE {
            sink.take(&out)?;
            out.clear();
        }
    }
    if digits == 1 && end == End::Whole {
        return Err(damaged());
    }
    if digits > 1 {
        let whole = (digits..5).try_fold(group, |g, _| g.checked_mul(85)?.checked_add(84));
        let bytes = whole.ok_or_else(damaged)?.to_be_bytes();
        out.extend(&bytes[..digits - 1]);
    }
    sink.take(&out)?;
    Ok(end)
}

/// Two digits for a byte, `>` at the end; a last single digit is followed by a 0.
pub(super) fn hexadecimal(data: &[u8], sink: &mut dyn Sink) -> Result<End, Fault> {
    let mut out = Vec::with_capacity(PIECE + 1);
    let mut high: Option<u8> = None;
    let mut end = End::Unmarked("ASCIIHex data has no end marker");
    for byte in data {
        if *byte == b'>' {
            end = End::Whole;
            break;
        }
        if is_blank(*byte) {
            continue;
        }
        let digit = char::from(*byte).to_digit(16);
        let digit = digit.ok_or_else(|| Fault::damage("ASCIIHex data is damaged"))? as u8;
        match high.take() {
            Some(high) => out.push(high << 4 | digit),
            None => high = Some(digit),
        }
        if out.len() >= PIECE {
            sink.take(&out)?;
            out.clear();
        }
    }
    out.extend(high.map(|high| high << 4));
    sink.take(&out)?;
    Ok(end)
}
