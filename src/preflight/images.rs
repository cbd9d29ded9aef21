//! Is a picture there to its last pixel? Second half of PF-008.
//!
//! Pictures of the general filters are counted in bytes against their size. Those with a filter of
//! their own (JPEG, JPEG 2000, fax, JBIG2) are looked at as far as their frame: header, size, end.

mod colours;
mod fax;
mod jbig2;
mod jpeg;
mod jpx;

use lopdf::{Dictionary, Document, Object, Stream};

use super::filters::{Codec, Decoder, End, Fault, Stage, chain};

/// Most bytes that a picture may come to: A4 at 600 dots per inch in three colours has 104 MiB.
const MAX_PIXELS: u64 = 256 * 1024 * 1024;
/// Most bytes of a picture in a format of its own that another filter wraps.
const MAX_FILE: usize = 32 * 1024 * 1024;
/// What may follow the last pixel unseen.
const BEHIND: u64 = 64 * 1024;

/// How large a picture says that it is; a height of nothing is not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Frame {
    width: u64,
    height: u64,
}

/// An image: its dictionary and its data as they stand.
#[derive(Clone, Copy)]
pub(super) struct Image<'i> {
    pub(super) dict: &'i Dictionary,
    pub(super) data: &'i [u8],
    /// Resources that an inline image may name its colours in.
    pub(super) resources: Option<&'i Dictionary>,
}

/// Looks at one image to its end; hands back what there is to remark.
pub(super) fn judge(
    document: &Document,
    decoder: &mut Decoder,
    image: Image,
) -> Result<Option<String>, Fault> {
    let size = |key: &[u8]| {
        let side = image.dict.get_deref(key, document).ok();
        let side = side.and_then(|side| side.as_float().ok());
        side.filter(|side| *side >= 1.0).map(|side| side as u64)
    };
    let (Some(width), Some(height)) = (size(b"Width"), size(b"Height")) else {
        return Err(Fault::damage("an image without a size"));
    };
    let said = Frame { width, height };
    let stages = chain(document, image.dict)?;
    match stages.last() {
        Some(last) if last.codec.is_picture() => {
            let (frame, remark) = encoded(document, decoder, image, last, said)?;
            Ok(remark.or_else(|| differs(frame, said)))
        }
        _ => counted(document, decoder, image, said),
    }
}

/// Looks at what JBIG2 pictures share.
pub(super) fn judge_shared(decoder: &mut Decoder, shared: &Stream) -> Result<(), Fault> {
    let decoded = decoder.bytes(&shared.dict, &shared.content, MAX_FILE)?;
    jbig2::shared(&decoded.data)
}

/// An image in a format of its own.
fn encoded(
    document: &Document,
    decoder: &mut Decoder,
    image: Image,
    stage: &Stage,
    said: Frame,
) -> Result<(Frame, Option<String>), Fault> {
    let decoded = decoder.bytes(image.dict, image.data, MAX_FILE)?;
    if let End::Cut(what) = decoded.end {
        return Err(Fault::damage(what));
    }
    let (frame, remark) = match stage.codec {
        Codec::Jpeg => (jpeg::frame(&decoded.data)?, None),
        Codec::Jpx => (jpx::frame(&decoded.data)?, None),
        Codec::Jbig2 => (jbig2::frame(&decoded.data)?, None),
        _ => fax::frame(&decoded.data, fax_parameters(document, stage), said.height)?,
    };
    let unmarked = match decoded.end {
        End::Remark(what) | End::Unmarked(what) => Some(what),
        _ => None,
    };
    Ok((frame, remark.or(unmarked).map(str::to_owned)))
}

fn fax_parameters(document: &Document, stage: &Stage) -> fax::Parameters {
    let number = |key: &[u8], default| stage.number(document, key).unwrap_or(default);
    let marks_end = stage.parameters.and_then(|parameters| {
        let marks = parameters.get_deref(b"EndOfBlock", document).ok()?;
        marks.as_bool().ok()
    });
    fax::Parameters {
        columns: number(b"Columns", 1728),
        k: number(b"K", 0),
        marks_end: marks_end.unwrap_or(true),
    }
}

fn differs(frame: Frame, said: Frame) -> Option<String> {
    let same = frame.width == said.width && (frame.height == said.height || frame.height == 0);
    (!same).then(|| {
        format!(
            "a picture of {} x {} pixels that is said to have {} x {}",
            frame.width, frame.height, said.width, said.height
        )
    })
}

/// An image of bytes: are there as many as its pixels take?
fn counted(
    document: &Document,
    decoder: &mut Decoder,
    image: Image,
    size: Frame,
) -> Result<Option<String>, Fault> {
    let bits = colours::bits_per_pixel(document, image)?;
    // Without knowing the colours a bit a pixel is the least.
    let row = size.width.saturating_mul(bits.unwrap_or(1)).div_ceil(8);
    let wanted = row.saturating_mul(size.height);
    if wanted > MAX_PIXELS {
        return Err(Fault::bound("an image of more than 256 MiB of pixels"));
    }
    let most = wanted.saturating_mul(4).saturating_add(BEHIND);
    let decoded = decoder.count(image.dict, image.data, most)?;
    let found = decoded.data;
    // What is missing of the last row is hardly seen, and readers fill it.
    if found < wanted && wanted - found >= row.min(wanted) {
        return Err(Fault::damage(format!(
            "an image that ends early: {found} of {wanted} bytes"
        )));
    }
    Ok(match decoded.end {
        _ if found < wanted => Some(format!("an image of {found} of {wanted} bytes")),
        _ if bits.is_none() => Some("an image of colours that this tool does not know".to_owned()),
        End::Whole => None,
        End::Remark(what) | End::Unmarked(what) | End::Cut(what) => Some(what.to_owned()),
    })
}

/// The value at that key, followed; null is none.
fn value<'d>(document: &'d Document, dict: &'d Dictionary, key: &[u8]) -> Option<&'d Object> {
    let value = dict.get_deref(key, document).ok()?;
    (!value.is_null()).then_some(value)
}

#[cfg(test)]
mod tests;
