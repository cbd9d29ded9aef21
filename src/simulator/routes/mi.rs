//! `POST /mi` and `GET /mi/{id}`.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::super::answer;
use super::super::api_error::ApiError;
use super::super::latency::Work;
use super::super::mi::Attributes;
use super::Call;

/// The longest id that the service can look up, in bytes: the limit of a sort
/// key. A longer one is an unexpected error.
const LONGEST_ID: usize = 1024;

#[derive(Serialize)]
struct Document<'a> {
    data: Item<'a>,
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    attributes: &'a Attributes,
}

/// Keeps a record and returns it under its new id.
///
/// # Errors
/// A body that the service refuses.
pub(crate) async fn submit(call: &Call) -> Result<Response, ApiError> {
    call.service.options.latency.spend(Work::Other).await;
    let attributes = Attributes::parse(&call.body)?;
    let id = {
        let kept = call.service.manners.filed(attributes.clone());
        call.service.records.keep(call.supplier, kept)
    };
    Ok(document(StatusCode::CREATED, &id, &attributes))
}

/// One record.
///
/// # Errors
/// A record that this supplier does not have.
pub(crate) async fn get(call: &Call, id: &str) -> Result<Response, ApiError> {
    call.service.options.latency.spend(Work::Other).await;
    if id.len() > LONGEST_ID {
        return Err(ApiError::Internal);
    }
    let record = call.service.records.get(call.supplier, id);
    let record = record.filter(|_| call.service.manners.finds(id));
    let attributes = record.ok_or(ApiError::NotFound)?;
    Ok(document(StatusCode::OK, id, &attributes))
}

fn document(status: StatusCode, id: &str, attributes: &Attributes) -> Response {
    let data = Item {
        id,
        kind: "ManagementInformation",
        attributes,
    };
    answer::pretty_json(status, &Document { data })
}
