//! Secrets never reach disk or screen (interfaces, "Redaction").
//!
//! Three nets hang one behind the other: places that always hold a secret (a signature in a URL,
//! a token in an answer) are emptied whatever they hold, known secrets are found in their usual
//! spellings, and what can be decoded is decoded and searched again.

mod escapes;
mod net;
mod places;
mod spellings;
#[cfg(test)]
mod tests;
mod token_answer;
mod urls;
mod views;

use std::borrow::Cow;
use std::sync::{Arc, OnceLock, RwLock};

use serde_json::Value;

use net::{Local, Net};
use places::{empty_places, find_place, hinted};
use views::Hidden;

pub(crate) use token_answer::{secrets_of, withhold};

use super::sha256_hex;

/// Secrets shorter than this are found as they are and in usual spellings, but no text is decoded
/// to find them: every hash would have to be.
const SHORTEST_HIDDEN: usize = 8;

/// How long an unknown secret is at least, where none is known.
const SHORTEST_UNKNOWN: usize = 16;

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

/// Headers whose value is a URL, which may be signed.
const POINTING_HEADERS: [&str; 2] = ["location", "content-location"];

/// Knows every secret of a run and takes it out of texts.
#[derive(Clone, Default)]
pub struct Redactor {
    known: Arc<RwLock<Known>>,
}

/// The net takes long to build, so several secrets that come one after the other share one.
#[derive(Default)]
struct Known {
    spellings: Vec<(String, String)>,
    /// The least bytes of any secret that is looked for in decoded texts too.
    shortest: Option<usize>,
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

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Redactor")
    }
}

impl Redactor {
    /// From now on `secret` is replaced by its placeholder wherever it would be written:
    /// raw, backwards, in hex or base64 (also inside a longer base64 text), as URLs, JSON and HTML
    /// may escape it, and in any composition of these.
    pub fn add(&self, name: &str, secret: &str) {
        let mut spellings = spellings::of(name, secret);
        let mut known = self
            .known
            .write()
            .unwrap_or_else(|poison| poison.into_inner());
        spellings.retain(|one| !known.spellings.contains(one));
        if spellings.is_empty() {
            return;
        }
        known.spellings.append(&mut spellings);
        let length = secret.trim().len();
        if length >= SHORTEST_HIDDEN {
            known.shortest = Some(known.shortest.map_or(length, |least| least.min(length)));
        }
        known.net = OnceLock::new();
    }

    /// A sweep that also knows the secrets found in `hints`, such as the URL of the exchange
    /// whose body is swept: what was a signature there is one in the error text too.
    pub fn sweep<'a>(&self, hints: &[&'a str]) -> Sweep<'a> {
        let known = self
            .known
            .read()
            .unwrap_or_else(|poison| poison.into_inner());
        let local = Local::over(hinted(hints));
        let shortest = [known.shortest, local.as_ref().map(Local::shortest)];
        let shortest = shortest.into_iter().flatten().min();
        Sweep {
            net: known.net().cloned(),
            local,
            shortest: shortest.unwrap_or(SHORTEST_UNKNOWN).max(SHORTEST_HIDDEN),
            hints: std::marker::PhantomData,
        }
    }

    /// `text` without secrets.
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.sweep(&[]).text(text)
    }

    /// The JSON object `text` without secrets; it stays one.
    pub fn json(&self, text: &str) -> String {
        self.sweep(&[]).json(text)
    }

    /// The first known secret in `bytes`, in whatever spelling.
    pub fn find(&self, bytes: &[u8]) -> Option<Found> {
        let sweep = self.sweep(&[]);
        let net = sweep.net.as_deref()?;
        if let Some(found) = net.find(bytes) {
            return Some(found);
        }
        match views::look_behind(bytes, sweep.shortest, |view| net.find(view)) {
            Hidden::Nothing => None,
            Hidden::Found(found) => Some(Found { at: 0, ..found }),
            Hidden::TooDeep => Some(Found {
                secret: "a text that is encoded too many times to be searched".to_owned(),
                at: 0,
            }),
        }
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
    shortest: usize,
    hints: std::marker::PhantomData<&'a str>,
}

