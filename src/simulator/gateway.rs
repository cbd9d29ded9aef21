//! What stands before the handlers: APIM and API Gateway.
//!
//! APIM asks for the access token and counts the quota; API Gateway knows the
//! routes, asks the authorizer whose letters they are, and limits the size and
//! the time of a call (service-behaviour §1, rows marked [G], and §2).

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::json;
use tokio::time::Instant;

use super::answer;
use super::api_error::{self, ApiError};
use super::applications::Owner;
use super::bodies;
use super::correlation::Correlation;
use super::endpoint::{self, Endpoint};
use super::latency::Work;
use super::objects;
use super::pairs;
use super::quota::Exceeded;
use super::reseed;
use super::routes::{self, Call};
use super::service::Service;
use super::token;

/// The largest body that API Gateway takes.
const LARGEST_BODY: usize = 10 * 1024 * 1024;

/// The largest form that the token endpoint reads: an assertion takes about 2 kB.
const LARGEST_FORM: usize = 64 * 1024;

/// Answers one request.
pub(crate) async fn handle(service: Arc<Service>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    if let Some(single) = endpoint::without_doubled_slashes(&parts.uri) {
        parts.uri = single;
    }
    if let Some(refusal) = service.manners.refused(&parts) {
        return Correlation::of(&parts.headers).mirror(refusal);
    }
    let until = Instant::now() + service.options.longest_call;
    let answer = match (parts.method.as_str(), parts.uri.path()) {
        ("GET", "/_ping") => {
            answer::pretty_json(StatusCode::OK, &json!({ "version": "simulator" }))
        }
        ("POST", "/_sim/reseed") => reseed::answer(service.clone(), &parts).await,
        (_, "/oauth2/token") => token_call(&service, &parts, body, until).await,
        ("GET", "/_status") => status(&service, &parts.headers).await,
        _ => api_call(service.clone(), &parts, body, until).await,
    };
    service.manners.answer(&parts, answer).await
}

/// The service's own health, for those who hold its `apikey`; a Bearer token is none
/// (service-behaviour §5 row 1).
async fn status(service: &Service, headers: &HeaderMap) -> Response {
    service.options.latency.spend(Work::Other).await;
    let correlation = Correlation::of(headers);
    let key = headers.get("apikey").map(HeaderValue::as_bytes);
    let holds_key = key == Some(service.status_api_key.as_bytes());
    let answer = if holds_key || service.options.no_auth {
        answer::pretty_json(StatusCode::OK, &json!({ "code": 200 }))
    } else {
        api_error::status_key_missing(&correlation.apim)
    };
    correlation.mirror(answer)
}

async fn token_call(service: &Service, parts: &Parts, body: Body, until: Instant) -> Response {
    service.options.latency.spend(Work::Other).await;
    match service.bodies.receive(body, LARGEST_FORM, until).await {
        Ok(form) => token::answer(service, &parts.method, &parts.headers, &form),
        Err(none) => none.answer(),
    }
}

async fn api_call(service: Arc<Service>, parts: &Parts, body: Body, until: Instant) -> Response {
    let correlation = Correlation::of(&parts.headers);
    let answer = match admit(&service, parts) {
        Ok(admitted) => match service.bodies.receive(body, LARGEST_BODY, until).await {
            Ok(body) => serve(service, admitted, parts, &correlation, body, until).await,
            Err(none) => none.answer(),
        },
        Err(refused) => {
            bodies::discard(body, until).await;
            refused.answer(&correlation.apim)
        }
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
    body: Bytes,
    until: Instant,
) -> Response {
    let Some(request_id) = correlation.request_id() else {
        return ApiError::Internal.answer(&correlation.apim);
    };
    let call = Call {
        storage_host: objects::host_of_links(&parts.headers, service.storage_port),
        service,
        supplier: admitted.supplier,
        request_id: request_id.to_owned(),
        query: pairs::parse(parts.uri.query().unwrap_or_default()),
        body,
    };
    let handled = in_time(until, routes::answer(admitted.endpoint, call)).await;
    handled.unwrap_or_else(|error| error.answer(&correlation.apim))
}

/// What a handler answers, unless API Gateway loses patience.
async fn in_time<E>(
    until: Instant,
    handled: impl Future<Output = Result<Response, E>>,
) -> Result<Response, E> {
    let ended = tokio::time::timeout_at(until, handled).await;
    ended.unwrap_or_else(|_| Ok(api_error::timed_out()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_handler_that_outlasts_the_gateway_is_504() {
        let never = std::future::pending::<Result<Response, ApiError>>();
        let answer = in_time(Instant::now() + Duration::from_millis(5), never).await;
        assert_eq!(
            answer.map(|answer| answer.status()),
            Ok(StatusCode::GATEWAY_TIMEOUT)
        );
    }
}
