//! `FlateDecode`: zlib (RFC 1950) around deflate (RFC 1951).

use flate2::{Decompress, FlushDecompress, Status};

use super::{End, Fault, sink::Sink};

/// Bytes of the header that says that this is zlib.
const HEADER: usize = 2;
/// What a flush without an end leaves behind: an empty stored block, as its lengths.
const FLUSHED: [u8; 4] = [0x00, 0x00, 0xff, 0xff];

/// Inflates, and says how the data ended. A wrong checksum is damage, an absent one a remark.
pub(super) fn inflate(
    zlib: &mut Decompress,
    scratch: &mut [u8],
    data: &[u8],
    sink: &mut dyn Sink,
) -> Result<End, Fault> {
    // Nothing compressed is nothing damaged; some producers write this for an empty page.
    if data.trim_ascii().is_empty() {
        return Ok(End::Whole);
    }
    zlib.reset(true);
    let ended = run(zlib, scratch, data, |bytes| sink.take(bytes))?;
    if ended {
        return Ok(End::Whole);
    }
    // The same data once more without its header: did the last block end, and only the checksum
    // is absent?
    let deflated = data.get(HEADER..).unwrap_or_default();
    let mut plain = Decompress::new(false);
    if run(&mut plain, scratch, deflated, |_| Ok(()))? {
        return Ok(End::Remark("compressed data without its checksum"));
    }
    if data.trim_ascii_end().ends_with(&FLUSHED) || data.ends_with(&FLUSHED) {
        return Ok(End::Remark(
            "compressed data that was flushed and not ended",
        ));
    }
    Ok(End::Cut("compressed data ends early"))
}

/// True if the data came to its end.
fn run(
    zlib: &mut Decompress,
    scratch: &mut [u8],
    data: &[u8],
    mut take: impl FnMut(&[u8]) -> Result<(), Fault>,
) -> Result<bool, Fault> {
    loop {
        let (consumed, produced) = (zlib.total_in(), zlib.total_out());
        let rest = data.get(consumed as usize..).unwrap_or_default();
        let status = zlib
            .decompress(rest, scratch, FlushDecompress::None)
            .map_err(|_| Fault::damage("compressed data or its checksum is damaged"))?;
        let new = (zlib.total_out() - produced) as usize;
        take(scratch.get(..new).unwrap_or_default())?;
        match status {
            Status::StreamEnd => return Ok(true),
            _ if new == 0 && consumed == zlib.total_in() => return Ok(false),
            _ => {}
        }
    }
}
