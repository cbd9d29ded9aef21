//! Values as written and as checked.

use std::time::Duration;

use reqwest::Url;
use time::Date;
use time::macros::format_description;

use crate::keys::Kid;
use crate::model::{Host, Reason, is_without_user};

/// The longest text or path that makes sense, in bytes.
const LONGEST_TEXT: usize = 1_000;

/// A value as a layer wrote it.
#[derive(Clone, Debug)]
pub(super) enum Raw {
    /// From an environment variable: a word that any kind may read in its own way.
    Word(String),
    /// A text of the file.
    Text(String),
    /// `true` or `false`.
    Flag(bool),
    /// A whole number.
    Whole(i64),
    /// A decimal number.
    Decimal(f64),
    /// A list.
    Array(Vec<Raw>),
    /// A table.
    Table(Vec<(String, Raw)>),
}

/// A value that was checked by its kind.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(String),
    Flag(bool),
    Whole(u64),
    Span(Duration),
    List(Vec<String>),
    Reasons(Vec<Reason>),
}

/// What a setting may hold.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// A short text.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number from, to.
    Whole(u64, u64),
    /// Seconds above 0 and up to; decimals allowed.
    Seconds(u64),
    /// A list of texts.
    List,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Some of these words.
    Choices(&'static [&'static str]),
    /// A calendar day.
    Date,
    /// An http(s) URL; plain http to this machine alone.
    Url,
    /// Names of hosts.
    Hosts,
    /// The path of a file.
    Path,
    /// The name of an environment variable.
    VariableName,
    /// The id of a key in a JWKS.
    KeyId,
    /// An email address.
    Email,
    /// Codes with their texts.
    Reasons,
}

/// What is wrong with a value and what would be right; never the value itself.
type Problem = String;

impl Kind {
    /// Reads `raw`.
    ///
    /// # Errors
    /// A sentence that continues "supplier.name …".
    pub(super) fn read(self, raw: &Raw) -> Result<Value, Problem> {
        match self {
            Kind::Text => text(raw).map(Value::Text),
            Kind::Flag => flag(raw).map(Value::Flag),
            Kind::Whole(from, to) => whole(raw, from, to).map(Value::Whole),
            Kind::Seconds(most) => seconds(raw, most).map(Value::Span),
            Kind::List => list(raw).map(Value::List),
            Kind::Choice(words) => choice(raw, words).map(Value::Text),
            Kind::Choices(words) => choices(raw, words).map(Value::List),
            Kind::Date => date(raw).map(Value::Text),
            Kind::Url => url(raw).map(Value::Text),
            Kind::Hosts => hosts(raw).map(Value::List),
            Kind::Path => path(raw).map(Value::Text),
            Kind::VariableName => variable_name(raw).map(Value::Text),
            Kind::KeyId => key_id(raw).map(Value::Text),
            Kind::Email => email(raw).map(Value::Text),
            Kind::Reasons => reasons(raw).map(Value::Reasons),
        }
    }
}

fn text(raw: &Raw) -> Result<String, Problem> {
    let (Raw::Word(text) | Raw::Text(text)) = raw else {
        return Err("must be a text in quotes".into());
    };
    let text = text.trim();
    if text.is_empty() {
        return Err("is empty; give it a value or leave it out".into());
    }
    if text.chars().any(char::is_control) {
        return Err("must be one line without control characters".into());
    }
    if text.len() > LONGEST_TEXT {
        return Err(format!("is longer than {LONGEST_TEXT} bytes"));
    }
    Ok(text.to_owned())
}

fn flag(raw: &Raw) -> Result<bool, Problem> {
    match raw {
        Raw::Flag(flag) => Ok(*flag),
        Raw::Word(word) if word == "true" => Ok(true),
        Raw::Word(word) if word == "false" => Ok(false),
        _ => Err("must be true or false".into()),
    }
}

fn whole(raw: &Raw, from: u64, to: u64) -> Result<u64, Problem> {
    let number = match raw {
        Raw::Whole(number) => u64::try_from(*number).ok(),
        Raw::Word(word) => word.trim().parse().ok(),
        _ => None,
    };
    number
        .filter(|number| (from..=to).contains(number))
        .ok_or_else(|| format!("must be a whole number from {from} to {to}"))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "seconds of a configuration are far below 2^52"
)]
fn seconds(raw: &Raw, most: u64) -> Result<Duration, Problem> {
    let number = match raw {
        Raw::Whole(number) => Some(*number as f64),
        Raw::Decimal(number) => Some(*number),
        Raw::Word(word) => word.trim().parse().ok(),
        _ => None,
    };
    number
        .filter(|number| *number > 0.0 && *number <= most as f64)
        .and_then(|number| Duration::try_from_secs_f64(number).ok())
        .ok_or_else(|| format!("must be a number of seconds above 0 and up to {most}"))
}

