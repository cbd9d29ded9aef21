//! The bodies of `PATCH /letters/{id}` and `POST /letters`.

use std::collections::HashSet;

use serde_json::Value;

use super::api_error::{ApiError, MAX_ITEMS};
use super::status::Status;
use super::store::Update;
use super::strict::{self, Strict};

/// Bytes of one batch of queue messages; a batch above it is lost, and the
/// caller has his 202 all the same. SQS refuses it, nobody tells the caller.
const QUEUE_BATCH_BYTES: usize = 256 * 1024;

/// Updates that the service puts into one batch of queue messages.
const QUEUE_BATCH_ITEMS: usize = 10;

/// The update in a `PATCH` body.
///
/// # Errors
/// A body that is missing or not exactly an update, or one of another letter.
pub(crate) fn one(body: &[u8], path_id: &str, request_id: &str) -> Result<Update, ApiError> {
    let document = strict::parse(body)?;
    let update = item(
        Strict::of(&document, &["data"])?.member("data")?,
        request_id,
    )?;
    if update.id == path_id {
        Ok(update)
    } else {
        Err(ApiError::IdMismatch)
    }
}

/// The updates in a `POST` body: all of them or an error.
///
/// # Errors
/// A body that is missing or not exactly a list of updates, more than 2,500 of
/// them, or an id twice; asked in this order.
pub(crate) fn many(body: &[u8], request_id: &str) -> Result<Vec<Update>, ApiError> {
    let document = strict::parse(body)?;
    let data = Strict::of(&document, &["data"])?.member("data")?;
    let items = data.as_array().ok_or(ApiError::Body)?.iter();
    let updates: Vec<Update> = items
        .map(|value| item(value, request_id))
        .collect::<Result<_, _>>()?;
    if updates.len() > MAX_ITEMS {
        return Err(ApiError::TooManyItems);
    }
    let ids: HashSet<&str> = updates.iter().map(|update| update.id.as_str()).collect();
    if ids.len() < updates.len() {
        return Err(ApiError::DuplicateId);
    }
    Ok(updates)
}

fn item(value: &Value, request_id: &str) -> Result<Update, ApiError> {
    let item = Strict::of(value, &["id", "type", "attributes"])?;
    if item.text("type")? != "Letter" {
        return Err(ApiError::Body);
    }
    let known = ["status", "reasonCode", "reasonText"];
    let attributes = Strict::of(item.member("attributes")?, &known)?;
    Ok(Update {
        id: item.text("id")?.to_owned(),
        status: status(attributes.text("status")?)?,
        reason_code: attributes.optional_text("reasonCode")?,
        reason_text: attributes.optional_text("reasonText")?,
        request_id: request_id.to_owned(),
    })
}

fn status(text: &str) -> Result<Status, ApiError> {
    serde_json::from_value(Value::from(text)).map_err(|_| ApiError::Body)
}

/// The updates that the queue takes. A batch that is too large loses all of
/// its updates (service-behaviour §1: a reasonText of 300 kB).
pub(crate) fn fitting(updates: Vec<Update>) -> Vec<Update> {
    let batches = updates.chunks(QUEUE_BATCH_ITEMS);
    let taken = batches.filter(|batch| bytes_of(batch) <= QUEUE_BATCH_BYTES);
    taken.flatten().cloned().collect()
}

fn bytes_of(batch: &[Update]) -> usize {
    let messages = batch.iter().map(serde_json::to_vec);
    messages
        .map(|message| message.map_or(0, |bytes| bytes.len()))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RIGHT: &str = r#"{"data":{"id":"a","type":"Letter","attributes":{"status":"ACCEPTED"}}}"#;

    fn patch(body: &str) -> Result<Update, ApiError> {
        one(body.as_bytes(), "a", "r")
    }

    #[test]
    fn a_right_body_is_an_update() {
        let update = patch(RIGHT).expect("update");
        assert_eq!((update.id.as_str(), update.status), ("a", Status::Accepted));
    }

    #[test]
    fn the_id_must_be_that_of_the_path() {
        assert_eq!(one(RIGHT.as_bytes(), "b", "r"), Err(ApiError::IdMismatch));
    }

    #[test]
    fn a_repeated_member_counts_once_and_last() {
        let twice = RIGHT.replace("\"id\":\"a\"", "\"id\":\"b\",\"id\":\"a\"");
        assert!(patch(&twice).is_ok());
    }

    #[test]
    fn an_array_is_no_object() {
        let array = r#"{"data":["a","Letter",{"status":"ACCEPTED"}]}"#;
        assert_eq!(patch(array), Err(ApiError::Body));
        assert_eq!(patch("[]"), Err(ApiError::Body));
    }

    #[test]
    fn too_many_items_are_named_before_repeated_ids() {
        let item = r#"{"id":"a","type":"Letter","attributes":{"status":"ACCEPTED"}}"#;
        let body = |count: usize| format!("{{\"data\":[{}]}}", vec![item; count].join(","));
        assert_eq!(
            many(body(2501).as_bytes(), "r"),
            Err(ApiError::TooManyItems)
        );
        assert_eq!(many(body(2500).as_bytes(), "r"), Err(ApiError::DuplicateId));
    }

    #[test]
    fn a_batch_of_ten_is_lost_with_its_largest() {
        let mut updates = vec![patch(RIGHT).expect("update"); 25];
        updates[3].reason_text = Some("x".repeat(300_000));
        assert_eq!(fitting(updates).len(), 15);
    }

    proptest! {
        #[test]
        fn no_body_panics(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = one(&body, "a", "r");
            let _ = many(&body, "r");
        }

        #[test]
        fn a_member_too_many_is_refused(name in "[a-zA-Z]{1,12}") {
            prop_assume!(!["status", "reasonCode", "reasonText"].contains(&name.as_str()));
            let added = format!("\"status\":\"ACCEPTED\",\"{name}\":\"x\"");
            let body = RIGHT.replace("\"status\":\"ACCEPTED\"", &added);
            prop_assert_eq!(patch(&body), Err(ApiError::Body));
        }
    }
}
