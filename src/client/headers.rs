//! The one place where headers are made.

use uuid::Uuid;

use crate::model::Scope;

use super::settings::USER_AGENT;

/// Longest `X-Correlation-ID`.
const LONGEST: usize = 100;

/// What opens the door.
#[derive(Clone, Debug)]
pub(super) enum Pass {
    /// Nothing is asked for.
    None,
    /// A token.
    Bearer(secrecy::SecretString),
    /// The `apikey` of `/_status`.
    ApiKey(secrecy::SecretString),
}

/// Headers of one attempt, and the two ids in them.
pub(super) struct Headers {
    pub list: Vec<(String, String)>,
    pub request_id: Option<String>,
    pub correlation_id: Option<String>,
}

impl Headers {
    /// For the API: a request id that no other attempt has, and the run's correlation id.
    pub(super) fn of_api(accept: &str, pass: &Pass, correlation: Option<String>) -> Self {
        let request_id = Uuid::new_v4().to_string();
        let mut headers = Self {
            list: Vec::new(),
            request_id: Some(request_id.clone()),
            correlation_id: correlation,
        };
        headers.add("X-Request-ID", &request_id);
        if let Some(id) = headers.correlation_id.clone() {
            headers.add("X-Correlation-ID", &id);
        }
        headers.pass(pass);
        headers.add("Accept", accept);
        headers.add("User-Agent", USER_AGENT);
        headers
    }

    /// For a signed URL or the token endpoint: neither credential nor id of the API.
    pub(super) fn of_elsewhere(accept: &str) -> Self {
        let mut headers = Self {
            list: Vec::new(),
            request_id: None,
            correlation_id: None,
        };
        headers.add("Accept", accept);
        headers.add("User-Agent", USER_AGENT);
        headers
    }

    /// Adds the body's type.
    pub(super) fn with_content_type(mut self, content_type: Option<&str>) -> Self {
        if let Some(content_type) = content_type {
            self.add("Content-Type", content_type);
        }
        self
    }

    /// The same without `X-Request-ID`.
    pub(super) fn without_request_id(mut self) -> Self {
        self.list.retain(|(name, _)| name != "X-Request-ID");
        self.request_id = None;
        self
    }

    fn add(&mut self, name: &str, value: &str) {
        self.list.push((name.to_owned(), value.to_owned()));
    }

    fn pass(&mut self, pass: &Pass) {
        use secrecy::ExposeSecret as _;
        match pass {
            Pass::None => {}
            Pass::Bearer(token) => {
                self.add(
                    "Authorization",
                    &format!("Bearer {}", token.expose_secret()),
                );
            }
            Pass::ApiKey(key) => self.add("apikey", key.expose_secret()),
        }
    }
}

/// `X-Correlation-ID` of a scenario: at most 100 ASCII characters, and no dots, which the API
/// joins its own ids with (service-behaviour, "B's errors").
pub(super) fn correlation_id(run: Option<&str>, scope: &Scope) -> Option<String> {
    let place = scope.scenario.as_deref().or(scope.test.as_deref());
    let parts: Vec<&str> = [run, place].into_iter().flatten().collect();
    let text = parts.join("-");
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || c == '_' {
            c
        } else {
            '-'
        }
    };
    (!text.is_empty()).then(|| text.chars().take(LONGEST).map(plain).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_correlation_id_has_no_dots_and_fits() {
        let scope = Scope::of("AT4", "features/supplier/at4.feature:4");
        assert_eq!(
            correlation_id(Some("20261121T143000Z-int-3f9a1c"), &scope).as_deref(),
            Some("20261121T143000Z-int-3f9a1c-features-supplier-at4-feature-4")
        );
        let long = correlation_id(Some(&"é.".repeat(90)), &scope).unwrap();
        assert!(long.len() == 100 && long.is_ascii() && !long.contains('.'));
        assert_eq!(correlation_id(None, &Scope::default()), None);
    }

    #[test]
    fn no_two_attempts_share_a_request_id() {
        let of = || Headers::of_api("a/b", &Pass::None, None).request_id;
        assert_ne!(of(), of());
    }
}
