//! What can go wrong between a supplier and the API, and what to do about it.

use std::fmt;
use std::sync::Arc;

use crate::evidence::{EvidenceError, WITHHELD};

use super::Forbidden;
use super::token_errors::Explanation;

/// The client cannot be made of these settings; nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A URL that is none, or carries what it must not.
    #[error("{url} cannot be used: {reason}")]
    BadUrl {
        /// The URL without credentials and query.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Secrets would travel unencrypted.
    #[error("{url} is not HTTPS; plain HTTP is allowed to this machine alone: use https://")]
    PlainHttp {
        /// The URL.
        url: String,
    },
    /// A host that this client may not call.
    #[error("{url} is not called: {reason}")]
    ForbiddenHost {
        /// The URL without credentials and query.
        url: String,
        /// Why.
        reason: Forbidden,
    },
    /// The private key cannot sign.
    #[error(
        "the private key cannot sign with RS512: {reason}; it must be an RSA key of at least 2048 bits in PEM, such as `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:4096` makes"
    )]
    PrivateKey {
        /// Why not.
        reason: String,
    },
    /// The HTTP client could not be set up.
    #[error(
        "no HTTPS connection can be made from here: {reason}; check this machine's CA certificates and its proxy settings"
    )]
    Http {
        /// Why not.
        reason: String,
    },
}

/// What a failure says about whom (interfaces, "Verdicts of an acceptance point").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The token was refused for key, claim or registration.
    Refused,
    /// The API answered 401 or 403, also to a fresh token.
    Unauthorised,
    /// Network, 5xx, 429 to the end, an unreadable answer.
    Environment,
    /// A clear refusal of the request: 400, 404, 413, 415 and their kin.
    Answered,
    /// An update may or may not have been taken.
    Unclear,
    /// The evidence could not be written.
    Evidence,
}

/// Which request failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// `GET`, `POST`, `PATCH`.
    pub method: &'static str,
    /// The URL, without the query where that is signed.
    pub url: String,
    /// The journal's `seq` of the last attempt.
    pub exchange: Option<u64>,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.url)
    }
}

/// A call did not bring what it was made for. No text in it holds a secret.
///
/// Cheap to clone: callers that share the fetch of a token share its failure too.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ClientError {
    /// The token endpoint refused the assertion.
    #[error("{}", refused(.0))]
    TokenRefused(Box<TokenRefusal>),
    /// The assertion could not be signed.
    #[error("the client assertion could not be signed: {0}; check the private key")]
    Signing(String),
    /// 401 or 403 from the API.
    #[error("{call} was answered {status}: {detail}; {}", unauthorised_remedy(call, *status, detail))]
    Unauthorised {
        /// The request.
        call: Call,
        /// 401 or 403.
        status: u16,
        /// What the answer said.
        detail: String,
    },
    /// Any other 4xx: the service understood and said no.
    #[error("{call} was answered {status}: {detail}; {}", answered_remedy(*status))]
    Answered {
        /// The request.
        call: Call,
        /// The status.
        status: u16,
        /// What the answer said.
        detail: String,
    },
    /// An id that no path can carry; nothing was sent.
    #[error("{id:?} cannot be a letter id: no URL can carry it; nothing was sent")]
    BadId {
        /// The id.
        id: String,
    },
    /// 5xx, or a status the API does not document.
    #[error("{call} was answered {status}: {detail}; {}", server_remedy(*status))]
    ServerError {
        /// The request.
        call: Call,
        /// The status.
        status: u16,
        /// What the answer said.
        detail: String,
    },
    /// 429 until patience ended.
    #[error(
        "{call} was answered 429 {attempts} times; lower requests_per_second, or see who else uses this application"
    )]
    RateLimited {
        /// The request.
        call: Call,
        /// How often it was tried.
        attempts: u32,
    },
    /// No connection: the request never left.
    #[error("{call} was not sent: {reason}; check the network, a proxy and the URL")]
    Unreachable {
        /// The request.
        call: Call,
        /// Why.
        reason: String,
    },
    /// The answer did not come, or not whole.
    #[error("{call} brought no whole answer: {reason}; check the network and try again")]
    Broken {
        /// The request.
        call: Call,
        /// Why.
        reason: String,
    },
    /// The answer is not what the API documents.
    #[error(
        "{call} was answered {status} with {content_type}, which cannot be read as the documented JSON: {start:?}; check that the URL leads to the API and not to a proxy or a login page"
    )]
    Unreadable {
        /// The request.
        call: Call,
        /// The status.
        status: u16,
        /// The `Content-Type`, or `no content type`.
        content_type: String,
        /// The first 120 characters, without secrets.
        start: String,
    },
    /// The answer is larger than what is read.
    #[error(
        "{call} was answered with more than is read: {why}; a list of 2,500 letters has 0.6 MB: tell NHS Notify what the service sent (letterproof email support)"
    )]
    TooLarge {
        /// The request.
        call: Call,
        /// What of it, and how much is read.
        why: String,
    },
    /// A link the client does not follow; nothing was sent to where it leads.
    #[error(transparent)]
    ForbiddenLink(Box<ForbiddenLink>),
    /// A request that would have gone to a host the client may not call; it was not sent.
    #[error("{call} was not sent: {reason}")]
    ForbiddenHost {
        /// The request.
        call: Call,
        /// Why.
        reason: String,
    },
    /// Every signed URL had expired before it was followed.
    #[error(
        "{call} gave {asked} links and each had expired when followed; check the clock and the pace of downloads"
    )]
    LinkExpired {
        /// The request for a link.
        call: Call,
        /// How many links were asked for.
        asked: u32,
    },
    /// An update may or may not have been taken; it was not sent again.
    #[error(
        "{call} (intent {intent}) may or may not have been applied: {reason}; read the letters before sending it again"
    )]
    Unclear {
        /// The request.
        call: Call,
        /// The journal's `seq` of the intent.
        intent: u64,
        /// The status, if one came.
        status: Option<u16>,
        /// What came in place of a clear answer.
        reason: String,
    },
    /// The evidence could not be written; what happened since is not proven.
    #[error(transparent)]
    Evidence(Arc<EvidenceError>),
}

