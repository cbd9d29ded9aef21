//! What an interrupted run has left in its journal, so that it can go on.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use cucumber::gherkin::{Feature, Scenario};

use crate::evidence::{BodyStore, EvidenceError, Reader, RunDir};
use crate::model::{Event, Exchange, MiFacts, RunStarted, Scope, Status, Timestamp};
use crate::world::{Budget, Context, Scene, StepError, Stock};

use super::budget::budget;
use super::run::place;

/// Management information whose intent stands in the journal.
#[derive(Clone, Debug)]
pub struct Announced {
    /// What was announced.
    pub facts: MiFacts,
    /// The exchange that carried it and the id that was answered, if one came.
    pub answered: Option<(u64, String)>,
    /// `mi.submitted` was written for it.
    pub told: bool,
}

/// The run so far.
#[derive(Debug, Default)]
pub struct History {
    /// When the run began.
    pub began: Option<Timestamp>,
    /// How the run introduced itself.
    pub started: Option<RunStarted>,
    /// Scenarios that came to their end, by their place in the features.
    pub ended: HashSet<String>,
    /// The plan, if one was made.
    pub budget: Option<Budget>,
    /// When the last update was announced.
    pub last_intent: Option<Timestamp>,
    /// Letters of updates that were announced in scenarios that did not end.
    pub under_way: Vec<String>,
    /// Management information, by the `seq` of its intent.
    pub announced: HashMap<u64, Announced>,
    /// The run came to its end.
    pub finished: bool,
    /// Bytes of a half-written line that were moved away.
    pub torn_bytes: u64,
    /// Letters as last seen.
    pub stock: Stock,
    /// Letters that were read as DISPATCHED, and the day of the first reading.
    dispatched: HashMap<String, String>,
    touched: Vec<(Option<String>, String)>,
}

impl History {
    /// Reads the journal of the run in `dir`.
    ///
    /// # Errors
    /// If it cannot be read, or a line of it does not hold.
    pub fn of(dir: &RunDir) -> Result<Self, EvidenceError> {
        let mut history = Self::default();
        let path = dir.journal();
        let bodies = BodyStore::at(dir.bodies());
        for read in Reader::open(&path)? {
            let read = read.map_err(|fault| EvidenceError::Journal {
                path: path.clone(),
                fault,
            })?;
            if let Event::Exchange(exchange) = &read.line.event {
                hold_bodies(&bodies, exchange)?;
            }
            history.take(read.line.seq, read.line.at, read.line.event);
        }
        let ended = &history.ended;
        let open = |scenario: &Option<String>| {
            scenario.as_ref().is_none_or(|place| !ended.contains(place))
        };
        let touched = history
            .touched
            .iter()
            .filter(|(scenario, _)| open(scenario));
        let unique: HashSet<&String> = touched.map(|(_, letter)| letter).collect();
        history.under_way = unique.into_iter().cloned().collect();
        Ok(history)
    }

    /// Management information that was announced and never answered: its fate is unknown, so it is
    /// never submitted again.
    pub fn unclear_mi(&self) -> Vec<MiFacts> {
        let unanswered = self.announced.values().filter(|one| one.answered.is_none());
        unanswered.map(|one| one.facts.clone()).collect()
    }

    /// The features without the scenarios that came to their end.
    pub fn still_to_run(&self, mut features: Vec<Feature>) -> Vec<Feature> {
        for feature in &mut features {
            let path = feature.path.clone();
            let open =
                |scenario: &Scenario| !self.ended.contains(&place(path.as_deref(), scenario));
            feature.scenarios.retain(open);
            for rule in &mut feature.rules {
                rule.scenarios.retain(open);
            }
        }
        features
    }

    /// Looks at what became of the letters under way before anything is sent.
    ///
    /// # Errors
    /// If letters cannot be read, or the ledger or the journal cannot be written.
    pub async fn go_on(&self, context: &Arc<Context>) -> Result<(), StepError> {
        let scene = Scene::new(Arc::clone(context), Scope::default());
        let dispatched = self.dispatched.clone();
        scene
            .recover_dispatches(dispatched.into_iter().collect())
            .await?;
        scene
            .look_before_going_on(self.last_intent, &self.under_way)
            .await?;
        let of_at14 = Scope {
            test: Some("AT14".to_owned()),
            scenario: None,
        };
        let scene = Scene::new(Arc::clone(context), of_at14);
        for one in self.announced.values() {
            if let Some((exchange, id)) = &one.answered {
                scene
                    .recover_submission(*exchange, id, &one.facts, one.told)
                    .await?;
            }
        }
        Ok(())
    }

