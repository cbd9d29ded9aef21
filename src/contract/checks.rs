//! The answers of a run, held against descriptions of the API.

use std::sync::{Arc, LazyLock};

use serde_json::Value;

use crate::model::limits::{JsonFault, read_answer};
use crate::model::{
    Body as StoredBody, ContractResult, DescriptionFacts, Difference, Event, Exchange, Line,
    Response, RunStarted, Weight,
};

use super::description::{Answer, Body, Description, Operation, essence};
use super::deviations::ERROR_CODE;
use super::tally::{At, Tally};
use super::validators::{Found, Validators};
use super::{ContractError, OWN, embedded, place};

/// Reads a stored body; `None` if it was not kept or cannot be read.
pub type Bodies<'b> = dyn FnMut(&StoredBody) -> Option<Vec<u8>> + 'b;

/// Follows the lines of a journal and holds every answer against each description.
pub struct Checks {
    base_url: String,
    token_url: Option<String>,
    api: Vec<Arc<Held>>,
    token: Vec<Arc<Held>>,
    /// Descriptions that could not be used.
    unusable: Vec<DescriptionFacts>,
    tally: Tally,
    answers: u64,
    /// Differences that were looked at so far.
    looked_at: usize,
}

/// Descriptions that a run's answers are held against: a tester gives one, or one more each time
/// the run goes on.
const MOST_DESCRIPTIONS: usize = 4;
/// Differences that are looked at in one answer; a list of 2,500 letters may have one in each.
const MOST_IN_AN_ANSWER: usize = 25_000;
/// Differences after which a run's answers are looked at more briefly: each kind is told once.
const MOST_IN_A_RUN: usize = 250_000;
/// Differences that are then looked at in one answer.
const FEW_IN_AN_ANSWER: usize = 20;

/// The descriptions that letterproof brings along, compiled once for all runs that are looked at.
static OWN_API: LazyLock<Result<Arc<Held>, ContractError>> =
    LazyLock::new(|| Held::new(OWN, embedded::supplier_api()).map(Arc::new));
static OWN_TOKEN: LazyLock<Result<Arc<Held>, ContractError>> =
    LazyLock::new(|| Held::new(OWN, embedded::token_endpoint()).map(Arc::new));

/// A description with its schemas compiled.
struct Held {
    name: String,
    description: Description,
    validators: Validators,
}

impl Held {
    fn new(
        name: &str,
        description: Result<Description, ContractError>,
    ) -> Result<Self, ContractError> {
        let description = description?;
        Ok(Self {
            name: name.to_owned(),
            validators: Validators::of(&description)?,
            description,
        })
    }

    fn facts(&self) -> DescriptionFacts {
        DescriptionFacts {
            name: self.name.clone(),
            title: self.description.title.clone(),
            version: self.description.version.clone(),
            unusable: None,
        }
    }
}

impl Default for Checks {
    fn default() -> Self {
        let mut checks = Self {
            base_url: String::new(),
            token_url: None,
            api: Vec::new(),
            token: Vec::new(),
            unusable: Vec::new(),
            tally: Tally::default(),
            answers: 0,
            looked_at: 0,
        };
        match &*OWN_API {
            Ok(held) => checks.api.push(Arc::clone(held)),
            Err(error) => checks.cannot_use(OWN, error),
        }
        match &*OWN_TOKEN {
            Ok(held) => checks.token.push(Arc::clone(held)),
            Err(error) => checks.cannot_use(OWN, error),
        }
        checks
    }
}

impl Checks {
    /// Holds that a description can be used for checks.
    ///
    /// # Errors
    /// If it cannot be read, or a schema of it means nothing.
    pub fn try_description(text: &str) -> Result<Description, ContractError> {
        let description = Description::read(text)?;
        Validators::of(&description)?;
        Ok(description)
    }

    /// Takes the next line of the journal; `bodies` reads what does not stand in it.
    pub fn take(&mut self, line: &Line, bodies: &mut Bodies) {
        match &line.event {
            Event::RunStarted(started) => self.begin(started),
            Event::ContractGiven { name, body } => self.given(name, bodies(body)),
            Event::Exchange(exchange) => self.exchange(line.seq, exchange, bodies),
            _ => {}
        }
    }

    /// What the answers so far came to.
    pub fn result(&self) -> ContractResult {
        let mut descriptions: Vec<_> = self.api.iter().map(|held| held.facts()).collect();
        descriptions.extend(self.unusable.iter().cloned());
        self.tally.result(descriptions, self.answers)
    }

