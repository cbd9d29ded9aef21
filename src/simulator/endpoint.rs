//! The routes that API Gateway has; everything else is 403.

use axum::http::Method;
use percent_encoding::percent_decode_str;

/// One endpoint of the API, with the id in its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Endpoint {
    ListLetters,
    UpdateLetters,
    GetLetter(String),
    UpdateLetter(String),
    GetLetterData(String),
    SubmitMi,
    GetMi(String),
}

impl Endpoint {
    /// The endpoint of a method and a path. A trailing slash, a HEAD or an
    /// empty id is no endpoint.
    pub(crate) fn of(method: &Method, path: &str) -> Option<Endpoint> {
        let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        if segments.contains(&"") {
            return None;
        }
        match (method.as_str(), segments.as_slice()) {
            ("GET", ["letters"]) => Some(Endpoint::ListLetters),
            ("POST", ["letters"]) => Some(Endpoint::UpdateLetters),
            ("GET", ["letters", id]) => Some(Endpoint::GetLetter(decoded(id))),
            ("PATCH", ["letters", id]) => Some(Endpoint::UpdateLetter(decoded(id))),
            ("GET", ["letters", id, "data"]) => Some(Endpoint::GetLetterData(decoded(id))),
            ("POST", ["mi"]) => Some(Endpoint::SubmitMi),
            ("GET", ["mi", id]) => Some(Endpoint::GetMi(decoded(id))),
            _ => None,
        }
    }
}

fn decoded(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_decoded() {
        let endpoint = Endpoint::of(&Method::GET, "/letters/a%2Fb");
        assert_eq!(endpoint, Some(Endpoint::GetLetter("a/b".to_owned())));
    }

    #[test]
    fn what_is_no_route_is_no_endpoint() {
        let calls = [
            (Method::HEAD, "/letters"),
            (Method::GET, "/letters/"),
            (Method::GET, "//letters"),
            (Method::PUT, "/letters/a"),
            (Method::GET, "/letters/a/data/"),
            (Method::GET, "/mi"),
            (Method::DELETE, "/mi/a"),
            (Method::GET, "/letters//data"),
            (Method::GET, "/"),
        ];
        for (method, path) in calls {
            assert_eq!(Endpoint::of(&method, path), None, "{method} {path}");
        }
    }
}
