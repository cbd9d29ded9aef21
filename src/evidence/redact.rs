//! Secrets never reach disk or screen (interfaces, "Redaction").
//!
//! Two nets hang one behind the other: known secrets are found in every spelling they can
//! take, and places that always hold a secret (a signature in a URL, a token in an answer)
//! are emptied whatever they hold.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock, OnceLock, RwLock};

use aho_corasick::packed::Searcher;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use regex::{Captures, Regex};

use super::sha256_hex;

/// Spellings shorter than this are not searched for: they would blot out ordinary words.
const SHORTEST: usize = 4;

/// `Authorization` and its kin: the header is a secret whatever it holds.
const SECRET_HEADERS: [(&str, &str); 7] = [
    ("authorization", "token"),
    ("proxy-authorization", "proxy-authorization"),
    ("apikey", "api-key"),
    ("x-api-key", "api-key"),
    ("cookie", "cookie"),
    ("set-cookie", "cookie"),
    ("x-amz-security-token", "X-Amz-Security-Token"),
];

#[expect(
    clippy::expect_used,
    reason = "a constant pattern, compiled by every test"
)]
static PLACES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?P<key>(?i:X-Amz-(?:Signature|Credential|Security-Token)|client_assertion)(?:=|%3D|%253D))(?P<value>[^&\s\x22<>\\‹][^&\s\x22<>\\]*)",
        r#"|(?P<jkey>\\*"(?:access_token|refresh_token|id_token|client_assertion)\\*"\s*:\s*\\*")(?P<jvalue>[^"\\‹][^"\\]*)"#,
        r"|(?P<xkey><(?:SignatureProvided|AWSAccessKeyId|Token-0)>)(?P<xvalue>[^<‹][^<]*)",
        // User and password of a URL, whatever its scheme: up to the last @ before its path.
        r#"|(?P<ukey>(?:\\*/){2})(?P<uvalue>[^/?#\s"<>\\]+)@"#,
        r"|(?P<jwt>eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})",
        r"|(?P<pem>-----BEGIN [A-Z ]*PRIVATE KEY-----[^‹]*?-----END [A-Z ]*PRIVATE KEY-----)",
    ))
    .expect("the pattern of secret places")
});

/// Knows every secret of a run and takes it out of texts.
#[derive(Clone, Default)]
pub struct Redactor {
    known: Arc<RwLock<Known>>,
}

/// The net takes long to build, so several secrets that come one after the other share one.
#[derive(Default)]
struct Known {
    spellings: Vec<(String, String)>,
    net: OnceLock<Option<Arc<Net>>>,
}

impl Known {
    fn net(&self) -> Option<&Arc<Net>> {
        let net = self
            .net
            .get_or_init(|| Net::over(&self.spellings).map(Arc::new));
        net.as_ref()
    }
}

/// Finds any of many spellings in one pass.
struct Net {
    automaton: AhoCorasick,
    placeholders: Vec<String>,
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Redactor")
    }
}

impl Redactor {
    /// From now on `secret` is replaced by its placeholder wherever it would be written:
    /// raw, base64 (also inside a longer base64 text), URL-encoded, escaped as in JSON.
    pub fn add(&self, name: &str, secret: &str) {
        let mut spellings = spellings_of(name, secret);
        let mut known = self
            .known
            .write()
            .unwrap_or_else(|poison| poison.into_inner());
        spellings.retain(|one| !known.spellings.contains(one));
        if spellings.is_empty() {
            return;
        }
        known.spellings.append(&mut spellings);
        known.net = OnceLock::new();
    }

    /// A sweep that also knows the secrets found in `hints`, such as the URL of the exchange
    /// whose body is swept: what was a signature there is one in the error text too.
    pub fn sweep<'a>(&self, hints: &[&'a str]) -> Sweep<'a> {
        let known = self
            .known
            .read()
            .unwrap_or_else(|poison| poison.into_inner());
        Sweep {
            net: known.net().cloned(),
            local: Local::over(hinted(hints)),
            hints: std::marker::PhantomData,
        }
    }

    /// `text` without secrets.
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.sweep(&[]).text(text)
    }

    /// The first known secret in `bytes`, in whatever spelling.
    pub fn find(&self, bytes: &[u8]) -> Option<Found> {
        let known = self
            .known
            .read()
            .unwrap_or_else(|poison| poison.into_inner());
        let net = known.net()?;
        let found = net.automaton.find(bytes)?;
        Some(Found {
            secret: net.placeholders[found.pattern()].clone(),
            at: found.start(),
        })
    }
}

/// A secret that stands where none may stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its placeholder, which tells which secret it is and not what it is.
    pub secret: String,
    /// The byte at which it begins.
    pub at: usize,
}

