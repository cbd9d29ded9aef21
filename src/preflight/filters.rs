//! The filters of streams (ISO 32000-1, 7.4), decoded within bounds of memory and time.
//!
//! The reader's own decoders know no abbreviated name and no filter that is a reference, pass over
//! damage, and say things about themselves instead of the file. These decode the bytes as they
//! stand, into a [`Sink`] that holds them, or counts them: an image is judged by its pixels without
//! being kept.

mod ascii;
mod chain;
mod flate;
mod lzw;
mod predictor;
mod run_length;
mod sink;

use std::borrow::Cow;

use flate2::Decompress;
use lopdf::{Dictionary, Document};

use super::clock::Deadline;

pub(super) use chain::{Codec, Stage, chain, full_name};
use predictor::{Predictor, Rows};
use sink::{Counted, Held, Metered, Sink};

/// Most bytes that all streams of a document may decode to together: twenty A4 images of 300 dots
/// per inch in three colours.
const MAX_DOCUMENT: u64 = 512 * 1024 * 1024;
/// Most bytes that are held between two filters.
const MAX_BETWEEN: usize = 32 * 1024 * 1024;
/// Room for what a decoder hands on at once.
const SCRATCH: usize = 32 * 1024;

/// Why data was not decoded to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    /// It cannot be printed.
    #[error("{0}")]
    Damage(Cow<'static, str>),
    /// This tool reads no further, which says nothing of the letter.
    #[error("{0}")]
    Bound(Cow<'static, str>),
}

impl Fault {
    pub(super) fn damage(what: impl Into<Cow<'static, str>>) -> Self {
        Self::Damage(what.into())
    }

    pub(super) fn bound(what: impl Into<Cow<'static, str>>) -> Self {
        Self::Bound(what.into())
    }
}

/// How the data of a filter came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// As it should.
    Whole,
    /// All data is there, but something that should follow is not.
    Remark(&'static str),
    /// There is no end marker: data may be missing.
    Unmarked(&'static str),
    /// Data is missing.
    Cut(&'static str),
}

impl End {
    /// The graver of the two.
    fn and(self, next: Self) -> Self {
        let rank = |end: &Self| match end {
            Self::Whole => 0,
            Self::Remark(_) => 1,
            Self::Unmarked(_) => 2,
            Self::Cut(_) => 3,
        };
        if rank(&next) > rank(&self) {
            next
        } else {
            self
        }
    }
}

/// What a stream decodes to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decoded<T> {
    pub(super) data: T,
    pub(super) end: End,
    /// The filter of pictures that stands last, if one does: its data is still encoded.
    pub(super) picture: bool,
}

/// Decodes streams of one document, within one allowance.
pub(super) struct Decoder<'a> {
    document: &'a Document,
    deadline: Deadline,
    zlib: Decompress,
    scratch: Vec<u8>,
    left: u64,
    /// What was decoded so far.
    pub(super) streams: usize,
    pub(super) bytes: u64,
}

impl<'a> Decoder<'a> {
    pub(super) fn new(document: &'a Document, deadline: Deadline) -> Self {
        Self {
            document,
            deadline,
            zlib: Decompress::new(true),
            scratch: vec![0; SCRATCH],
            left: MAX_DOCUMENT,
            streams: 0,
            bytes: 0,
        }
    }

    /// All bytes of a stream, at most `most` of them.
    pub(super) fn bytes<'d>(
        &mut self,
        dict: &Dictionary,
        data: &'d [u8],
        most: usize,
    ) -> Result<Decoded<Cow<'d, [u8]>>, Fault> {
        let stages = chain(self.document, dict)?;
        let (last, before) = split_picture(&stages);
        let mut end = End::Whole;
        let mut bytes = Cow::Borrowed(data);
        for (index, stage) in before.iter().enumerate() {
            let is_last = index + 1 == before.len();
            let mut held = Held::new(if is_last { most } else { MAX_BETWEEN });
            end = end.and(self.stage(stage, &bytes, &mut held, true)?);
            bytes = Cow::Owned(held.bytes);
        }
        if bytes.len() > most {
            return Err(Held::too_large(most));
        }
        self.streams += 1;
        Ok(Decoded {
            data: bytes,
            end,
            picture: last.is_some(),
        })
    }

    /// How many bytes a stream decodes to, at most `most`: what comes behind is not looked at.
    pub(super) fn count(
        &mut self,
        dict: &Dictionary,
        data: &[u8],
        most: u64,
    ) -> Result<Decoded<u64>, Fault> {
        let stages = chain(self.document, dict)?;
        let (picture, before) = split_picture(&stages);
        let picture = picture.is_some();
        let Some((last, between)) = before.split_last() else {
            let (data, end) = (data.len() as u64, End::Whole);
            return Ok(Decoded { data, end, picture });
        };
        let mut end = End::Whole;
        let mut bytes = Cow::Borrowed(data);
        for stage in between {
            let mut held = Held::new(MAX_BETWEEN);
            end = end.and(self.stage(stage, &bytes, &mut held, true)?);
            bytes = Cow::Owned(held.bytes);
        }
        let mut counted = Counted::new(most);
        let outcome = self.stage(last, &bytes, &mut counted, false);
        self.streams += 1;
        let end = match outcome {
            // Enough was seen.
            Err(_) if counted.is_full() => End::Remark("holds more than its pixels"),
            outcome => end.and(outcome?),
        };
        let data = counted.count;
        Ok(Decoded { data, end, picture })
    }

    /// Undoes one filter; `wanted` is false if the bytes are only counted.
    fn stage(
        &mut self,
        stage: &Stage,
        data: &[u8],
        sink: &mut dyn Sink,
        wanted: bool,
    ) -> Result<End, Fault> {
        let before = self.left;
        let early = stage.early_change(self.document);
        let rows = Rows::of(self.document, stage, wanted)?;
        let mut metered = Metered::new(sink, &mut self.left, self.deadline);
        let (zlib, scratch) = (&mut self.zlib, self.scratch.as_mut_slice());
        let mut undo = |sink: &mut dyn Sink| match stage.codec {
            Codec::Flate => flate::inflate(zlib, scratch, data, sink),
            Codec::Lzw => lzw::expand(data, early, sink),
            Codec::Ascii85 => ascii::base85(data, sink),
            Codec::AsciiHex => ascii::hexadecimal(data, sink),
            Codec::RunLength => run_length::expand(data, sink),
            Codec::Identity => sink.take(data).map(|()| End::Whole),
            Codec::Jpeg | Codec::Jpx | Codec::Fax | Codec::Jbig2 => Err(Fault::damage(
                "a picture's filter stands where none belongs",
            )),
        };
        let end = match rows {
            None => undo(&mut metered)?,
            Some(rows) => {
                let mut predictor = Predictor::new(rows, &mut metered);
                let end = undo(&mut predictor)?;
                predictor.finish()?;
                end
            }
        };
        self.bytes += before - self.left;
        Ok(end)
    }
}

/// The filter of a picture that stands last, and those before it.
fn split_picture<'s, 'd>(stages: &'s [Stage<'d>]) -> (Option<&'s Stage<'d>>, &'s [Stage<'d>]) {
    match stages.split_last() {
        Some((last, before)) if last.codec.is_picture() => (Some(last), before),
        _ => (None, stages),
    }
}

#[cfg(test)]
mod tests;
