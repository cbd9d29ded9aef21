//! Keeps the reader of files from taking more memory or time than a letter is worth.
//!
//! lopdf bounds what one stream inflates to and how deep objects nest, but not what a file makes
//! of them together: streams that are longer together than the file are copied once each, objects that
//! share their bytes are parsed once each, and a byte of text becomes a hundred in memory. A
//! first look at the raw bytes and a watch over the objects as they are read close these.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use lopdf::{FilterFunc, Object, ObjectId, Stream};
use memchr::memchr_iter;

use super::check::Finding;
use super::clock::Deadline;
use super::normal::name_direct_filters_in_full;
use super::operators::{is_blank, is_regular, starts_of_values, unescaped_name, without_blanks};

/// A letter has some hundred objects.
pub(super) const MAX_OBJECTS: usize = 50_000;
/// Most bytes that one object stream or cross-reference stream may inflate to. With the reader's
/// own limit a file of 15 KiB takes 1.5 GiB (pdf-preflight fact 5).
pub(super) const MAX_LOADED_STREAM: usize = 1024 * 1024;
/// The reader holds the objects of every object stream at once.
const MAX_OBJECT_STREAMS: usize = 64;
/// Most bytes that all object streams may inflate to together.
const MAX_OBJECT_STREAM_BYTES: usize = 4 * MAX_LOADED_STREAM;
/// Each is inflated and read to its end; an incremental update adds one.
const MAX_XREF_STREAMS: usize = 512;
/// So many may have as many entries as they can hold.
const FEW_XREF_STREAMS: usize = 4;
/// Most entries that all cross-reference streams together may have by their own word.
const MAX_XREF_ENTRIES: u64 = 4_000_000;
/// Largest number that a cross-reference may name: the reader keeps an entry for each.
const MAX_OBJECT_NUMBER: u64 = 1_000_000;
/// Most values (numbers, names, brackets) that a file may spell out; each takes about a hundred
/// bytes once read.
const MAX_VALUES: usize = 700_000;
/// Longest name that is looked at, escapes included.
const LONGEST_NAME: usize = 32;
/// What the type of an object stream is called until it is decrypted.
const SEALED: &str = "SealedObjStm";

/// Why a file is not read, or not to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Excess {
    #[error("more than 64 object streams")]
    ObjectStreams,
    #[error("more than 512 cross-reference streams, or 4,000,000 entries in them")]
    XrefStreams,
    #[error("object numbers above 1,000,000")]
    Numbers,
    #[error("more than 700,000 values")]
    Values,
    #[error("more than 50,000 objects")]
    Objects,
    #[error("streams that are longer together than the file")]
    Overlap,
    #[error("object streams inflate to more than 4 MiB")]
    Inflated,
    #[error("object {0}: an object stream whose index does not fit its contents")]
    Index(u32),
    #[error("reading took too long")]
    Time,
}

impl Excess {
    /// What it says of the file: objects that share their bytes are a broken structure, and
    /// everything else is more than this tool reads.
    pub(super) fn finding(self) -> Finding {
        match self {
            Self::Overlap | Self::Index(_) => Finding::fail(self.to_string()),
            _ => Finding::not_judged(self.to_string()),
        }
    }
}

/// What the raw bytes say about how they want to be read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct FirstLook {
    /// Where `Encrypt` stands as a name: offset and length of the name without its slash.
    pub(super) encrypt: Vec<(usize, usize)>,
    object_streams: usize,
    xref_streams: usize,
    largest: u64,
    /// The sum of all numbers that say how many entries a cross-reference stream has.
    entries: u64,
}

/// Looks at every name in the file. Dictionaries of streams are never compressed themselves, so
/// nothing that matters here can hide.
pub(super) fn first_look(bytes: &[u8]) -> Result<FirstLook, Excess> {
    let mut look = FirstLook::default();
    for slash in memchr_iter(b'/', bytes) {
        look.name(bytes, slash + 1);
    }
    if look.object_streams > MAX_OBJECT_STREAMS {
        Err(Excess::ObjectStreams)
    } else if look.xref_streams > MAX_XREF_STREAMS
        || look.xref_streams > FEW_XREF_STREAMS && look.entries > MAX_XREF_ENTRIES
    {
        Err(Excess::XrefStreams)
    } else if look.xref_streams > 0 && look.largest > MAX_OBJECT_NUMBER {
        Err(Excess::Numbers)
    } else if bytes.len() > MAX_VALUES && values(bytes) > MAX_VALUES {
        Err(Excess::Values)
    } else {
        Ok(look)
    }
}

impl FirstLook {
    fn name(&mut self, bytes: &[u8], start: usize) {
        let rest = bytes.get(start..).unwrap_or_default();
        if !matches!(rest.first(), Some(b'E' | b'I' | b'O' | b'S' | b'X' | b'#')) {
            return;
        }
        let near = &rest[..rest.len().min(LONGEST_NAME)];
        let end = near.iter().position(|byte| !is_regular(*byte));
        let name = &near[..end.unwrap_or(near.len())];
        match &*unescaped_name(name) {
            b"Encrypt" => self.encrypt.push((start, name.len())),
            b"ObjStm" => self.object_streams += 1,
            b"XRef" => self.xref_streams += 1,
            b"Size" | b"Index" => {
                let (largest, sum) = numbers(&rest[name.len()..]);
                self.largest = self.largest.max(largest);
                self.entries = self.entries.saturating_add(sum);
            }
            _ => {}
        }
    }
}

