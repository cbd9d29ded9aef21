//! Holds the facts that the journal states against the answers they come from.

use std::collections::VecDeque;

use crate::evidence::{BodyStore, derived_events, sha256_hex};
use crate::model::{Body, Event, Exchange, Line};

use super::report::Finding;

/// Follows a journal's lines and expects, behind each exchange, what its answer states.
pub(super) struct DerivedFacts {
    bodies: BodyStore,
    due: VecDeque<Event>,
    pub checked_bodies: u64,
    pub withheld: u64,
}

impl DerivedFacts {
    pub fn over(bodies: BodyStore) -> Self {
        Self {
            bodies,
            due: VecDeque::new(),
            checked_bodies: 0,
            withheld: 0,
        }
    }

    /// Takes the next line and says what does not hold about it.
    pub fn take(&mut self, line: &Line) -> Vec<Finding> {
        let number = line.seq + 1;
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
            match self.read(body) {
                Err(message) => findings.push(Finding::line(seq + 1, message)),
                Ok(None) => self.withheld += 1,
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
