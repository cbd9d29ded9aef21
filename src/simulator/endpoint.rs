//! The routes that API Gateway has; everything else is 403.

use axum::http::{Method, Uri};
use percent_encoding::percent_decode_str;

/// The address with each run of slashes in its path as one: what stands before the handlers takes
/// `//mi` for `/mi` (service-behaviour §5 row 4). A slash at the end stays, and is no route.
pub(crate) fn without_doubled_slashes(uri: &Uri) -> Option<Uri> {
    let path = uri.path();
    if !path.contains("//") {
        return None;
    }
    let mut single = String::with_capacity(path.len());
    for c in path.chars() {
        if c != '/' || !single.ends_with('/') {
            single.push(c);
        }
    }
    if let Some(query) = uri.query() {
        single.push('?');
        single.push_str(query);
    }
    single.parse().ok()
}

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

    #[test]
    fn doubled_slashes_are_single_but_one_at_the_end_stays() {
        for (asked, single) in [
            ("//mi/xx", "/mi/xx"),
            ("///letters?limit=1", "/letters?limit=1"),
            ("/letters//a///data", "/letters/a/data"),
            ("//letters//", "/letters/"),
            ("/letters/a?next=//b", "/letters/a?next=//b"),
        ] {
            let uri: Uri = asked.parse().expect("an address");
            let single_uri = without_doubled_slashes(&uri).unwrap_or(uri);
            assert_eq!(single_uri.to_string(), single, "{asked}");
        }
    }
}
