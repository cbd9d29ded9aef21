//! `POST /oauth2/token`: a signed assertion for an access token.
//!
//! Checks come in the identity service's order. The `jti` is burned before the
//! API key, the key and the audience are looked at: a retry needs a new
//! assertion even when the first try failed (token-endpoint.md).

use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use serde_json::json;
use time::OffsetDateTime;

use super::answer;
use super::applications::{Application, Jwks};
use super::assertion::Assertion;
use super::pairs::{self, Pairs};
use super::service::Service;
use super::token_error::TokenError;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Answers a call to the token endpoint.
pub(crate) fn answer(
    service: &Service,
    method: &Method,
    headers: &HeaderMap,
    body: &[u8],
) -> Response {
    if method != Method::POST {
        let refusal = answer::empty(StatusCode::METHOD_NOT_ALLOWED);
        return answer::header(refusal, header::ALLOW, "POST");
    }
    match grant(service, headers, body) {
        Ok(application) => issue(service, application),
        Err(error) => error.answer(),
    }
}

fn issue(service: &Service, application: usize) -> Response {
    let body = json!({
        "access_token": service.tokens.issue(application),
        "expires_in": service.tokens.lifetime_s().to_string(),
        "token_type": "Bearer",
        "issued_at": (OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000).to_string(),
    });
    answer::json(StatusCode::OK, &body)
}

/// The application that a request proves to speak for.
fn grant(service: &Service, headers: &HeaderMap, body: &[u8]) -> Result<usize, TokenError> {
    if !is_form(headers) {
        return Err(TokenError::ContentType);
    }
    let form = pairs::parse(&String::from_utf8_lossy(body));
    let assertion = Assertion::decode(assertion_in(&form)?)?;
    let issuer = assertion.issuer();
    let now_s = OffsetDateTime::now_utc().unix_timestamp();
    let jti = assertion.check(now_s as f64, |jti| service.burned.is_burned(issuer, jti))?;
    let now_s = now_s.unsigned_abs();
    if !service
        .burned
        .burn(issuer, jti, assertion.expires_s(), now_s)
    {
        return Err(TokenError::JtiUsed);
    }
    let (number, application) = service
        .applications
        .with_key(issuer)
        .ok_or(TokenError::IssuerUnknown)?;
    prove(&assertion, application, &service.token_url)?;
    service.burned.prove(issuer, jti, now_s);
    Ok(number)
}

fn is_form(headers: &HeaderMap) -> bool {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let media_type = value
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    media_type
        .trim()
        .eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

fn assertion_in(form: &Pairs) -> Result<&str, TokenError> {
    let field = |name| pairs::last(form, name).filter(|value| !value.is_empty());
    match field("grant_type") {
        None => return Err(TokenError::GrantMissing),
        Some("client_credentials") => {}
        Some(_) => return Err(TokenError::GrantUnsupported),
    }
    if field("client_assertion_type") != Some(ASSERTION_TYPE) {
        return Err(TokenError::AssertionType);
    }
    field("client_assertion").ok_or(TokenError::AssertionMissing)
}

/// The checks that need the application: its keys, the signature, the audience
/// and its product.
fn prove(
    assertion: &Assertion<'_>,
    application: &Application,
    token_url: &str,
) -> Result<(), TokenError> {
    let published = match &application.jwks {
        Jwks::Absent => return Err(TokenError::NoPublicKey),
        Jwks::Unreachable => return Err(TokenError::JwksUnreachable),
        Jwks::Published(keys) => keys,
    };
    let named = published.iter().find(|(kid, _)| kid == assertion.kid());
    let (_, key) = named.ok_or(TokenError::KidUnknown)?;
    if !assertion.is_signed_by(key) {
        return Err(TokenError::Signature);
    }
    if assertion.audience() != token_url {
        return Err(TokenError::Audience);
    }
    if application.has_product {
        Ok(())
    } else {
        Err(TokenError::NoProduct)
    }
}
