//! `GET /letters` and `POST /letters`.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use tokio::time::Instant;

use super::super::answer;
use super::super::api_error::ApiError;
use super::super::latency::Work;
use super::super::letter_body;
use super::super::limit;
use super::super::store::{Listed, Update};
use super::Call;

/// The least time between reading the queue and writing the leases. Lists that
/// arrive within it overlap, as they do on the service.
const READ_TO_LEASE: Duration = Duration::from_millis(5);

/// Letters leased in one go while answer times are imitated.
const LEASES_AT_ONCE: usize = 25;

#[derive(Serialize)]
struct Page<'a> {
    data: Vec<Item<'a>>,
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
    status: &'static str,
    specification_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256_hash: Option<&'a str>,
}

/// Lists pending letters and leases them.
///
/// # Errors
/// A limit that the service refuses.
pub(crate) async fn list(call: &Call) -> Result<Response, ApiError> {
    let latency = call.service.options.latency;
    latency.spend(Work::List).await;
    let limit = limit::of_query(&call.query)?;
    let (mut letters, read_at) = call
        .service
        .letters(|store, now| (store.visible(call.supplier, limit, now), now));
    letters.truncate(call.service.manners.brought(letters.len()));
    if call.service.manners.leases() {
        lease(call, &letters, read_at).await;
    }
    let letters = call.service.manners.listed(letters);
    let page = Page {
        data: letters.iter().map(item).collect(),
    };
    Ok(answer::json(StatusCode::OK, &page))
}

/// Writes the leases, which count from when the queue was read.
async fn lease(call: &Call, letters: &[Listed], read_at: Instant) {
    let until = read_at + call.service.options.visibility_timeout;
    tokio::time::sleep(READ_TO_LEASE).await;
    let (latency, mut leased) = (call.service.options.latency, 0);
    for some in letters.chunks(LEASES_AT_ONCE) {
        leased += some.len();
        // Up to a moment, not for a while: twenty timers that each fire late would add up.
        tokio::time::sleep_until(read_at + latency.of(Work::Lease(leased))).await;
        let ids = some.iter().map(|letter| letter.id.as_str());
        call.service
            .letters(|store, _| store.lease(call.supplier, ids, until));
    }
}

fn item<'a>((letter, status): &'a (Listed, &'static str)) -> Item<'a> {
    Item {
        id: &letter.id,
        kind: "Letter",
        attributes: Attributes {
            status,
            specification_id: letter.specification,
            group_id: letter.group.as_deref(),
            sha256_hash: letter.sha256.as_deref(),
        },
    }
}

/// Queues a bulk update: all of its items, or none when one is refused.
///
/// # Errors
/// A body that the service refuses.
pub(crate) async fn update(call: &Call) -> Result<Response, ApiError> {
    let updates = letter_body::many(&call.body, &call.request_id)?;
    let work = Work::Bulk(updates.len());
    let answer = accept(call, updates);
    call.service.options.latency.spend(work).await;
    Ok(answer)
}

/// Queues what the queue takes; the caller learns nothing of the rest.
pub(crate) fn accept(call: &Call, updates: Vec<Update>) -> Response {
    let manners = &call.service.manners;
    let status = match manners.acknowledged(&updates) {
        Ok(status) => status,
        Err(refusal) => return *refusal,
    };
    let taken = letter_body::fitting(updates);
    call.service.letters(|store, now| {
        for update in taken {
            let letter = store.letter(call.supplier, &update.id);
            if let Some(queued) = manners.queued(update, letter) {
                store.accept(call.supplier, queued, now);
            }
        }
    });
    answer::empty_json(status)
}
