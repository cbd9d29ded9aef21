//! The public half, as the developer portal takes it (RFC 7517).

use serde::{Deserialize, Serialize};

use super::KeyError;

/// A set of public keys; fields that this version does not know are read over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwks {
    /// The keys.
    pub keys: Vec<Jwk>,
}

/// One public key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// `RSA`.
    #[serde(default)]
    pub kty: String,
    /// The modulus: big-endian, base64url without padding.
    #[serde(default)]
    pub n: String,
    /// The exponent, written as the modulus is.
    #[serde(default)]
    pub e: String,
    /// `RS512`, the one algorithm that the token endpoint takes (token-endpoint).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// The key's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// `sig`.
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
}

impl Jwks {
    /// Reads a JWKS.
    ///
    /// # Errors
    /// If `text` is something else.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        serde_json::from_str(text).map_err(|error| KeyError::NotJwks(error.to_string()))
    }

    /// As a file.
    pub fn to_json(&self) -> String {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        format!("{text}\n")
    }

    /// The key called `kid`.
    pub fn named(&self, kid: &str) -> Option<&Jwk> {
        self.keys.iter().find(|key| key.kid.as_deref() == Some(kid))
    }

    /// What its keys are called.
    pub fn kids(&self) -> Vec<&str> {
        let named = self.keys.iter().filter_map(|key| key.kid.as_deref());
        named.collect()
    }
}

impl Jwk {
    /// True if both are the same public key, whatever they are called.
    pub fn is_same_key(&self, other: &Self) -> bool {
        let plain = |text: &str| text.trim_end_matches('=').to_owned();
        plain(&self.n) == plain(&other.n) && plain(&self.e) == plain(&other.e)
    }
}