/// A link to a letter's PDF that leads where none may.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the PDF of letter {letter} was not fetched: {call} links to {location}, and {reason}")]
pub struct ForbiddenLink {
    /// The request that was answered with it.
    pub call: Call,
    /// The letter.
    pub letter: String,
    /// Where it leads, without user, password and query.
    pub location: String,
    /// Why it is not followed.
    pub reason: Forbidden,
}

/// A refusal of the token endpoint, with what is known of it.
#[derive(Clone, Debug)]
pub struct TokenRefusal {
    /// The token URL.
    pub url: String,
    /// The journal's `seq` of the exchange.
    pub exchange: u64,
    /// The HTTP status.
    pub status: u16,
    /// `error`, if the answer had one.
    pub error: Option<String>,
    /// `error_description`, if the answer had one.
    pub description: Option<String>,
    /// Cause and remedy, if the description is a known one.
    pub explanation: Option<Explanation>,
}

impl From<EvidenceError> for ClientError {
    fn from(error: EvidenceError) -> Self {
        Self::Evidence(Arc::new(error))
    }
}

impl ClientError {
    /// What this failure says about whom.
    pub fn kind(&self) -> FailureKind {
        match self {
            Self::TokenRefused(_) | Self::Signing(_) => FailureKind::Refused,
            Self::Unauthorised { .. } => FailureKind::Unauthorised,
            Self::Answered { .. } | Self::BadId { .. } => FailureKind::Answered,
            Self::Unclear { .. } => FailureKind::Unclear,
            Self::Evidence(_) => FailureKind::Evidence,
            Self::ServerError { .. }
            | Self::RateLimited { .. }
            | Self::Unreachable { .. }
            | Self::Broken { .. }
            | Self::Unreadable { .. }
            | Self::TooLarge { .. }
            | Self::ForbiddenLink(_)
            | Self::ForbiddenHost { .. }
            | Self::LinkExpired { .. } => FailureKind::Environment,
        }
    }

    /// The same error without a text of the service: production's may name people. Codes and
    /// statuses stay, and of URLs the host.
    #[must_use]
    pub fn without_texts(mut self) -> Self {
        if let Self::TokenRefused(refusal) = &mut self {
            refusal.error = None;
            if refusal.explanation.is_none() {
                refusal.description = Some(WITHHELD.to_owned());
            }
        }
        if let Self::Unauthorised { call, detail, .. }
        | Self::Answered { call, detail, .. }
        | Self::ServerError { call, detail, .. } = &mut self
        {
            *detail = codes_of(detail);
            call.name_host_alone();
        }
        match &mut self {
            Self::Unclear {
                call,
                reason,
                status,
                ..
            } => {
                if let Some(status) = status {
                    *reason = format!("the answer was {status}");
                }
                call.name_host_alone();
            }
            Self::Unreadable {
                call,
                content_type,
                start,
                ..
            } => {
                WITHHELD.clone_into(content_type);
                WITHHELD.clone_into(start);
                call.name_host_alone();
            }
            Self::ForbiddenLink(link) => {
                link.location = host_of(&link.location);
                link.call.name_host_alone();
            }
            Self::RateLimited { call, .. }
            | Self::Unreachable { call, .. }
            | Self::Broken { call, .. }
            | Self::TooLarge { call, .. }
            | Self::ForbiddenHost { call, .. }
            | Self::LinkExpired { call, .. } => call.name_host_alone(),
            _ => {}
        }
        self
    }