fn list(raw: &Raw) -> Result<Vec<String>, Problem> {
    let wrong = || "must be a list of texts, such as [\"a\", \"b\"]".to_owned();
    match raw {
        Raw::Word(word) => split(word).map(|part| text(&Raw::Word(part))).collect(),
        Raw::Array(items) => items
            .iter()
            .map(|item| text(item).map_err(|_| wrong()))
            .collect(),
        _ => Err(wrong()),
    }
}

/// The parts of a list in an environment variable; an empty one is an empty list.
fn split(word: &str) -> impl Iterator<Item = String> {
    let parts = word.split(',').map(|part| part.trim().to_owned());
    let empty = word.trim().is_empty();
    parts.filter(move |_| !empty)
}

fn choice(raw: &Raw, words: &[&str]) -> Result<String, Problem> {
    let chosen = text(raw).ok().filter(|word| words.contains(&word.as_str()));
    chosen.ok_or_else(|| format!("must be one of {}", words.join(", ")))
}

fn choices(raw: &Raw, words: &[&str]) -> Result<Vec<String>, Problem> {
    let chosen = list(raw)?;
    if chosen.iter().any(|word| !words.contains(&word.as_str())) {
        return Err(format!("may only list {}", words.join(", ")));
    }
    let ordered = words
        .iter()
        .filter(|word| chosen.iter().any(|one| one == *word));
    Ok(ordered.map(|word| (*word).to_owned()).collect())
}

fn date(raw: &Raw) -> Result<String, Problem> {
    let day = text(raw)?;
    Date::parse(&day, format_description!("[year]-[month]-[day]"))
        .map(|_| day)
        .map_err(|_| "must be a day that exists, such as \"2026-12-07\"".into())
}

