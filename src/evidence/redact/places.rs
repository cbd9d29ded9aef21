//! Places that hold a secret whatever stands in them: they are emptied before any known secret is
//! looked for.

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::packed::Searcher;
use regex::{Captures, Regex};

use super::{placeholder, spellings, urls};

#[expect(
    clippy::expect_used,
    reason = "a constant pattern, compiled by every test"
)]
static PLACES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?P<key>(?i:X-Amz-(?:Signature|Credential|Security-Token)|client_assertion)(?:=|%3D|%253D))(?P<value>[^&\s\x22<>\\‹][^&\s\x22<>\\]*)",
        r#"|(?P<jkey>\\*"(?:access_token|refresh_token|id_token|client_assertion)\\*"\s*:\s*\\*")(?P<jvalue>(?:[^"\\‹]|\\+[^"\\])(?:[^"\\]|\\+[^"\\])*)"#,
        r"|(?P<xkey><(?:SignatureProvided|AWSAccessKeyId|Token-0)>)(?P<xvalue>[^<‹][^<]*)",
        // User and password of a URL, whatever its scheme: up to the last @ before its path.
        r#"|(?P<ukey>(?:\\*/){2})(?P<uvalue>[^/?#\s"<>\\‹][^/?#\s"<>\\]*)@"#,
        r"|(?P<jwt>eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})",
        r"|(?P<pem>-----BEGIN [A-Z ]*PRIVATE KEY-----[^‹]*?-----END [A-Z ]*PRIVATE KEY-----)",
    ))
    .expect("the pattern of secret places")
});

/// Three letters of each alternative of [`PLACES`], in either case where it is matched in either. A
/// text without any of them has no such place, and to see that takes a fraction of the time.
static SIGNS: LazyLock<Option<Searcher>> = LazyLock::new(|| {
    let signs = [
        "mz-", "mZ-", "Mz-", "MZ-", "t_a", "t_A", "T_a", "T_A", "s_t", "h_t", "d_t", "<Si", "<AW",
        "<To", "eyJ", "---",
    ];
    Searcher::builder().extend(signs).build()
});

fn may_have_places(text: &[u8]) -> bool {
    let signs = SIGNS.as_ref();
    memchr::memchr(b'@', text).is_some() || signs.is_none_or(|signs| signs.find(text).is_some())
}

/// `text` with every such place emptied.
pub(super) fn empty_places(text: &str) -> Cow<'_, str> {
    let urls = urls::without_signatures(text);
    if !may_have_places(urls.as_bytes()) {
        return urls;
    }
    let emptied = PLACES.replace_all(&urls, |found: &Captures<'_>| {
        let (key, name, value) = place_of(found);
        let end = found.name("uvalue").map_or("", |_| "@");
        format!("{key}{}{end}", placeholder(&name, &value))
    });
    match emptied {
        Cow::Owned(changed) => Cow::Owned(changed),
        Cow::Borrowed(_) => urls,
    }
}

/// The placeholder of the first secret that such a place of `text` holds.
pub(super) fn find_place(text: &str) -> Option<String> {
    if let Some(found) = PLACES.captures(text) {
        let (_, name, value) = place_of(&found);
        return Some(placeholder(&name, &value));
    }
    let (name, value) = urls::signatures_of(text).next()?;
    Some(placeholder(name, &value))
}

/// The spellings of every secret that such a place of `hints` holds, with their placeholders.
pub(super) fn hinted(hints: &[&str]) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for hint in hints {
        found.extend(PLACES.captures_iter(hint).map(|place| {
            let (_, name, value) = place_of(&place);
            (name, value)
        }));
        let signed = urls::signatures_of(hint).filter(|(_, value)| urls::is_telling(value));
        found.extend(signed.map(|(name, value)| (name.to_owned(), value)));
    }
    found.sort();
    found.dedup();
    let spelled = found.iter();
    spelled
        .flat_map(|(name, value)| spellings::of_passing(name, value))
        .collect()
}

/// What precedes the secret, the secret's name, and the secret.
fn place_of(found: &Captures<'_>) -> (String, String, String) {
    let part = |name: &str| found.name(name).map_or("", |part| part.as_str());
    let (key, value) = (part("key"), part("value"));
    if !key.is_empty() {
        let name = key.split(['=', '%']).next().unwrap_or("secret");
        let plain = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
        return (
            key.to_owned(),
            urls::shown_name(name).to_owned(),
            plain.into_owned(),
        );
    }
    for (key, value, name) in [
        ("jkey", "jvalue", "token"),
        ("xkey", "xvalue", "signature"),
        ("ukey", "uvalue", "user"),
    ] {
        if !part(key).is_empty() {
            let is_assertion = part(key).contains("client_assertion");
            let name = if is_assertion {
                "client-assertion"
            } else {
                name
            };
            return (
                part(key).to_owned(),
                name.to_owned(),
                part(value).to_owned(),
            );
        }
    }
    let (name, value) = match part("jwt") {
        "" => ("private-key", part("pem")),
        jwt => ("token", jwt),
    };
    (String::new(), name.to_owned(), value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alternative_has_its_sign() {
        for place in [
            "X-Amz-Signature=a",
            "x-amz-credential%3Da",
            "X-AMZ-SECURITY-TOKEN=a",
            "CLIENT_ASSERTION=a",
            r#""access_token":"a""#,
            r#"\"refresh_token\":\"a\""#,
            r#""id_token" : "a""#,
            r#""client_assertion":"a""#,
            "<SignatureProvided>a<",
            "<AWSAccessKeyId>a<",
            "<Token-0>a<",
            "https://user:word@h",
            "eyJhbGciOiJ9.eyJhbGciOiJ9.eyJhbGciOiJ9",
            concat!(
                "-----BEGIN PRIVATE",
                " KEY-----a-----END PRIVATE",
                " KEY-----"
            ),
        ] {
            assert!(PLACES.is_match(place), "{place}");
            assert!(may_have_places(place.as_bytes()), "{place}");
            assert!(empty_places(place).contains("‹redacted:"), "{place}");
        }
        assert!(!may_have_places(br#"{"id":"36Vn6q","status":"PENDING"}"#));
    }
}