/// One pass over the parts of one exchange.
pub struct Sweep<'a> {
    net: Option<Arc<Net>>,
    local: Option<Local>,
    hints: std::marker::PhantomData<&'a str>,
}

impl Sweep<'_> {
    /// `text` without secrets.
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let emptied = empty_places(text);
        match self.replaced(emptied.as_bytes()) {
            Some(changed) => Cow::Owned(String::from_utf8_lossy(&changed).into_owned()),
            None => emptied,
        }
    }

    /// `bytes` without secrets, or `None` if there were none.
    pub fn bytes(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        if let Ok(text) = std::str::from_utf8(bytes) {
            let swept = self.text(text);
            return (swept != text).then(|| swept.into_owned().into_bytes());
        }
        self.replaced(bytes)
    }

    /// What both nets leave of `bytes`, or `None` if neither catches anything.
    fn replaced(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let local = self.local.as_ref().and_then(|local| local.replace(bytes));
        let net = self.net.as_deref();
        let known = net.and_then(|net| net.replace(local.as_deref().unwrap_or(bytes)));
        known.or(local)
    }

    /// The value of header `name` without secrets.
    pub fn header(&self, name: &str, value: &str) -> String {
        let lower = name.to_ascii_lowercase();
        let Some((_, secret)) = SECRET_HEADERS.iter().find(|(header, _)| *header == lower) else {
            return self.text(value).into_owned();
        };
        let (scheme, rest) = value.split_once(' ').unwrap_or(("", value));
        let known_scheme = ["bearer", "basic"].contains(&scheme.to_ascii_lowercase().as_str());
        if known_scheme {
            format!("{scheme} {}", placeholder(secret, rest))
        } else {
            placeholder(secret, value)
        }
    }
}

/// What stands in place of a secret, so that two uses of one secret can still be told apart.
pub fn placeholder(name: &str, secret: &str) -> String {
    if secret.starts_with("‹redacted:") {
        return secret.to_owned();
    }
    format!("‹redacted:{name}:{}›", &sha256_hex(secret.as_bytes())[..8])
}

fn empty_places(text: &str) -> Cow<'_, str> {
    PLACES.replace_all(text, |found: &Captures<'_>| {
        let (key, name, value) = place_of(found);
        let end = found.name("uvalue").map_or("", |_| "@");
        format!("{key}{}{end}", placeholder(&name, &value))
    })
}

