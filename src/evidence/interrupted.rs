//! What an interrupted run has left of its journal.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::Path;

use crate::disk::append_to_own;
use crate::model::{Event, Exchange, Timestamp};

use super::journal::GENESIS;
use super::production::Production;
use super::{EvidenceError, Reader, RunDir};

/// Where the journal stands.
#[derive(Debug)]
pub(super) struct Interrupted {
    /// The next line's `seq`.
    pub next: u64,
    /// The last line's hash.
    pub prev: String,
    /// When the last line was written.
    pub last: Timestamp,
    /// The run is one against production, of which only what is listed is kept.
    pub production: Option<Production>,
    /// `run.finished` stands in it.
    pub finished: bool,
    /// The exchange that the journal ends with, its `seq`, and how many of the facts that its
    /// answer states stand behind it.
    pub answered: Option<(u64, Box<Exchange>, usize)>,
}

impl Interrupted {
    /// Reads the journal at `path`.
    ///
    /// # Errors
    /// If it cannot be read, or a line of it does not hold.
    pub fn read(path: &Path) -> Result<Self, EvidenceError> {
        let mut before = Self {
            next: 0,
            prev: GENESIS.to_owned(),
            last: Timestamp::default(),
            production: None,
            finished: false,
            answered: None,
        };
        for read in Reader::open(path)? {
            let read = read.map_err(|fault| EvidenceError::Journal {
                path: path.to_owned(),
                fault,
            })?;
            before.next = read.line.seq + 1;
            before.prev = read.hash;
            before.last = read.line.at;
            before.take(read.line.seq, read.line.event);
        }
        Ok(before)
    }

    fn take(&mut self, seq: u64, event: Event) {
        match &event {
            Event::RunStarted(started) if started.target.kind == "prod" => {
                let production = self.production.get_or_insert_default();
                production.know(&started.target);
            }
            Event::RunFinished(_) => self.finished = true,
            _ => {}
        }
        self.answered = match (event, self.answered.take()) {
            (Event::Exchange(exchange), _) => Some((seq, exchange, 0)),
            (event, Some((of, exchange, stated))) if states_facts(&event) => {
                Some((of, exchange, stated + 1))
            }
            _ => None,
        };
    }
}

/// True for the events that stand right behind an exchange.
fn states_facts(event: &Event) -> bool {
    matches!(
        event,
        Event::TokenIssued { .. } | Event::LettersListed { .. } | Event::StatusObserved { .. }
    )
}

/// Where the last whole line of the file ends, and what stands behind it.
fn torn_end(path: &Path) -> io::Result<(u64, Vec<u8>)> {
    let mut file = BufReader::new(File::open(path)?);
    let (mut whole, mut line) = (0, Vec::new());
    while file.read_until(b'\n', &mut line)? > 0 && line.ends_with(b"\n") {
        whole += line.len() as u64;
        line.clear();
    }
    Ok((whole, line))
}

/// Moves what follows the last line end to `journal.torn`; returns how many bytes that were.
pub(super) fn set_torn_bytes_aside(dir: &RunDir) -> Result<u64, EvidenceError> {
    let path = dir.journal();
    let found = torn_end(&path);
    let (whole, torn) = found.map_err(EvidenceError::io("read the journal", &path))?;
    if torn.is_empty() {
        return Ok(0);
    }
    let aside = dir.torn();
    let append = || -> io::Result<()> {
        let mut file = append_to_own(&aside)?;
        file.write_all(&torn)?;
        file.sync_data()
    };
    append().map_err(EvidenceError::io("write", &aside))?;
    let cut = || OpenOptions::new().write(true).open(&path)?.set_len(whole);
    cut().map_err(EvidenceError::io("shorten the journal", &path))?;
    Ok(torn.len() as u64)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::model::RunId;

    #[test]
    fn torn_bytes_follow_no_link() {
        let folder = tempfile::tempdir().unwrap();
        let dir = RunDir::create(folder.path(), &RunId::parse("r").unwrap()).unwrap();
        std::fs::write(dir.journal(), "whole\ntorn").unwrap();
        let victim = folder.path().join("victim");
        std::os::unix::fs::symlink(&victim, dir.torn()).unwrap();
        set_torn_bytes_aside(&dir).unwrap_err();
        assert!(!victim.exists());
        std::fs::remove_file(dir.torn()).unwrap();
        assert_eq!(set_torn_bytes_aside(&dir).unwrap(), 4);
        assert_eq!(std::fs::read(dir.torn()).unwrap(), b"torn");
    }
}
