//! The handlers behind API Gateway, one file a resource.

mod letter;
mod letters;
mod mi;

use std::sync::Arc;

use axum::body::Bytes;
use axum::response::Response;

use super::api_error::ApiError;
use super::endpoint::Endpoint;
use super::limit::is_white;
use super::pairs::Pairs;
use super::service::Service;

/// One admitted call.
pub(crate) struct Call {
    pub(crate) service: Arc<Service>,
    pub(crate) supplier: usize,
    pub(crate) request_id: String,
    pub(crate) query: Pairs,
    pub(crate) body: Bytes,
    /// Where the links of this call lead.
    pub(crate) storage_host: String,
}

/// Answers an admitted call.
///
/// # Errors
/// What the service refuses.
pub(crate) async fn answer(endpoint: Endpoint, call: Call) -> Result<Response, ApiError> {
    match endpoint {
        Endpoint::ListLetters => letters::list(&call).await,
        Endpoint::UpdateLetters => letters::update(&call).await,
        Endpoint::GetLetter(id) => letter::get(&call, letter_id(&id)?).await,
        Endpoint::UpdateLetter(id) => letter::update(&call, letter_id(&id)?).await,
        Endpoint::GetLetterData(id) => letter::data(&call, letter_id(&id)?).await,
        Endpoint::SubmitMi => mi::submit(&call).await,
        Endpoint::GetMi(id) => mi::get(&call, named(&id, ApiError::MissingMiId)?).await,
    }
}

fn letter_id(id: &str) -> Result<&str, ApiError> {
    named(id, ApiError::MissingLetterId)
}

/// An id of white space alone is none (service-behaviour §5 row 3).
fn named(id: &str, missing: ApiError) -> Result<&str, ApiError> {
    match id.trim_matches(is_white) {
        "" => Err(missing),
        _ => Ok(id),
    }
}
