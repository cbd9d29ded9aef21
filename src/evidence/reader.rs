//! Reads a journal line by line and holds the chain while it does.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use crate::model::limits::{JsonFault, LONGEST_LINE, check_line_size};
use crate::model::{Line, Shown, Timestamp};

use super::journal::GENESIS;
use super::{EvidenceError, sha256_hex};

/// A line of a hash-chained file: a journal's, or one of what people add to a sealed run.
pub trait Chained: Sized {
    /// Reads a line without its line end.
    ///
    /// # Errors
    /// If it is not JSON, or lacks a field of its kind.
    fn read(bytes: &[u8]) -> serde_json::Result<Self>;
    /// Its number, from 0.
    fn seq(&self) -> u64;
    /// When it was written.
    fn at(&self) -> Timestamp;
    /// The hash of the line before.
    fn prev(&self) -> &str;
}

impl Chained for Line {
    fn read(bytes: &[u8]) -> serde_json::Result<Self> {
        Self::read(bytes)
    }

    fn seq(&self) -> u64 {
        self.seq
    }

    fn at(&self) -> Timestamp {
        self.at
    }

    fn prev(&self) -> &str {
        &self.prev
    }
}

/// A line that holds, with the hash the next line must carry.
#[derive(Clone, Debug)]
pub struct ReadLine<L = Line> {
    /// The line.
    pub line: L,
    /// Lower-case hex SHA-256 of its bytes.
    pub hash: String,
}

/// What is wrong with a journal, and in which line (counted from 1).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The last line has no end.
    #[error("line {line} is torn: it has no line end, so the run was killed while it wrote")]
    Torn {
        /// The line.
        line: u64,
    },
    /// A line is no event.
    #[error("line {line} is not an event: {why}")]
    NotAnEvent {
        /// The line.
        line: u64,
        /// Why not.
        why: Shown,
    },
    /// A line is larger than any that letterproof writes.
    #[error("line {line} is too large to be an event: {why}")]
    TooLarge {
        /// The line.
        line: u64,
        /// What of it.
        why: String,
    },
    /// A line is missing or doubled.
    #[error(
        "line {line} carries seq {found} where seq {expected} belongs: a line is missing, doubled or moved"
    )]
    WrongSeq {
        /// The line.
        line: u64,
        /// The seq that belongs there.
        expected: u64,
        /// The seq it carries.
        found: u64,
    },
    /// The line before was changed.
    #[error(
        "line {line} does not continue the chain: the line before it was changed, or this one's `prev` was"
    )]
    BrokenChain {
        /// The line.
        line: u64,
    },
    /// Times run backwards.
    #[error("line {line} is earlier than the line before it")]
    TimeGoesBack {
        /// The line.
        line: u64,
    },
    /// Bytes could not be read.
    #[error("line {line} cannot be read: {why}")]
    Unreadable {
        /// The line.
        line: u64,
        /// Why.
        why: Shown,
    },
}

impl Fault {
    fn too_large(line: u64, fault: &JsonFault) -> Self {
        Self::TooLarge {
            line,
            why: fault.to_string(),
        }
    }
}

/// Reads on to the end of the line that `begun` holds the beginning of, or to the first byte that
/// is too much for a line.
fn read_to_line_end(input: &mut impl BufRead, begun: &mut Vec<u8>) -> io::Result<()> {
    let most = (LONGEST_LINE + 2).saturating_sub(begun.len());
    input.take(most as u64).read_until(b'\n', begun).map(drop)
}

/// Checks lines one after another.
#[derive(Clone, Debug)]
struct Chain {
    next: u64,
    prev: String,
    last: Timestamp,
}

impl Chain {
    fn new() -> Self {
        Self::after(GENESIS, Timestamp::from_micros(i64::MIN))
    }

    /// A chain whose first line follows a line with the hash `prev`, written at `last`.
    fn after(prev: &str, last: Timestamp) -> Self {
        Self {
            next: 0,
            prev: prev.to_owned(),
            last,
        }
    }

