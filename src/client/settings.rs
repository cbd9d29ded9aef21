//! What the client must be told; read from no file and no environment.

use std::time::Duration;

use secrecy::SecretString;

use crate::evidence::Policy;

use super::Hosts;

/// The media type the API documents for both directions.
///
/// The sandbox refuses bodies of any other type (service-behaviour §1), the service takes all.
pub const MEDIA_TYPE: &str = "application/vnd.api+json";

/// `User-Agent` of every request.
pub const USER_AGENT: &str = concat!("letterproof/", env!("CARGO_PKG_VERSION"));

/// Everything a [`Supplier`](super::Supplier) works with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the API answers and how to get in.
    pub endpoint: Endpoint,
    /// The target's quota; the client keeps one per cent under it. 0: no throttle.
    pub requests_per_second: u32,
    /// How long GET `/letters` hides what it returned (service-behaviour §2: 300 s).
    pub visibility_timeout: Duration,
    /// `Accept` of every API request.
    pub accept: String,
    /// `Content-Type` of every update and MI.
    pub content_type: String,
    /// Which letter PDFs are kept as evidence.
    pub keep_pdfs: Policy,
    /// How long an answer may take.
    pub timeouts: Timeouts,
}

/// Where the API answers and how to get in.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Base URL of the API, with its base path.
    pub base_url: String,
    /// Credentials for a token; `None` where the API asks for none (sandbox).
    pub credentials: Option<Credentials>,
    /// The `apikey` of `/_status`, a secret of its own that NHS Notify hands out.
    pub status_api_key: Option<SecretString>,
    /// Which hosts may be called; held for every request.
    pub hosts: Hosts,
}

/// What a token is asked for with (token-endpoint).
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The exact URL that tokens are posted to; also the `aud` of each assertion.
    pub token_url: String,
    /// The application's API key: `iss` and `sub`.
    pub api_key: SecretString,
    /// The RSA private key, PEM (PKCS#8 or PKCS#1).
    pub private_key: SecretString,
    /// The key's id as published in the application's JWKS.
    pub kid: String,
}

/// How long an answer may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// To open a connection.
    pub connect: Duration,
    /// A whole request to the API or the token endpoint; longer than the gateway's own 29 s,
    /// so that its 504 is seen rather than guessed.
    pub request: Duration,
    /// A whole download of a letter's PDF from a signed URL; longer than the link lives, 60 s
    /// (service-behaviour §2).
    pub download: Duration,
    /// An answer that takes longer is told, and again each time as much has passed.
    pub told: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            request: Duration::from_secs(35),
            download: Duration::from_secs(65),
            told: Duration::from_secs(10),
        }
    }
}

impl Settings {
    /// Settings for the API at `base_url`, whose host alone may be called, without credentials:
    /// 300 requests a second and leases of 300 s, as the service documents them.
    pub fn new(base_url: impl Into<String>) -> Self {
        let base_url = base_url.into();
        Self {
            endpoint: Endpoint {
                hosts: Hosts::of(&base_url),
                base_url,
                credentials: None,
                status_api_key: None,
            },
            requests_per_second: 300,
            visibility_timeout: Duration::from_secs(300),
            accept: MEDIA_TYPE.to_owned(),
            content_type: MEDIA_TYPE.to_owned(),
            keep_pdfs: Policy::default(),
            timeouts: Timeouts::default(),
        }
    }
}
