//! Throwaway credentials: an API key and an RSA key pair for each supplier.

use std::fmt;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::DecodingKey;

use super::error::SimulatorError;
use super::ids;

/// What a client needs to get an access token from the simulator.
#[derive(Clone, Default)]
pub struct Credentials {
    /// The application's API key: `iss` and `sub` of its assertions.
    pub api_key: String,
    /// The `kid` under which its public key is published.
    pub kid: String,
    /// Its private key, PKCS#8 PEM.
    pub private_key_pem: String,
    /// The supplier's id, as its group ids end; empty where the application
    /// belongs to no supplier.
    pub supplier_id: String,
    /// The application's name, as the 429 body tells it.
    pub application: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Credentials");
        shown
            .field("kid", &self.kid)
            .field("supplier_id", &self.supplier_id);
        shown.finish_non_exhaustive()
    }
}

/// A fresh RSA-2048 key pair.
pub(crate) struct Keys {
    /// PKCS#8 PEM.
    pub(crate) private_pem: String,
    /// The public half, as a JWKS publishes it.
    pub(crate) public: DecodingKey,
}

impl Keys {
    /// Makes a key pair. Takes about a tenth of a second of one processor.
    ///
    /// # Errors
    /// Whatever stops the cryptographic library.
    pub(crate) fn generate() -> Result<Keys, SimulatorError> {
        let pair =
            KeyPair::generate(KeySize::Rsa2048).map_err(|_| SimulatorError::KeyGeneration)?;
        Keys::of(&pair)
    }

    /// The pair of a private key in PKCS#8 PEM.
    ///
    /// # Errors
    /// A text that is no such key.
    pub(crate) fn of_pem(text: &str) -> Result<Keys, SimulatorError> {
        let der = pem::parse(text).map_err(|_| SimulatorError::KeyGeneration)?;
        let pair = KeyPair::from_pkcs8(der.contents());
        Keys::of(&pair.map_err(|_| SimulatorError::KeyGeneration)?)
    }

    fn of(pair: &KeyPair) -> Result<Keys, SimulatorError> {
        let der = pair.as_der().map_err(|_| SimulatorError::KeyGeneration)?;
        let public = pair.public_key();
        let modulus = public.modulus();
        let exponent = public.exponent();
        Ok(Keys {
            private_pem: pem_of(der.as_ref()),
            public: DecodingKey::from_rsa_raw_components(
                modulus.big_endian_without_leading_zero(),
                exponent.big_endian_without_leading_zero(),
            ),
        })
    }
}

/// A fresh private key, PKCS#8 PEM: for simulators that need none of their own.
///
/// # Errors
/// Whatever stops the cryptographic library.
pub fn throwaway_key() -> Result<String, SimulatorError> {
    Ok(Keys::generate()?.private_pem)
}

fn pem_of(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines = text.as_bytes().chunks(64).map(String::from_utf8_lossy);
    let body: String = lines.map(|line| format!("{line}\n")).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{body}-----END PRIVATE KEY-----\n")
}

/// A fresh API key.
pub(crate) fn api_key() -> String {
    ids::secret()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_key_can_sign_what_its_public_half_verifies() {
        use jsonwebtoken::{Algorithm, EncodingKey, crypto};
        let keys = Keys::generate().expect("keys");
        let private = EncodingKey::from_rsa_pem(keys.private_pem.as_bytes()).expect("pem");
        let signature = crypto::sign(b"letter", &private, Algorithm::RS512).expect("signature");
        let verified = crypto::verify(&signature, b"letter", &keys.public, Algorithm::RS512);
        assert!(verified.expect("verification"));
    }

    #[test]
    fn a_debug_view_shows_no_secret() {
        let credentials = Credentials {
            api_key: "the-api-key".to_owned(),
            kid: "kid-1".to_owned(),
            private_key_pem: "the-pem".to_owned(),
            supplier_id: "supplier1".to_owned(),
            application: "app".to_owned(),
        };
        let shown = format!("{credentials:?}");
        assert!(!shown.contains("the-"), "{shown}");
    }
}