    fn take(&mut self, seq: u64, at: Timestamp, event: Event) {
        match event {
            Event::RunStarted(started) => {
                self.began = Some(at);
                self.started = Some(*started);
            }
            Event::RunFinished(_) => self.finished = true,
            Event::PlanMade {
                allocations,
                shortages,
                not_possible,
                ..
            } => {
                self.budget = Some(budget(allocations, &shortages, not_possible));
            }
            Event::ScenarioFinished { scope, outcome } => self.end(scope, &outcome),
            // The letters of AT15 are spent with their pass.
            Event::LettersListed { scope, letters, .. } if !scope.is_test("AT15") => {
                letters.iter().for_each(|letter| self.stock.seen(letter));
            }
            Event::StatusObserved { letter, .. } => {
                self.stock.seen(&letter);
                if letter.is(Status::Dispatched) {
                    self.dispatched.entry(letter.id).or_insert(at.date());
                }
            }
            Event::PdfChecked {
                letter,
                checks,
                follows: None,
                ..
            } => self.stock.checked(&letter, &checks),
            Event::Intent { scope, changes, mi } => {
                self.last_intent = Some(at);
                // An interrupted pass of AT15 begins anew, with other letters.
                if !scope.is_test("AT15") {
                    let letters = changes.into_iter().map(|change| change.letter);
                    let touched = letters.map(|letter| (scope.scenario.clone(), letter));
                    self.touched.extend(touched);
                }
                if let Some(facts) = mi {
                    self.announced.insert(
                        seq,
                        Announced {
                            facts: *facts,
                            answered: None,
                            told: false,
                        },
                    );
                }
            }
            Event::Exchange(exchange) => self.answer(seq, &exchange),
            Event::MiSubmitted { mi, .. } => self.told(&mi),
            _ => {}
        }
    }

    /// A scenario that failed has come to its end too; AT15 alone goes on with its next pass.
    fn end(&mut self, scope: Scope, outcome: &str) {
        let again = scope.is_test("AT15") && outcome != "passed";
        self.ended.extend(scope.scenario.filter(|_| !again));
    }

    fn answer(&mut self, seq: u64, exchange: &Exchange) {
        let announced = exchange
            .intent
            .and_then(|intent| self.announced.get_mut(&intent));
        if let (Some(announced), Some(id)) = (announced, answered_id(exchange)) {
            announced.answered = Some((seq, id));
        }
    }

    fn told(&mut self, mi: &str) {
        let is_it = |one: &&mut Announced| one.answered.as_ref().is_some_and(|(_, id)| id == mi);
        if let Some(announced) = self.announced.values_mut().find(is_it) {
            announced.told = true;
        }
    }
}

/// What was kept apart from the journal must be there: without it no run that goes on would
/// verify.
fn hold_bodies(bodies: &BodyStore, exchange: &Exchange) -> Result<(), EvidenceError> {
    let answered = exchange.response.as_ref();
    let both = [
        exchange.request.body.as_ref(),
        answered.and_then(|answer| answer.body.as_ref()),
    ];
    let apart = both
        .into_iter()
        .flatten()
        .filter(|body| body.is_stored_apart());
    for body in apart {
        let path = bodies.path_of(&body.sha256)?;
        if !path.is_file() {
            return Err(EvidenceError::NoBody(path));
        }
    }
    Ok(())
}

/// The id in the answer of a successful POST `/mi`, which is short and stands in the event.
fn answered_id(exchange: &Exchange) -> Option<String> {
    let response = exchange
        .response
        .as_ref()
        .filter(|answer| (200..300).contains(&answer.status))?;
    let text = response.body.as_ref()?.text.as_ref()?;
    let body = crate::model::limits::read_answer(text.as_bytes()).ok()?;
    Some(body.pointer("/data/id")?.as_str()?.to_owned())
}
