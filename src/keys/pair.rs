//! A private key and what can be told of it.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair as Rsa, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;

use super::{Jwk, Jwks, KeyError, Kid};

/// Bits of a key that is made here: what the developer portal's guide asks for.
pub const BITS: usize = 4096;

/// An RSA key pair. `Debug` shows nothing of it.
pub struct KeyPair(Rsa);

impl std::fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyPair")
    }
}

impl KeyPair {
    /// Makes a key of [`BITS`] bits; takes a second or so of one processor.
    ///
    /// # Errors
    /// If there are no random numbers.
    pub fn generate() -> Result<Self, KeyError> {
        let made = Rsa::generate(KeySize::Rsa4096);
        made.map(Self).map_err(|_| KeyError::NotMade)
    }

    /// Reads a private key in PEM, PKCS#8 or PKCS#1.
    ///
    /// # Errors
    /// If it is none, damaged, or of a size that cannot sign.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let file = pem::parse(text).map_err(|_| KeyError::NotPem)?;
        let read = match file.tag() {
            "PRIVATE KEY" => Rsa::from_pkcs8(file.contents()),
            "RSA PRIVATE KEY" => Rsa::from_der(file.contents()),
            _ => return Err(KeyError::NotPem),
        };
        read.map(Self).map_err(|error| {
            KeyError::Refused(match error.to_string().as_str() {
                "TooSmall" => "it has fewer than 2048 bits".to_owned(),
                "TooLarge" => "it has more than 8192 bits".to_owned(),
                _ => "it is damaged, or no RSA key".to_owned(),
            })
        })
    }

    /// The private key: PKCS#8, PEM.
    ///
    /// # Errors
    /// If the cryptographic library cannot write it.
    pub fn to_pem(&self) -> Result<SecretString, KeyError> {
        let der = self.0.as_der().map_err(|_| KeyError::NotMade)?;
        let file = pem::Pem::new("PRIVATE KEY", der.as_ref());
        let lines = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
        Ok(SecretString::from(pem::encode_config(&file, lines)))
    }

    /// Bits of its modulus.
    pub fn bits(&self) -> usize {
        self.0.public_modulus_len() * 8
    }

    /// Its public half, called `kid`.
    pub fn jwk(&self, kid: &str) -> Jwk {
        let public = self.0.public_key();
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        Jwk {
            kty: "RSA".to_owned(),
            n: text(public.modulus().big_endian_without_leading_zero()),
            e: text(public.exponent().big_endian_without_leading_zero()),
            alg: Some("RS512".to_owned()),
            kid: Some(kid.to_owned()),
            usage: Some("sig".to_owned()),
        }
    }

    /// The JWKS that holds its public half alone.
    pub fn jwks(&self, kid: &Kid) -> Jwks {
        Jwks {
            keys: vec![self.jwk(kid.as_str())],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};
    use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, crypto};
    use secrecy::ExposeSecret as _;

    #[test]
    fn what_the_private_half_signs_the_published_half_verifies() {
        let pair = KeyPair::generate().unwrap();
        assert_eq!(pair.bits(), BITS);
        let pem = pair.to_pem().unwrap();
        let text = pem.expose_secret();
        assert!(text.starts_with("-----BEGIN PRIVATE KEY-----\n"));

        let jwks = pair.jwks(&Kid::parse("int-1").unwrap());
        let read = Jwks::parse(&jwks.to_json()).unwrap();
        assert_eq!(read, jwks);
        let public = read.named("int-1")[0];
        let signature = crypto::sign(
            b"letter",
            &EncodingKey::from_rsa_pem(text.as_bytes()).unwrap(),
            Algorithm::RS512,
        );
        let key = DecodingKey::from_rsa_components(&public.n, &public.e).unwrap();
        assert!(crypto::verify(&signature.unwrap(), b"letter", &key, Algorithm::RS512).unwrap());

        let again = KeyPair::from_pem(text).unwrap();
        assert!(again.jwk("other").is_same_key(public));
        assert!(public.is_spelt_as_standard());
        let bytes = URL_SAFE_NO_PAD.decode(&public.n).unwrap();
        let zero = [&[0][..], &bytes].concat();
        for odd in [
            URL_SAFE_NO_PAD.encode(zero),
            STANDARD.encode(&bytes),
            URL_SAFE.encode(&bytes),
        ] {
            let odd = Jwk {
                n: odd,
                ..public.clone()
            };
            assert!(odd.is_same_key(public) && !odd.is_spelt_as_standard());
        }
        assert!(Jwks::private_members(&jwks.to_json()).is_empty());
        assert!(!format!("{again:?}").contains("PRIVATE"));
    }

    #[test]
    fn what_is_no_rsa_key_is_refused() {
        let text = |tag: &str, der: &[u8]| pem::encode(&pem::Pem::new(tag, der));
        assert_eq!(KeyPair::from_pem("hello").unwrap_err(), KeyError::NotPem);
        let public = text("PUBLIC KEY", b"x");
        assert_eq!(KeyPair::from_pem(&public).unwrap_err(), KeyError::NotPem);
        let damaged = KeyPair::from_pem(&text("PRIVATE KEY", b"xxxx")).unwrap_err();
        assert!(matches!(damaged, KeyError::Refused(_)), "{damaged}");
        assert!(Jwks::parse("<html>").is_err());
    }
}
