//! The public half, as the developer portal takes it (RFC 7517).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
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
    /// Reads a JWKS; a byte order mark before it is passed over.
    ///
    /// # Errors
    /// If `text` is something else.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|error| KeyError::NotJwks(error.to_string()))
    }

    /// As a file.
    pub fn to_json(&self) -> String {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        format!("{text}\n")
    }

    /// The keys called `kid`; there should be one.
    pub fn named(&self, kid: &str) -> Vec<&Jwk> {
        let keys = self.keys.iter();
        keys.filter(|key| key.kid.as_deref() == Some(kid)).collect()
    }

    /// The members in `text`, a JWKS, that only a private key has (RFC 7518, 6.3.2 and 6.4.1).
    pub fn private_members(text: &str) -> Vec<&'static str> {
        const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
        let text = text.trim_start_matches('\u{feff}');
        let set: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        let keys = set.get("keys").and_then(serde_json::Value::as_array);
        let has = |name: &&str| {
            let mut keys = keys.into_iter().flatten();
            keys.any(|key| key.get(*name).is_some()) || set.get(*name).is_some()
        };
        PRIVATE.into_iter().filter(has).collect()
    }

    /// What its keys are called.
    pub fn kids(&self) -> Vec<&str> {
        let named = self.keys.iter().filter_map(|key| key.kid.as_deref());
        named.collect()
    }
}

impl Jwk {
    /// True if both are the same public key, whatever they are called and however their numbers
    /// are spelt.
    pub fn is_same_key(&self, other: &Self) -> bool {
        let same =
            |one: &str, other: &str| number(one).is_some_and(|one| number(other) == Some(one));
        same(&self.n, &other.n) && same(&self.e, &other.e)
    }

    /// True if its numbers are spelt as the standard has it: base64url, without padding and without
    /// zero bytes in front (RFC 7518, 2 and 6.3.1).
    pub fn is_spelt_as_standard(&self) -> bool {
        let standard =
            |text: &str| number(text).is_some_and(|bytes| URL_SAFE_NO_PAD.encode(bytes) == text);
        standard(&self.n) && standard(&self.e)
    }
}

/// The number that `text` stands for in base64 of whatever kind, big-endian.
fn number(text: &str) -> Option<Vec<u8>> {
    let plain = text
        .trim()
        .trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_");
    let bytes = URL_SAFE_NO_PAD.decode(plain).ok()?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    (zeros < bytes.len()).then(|| bytes[zeros..].to_vec())
}
