//! `POST /_sim/reseed`: new letters. No part of the service, and it asks for no token, so it heeds
//! this machine alone: a page of elsewhere, open in the tester's browser, names itself as `Origin`,
//! or comes under a name of its own that was pointed at this machine (DNS rebinding).

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::Response;
use serde_json::json;

use super::answer;
use super::batches::BadLetters;
use super::pairs;
use super::service::Service;

/// Seeds anew, as at the start; with `?defects=none` without bad letters but those that have no
/// PDF, as AT15 wants it.
pub(crate) async fn answer(service: Arc<Service>, parts: &Parts) -> Response {
    if !is_from_here(&parts.headers) {
        return refusal();
    }
    let query = pairs::parse(parts.uri.query().unwrap_or_default());
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

fn refusal() -> Response {
    let message = "seeding anew is for this machine alone: call 127.0.0.1, [::1] or localhost, and from no page of another origin";
    answer::json(StatusCode::FORBIDDEN, &json!({ "message": message }))
}

/// Whether a call names this machine as its host, and comes from no page of another origin.
fn is_from_here(headers: &HeaderMap) -> bool {
    let Some(host) = only(headers, &header::HOST).filter(|host| is_this_machine(host)) else {
        return false;
    };
    let is_own = |origin: &str| origin.eq_ignore_ascii_case(&format!("http://{host}"));
    !headers.contains_key(header::ORIGIN) || only(headers, &header::ORIGIN).is_some_and(is_own)
}

/// The value of a header that is there once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok();
    value.filter(|_| values.next().is_none())
}

/// Whether `host`, which may have a port, is `localhost` or a loopback address.
fn is_this_machine(host: &str) -> bool {
    let without_port = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let bracketed = without_port.strip_prefix('[');
    let address = bracketed.and_then(|rest| rest.strip_suffix(']'));
    let address = address.unwrap_or(without_port);
    let is_loopback = address.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    is_loopback || address.eq_ignore_ascii_case("localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().cloned();
        pairs
            .map(|(name, value)| (name, axum::http::HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn only_this_machine_is_heeded() {
        for (host, origin, heeded) in [
            ("127.0.0.1:9100", None, true),
            ("localhost:9100", None, true),
            ("LOCALHOST", None, true),
            ("[::1]:9100", None, true),
            ("127.0.0.2", None, true),
            ("127.0.0.1:9100", Some("http://127.0.0.1:9100"), true),
            ("127.0.0.1:9100", Some("http://127.0.0.1:3000"), false),
            ("127.0.0.1:9100", Some("https://evil.example"), false),
            ("127.0.0.1:9100", Some("null"), false),
            ("127.0.0.1:9100", Some(""), false),
            ("evil.example", None, false),
            ("evil.example:9100", Some("http://evil.example:9100"), false),
            ("127.0.0.1.evil.example:9100", None, false),
            ("localhost.evil.example", None, false),
            ("10.0.0.1:9100", None, false),
            ("", None, false),
        ] {
            let mut sent = vec![(header::HOST, host)];
            sent.extend(origin.map(|origin| (header::ORIGIN, origin)));
            assert_eq!(is_from_here(&headers(&sent)), heeded, "{host} {origin:?}");
        }
        assert!(!is_from_here(&HeaderMap::new()));
    }
}
