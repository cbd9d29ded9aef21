//! What changed for a supplier between two descriptions of the API.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::description::{Answer, Content, Description, Operation, Part};

mod schemas;

/// What a change asks of a supplier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// A supplier's system may no longer work as it is.
    Breaking,
    /// Nothing: what worked goes on working.
    Additive,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Change {
    /// What it asks of a supplier.
    pub effect: Effect,
    /// The endpoint, such as `GET /letters/{id}`.
    pub operation: String,
    /// `endpoint`, `request`, `answer 200`.
    pub part: String,
    /// Where in it, such as `body.data[].attributes.status`; empty for the whole of it.
    pub place: String,
    /// What changed, in words.
    pub what: String,
}

/// Who sends what a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sender {
    /// The supplier: what is asked for more than before breaks.
    Supplier,
    /// The service: what comes otherwise than before breaks.
    Service,
}

/// What `new` changes of `old`, breaking changes first. What `old` has without documentation is
/// not missed.
pub fn drift(old: &Description, new: &Description) -> Vec<Change> {
    let mut changes = Changes::default();
    for (endpoint, was) in &old.operations {
        match new.operations.get(endpoint) {
            Some(is) => changes.of_operation(was, is),
            None => changes.add(Effect::Breaking, was, "endpoint", "", "is gone".to_owned()),
        }
    }
    for (endpoint, is) in &new.operations {
        if !old.operations.contains_key(endpoint) {
            changes.add(Effect::Additive, is, "endpoint", "", "is new".to_owned());
        }
    }
    changes.0.into_iter().collect()
}

#[derive(Default)]
struct Changes(BTreeSet<Change>);

impl Changes {
    fn add(&mut self, effect: Effect, at: &Operation, part: &str, place: &str, what: String) {
        self.0.insert(Change {
            effect,
            operation: at.name.clone(),
            part: part.to_owned(),
            place: place.to_owned(),
            what,
        });
    }

    fn of_operation(&mut self, was: &Operation, is: &Operation) {
        self.of_parameters(was, is);
        self.of_request_body(was, is);
        let statuses: BTreeSet<&String> = was.answers.keys().chain(is.answers.keys()).collect();
        for status in statuses {
            let part = format!("answer {status}");
            match (was.answers.get(status), is.answers.get(status)) {
                (Some(old), Some(new)) if old.undocumented => {
                    let what = "is documented now".to_owned();
                    self.add(Effect::Additive, was, &part, "", what);
                    self.of_content(was, &part, (&old.content, &new.content), Sender::Service);
                }
                (Some(old), Some(new)) => self.of_answer(was, &part, old, new),
                (Some(old), None) if !old.undocumented => {
                    self.add(answer_gone(status), was, &part, "", "is gone".to_owned());
                }
                (None, Some(_)) => {
                    self.add(answer_new(status), was, &part, "", "is new".to_owned());
                }
                _ => {}
            }
        }
    }

    fn of_parameters(&mut self, was: &Operation, is: &Operation) {
        self.of_parts(
            was,
            "request",
            "",
            (&was.parameters, &is.parameters),
            Sender::Supplier,
        );
    }

    /// Parameters that a supplier sends, or headers that the service sends.
    fn of_parts(
        &mut self,
        at: &Operation,
        part: &str,
        prefix: &str,
        (was, is): (&BTreeMap<String, Part>, &BTreeMap<String, Part>),
        sender: Sender,
    ) {
        let names: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
        for name in names {
            let place = format!("{prefix}{name}");
            let mut add = |effect, what: &str| self.add(effect, at, part, &place, what.to_owned());
            match (was.get(name), is.get(name)) {
                (Some(old), Some(new)) => {
                    if old.required != new.required {
                        let word = if new.required {
                            "is required now"
                        } else {
                            "is optional now"
                        };
                        add(requirement(sender, new.required), word);
                    }
                    let (old, new) = (&old.schema, &new.schema);
                    self.of_schemas(at, part, &place, (old, new), sender);
                }
                // A service may refuse what it does not know; whoever reads it misses it.
                (Some(_), None) => add(Effect::Breaking, "is gone"),
                (None, Some(new)) if new.required => {
                    add(requirement(sender, true), "is new, and required");
                }
                (None, Some(_)) => add(Effect::Additive, "is new, and optional"),
                (None, None) => {}
            }
        }
    }

    fn of_request_body(&mut self, was: &Operation, is: &Operation) {
        match (&was.body, &is.body) {
            (Some(old), Some(new)) => {
                self.of_content(was, "request", (old, new), Sender::Supplier);
            }
            (Some(_), None) => {
                self.add(
                    Effect::Breaking,
                    was,
                    "request",
                    "body",
                    "is gone".to_owned(),
                );
            }
            (None, Some(_)) => {
                self.add(
                    Effect::Breaking,
                    was,
                    "request",
                    "body",
                    "is new".to_owned(),
                );
            }
            (None, None) => {}
        }
    }

    fn of_answer(&mut self, at: &Operation, part: &str, was: &Answer, is: &Answer) {
        let headers = (&was.headers, &is.headers);
        self.of_parts(at, part, "header ", headers, Sender::Service);
        self.of_content(at, part, (&was.content, &is.content), Sender::Service);
    }

    fn of_content(
        &mut self,
        at: &Operation,
        part: &str,
        (was, is): (&Content, &Content),
        sender: Sender,
    ) {
        let medias: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
        // A renamed media type is one change: the bodies are still compared.
        let documented: Vec<_> = was.iter().filter(|(_, body)| !body.undocumented).collect();
        if let ([(old, was)], 1) = (documented.as_slice(), is.len())
            && let Some((new, is)) = is.first_key_value()
            && *old != new
        {
            let what = format!("is {new} now, was {old}");
            self.add(Effect::Breaking, at, part, "media type", what);
            self.of_schemas(at, part, "body", (&was.schema, &is.schema), sender);
            return;
        }
        for media in medias {
            match (was.get(media), is.get(media)) {
                (Some(old), Some(new)) => {
                    self.of_schemas(at, part, "body", (&old.schema, &new.schema), sender);
                }
                (Some(old), None) if !old.undocumented => {
                    let what = format!("{media} is gone");
                    self.add(Effect::Breaking, at, part, "media type", what);
                }
                (None, Some(_)) => {
                    let what = format!("{media} is new");
                    self.add(Effect::Additive, at, part, "media type", what);
                }
                _ => {}
            }
        }
    }
}

/// More is asked of whoever sends, or less; the service owes less, or more.
const fn requirement(sender: Sender, more: bool) -> Effect {
    match (sender, more) {
        (Sender::Supplier, true) | (Sender::Service, false) => Effect::Breaking,
        (Sender::Supplier, false) | (Sender::Service, true) => Effect::Additive,
    }
}

/// A success that never comes again is missed; a refusal is not.
fn answer_gone(status: &str) -> Effect {
    if is_success(status) {
        Effect::Breaking
    } else {
        Effect::Additive
    }
}

/// Another success has to be understood; another refusal is a refusal.
fn answer_new(status: &str) -> Effect {
    if is_success(status) {
        Effect::Breaking
    } else {
        Effect::Additive
    }
}

fn is_success(status: &str) -> bool {
    status.starts_with(['1', '2', '3'])
}
