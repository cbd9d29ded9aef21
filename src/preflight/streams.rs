//! Does every compressed stream inflate to its end, with its checksum? First half of PF-008.
//!
//! The reader only logs what zlib complains about, also in strict mode (pdf-preflight fact 4),
//! so every stream is inflated once more here, into a buffer that is thrown away.

use flate2::{Decompress, FlushDecompress, Status};
use lopdf::{Document, Object, ObjectId, Stream};

use super::check::Finding;
use super::clock::Deadline;

/// Most bytes that one stream may inflate to.
const MAX_STREAM: u64 = 8 * 1024 * 1024;
/// Most bytes that all streams of a document may inflate to together.
const MAX_DOCUMENT: u64 = 32 * 1024 * 1024;
/// Room for what is inflated and thrown away.
const SCRATCH: usize = 32 * 1024;

/// What is wrong with a stream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum StreamFault {
    #[error("object {0}: compressed data or its checksum is damaged")]
    Damaged(u32),
    #[error("object {0}: compressed data ends early")]
    Short(u32),
    #[error("object {0}: inflates to more than 8 MiB")]
    TooLarge(u32),
    #[error("the streams inflate to more than 32 MiB")]
    TooMuch,
    #[error("object {0}: {1}")]
    Undecodable(u32, String),
    #[error("inflating took too long")]
    Timeout,
}

impl StreamFault {
    /// What it says of the letter: damage, or more than this tool reads.
    pub(super) fn finding(&self) -> Finding {
        match self {
            Self::TooLarge(_) | Self::TooMuch | Self::Timeout => {
                Finding::not_judged(self.to_string())
            }
            Self::Damaged(_) | Self::Short(_) | Self::Undecodable(..) => {
                Finding::fail(self.to_string())
            }
        }
    }
}

/// What all streams come to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Inflated {
    pub(super) streams: usize,
    pub(super) bytes: u64,
}

/// Inflates every Flate stream of the document.
pub(super) fn inflate_all(
    document: &Document,
    deadline: Deadline,
) -> Result<Inflated, StreamFault> {
    let mut inflater = Inflater::new(deadline);
    for (id, object) in &document.objects {
        if let Object::Stream(stream) = object {
            inflater.stream(*id, stream)?;
        }
    }
    Ok(inflater.total)
}

/// Keeps one decoder and one buffer for all streams.
struct Inflater {
    zlib: Decompress,
    scratch: Vec<u8>,
    total: Inflated,
    deadline: Deadline,
}

impl Inflater {
    fn new(deadline: Deadline) -> Self {
        Self {
            zlib: Decompress::new(true),
            scratch: vec![0; SCRATCH],
            total: Inflated::default(),
            deadline,
        }
    }

    fn stream(&mut self, (id, _): ObjectId, stream: &Stream) -> Result<(), StreamFault> {
        let filters = stream.filters().unwrap_or_default();
        let Some(flate) = filters.iter().position(|filter| is_flate(filter)) else {
            return Ok(());
        };
        // A stream may be armoured before it is inflated.
        let armoured;
        let data = if flate == 0 {
            &stream.content
        } else {
            armoured = unwrap(id, stream, &filters[..flate])?;
            &armoured
        };
        // Nothing compressed is nothing damaged; some producers write this for an empty page.
        if data.is_empty() {
            return Ok(());
        }
        self.inflate(id, data)
    }

    fn inflate(&mut self, id: u32, data: &[u8]) -> Result<(), StreamFault> {
        self.zlib.reset(true);
        loop {
            let consumed = self.zlib.total_in();
            let produced = self.zlib.total_out();
            let rest = data.get(consumed as usize..).unwrap_or_default();
            let status = self
                .zlib
                .decompress(rest, &mut self.scratch, FlushDecompress::None)
                .map_err(|_| StreamFault::Damaged(id))?;
            self.bounds(id)?;
            let stuck = consumed == self.zlib.total_in() && produced == self.zlib.total_out();
            match status {
                Status::StreamEnd => break,
                _ if stuck => return Err(StreamFault::Short(id)),
                _ => {}
            }
        }
        self.total.streams += 1;
        self.total.bytes += self.zlib.total_out();
        Ok(())
    }

    fn bounds(&self, id: u32) -> Result<(), StreamFault> {
        let out = self.zlib.total_out();
        if out > MAX_STREAM {
            Err(StreamFault::TooLarge(id))
        } else if self.total.bytes + out > MAX_DOCUMENT {
            Err(StreamFault::TooMuch)
        } else if self.deadline.passed() {
            Err(StreamFault::Timeout)
        } else {
            Ok(())
        }
    }
}

fn is_flate(filter: &[u8]) -> bool {
    matches!(filter, b"FlateDecode" | b"Fl")
}

/// Undoes the filters that stand before the Flate filter.
fn unwrap(id: u32, stream: &Stream, filters: &[&[u8]]) -> Result<Vec<u8>, StreamFault> {
    let names = filters.iter().map(|name| Object::Name(name.to_vec()));
    let mut outer = Stream::new(lopdf::Dictionary::new(), stream.content.clone());
    outer.dict.set("Filter", names.collect::<Vec<_>>());
    outer
        .decompressed_content_with_limit(MAX_STREAM as usize)
        .map_err(|error| StreamFault::Undecodable(id, error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use lopdf::dictionary;

    use super::*;

    fn zlib(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn judge(streams: &[Vec<u8>], filter: &[&str]) -> Result<Inflated, StreamFault> {
        let mut document = Document::new();
        for content in streams {
            let filter: Vec<Object> = filter.iter().map(|name| (*name).into()).collect();
            document.add_object(Stream::new(
                dictionary! { "Filter" => filter },
                content.clone(),
            ));
        }
        inflate_all(&document, Deadline::never())
    }

    const FLATE: &[&str] = &["FlateDecode"];

    #[test]
    fn a_whole_stream_passes_also_with_a_line_end_behind() {
        let mut data = zlib(&[7; 100_000]);
        data.extend(b"\r\n");
        assert_eq!(
            judge(&[data], FLATE),
            Ok(Inflated {
                streams: 1,
                bytes: 100_000
            })
        );
        assert_eq!(judge(&[Vec::new()], FLATE), Ok(Inflated::default()));
    }

    #[test]
    fn a_wrong_checksum_is_seen() {
        let mut data = zlib(b"some content, long enough to be compressed, compressed, compressed");
        *data.last_mut().unwrap() ^= 1;
        assert_eq!(judge(&[data], FLATE), Err(StreamFault::Damaged(1)));
    }

    #[test]
    fn a_missing_end_is_seen() {
        let data = zlib(&[7; 100_000]);
        for missing in 1..8 {
            let cut = data[..data.len() - missing].to_vec();
            assert_eq!(
                judge(&[cut], FLATE),
                Err(StreamFault::Short(1)),
                "{missing}"
            );
        }
    }

    #[test]
    fn bombs_are_bounded_one_by_one_and_together() {
        assert_eq!(
            judge(&[zlib(&vec![0; 9 << 20])], FLATE),
            Err(StreamFault::TooLarge(1))
        );
        let many = vec![zlib(&vec![0; 7 << 20]); 5];
        assert_eq!(judge(&many, FLATE), Err(StreamFault::TooMuch));
    }

    #[test]
    fn armoured_streams_are_unwrapped_first() {
        let hex: String = zlib(b"content")
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let armoured = format!("{hex}>").into_bytes();
        let inflated = judge(&[armoured], &["ASCIIHexDecode", "FlateDecode"]);
        assert_eq!(
            inflated,
            Ok(Inflated {
                streams: 1,
                bytes: 7
            })
        );
    }
}
