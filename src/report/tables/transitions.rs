//! `transitions.csv`: one row for each update of a letter that was sent.

use std::collections::HashMap;
use std::io::{self, Write};

use crate::model::{Change, Event, Exchange, LetterFacts, Line, Timestamp};

use super::cell::{cell, maybe};

const HEADER: [&str; 14] = [
    "letter",
    "specification",
    "group",
    "from",
    "to",
    "sent",
    "acknowledged",
    "visible",
    "request_id",
    "reason_code",
    "reason_text",
    "test",
    "answer",
    "journal",
];

/// Follows a journal's lines and knows at the end what became of each update.
#[derive(Default)]
pub(super) struct Transitions {
    letters: HashMap<String, Known>,
    rows: Vec<Row>,
    /// The rows of each intent: first and one past the last.
    intents: HashMap<u64, (usize, usize)>,
    /// The last exchange, whose answer the next lines state.
    last_done: Timestamp,
    last_sent: Timestamp,
}

#[derive(Default)]
struct Known {
    status: String,
    specification: Option<String>,
    group: Option<String>,
    /// The row of the last update, while its status was not seen.
    waiting: Option<usize>,
}

struct Row {
    change: Change,
    from: String,
    test: Option<String>,
    intent: u64,
    sent: Option<Timestamp>,
    acknowledged: Option<Timestamp>,
    visible: Option<Timestamp>,
    request_id: Option<String>,
    answer: Option<String>,
}

impl Transitions {
    /// Takes the next line.
    pub fn take(&mut self, line: &Line) {
        match &line.event {
            Event::Exchange(exchange) => self.take_exchange(exchange),
            Event::Intent { scope, changes, .. } => {
                self.take_intent(line.seq, scope.test.as_deref(), changes);
            }
            Event::StatusObserved { letter, .. } => self.saw(letter),
            Event::LettersListed { letters, .. } => {
                letters.iter().for_each(|letter| self.saw(letter));
            }
            _ => {}
        }
    }

    fn take_intent(&mut self, seq: u64, test: Option<&str>, changes: &[Change]) {
        let first = self.rows.len();
        for change in changes {
            let known = self.letters.entry(change.letter.clone()).or_default();
            known.waiting = Some(self.rows.len());
            self.rows.push(Row {
                from: known.status.clone(),
                change: change.clone(),
                test: test.map(str::to_owned),
                intent: seq,
                sent: None,
                acknowledged: None,
                visible: None,
                request_id: None,
                answer: None,
            });
        }
        self.intents.insert(seq, (first, self.rows.len()));
    }

    fn take_exchange(&mut self, exchange: &Exchange) {
        self.last_sent = exchange.times.sent;
        self.last_done = exchange.times.done();
        let rows = exchange.intent.and_then(|intent| self.intents.get(&intent));
        let Some(&(first, end)) = rows else {
            return;
        };
        let taken = exchange.error.is_none()
            && exchange
                .status()
                .is_some_and(|status| (200..300).contains(&status));
        for row in &mut self.rows[first..end] {
            row.sent = Some(exchange.times.sent);
            row.acknowledged = taken.then(|| exchange.times.done());
            row.request_id.clone_from(&exchange.request_id);
            row.answer = exchange
                .status()
                .map(|status| status.to_string())
                .or_else(|| exchange.error.clone());
        }
    }

    fn saw(&mut self, letter: &LetterFacts) {
        let known = self.letters.entry(letter.id.clone()).or_default();
        known.status.clone_from(&letter.status);
        known.specification.clone_from(&letter.specification_id);
        known.group.clone_from(&letter.group_id);
        let Some(row) = known.waiting.map(|row| &mut self.rows[row]) else {
            return;
        };
        // What was asked before the update was sent can say nothing about it.
        let after = row.sent.is_some_and(|sent| self.last_sent >= sent);
        if after && row.change.status == letter.status {
            row.visible = Some(self.last_done);
            known.waiting = None;
        }
    }

    /// Writes the table.
    pub fn write(self, out: impl Write) -> io::Result<()> {
        let mut table = super::table(out);
        table.write_record(HEADER)?;
        for row in &self.rows {
            let letter = self.letters.get(&row.change.letter);
            let time = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
            table.write_record([
                cell(&row.change.letter),
                maybe(letter.and_then(|letter| letter.specification.as_deref())),
                maybe(letter.and_then(|letter| letter.group.as_deref())),
                cell(&row.from),
                cell(&row.change.status),
                time(row.sent),
                time(row.acknowledged),
                time(row.visible),
                maybe(row.request_id.as_deref()),
                maybe(row.change.reason_code.as_deref()),
                maybe(row.change.reason_text.as_deref()),
                maybe(row.test.as_deref()),
                maybe(row.answer.as_deref()),
                row.intent.to_string(),
            ])?;
        }
        table.flush()
    }
}
