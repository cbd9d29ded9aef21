//! An OpenAPI description, reduced to what a supplier meets.

use std::collections::BTreeMap;

use serde_json::Value;

use super::reading::Reading;
use super::{ContractError, document};

/// An API as a description has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// Its title.
    pub title: String,
    /// Its version.
    pub version: String,
    /// Its endpoints.
    pub(super) operations: BTreeMap<Endpoint, Operation>,
}

/// Path and method; the names of a path's parameters do not count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Endpoint {
    /// `/letters/{}`.
    pub path: String,
    /// `GET`.
    pub method: String,
}

/// What can be done at an endpoint.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Operation {
    /// As the description spells it: `GET /letters/{id}`.
    pub name: String,
    /// By place and name: `query limit`.
    pub parameters: BTreeMap<String, Part>,
    /// The request's body.
    pub body: Option<Content>,
    /// A request without a body is none.
    pub body_required: bool,
    /// It will go.
    pub deprecated: bool,
    /// By status: `200`, `4XX`, `default`.
    pub answers: BTreeMap<String, Answer>,
}

/// A parameter or a header.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    /// It must be there.
    pub required: bool,
    /// It is always there, though the description does not require it.
    pub always: bool,
    /// It will go.
    pub deprecated: bool,
    /// How its value is written, by OpenAPI's keyword, where that is not the usual way.
    pub writing: BTreeMap<&'static str, Value>,
    /// What it looks like.
    pub schema: Value,
}

/// Bodies by media type, in lower case.
pub(super) type Content = BTreeMap<String, Body>;

/// A body of one media type.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Body {
    /// What it looks like.
    pub schema: Value,
    /// The schema as text.
    pub key: String,
    /// It is sent, though the API description does not say so.
    pub undocumented: bool,
}

/// What can be answered with one status.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Answer {
    /// Headers, in lower case.
    pub headers: BTreeMap<String, Part>,
    /// The answer's body.
    pub content: Content,
    /// It is sent, though the API description does not say so.
    pub undocumented: bool,
}

impl Description {
    /// Reads a description, JSON or YAML, whose references stay within it.
    ///
    /// # Errors
    /// If it cannot be read, is no OpenAPI 3 description, or is larger or deeper than one can be.
    pub fn read(text: &str) -> Result<Self, ContractError> {
        let document = document::read(text)?;
        let version = document.get("openapi").and_then(Value::as_str);
        if !version.is_some_and(|version| version.starts_with("3.")) {
            return Err(ContractError::NotOpenApi(
                "its `openapi` is not 3.something",
            ));
        }
        let paths = document.get("paths").and_then(Value::as_object);
        let paths = paths.ok_or(ContractError::NotOpenApi("it has no `paths`"))?;
        let info = |name: &str| {
            document["info"][name]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        Ok(Self {
            title: info("title"),
            version: info("version"),
            operations: Reading::of(&document).operations(paths)?,
        })
    }

    /// How many endpoints it has.
    pub fn endpoints(&self) -> usize {
        self.operations.len()
    }

    /// The endpoint that answers `method` at `path`, which is told without its base.
    pub(super) fn operation(&self, method: &str, path: &str) -> Option<&Operation> {
        let answers = |endpoint: &Endpoint| endpoint.method == method && endpoint.answers(path);
        let mut fitting = self
            .operations
            .iter()
            .filter(|(endpoint, _)| answers(endpoint));
        // A path that is spelled out comes before one with a parameter.
        let exact = fitting.clone().find(|(endpoint, _)| endpoint.path == path);
        exact
            .or_else(|| fitting.next())
            .map(|(_, operation)| operation)
    }
}

impl Endpoint {
    pub(super) fn of(path: &str, method: &str) -> Self {
        let segments = path.split('/').map(|segment| match segment {
            named if named.starts_with('{') && named.ends_with('}') => "{}",
            plain => plain,
        });
        Self {
            path: segments.collect::<Vec<_>>().join("/"),
            method: method.to_ascii_uppercase(),
        }
    }

