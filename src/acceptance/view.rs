//! A run folded from its journal, line by line.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::model::limits::read_answer;
use crate::model::{
    Event, Exchange, Judgement, KnownDeviation, LetterFacts, Line, PdfCheck, RunFinished,
    RunStarted, Scope, Settings, Span, Timestamp,
};

use super::destination::{Destination, Destinations};
use super::facts::{
    DocumentFact, ExchangeFact, IntentFact, JobFact, LaterChecks, ListFact, MiFact, MiOnTheWire,
    Observation, PdfFact, Route, SpentFact, StepFailure, TargetFact, TimingFact, UnclearMiFact,
    Wire,
};

/// Everything the criteria may know: what the lines so far have said.
#[derive(Clone, Debug, Default)]
pub struct RunView {
    started: Option<RunStarted>,
    finished: Option<RunFinished>,
    exchanges: BTreeMap<u64, (Option<String>, ExchangeFact)>,
    lists: Vec<ListFact>,
    listings: HashMap<String, Vec<(usize, usize)>>,
    answers: HashMap<u64, u64>,
    destinations: Destinations,
    called: BTreeSet<String>,
    observations: HashMap<String, Vec<Observation>>,
    targets: Vec<TargetFact>,
    spent: Vec<SpentFact>,
    intents: Vec<IntentFact>,
    jobs: Vec<JobFact>,
    failures: Vec<StepFailure>,
    judgements: BTreeMap<String, Judgement>,
    begun: HashMap<String, u64>,
    interruptions: Vec<u64>,
    pdfs: Vec<PdfFact>,
    later_checks: HashMap<u64, LaterChecks>,
    submissions: Vec<MiFact>,
    unclear_mi: Vec<UnclearMiFact>,
    timings: Vec<TimingFact>,
    notes: Vec<String>,
    tested: HashMap<String, Span>,
    spans: HashMap<u64, Span>,
    events: u64,
    first_at: Timestamp,
    last_at: Timestamp,
}

impl RunView {
    /// Takes the next line of the journal.
    pub fn apply(&mut self, line: &Line) {
        let seq = line.seq;
        if self.events == 0 {
            self.first_at = line.at;
        }
        self.events += 1;
        self.last_at = line.at;
        self.take_times(line);
        match &line.event {
            Event::RunStarted(started) => self.started = Some((**started).clone()),
            Event::ScenarioStarted { scope, .. } => {
                self.begun
                    .extend(scope.test.clone().map(|test| (test, seq)));
            }
            Event::RunResumed { .. } => self.interruptions.push(seq),
            Event::RunFinished(finished) => self.finished = Some(finished.clone()),
            Event::Exchange(exchange) => self.take_exchange(seq, exchange),
            Event::TokenIssued { exchange, .. } => self.mark_readable(*exchange),
            Event::LettersListed {
                exchange,
                scope,
                limit,
                letters,
            } => {
                self.mark_readable(*exchange);
                let (sent, done) = self.times_of(*exchange);
                self.take_list(ListFact {
                    seq,
                    test: scope.test.clone(),
                    sent,
                    done,
                    limit: limit.clone(),
                    letters: letters.clone(),
                });
            }
            Event::StatusObserved {
                exchange,
                scope,
                letter,
            } => {
                self.mark_readable(*exchange);
                let (sent, done) = self.times_of(*exchange);
                let seen = self.observations.entry(letter.id.clone()).or_default();
                seen.push(Observation {
                    seq,
                    test: scope.test.clone(),
                    sent,
                    done,
                    letter: letter.clone(),
                });
            }
            _ => self.apply_deed(seq, line),
        }
    }

    /// When the line's event happened. The judgements of the last round belong to no scenario:
    /// nothing of their test happens then.
    fn take_times(&mut self, line: &Line) {
        let first = match &line.event {
            Event::Exchange(exchange) => exchange.times.sent.min(line.at),
            _ => line.at,
        };
        let last = line.at;
        let span = Span { first, last };
        self.spans.insert(line.seq, span);
        let scope = line.event.scope();
        let judged = matches!(line.event, Event::CriterionJudged { .. });
        let scope = scope.filter(|scope| !judged || scope.scenario.is_some());
        if let Some(test) = scope.and_then(|scope| scope.test.as_ref()) {
            let of_test = self.tested.entry(test.clone()).or_insert(span);
            *of_test = of_test.with(span);
        }
    }