/// What precedes the secret, the secret's name, and the secret.
fn place_of(found: &Captures<'_>) -> (String, String, String) {
    let part = |name: &str| found.name(name).map_or("", |part| part.as_str());
    let (key, value) = (part("key"), part("value"));
    if !key.is_empty() {
        let name = key.split(['=', '%']).next().unwrap_or("secret");
        let plain = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
        return (key.to_owned(), canonical_name(name), plain.into_owned());
    }
    for (key, value, name) in [
        ("jkey", "jvalue", "token"),
        ("xkey", "xvalue", "signature"),
        ("ukey", "uvalue", "user"),
    ] {
        if !part(key).is_empty() {
            let name = if part(key).contains("client_assertion") {
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
    if !part("jwt").is_empty() {
        return (String::new(), "token".to_owned(), part("jwt").to_owned());
    }
    (
        String::new(),
        "private-key".to_owned(),
        part("pem").to_owned(),
    )
}

fn canonical_name(name: &str) -> String {
    match name.to_ascii_lowercase().as_str() {
        "x-amz-signature" => "X-Amz-Signature".to_owned(),
        "x-amz-credential" => "X-Amz-Credential".to_owned(),
        "x-amz-security-token" => "X-Amz-Security-Token".to_owned(),
        _ => "client-assertion".to_owned(),
    }
}

fn hinted(hints: &[&str]) -> Vec<(String, String)> {
    let mut spellings = Vec::new();
    for hint in hints {
        for found in PLACES.captures_iter(hint) {
            let (_, name, value) = place_of(&found);
            spellings.extend(spellings_of(&name, &value));
        }
    }
    spellings
}

/// Every way `secret` may be spelled, each with its placeholder.
fn spellings_of(name: &str, secret: &str) -> Vec<(String, String)> {
    let placeholder = placeholder(name, secret);
    let mut spellings = vec![secret.to_owned(), secret.trim().to_owned()];
    spellings.extend(pem_lines(secret));
    spellings.extend(encodings(secret));
    let escaped: Vec<String> = spellings.iter().map(|text| json_escaped(text)).collect();
    spellings.extend(escaped);
    spellings.sort();
    spellings.dedup();
    spellings
        .into_iter()
        .filter(|text| text.len() >= SHORTEST)
        .map(|text| (text, placeholder.clone()))
        .collect()
}

/// The lines of a PEM text: any of them gives the key away.
fn pem_lines(secret: &str) -> Vec<String> {
    if !secret.contains("-----BEGIN") {
        return Vec::new();
    }
    let inner: Vec<&str> = secret
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let mut lines: Vec<String> = inner.iter().map(|line| line.trim().to_owned()).collect();
    lines.retain(|line| line.len() >= 16);
    lines.push(inner.concat());
    lines
}

fn encodings(secret: &str) -> Vec<String> {
    let upper = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let lower = lower_hex_escapes(&upper);
    let form: String = form_encoded(secret);
    let lower_form = lower_hex_escapes(&form);
    let mut spellings = vec![upper, lower, form, lower_form];
    for shift in 0..3 {
        let standard = base64_core(secret, shift, false);
        spellings.push(utf8_percent_encode(&standard, NON_ALPHANUMERIC).to_string());
        spellings.push(standard);
        spellings.push(base64_core(secret, shift, true));
    }
    spellings
}

/// As forms and URLs usually write it: `-`, `.`, `_`, `~` stay.
fn form_encoded(secret: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    utf8_percent_encode(secret, KEPT).to_string()
}

fn lower_hex_escapes(text: &str) -> String {
    let mut lower = String::with_capacity(text.len());
    let mut escape = 0;
    for c in text.chars() {
        escape = if c == '%' { 2 } else { escape };
        let in_escape = escape > 0 && c != '%';
        lower.push(if in_escape { c.to_ascii_lowercase() } else { c });
        escape -= usize::from(in_escape);
    }
    lower
}

/// The base64 characters that `secret` alone decides when `shift` bytes stand before it.
fn base64_core(secret: &str, shift: usize, url_safe: bool) -> String {
    let mut bytes = vec![0u8; shift];
    bytes.extend_from_slice(secret.as_bytes());
    let engine = if url_safe {
        URL_SAFE_NO_PAD
    } else {
        STANDARD_NO_PAD
    };
    let whole = engine.encode(&bytes);
    let first = [0, 2, 3][shift];
    let last = if bytes.len().is_multiple_of(3) {
        whole.len()
    } else {
        whole.len() - 1
    };
    whole.get(first..last).unwrap_or_default().to_owned()
}

fn json_escaped(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap_or_default();
    quoted.trim_matches('"').to_owned()
}

/// A net for the parts of one exchange. Its automaton would take longer to build than all else
/// that is done to the exchange, and nearly always nothing is caught, because the places were
/// emptied before: so it is built only when something is.
struct Local {
    spellings: Vec<(String, String)>,
    quick: Option<Searcher>,
    net: OnceLock<Option<Net>>,
}

impl Local {
    fn over(spellings: Vec<(String, String)>) -> Option<Self> {
        if spellings.is_empty() {
            return None;
        }
        let mut quick = Searcher::builder();
        quick.extend(spellings.iter().map(|(text, _)| text));
        Some(Self {
            quick: quick.build(),
            spellings,
            net: OnceLock::new(),
        })
    }

    fn replace(&self, text: &[u8]) -> Option<Vec<u8>> {
        let quick = self.quick.as_ref();
        if quick.is_some_and(|quick| quick.find(text).is_none()) {
            return None;
        }
        let net = self.net.get_or_init(|| Net::over(&self.spellings));
        net.as_ref()?.replace(text)
    }
}

impl Net {
    fn over(spellings: &[(String, String)]) -> Option<Self> {
        if spellings.is_empty() {
            return None;
        }
        // A private key has some hundred spellings: a DFA over them takes longer to build than all
        // that a short run looks for.
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .match_kind(MatchKind::LeftmostLongest)
            .build(spellings.iter().map(|(text, _)| text))
            .ok()?;
        let placeholders = spellings
            .iter()
            .map(|(_, placeholder)| placeholder.clone())
            .collect();
        Some(Self {
            automaton,
            placeholders,
        })
    }

    fn replace(&self, text: &[u8]) -> Option<Vec<u8>> {
        self.automaton
            .is_match(text)
            .then(|| self.automaton.replace_all_bytes(text, &self.placeholders))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn knowing(secret: &str) -> Redactor {
        let redactor = Redactor::default();
        redactor.add("api-key", secret);
        redactor
    }

    #[test]
    fn a_secret_goes_in_every_spelling() {
        let secret = "k3y/with+odd=chars?&\"quoted\"";
        let redactor = knowing(secret);
        let url = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
        let inside = STANDARD_NO_PAD.encode(format!("user:{secret}!"));
        let json = serde_json::to_string(secret).unwrap();
        for text in [
            secret,
            &url,
            &url.to_lowercase(),
            &lower_hex_escapes(&form_encoded(secret)),
            &json,
            &STANDARD_NO_PAD.encode(secret),
            &inside,
        ] {
            let swept = redactor.text(text);
            assert!(
                swept.contains("‹redacted:api-key:"),
                "{text} became {swept}"
            );
        }
    }

    #[test]
    fn a_secret_is_found_where_it_stands() {
        let redactor = knowing("first-secret");
        let found = redactor.find(b"abc first-secret").unwrap();
        assert_eq!(found.at, 4);
        assert!(found.secret.starts_with("‹redacted:api-key:"));
        let inside = STANDARD_NO_PAD.encode("x first-secret");
        assert!(redactor.find(inside.as_bytes()).is_some());
        assert_eq!(redactor.find(b"nothing to see"), None);
        assert_eq!(Redactor::default().find(b"first-secret"), None);
    }

    #[test]
    fn two_uses_of_one_secret_look_alike_and_two_secrets_do_not() {
        let redactor = knowing("first-secret");
        redactor.add("api-key", "second-secret");
        let swept = redactor
            .text("first-secret first-secret second-secret")
            .into_owned();
        let words: Vec<&str> = swept.split(' ').collect();
        assert_eq!(words[0], words[1]);
        assert_ne!(words[0], words[2]);
    }

    #[test]
    fn places_are_emptied_whatever_they_hold() {
        let redactor = Redactor::default();
        let url = "http://h/o?X-Amz-Signature=abc123&X-Amz-Credential=AKIA%2F2026&x=1";
        let swept = redactor.text(url);
        assert!(
            swept.contains("X-Amz-Signature=‹redacted:X-Amz-Signature:"),
            "{swept}"
        );
        assert!(
            !swept.contains("AKIA") && swept.ends_with("&x=1"),
            "{swept}"
        );
        let token = redactor
            .text(r#"{"access_token":"opaque","expires_in":"599"}"#)
            .into_owned();
        assert!(
            !token.contains("opaque") && token.contains("599"),
            "{token}"
        );
        let pem = redactor
            .text("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----")
            .into_owned();
        assert!(!pem.contains("MIIE"), "{pem}");
    }

    #[test]
    fn user_and_password_of_a_url_are_taken_out() {
        let redactor = Redactor::default();
        for url in [
            "https://user:pa55word@h/x?y=z",
            "http://pa55word@h",
            "//user:pa55word@h/x",
            "https://user:pa55@word@h/x",
            r"https:\/\/user:pa55word@h\/x",
        ] {
            let told = redactor.text(url).into_owned();
            assert!(!told.contains("pa55") && !told.contains("word"), "{told}");
            assert!(
                told.contains("//‹redacted:user:") || told.contains(r"\/‹redacted:user:"),
                "{told}"
            );
            assert!(told.contains("›@h"), "{told}");
            assert_eq!(redactor.text(&told), told);
        }
        for plain in [
            "https://h/x@y",
            "https://h?mail=a@b",
            "see https://h and mail a@b",
        ] {
            assert_eq!(redactor.text(plain), plain);
        }
    }

    #[test]
    fn a_signature_of_the_url_is_found_in_the_error_text() {
        let redactor = Redactor::default();
        let sweep = redactor.sweep(&["http://h/o?X-Amz-Signature=deadbeefcafe"]);
        assert!(
            !sweep
                .text("signature deadbeefcafe did not match")
                .contains("deadbeef")
        );
    }

    #[test]
    fn secret_headers_keep_their_scheme() {
        let sweep = Redactor::default().sweep(&[]);
        assert!(
            sweep
                .header("Authorization", "Bearer abcdef")
                .starts_with("Bearer ‹redacted:token:")
        );
        assert!(
            sweep
                .header("apikey", "abcdef")
                .starts_with("‹redacted:api-key:")
        );
        assert_eq!(sweep.header("Accept", "text/html"), "text/html");
    }

    proptest! {
        #[test]
        fn no_secret_survives_wherever_it_stands(
            secret in "[A-Za-z0-9+/=_.-]{12,60}",
            before in ".{0,40}",
            after in ".{0,40}",
        ) {
            let redactor = knowing(&secret);
            for spelled in [secret.clone(), form_encoded(&secret), STANDARD_NO_PAD.encode(&secret)] {
                let swept = redactor.text(&format!("{before}{spelled}{after}")).into_owned();
                prop_assert!(!swept.contains(&spelled), "{swept}");
            }
        }

        #[test]
        fn sweeping_twice_changes_nothing_more(text in ".{0,200}", secret in "[a-z0-9]{12,20}") {
            let redactor = knowing(&secret);
            let once = redactor.text(&format!("{text}{secret}&X-Amz-Signature={text}")).into_owned();
            let twice = redactor.text(&once).into_owned();
            prop_assert_eq!(once, twice);
        }
    }
}
