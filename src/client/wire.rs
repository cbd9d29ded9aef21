//! Bodies as the service's strict validator wants them, and what its answers may hold.
//!
//! Source: the request and response contracts of the public service (service-behaviour §1).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value, json};

use crate::model::{Change, MiFacts};

/// Management information: how much of what was used when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mi {
    /// A line item that matches one of the invoice's.
    pub line_item: String,
    /// The day or moment it is about: RFC 3339, UTC, with `Z` (offsets are refused).
    pub timestamp: String,
    /// How many; the service also takes 0, negative numbers and fractions.
    pub quantity: Number,
    /// The specification it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specification_id: Option<String>,
    /// The group it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    /// What is left in stock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stock_remaining: Option<Number>,
}

impl From<&MiFacts> for Mi {
    /// The entry as it is sent: about the whole day.
    fn from(facts: &MiFacts) -> Self {
        Self {
            line_item: facts.line_item.clone(),
            timestamp: format!("{}T00:00:00Z", facts.date),
            quantity: facts.quantity.into(),
            specification_id: Some(facts.specification_id.clone()),
            group_id: Some(facts.group_id.clone()),
            stock_remaining: None,
        }
    }
}

/// Fields of an answer that this version reads.
pub(super) type KnownFields = &'static [&'static str];

const RESOURCE: &[&str] = &["data", "data.id", "data.type", "data.attributes"];

pub(super) const LETTER: KnownFields = &[
    "attributes.status",
    "attributes.specificationId",
    "attributes.groupId",
    "attributes.sha256Hash",
    "attributes.reasonCode",
    "attributes.reasonText",
];

pub(super) const MI: KnownFields = &[
    "attributes.lineItem",
    "attributes.timestamp",
    "attributes.quantity",
    "attributes.specificationId",
    "attributes.groupId",
    "attributes.stockRemaining",
];

/// PATCH `/letters/{id}`.
pub(super) fn patch(change: &Change) -> Vec<u8> {
    body(&json!({ "data": letter_update(change) }))
}

/// POST `/letters`.
pub(super) fn post(changes: &[Change]) -> Vec<u8> {
    let items: Vec<Value> = changes.iter().map(letter_update).collect();
    body(&json!({ "data": items }))
}

/// POST `/mi`.
pub(super) fn mi(mi: &Mi) -> Vec<u8> {
    body(&json!({ "data": { "type": "ManagementInformation", "attributes": mi } }))
}

fn letter_update(change: &Change) -> Value {
    let mut attributes = json!({ "status": change.status });
    for (name, value) in [
        ("reasonCode", &change.reason_code),
        ("reasonText", &change.reason_text),
    ] {
        if let Some(text) = value {
            attributes[name] = json!(text);
        }
    }
    json!({ "id": change.letter, "type": "Letter", "attributes": attributes })
}

fn body(document: &Value) -> Vec<u8> {
    document.to_string().into_bytes()
}

/// Characters of a field's path that are told.
const LONGEST_PATH: usize = 120;

/// Paths of up to `most` fields in `answer` that are neither of a JSON:API resource nor in
/// `known`; an unknown field is not looked into.
pub(super) fn unknown_fields(answer: &Value, known: KnownFields, most: usize) -> BTreeSet<String> {
    let mut unknown = BTreeSet::new();
    look_into(answer, "", known, most, &mut unknown);
    unknown
}

fn look_into(
    value: &Value,
    path: &str,
    known: KnownFields,
    most: usize,
    unknown: &mut BTreeSet<String>,
) {
    match value {
        Value::Array(items) => items
            .iter()
            .for_each(|item| look_into(item, path, known, most, unknown)),
        Value::Object(fields) => {
            for (name, field) in fields {
                if unknown.len() >= most {
                    return;
                }
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                if is_known(&path, known) {
                    look_into(field, &path, known, most, unknown);
                } else {
                    unknown.insert(path.chars().take(LONGEST_PATH).collect());
                }
            }
        }
        _ => {}
    }
}

fn is_known(path: &str, known: KnownFields) -> bool {
    let within = path.strip_prefix("data.").unwrap_or("");
    RESOURCE.contains(&path) || known.contains(&within)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Reason, Status};

    fn text(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn updates_hold_what_the_validator_knows_and_nothing_else() {
        let plain = Change::to("L1", Status::Accepted);
        assert_eq!(
            text(patch(&plain)),
            r#"{"data":{"attributes":{"status":"ACCEPTED"},"id":"L1","type":"Letter"}}"#
        );
        let reason = Reason {
            code: "R03".into(),
            text: "gone \"away\"".into(),
        };
        let failed = Change::to("L2", Status::Returned).because(&reason);
        assert_eq!(
            text(post(&[plain, failed])),
            r#"{"data":[{"attributes":{"status":"ACCEPTED"},"id":"L1","type":"Letter"},{"attributes":{"reasonCode":"R03","reasonText":"gone \"away\"","status":"RETURNED"},"id":"L2","type":"Letter"}]}"#
        );
    }

    #[test]
    fn mi_leaves_out_what_is_not_given() {
        let some = Mi {
            line_item: "envelope".into(),
            timestamp: "2026-11-21T14:30:00Z".into(),
            quantity: 22u64.into(),
            specification_id: None,
            group_id: None,
            stock_remaining: Some(5u64.into()),
        };
        assert_eq!(
            text(mi(&some)),
            r#"{"data":{"attributes":{"lineItem":"envelope","quantity":22,"stockRemaining":5,"timestamp":"2026-11-21T14:30:00Z"},"type":"ManagementInformation"}}"#
        );
    }

    #[test]
    fn unknown_fields_are_named_once() {
        let item =
            json!({"id":"L","type":"Letter","attributes":{"status":"PENDING","colour":{"a":1}}});
        let answer = json!({"data":[item.clone(), item], "links":{"next":"x"}});
        let unknown: Vec<String> = unknown_fields(&answer, LETTER, 9).into_iter().collect();
        assert_eq!(unknown, ["data.attributes.colour", "links"]);
        let many: serde_json::Map<String, Value> = (0..50_000)
            .map(|number| (format!("{number}{}", "x".repeat(200)), json!(1)))
            .collect();
        let unknown = unknown_fields(&Value::Object(many), LETTER, 9);
        assert_eq!(unknown.len(), 9);
        assert!(unknown.iter().all(|path| path.len() == LONGEST_PATH));
    }
}