/// The largest and the sum of the numbers that stand here, alone or as an array.
fn numbers(bytes: &[u8]) -> (u64, u64) {
    let part = |byte: &u8| byte.is_ascii_digit() || is_blank(*byte) || matches!(byte, b'[' | b'+');
    let end = bytes.iter().position(|byte| !part(byte));
    let numbers = bytes[..end.unwrap_or(bytes.len())].split(|byte| !byte.is_ascii_digit());
    let number = |digits: &[u8]| {
        digits.iter().fold(0_u64, |number, digit| {
            number
                .saturating_mul(10)
                .saturating_add(u64::from(digit - b'0'))
        })
    };
    numbers.map(number).fold((0, 0), |(largest, sum), number| {
        (largest.max(number), sum.saturating_add(number))
    })
}

/// How many values the bytes can be read as, at most.
fn values(bytes: &[u8]) -> usize {
    let mut values = 0;
    let mut within = false;
    for byte in bytes {
        let regular = is_regular(*byte);
        let opens = matches!(byte, b'/' | b'(' | b'<' | b'[');
        values += usize::from(opens || regular && !within);
        within = regular;
    }
    values
}

/// What has been read so far.
struct Meter {
    deadline: Deadline,
    file: usize,
    sealed: bool,
    objects: usize,
    stream_bytes: usize,
    object_stream_bytes: usize,
    values: usize,
}

thread_local! {
    /// The reader's filter takes no closure. It runs on the thread that reads.
    static METER: RefCell<Option<Meter>> = const { RefCell::new(None) };
}

/// Runs the reader with [`WATCH`] as its filter over a file of that many bytes. With `sealed`,
/// object streams are still encrypted: the reader is kept from opening them.
pub(super) fn watched<T>(
    file: usize,
    sealed: bool,
    deadline: Deadline,
    read: impl FnOnce() -> T,
) -> Result<T, Excess> {
    let meter = Meter {
        deadline,
        file,
        sealed,
        objects: 0,
        stream_bytes: 0,
        object_stream_bytes: 0,
        values: 0,
    };
    METER.with_borrow_mut(|slot| *slot = Some(meter));
    // Nothing that the reader holds outlives it half done.
    let outcome = catch_unwind(AssertUnwindSafe(read));
    METER.with_borrow_mut(|slot| *slot = None);
    outcome.map_err(excess_or_panic)
}

/// The reader can be stopped in no other way than by unwinding; a panic of its own goes on.
fn excess_or_panic(payload: Box<dyn Any + Send>) -> Excess {
    match payload.downcast::<Excess>() {
        Ok(excess) => *excess,
        Err(panic) => resume_unwind(panic),
    }
}

/// The filter that [`watched`] needs. Of an object that stands in the file itself the reader only
/// asks whether there is an answer, and keeps its own; of a member of an object stream it keeps
/// the answer. Members are no streams, so those need not be copied.
pub(super) const WATCH: FilterFunc = |id, object| {
    let seen = METER.with_borrow_mut(|slot| slot.as_mut().map_or(Ok(()), |m| m.see(id, object)));
    match seen {
        Ok(()) if object.as_stream().is_ok() => Some((id, Object::Null)),
        Ok(()) => Some((id, object.clone())),
        Err(excess) => resume_unwind(Box::new(excess)),
    }
};

impl Meter {
    fn see(&mut self, id: ObjectId, object: &mut Object) -> Result<(), Excess> {
        self.objects += 1;
        if self.objects > MAX_OBJECTS {
            return Err(Excess::Objects);
        }
        if self.deadline.passed() {
            return Err(Excess::Time);
        }
        match object {
            Object::Stream(stream) => self.see_stream(id, stream),
            _ => Ok(()),
        }
    }

    fn see_stream(&mut self, id: ObjectId, stream: &mut Stream) -> Result<(), Excess> {
        // Streams that follow one another take no more room than their file.
        self.stream_bytes += stream.content.len();
        if self.stream_bytes > self.file {
            return Err(Excess::Overlap);
        }
        // The reader would look for the contents once more, unwatched.
        if stream.content.is_empty() {
            stream.dict.set("Length", 0);
        }
        if !stream.dict.has_type(b"ObjStm") {
            return Ok(());
        }
        if self.sealed {
            stream.dict.set("Type", SEALED);
            return Ok(());
        }
        name_direct_filters_in_full(stream);
        let content = object_stream(id, stream)?;
        self.object_stream_bytes += content.len();
        self.values += values(&content);
        if self.object_stream_bytes > MAX_OBJECT_STREAM_BYTES {
            Err(Excess::Inflated)
        } else if self.values > MAX_VALUES {
            Err(Excess::Values)
        } else {
            Ok(())
        }
    }
}

