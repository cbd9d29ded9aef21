//! Which exchange brought a fact.

use super::Event;

impl Event {
    /// The `seq` of the exchange whose answer stated this, if the event names it itself.
    pub fn source_exchange(&self) -> Option<u64> {
        match self {
            Event::LettersListed { exchange, .. }
            | Event::TokenIssued { exchange, .. }
            | Event::StatusObserved { exchange, .. }
            | Event::PdfChecked { exchange, .. } => Some(*exchange),
            Event::MiSubmitted { exchange, .. } => *exchange,
            _ => None,
        }
    }
}
