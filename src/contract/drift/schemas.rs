//! What changed between two schemas.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::contract::description::Operation;
use crate::contract::place;
use crate::contract::schema::names;

use super::{Changes, Effect, Sender, requirement};

/// Keywords that are compared by what they mean; `x-always` is no documentation.
const MEANT: [&str; 10] = [
    "default",
    "deprecated",
    "enum",
    "items",
    "properties",
    "readOnly",
    "required",
    "type",
    "writeOnly",
    "x-always",
];

impl Changes {
    pub(super) fn of_schemas(
        &mut self,
        at: &Operation,
        part: &str,
        place: &str,
        (was, is): (&Value, &Value),
        sender: Sender,
    ) {
        if was == is {
            return;
        }
        let (was, is) = (&members(was), &members(is));
        let mut node = Node {
            changes: self,
            at,
            part,
            place,
            sender,
        };
        node.sorts(was, is);
        node.values(was, is);
        node.fields(was, is);
        node.keywords(was, is);
        node.notes(was, is);
        // Where nothing is said of the items, they may be anything.
        let items = |schema: &Map<String, Value>| {
            let items = schema.get("items").cloned();
            items.unwrap_or(Value::Bool(true))
        };
        let place = format!("{place}[]");
        self.of_schemas(at, part, &place, (&items(was), &items(is)), sender);
    }
}

/// Two schemas at one place.
struct Node<'n> {
    changes: &'n mut Changes,
    at: &'n Operation,
    part: &'n str,
    place: &'n str,
    sender: Sender,
}

