//! What stands before the handlers: APIM and API Gateway.
//!
//! APIM asks for the access token and counts the quota; API Gateway knows the
//! routes, asks the authorizer whose letters they are, and limits the size and
//! the time of a call (service-behaviour §1, rows marked [G], and §2).

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use futures::StreamExt;
use serde_json::json;

use super::answer;
use super::api_error::{self, ApiError};
use super::applications::Owner;
use super::batches::BadLetters;
use super::correlation::Correlation;
use super::endpoint::Endpoint;
use super::latency::Work;
use super::objects;
use super::pairs;
use super::quota::Exceeded;
use super::routes::{self, Call};
use super::service::Service;
use super::token;

/// The largest body that API Gateway takes.
const LARGEST_BODY: usize = 10 * 1024 * 1024;

/// The longest that API Gateway waits for a handler.
const LONGEST_CALL: Duration = Duration::from_secs(29);

/// Answers one request.
pub(crate) async fn handle(service: Arc<Service>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if let Some(refusal) = service.manners.refused(&parts) {
        return Correlation::of(&parts.headers).mirror(refusal);
    }
    let answer = match (parts.method.as_str(), parts.uri.path()) {
        ("GET", "/_ping") => {
            answer::pretty_json(StatusCode::OK, &json!({ "version": "simulator" }))
        }
        ("POST", "/_sim/reseed") => reseed(service.clone(), parts.uri.query()).await,
        (_, "/oauth2/token") => token_call(&service, &parts, body).await,
        (_, path) if path.starts_with(objects::PREFIX) => download(&service, &parts).await,
        ("GET", "/_status") => status(&service, &parts.headers).await,
        _ => api_call(service.clone(), &parts, body).await,
    };
    service.manners.answer(&parts, answer).await
}

/// The service's own health; asks for no key here (token-endpoint.md).
async fn status(service: &Service, headers: &HeaderMap) -> Response {
    service.options.latency.spend(Work::Other).await;
    let healthy = answer::pretty_json(StatusCode::OK, &json!({ "code": 200 }));
    Correlation::of(headers).mirror(healthy)
}

