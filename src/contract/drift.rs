//! What changed for a supplier between two descriptions of the API.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::description::{Answer, Content, Description, Operation, Part};
use super::place;

#[cfg(test)]
mod kinds;
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
        let deprecated = (was.deprecated, is.deprecated);
        self.of_deprecation(was, "endpoint", "", deprecated);
        self.of_parameters(was, is);
        self.of_request_body(was, is);
        let statuses: BTreeSet<&String> = was.answers.keys().chain(is.answers.keys()).collect();
        for status in statuses {
            let part = format!("answer {status}");
            match (was.answers.get(status), is.answers.get(status)) {
                (Some(old), Some(new)) if old.undocumented && !new.undocumented => {
                    let what = "is documented now".to_owned();
                    self.add(Effect::Additive, was, &part, "", what);
                    self.of_content(was, &part, (&old.content, &new.content), Sender::Service);
                }
                (Some(old), Some(new)) => self.of_answer(was, &part, old, new),
                (Some(old), None) if !old.undocumented => {
                    self.add(of_status(status), was, &part, "", "is gone".to_owned());
                }
                (None, Some(new)) if !new.undocumented => {
                    self.add(of_status(status), was, &part, "", "is new".to_owned());
                }
                _ => {}
            }
        }
    }

    /// What will go works until it is gone.
    fn of_deprecation(&mut self, at: &Operation, part: &str, place: &str, (was, is): (bool, bool)) {
        let what = match (was, is) {
            (false, true) => "is deprecated now",
            (true, false) => "is no longer deprecated",
            _ => return,
        };
        self.add(Effect::Additive, at, part, place, what.to_owned());
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
                    let deprecated = (old.deprecated, new.deprecated);
                    self.of_deprecation(at, part, &place, deprecated);
                    self.of_writing(at, part, &place, (&old.writing, &new.writing));
                    let (old, new) = (&old.schema, &new.schema);
                    self.of_schemas(at, part, &place, (old, new), sender);
                }
                // The path itself says what stands in it, described or not.
                _ if name.starts_with("path ") => {}
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

    /// `style` and its like: whoever reads it otherwise than it is written reads something else.
    fn of_writing(
        &mut self,
        at: &Operation,
        part: &str,
        place: &str,
        (was, is): (&BTreeMap<&str, Value>, &BTreeMap<&str, Value>),
    ) {
        let keywords: BTreeSet<&&str> = was.keys().chain(is.keys()).collect();
        for keyword in keywords {
            let what = match (was.get(*keyword), is.get(*keyword)) {
                (old, new) if old == new => continue,
                (_, Some(new)) => format!("has `{keyword}` {} now", place::value(new)),
                (_, None) => format!("has the usual `{keyword}` now"),
            };
            self.add(Effect::Breaking, at, part, place, what);
        }
    }

    fn of_request_body(&mut self, was: &Operation, is: &Operation) {
        match (&was.body, &is.body) {
            (Some(old), Some(new)) => {
                if was.body_required != is.body_required {
                    let what = match is.body_required {
                        true => "is required now",
                        false => "is optional now",
                    };
                    let effect = requirement(Sender::Supplier, is.body_required);
                    self.add(effect, was, "request", "body", what.to_owned());
                }
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
                let (effect, what) = match is.body_required {
                    true => (Effect::Breaking, "is new, and required"),
                    false => (Effect::Additive, "is new, and optional"),
                };
                self.add(effect, was, "request", "body", what.to_owned());
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

/// A success that never comes again is missed, and another one has to be understood; a refusal
/// more or less is neither.
fn of_status(status: &str) -> Effect {
    if status.starts_with(['1', '2', '3']) {
        Effect::Breaking
    } else {
        Effect::Additive
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::supplier_api;

    const OWN: &str = include_str!("../../docs/api/supplier-api.yaml");

    /// The changes that replacing `from` by `to` in our own description makes.
    fn changed(from: &str, to: &str) -> Vec<String> {
        assert!(OWN.contains(from), "{from}");
        let new = Description::read(&OWN.replacen(from, to, 1)).unwrap();
        let told = drift(&supplier_api().unwrap(), &new).into_iter();
        let told = told.map(|change| {
            let Change {
                effect,
                operation,
                part,
                place,
                what,
            } = change;
            format!("{effect:?}: {operation} · {part} · {place}: {what}")
        });
        told.collect()
    }

    #[test]
    fn nothing_changed_is_no_change_and_what_is_undocumented_is_not_missed() {
        assert_eq!(changed("", ""), [""; 0]);
        let own = supplier_api().unwrap();
        let mut documented = own.clone();
        for operation in documented.operations.values_mut() {
            operation.answers.retain(|_, answer| !answer.undocumented);
            for answer in operation.answers.values_mut() {
                answer.content.retain(|_, body| !body.undocumented);
            }
        }
        assert_ne!(own, documented);
        assert_eq!(drift(&own, &documented), []);
    }

    #[test]
    fn a_new_status_is_read_by_four_endpoints_and_may_be_sent() {
        let told = changed(
            "        - FORWARDED\n",
            "        - FORWARDED\n        - SHREDDED\n",
        );
        let breaking = told.iter().filter(|line| line.starts_with("Breaking"));
        assert_eq!(
            breaking.collect::<Vec<_>>(),
            [
                "Breaking: GET /letters · answer 200 · body.data[].attributes.status: may be \"SHREDDED\" now",
                "Breaking: GET /letters/{id} · answer 200 · body.data.attributes.status: may be \"SHREDDED\" now",
            ]
        );
        assert_eq!(told.len(), 4, "{told:?}");
    }

    #[test]
    fn each_kind_of_change_is_told_with_what_it_asks() {
        let cases = [
            (
                "  /mi/{id}:\n",
                "  /mi/{id}/record:\n",
                vec![
                    "Breaking: GET /mi/{id} · endpoint · : is gone",
                    "Additive: GET /mi/{id}/record · endpoint · : is new",
                ],
            ),
            // A parameter's own name is nothing that a caller sees.
            ("  /mi/{id}:\n", "  /mi/{record}:\n", vec![]),
            (
                "    post:\n      summary: Management",
                "    put:\n      summary: Management",
                vec![
                    "Breaking: POST /mi · endpoint · : is gone",
                    "Additive: PUT /mi · endpoint · : is new",
                ],
            ),
            (
                "          required: false\n          description: 1 to",
                "          required: true\n          description: 1 to",
                vec!["Breaking: GET /letters · request · query limit: is required now"],
            ),
            (
                "        - name: limit\n",
                "        - name: count\n",
                vec![
                    "Breaking: GET /letters · request · query limit: is gone",
                    "Additive: GET /letters · request · query count: is new, and optional",
                ],
            ),
            (
                "          schema: { type: number }\n      responses",
                "          schema: { type: integer }\n      responses",
                vec!["Breaking: GET /letters · request · query limit: is integer now, was number"],
            ),
            (
                "        \"201\":\n",
                "        \"200\":\n",
                vec![
                    "Breaking: POST /mi · answer 200 · : is new",
                    "Breaking: POST /mi · answer 201 · : is gone",
                ],
            ),
            (
                "required: [lineItem, timestamp, quantity]",
                "required: [lineItem, timestamp, quantity, groupId]",
                vec![
                    "Breaking: POST /mi · request · body.data.attributes.groupId: is required now",
                    "Additive: GET /mi/{id} · answer 200 · body.data.attributes.groupId: is required now",
                    "Additive: POST /mi · answer 201 · body.data.attributes.groupId: is required now",
                ],
            ),
            (
                "            sha256Hash: { type: string }\n",
                "",
                vec![
                    "Breaking: GET /letters · answer 200 · body.data[].attributes.sha256Hash: is gone",
                    "Breaking: GET /letters/{id} · answer 200 · body.data.attributes.sha256Hash: is gone",
                ],
            ),
            (
                "            sha256Hash: { type: string }\n",
                "            sha256Hash: { type: string }\n            pages: { type: integer }\n",
                vec![
                    "Additive: GET /letters · answer 200 · body.data[].attributes.pages: is new, and optional",
                    "Additive: GET /letters/{id} · answer 200 · body.data.attributes.pages: is new, and optional",
                ],
            ),
            (
                "        quantity: { type: number }",
                "        quantity: { type: integer, maximum: 9 }",
                vec![
                    "Breaking: POST /mi · request · body.data.attributes.quantity: has `maximum` 9 now",
                    "Breaking: POST /mi · request · body.data.attributes.quantity: is integer now, was number",
                    "Additive: GET /mi/{id} · answer 200 · body.data.attributes.quantity: has `maximum` 9 now",
                    "Additive: GET /mi/{id} · answer 200 · body.data.attributes.quantity: is integer now, was number",
                    "Additive: POST /mi · answer 201 · body.data.attributes.quantity: has `maximum` 9 now",
                    "Additive: POST /mi · answer 201 · body.data.attributes.quantity: is integer now, was number",
                ],
            ),
        ];
        for (from, to, told) in cases {
            assert_eq!(changed(from, to), told, "{to}");
        }
    }

    #[test]
    fn a_refusal_more_asks_for_no_work_and_a_media_type_may() {
        let told = changed(
            "        \"202\":\n",
            "        \"409\": { description: x }\n        \"202\":\n",
        );
        assert_eq!(told, ["Additive: POST /letters · answer 409 · : is new"]);
        let told = changed(
            "          application/vnd.api+json:\n              schema:\n                type: object\n                x-always: [data]",
            "          application/json:\n              schema:\n                type: object\n                x-always: [data]",
        );
        assert_eq!(
            told,
            [
                "Breaking: GET /letters · answer 200 · media type: is application/json now, was application/vnd.api+json"
            ]
        );
    }
}
