//! The private key, and whether the published half is its own.

use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};

use crate::client::SettingsError;
use crate::evidence::read_text_at_most;
use crate::keys::{BITS, Jwks, KeyPair};

use crate::model::limits::LARGEST_SETTINGS;

use super::Finding;

/// What RS512 takes at least (RFC 7518, 3.3).
const LEAST_BITS: usize = 2048;

const KEY: &str = "key";
const JWKS: &str = "jwks";

/// The published half of the key, as a file that was found or named.
#[derive(Clone, Debug)]
pub struct Published<'p> {
    /// The file; `None` if none was named and none lies beside the key.
    pub file: Option<&'p Path>,
    /// The kid of the configuration.
    pub kid: &'p str,
}

/// The line of settings that no client can be made of.
pub(super) fn unusable(error: &SettingsError) -> Finding {
    let check = match error {
        SettingsError::PrivateKey { .. } => KEY,
        SettingsError::Http { .. } => "tls",
        _ => "configuration",
    };
    Finding::fail(
        check,
        error.to_string(),
        "the client cannot be made of these settings",
        "correct what is named; docs/configuration.md explains every setting",
    )
}

/// Size of the key, and the JWKS held against it.
pub fn published(pem: &SecretString, published: &Published<'_>) -> Vec<Finding> {
    let pair = match KeyPair::from_pem(pem.expose_secret()) {
        Ok(pair) => pair,
        Err(error) => {
            let remedy = "make another with `letterproof keygen`, and upload its JWKS";
            let fail = Finding::fail(
                KEY,
                error.to_string(),
                "it is no RSA key that can sign with RS512",
                remedy,
            );
            return vec![
                fail,
                Finding::skipped(JWKS, "there is no key to hold it against"),
            ];
        }
    };
    vec![size(&pair), belongs(&pair, published)]
}

fn size(pair: &KeyPair) -> Finding {
    let bits = pair.bits();
    let seen = format!("RSA, {bits} bits, readable for its owner alone");
    if bits >= BITS {
        return Finding::ok(KEY, seen);
    }
    if bits < LEAST_BITS {
        return Finding::fail(
            KEY,
            format!("RSA, {bits} bits: fewer than {LEAST_BITS} bits"),
            "the key is too short to sign with RS512",
            "make another with `letterproof keygen`, and upload its JWKS",
        );
    }
    Finding::warning(KEY, seen).because(
        format!("the developer portal's guide asks for {BITS} bits; a smaller key may be refused"),
        "make another with `letterproof keygen`, and upload its JWKS",
    )
}

fn belongs(pair: &KeyPair, published: &Published<'_>) -> Finding {
    let Some(file) = published.file else {
        return Finding::skipped(
            JWKS,
            "no JWKS lies beside the key; name it with --jwks to hold it against the key",
        );
    };
    let shown = file.display();
    let text = match read_text_at_most(file, LARGEST_SETTINGS) {
        Ok(text) => text,
        Err(error) => {
            let remedy = "name the file that was uploaded with --jwks";
            return Finding::fail(
                JWKS,
                format!("{shown}: {error}"),
                "the file cannot be read",
                remedy,
            );
        }
    };
    let jwks = match Jwks::parse(&text) {
        Ok(jwks) => jwks,
        Err(error) => {
            let remedy = "name the file that was uploaded with --jwks, or make a pair with `letterproof keygen`";
            return Finding::fail(
                JWKS,
                format!("{shown}: {error}"),
                "the file is no JWKS",
                remedy,
            );
        }
    };
    held(pair, &jwks, published.kid, &shown.to_string())
}

fn held(pair: &KeyPair, jwks: &Jwks, kid: &str, file: &str) -> Finding {
    let own = pair.jwk(kid);
    match jwks.named(kid) {
        Some(key) if key.is_same_key(&own) => {
            Finding::ok(JWKS, format!("{file} holds the key's public half as {kid}"))
        }
        Some(_) => Finding::fail(
            JWKS,
            format!("{file} holds another key as {kid}"),
            "private key and JWKS are not of one pair: the token endpoint would say that the signature verification failed",
            "use the private key of this JWKS, or upload the JWKS of this key",
        ),
        None => {
            let there = jwks.keys.iter().find(|key| key.is_same_key(&own));
            let kids = jwks.kids().join(", ");
            let remedy = match there.and_then(|key| key.kid.as_deref()) {
                Some(name) => {
                    format!("set kid = \"{name}\": that is what this key is called there")
                }
                None => "upload a JWKS that holds this key under this kid".to_owned(),
            };
            Finding::fail(
                JWKS,
                format!("{file} holds no key called {kid}, but {kids}"),
                "the token endpoint would find no matching public key",
                remedy,
            )
        }
    }
}
