//! The handlers behind API Gateway, one file a resource.

mod letter;
mod letters;
mod mi;

use std::sync::Arc;

use axum::body::Bytes;
use axum::response::Response;

use super::api_error::ApiError;
use super::endpoint::Endpoint;
use super::pairs::Pairs;
use super::service::Service;

/// One admitted call.
pub(crate) struct Call {
    pub(crate) service: Arc<Service>,
    pub(crate) supplier: usize,
    pub(crate) request_id: String,
    pub(crate) query: Pairs,
    pub(crate) body: Bytes,
}

/// Answers an admitted call.
///
/// # Errors
/// What the service refuses.
pub(crate) async fn answer(endpoint: Endpoint, call: Call) -> Result<Response, ApiError> {
    match endpoint {
        Endpoint::ListLetters => letters::list(&call).await,
        Endpoint::UpdateLetters => letters::update(&call).await,
        Endpoint::GetLetter(id) => letter::get(&call, &id).await,
        Endpoint::UpdateLetter(id) => letter::update(&call, &id).await,
        Endpoint::GetLetterData(id) => letter::data(&call, &id).await,
        Endpoint::SubmitMi => mi::submit(&call).await,
        Endpoint::GetMi(id) => mi::get(&call, &id).await,
    }
}
