//! Schemas of every OpenAPI 3 version in one form: JSON Schema 2020-12, references followed,
//! words for people left out.

use serde_json::{Map, Value};

use super::ContractError;
use super::resolver::{Resolver, Target, reference};

/// What the service always sends, though its description does not require it.
const ALWAYS: &str = "x-always";

/// Keywords with a plain value. What is none of these, nor of the lists below, says nothing about
/// a value and is left out: words for people, and keys that stand in a schema by mistake.
const PLAIN: [&str; 29] = [
    ALWAYS,
    "const",
    "contentEncoding",
    "contentMediaType",
    "default",
    "dependentRequired",
    "deprecated",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "nullable",
    "pattern",
    "readOnly",
    "required",
    "type",
    "uniqueItems",
    "writeOnly",
];

/// Keywords whose value is a schema.
const ONE: [&str; 10] = [
    "additionalProperties",
    "contains",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// Keywords whose value is a list of schemas.
const LISTS: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];

/// Keywords whose value has a schema under each name.
const NAMED: [&str; 3] = ["dependentSchemas", "patternProperties", "properties"];

/// Keywords that choose between schemas: what one of them describes is not known beforehand.
const CHOICES: [&str; 5] = ["allOf", "anyOf", "if", "not", "oneOf"];

/// `schema` in the one form. Where a schema contains itself, what lies deeper may be anything.
pub(super) fn unfold(resolver: &mut Resolver, schema: &Value) -> Result<Value, ContractError> {
    resolver.within(|resolver| match (schema, reference(schema)) {
        (Value::Object(members), Some(to)) => follow(resolver, to, members),
        (Value::Object(members), None) => {
            let unfolded = unfold_members(resolver, members)?;
            Ok(Value::Object(merged(as_2020(unfolded))))
        }
        (Value::Bool(_), _) => Ok(schema.clone()),
        _ => Ok(Value::Bool(true)),
    })
}

/// What stands beside a reference counts as well (OpenAPI 3.1).
fn follow(
    resolver: &mut Resolver,
    to: &str,
    members: &Map<String, Value>,
) -> Result<Value, ContractError> {
    let target = resolver.follow(to, |resolver, target| match target {
        Target::Part(part) => unfold(resolver, part),
        Target::Itself => Ok(Value::Bool(true)),
    })?;
    let mut beside = members.clone();
    beside.remove("$ref");
    let beside = unfold_members(resolver, &beside)?;
    let Value::Object(mut whole) = target else {
        return Ok(target);
    };
    whole.extend(as_2020(beside));
    Ok(Value::Object(whole))
}

fn unfold_members(
    resolver: &mut Resolver,
    members: &Map<String, Value>,
) -> Result<Map<String, Value>, ContractError> {
    let mut unfolded = Map::new();
    for (keyword, value) in members {
        let name = keyword.as_str();
        let value = match value {
            _ if ONE.contains(&name) => unfold(resolver, value)?,
            Value::Array(schemas) if LISTS.contains(&name) => {
                let schemas = schemas.iter().map(|schema| unfold(resolver, schema));
                Value::Array(schemas.collect::<Result<_, _>>()?)
            }
            Value::Object(schemas) if NAMED.contains(&name) => {
                let named = schemas
                    .iter()
                    .map(|(name, schema)| Ok((name.clone(), unfold(resolver, schema)?)));
                Value::Object(named.collect::<Result<_, ContractError>>()?)
            }
            plain if PLAIN.contains(&name) => plain.clone(),
            _ => continue,
        };
        unfolded.insert(keyword.clone(), value);
    }
    Ok(unfolded)
}

/// OpenAPI 3.0 spells two things otherwise: `nullable`, and limits that are not reached.
fn as_2020(mut schema: Map<String, Value>) -> Map<String, Value> {
    if schema.remove("nullable") == Some(Value::Bool(true)) {
        if let Some(Value::String(name)) = schema.get("type").cloned() {
            schema.insert("type".into(), serde_json::json!([name, "null"]));
        }
        if let Some(Value::Array(values)) = schema.get_mut("enum") {
            values.push(Value::Null);
        }
    }
    for (limit, exclusive) in [
        ("minimum", "exclusiveMinimum"),
        ("maximum", "exclusiveMaximum"),
    ] {
        match schema.get(exclusive) {
            Some(Value::Bool(true)) => {
                let value = schema.remove(limit).unwrap_or(Value::Null);
                schema.insert(exclusive.to_owned(), value);
            }
            Some(Value::Bool(false)) => {
                schema.remove(exclusive);
            }
            _ => {}
        }
    }
    schema
}

/// The schema with its `allOf` merged into it, where no two of them speak of the same thing.
fn merged(schema: Map<String, Value>) -> Map<String, Value> {
    let Some(Value::Array(parts)) = schema.get("allOf") else {
        return schema;
    };
    let mut whole = schema.clone();
    whole.remove("allOf");
    for part in parts {
        match part {
            Value::Bool(true) => {}
            Value::Object(part) if absorb(&mut whole, part) => {}
            _ => return schema,
        }
    }
    whole
}

/// Takes `part` into `whole`; false if they cannot become one schema.
fn absorb(whole: &mut Map<String, Value>, part: &Map<String, Value>) -> bool {
    for (keyword, value) in part {
        let Some(present) = whole.get_mut(keyword) else {
            whole.insert(keyword.clone(), value.clone());
            continue;
        };
        match (keyword.as_str(), present, value) {
            (_, present, value) if present == value => {}
            ("properties", Value::Object(present), Value::Object(more)) => {
                for (name, schema) in more {
                    if present.get(name).is_some_and(|known| known != schema) {
                        return false;
                    }
                    present.insert(name.clone(), schema.clone());
                }
            }
            ("required" | ALWAYS, Value::Array(present), Value::Array(more)) => {
                let new = more.iter().filter(|name| !present.contains(name));
                let new: Vec<Value> = new.cloned().collect();
                present.extend(new);
            }
            _ => return false,
        }
    }
    true
}