    /// What the supplier did, rather than what the service answered.
    fn apply_deed(&mut self, seq: u64, line: &Line) {
        match &line.event {
            Event::LettersTargeted { scope, letters, .. } => self.targets.push(TargetFact {
                seq,
                test: scope.test.clone(),
                letters: letters.clone(),
            }),
            Event::Intent { scope, changes, mi } => self.intents.push(IntentFact {
                mi: mi.as_deref().cloned(),
                seq,
                test: scope.test.clone(),
                changes: changes.clone(),
            }),
            Event::JobCreated {
                scope,
                letter,
                job,
                list,
            } => {
                self.take_job(seq, scope, letter, job, *list, true);
            }
            Event::JobIgnored {
                scope,
                letter,
                job,
                list,
                ..
            } => {
                self.take_job(seq, scope, letter, job, *list, false);
            }
            Event::StepFinished {
                scope,
                error: Some(error),
                cause,
                ..
            } => {
                self.failures.push(StepFailure {
                    seq,
                    test: scope.test.clone(),
                    error: error.clone(),
                    cause: cause.clone().unwrap_or_else(|| "tool".to_owned()),
                });
            }
            Event::CriterionJudged {
                point, judgement, ..
            } => {
                self.judgements.insert(point.clone(), judgement.clone());
            }
            _ => self.apply_finding(seq, line),
        }
    }

