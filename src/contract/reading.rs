//! An OpenAPI document, read into what a supplier meets.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::description::{Answer, Body, Content, Endpoint, Operation, Part, essence};
use super::resolver::Resolver;
use super::{ContractError, schema};

/// Methods as OpenAPI names them.
const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// Parameters that OpenAPI leaves to security and content.
const IGNORED: [&str; 3] = ["accept", "authorization", "content-type"];

/// Said of what a service does and its API description does not say.
const UNDOCUMENTED: &str = "x-undocumented";

/// A document that is being read.
pub(super) struct Reading<'d>(Resolver<'d>);

impl<'d> Reading<'d> {
    /// The reading of `document`.
    pub(super) fn of(document: &'d Value) -> Self {
        Self(Resolver::over(document))
    }

    /// The endpoints under `paths`.
    ///
    /// # Errors
    /// If a reference leads nowhere, out of the document or back to itself, or it is too large.
    pub(super) fn operations(
        &mut self,
        paths: &'d Map<String, Value>,
    ) -> Result<BTreeMap<Endpoint, Operation>, ContractError> {
        let mut operations = BTreeMap::new();
        for (path, item) in paths.iter().filter(|(path, _)| path.starts_with('/')) {
            let Some(item) = self.0.object(item)? else {
                continue;
            };
            for method in METHODS {
                let Some(operation) = item.get(method) else {
                    continue;
                };
                let endpoint = Endpoint::of(path, method);
                let name = format!("{} {path}", endpoint.method);
                let operation = self.operation(name, path, item.get("parameters"), operation)?;
                operations.insert(endpoint, operation);
            }
        }
        Ok(operations)
    }

    fn operation(
        &mut self,
        name: String,
        path: &str,
        shared: Option<&'d Value>,
        operation: &'d Value,
    ) -> Result<Operation, ContractError> {
        let Some(operation) = self.0.object(operation)? else {
            return Ok(Operation {
                name,
                ..Operation::default()
            });
        };
        let own = operation.get("parameters");
        let (body, body_required) = self.request_body(operation.get("requestBody"))?;
        Ok(Operation {
            name,
            parameters: self.parameters(path, shared.into_iter().chain(own))?,
            body,
            body_required,
            deprecated: says(operation, "deprecated"),
            answers: self.answers(operation.get("responses"))?,
        })
    }

    /// Those of the path, then those of the method, which win.
    fn parameters(
        &mut self,
        path: &str,
        lists: impl Iterator<Item = &'d Value>,
    ) -> Result<BTreeMap<String, Part>, ContractError> {
        let mut parameters = BTreeMap::new();
        for parameter in lists.filter_map(Value::as_array).flatten() {
            let Some(members) = self.0.object(parameter)? else {
                continue;
            };
            let text = |name: &str| {
                members
                    .get(name)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
            };
            let (place, name) = (text("in"), text("name"));
            if let Some(key) = key_of(path, place, name) {
                parameters.insert(key, self.part(place, members)?);
            }
        }
        Ok(parameters)
    }

    fn part(
        &mut self,
        place: &str,
        members: &'d Map<String, Value>,
    ) -> Result<Part, ContractError> {
        let (media, schema) = self.schema_of(members)?;
        let schema = schema.unwrap_or(&Value::Bool(true));
        let mut writing = writing(place, members);
        writing.extend(media.map(|media| ("content", Value::from(media))));
        Ok(Part {
            required: says(members, "required") || place == "path",
            always: says(members, "x-always"),
            deprecated: says(members, "deprecated"),
            writing,
            schema: schema::unfold(&mut self.0, schema)?,
        })
    }

    /// The schema of a parameter or header, which may stand under a media type.
    fn schema_of(
        &mut self,
        members: &'d Map<String, Value>,
    ) -> Result<(Option<String>, Option<&'d Value>), ContractError> {
        let content = members.get("content").and_then(Value::as_object);
        let Some((media, body)) = content.and_then(|content| content.iter().next()) else {
            return Ok((None, members.get("schema")));
        };
        let body = self.0.object(body)?;
        let schema = body.and_then(|body| body.get("schema"));
        Ok((Some(essence(media)), schema))
    }

