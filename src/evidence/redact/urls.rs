//! What signs a URL.
//!
//! In the URL of an exchange, and where an answer points to, every parameter goes whose name is not
//! known to be harmless: each storage signs by names of its own. In other texts those go whose
//! names say that they sign.

use std::borrow::Cow;

use super::placeholder;

/// Parameters that neither sign nor name who signed. The first are the API's; the others say how a
/// link is signed and for how long, which criteria and readers need.
const HARMLESS: [&str; 25] = [
    "limit",
    "status",
    "x-amz-algorithm",
    "x-amz-date",
    "x-amz-expires",
    "x-amz-signedheaders",
    "x-amz-content-sha256",
    "x-amz-checksum-mode",
    "x-goog-algorithm",
    "x-goog-date",
    "x-goog-expires",
    "x-goog-signedheaders",
    "x-id",
    "versionid",
    "expires",
    "se",
    "sp",
    "sr",
    "st",
    "sv",
    "spr",
    "response-content-type",
    "response-content-disposition",
    "response-cache-control",
    "response-content-encoding",
];

/// A parameter whose name has one of these in it signs, or is a secret itself.
const TELLING_PARTS: [&str; 12] = [
    "signature",
    "credential",
    "token",
    "secret",
    "password",
    "assertion",
    "accesskeyid",
    "accessid",
    "key-pair-id",
    "apikey",
    "api-key",
    "api_key",
];

/// So does one that is called so.
const TELLING_NAMES: [&str; 5] = ["sig", "policy", "auth", "jwt", "key"];

/// How a placeholder names the secret of a parameter; a foreign name never stands in one.
const SHOWN: [(&str, &str); 12] = [
    ("x-amz-signature", "X-Amz-Signature"),
    ("x-amz-credential", "X-Amz-Credential"),
    ("x-amz-security-token", "X-Amz-Security-Token"),
    ("x-goog-signature", "X-Goog-Signature"),
    ("x-goog-credential", "X-Goog-Credential"),
    ("awsaccesskeyid", "AWSAccessKeyId"),
    ("googleaccessid", "GoogleAccessId"),
    ("key-pair-id", "Key-Pair-Id"),
    ("policy", "Policy"),
    ("signature", "Signature"),
    ("sig", "sig"),
    ("client_assertion", "client-assertion"),
];

/// Shorter values of a parameter are not looked for elsewhere: they may be ordinary words.
const SHORTEST_TOLD: usize = 12;

/// True if `value` tells enough to be looked for in the rest of an exchange.
pub(super) fn is_telling(value: &str) -> bool {
    value.len() >= SHORTEST_TOLD
}

/// How a placeholder names the secret of the parameter `name`.
pub(super) fn shown_name(name: &str) -> &'static str {
    let lower = name.to_ascii_lowercase();
    let known = SHOWN.iter().find(|(known, _)| *known == lower);
    known.map_or("query", |(_, shown)| shown)
}

/// `url` without the value of any parameter that is not known to be harmless.
pub(super) fn strict(url: &str) -> Cow<'_, str> {
    rewritten(url, |name| !HARMLESS.contains(&name))
}

/// `text` without the values of parameters that sign.
pub(super) fn without_signatures(text: &str) -> Cow<'_, str> {
    rewritten(text, signs)
}

/// The secrets that parameters in `text` hold, percent-decoded, each with its shown name.
pub(super) fn signatures_of(text: &str) -> impl Iterator<Item = (&'static str, String)> {
    let pairs = Pairs { text, at: 0 };
    let signing = pairs.filter(|pair| signs(&pair.lower_name()) && !pair.is_redacted());
    signing.map(|pair| (shown_name(pair.name), pair.plain_value()))
}

fn signs(lower_name: &str) -> bool {
    let part = |part: &&str| lower_name.contains(*part);
    TELLING_NAMES.contains(&lower_name) || TELLING_PARTS.iter().any(part)
}

fn rewritten(text: &str, goes: impl Fn(&str) -> bool) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    for pair in (Pairs { text, at: 0 }) {
        if !pair.is_redacted() && goes(&pair.lower_name()) {
            out.push_str(&text[copied..pair.start]);
            out.push_str(&placeholder(shown_name(pair.name), &pair.plain_value()));
            copied = pair.start + pair.value.len();
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

/// A parameter in a URL, wherever in a text that stands.
struct Pair<'t> {
    name: &'t str,
    value: &'t str,
    /// The byte at which the value begins.
    start: usize,
}

impl Pair<'_> {
    fn lower_name(&self) -> String {
        self.name.to_ascii_lowercase()
    }

    fn is_redacted(&self) -> bool {
        self.value.is_empty() || self.value.starts_with('‹')
    }

    fn plain_value(&self) -> String {
        let plain = percent_encoding::percent_decode_str(self.value);
        plain.decode_utf8_lossy().into_owned()
    }
}

/// Every `?name=value` and `&name=value` of a text.
struct Pairs<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Iterator for Pairs<'t> {
    type Item = Pair<'t>;

    fn next(&mut self) -> Option<Pair<'t>> {
        loop {
            let rest = &self.text[self.at..];
            let begin = memchr::memchr3(b'?', b'&', b';', rest.as_bytes())? + 1;
            self.at += begin;
            let rest = &rest[begin..];
            let in_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            let name = &rest[..rest.find(|c| !in_name(c)).unwrap_or(rest.len())];
            let Some(value) = rest[name.len()..].strip_prefix('=') else {
                continue;
            };
            let ends = |c: char| c.is_whitespace() || "&\"<>\\#".contains(c);
            let value = &value[..value.find(ends).unwrap_or(value.len())];
            if name.is_empty() {
                continue;
            }
            let start = self.at + name.len() + 1;
            self.at = start + value.len();
            return Some(Pair { name, value, start });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_signs_goes_whatever_the_storage_calls_it() {
        for name in [
            "Signature",
            "sig",
            "SIG",
            "X-Goog-Signature",
            "x-goog-credential",
            "AWSAccessKeyId",
            "Key-Pair-Id",
            "Policy",
            "x-ms-token",
            "hdnts_token",
        ] {
            let text = format!("see https://h/o?a=1&{name}=abc%2Bdef&Expires=60 for it");
            let swept = without_signatures(&text);
            assert!(!swept.contains("abc"), "{swept}");
            assert!(swept.ends_with("›&Expires=60 for it"), "{swept}");
            assert!(swept.contains("?a=1&"), "{swept}");
            assert_eq!(without_signatures(&swept), swept);
        }
    }

    #[test]
    fn of_the_url_of_an_exchange_only_harmless_parameters_stay() {
        let url = "https://h/o?X-Amz-Date=20261122T000000Z&X-Amz-Expires=60&hdnea=st~1&limit=5";
        let swept = strict(url);
        assert!(!swept.contains("st~1"), "{swept}");
        for kept in ["X-Amz-Date=20261122T000000Z", "X-Amz-Expires=60", "limit=5"] {
            assert!(swept.contains(kept), "{swept}");
        }
        assert_eq!(strict(&swept), swept);
    }

    #[test]
    fn ordinary_texts_stay() {
        for text in [
            "https://h/letters?limit=2500",
            "is it so? yes & no; a=b",
            "&amp;limit=1",
            "?",
            "?=x",
        ] {
            assert_eq!(without_signatures(text), text);
        }
    }
}
