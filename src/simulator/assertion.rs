//! The client assertion: a JWT, read by hand so that each fault has its own
//! answer, in the order in which the identity service asks.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde_json::{Map, Value};

use super::token_error::TokenError;

/// How far ahead `exp` may lie, in seconds: five minutes and some grace.
const LONGEST_S: f64 = 310.0;

/// A decoded assertion; nothing of it is believed yet.
pub(crate) struct Assertion<'a> {
    message: &'a str,
    signature: &'a str,
    header: Map<String, Value>,
    claims: Map<String, Value>,
}

impl<'a> Assertion<'a> {
    /// Takes a JWT apart.
    ///
    /// # Errors
    /// Anything that is not three parts with JSON objects in the first two.
    pub(crate) fn decode(jwt: &'a str) -> Result<Assertion<'a>, TokenError> {
        let parts: Vec<&str> = jwt.split('.').collect();
        let [header, claims, signature] = parts[..] else {
            return Err(TokenError::Malformed);
        };
        let message = jwt.rsplit_once('.').map_or("", |(message, _)| message);
        Ok(Assertion {
            message,
            signature,
            header: object(header)?,
            claims: object(claims)?,
        })
    }

    /// Every check that needs no key, in the service's order; `is_used` says
    /// whether this `jti` was burned before. Afterwards the `jti`, which is returned, is burned.
    ///
    /// # Errors
    /// The first check that fails.
    pub(crate) fn check(
        &self,
        now_s: f64,
        is_used: impl FnOnce(&str) -> bool,
    ) -> Result<&str, TokenError> {
        self.check_header(now_s)?;
        self.check_expiry_type()?;
        self.check_issuer()?;
        let jti = self.check_jti()?;
        if is_used(jti) {
            return Err(TokenError::JtiUsed);
        }
        let too_far = self
            .number("exp")
            .is_some_and(|exp| exp > now_s + LONGEST_S);
        if too_far {
            Err(TokenError::ExpTooFar)
        } else {
            Ok(jti)
        }
    }

    fn check_header(&self, now_s: f64) -> Result<(), TokenError> {
        if self.header.get("alg").and_then(Value::as_str) != Some("RS512") {
            return Err(TokenError::Algorithm);
        }
        if self.number("exp").is_some_and(|exp| exp <= now_s) {
            return Err(TokenError::Expired);
        }
        if self.kid().is_empty() {
            return Err(TokenError::KidMissing);
        }
        match self.header.get("typ").and_then(Value::as_str) {
            Some("JWT") => Ok(()),
            _ => Err(TokenError::Type),
        }
    }

    fn check_expiry_type(&self) -> Result<(), TokenError> {
        if is_absent(self.claims.get("exp")) {
            return Err(TokenError::ExpMissing);
        }
        match self.number("exp") {
            Some(exp) if exp.fract() == 0.0 => Ok(()),
            _ => Err(TokenError::ExpType),
        }
    }

    fn check_issuer(&self) -> Result<(), TokenError> {
        let issuer = self.issuer();
        if issuer.is_empty() || self.text("sub") != issuer {
            return Err(TokenError::IssuerMissing);
        }
        Ok(())
    }

    fn check_jti(&self) -> Result<&str, TokenError> {
        match self.claims.get("jti") {
            jti if is_absent(jti) => Err(TokenError::JtiMissing),
            Some(Value::String(jti)) => Ok(jti),
            _ => Err(TokenError::JtiType),
        }
    }

    /// The API key that it speaks for; empty if there is none.
    pub(crate) fn issuer(&self) -> &str {
        self.text("iss")
    }

    /// When it expires, in seconds since 1970; a checked one expires soon.
    pub(crate) fn expires_s(&self) -> u64 {
        self.number("exp").unwrap_or_default() as u64
    }

    /// The name of the key that it was signed with; empty if there is none.
    pub(crate) fn kid(&self) -> &str {
        self.header
            .get("kid")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The address that it is meant for; empty if there is none.
    pub(crate) fn audience(&self) -> &str {
        self.text("aud")
    }

    /// Whether `key` verifies its signature.
    pub(crate) fn is_signed_by(&self, key: &DecodingKey) -> bool {
        let message = self.message.as_bytes();
        crypto::verify(self.signature, message, key, Algorithm::RS512).unwrap_or(false)
    }

    fn text(&self, claim: &str) -> &str {
        self.claims
            .get(claim)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    fn number(&self, claim: &str) -> Option<f64> {
        self.claims.get(claim).and_then(Value::as_f64)
    }
}

fn is_absent(claim: Option<&Value>) -> bool {
    match claim {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(_) => false,
    }
}

fn object(part: &str) -> Result<Map<String, Value>, TokenError> {
    let bytes = URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| TokenError::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| TokenError::Malformed)
}
