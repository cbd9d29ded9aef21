//! Where the exchanges of a run went: to the API, the token endpoint, or a storage.

use std::collections::{BTreeSet, HashMap};

use reqwest::Url;

use crate::model::{Exchange, Origin};

use super::facts::Route;

/// Whom a request was meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// The API.
    Api,
    /// The token endpoint.
    Token,
    /// The storage of the PDFs, to which an answer of the API led.
    Storage,
}

/// Follows the exchanges of a run in order: what counts as storage, answers before it said.
#[derive(Clone, Debug, Default)]
pub struct Destinations {
    /// Origins by the start of a URL that names them: a run has few, and many exchanges.
    origins: HashMap<String, Option<Origin>>,
    storages: BTreeSet<Origin>,
}

impl Destinations {
    /// Whom `exchange` was meant for, and where it went; no origin if its URL is none.
    pub fn take(&mut self, exchange: &Exchange) -> (Destination, Option<Origin>) {
        let route = Route::of(exchange);
        let origin = self.origin(&exchange.url);
        if route == Route::Data {
            let storage = self.led_to(exchange);
            self.storages.extend(storage);
        }
        // The storage is asked without any id of the API.
        let is_bare = exchange.request_id.is_none() && exchange.correlation_id.is_none();
        let is_linked = || {
            origin
                .as_ref()
                .is_some_and(|origin| self.storages.contains(origin))
        };
        let destination = match route {
            Route::Token => Destination::Token,
            _ if is_bare && exchange.method == "GET" && is_linked() => Destination::Storage,
            _ => Destination::Api,
        };
        (destination, origin)
    }

    fn origin(&mut self, url: &str) -> Option<Origin> {
        let start = start_of(url);
        if let Some(known) = self.origins.get(start) {
            return known.clone();
        }
        let origin = Origin::of(start);
        self.origins.insert(start.to_owned(), origin.clone());
        origin
    }

    /// Where the answer of `exchange` led.
    fn led_to(&mut self, exchange: &Exchange) -> Option<Origin> {
        let answer = exchange.response.as_ref()?;
        let mut headers = answer.headers.iter();
        let (_, location) = headers.find(|(name, _)| name.eq_ignore_ascii_case("location"))?;
        if (300..400).contains(&answer.status) {
            return match location.split_once("://") {
                Some(("http" | "https", _)) => self.origin(location),
                _ => Origin::of(
                    Url::parse(&exchange.url)
                        .ok()?
                        .join(location)
                        .ok()?
                        .as_str(),
                ),
            };
        }
        None
    }
}

/// Scheme and authority of `url`; a backslash ends them as a slash does.
fn start_of(url: &str) -> &str {
    let after = url.find("://").map_or(0, |scheme| scheme + 3);
    let end = url[after..].find(['/', '\\', '?', '#']);
    end.map_or(url, |end| &url[..after + end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Request, Response, Scope, Times};

    fn exchange(method: &str, url: &str, location: Option<&str>) -> Exchange {
        Exchange {
            id: String::new(),
            scope: Scope::default(),
            attempt: 1,
            method: method.into(),
            url: url.into(),
            request_id: None,
            correlation_id: None,
            intent: None,
            request: Request::default(),
            response: Some(Response {
                status: if location.is_some() { 303 } else { 200 },
                headers: location
                    .map(|location| ("Location".to_owned(), location.to_owned()))
                    .into_iter()
                    .collect(),
                body: None,
            }),
            times: Times::default(),
            error: None,
        }
    }

    #[test]
    fn a_storage_is_where_an_answer_led_and_what_carries_no_id() {
        let mut run = Destinations::default();
        let mut take = |method: &str, url: &str, location: Option<&str>| {
            run.take(&exchange(method, url, location)).0
        };
        assert_eq!(
            take("POST", "https://t/oauth2/token", None),
            Destination::Token
        );
        assert_eq!(
            take("GET", "https://s/letters/L.pdf", None),
            Destination::Api
        );
        let link = Some("https://S.:443/letters/L.pdf?x");
        assert_eq!(
            take("GET", "https://a/letters/L/data", link),
            Destination::Api
        );
        assert_eq!(
            take("GET", "https://s/letters/L.pdf", None),
            Destination::Storage
        );
        assert_eq!(take("POST", "https://s/letters", None), Destination::Api);
        let mut own = exchange("GET", "https://s/x", None);
        own.request_id = Some("id".into());
        assert_eq!(run.take(&own).0, Destination::Api);
        let relative = exchange("GET", "https://a/letters/L/data", Some("/files/L.pdf"));
        run.take(&relative);
        let (destination, origin) = run.take(&exchange("GET", "https://a/files/L.pdf", None));
        assert_eq!(destination, Destination::Storage);
        assert_eq!(origin.unwrap().to_string(), "https://a");
    }

    #[test]
    fn what_is_no_url_has_no_origin() {
        let mut run = Destinations::default();
        for url in ["", "letters", "://", "https://"] {
            assert_eq!(run.take(&exchange("GET", url, None)).1, None, "{url}");
        }
        for url in ["https://h\\x", "https://h?x", "https://h#x", "https://h"] {
            let (_, origin) = run.take(&exchange("GET", url, None));
            assert_eq!(origin.unwrap().to_string(), "https://h", "{url}");
        }
    }
}
