//! `GET` and `PATCH /letters/{id}`, and `GET /letters/{id}/data`.

use axum::http::{StatusCode, header};
use axum::response::Response;
use serde::Serialize;

use super::super::answer;
use super::super::api_error::ApiError;
use super::super::latency::Work;
use super::super::letter_body;
use super::super::objects;
use super::super::status::Status;
use super::super::store::Letter;
use super::{Call, letters};

/// The longest id that the service can look up, in bytes: the limit of a
/// partition key. A longer one is an unexpected error.
const LONGEST_ID: usize = 2048;

#[derive(Serialize)]
struct Document<'a> {
    data: Item<'a>,
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    attributes: Attributes<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Attributes<'a> {
    status: Status,
    specification_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256_hash: Option<&'a str>,
}

/// One letter with its status and reasons.
///
/// # Errors
/// A letter that this supplier does not have.
pub(crate) async fn get(call: &Call, id: &str) -> Result<Response, ApiError> {
    call.service.options.latency.spend(Work::Other).await;
    let letter = find(call, id)?;
    Ok(answer::json(StatusCode::OK, &document(&letter)))
}

/// Queues an update of one letter.
///
/// # Errors
/// A body that the service refuses; never that the letter is unknown.
pub(crate) async fn update(call: &Call, id: &str) -> Result<Response, ApiError> {
    let update = letter_body::one(&call.body, id, &call.request_id)?;
    let answer = letters::accept(call, vec![update]);
    call.service.options.latency.spend(Work::Other).await;
    Ok(answer)
}

/// A link to the letter's PDF, also where there is none.
///
/// # Errors
/// A letter that this supplier does not have.
pub(crate) async fn data(call: &Call, id: &str) -> Result<Response, ApiError> {
    call.service.options.latency.spend(Work::Other).await;
    let letter = find(call, id)?;
    let suppliers = &call.service.options.suppliers;
    let supplier = suppliers.get(call.supplier).map_or("", String::as_str);
    let location = objects::link(&call.service, &call.storage_host, supplier, &letter);
    let redirect = answer::empty_json(StatusCode::SEE_OTHER);
    Ok(answer::header(redirect, header::LOCATION, &location))
}

fn find(call: &Call, id: &str) -> Result<Letter, ApiError> {
    if id.len() > LONGEST_ID {
        return Err(ApiError::Internal);
    }
    let letter = call
        .service
        .letters(|store, _| store.letter(call.supplier, id).cloned());
    letter.ok_or(ApiError::NotFound)
}

fn document(letter: &Letter) -> Document<'_> {
    Document {
        data: Item {
            id: &letter.id,
            kind: "Letter",
            attributes: Attributes {
                status: letter.status,
                specification_id: letter.specification,
                group_id: letter.group.as_deref(),
                reason_code: letter.reason_code.as_deref(),
                reason_text: letter.reason_text.as_deref(),
                sha256_hash: letter.sha256.as_deref(),
            },
        },
    }
}