fn url(raw: &Raw) -> Result<String, Problem> {
    let written = text(raw)?;
    let url = Url::parse(&written)
        .map_err(|_| "must be a URL such as \"https://host/path\"".to_owned())?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err("must be a URL that starts with https:// (or http:// to this machine)".into());
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err("must start with https://; plain http is for this machine alone".into());
    }
    if !is_without_user(&url) {
        return Err("must not hold a user name or password".into());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must end with its path, without ? or #".into());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// A dot after `localhost` makes it a name for the name server, which may know it elsewhere.
fn is_loopback(url: &Url) -> bool {
    let dotted = url.host_str().is_some_and(|name| name.ends_with('.'));
    !dotted && Host::of(url).is_some_and(|host| host.is_loopback())
}

/// Each in the one spelling that hosts are compared in.
fn hosts(raw: &Raw) -> Result<Vec<String>, Problem> {
    let named = list(raw)?;
    if named.is_empty() {
        return Err("is empty; name a host or leave it out".into());
    }
    let host = |name: &String| {
        let host = Host::named(name).filter(|_| !name.contains('*'));
        host.map(|host| host.to_string())
    };
    let hosts: Option<Vec<String>> = named.iter().map(host).collect();
    hosts.ok_or_else(|| {
        "must be a list of whole host names such as [\"files.example.org\"], without https://, port, path or *".into()
    })
}

fn path(raw: &Raw) -> Result<String, Problem> {
    text(raw).map_err(|problem| format!("names a file and {problem}"))
}

/// Upper case only: an API key put here by mistake should not pass for a name.
fn variable_name(raw: &Raw) -> Result<String, Problem> {
    let name = text(raw)?;
    let fits = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let starts = name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_');
    if starts && name.chars().all(fits) {
        return Ok(name);
    }
    Err(
        "must be the name of an environment variable (capitals, digits, _), not the secret itself"
            .into(),
    )
}

/// As `keygen` makes them. Somebody else's may hold other characters, but white space is a slip.
fn key_id(raw: &Raw) -> Result<String, Problem> {
    let id = text(raw)?;
    match Kid::parse(&id) {
        Ok(_) => Ok(id),
        Err(_) => Err("must be one word without spaces, exactly as the JWKS has it: letters, digits and the marks - _ . ~ + / = : @ ,".into()),
    }
}

fn email(raw: &Raw) -> Result<String, Problem> {
    let address = text(raw)?;
    let whole = address
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'));
    if whole && !address.contains([' ', '<', '>', ',', ';']) {
        return Ok(address);
    }
    Err("must be one bare email address".into())
}

fn reasons(raw: &Raw) -> Result<Vec<Reason>, Problem> {
    let reasons: Result<Vec<_>, _> = match raw {
        Raw::Word(word) => split(word).map(|part| reason_of_word(&part)).collect(),
        Raw::Table(_) => reason(raw).map(|one| vec![one]),
        Raw::Array(items) => items.iter().map(reason).collect(),
        _ => Err(REASON_FORM.into()),
    };
    match reasons {
        Ok(list) if list.is_empty() => Err("needs at least one reason".into()),
        other => other,
    }
}

const REASON_FORM: &str = "must be a list such as [{ code = \"F01\", text = \"Corrupted PDF\" }]; in an environment variable F01=Corrupted PDF,F02=… (a text with a comma belongs into the file)";

fn reason_of_word(part: &str) -> Result<Reason, Problem> {
    let (code, words) = part.split_once('=').ok_or(REASON_FORM)?;
    Ok(Reason {
        code: text(&Raw::Word(code.to_owned()))?,
        text: text(&Raw::Word(words.to_owned()))?,
    })
}

fn reason(raw: &Raw) -> Result<Reason, Problem> {
    let Raw::Table(entries) = raw else {
        return Err(REASON_FORM.into());
    };
    let entry = |name: &str| entries.iter().find(|(key, _)| key == name);
    match (entry("code"), entry("text")) {
        (Some((_, code)), Some((_, words))) if entries.len() == 2 => Ok(Reason {
            code: text(code)?,
            text: text(words)?,
        }),
        _ => Err(REASON_FORM.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: Kind, word: &str) -> Result<Value, String> {
        kind.read(&Raw::Word(word.into()))
    }

    #[test]
    fn plain_http_goes_no_further_than_this_machine() {
        for good in [
            "http://127.0.0.1:9100/",
            "http://[::1]:1",
            "http://localhost/x",
            "https://h",
        ] {
            assert!(read(Kind::Url, good).is_ok(), "{good}");
        }
        let bad = [
            "http://example.org",
            "http://127.0.0.1.example.org",
            "ftp://h",
            "h",
            "https://u:p@h",
            "https://h/?a=1",
            "https://h/#a",
            "https://",
            "",
        ];
        for bad in bad {
            assert!(read(Kind::Url, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn hosts_are_whole_names_in_one_spelling() {
        let read = |word| read(Kind::Hosts, word);
        let two = Value::List(vec!["files.example.org".into(), "10.0.0.1".into()]);
        assert_eq!(read("Files.Example.ORG., 10.0.1"), Ok(two));
        for bad in [
            "",
            "https://h",
            "h:8443",
            "h/x",
            "*.example.org",
            "u@h",
            "a,,b",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn days_are_real() {
        assert!(read(Kind::Date, "2028-02-29").is_ok());
        for bad in [
            "2026-02-29",
            "2026-13-01",
            "2026-1-1",
            "tomorrow",
            "2026-12-07T00:00",
        ] {
            assert!(read(Kind::Date, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn lists_of_variables_are_comma_separated() {
        let list = |word| read(Kind::List, word);
        assert_eq!(list("a, b"), Ok(Value::List(vec!["a".into(), "b".into()])));
        assert_eq!(list(""), Ok(Value::List(vec![])));
        assert!(list("a,,b").is_err());
    }

    #[test]
    fn choices_come_in_the_order_of_life() {
        let words: &[&str] = &["PRINTED", "ENCLOSED"];
        let both = Ok(Value::List(vec!["PRINTED".into(), "ENCLOSED".into()]));
        assert_eq!(
            read(Kind::Choices(words), "ENCLOSED,PRINTED,ENCLOSED"),
            both
        );
        assert!(read(Kind::Choices(words), "printed").is_err());
    }

    #[test]
    fn seconds_may_be_parts_of_one() {
        let half = Ok(Value::Span(Duration::from_millis(500)));
        assert_eq!(read(Kind::Seconds(10), "0.5"), half);
        for bad in ["0", "-1", "NaN", "inf", "11", "1e300"] {
            assert!(read(Kind::Seconds(10), bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_api_key_is_no_name_of_a_variable() {
        assert!(read(Kind::VariableName, "INT_API_KEY").is_ok());
        assert!(read(Kind::VariableName, "aB3dE5").is_err());
        assert!(read(Kind::VariableName, "1A").is_err());
    }

    #[test]
    fn reasons_read_from_either_side() {
        let one = vec![Reason {
            code: "F01".into(),
            text: "Corrupted PDF".into(),
        }];
        assert_eq!(
            read(Kind::Reasons, "F01=Corrupted PDF"),
            Ok(Value::Reasons(one))
        );
        assert!(read(Kind::Reasons, "F01").is_err());
        assert!(read(Kind::Reasons, "").is_err());
    }

    #[test]
    fn a_text_of_the_file_is_no_number() {
        assert!(Kind::Whole(1, 9).read(&Raw::Text("5".into())).is_err());
        assert_eq!(Kind::Whole(1, 9).read(&Raw::Whole(5)), Ok(Value::Whole(5)));
    }
}
