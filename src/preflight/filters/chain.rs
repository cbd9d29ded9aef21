//! Which filters a stream names, however it names them.

use lopdf::{Dictionary, Document, Object};

use super::Fault;

/// Most filters that one stream may name; letters name one or two.
const MAX_FILTERS: usize = 16;

/// A filter of the standard (ISO 32000-1, table 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Codec {
    Flate,
    Lzw,
    Ascii85,
    AsciiHex,
    RunLength,
    /// `Crypt`: the reader has decrypted what there was to decrypt.
    Identity,
    Jpeg,
    Jpx,
    Fax,
    Jbig2,
}

impl Codec {
    /// By its name, or the abbreviation that print streams use outside inline images, too.
    fn of(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"FlateDecode" | b"Fl" => Self::Flate,
            b"LZWDecode" | b"LZW" => Self::Lzw,
            b"ASCII85Decode" | b"A85" => Self::Ascii85,
            b"ASCIIHexDecode" | b"AHx" => Self::AsciiHex,
            b"RunLengthDecode" | b"RL" => Self::RunLength,
            b"Crypt" => Self::Identity,
            b"DCTDecode" | b"DCT" => Self::Jpeg,
            b"JPXDecode" => Self::Jpx,
            b"CCITTFaxDecode" | b"CCF" => Self::Fax,
            b"JBIG2Decode" => Self::Jbig2,
            _ => return None,
        })
    }

    const fn name(self) -> &'static [u8] {
        match self {
            Self::Flate => b"FlateDecode",
            Self::Lzw => b"LZWDecode",
            Self::Ascii85 => b"ASCII85Decode",
            Self::AsciiHex => b"ASCIIHexDecode",
            Self::RunLength => b"RunLengthDecode",
            Self::Identity => b"Crypt",
            Self::Jpeg => b"DCTDecode",
            Self::Jpx => b"JPXDecode",
            Self::Fax => b"CCITTFaxDecode",
            Self::Jbig2 => b"JBIG2Decode",
        }
    }

    pub(in super::super) fn is_picture(self) -> bool {
        matches!(self, Self::Jpeg | Self::Jpx | Self::Fax | Self::Jbig2)
    }
}

/// The full name of a filter of the standard.
pub(in super::super) fn full_name(name: &[u8]) -> Option<&'static [u8]> {
    Codec::of(name).map(Codec::name)
}

/// One filter and how it is told to work.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Stage<'d> {
    pub(in super::super) codec: Codec,
    pub(in super::super) parameters: Option<&'d Dictionary>,
}

impl<'d> Stage<'d> {
    /// A whole number among the parameters.
    pub(in super::super) fn number(&self, document: &'d Document, key: &[u8]) -> Option<i64> {
        let value = self.parameters?.get_deref(key, document).ok()?;
        value.as_i64().ok()
    }

    /// Whether LZW codes grow one code early (ISO 32000-1, table 8).
    pub(super) fn early_change(&self, document: &'d Document) -> bool {
        self.number(document, b"EarlyChange") != Some(0)
    }
}

/// The filters of a stream, in the order in which they are undone. Names and parameters may be
/// references (ISO 32000-1, 7.3.8.2).
pub(in super::super) fn chain<'d>(
    document: &'d Document,
    dict: &'d Dictionary,
) -> Result<Vec<Stage<'d>>, Fault> {
    if dict
        .get_deref(b"F", document)
        .is_ok_and(|file| !file.is_null())
    {
        return Err(Fault::damage("its data lies in another file"));
    }
    let names = listed(document, dict, b"Filter")?;
    let parameters = listed(document, dict, b"DecodeParms")?;
    if names.len() > MAX_FILTERS {
        return Err(Fault::bound("more than 16 filters"));
    }
    let stages = names.iter().enumerate().map(|(index, name)| {
        let name = name.as_name().map_err(|_| no_name())?;
        let codec = Codec::of(name).ok_or_else(|| unknown(name))?;
        let parameters = parameters.get(index).and_then(|dict| dict.as_dict().ok());
        Ok(Stage { codec, parameters })
    });
    let stages: Vec<Stage> = stages.collect::<Result<_, _>>()?;
    let before_last = stages.split_last().map_or(&[][..], |(_, before)| before);
    if before_last.iter().any(|stage| stage.codec.is_picture()) {
        return Err(Fault::damage(
            "a picture's filter stands before another one",
        ));
    }
    Ok(stages)
}

/// The value at that key, or each of the values if it is a list.
fn listed<'d>(
    document: &'d Document,
    dict: &'d Dictionary,
    key: &[u8],
) -> Result<Vec<&'d Object>, Fault> {
    let Ok(value) = dict.get(key) else {
        return Ok(Vec::new());
    };
    let followed = |value: &'d Object| document.dereference(value).map(|(_, value)| value);
    match followed(value) {
        Ok(Object::Null) => Ok(Vec::new()),
        Ok(Object::Array(values)) => {
            let values = values.iter().take(MAX_FILTERS + 1);
            values
                .map(|value| followed(value).map_err(|_| lost(key)))
                .collect()
        }
        Ok(value) => Ok(vec![value]),
        Err(_) => Err(lost(key)),
    }
}

fn lost(key: &[u8]) -> Fault {
    let key = String::from_utf8_lossy(key);
    Fault::damage(format!("/{key} leads to nothing"))
}

fn no_name() -> Fault {
    Fault::damage("/Filter is no name")
}

fn unknown(name: &[u8]) -> Fault {
    const LONGEST: usize = 40;
    let name = name.escape_ascii().to_string();
    let name: String = name.chars().take(LONGEST).collect();
    Fault::damage(format!("no reader knows its filter, /{name}"))
}
