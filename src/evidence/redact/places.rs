//! Places that hold a secret whatever stands in them: they are emptied before any known secret is
//! looked for.

use std::borrow::Cow;
use std::sync::LazyLock;

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

/// `text` with every such place emptied.
pub(super) fn empty_places(text: &str) -> Cow<'_, str> {
    let urls = urls::without_signatures(text);
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