/// Seeds anew, as at the start; with `?defects=none` without bad letters but those that have no
/// PDF, as AT15 wants it.
async fn reseed(service: Arc<Service>, query: Option<&str>) -> Response {
    let query = pairs::parse(query.unwrap_or_default());
    let bad = match pairs::last(&query, "defects") {
        None => service.options.bad_letters,
        Some("none") => BadLetters::None,
        Some(_) => return answer::empty(StatusCode::BAD_REQUEST),
    };
    let seeded = tokio::task::spawn_blocking(move || service.reseed(bad)).await;
    match seeded {
        Ok(Ok(())) => answer::empty(StatusCode::NO_CONTENT),
        _ => answer::empty(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

async fn token_call(service: &Service, parts: &Parts, body: Body) -> Response {
    service.options.latency.spend(Work::Other).await;
    let body = whole(body).await.unwrap_or_default();
    token::answer(service, &parts.method, &parts.headers, &body)
}

async fn download(service: &Service, parts: &Parts) -> Response {
    service.options.latency.spend(Work::Download).await;
    objects::answer(service, &parts.method, &parts.uri, &parts.headers)
}

async fn api_call(service: Arc<Service>, parts: &Parts, body: Body) -> Response {
    let correlation = Correlation::of(&parts.headers);
    let body = whole(body).await;
    let answer = match admit(&service, parts) {
        Ok(admitted) => serve(service, admitted, parts, &correlation, body).await,
        Err(refused) => refused.answer(&correlation.apim),
    };
    correlation.mirror(answer)
}

/// An endpoint, and the supplier who may use it.
struct Admitted {
    endpoint: Endpoint,
    supplier: usize,
}

/// Why a call does not get through to a handler.
enum Refused {
    /// By APIM: no access token, or one that does not count.
    Unauthorised,
    /// By APIM: this application has called too often.
    OverQuota(String, Exceeded),
    /// By API Gateway: there is no such route.
    NoRoute,
    /// By the authorizer: no enabled supplier owns the application.
    Denied,
}

impl Refused {
    fn answer(self, correlation: &str) -> Response {
        match self {
            Refused::Unauthorised => api_error::unauthorised(correlation),
            Refused::OverQuota(name, exceeded) => api_error::over_quota(&name, exceeded),
            Refused::NoRoute => api_error::no_such_route(),
            Refused::Denied => api_error::denied(),
        }
    }
}

/// Lets a call pass or says why not; asks for token, quota, route, supplier.
fn admit(service: &Service, parts: &Parts) -> Result<Admitted, Refused> {
    let number = holder(service, &parts.headers).ok_or(Refused::Unauthorised)?;
    let application = service.applications.get(number);
    let application = application.ok_or(Refused::Unauthorised)?;
    let name = &application.credentials.application;
    let counted = service.quota.count(number);
    counted.map_err(|exceeded| Refused::OverQuota(name.clone(), exceeded))?;
    let endpoint = Endpoint::of(&parts.method, parts.uri.path()).ok_or(Refused::NoRoute)?;
    match application.owner {
        Owner::Supplier(supplier) => Ok(Admitted { endpoint, supplier }),
        Owner::Denied => Err(Refused::Denied),
    }
}

/// The application that a call speaks for. Without authentication a call
/// without a token speaks for the first.
fn holder(service: &Service, headers: &HeaderMap) -> Option<usize> {
    let value = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let token = value.and_then(|value| value.split_once(' '));
    let bearer = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let holder = bearer.and_then(|(_, token)| service.tokens.holder(token.trim()));
    if service.options.no_auth {
        holder.or(Some(0))
    } else {
        holder
    }
}

async fn serve(
    service: Arc<Service>,
    admitted: Admitted,
    parts: &Parts,
    correlation: &Correlation,
    body: Option<Bytes>,
) -> Response {
    let Some(body) = body else {
        return api_error::too_large();
    };
    let Some(request_id) = correlation.request_id() else {
        return ApiError::Internal.answer(&correlation.apim);
    };
    let call = Call {
        service,
        supplier: admitted.supplier,
        request_id: request_id.to_owned(),
        query: pairs::parse(parts.uri.query().unwrap_or_default()),
        body,
    };
    let handled = in_time(LONGEST_CALL, routes::answer(admitted.endpoint, call)).await;
    handled.unwrap_or_else(|error| error.answer(&correlation.apim))
}

/// What a handler answers, unless API Gateway loses patience.
async fn in_time<E>(
    patience: Duration,
    handled: impl Future<Output = Result<Response, E>>,
) -> Result<Response, E> {
    let ended = tokio::time::timeout(patience, handled).await;
    ended.unwrap_or_else(|_| Ok(api_error::timed_out()))
}

/// The whole body; none if it is larger than API Gateway takes. A body that is
/// too large is read to its end and dropped, so that its sender gets to see
/// the answer.
async fn whole(body: Body) -> Option<Bytes> {
    let expected = body.size_hint().lower().min(LARGEST_BODY as u64) as usize;
    let mut stream = body.into_data_stream();
    let mut kept = Vec::with_capacity(expected);
    let mut length = 0;
    while let Some(Ok(chunk)) = stream.next().await {
        length += chunk.len();
        if length <= LARGEST_BODY {
            kept.extend_from_slice(&chunk);
        }
    }
    (length <= LARGEST_BODY).then(|| Bytes::from(kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_handler_that_outlasts_the_gateway_is_504() {
        let never = std::future::pending::<Result<Response, ApiError>>();
        let answer = in_time(Duration::from_millis(5), never).await;
        assert_eq!(
            answer.map(|answer| answer.status()),
            Ok(StatusCode::GATEWAY_TIMEOUT)
        );
    }
}
