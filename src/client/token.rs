//! Tokens: asked for with a signed assertion, kept, and renewed before they end.
//!
//! Source: token-endpoint.

use std::time::{Duration, Instant};

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::evidence::Redactor;
use crate::evidence::redact::{Sweep, withhold};
use crate::model::limits::read_answer;
use crate::model::{Event, Timestamp};

use super::answer::{detail, unreadable};
use super::error::TokenRefusal;
use super::headers::Headers;
use super::retry::{Sent, backoff, is_transient};
use super::token_errors::explain_answer;
use super::transport::{Answer, Delivery, Kind, Payload, Received, Shipment};
use super::{Call, ClientError, Credentials, Hosts, SettingsError, Supplier, address};

/// Seconds an assertion is good for; the server allows 300, and clocks differ.
const ASSERTION_LIFE: i64 = 290;
/// Tries of one fetch when the network or the endpoint fails.
const MOST_TRIES: u32 = 4;
/// Tries of one fetch whose last took all the time it was given.
const MOST_LATE: u32 = 2;
/// A token is renewed this long before its end, or a twentieth of its life if that is less.
const RENEW_BEFORE: Duration = Duration::from_secs(30);
/// No token is used for longer, whatever its answer says: a moment too far off is none to a clock.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 3_600);
/// A token endpoint's answer has some 2 KB. Of a larger one no secret is looked for, so none of it
/// is kept.
pub(super) const LARGEST_TOKEN_ANSWER: u64 = 64 * 1024;
const FORM: &str = "application/x-www-form-urlencoded";
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Where a token came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenFacts {
    /// The journal's `seq` of the exchange that brought it.
    pub exchange: u64,
    /// The journal's `seq` of its `token.issued`.
    pub issued: u64,
    /// Seconds it lives from its issue.
    pub expires_in_s: u64,
}

/// The tokens of one application.
pub(super) struct Tokens {
    url: Url,
    /// The token URL to the letter, as the server compares it.
    audience: String,
    api_key: SecretString,
    kid: String,
    key: EncodingKey,
    last: Mutex<Last>,
}

/// How the last fetch ended.
#[derive(Default)]
struct Last {
    held: Option<Held>,
    failed: Option<(Instant, ClientError)>,
}

/// A token in use.
#[derive(Clone)]
pub(super) struct Held {
    pub token: SecretString,
    pub facts: TokenFacts,
    renew_at: Instant,
}

impl Held {
    /// False if it is about to end.
    pub(super) fn is_good(&self) -> bool {
        Instant::now() < self.renew_at
    }

    /// What it is to an answer that came just now.
    pub(super) fn sent(&self) -> Sent {
        match self.is_good() {
            true => Sent::Good,
            false => Sent::Ended,
        }
    }
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    jti: String,
    exp: i64,
}

impl Tokens {
    /// Reads the key and tries it, so that a wrong one is found before anything is sent.
    pub(super) fn new(
        credentials: &Credentials,
        hosts: &Hosts,
        redactor: &Redactor,
    ) -> Result<Self, SettingsError> {
        redactor.add("api-key", credentials.api_key.expose_secret());
        redactor.add("private-key", credentials.private_key.expose_secret());
        let unusable = |error: jsonwebtoken::errors::Error| SettingsError::PrivateKey {
            reason: redactor.text(&error.to_string()).into_owned(),
        };
        let pem = credentials.private_key.expose_secret().as_bytes();
        let tokens = Self {
            url: address::configured(&credentials.token_url, hosts)?,
            audience: credentials.token_url.clone(),
            // A file that holds a key ends with a newline that is no part of it.
            api_key: SecretString::from(credentials.api_key.expose_secret().trim()),
            kid: credentials.kid.clone(),
            key: EncodingKey::from_rsa_pem(pem).map_err(unusable)?,
            last: Mutex::default(),
        };
        tokens.sign(&tokens.claims("probe")).map_err(unusable)?;
        Ok(tokens)
    }

