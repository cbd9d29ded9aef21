//! Holds the facts that the journal states against the answers they come from.

use std::collections::{BTreeSet, HashSet, VecDeque};

use crate::acceptance::Route;
use crate::evidence::{BodyStore, derived_events, sha256_hex};
use crate::model::{Body, Event, Exchange, Line};

use super::report::Finding;

/// Follows a journal's lines and expects, behind each exchange, what its answer states.
pub(super) struct DerivedFacts {
    bodies: BodyStore,
    due: VecDeque<Event>,
    /// Downloads whose stored bytes were held, by hash and length.
    held: HashSet<(String, u64)>,
    /// A run against production keeps no body: what answers stated cannot be held against them.
    production: bool,
    pub checked_bodies: u64,
    pub withheld_pdfs: u64,
    pub withheld_bodies: u64,
    /// Hashes of the bodies that were not kept.
    pub withheld_hashes: BTreeSet<String>,
    /// Hashes of documents that were taken out of a pack.
    left_out: BTreeSet<String>,
}

impl DerivedFacts {
    pub fn over(bodies: BodyStore, left_out: BTreeSet<String>) -> Self {
        Self {
            bodies,
            due: VecDeque::new(),
            held: HashSet::new(),
            production: false,
            checked_bodies: 0,
            withheld_pdfs: 0,
            withheld_bodies: 0,
            withheld_hashes: BTreeSet::new(),
            left_out,
        }
    }

    /// Takes the next line and says what does not hold about it.
    pub fn take(&mut self, line: &Line) -> Vec<Finding> {
        let number = line.seq + 1;
        if let (0, Event::RunStarted(started)) = (line.seq, &line.event) {
            self.production = started.target.kind == "prod";
        }
        let mut findings: Vec<Finding> = self.follow(number, &line.event).into_iter().collect();
        match &line.event {
            Event::Exchange(exchange) => findings.extend(self.take_exchange(line.seq, exchange)),
            Event::ContractGiven { body, .. } => {
                let unread = self.read(body).err();
                findings.extend(unread.map(|message| Finding::line(number, message)));
            }
            _ => {}
        }
        findings
    }

    fn follow(&mut self, number: u64, event: &Event) -> Option<Finding> {
        let derived = matches!(
            event,
            Event::TokenIssued { .. } | Event::LettersListed { .. } | Event::StatusObserved { .. }
        );
        match self.due.pop_front() {
            Some(due) if due == *event => None,
            Some(_) => Some(Finding::line(
                number,
                "does not state what the answer of the exchange before it says",
            )),
            None if derived && self.production => None,
            None if derived => Some(Finding::line(
                number,
                "states facts that no answer before it gives",
            )),
            None => None,
        }
    }

    fn take_exchange(&mut self, seq: u64, exchange: &Exchange) -> Vec<Finding> {
        let answer = exchange
            .response
            .as_ref()
            .and_then(|answer| answer.body.as_ref());
        let mut findings = Vec::new();
        for body in exchange.request.body.iter().chain(answer) {
            // Only what the storage gave can be a letter's PDF.
            let may_lack = Route::of(exchange) == Route::Other;
            let lacks = may_lack && self.left_out.contains(&body.sha256);
            // Many letters have the same PDF, and nothing is derived from one.
            let apart = may_lack && body.is_stored_apart();
            if apart && self.held.contains(&(body.sha256.clone(), body.bytes)) {
                self.checked_bodies += 1;
                continue;
            }
            let read = if lacks { Ok(None) } else { self.read(body) };
            if apart && matches!(read, Ok(Some(_))) {
                self.held.insert((body.sha256.clone(), body.bytes));
            }
            match read {
                Err(message) => findings.push(Finding::line(seq + 1, message)),
                Ok(None) => {
                    match may_lack && Some(body) == answer {
                        true => self.withheld_pdfs += 1,
                        false => self.withheld_bodies += 1,
                    }
                    self.withheld_hashes.insert(body.sha256.clone());
                }
                Ok(Some(bytes)) if Some(body) == answer => {
                    self.due = derived_events(seq, exchange, &bytes).into();
                }
                Ok(Some(_)) => {}
            }
        }
        findings
    }

    /// The bytes of `body` if they were kept and are what its hash says.
    fn read(&mut self, body: &Body) -> Result<Option<Vec<u8>>, String> {
        let bytes = self.bodies.read(body).map_err(|error| error.to_string())?;
        let Some(bytes) = bytes else {
            return Ok(None);
        };
        if sha256_hex(&bytes) != body.sha256 || bytes.len() as u64 != body.bytes {
            return Err(format!(
                "the body {} is not what its hash says",
                body.sha256
            ));
        }
        self.checked_bodies += 1;
        Ok(Some(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// INT stores one PDF a batch: hundreds of letters have it.
    #[test]
    fn a_pdf_that_many_letters_have_is_read_once() {
        let folder = tempfile::tempdir().unwrap();
        let store = BodyStore::of_others(folder.path());
        let pdf = [&b"%PDF-1.7"[..], &vec![b' '; 9_000_000]].concat();
        store.keep_document(&pdf).unwrap();
        let line = serde_json::json!({
            "seq": 1, "at": "2026-11-22T04:03:01.145227Z", "prev": "0".repeat(64),
            "kind": "exchange", "id": "0-1", "attempt": 1, "method": "GET",
            "url": "http://127.0.0.1:1/store/batch.pdf", "request": { "headers": [] },
            "response": { "status": 200, "headers": [],
                "body": { "sha256": sha256_hex(&pdf), "bytes": pdf.len() } },
            "times": { "sent": "2026-11-22T04:03:01.145227Z", "done_us": 1 }
        });
        let text = line.to_string();
        let line = Line::read(text.as_bytes()).unwrap();
        let mut facts = DerivedFacts::over(store, BTreeSet::new());
        for _ in 0..20 {
            assert_eq!(facts.take(&line), Vec::new());
        }
        assert_eq!(facts.checked_bodies, 20);
    }
}
