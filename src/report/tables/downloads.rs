//! `downloads.csv`: one row for each letter's PDF that was asked for, the download log of AT15.

use std::collections::HashMap;
use std::io::{self, Write};

use crate::model::{Event, Exchange, Line, PdfCheck, PdfOutcome, Timestamp};

use super::cell::{cell, maybe};

const HEADER: [&str; 14] = [
    "test",
    "pass",
    "letter",
    "specification",
    "sent",
    "first_byte_ms",
    "done_ms",
    "answer",
    "bytes",
    "hash",
    "failed_checks",
    "checked_ms",
    "journal",
    "unjudged_checks",
];

/// Follows a journal's lines; the pass of a download is known only at the end.
#[derive(Default)]
pub(super) struct Downloads {
    specifications: HashMap<String, String>,
    /// Exchanges whose PDF was not checked yet.
    fetched: HashMap<u64, Fetched>,
    rows: Vec<Row>,
    passes: Vec<(String, u64, u64)>,
}

struct Fetched {
    sent: Timestamp,
    first_byte_us: Option<u64>,
    done_us: u64,
    answer: String,
}

struct Row {
    seq: u64,
    test: Option<String>,
    letter: String,
    fetched: Option<Fetched>,
    bytes: u64,
    hash: &'static str,
    failed: String,
    unjudged: String,
    checked_us: u64,
}

impl Downloads {
    /// Takes the next line.
    pub fn take(&mut self, line: &Line) {
        match &line.event {
            Event::Exchange(exchange) if exchange.method == "GET" => {
                self.take_exchange(line.seq, exchange);
            }
            Event::LettersListed { letters, .. } => {
                for letter in letters {
                    let specification = letter.specification_id.clone().unwrap_or_default();
                    self.specifications.insert(letter.id.clone(), specification);
                }
            }
            Event::PdfChecked {
                follows: Some(first),
                checks,
                us,
                ..
            } => self.complete(*first, checks, *us),
            Event::PdfCompleted { checks, pdfs, .. } => {
                for pdf in pdfs {
                    self.complete(pdf.follows, checks, pdf.us);
                }
            }
            Event::PdfChecked {
                scope,
                letter,
                exchange,
                sha256,
                bytes,
                expected_sha256,
                checks,
                us,
                follows: None,
            } => self.rows.push(Row {
                seq: line.seq,
                test: scope.test.clone(),
                letter: letter.clone(),
                fetched: self.fetched.remove(exchange),
                bytes: *bytes,
                hash: held(sha256.as_deref(), expected_sha256.as_deref()),
                failed: with(PdfOutcome::Fail, checks),
                unjudged: with(PdfOutcome::NotJudged, checks),
                checked_us: *us,
            }),
            Event::Timing {
                name,
                from: Some(from),
                to: Some(to),
                ..
            } => {
                if let Some((_, pass)) = name.split_once(" pass ") {
                    self.passes.push((pass.to_owned(), *from, *to));
                }
            }
            _ => {}
        }
    }

    /// Checks that were made later belong to the row of the download.
    fn complete(&mut self, first: u64, checks: &[PdfCheck], us: u64) {
        let Ok(place) = self.rows.binary_search_by_key(&first, |row| row.seq) else {
            return;
        };
        let row = &mut self.rows[place];
        row.checked_us = row.checked_us.saturating_add(us);
        append(&mut row.failed, &with(PdfOutcome::Fail, checks));
        append(&mut row.unjudged, &with(PdfOutcome::NotJudged, checks));
    }

    fn take_exchange(&mut self, seq: u64, exchange: &Exchange) {
        // A letter's PDF comes from the data route or from where that leads.
        if exchange.path().ends_with("/letters") {
            return;
        }
        let answer = match exchange.status() {
            Some(status) => status.to_string(),
            None => exchange.error.clone().unwrap_or_default(),
        };
        self.fetched.insert(
            seq,
            Fetched {
                sent: exchange.times.sent,
                first_byte_us: exchange.times.first_byte_us,
                done_us: exchange.times.done_us,
                answer,
            },
        );
        // A check follows its download closely: what is older belongs to no download.
        if self.fetched.len() > 20_000 {
            self.fetched.retain(|kept, _| seq - kept < 10_000);
        }
    }

    fn pass_of(&self, seq: u64) -> &str {
        let within =
            |(_, from, to): &&(String, u64, u64)| (*from..=to.saturating_add(1)).contains(&seq);
        let pass = self.passes.iter().find(within);
        pass.map_or("", |(name, _, _)| name.as_str())
    }

    /// Writes the table.
    pub fn write(self, out: impl Write) -> io::Result<()> {
        let mut table = super::table(out);
        table.write_record(HEADER)?;
        for row in &self.rows {
            let fetched = row.fetched.as_ref();
            table.write_record([
                maybe(row.test.as_deref()),
                cell(self.pass_of(row.seq)),
                cell(&row.letter),
                maybe(self.specifications.get(&row.letter).map(String::as_str)),
                fetched.map(|at| at.sent.to_string()).unwrap_or_default(),
                ms(fetched.and_then(|at| at.first_byte_us)),
                ms(fetched.map(|at| at.done_us)),
                maybe(fetched.map(|at| at.answer.as_str())),
                row.bytes.to_string(),
                row.hash.to_owned(),
                cell(&row.failed),
                ms(Some(row.checked_us)),
                row.seq.to_string(),
                cell(&row.unjudged),
            ])?;
        }
        table.flush()
    }
}

/// The hash of what came against the one that the service names; the hashes stand in the journal.
fn held(found: Option<&str>, expected: Option<&str>) -> &'static str {
    match (found, expected) {
        (None, _) => "no document",
        (Some(_), None) => "none to compare",
        (Some(found), Some(expected)) if found.eq_ignore_ascii_case(expected) => "as named",
        _ => "differs",
    }
}

/// The checks that came to `outcome`.
fn with(outcome: PdfOutcome, checks: &[PdfCheck]) -> String {
    let found = checks.iter().filter(|check| check.outcome == outcome);
    let found: Vec<&str> = found.map(|check| check.id.as_str()).collect();
    found.join(" ")
}

fn append(known: &mut String, later: &str) {
    if !known.is_empty() && !later.is_empty() {
        known.push(' ');
    }
    known.push_str(later);
}

fn ms(us: Option<u64>) -> String {
    us.map(|us| format!("{}.{:03}", us / 1_000, us % 1_000))
        .unwrap_or_default()
}