    /// Takes the bytes of the next line, without its line end.
    fn take<L: Chained>(&mut self, bytes: &[u8]) -> Result<ReadLine<L>, Fault> {
        let number = self.next + 1;
        check_line_size(bytes).map_err(|fault| Fault::too_large(number, &fault))?;
        let line = L::read(bytes).map_err(|error| Fault::NotAnEvent {
            line: number,
            why: Shown::of(error),
        })?;
        if line.seq() != self.next {
            return Err(Fault::WrongSeq {
                line: number,
                expected: self.next,
                found: line.seq(),
            });
        }
        if line.prev() != self.prev {
            return Err(Fault::BrokenChain { line: number });
        }
        if line.at() < self.last {
            return Err(Fault::TimeGoesBack { line: number });
        }
        let hash = sha256_hex(bytes);
        self.next += 1;
        self.prev.clone_from(&hash);
        self.last = line.at();
        Ok(ReadLine { line, hash })
    }
}

/// All lines of a journal; ends after the first fault.
pub struct Reader<R, L = Line> {
    input: R,
    chain: Chain,
    ended: bool,
    lines: PhantomData<L>,
}

impl Reader<BufReader<File>> {
    /// Opens the journal at `path`.
    ///
    /// # Errors
    /// If the file cannot be opened.
    pub fn open(path: &Path) -> Result<Self, EvidenceError> {
        let file = File::open(path).map_err(EvidenceError::io("open the journal", path))?;
        Ok(Self::over(BufReader::new(file)))
    }
}

impl<R: BufRead> Reader<R> {
    /// Reads a journal from `input`.
    pub fn over(input: R) -> Self {
        Self::with(input, Chain::new())
    }
}

impl<R: BufRead, L: Chained> Reader<R, L> {
    /// Reads lines that chain on from a line with the hash `prev`, written at `last`.
    pub fn after(input: R, prev: &str, last: Timestamp) -> Self {
        Self::with(input, Chain::after(prev, last))
    }

    fn with(input: R, chain: Chain) -> Self {
        Self {
            input,
            chain,
            ended: false,
            lines: PhantomData,
        }
    }

    fn read_line(&mut self) -> Result<Option<ReadLine<L>>, Fault> {
        let number = self.chain.next + 1;
        let mut bytes = Vec::new();
        let read = read_to_line_end(&mut self.input, &mut bytes);
        read.map_err(|error| Fault::Unreadable {
            line: number,
            why: Shown::of(error),
        })?;
        match bytes.pop() {
            None => Ok(None),
            Some(b'\n') => self.chain.take(&bytes).map(Some),
            Some(_) => {
                check_line_size(&bytes).map_err(|fault| Fault::too_large(number, &fault))?;
                Err(Fault::Torn { line: number })
            }
        }
    }
}

impl<R: BufRead, L: Chained> Iterator for Reader<R, L> {
    type Item = Result<ReadLine<L>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let read = self.read_line().transpose();
        self.ended = !matches!(read, Some(Ok(_)));
        read
    }
}

/// Follows a journal that is still being written.
pub struct Tail {
    path: PathBuf,
    input: BufReader<File>,
    chain: Chain,
    /// A line whose end is not written yet.
    begun: Vec<u8>,
}

impl Tail {
    /// Starts at the beginning of the journal at `path`.
    ///
    /// # Errors
    /// If the file cannot be opened.
    pub fn open(path: &Path) -> Result<Self, EvidenceError> {
        let file = File::open(path).map_err(EvidenceError::io("open the journal", path))?;
        Ok(Self {
            path: path.to_owned(),
            input: BufReader::new(file),
            chain: Chain::new(),
            begun: Vec::new(),
        })
    }

    /// Every whole line written since the last one that was taken, one at a time: AT15 alone
    /// writes tens of megabytes. A line that does not continue the chain is an error.
    pub fn read_new(&mut self) -> impl Iterator<Item = Result<Line, EvidenceError>> {
        std::iter::from_fn(|| self.next_line().transpose())
    }

    fn next_line(&mut self) -> Result<Option<Line>, EvidenceError> {
        let read = read_to_line_end(&mut self.input, &mut self.begun);
        read.map_err(EvidenceError::io("read the journal", &self.path))?;
        if self.begun.pop_if(|last| *last == b'\n').is_none() && self.begun.len() <= LONGEST_LINE {
            return Ok(None);
        }
        let taken = self.chain.take::<Line>(&self.begun);
        self.begun.clear();
        let taken = taken.map_err(|fault| EvidenceError::Journal {
            path: self.path.clone(),
            fault,
        })?;
        Ok(Some(taken.line))
    }
}

impl fmt::Debug for Tail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tail({})", self.path.display())
    }
}