    /// What was found out or counted on the way.
    fn apply_finding(&mut self, seq: u64, line: &Line) {
        match &line.event {
            Event::PdfChecked {
                follows: Some(first),
                checks,
                ..
            } => self.take_later_checks(seq, *first, checks),
            Event::PdfCompleted { checks, pdfs, .. } => {
                for pdf in pdfs {
                    self.take_later_checks(seq, pdf.follows, checks);
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
                ..
            } if self.brought(*exchange, sha256.as_deref(), *bytes) => self.pdfs.push(PdfFact {
                seq,
                at: line.at,
                test: scope.test.clone(),
                letter: letter.clone(),
                exchange: *exchange,
                sha256: sha256.clone(),
                bytes: *bytes,
                expected_sha256: expected_sha256.clone(),
                checks: checks.clone(),
            }),
            Event::MiSubmitted {
                scope,
                run,
                exchange,
                mi,
                facts,
            } => self.submissions.push(MiFact {
                seq,
                test: scope.test.clone(),
                run: run.clone(),
                exchange: *exchange,
                mi: mi.clone(),
                facts: facts.clone(),
            }),
            Event::MiUnclear { run, facts, .. } => self.unclear_mi.push(UnclearMiFact {
                seq,
                run: run.clone(),
                facts: facts.clone(),
            }),
            Event::Timing {
                scope,
                name,
                us,
                from,
                to,
            } => self.timings.push(TimingFact {
                seq,
                test: scope.test.clone(),
                name: name.clone(),
                us: *us,
                from: *from,
                to: *to,
            }),
            Event::LettersSpent { letters, .. } => self.spent.push(SpentFact {
                seq,
                letters: letters.clone(),
            }),
            Event::Note { text, .. } => self.notes.push(text.clone()),
            _ => {}
        }
    }

    fn take_list(&mut self, list: ListFact) {
        for (place, letter) in list.letters.iter().enumerate() {
            let listings = self.listings.entry(letter.id.clone()).or_default();
            listings.push((self.lists.len(), place));
        }
        self.lists.push(list);
    }

    fn take_exchange(&mut self, seq: u64, exchange: &Exchange) {
        self.note_destination(exchange);
        let route = Route::of(exchange);
        let mi = matches!(route, Route::SubmitMi | Route::ReadMi)
            .then(|| mi_of(exchange, route))
            .flatten();
        let states_facts = match route {
            Route::Token | Route::List | Route::Letter => true,
            Route::ReadMi => mi.is_none(),
            _ => false,
        };
        let fact = ExchangeFact {
            seq,
            call: exchange.id.clone(),
            attempt: exchange.attempt,
            route,
            status: exchange.status(),
            error: exchange.error.clone(),
            intent: exchange.intent,
            sent: exchange.times.sent,
            done: exchange.times.done(),
            refusal: (route == Route::Token).then(|| refusal(exchange)).flatten(),
            mi_id: (route == Route::ReadMi).then(|| mi_id(exchange)),
            mi,
            readable: !(states_facts && exchange.status() == Some(200)),
            document: (route == Route::Other)
                .then(|| DocumentFact::of(exchange))
                .flatten(),
            wire: is_of_the_sandbox(exchange).then(|| Box::new(Wire::of(exchange))),
        };
        if let Some(intent) = fact.intent {
            self.answers.insert(intent, seq);
        }
        self.exchanges
            .insert(seq, (exchange.scope.test.clone(), fact));
    }

    /// Where API and token endpoint were; the URL itself if it is none.
    fn note_destination(&mut self, exchange: &Exchange) {
        let (destination, origin) = self.destinations.take(exchange);
        if destination != Destination::Storage {
            let called = origin.map_or_else(|| exchange.url.clone(), |origin| origin.to_string());
            self.called.insert(called);
        }
    }

    fn take_job(
        &mut self,
        seq: u64,
        scope: &Scope,
        letter: &str,
        job: &str,
        list: u64,
        created: bool,
    ) {
        self.jobs.push(JobFact {
            seq,
            test: scope.test.clone(),
            letter: letter.to_owned(),
            job: job.to_owned(),
            created,
            list,
        });
    }

    /// True if the exchange at `seq` brought such a PDF, or said that there is none: a download
    /// counts for nothing that its exchange does not bear out.
    fn brought(&self, seq: u64, sha256: Option<&str>, bytes: u64) -> bool {
        let fact = self.exchange_facts(seq);
        let Some(fact) = fact.filter(|fact| fact.route == Route::Other && fact.error.is_none())
        else {
            return false;
        };
        match (fact.status, sha256, &fact.document) {
            (Some(404), None, _) => true,
            (Some(200), Some(_), Some(document)) if document.redacted => true,
            (Some(200), Some(sha256), Some(document)) => {
                document.sha256 == sha256 && document.bytes == bytes
            }
            (Some(200), Some(_), None) => bytes == 0,
            _ => false,
        }
    }

    fn mark_readable(&mut self, exchange: u64) {
        if let Some((_, fact)) = self.exchanges.get_mut(&exchange) {
            fact.readable = true;
        }
    }

    fn times_of(&self, exchange: u64) -> (Timestamp, Timestamp) {
        self.exchanges
            .get(&exchange)
            .map(|(_, fact)| (fact.sent, fact.done))
            .unwrap_or_default()
    }

    /// How the run introduced itself.
    pub fn started(&self) -> Option<&RunStarted> {
        self.started.as_ref()
    }

    /// The known deviation of the target called `id`.
    pub fn deviation(&self, id: &str) -> Option<&KnownDeviation> {
        let known = &self.started.as_ref()?.target.deviations;
        known.iter().find(|deviation| deviation.id == id)
    }

    /// How the run ended.
    pub fn finished(&self) -> Option<&RunFinished> {
        self.finished.as_ref()
    }

    /// The origins at which API and token endpoint were called, such as `https://h`.
    pub fn called(&self) -> &BTreeSet<String> {
        &self.called
    }

    /// Number of lines taken.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// When the first line was written.
    pub fn first_at(&self) -> Timestamp {
        self.first_at
    }

    /// When the last line was written.
    pub fn last_at(&self) -> Timestamp {
        self.last_at
    }

    /// From the first to the last event of `test`; `None` if it has none.
    pub fn tested(&self, test: &str) -> Option<Span> {
        self.tested.get(test).copied()
    }

    /// From the first to the last of the events `seqs`.
    pub fn span_of(&self, seqs: &[u64]) -> Option<Span> {
        let spans = seqs.iter().filter_map(|seq| self.spans.get(seq));
        spans.copied().reduce(Span::with)
    }

    /// What the run noted for its readers, in order.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Where the last scenario of `test` began; 0 if none did.
    pub fn begun(&self, test: &str) -> u64 {
        self.begun.get(test).copied().unwrap_or_default()
    }

    /// True if the run was interrupted, and resumed, somewhere after `seq`.
    pub fn interrupted_after(&self, seq: u64) -> bool {
        self.interruptions
            .last()
            .is_some_and(|resumed| *resumed > seq)
    }

    /// The settings the run was made with.
    pub fn settings(&self) -> Option<&Settings> {
        self.started.as_ref().map(|started| &started.settings)
    }

    /// The last judgement of each point.
    pub fn judgements(&self) -> &BTreeMap<String, Judgement> {
        &self.judgements
    }

    /// The exchanges of `test`, in order.
    pub fn exchanges(&self, test: &str) -> impl Iterator<Item = &ExchangeFact> {
        self.exchanges
            .values()
            .filter(move |(owner, _)| owner.as_deref() == Some(test))
            .map(|(_, fact)| fact)
    }

    /// All exchanges.
    pub fn exchange_count(&self) -> usize {
        self.exchanges.len()
    }

    /// The exchange at `seq`, if it belongs to `test`.
    pub fn exchange(&self, test: &str, seq: u64) -> Option<&ExchangeFact> {
        let (owner, fact) = self.exchanges.get(&seq)?;
        (owner.as_deref() == Some(test)).then_some(fact)
    }

    /// The exchange at `seq`, whatever test it belongs to.
    pub fn exchange_facts(&self, seq: u64) -> Option<&ExchangeFact> {
        self.exchanges.get(&seq).map(|(_, fact)| fact)
    }

    /// The last attempt at what `intent` announced, if anything was sent.
    pub fn answer_to(&self, intent: u64) -> Option<&ExchangeFact> {
        let seq = self.answers.get(&intent)?;
        self.exchanges.get(seq).map(|(_, fact)| fact)
    }

    /// The last attempt of each call of `test`, in order.
    pub fn calls(&self, test: &str) -> Vec<&ExchangeFact> {
        let mut last: HashMap<&str, u64> = HashMap::new();
        for fact in self.exchanges(test) {
            last.insert(&fact.call, fact.seq);
        }
        let last: HashSet<u64> = last.into_values().collect();
        self.exchanges(test)
            .filter(|fact| last.contains(&fact.seq))
            .collect()
    }

    /// The lists of `test`, in order.
    pub fn lists<'a>(&'a self, test: &'a str) -> impl Iterator<Item = &'a ListFact> {
        self.lists
            .iter()
            .filter(move |list| list.test.as_deref() == Some(test))
    }

    /// Every list of the run, in order.
    pub fn all_lists(&self) -> &[ListFact] {
        &self.lists
    }

    /// Every list that held `letter`, with what it said of the letter, in order.
    pub fn listings(
        &self,
        letter: &str,
    ) -> impl DoubleEndedIterator<Item = (&ListFact, &LetterFacts)> {
        let places = self.listings.get(letter).map_or(&[][..], Vec::as_slice);
        places.iter().map(|&(list, place)| {
            let list = &self.lists[list];
            (list, &list.letters[place])
        })
    }

    /// The letters targeted by `test`, in order, with the events that say so.
    pub fn targets(&self, test: &str) -> (Vec<&str>, Vec<u64>) {
        let chosen = self
            .targets
            .iter()
            .filter(|target| target.test.as_deref() == Some(test));
        let seqs = chosen.clone().map(|target| target.seq).collect();
        let letters = chosen
            .flat_map(|target| target.letters.iter().map(String::as_str))
            .collect();
        (letters, seqs)
    }

    /// What the supplier said of letters that it took out of PENDING before, in order.
    pub fn spent(&self) -> &[SpentFact] {
        &self.spent
    }

    /// The updates that `test` was about to send, in order.
    pub fn intents<'a>(&'a self, test: &'a str) -> impl Iterator<Item = &'a IntentFact> {
        self.intents
            .iter()
            .filter(move |intent| intent.test.as_deref() == Some(test))
    }

    /// Every intent of the run, in order: what must not happen later may happen in any test.
    pub fn all_intents(&self) -> &[IntentFact] {
        &self.intents
    }

    fn take_later_checks(&mut self, seq: u64, first: u64, checks: &[PdfCheck]) {
        let open = checks.iter().filter(|it| it.is_open()).cloned().collect();
        self.later_checks.insert(first, LaterChecks { seq, open });
    }

    /// What completes the `pdf.checked` at `seq`: the checks that were made after AT15's clock.
    pub fn later_checks(&self, seq: u64) -> Option<&LaterChecks> {
        self.later_checks.get(&seq)
    }

    /// The PDFs checked in `test`, in order.
    pub fn pdfs<'a>(&'a self, test: &'a str) -> impl Iterator<Item = &'a PdfFact> {
        self.pdfs
            .iter()
            .filter(move |pdf| pdf.test.as_deref() == Some(test))
    }

    /// Every PDF checked, in order: candidates for AT12 and AT13 are fetched before the tests.
    pub fn all_pdfs(&self) -> &[PdfFact] {
        &self.pdfs
    }

    /// The management information submitted in `test`, in order.
    pub fn submissions<'a>(&'a self, test: &'a str) -> impl Iterator<Item = &'a MiFact> {
        self.submissions
            .iter()
            .filter(move |mi| mi.test.as_deref() == Some(test))
    }

    /// Management information of earlier runs of which nobody knows whether it arrived.
    pub fn unclear_mi(&self) -> &[UnclearMiFact] {
        &self.unclear_mi
    }

    /// What was timed in `test`, in order.
    pub fn timings<'a>(&'a self, test: &'a str) -> impl Iterator<Item = &'a TimingFact> {
        self.timings
            .iter()
            .filter(move |timing| timing.test.as_deref() == Some(test))
    }

    /// Everything read of `letter`, in order.
    pub fn observations(&self, letter: &str) -> &[Observation] {
        self.observations.get(letter).map_or(&[], Vec::as_slice)
    }

    /// Everything read in `test`, letter by letter.
    pub fn observed_in<'a>(&'a self, test: &'a str) -> impl Iterator<Item = &'a Observation> {
        let all = self.observations.values().flatten();
        all.filter(move |seen| seen.test.as_deref() == Some(test))
    }

    /// The jobs of `test`, in order.
    pub fn jobs<'a>(&'a self, test: &'a str) -> impl Iterator<Item = &'a JobFact> {
        self.jobs
            .iter()
            .filter(move |job| job.test.as_deref() == Some(test))
    }

    /// Every job of the run, in order.
    pub fn all_jobs(&self) -> &[JobFact] {
        &self.jobs
    }

    /// The steps of `test` that failed, in order.
    pub fn failures<'a>(&'a self, test: &'a str) -> impl Iterator<Item = &'a StepFailure> {
        self.failures
            .iter()
            .filter(move |step| step.test.as_deref() == Some(test))
    }
}

/// Only the checks of the sandbox look at words; a whole run has tens of thousands of exchanges.
fn is_of_the_sandbox(exchange: &Exchange) -> bool {
    let test = exchange.scope.test.as_deref();
    test.is_some_and(|test| test.starts_with(super::sandbox::PREFIX))
}

/// The last part of the path that was asked for.
fn mi_id(exchange: &Exchange) -> String {
    let id = exchange.path().rsplit('/').next().unwrap_or_default();
    id.to_owned()
}

/// What a submission of MI said, or what reading one back answered; the bodies are short, so
/// they stand in the event.
fn mi_of(exchange: &Exchange, route: Route) -> Option<MiOnTheWire> {
    let answer = exchange.response.as_ref()?.body.as_ref()?.text.as_ref()?;
    let answer = read_answer(answer.as_bytes()).ok()?;
    let id = answer.pointer("/data/id")?.as_str()?.to_owned();
    let said = match route {
        Route::ReadMi => answer,
        _ => read_answer(exchange.request.body.as_ref()?.text.as_ref()?.as_bytes()).ok()?,
    };
    let attributes = said.pointer("/data/attributes")?;
    let text = |name: &str| Some(attributes.get(name)?.as_str()?.to_owned());
    Some(MiOnTheWire {
        id,
        date: text("timestamp")?.chars().take(10).collect(),
        specification_id: text("specificationId"),
        group_id: text("groupId"),
        line_item: text("lineItem"),
        quantity: attributes.get("quantity")?.as_f64()?,
    })
}

/// The `error_description` of a token endpoint's error body.
fn refusal(exchange: &Exchange) -> Option<String> {
    let text = exchange.response.as_ref()?.body.as_ref()?.text.as_ref()?;
    let body = read_answer(text.as_bytes()).ok()?;
    let said = body
        .get("error_description")
        .or_else(|| body.get("error"))?;
    said.as_str().map(str::to_owned)
}