    fn request_body(
        &mut self,
        body: Option<&'d Value>,
    ) -> Result<(Option<Content>, bool), ContractError> {
        let Some(body) = body else {
            return Ok((None, false));
        };
        let members = self.0.object(body)?;
        let required = members.is_some_and(|members| says(members, "required"));
        let content = members.and_then(|members| members.get("content"));
        Ok((Some(self.content(content)?), required))
    }

    fn answers(
        &mut self,
        answers: Option<&'d Value>,
    ) -> Result<BTreeMap<String, Answer>, ContractError> {
        let mut read = BTreeMap::new();
        for (status, answer) in answers.and_then(Value::as_object).into_iter().flatten() {
            let Some(members) = self.0.object(answer)? else {
                continue;
            };
            let answer = Answer {
                headers: self.headers(members.get("headers"))?,
                content: self.content(members.get("content"))?,
                undocumented: is_undocumented(members),
            };
            read.insert(status.clone(), answer);
        }
        Ok(read)
    }

    fn headers(
        &mut self,
        headers: Option<&'d Value>,
    ) -> Result<BTreeMap<String, Part>, ContractError> {
        let mut read = BTreeMap::new();
        for (name, header) in headers.and_then(Value::as_object).into_iter().flatten() {
            if let Some(members) = self.0.object(header)? {
                read.insert(name.to_ascii_lowercase(), self.part("header", members)?);
            }
        }
        Ok(read)
    }

    fn content(&mut self, content: Option<&'d Value>) -> Result<Content, ContractError> {
        let mut read = Content::new();
        for (media, body) in content.and_then(Value::as_object).into_iter().flatten() {
            let Some(members) = self.0.object(body)? else {
                continue;
            };
            let schema = members.get("schema").unwrap_or(&Value::Bool(true));
            let schema = schema::unfold(&mut self.0, schema)?;
            let body = Body {
                key: schema.to_string(),
                schema,
                undocumented: is_undocumented(members),
            };
            read.insert(essence(media), body);
        }
        Ok(read)
    }
}

fn is_undocumented(members: &Map<String, Value>) -> bool {
    says(members, UNDOCUMENTED)
}

fn says(members: &Map<String, Value>, name: &str) -> bool {
    members.get(name) == Some(&Value::Bool(true))
}

/// What a parameter is called beside others; none for what is no parameter. One of the path is
/// known by its place in it: its name is nothing that a caller sees.
fn key_of(path: &str, place: &str, name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    match place {
        _ if name.is_empty() => None,
        "path" => {
            let mut named = path.split('/').filter(|segment| segment.starts_with('{'));
            let number = named.position(|segment| segment == format!("{{{name}}}"))?;
            Some(format!("path parameter {}", number + 1))
        }
        "header" if IGNORED.contains(&lower.as_str()) => None,
        "header" => Some(format!("header {lower}")),
        _ => Some(format!("{place} {name}")),
    }
}

/// How the value of a parameter is written, where that is not what OpenAPI takes it for.
fn writing(place: &str, members: &Map<String, Value>) -> BTreeMap<&'static str, Value> {
    let usual_style = match place {
        "query" | "cookie" => "form",
        _ => "simple",
    };
    let style = members.get("style").and_then(Value::as_str);
    let style = style.unwrap_or(usual_style);
    let usual = [
        ("style", Value::from(usual_style)),
        ("explode", Value::from(style == "form")),
        ("allowReserved", Value::from(false)),
        ("allowEmptyValue", Value::from(false)),
    ];
    let stated = usual.into_iter().filter_map(|(keyword, usual)| {
        let value = members.get(keyword)?;
        (*value != usual).then(|| (keyword, value.clone()))
    });
    stated.collect()
}
