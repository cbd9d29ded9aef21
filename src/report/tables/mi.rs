//! `mi.csv`: one row for each entry of management information.

use std::collections::HashMap;
use std::io::{self, Write};

use crate::acceptance::Route;
use crate::model::{Event, Exchange, Line, MiFacts, Timestamp};

use super::cell::{cell, maybe};

const HEADER: [&str; 13] = [
    "date",
    "specification",
    "group",
    "line_item",
    "quantity",
    "letters",
    "mi",
    "submitted_in_run",
    "sent",
    "answer",
    "request_id",
    "read_back",
    "journal",
];

/// Follows a journal's lines and knows at the end what was submitted and read back.
#[derive(Default)]
pub(super) struct Submissions {
    rows: Vec<Row>,
    /// Submissions by the exchange's `seq`.
    sent: HashMap<u64, Sent>,
    /// The last status code of reading an entry back, by its id.
    read: HashMap<String, String>,
}

struct Row {
    seq: u64,
    run: String,
    exchange: Option<u64>,
    mi: String,
    facts: MiFacts,
}

struct Sent {
    at: Timestamp,
    answer: String,
    request_id: Option<String>,
}

impl Submissions {
    /// Takes the next line.
    pub fn take(&mut self, line: &Line) {
        match &line.event {
            Event::Exchange(exchange) => self.take_exchange(line.seq, exchange),
            Event::MiSubmitted {
                run,
                exchange,
                mi,
                facts,
                ..
            } => self.rows.push(Row {
                seq: line.seq,
                run: run.clone(),
                exchange: *exchange,
                mi: mi.clone(),
                facts: facts.clone(),
            }),
            _ => {}
        }
    }

    fn take_exchange(&mut self, seq: u64, exchange: &Exchange) {
        let answer = || match exchange.status() {
            Some(status) => status.to_string(),
            None => exchange.error.clone().unwrap_or_default(),
        };
        match Route::of(exchange) {
            Route::SubmitMi => {
                let sent = Sent {
                    at: exchange.times.sent,
                    answer: answer(),
                    request_id: exchange.request_id.clone(),
                };
                self.sent.insert(seq, sent);
            }
            Route::ReadMi => {
                let id = exchange.path().rsplit('/').next().unwrap_or_default();
                self.read.insert(id.to_owned(), answer());
            }
            _ => {}
        }
    }

    /// Writes the table.
    pub fn write(self, out: impl Write) -> io::Result<()> {
        let mut table = super::table(out);
        table.write_record(HEADER)?;
        for row in &self.rows {
            let sent = row.exchange.and_then(|seq| self.sent.get(&seq));
            let facts = &row.facts;
            table.write_record([
                cell(&facts.date),
                cell(&facts.specification_id),
                cell(&facts.group_id),
                cell(&facts.line_item),
                facts.quantity.to_string(),
                facts.letters.len().to_string(),
                cell(&row.mi),
                cell(&row.run),
                sent.map(|sent| sent.at.to_string()).unwrap_or_default(),
                maybe(sent.map(|sent| sent.answer.as_str())),
                maybe(sent.and_then(|sent| sent.request_id.as_deref())),
                maybe(self.read.get(&row.mi).map(String::as_str)),
                row.seq.to_string(),
            ])?;
        }
        table.flush()
    }
}