/// `schema` as answers are held against it: what is always sent is required, and what is not
/// described is told. Fields below a choice between schemas are let be.
pub(super) fn strict(schema: &Value) -> Value {
    let Value::Object(members) = schema else {
        return schema.clone();
    };
    let mut strict: Map<String, Value> = members
        .iter()
        .filter(|(keyword, _)| *keyword != ALWAYS)
        .map(|(keyword, value)| (keyword.clone(), strict_member(keyword, value)))
        .collect();
    require_always(&mut strict, members);
    let chooses = CHOICES.iter().any(|keyword| members.contains_key(*keyword));
    let open = [
        "additionalProperties",
        "patternProperties",
        "unevaluatedProperties",
    ];
    let says = open.iter().any(|keyword| members.contains_key(*keyword));
    if members.contains_key("properties") && !says {
        let keyword = if chooses { open[2] } else { open[0] };
        strict.insert(keyword.to_owned(), Value::Bool(false));
    }
    Value::Object(strict)
}

fn strict_member(keyword: &str, value: &Value) -> Value {
    match value {
        Value::Object(named) if keyword == "properties" => {
            let named = named.iter();
            Value::Object(
                named
                    .map(|(name, schema)| (name.clone(), strict(schema)))
                    .collect(),
            )
        }
        value if keyword == "items" => strict(value),
        other => other.clone(),
    }
}

fn require_always(strict: &mut Map<String, Value>, members: &Map<String, Value>) {
    let Some(Value::Array(always)) = members.get(ALWAYS) else {
        return;
    };
    let mut required = names(members, "required");
    required.extend(always.iter().filter_map(Value::as_str));
    required.sort_unstable();
    required.dedup();
    strict.insert("required".to_owned(), required.into());
}

/// The strings that stand under `keyword`.
pub(super) fn names<'s>(schema: &'s Map<String, Value>, keyword: &str) -> Vec<&'s str> {
    let values = schema.get(keyword).and_then(Value::as_array);
    let values = values.into_iter().flatten();
    values.filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn unfolded(document: &Value) -> Result<Value, ContractError> {
        unfold(&mut Resolver::over(document), &document["start"])
    }

    #[test]
    fn references_are_followed_and_words_left_out() {
        let document = json!({
            "start": { "$ref": "#/a", "description": "one" },
            "a": { "type": "array", "title": "A", "items": { "$ref": "#/b~1c", "maxLength": 3 } },
            "b/c": { "type": "string", "example": "x", "x-order": 1 },
        });
        let schema = json!({ "type": "array", "items": { "type": "string", "maxLength": 3 } });
        assert_eq!(unfolded(&document).unwrap(), schema);
    }

    #[test]
    fn the_two_versions_come_to_the_same() {
        let old = json!({ "start": {
            "type": "number", "nullable": true, "minimum": 0, "exclusiveMinimum": true,
            "exclusiveMaximum": false, "maximum": 9,
        }});
        let new =
            json!({ "start": { "type": ["number", "null"], "exclusiveMinimum": 0, "maximum": 9 } });
        assert_eq!(unfolded(&old), unfolded(&new));
    }

    #[test]
    fn parts_that_belong_together_become_one_schema() {
        let document = json!({ "start": { "allOf": [
            { "type": "object", "required": ["a"], "properties": { "a": { "type": "string" } } },
            { "required": ["b"], "properties": { "b": { "type": "string" } } },
        ]}});
        let whole = unfolded(&document).unwrap();
        assert_eq!(whole["required"], json!(["a", "b"]));
        assert!(whole.get("allOf").is_none());
        let at_odds = json!({ "start": { "allOf": [{ "type": "object" }, { "type": "array" }] } });
        assert!(unfolded(&at_odds).unwrap().get("allOf").is_some());
    }

    #[test]
    fn a_schema_in_itself_ends_and_a_loop_of_references_does_too() {
        let tree = json!({ "start": { "type": "object", "properties": {
            "child": { "$ref": "#/start" },
        }}});
        assert!(unfolded(&tree).is_ok());
        let ring = json!({ "start": { "$ref": "#/b" }, "b": { "$ref": "#/start" } });
        assert_eq!(unfolded(&ring).unwrap(), json!(true));
    }

    #[test]
    fn what_unfolds_without_end_is_refused() {
        let mut document = serde_json::Map::new();
        for level in 0..40 {
            let next = json!({ "$ref": format!("#/s{}", level + 1) });
            document.insert(format!("s{level}"), json!({ "oneOf": vec![next; 10] }));
        }
        document.insert("s40".into(), json!({}));
        document.insert("start".into(), json!({ "$ref": "#/s0" }));
        let refused = unfolded(&Value::Object(document)).unwrap_err();
        assert!(matches!(
            refused,
            ContractError::TooDeep(_) | ContractError::TooMany(_)
        ));
    }

    #[test]
    fn what_is_not_described_is_told_and_what_is_always_sent_required() {
        let described = json!({ "type": "object", "x-always": ["a"], "properties": {
            "a": { "type": "object", "properties": { "b": {} } },
            "c": { "type": "object", "additionalProperties": { "type": "string" } },
        }});
        let strict = strict(&described);
        assert_eq!(strict["required"], json!(["a"]));
        assert_eq!(strict["additionalProperties"], json!(false));
        assert_eq!(
            strict["properties"]["a"]["additionalProperties"],
            json!(false)
        );
        assert_eq!(
            strict["properties"]["c"]["additionalProperties"],
            json!({ "type": "string" })
        );
    }
}
