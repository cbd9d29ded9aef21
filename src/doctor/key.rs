//! The private key, and whether the published half is its own.

use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};

use crate::client::SettingsError;
use crate::evidence::read_at_most;
use crate::keys::{BITS, Jwk, Jwks, KeyPair, Kid};
use crate::model::limits::LARGEST_SETTINGS;

use super::{Finding, Outcome};

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
    // As it is, with its mark: what is published is read by programs that may not take one.
    let text = read_at_most(file, LARGEST_SETTINGS)
        .and_then(|bytes| String::from_utf8(bytes).map_err(std::io::Error::other));
    let text = match text {
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
    let private = Jwks::private_members(&text);
    if !private.is_empty() {
        return holds_a_private_key(&private, &shown.to_string());
    }
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
    let found = held(pair, &jwks, published.kid, &shown.to_string());
    match found.outcome {
        Outcome::Ok if text.starts_with('\u{feff}') => Finding::warning(JWKS, found.seen).because(
            "the file begins with a byte order mark, which readers of JSON need not take (RFC 8259, 8.1)",
            "save it as UTF-8 without a byte order mark, and upload it again",
        ),
        _ => found,
    }
}

/// This file is published: it must not be uploaded, and if it was, the key is known to others.
fn holds_a_private_key(members: &[&str], file: &str) -> Finding {
    Finding::fail(
        JWKS,
        format!(
            "{file} holds a PRIVATE key (members {})",
            members.join(", ")
        ),
        "a JWKS is published: whoever reads this one can ask for tokens in your name",
        "do not upload it; if it was uploaded, take it down, make a new pair with `letterproof keygen` and upload that JWKS",
    )
}

fn held(pair: &KeyPair, jwks: &Jwks, kid: &str, file: &str) -> Finding {
    let own = pair.jwk(kid);
    let named = jwks.named(kid);
    match named.iter().find(|key| key.is_same_key(&own)) {
        Some(key) => usable(key, kid, file),
        None if named.is_empty() => unnamed(&own, jwks, kid, file),
        None => Finding::fail(
            JWKS,
            format!("{file} holds another key as {kid}"),
            "private key and JWKS are not of one pair: the token endpoint would say that the signature verification failed",
            "use the private key of this JWKS, or upload the JWKS of this key",
        ),
    }
}

/// Whether the published key says that it signs with RS512 (token-endpoint), and is spelt so that
/// every reader takes it.
fn usable(key: &Jwk, kid: &str, file: &str) -> Finding {
    let other = [
        ("kty", Some(key.kty.as_str()), "RSA"),
        ("alg", key.alg.as_deref(), "RS512"),
        ("use", key.usage.as_deref(), "sig"),
    ];
    let wrong = other
        .iter()
        .find(|(_, given, right)| given.is_some_and(|given| given != *right));
    if let Some((member, given, right)) = wrong {
        let given: String = given.unwrap_or_default().chars().take(20).collect();
        return Finding::fail(
            JWKS,
            format!("{file} holds the key's public half as {kid}, with {member} {given:?}"),
            format!("the token endpoint takes keys of {member} {right:?}"),
            format!("write \"{member}\": \"{right}\", and upload the file again"),
        );
    }
    let seen = format!("{file} holds the key's public half as {kid}");
    if key.is_spelt_as_standard() {
        return Finding::ok(JWKS, seen);
    }
    Finding::warning(JWKS, seen).because(
        "its numbers are not spelt as the standard has it (RFC 7518: base64url without padding, no zero byte in front), and not every reader takes them",
        "make the JWKS anew with `letterproof keygen`, or with a tool that keeps to RFC 7518",
    )
}