impl Sweep<'_> {
    /// `text` without secrets. Where one is spelt so that it cannot be cut out alone, the line, the
    /// JSON string or the part between two tags goes that holds it, or the whole text.
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let swept = self.plain(text);
        if self.hidden(swept.as_bytes()).is_none() {
            return swept;
        }
        let pieces = pieces(&swept).map(|piece| self.unless_hidden(piece));
        let left: String = pieces.collect();
        Cow::Owned(self.unless_hidden(&left).into_owned())
    }

    /// `text` without the secrets that nothing has to be decoded for: for what is made of parts
    /// that were swept.
    pub fn plain<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let emptied = empty_places(text);
        match self.replaced(emptied.as_bytes()) {
            Some(changed) => Cow::Owned(String::from_utf8_lossy(&changed).into_owned()),
            None => emptied,
        }
    }

    /// The URL of an exchange, or one that an answer points to, without secrets: of its parameters
    /// only those keep their values that are known to be harmless.
    pub fn url(&self, url: &str) -> String {
        self.path(&urls::strict(url))
    }

    /// The URL of a call of the API, which signs none, without secrets. No part of its path goes
    /// beyond a slash, unless that is escaped.
    pub fn path(&self, url: &str) -> String {
        let swept = self.plain(url).into_owned();
        match self.hidden(swept.replace('/', " ").as_bytes()) {
            Some(placeholder) => match self.text(&swept) {
                Cow::Borrowed(_) => placeholder,
                Cow::Owned(changed) => changed,
            },
            None => swept,
        }
    }

    /// The JSON object `text` without secrets; it stays one.
    pub fn json(&self, text: &str) -> String {
        let swept = self.plain(text);
        if self.hidden(swept.as_bytes()).is_none() {
            return swept.into_owned();
        }
        match serde_json::from_str(&swept) {
            Ok(value) => self.value(value).to_string(),
            Err(_) => swept.into_owned(),
        }
    }

    fn value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(&text).into_owned()),
            Value::Array(items) => items.into_iter().map(|item| self.value(item)).collect(),
            Value::Object(members) => {
                let swept = |(name, value): (String, Value)| {
                    (self.text(&name).into_owned(), self.value(value))
                };
                members.into_iter().map(swept).collect()
            }
            plain => plain,
        }
    }

    /// `bytes` without secrets, or `None` if there were none.
    pub fn bytes(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        if let Ok(text) = std::str::from_utf8(bytes) {
            let swept = self.text(text);
            return (swept != text).then(|| swept.into_owned().into_bytes());
        }
        let swept = self.replaced(bytes);
        let hidden = self.hidden(swept.as_deref().unwrap_or(bytes));
        hidden.map(String::into_bytes).or(swept)
    }

    /// True if `bytes` have a secret in them that nothing has to be decoded for.
    pub fn is_caught(&self, bytes: &[u8]) -> bool {
        self.find(bytes).is_some()
    }

    /// What both nets leave of `bytes`, or `None` if neither catches anything.
    fn replaced(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let local = self.local.as_ref().and_then(|local| local.replace(bytes));
        let net = self.net.as_deref();
        let known = net.and_then(|net| net.replace(local.as_deref().unwrap_or(bytes)));
        known.or(local)
    }

    fn find(&self, bytes: &[u8]) -> Option<Found> {
        let local = self.local.as_ref().and_then(|local| local.find(bytes));
        local.or_else(|| self.net.as_deref()?.find(bytes))
    }

    /// The placeholder of a secret that `swept` still hides behind some encoding.
    fn hidden(&self, swept: &[u8]) -> Option<String> {
        let find = |view: &[u8]| {
            let known = self.find(view).map(|found| found.secret);
            known.or_else(|| find_place(std::str::from_utf8(view).ok()?))
        };
        match views::look_behind(swept, self.shortest, find) {
            Hidden::Nothing => None,
            Hidden::Found(placeholder) => Some(placeholder),
            Hidden::TooDeep => Some(placeholder("encoded", &String::from_utf8_lossy(swept))),
        }
    }

    fn unless_hidden<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.hidden(text.as_bytes()) {
            Some(placeholder) => Cow::Owned(placeholder),
            None => Cow::Borrowed(text),
        }
    }

    /// The name of a header without secrets; most are shorter than any.
    pub fn header_name(&self, name: &str) -> String {
        match name.len() < SHORTEST_UNKNOWN {
            true => name.to_owned(),
            false => self.text(name).into_owned(),
        }
    }

    /// The value of header `name` without secrets.
    pub fn header(&self, name: &str, value: &str) -> String {
        let lower = name.to_ascii_lowercase();
        let Some((_, secret)) = SECRET_HEADERS.iter().find(|(header, _)| *header == lower) else {
            return match POINTING_HEADERS.contains(&lower.as_str()) {
                true => self.url(value),
                false => self.text(value).into_owned(),
            };
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

/// `text` cut at what ends a string, a tag or a line; whatever ends one is a piece of its own, with
/// the backslashes before it.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let ends = |c: char| matches!(c, '"' | '<' | '>' | '\n');
    text.split_inclusive(ends).flat_map(move |part| {
        let (inner, end) = match part.strip_suffix(ends) {
            Some(inner) => part.split_at(inner.trim_end_matches('\\').len()),
            None => (part, ""),
        };
        [inner, end]
    })
}