    fn begin(&mut self, started: &RunStarted) {
        let target = &started.target;
        self.base_url = target.base_url.trim_end_matches('/').to_owned();
        self.token_url.clone_from(&target.token_url);
        self.tally.know(target.deviations.clone());
    }

    fn given(&mut self, name: &str, text: Option<Vec<u8>>) {
        if self.api.len() + self.unusable.len() >= MOST_DESCRIPTIONS {
            return;
        }
        let unreadable = || ContractError::Unreadable("it was not kept".to_owned());
        let text = text.and_then(|text| String::from_utf8(text).ok());
        let description = text.ok_or_else(unreadable);
        self.hold(name, description.and_then(|text| Description::read(&text)));
    }

    fn hold(&mut self, name: &str, description: Result<Description, ContractError>) {
        match Held::new(name, description) {
            Ok(held) => self.api.push(Arc::new(held)),
            Err(error) => self.cannot_use(name, &error),
        }
    }

    fn cannot_use(&mut self, name: &str, error: &ContractError) {
        self.unusable.push(DescriptionFacts {
            name: name.to_owned(),
            title: String::new(),
            version: String::new(),
            unusable: Some(error.to_string()),
        });
    }

    fn exchange(&mut self, seq: u64, exchange: &Exchange, bodies: &mut Bodies) {
        let Some(response) = &exchange.response else {
            return;
        };
        let url = exchange.url.split(['?', '#']).next().unwrap_or_default();
        let is_token = self.token_url.as_deref() == Some(url);
        let path = url.strip_prefix(self.base_url.as_str());
        let (held, path) = match path {
            _ if is_token => (&self.token, "/token"),
            Some(path) if path.starts_with('/') => (&self.api, path),
            _ => return,
        };
        // The storage that signed links lead to is no part of the API; the simulator serves both.
        if exchange.url.contains("X-Amz-") {
            return;
        }
        // A body that broke off says nothing about the API.
        if exchange.error.is_some() || held.is_empty() {
            return;
        }
        self.answers += 1;
        let unnamed = format!("{} {}", exchange.method, place::shortened(path));
        let operations = held
            .iter()
            .map(|held| held.description.operation(&exchange.method, path));
        let operations: Vec<_> = operations.collect();
        let name = operations.iter().flatten().next();
        let mut look = Look {
            at: At {
                seq,
                operation: name.map_or(&unnamed, |operation| &operation.name),
                status: response.status,
            },
            by: 0,
            response,
            json: Json::Unread,
            bodies,
            tally: &mut self.tally,
            looked_at: &mut self.looked_at,
        };
        for (number, (held, operation)) in held.iter().zip(operations).enumerate() {
            look.by = number;
            look.operation(&held.validators, operation);
        }
    }
}

/// A body, read when it is first needed.
enum Json {
    Unread,
    Absent,
    Broken,
    /// Larger than what is read, and in what.
    TooLarge(String),
    Read(Value),
}

/// One answer beside one description after another.
struct Look<'l, 'b> {
    at: At<'l>,
    by: usize,
    response: &'l Response,
    json: Json,
    bodies: &'l mut Bodies<'b>,
    tally: &'l mut Tally,
    looked_at: &'l mut usize,
}

impl Look<'_, '_> {
    fn operation(&mut self, validators: &Validators, operation: Option<&Operation>) {
        let status = self.at.status;
        let Some(operation) = operation else {
            let observed = format!("an answer with {status}");
            self.differs(Difference::Added, "endpoint", "no such endpoint", &observed);
            return;
        };
        if self.by == 0 {
            let observed = status.to_string();
            self.tally.look(self.at, place::STATUS, &observed);
        }
        let Some(answer) = operation.answer(status) else {
            let described: Vec<&str> = operation.answers.keys().map(String::as_str).collect();
            // A refusal of another kind is a refusal; another success has to be understood.
            let difference = match status {
                400.. => Difference::Added,
                _ => Difference::Changed,
            };
            let described = described.join(", ");
            self.differs(difference, place::STATUS, &described, &status.to_string());
            return;
        };
        self.headers(answer);
        self.body(validators, answer);
    }

