//! How many bits a pixel takes (ISO 32000-1, 8.6 and 8.9.5).

use lopdf::{Document, Object};

use super::{Fault, Image, value};

/// How deep one colour space may lead to another.
const MAX_NESTING: usize = 8;

/// Bits of one pixel; none if the colours are of a kind that this tool does not know.
pub(super) fn bits_per_pixel(document: &Document, image: Image) -> Result<Option<u64>, Fault> {
    let mask = value(document, image.dict, b"ImageMask");
    if mask.is_some_and(|mask| matches!(mask, Object::Boolean(true))) {
        return Ok(Some(1));
    }
    let bits = value(document, image.dict, b"BitsPerComponent");
    let bits = bits.and_then(|bits| bits.as_i64().ok()).unwrap_or(8);
    if !matches!(bits, 1 | 2 | 4 | 8 | 16) {
        return Err(Fault::damage("an image of impossible bits"));
    }
    let Some(colours) = value(document, image.dict, b"ColorSpace") else {
        return Err(Fault::damage("an image without a colour space"));
    };
    let components = components(document, image, colours, 0);
    Ok(components.map(|components| components.saturating_mul(bits as u64)))
}

fn components(document: &Document, image: Image, colours: &Object, depth: usize) -> Option<u64> {
    if depth > MAX_NESTING {
        return None;
    }
    match colours {
        Object::Name(name) => device(name).or_else(|| named(document, image, name, depth)),
        Object::Array(parts) => {
            let (family, rest) = parts.split_first()?;
            let family = document.dereference(family).ok()?.1.as_name().ok()?;
            let first = rest
                .first()
                .and_then(|first| document.dereference(first).ok());
            match (family, first.map(|(_, first)| first)) {
                (b"ICCBased", Some(Object::Stream(profile))) => {
                    let number = value(document, &profile.dict, b"N")?.as_i64().ok()?;
                    u64::try_from(number)
                        .ok()
                        .filter(|number| (1..=4).contains(number))
                }
                (b"DeviceN", Some(Object::Array(names))) => Some(names.len() as u64),
                (family, _) => device(family),
            }
        }
        _ => None,
    }
}

/// Components of a family that alone says how many there are.
fn device(family: &[u8]) -> Option<u64> {
    Some(match family {
        b"DeviceGray" | b"G" | b"CalGray" | b"Indexed" | b"I" | b"Separation" => 1,
        b"DeviceRGB" | b"RGB" | b"CalRGB" | b"Lab" => 3,
        b"DeviceCMYK" | b"CMYK" => 4,
        _ => return None,
    })
}

/// An inline image may name its colours in the resources (ISO 32000-1, 8.9.7).
fn named(document: &Document, image: Image, name: &[u8], depth: usize) -> Option<u64> {
    let spaces = value(document, image.resources?, b"ColorSpace")?
        .as_dict()
        .ok()?;
    components(document, image, value(document, spaces, name)?, depth + 1)
}