/// Opens an object stream that was sealed, once it is decrypted; false for any other stream.
pub(super) fn unseal(id: ObjectId, stream: &mut Stream) -> Result<bool, Excess> {
    if !stream.dict.has_type(SEALED.as_bytes()) {
        return Ok(false);
    }
    stream.dict.set("Type", "ObjStm");
    object_stream(id, stream).map(|_| true)
}

/// The contents of an object stream, if each object in its index has a place of its own.
/// Otherwise a file of some kilobytes could have one long text parsed a million times.
fn object_stream(id: ObjectId, stream: &Stream) -> Result<Vec<u8>, Excess> {
    let Ok(content) = stream.get_plain_content_with_limit(MAX_LOADED_STREAM) else {
        // The reader says what is wrong with it.
        return Ok(Vec::new());
    };
    let first = stream.dict.get(b"First").and_then(Object::as_i64);
    let first = first.ok().and_then(|first| usize::try_from(first).ok());
    let Some((index, objects)) = first.and_then(|first| content.split_at_checked(first)) else {
        return Ok(content);
    };
    let lines = index.split(|byte| matches!(byte, b'\r' | b'\n'));
    let numbers = lines
        .filter_map(|line| line.split(|byte| *byte == b'%').next())
        .flat_map(|line| line.split(|byte| is_blank(*byte)))
        .filter(|word| !word.is_empty());
    let mut offsets: Vec<usize> = numbers
        .skip(1)
        .step_by(2)
        .filter_map(|word| std::str::from_utf8(word).ok()?.parse().ok())
        .collect();
    offsets.sort_unstable();
    let distinct = offsets.windows(2).all(|pair| pair[0] < pair[1]);
    let starts = starts_of_values(objects).map_err(|_| Excess::Index(id.0))?;
    // The reader skips blanks and comments itself, and passes over what lies beyond the end.
    let fits = |offset: &usize| {
        let rest = objects.get(*offset..).unwrap_or_default();
        let start = objects.len() - without_blanks(rest).len();
        start == objects.len() || starts.binary_search(&start).is_ok()
    };
    if offsets.len() <= MAX_OBJECTS && distinct && offsets.iter().all(fits) {
        Ok(content)
    } else {
        Err(Excess::Index(id.0))
    }
}

#[cfg(test)]
mod tests {
    use lopdf::dictionary;

    use super::*;

    fn object_stream_of(index: &str, objects: &str) -> Result<Vec<u8>, Excess> {
        let dict = dictionary! { "Type" => "ObjStm", "First" => index.len() as i64 };
        let content = format!("{index}{objects}").into_bytes();
        object_stream((7, 0), &Stream::new(dict, content))
    }

    #[test]
    fn names_are_found_however_they_are_spelled() {
        let look = first_look(b"/Type/ObjStm /T/O#62jStm /#58Ref /Encrypt 4 0 R").unwrap();
        assert_eq!((look.object_streams, look.xref_streams), (2, 1));
        assert_eq!(look.encrypt, [(34, 7)]);
    }

    #[test]
    fn what_wants_too_much_is_refused_unread() {
        assert_eq!(
            first_look(&b"/Type/ObjStm ".repeat(65)),
            Err(Excess::ObjectStreams)
        );
        assert!(first_look(&b"/XRef/Index[1 2 30 1]".repeat(300)).is_ok());
        assert_eq!(first_look(&b"/XRef ".repeat(513)), Err(Excess::XrefStreams));
        let claims = b"/XRef/Index[0 900000]".repeat(9);
        assert_eq!(first_look(&claims), Err(Excess::XrefStreams));
        let far = b"/Type/XRef/Size 10/Index[0 9 4294967000 5]";
        assert_eq!(first_look(far), Err(Excess::Numbers));
        assert_eq!(first_look(b"/Size 9999999").unwrap().largest, 9_999_999);
        assert_eq!(first_look(&b"[0 ".repeat(400_000)), Err(Excess::Values));
    }

    #[test]
    fn an_index_must_lead_to_each_object_once() {
        assert!(object_stream_of("1 0 2 4 3 10 ", "<<>> [1 2] (x) ").is_ok());
        assert!(object_stream_of("1 0 2 5 ", "null null").is_ok());
        assert!(object_stream_of("1 0\n2 5 % 9 9\n", "null % 2\nnull").is_ok());
        for (index, objects) in [
            ("1 0 2 0 ", "[1 2 3]"),
            ("1 0 2 3 ", "[1 2 3]"),
            ("1 0 2 3 ", "(\\(\\()"),
            ("1 0 ", "(never ends"),
        ] {
            assert_eq!(object_stream_of(index, objects), Err(Excess::Index(7)));
        }
    }

    #[test]
    fn a_panic_of_the_reader_stays_a_panic() {
        let read = || -> () { panic!("as damaged files make parsers do") };
        let outcome = catch_unwind(|| watched(10, false, Deadline::never(), read));
        assert!(outcome.is_err());
    }
}