    /// The HTTP status of the last answer, if one came.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::TokenRefused(refusal) => Some(refusal.status),
            Self::Unauthorised { status, .. }
            | Self::Answered { status, .. }
            | Self::ServerError { status, .. }
            | Self::Unreadable { status, .. } => Some(*status),
            Self::RateLimited { .. } => Some(429),
            Self::Unclear { status, .. } => *status,
            _ => None,
        }
    }

    /// The journal's `seq` of the last attempt, if one was recorded.
    pub fn exchange(&self) -> Option<u64> {
        match self {
            Self::TokenRefused(refusal) => Some(refusal.exchange),
            Self::ForbiddenLink(link) => link.call.exchange,
            Self::Unauthorised { call, .. }
            | Self::Answered { call, .. }
            | Self::ServerError { call, .. }
            | Self::RateLimited { call, .. }
            | Self::Unreachable { call, .. }
            | Self::Broken { call, .. }
            | Self::Unreadable { call, .. }
            | Self::TooLarge { call, .. }
            | Self::ForbiddenHost { call, .. }
            | Self::LinkExpired { call, .. }
            | Self::Unclear { call, .. } => call.exchange,
            Self::Signing(_) | Self::BadId { .. } | Self::Evidence(_) => None,
        }
    }
}

impl Call {
    fn name_host_alone(&mut self) {
        self.url = host_of(&self.url);
    }
}

/// Scheme and host of `url`; the journal has the path, as far as it is kept.
fn host_of(url: &str) -> String {
    let host = url.find("://").map_or(0, |scheme| scheme + 3);
    let end = url[host..].find(['/', '?', '#']).map(|end| host + end);
    url[..end.unwrap_or(url.len())].to_owned()
}

/// The service's error codes in `detail`, such as `NOTIFY_INVALID_REQUEST`.
fn codes_of(detail: &str) -> String {
    let is_code = |word: &&str| {
        let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        word.contains('_') && word.len() <= 60 && word.bytes().all(plain)
    };
    let items = detail
        .split("; ")
        .filter_map(|item| item.split(": ").next());
    let codes: Vec<&str> = items.filter(is_code).collect();
    match codes.is_empty() {
        true => WITHHELD.to_owned(),
        false => format!("{} {WITHHELD}", codes.join(", ")),
    }
}

fn refused(refusal: &TokenRefusal) -> String {
    let description = refusal.description.as_deref();
    let said = description
        .or(refusal.error.as_deref())
        .unwrap_or("no reason given");
    let (url, status) = (&refusal.url, refusal.status);
    let start = format!("{url} refused a token with {status}: {said}");
    match refusal.explanation {
        Some(Explanation { cause, remedy }) => format!("{start}; {cause}: {remedy}"),
        None => start,
    }
}

fn answered_remedy(status: u16) -> &'static str {
    match status {
        404 => "check the id, and that it is this supplier's and of this environment",
        413 => "send fewer items in one request",
        415 => "the target takes another Content-Type: set the media type",
        _ => "the same request will be refused again: correct it",
    }
}

fn server_remedy(status: u16) -> &'static str {
    if (300..400).contains(&status) {
        "no redirect is followed here: check that the base URL leads to the API itself"
    } else if status >= 500 {
        "the service or what stands before it failed: try again later"
    } else {
        "the API documents no such answer: check that the base URL leads to it"
    }
}

/// What a 401 or 403 of the API means (token-endpoint, "After a token").
fn unauthorised_remedy(call: &Call, status: u16, detail: &str) -> &'static str {
    if call.url.ends_with("/_status") {
        return "check the status API key, a secret of its own that NHS Notify hands out";
    }
    if detail.contains("explicit deny") {
        "the APIM Application ID is not registered with NHS Notify: email it to england.nhsnotifysuppliers@nhs.net"
    } else if detail.contains("Missing Authentication Token") {
        "no such route: check the base URL and its path"
    } else if status == 401 {
        "the token is of another environment, or the API product is not attached to the application yet (up to 5 minutes)"
    } else {
        "check that the application may use this API"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_texts_codes_and_hosts_stay() {
        let call = Call {
            method: "GET",
            url: "https://h/letters/Jane".to_owned(),
            exchange: Some(7),
        };
        let detail = "NOTIFY_INVALID_REQUEST: Jane of 1 High Street; JANE: moved".to_owned();
        let refused = ClientError::Answered {
            call: call.clone(),
            status: 400,
            detail,
        };
        let told = refused.without_texts().to_string();
        assert!(
            told.starts_with("GET https://h was answered 400: NOTIFY_INVALID_REQUEST ‹withheld›;"),
            "{told}"
        );
        let unclear = ClientError::Unclear {
            call: call.clone(),
            intent: 3,
            status: Some(500),
            reason: "the answer was 500: Jane".to_owned(),
        };
        let page = ClientError::Unreadable {
            call,
            status: 200,
            content_type: "text/Jane".to_owned(),
            start: "<h1>Jane".to_owned(),
        };
        for error in [unclear, page] {
            let told = error.without_texts().to_string();
            assert!(!told.contains("Jane"), "{told}");
        }
    }
}
