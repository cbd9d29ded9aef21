//! The schemas of a description, compiled once, and what a value comes to beside them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{Draft, PatternOptions, ValidationError, Validator};
use serde_json::Value;

use crate::model::Difference;

use super::description::{Body, Description};
use super::{ContractError, place, schema};

/// Compiled schemas, by their text: many answers share one.
pub(super) struct Validators(HashMap<String, Validator>);

/// A difference between a value and its schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub difference: Difference,
    pub place: String,
    pub described: String,
    pub observed: String,
}

impl Validators {
    /// Compiles every schema of an answer of `description`.
    pub fn of(description: &Description) -> Result<Self, ContractError> {
        let mut compiled = HashMap::new();
        for operation in description.operations.values() {
            for (status, answer) in &operation.answers {
                for body in answer.content.values() {
                    let bad = |why: String| ContractError::BadSchema {
                        operation: operation.name.clone(),
                        status: status.clone(),
                        why,
                    };
                    if let Entry::Vacant(new) = compiled.entry(body.key.clone()) {
                        new.insert(compile(&body.schema).map_err(bad)?);
                    }
                }
            }
        }
        Ok(Self(compiled))
    }

    /// How `value` differs from `body`; each difference as often as it stands in the value, up to
    /// `most`.
    pub fn differences(&self, body: &Body, value: &Value, most: usize) -> Vec<Found> {
        let Some(validator) = self.0.get(&body.key) else {
            return Vec::new();
        };
        if validator.is_valid(value) {
            return Vec::new();
        }
        let errors = validator.iter_errors(value).take(most);
        errors.flat_map(|error| told(&error)).collect()
    }
}

/// Patterns are matched in linear time: a description may come from anywhere.
fn compile(described: &Value) -> Result<Validator, String> {
    let options = jsonschema::options()
        .with_draft(Draft::Draft202012)
        .offline()
        .with_pattern_options(PatternOptions::regex());
    let validator = options.build(&schema::strict(described));
    validator.map_err(|error| place::shortened(&error.to_string()))
}

fn told(error: &ValidationError) -> Vec<Found> {
    let place = place::of(error.instance_path());
    let value = error.instance();
    let changed = |described: String, observed: String| {
        vec![Found {
            difference: Difference::Changed,
            place: place.clone(),
            described,
            observed,
        }]
    };
    match error.kind() {
        ValidationErrorKind::Required { property } => vec![Found {
            difference: Difference::Missing,
            place: place::field(&place, property.as_str().unwrap_or_default()),
            described: "always there".to_owned(),
            observed: "absent".to_owned(),
        }],
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            let added = unexpected.iter().map(|name| Found {
                difference: Difference::Added,
                place: place::field(&place, name),
                described: "no such field".to_owned(),
                observed: value.get(name).map_or("present", place::sort).to_owned(),
            });
            added.collect()
        }
        ValidationErrorKind::Type { kind } => changed(sorts(kind), place::sort(value).to_owned()),
        // The value itself is not known.
        _ if value
            .as_str()
            .is_some_and(|text| text.contains("‹redacted:")) =>
        {
            Vec::new()
        }
        ValidationErrorKind::Enum { options } => {
            let known = options.as_array().into_iter().flatten();
            let known: Vec<String> = known.map(place::value).collect();
            changed(format!("one of {}", known.join(", ")), place::value(value))
        }
        ValidationErrorKind::Constant { expected_value } => {
            changed(place::value(expected_value), place::value(value))
        }
        ValidationErrorKind::Pattern { pattern } => {
            let pattern = place::shortened(pattern);
            changed(format!("text of the form {pattern}"), place::value(value))
        }
        other => changed(
            format!("what `{}` allows", other.keyword()),
            place::value(value),
        ),
    }
}

fn sorts(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(sort) => sort.to_string(),
        TypeKind::Multiple(sorts) => {
            let sorts: Vec<String> = sorts.iter().map(|sort| sort.to_string()).collect();
            sorts.join(" or ")
        }
    }
}
