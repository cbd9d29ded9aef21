//! Tables of a run as CSV (RFC 4180), safe to open in a spreadsheet.
//!
//! Each is one pass over the journal; what it keeps is a row a letter, not the exchanges.

mod cell;
mod downloads;
mod mi;
#[cfg(test)]
mod tests;
mod transitions;

use std::io::{self, Write};

use crate::model::Line;

use downloads::Downloads;
use mi::Submissions;
use transitions::Transitions;

/// The three tables of a run.
#[derive(Default)]
pub(super) struct Tables {
    transitions: Transitions,
    submissions: Submissions,
    downloads: Downloads,
}

impl Tables {
    /// Takes the next line of the journal.
    pub fn take(&mut self, line: &Line) {
        self.transitions.take(line);
        self.submissions.take(line);
        self.downloads.take(line);
    }

    /// The tables by their file names.
    pub fn files(self) -> io::Result<[(&'static str, Vec<u8>); 3]> {
        let (mut transitions, mut mi, mut downloads) = (Vec::new(), Vec::new(), Vec::new());
        self.transitions.write(&mut transitions)?;
        self.submissions.write(&mut mi)?;
        self.downloads.write(&mut downloads)?;
        Ok([
            ("transitions.csv", transitions),
            ("mi.csv", mi),
            ("downloads.csv", downloads),
        ])
    }
}

/// A writer of rows that ends each with `\r\n`.
fn table<W: Write>(out: W) -> csv::Writer<W> {
    csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(out)
}
