//! The complete passes of AT15, put together again from what the journal says between the first
//! list and the last PDF of each.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::acceptance::facts::{ExchangeFact, ListFact, PdfFact, Route, TimingFact};
use crate::acceptance::finding::is_lost;
use crate::acceptance::view::RunView;
use crate::model::{LetterFacts, Status, Timestamp};

const TEST: &str = "AT15";

/// How the engine names the timing of a complete pass: `AT15 pass 1`.
const NAME: &str = "AT15 pass ";

/// One complete pass over all letters.
pub struct Pass<'a> {
    /// `pass 1`.
    pub name: &'a str,
    /// The timing that says so.
    pub timing: &'a TimingFact,
    /// Its lists, in order.
    pub lists: Vec<&'a ListFact>,
    /// What was downloaded, in order.
    pub pdfs: Vec<&'a PdfFact>,
    /// Its requests, every attempt.
    pub exchanges: Vec<&'a ExchangeFact>,
    /// Letters in an answered update to ACCEPTED.
    pub accepted: HashSet<&'a str>,
    /// Letters in an update to ACCEPTED whose answer was lost, and when it was given up.
    pub unclear: HashMap<&'a str, Timestamp>,
}

/// The complete passes, in order, each once.
pub fn passes(view: &RunView) -> Vec<Pass<'_>> {
    let mut begun = HashSet::new();
    let timings = view
        .timings(TEST)
        .filter(|timing| begun.insert(timing.from));
    timings
        .filter_map(|timing| Pass::of(view, timing))
        .collect()
}

impl<'a> Pass<'a> {
    fn of(view: &'a RunView, timing: &'a TimingFact) -> Option<Self> {
        timing.name.strip_prefix(NAME)?;
        let within = timing.from?..timing.seq;
        let exchanges = view
            .exchanges(TEST)
            .filter(|call| within.contains(&call.seq));
        let (mut accepted, mut unclear) = (HashSet::new(), HashMap::new());
        for intent in view.intents(TEST).filter(|it| within.contains(&it.seq)) {
            let answer = view.answer_to(intent.seq);
            let changes = intent.changes.iter();
            let to_accepted = changes.filter(|it| it.status == Status::Accepted.as_str());
            let letters = to_accepted.map(|change| &*change.letter);
            match answer {
                Some(call) if call.succeeded() => accepted.extend(letters),
                Some(call) if is_lost(call) => unclear.extend(letters.map(|id| (id, call.done))),
                _ => {}
            }
        }
        Some(Self {
            name: timing.name.strip_prefix("AT15 ")?,
            timing,
            lists: view
                .lists(TEST)
                .filter(|list| within.contains(&list.seq))
                .collect(),
            pdfs: view
                .pdfs(TEST)
                .filter(|pdf| within.contains(&pdf.seq))
                .collect(),
            exchanges: exchanges.collect(),
            accepted,
            unclear,
        })
    }

    /// The letters that its lists brought, by id, as they were first listed.
    pub fn listed(&self) -> BTreeMap<&'a str, &'a LetterFacts> {
        let mut listed = BTreeMap::new();
        for letter in self.lists.iter().flat_map(|list| &list.letters) {
            listed.entry(letter.id.as_str()).or_insert(letter);
        }
        listed
    }

    /// True if the letter was not listed any more once the lease had passed after the update whose
    /// answer was lost: then it was accepted.
    pub fn left_the_queue(&self, letter: &str, lease_us: i64) -> bool {
        let Some((lost, last)) = self.unclear.get(letter).zip(self.lists.last()) else {
            return false;
        };
        let mut listed = last.letters.iter();
        last.sent >= lost.plus_micros(lease_us) && listed.all(|one| one.id != letter)
    }

    /// The last download of each letter.
    pub fn downloads(&self) -> HashMap<&'a str, &'a PdfFact> {
        self.pdfs.iter().map(|pdf| (&*pdf.letter, *pdf)).collect()
    }

    /// Microseconds from sending the first list to the last verified PDF, by the journal's own
    /// times; `None` if the timing does not name these two.
    pub fn elapsed_us(&self) -> Option<i64> {
        let first = self
            .exchanges
            .iter()
            .find(|call| call.route == Route::List)?;
        let last = self.pdfs.last()?;
        let named = Some(first.seq) == self.timing.from && Some(last.seq) == self.timing.to;
        named.then(|| last.at.micros_since(first.sent))
    }

    /// Requests a second at the API.
    pub fn requests_per_second(&self) -> f64 {
        let api = |call: &&&ExchangeFact| !matches!(call.route, Route::Other | Route::Token);
        self.per_second(self.exchanges.iter().filter(api).count() as f64)
    }

    /// Answers that said that the quota is used up.
    pub fn over_quota(&self) -> usize {
        let limited = self
            .exchanges
            .iter()
            .filter(|call| call.status == Some(429));
        limited.count()
    }

    /// Bytes of PDF a second.
    pub fn bytes_per_second(&self) -> f64 {
        self.per_second(self.pdfs.iter().map(|pdf| pdf.bytes as f64).sum())
    }

    fn per_second(&self, amount: f64) -> f64 {
        let seconds = self.elapsed_us().unwrap_or(0) as f64 / 1_000_000.0;
        if seconds > 0.0 { amount / seconds } else { 0.0 }
    }
}