impl Node<'_> {
    fn add(&mut self, effect: Effect, what: String) {
        self.changes
            .add(effect, self.at, self.part, self.place, what);
    }

    /// `type`.
    fn sorts(&mut self, was: &Map<String, Value>, is: &Map<String, Value>) {
        let (old, new) = (sorts(was), sorts(is));
        if old != new {
            let tighter = subset(&new, &old) || (old.is_empty() && !new.is_empty());
            let wider = subset(&old, &new) || (new.is_empty() && !old.is_empty());
            let what = format!("is {} now, was {}", joined(&new), joined(&old));
            self.add(self.effect(tighter, wider), what);
        }
    }

    /// `enum`.
    fn values(&mut self, was: &Map<String, Value>, is: &Map<String, Value>) {
        let values = |schema: &Map<String, Value>| {
            let values = schema.get("enum").and_then(Value::as_array);
            values.map(|values| values.iter().map(place::value).collect::<BTreeSet<_>>())
        };
        match (values(was), values(is)) {
            (Some(old), Some(new)) => {
                for value in new.difference(&old) {
                    self.add(self.effect(false, true), format!("may be {value} now"));
                }
                for value in old.difference(&new) {
                    self.add(self.effect(true, false), format!("is never {value} now"));
                }
            }
            (None, Some(new)) => {
                let values: Vec<String> = new.into_iter().collect();
                let what = format!("is one of {} now", values.join(", "));
                self.add(self.effect(true, false), what);
            }
            (Some(_), None) => {
                self.add(self.effect(false, true), "may be any value now".to_owned());
            }
            (None, None) => {}
        }
    }

    /// `properties` and `required`.
    fn fields(&mut self, was: &Map<String, Value>, is: &Map<String, Value>) {
        let nothing = Map::new();
        let fields = |schema: &'_ Map<String, Value>| schema.get("properties").cloned();
        let (old, new) = (fields(was), fields(is));
        let old = old.as_ref().and_then(Value::as_object).unwrap_or(&nothing);
        let new = new.as_ref().and_then(Value::as_object).unwrap_or(&nothing);
        let (asked, asks) = (names(was, "required"), names(is, "required"));
        let all = old.keys().chain(new.keys()).map(String::as_str);
        let all: BTreeSet<&str> = all.chain(asked.iter().chain(&asks).copied()).collect();
        for name in all {
            let place = place::field(self.place, name);
            let required = (asked.contains(&name), asks.contains(&name));
            let (old, new) = (old.get(name), new.get(name));
            let told = match (old, new, required) {
                (Some(_), None, _) => Some((Effect::Breaking, "is gone")),
                (None, Some(_), (_, true)) => {
                    Some((requirement(self.sender, true), "is new, and required"))
                }
                (None, Some(_), _) => Some((Effect::Additive, "is new, and optional")),
                (_, _, (false, true)) => Some((requirement(self.sender, true), "is required now")),
                (_, _, (true, false)) => Some((requirement(self.sender, false), "is optional now")),
                _ => None,
            };
            if let Some((effect, what)) = told {
                self.changes
                    .add(effect, self.at, self.part, &place, what.to_owned());
            }
            if let (Some(old), Some(new)) = (old, new) {
                self.changes
                    .of_schemas(self.at, self.part, &place, (old, new), self.sender);
            }
        }
    }

    /// Every other keyword: what it means beside what it meant is for a person to say, but a
    /// limit that is new or gone is plain.
    fn keywords(&mut self, was: &Map<String, Value>, is: &Map<String, Value>) {
        let all: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
        for keyword in all
            .into_iter()
            .filter(|keyword| !MEANT.contains(&keyword.as_str()))
        {
            match (was.get(keyword), is.get(keyword)) {
                (old, new) if old == new => {}
                (None, Some(new)) => {
                    let what = format!("has `{keyword}` {} now", place::value(new));
                    self.add(self.effect(true, false), what);
                }
                (Some(old), None) => {
                    let what = format!("has no `{keyword}` now, had {}", place::value(old));
                    self.add(self.effect(false, true), what);
                }
                (Some(old), Some(new)) => {
                    let (new, old) = (place::value(new), place::value(old));
                    self.add(
                        Effect::Breaking,
                        format!("has `{keyword}` {new} now, had {old}"),
                    );
                }
                (None, None) => {}
            }
        }
    }

    /// What says nothing about a value itself, but about who sends it, and for how long still.
    fn notes(&mut self, was: &Map<String, Value>, is: &Map<String, Value>) {
        let says = |schema: &Map<String, Value>, keyword: &str| {
            schema.get(keyword) == Some(&Value::Bool(true))
        };
        let deprecated = (says(was, "deprecated"), says(is, "deprecated"));
        self.changes
            .of_deprecation(self.at, self.part, self.place, deprecated);
        for (keyword, only, kept_from) in [
            ("readOnly", "the service", Sender::Supplier),
            ("writeOnly", "the supplier", Sender::Service),
        ] {
            match (says(was, keyword), says(is, keyword)) {
                (false, true) => {
                    let effect = self.effect(self.sender != kept_from, self.sender != kept_from);
                    self.add(effect, format!("is sent by {only} alone now (`{keyword}`)"));
                }
                (true, false) => {
                    let what = format!("is no longer sent by {only} alone (`{keyword}`)");
                    self.add(Effect::Additive, what);
                }
                _ => {}
            }
        }
        let (old, new) = (was.get("default"), is.get("default"));
        if old != new {
            let shown = |value: Option<&Value>| value.map_or("none".to_owned(), place::value);
            let what = format!("is {} if it is left out, was {}", shown(new), shown(old));
            // Whoever leaves it out gets something else.
            self.add(self.effect(true, false), what);
        }
    }

    /// The supplier may send less than before, or the service more.
    fn effect(&self, tighter: bool, wider: bool) -> Effect {
        let harmless = match self.sender {
            Sender::Supplier => wider,
            Sender::Service => tighter,
        };
        if harmless {
            Effect::Additive
        } else {
            Effect::Breaking
        }
    }
}

/// The keywords of a schema: `true` has none, and `false` is what nothing fits.
fn members(schema: &Value) -> Map<String, Value> {
    match schema {
        Value::Object(members) => members.clone(),
        Value::Bool(false) => Map::from_iter([("not".to_owned(), Value::Object(Map::new()))]),
        _ => Map::new(),
    }
}

/// The names under `type`; empty if anything may stand there.
fn sorts(schema: &Map<String, Value>) -> BTreeSet<&str> {
    match schema.get("type") {
        Some(Value::String(name)) => BTreeSet::from([name.as_str()]),
        _ => names(schema, "type").into_iter().collect(),
    }
}

/// Every integer is a number.
fn subset(few: &BTreeSet<&str>, many: &BTreeSet<&str>) -> bool {
    let in_it =
        |name: &&str| many.contains(name) || (*name == "integer" && many.contains("number"));
    !few.is_empty() && few.iter().all(in_it)
}

fn joined(names: &BTreeSet<&str>) -> String {
    if names.is_empty() {
        return "anything".to_owned();
    }
    names.iter().copied().collect::<Vec<_>>().join(" or ")
}