    fn answers(&self, path: &str) -> bool {
        let mut here = path.split('/');
        let mut all = self.path.split('/');
        let fit = all.by_ref().all(|segment| {
            let there = here.next();
            there.is_some_and(|there| there == segment || (segment == "{}" && !there.is_empty()))
        });
        fit && here.next().is_none()
    }
}

impl Operation {
    /// What the description says of an answer with `status`.
    pub fn answer(&self, status: u16) -> Option<&Answer> {
        let class = format!("{}XX", status / 100);
        let lower = class.to_ascii_lowercase();
        let names = [status.to_string(), class, lower, "default".to_owned()];
        names.iter().find_map(|name| self.answers.get(name))
    }
}

/// A media type without its parameters, in lower case.
pub(super) fn essence(media: &str) -> String {
    let essence = media.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{supplier_api, token_endpoint};

    #[test]
    fn our_own_descriptions_read() {
        let api = supplier_api().unwrap();
        assert_eq!(api.endpoints(), 8);
        assert_eq!(token_endpoint().unwrap().endpoints(), 1);
        let list = api.operation("GET", "/letters").unwrap();
        assert_eq!(
            list.parameters.keys().collect::<Vec<_>>(),
            [
                "header x-correlation-id",
                "header x-request-id",
                "query limit"
            ]
        );
        assert!(list.answer(429).is_some() && list.answer(418).is_none());
    }

    #[test]
    fn a_path_is_met_by_its_segments() {
        let api = supplier_api().unwrap();
        let name = |method, path| api.operation(method, path).map(|found| found.name.clone());
        assert_eq!(
            name("GET", "/letters/a1/data").unwrap(),
            "GET /letters/{id}/data"
        );
        assert_eq!(name("PATCH", "/letters/a1").unwrap(), "PATCH /letters/{id}");
        for (method, path) in [
            ("PUT", "/letters"),
            ("GET", "/letters/"),
            ("GET", "/letters/a/b"),
            ("GET", ""),
        ] {
            assert_eq!(name(method, path), None, "{method} {path}");
        }
    }

    #[test]
    fn what_is_no_description_says_why() {
        let cases = [
            ("{}", "its `openapi` is not 3.something"),
            (
                "swagger: \"2.0\"\npaths: {}\n",
                "its `openapi` is not 3.something",
            ),
            ("openapi: 3.1.0\n", "it has no `paths`"),
            ("openapi: 3.0.3\npaths: []\n", "it has no `paths`"),
            (
                "openapi: 3.0.3\npaths:\n  /a:\n    $ref: a.yml\n",
                "which is another file",
            ),
            (
                "openapi: 3.0.3\npaths:\n  /a:\n    $ref: '#/x'\n",
                "which it does not have",
            ),
            (
                "openapi: 3.0.3\nx: {$ref: '#/y'}\ny: {$ref: '#/x'}\npaths:\n  /a:\n    $ref: '#/x'\n",
                "refers back to itself",
            ),
        ];
        for (text, why) in cases {
            let told = Description::read(text).unwrap_err().to_string();
            assert!(told.contains(why), "{text}: {told}");
        }
    }

    #[test]
    fn odd_parts_are_let_be() {
        let odd = "openapi: 3.0.3\ninfo: [1]\npaths:\n  x-note: 1\n  /a: 3\n  /b:\n    get: 4\n    post:\n      parameters: 5\n      requestBody: [6]\n      responses: {200: 7, 201: {content: 8, headers: {a: 9}}}\n";
        assert_eq!(Description::read(odd).unwrap().endpoints(), 2);
    }
}

#[cfg(test)]
mod properties {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::contract::{Checks, drift};

    const OWN: &str = include_str!("../../docs/api/supplier-api.yaml");

    /// The pointers of every part of `value`.
    fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
        all.push(at.to_owned());
        let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    pointers(member, &format!("{at}/{}", escaped(name)), all);
                }
            }
            Value::Array(items) => {
                for (number, item) in items.iter().enumerate() {
                    pointers(item, &format!("{at}/{number}"), all);
                }
            }
            _ => {}
        }
    }

    const REFERENCES: [&str; 7] = [
        "#",
        "#/",
        "#/components",
        "#/paths/~1letters",
        "#/x",
        "other.yml",
        "",
    ];

    fn odd() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            Just(json!(true)),
            Just(json!(-1.5e300)),
            Just(json!([])),
            Just(json!({})),
            Just(json!([null, {}])),
            "\\PC{0,6}".prop_map(Value::from),
            prop::sample::select(&REFERENCES[..]).prop_map(|to| json!({ "$ref": to })),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_description_with_odd_parts_is_read_or_refused(
            changes in prop::collection::vec((any::<prop::sample::Index>(), odd()), 1..4),
        ) {
            let own = Description::read(OWN).unwrap();
            let mut document = document::read(OWN).unwrap();
            for (place, value) in changes {
                let mut all = Vec::new();
                pointers(&document, "", &mut all);
                if let Some(part) = document.pointer_mut(place.get(&all).as_str()) {
                    *part = value;
                }
            }
            let text = document.to_string();
            if let Ok(new) = Description::read(&text) {
                drift(&own, &new);
                prop_assert_eq!(drift(&new, &new), []);
                let _ = Checks::try_description(&text);
            }
        }
    }
}