    /// Where tokens are asked for.
    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// The token in hand, or a new one; callers at the same time share one fetch, and its
    /// failure, so that an endpoint that refuses is not asked once for each of them.
    pub(super) async fn get(&self, supplier: &Supplier) -> Result<Held, ClientError> {
        let came = Instant::now();
        let mut last = self.last.lock().await;
        if let Some(held) = last.held.as_ref().filter(|held| held.is_good()) {
            return Ok(held.clone());
        }
        if let Some((_, error)) = last.failed.as_ref().filter(|(when, _)| *when > came) {
            return Err(error.clone());
        }
        let fetched = self.fetch(supplier).await;
        *last = Last {
            held: fetched.as_ref().ok().cloned(),
            failed: fetched
                .as_ref()
                .err()
                .map(|error| (Instant::now(), error.clone())),
        };
        fetched
    }

    /// Forgets `refused`, unless another caller has replaced it already.
    pub(super) async fn drop_refused(&self, refused: &Held) {
        let mut last = self.last.lock().await;
        last.held = last.held.take().filter(|held| held.facts != refused.facts);
    }

    async fn fetch(&self, supplier: &Supplier) -> Result<Held, ClientError> {
        let id = supplier.journal().next_call();
        let mut attempt = 1;
        loop {
            let start = Instant::now();
            let shipment = self.shipment(supplier, &id, attempt)?;
            let delivery = supplier.send(shipment).await?;
            let late = matches!(&delivery.outcome, Err(lost) if lost.late);
            let most = if late { MOST_LATE } else { MOST_TRIES };
            let Some(reason) = worth_another_try(&delivery).filter(|_| attempt < most) else {
                return self.held_from(supplier, delivery, start);
            };
            attempt += 1;
            let reason = format!("{reason}; then try {attempt} of {most}");
            supplier.pause(&reason, backoff(attempt - 1)).await?;
        }
    }

    /// A request for a token with an assertion of its own: a `jti` is burned by the first try,
    /// even a failed one.
    fn shipment(
        &self,
        supplier: &Supplier,
        id: &str,
        attempt: u32,
    ) -> Result<Shipment, ClientError> {
        let redactor = supplier.journal().redactor();
        let jti = Uuid::new_v4().to_string();
        let signed = self.sign(&self.claims(&jti));
        let assertion = signed
            .map_err(|error| ClientError::Signing(redactor.text(&error.to_string()).into()))?;
        redactor.add("client-assertion", &assertion);
        let headers = Headers::of_elsewhere("application/json").with_content_type(Some(FORM));
        Ok(Shipment {
            id: id.to_owned(),
            scope: supplier.scope().clone(),
            attempt,
            method: "POST",
            url: self.url.clone(),
            request_id: None,
            correlation_id: None,
            intent: None,
            headers: headers.list,
            body: Some(form(&assertion)),
            kind: Kind::Token,
        })
    }

    fn claims(&self, jti: &str) -> Claims<'_> {
        let api_key = self.api_key.expose_secret();
        Claims {
            iss: api_key,
            sub: api_key,
            aud: &self.audience,
            jti: jti.to_owned(),
            exp: Timestamp::now().micros() / 1_000_000 + ASSERTION_LIFE,
        }
    }

    fn sign(&self, claims: &Claims<'_>) -> Result<String, jsonwebtoken::errors::Error> {
        let mut header = Header::new(Algorithm::RS512);
        header.typ = Some("JWT".to_owned());
        header.kid = Some(self.kid.clone());
        jsonwebtoken::encode(&header, claims, &self.key)
    }

    fn held_from(
        &self,
        supplier: &Supplier,
        delivery: Delivery,
        start: Instant,
    ) -> Result<Held, ClientError> {
        let exchange = delivery.seq();
        let call = self.call(exchange);
        let issued = issued(&delivery);
        let answer = match delivery.outcome {
            Ok(answer) => answer,
            Err(lost) => return Err(lost.error(call)),
        };
        match (answer.status, issued, token_of(&answer)) {
            (200, Some((issued, expires_in_s)), Some(token)) => Ok(Held {
                token,
                facts: TokenFacts {
                    exchange,
                    issued,
                    expires_in_s,
                },
                renew_at: start + useful_life(expires_in_s),
            }),
            _ => Err(self.refusal(supplier, call, &answer)),
        }
    }

    fn refusal(&self, supplier: &Supplier, call: Call, answer: &Answer) -> ClientError {
        let sweep = supplier.journal().redactor().sweep(&[]);
        let answer = &without_tokens(answer, &sweep);
        let body = read_answer(&answer.body.bytes).unwrap_or_default();
        let text = |name: &str| Some(body.get(name)?.as_str()?.to_owned());
        let (error, description) = (text("error"), text("error_description"));
        let status = answer.status;
        let spoken = error.is_some() || description.is_some() || status == 405;
        if !(400..500).contains(&status) || status == 429 || !spoken {
            return no_token(&sweep, call, answer);
        }
        ClientError::TokenRefused(Box::new(TokenRefusal {
            url: self.url.to_string(),
            exchange: call.exchange.unwrap_or_default(),
            status,
            explanation: explain_answer(status, description.as_deref()),
            error,
            description,
        }))
    }

    fn call(&self, exchange: u64) -> Call {
        Call {
            method: "POST",
            url: self.url.to_string(),
            exchange: Some(exchange),
        }
    }
}