    fn headers(&mut self, answer: &Answer) {
        let expected = answer.headers.iter();
        for (name, _) in expected.filter(|(_, part)| part.required || part.always) {
            if self.header(name).is_none() {
                let place = format!("header {name}");
                self.differs(Difference::Missing, &place, "always there", "absent");
            }
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.response.headers.iter();
        let found = headers.find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    fn body(&mut self, validators: &Validators, answer: &Answer) {
        let bytes = self.response.body.as_ref().map_or(0, |body| body.bytes);
        let documented = answer.content.values().any(|body| !body.undocumented);
        if bytes == 0 {
            // Only a success is of use for its body.
            if documented && self.at.status < 400 {
                self.differs(Difference::Missing, place::BODY, "a body", "none");
            }
            return;
        }
        if answer.content.is_empty() {
            let observed = format!("{bytes} bytes");
            self.differs(Difference::Added, place::BODY, "no body", &observed);
            return;
        }
        if let Some(described) = self.media_type(answer) {
            self.content(validators, described);
        }
    }

    /// The described body that is nearest to the one that came.
    fn media_type<'d>(&mut self, answer: &'d Answer) -> Option<&'d Body> {
        let stated = essence(self.header("content-type").unwrap_or_default());
        let described: Vec<&str> = answer.content.keys().map(String::as_str).collect();
        // Only where the documentation asks for a type of its own can another one deviate.
        let own_type = described.iter().any(|media| media.ends_with("+json"));
        if self.by == 0 && own_type {
            self.tally.look(self.at, place::MEDIA_TYPE, &stated);
        }
        let exact = answer.content.get(&stated);
        let range = format!("{}/*", stated.split('/').next().unwrap_or_default());
        let ranges = [range.as_str(), "*/*"];
        let fitting = exact.or_else(|| ranges.iter().find_map(|range| answer.content.get(*range)));
        if fitting.is_some() {
            return fitting;
        }
        let observed = match stated.as_str() {
            "" => "none",
            stated => stated,
        };
        let described = described.join(", ");
        self.differs(Difference::Changed, place::MEDIA_TYPE, &described, observed);
        let is_json = |media: &str| media.is_empty() || media.contains("json");
        let mut content = answer.content.iter().filter(|_| is_json(&stated));
        content
            .find(|(media, _)| is_json(media))
            .map(|(_, body)| body)
    }

    fn content(&mut self, validators: &Validators, described: &Body) {
        self.read();
        match &self.json {
            Json::Broken => {
                self.differs(Difference::Changed, place::BODY, "JSON", "something else");
            }
            Json::TooLarge(why) => {
                let observed = format!("not looked into: {why}");
                self.differs(Difference::Changed, place::BODY, "JSON", &observed);
            }
            Json::Read(value) => {
                if self.by == 0 {
                    let codes = value.get("errors").and_then(Value::as_array);
                    for error in codes.into_iter().flatten() {
                        let code = error.get("code").and_then(Value::as_str);
                        self.tally
                            .look(self.at, ERROR_CODE, code.unwrap_or_default());
                    }
                }
                let most = match *self.looked_at < MOST_IN_A_RUN {
                    true => MOST_IN_AN_ANSWER,
                    false => FEW_IN_AN_ANSWER,
                };
                for found in validators.differences(described, value, most) {
                    *self.looked_at += 1;
                    let weight = weight(self.at.status, found.difference);
                    self.tally.add(self.at, Some(self.by), found, weight);
                }
            }
            Json::Unread | Json::Absent => {}
        }
    }

    fn read(&mut self) {
        if !matches!(self.json, Json::Unread) {
            return;
        }
        let body = self.response.body.as_ref();
        self.json = match body.and_then(|body| (self.bodies)(body)) {
            None => Json::Absent,
            Some(bytes) => match read_answer(&bytes) {
                Ok(value) => Json::Read(value),
                Err(JsonFault::Syntax(_)) => Json::Broken,
                Err(large) => Json::TooLarge(large.to_string()),
            },
        };
    }

    fn differs(&mut self, difference: Difference, place: &str, described: &str, observed: &str) {
        let found = Found {
            difference,
            place: place.to_owned(),
            described: described.to_owned(),
            observed: observed.to_owned(),
        };
        let weight = weight(self.at.status, difference);
        self.tally.add(self.at, Some(self.by), found, weight);
    }
}

/// What is added asks for no work, and the form of an outage is nobody's contract.
fn weight(status: u16, difference: Difference) -> Weight {
    match difference {
        Difference::Added => Weight::Observation,
        _ if status >= 500 => Weight::Observation,
        _ => Weight::Finding,
    }
}

#[cfg(test)]
mod tests;