/// No key of the file is called `kid`.
fn unnamed(own: &Jwk, jwks: &Jwks, kid: &str, file: &str) -> Finding {
    let there = jwks.keys.iter().find(|key| key.is_same_key(own));
    let kids: Vec<String> = jwks.kids().into_iter().map(shown_kid).collect();
    let seen = match (jwks.keys.len(), kids.as_slice()) {
        (0, _) => format!("{file} holds no key"),
        (_, []) => format!("{file} holds no key with a kid"),
        _ => format!("{file} holds no key called {kid}, but {}", kids.join(", ")),
    };
    let remedy = match there.map(|key| key.kid.as_deref()) {
        Some(Some(name)) if name.trim() == kid => format!(
            "take the blanks out of the kid {}, so that it is {kid:?}, and upload the file again",
            shown_kid(name)
        ),
        Some(Some(name)) if Kid::parse(name).is_ok() => {
            format!("set kid = \"{name}\": that is what this key is called there")
        }
        Some(_) => format!("write \"kid\": \"{kid}\" into the key, and upload the file again"),
        None => "upload a JWKS that holds this key under this kid".to_owned(),
    };
    let cause = "the token endpoint would find no matching public key";
    Finding::fail(JWKS, seen, cause, remedy)
}

/// A kid of a foreign file: as it is if it is a plain word, else quoted, so that a blank is seen.
fn shown_kid(kid: &str) -> String {
    match Kid::parse(kid) {
        Ok(kid) => kid.to_string(),
        Err(_) => format!("{:?}", kid.chars().take(60).collect::<String>()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What doctor says of `change`d text of the JWKS of `pair`.
    fn said(pair: &KeyPair, kid: &str, change: impl Fn(&str) -> String) -> Finding {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("jwks.json");
        let jwks = pair.jwks(&Kid::parse("int-1").unwrap()).to_json();
        std::fs::write(&file, change(&jwks)).unwrap();
        let file = Some(file.as_path());
        belongs(pair, &Published { file, kid })
    }

    #[test]
    fn a_published_key_is_looked_at_in_every_respect() {
        let pair = KeyPair::generate().unwrap();
        let said = |change: &dyn Fn(&str) -> String| said(&pair, "int-1", change);
        assert_eq!(said(&|text| text.to_owned()).outcome, Outcome::Ok);

        let private = said(&|text| text.replacen("\"kty\"", "\"d\": \"AQAB\", \"kty\"", 1));
        assert_eq!(private.outcome, Outcome::Fail);
        assert!(
            private.seen.contains("PRIVATE key (members d)"),
            "{private:?}"
        );

        for (right, wrong) in [
            ("RS512", "RS256"),
            ("\"sig\"", "\"enc\""),
            ("\"RSA\"", "\"EC\""),
        ] {
            let other = said(&|text| text.replace(right, wrong));
            assert_eq!(other.outcome, Outcome::Fail, "{wrong}");
            assert!(other.seen.contains(wrong.trim_matches('"')), "{other:?}");
        }

        let marked = said(&|text| format!("\u{feff}{text}"));
        assert_eq!(marked.outcome, Outcome::Warning);
        assert!(marked.cause.unwrap().contains("byte order mark"));

        let padded = said(&|text| text.replace("AQAB", "AAEAAQ=="));
        assert_eq!(padded.outcome, Outcome::Warning, "{padded:?}");
        assert!(padded.cause.unwrap().contains("not spelt as the standard"));
    }

    #[test]
    fn a_kid_that_does_not_fit_is_told_in_a_whole_sentence() {
        let pair = KeyPair::generate().unwrap();
        let blank = said(&pair, "int-1", |text| text.replace("int-1", "int-1 "));
        assert!(blank.seen.ends_with("but \"int-1 \""), "{blank:?}");
        assert!(blank.remedy.unwrap().contains("take the blanks out"));

        let none = said(&pair, "int-1", |text| {
            text.replace("\"kid\": \"int-1\",", "")
        });
        assert!(none.seen.ends_with("holds no key with a kid"), "{none:?}");
        assert!(none.remedy.unwrap().contains("\"kid\": \"int-1\""));

        let empty = said(&pair, "int-1", |_| "{\"keys\":[]}".to_owned());
        assert!(empty.seen.ends_with("holds no key"), "{empty:?}");

        let other = said(&pair, "int-2", str::to_owned);
        assert!(other.remedy.unwrap().contains("set kid = \"int-1\""));
    }
}