/// What the journal keeps of `answer`: an error shows no more.
fn without_tokens(answer: &Answer, sweep: &Sweep<'_>) -> Answer {
    Answer {
        status: answer.status,
        headers: Vec::new(),
        body: Received {
            bytes: withhold(&answer.body.bytes, sweep).into_bytes(),
            sha256: String::new(),
            length: answer.body.length,
            content_type: answer.body.content_type.clone(),
        },
    }
}

/// The token in an answer, if it is one.
fn token_of(answer: &Answer) -> Option<SecretString> {
    if answer.body.length > LARGEST_TOKEN_ANSWER {
        return None;
    }
    let body = read_answer(&answer.body.bytes).ok()?;
    let token = body.get("access_token")?.as_str()?;
    (!token.is_empty()).then(|| SecretString::from(token))
}

fn issued(delivery: &Delivery) -> Option<(u64, u64)> {
    delivery
        .recorded
        .derived
        .iter()
        .find_map(|(seq, event)| match event {
            Event::TokenIssued { expires_in_s, .. } => Some((*seq, *expires_in_s)),
            _ => None,
        })
}

/// The network, a 5xx, a 429: no word on key, claim or registration.
fn worth_another_try(delivery: &Delivery) -> Option<String> {
    match &delivery.outcome {
        Err(lost) if lost.forbidden => None,
        Err(lost) => Some(format!(
            "the token endpoint gave no answer: {}",
            lost.reason
        )),
        Ok(answer)
            if answer.status >= 500 || is_transient(answer.status) || answer.status == 429 =>
        {
            Some(format!("the token endpoint answered {}", answer.status))
        }
        Ok(_) => None,
    }
}

fn no_token(sweep: &Sweep<'_>, call: Call, answer: &Answer) -> ClientError {
    if answer.status < 500 && answer.status != 429 {
        return unreadable(sweep, call, answer);
    }
    ClientError::ServerError {
        call,
        status: answer.status,
        detail: detail(sweep, answer),
    }
}

fn form(assertion: &str) -> Payload {
    let (kind, assertion) = (
        address::escaped(ASSERTION_TYPE),
        address::escaped(assertion),
    );
    let text = format!(
        "grant_type=client_credentials&client_assertion_type={kind}&client_assertion={assertion}"
    );
    Payload {
        bytes: text.into_bytes(),
        content_type: FORM.to_owned(),
    }
}

/// How long a token is used.
fn useful_life(expires_in_s: u64) -> Duration {
    let life = Duration::from_secs(expires_in_s).min(LONGEST_LIFE);
    life - RENEW_BEFORE.min(life / 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_renewed_before_it_ends() {
        assert_eq!(useful_life(600), Duration::from_secs(570));
        assert_eq!(useful_life(6_000), Duration::from_secs(5_970));
        assert_eq!(useful_life(20), Duration::from_secs(19));
        assert_eq!(useful_life(0), Duration::ZERO);
        assert!(useful_life(u64::MAX) < LONGEST_LIFE);
    }

    #[test]
    fn the_form_is_encoded() {
        let form = form("a.b_c-d");
        assert_eq!(
            String::from_utf8(form.bytes).unwrap(),
            "grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=a.b_c-d"
        );
    }
}
