//! What the record of calls to production keeps (docs/security.md, "Secrets and people").
//!
//! A service may put a name or an address anywhere: into a reason, a group, a header, a path. So
//! what is kept stands on a list, and [`WITHHELD`] stands for the rest.

use std::collections::HashSet;
use std::sync::OnceLock;

use crate::model::{
    Body, Event, Exchange, LetterFacts, MiFacts, PdfCheck, Request, Response, Scope, Status,
    TargetFacts,
};

/// Stands in place of what is not kept.
pub const WITHHELD: &str = "‹withheld›";

/// Headers that are kept, by their lower-case names.
const HEADERS: [&str; 21] = [
    "accept",
    "apikey",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "date",
    "location",
    "nhsd-correlation-id",
    "nhsd-request-id",
    "retry-after",
    "server",
    "transfer-encoding",
    "user-agent",
    "x-amz-apigw-id",
    "x-amz-id-2",
    "x-amz-request-id",
    "x-amzn-requestid",
    "x-amzn-trace-id",
    "x-correlation-id",
    "x-request-id",
];

/// Parts of paths that are no ids: the API's routes and the token endpoint's.
const ROUTES: [&str; 8] = [
    "_ping", "_status", "data", "letters", "mi", "oauth2", "token", "",
];

/// Names in a signed URL's query, and the one of GET `/letters`.
const PARAMETERS: [&str; 8] = [
    "limit",
    "x-amz-algorithm",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-expires",
    "x-amz-security-token",
    "x-amz-signature",
    "x-amz-signedheaders",
];

/// The longest value of a header or parameter that is kept, in characters.
const LONGEST_VALUE: usize = 200;

/// The lists, and the parts of the paths that the target's configuration names.
#[derive(Debug, Default)]
pub(super) struct Production {
    configured: OnceLock<HashSet<String>>,
}

impl Production {
    /// The paths of `target` are the tester's own words.
    pub fn know(&self, target: &TargetFacts) {
        let urls = std::iter::once(&target.base_url).chain(&target.token_url);
        let parts = urls.flat_map(|url| split_url(url).1.split('/').map(str::to_owned));
        self.configured.get_or_init(|| parts.collect());
    }

    /// What is kept of `event`.
    pub fn event(&self, event: &Event) -> Event {
        let mut kept = event.clone();
        match &mut kept {
            Event::RunStarted(started) => self.know(&started.target),
            Event::Exchange(exchange) => self.exchange(exchange),
            Event::LettersListed { letters, limit, .. } => {
                letters.iter_mut().for_each(letter);
                limit.iter_mut().for_each(plain_value);
            }
            Event::StatusObserved { letter: seen, .. } => letter(seen),
            Event::Intent { mi, .. } => mi.iter_mut().for_each(|facts| information(facts)),
            Event::MiSubmitted { mi, facts, .. } => {
                id(mi);
                information(facts);
            }
            Event::PdfChecked {
                letter,
                expected_sha256,
                checks,
                ..
            } => {
                id(letter);
                expected_sha256.iter_mut().for_each(id);
                checks.iter_mut().for_each(check);
            }
            Event::RunResumed { .. }
            | Event::TokenIssued { .. }
            | Event::Wait { .. }
            | Event::Note { .. }
            | Event::RunFinished(_) => {}
            _ => {
                kept = Event::Note {
                    scope: Scope::default(),
                    text: "an event that the record of production does not keep was left out"
                        .to_owned(),
                };
            }
        }
        kept
    }

    fn exchange(&self, exchange: &mut Exchange) {
        exchange.url = self.url(&exchange.url);
        let Request { headers, body } = &mut exchange.request;
        self.message(headers, body.as_mut());
        if let Some(Response { headers, body, .. }) = &mut exchange.response {
            self.message(headers, body.as_mut());
        }
    }

    fn message(&self, headers: &mut Vec<(String, String)>, body: Option<&mut Body>) {
        if let Some(stated) = body.and_then(|body| body.content_type.as_mut()) {
            media_type(stated);
        }
        let before = headers.len();
        headers.retain(|(name, _)| HEADERS.contains(&name.to_ascii_lowercase().as_str()));
        for (name, value) in headers.iter_mut() {
            match name.to_ascii_lowercase().as_str() {
                "location" => *value = self.url(value),
                "content-type" => media_type(value),
                _ => plain_value(value),
            }
        }
        match before - headers.len() {
            0 => {}
            1 => headers.push((WITHHELD.to_owned(), "1 header".to_owned())),
            more => headers.push((WITHHELD.to_owned(), format!("{more} headers"))),
        }
    }

    /// `url` with the parts of its path that are routes or ids.
    fn url(&self, url: &str) -> String {
        let (host, path, query) = split_url(url);
        let parts: Vec<&str> = path
            .split('/')
            .map(|part| match self.is_kept(part) {
                true => part,
                false => WITHHELD,
            })
            .collect();
        let query: Vec<String> = query.split('&').map(parameter).collect();
        let query = match query.as_slice() {
            [none] if none.is_empty() => String::new(),
            some => format!("?{}", some.join("&")),
        };
        format!("{host}{}{query}", parts.join("/"))
    }

    fn is_kept(&self, part: &str) -> bool {
        let configured = self.configured.get();
        let stem = part.strip_suffix(".pdf").unwrap_or(part);
        ROUTES.contains(&part) || is_id(stem) || configured.is_some_and(|it| it.contains(part))
    }
}

/// Scheme and host, path, and query of `url`, which may lack any of them.
fn split_url(url: &str) -> (&str, &str, &str) {
    let url = url.split('#').next().unwrap_or_default();
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let host = address.find("://").map_or(0, |scheme| scheme + 3);
    let path = address[host..].find('/').map(|slash| host + slash);
    let path = path.unwrap_or(if host == 0 { 0 } else { address.len() });
    (&address[..path], &address[path..], query)
}

fn parameter(pair: &str) -> String {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let lower = name.to_ascii_lowercase();
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    match PARAMETERS.contains(&lower.as_str()) {
        _ if pair.is_empty() => String::new(),
        true if lower != "limit" || digits => pair.chars().take(LONGEST_VALUE).collect(),
        _ => WITHHELD.to_owned(),
    }
}

/// True for the forms that ids of letters, of calls and hashes have (KSUID, UUID, hex); a name has
/// none of them.
fn is_id(text: &str) -> bool {
    let alphanumeric = text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let uuid = || {
        let groups: Vec<&str> = text.split('-').collect();
        let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
        let hex = |group: &&str| group.bytes().all(|byte| byte.is_ascii_hexdigit());
        lengths == [8, 4, 4, 4, 12] && groups.iter().all(hex)
    };
    (alphanumeric && text.len() == 27) || (hex && matches!(text.len(), 32 | 64)) || uuid()
}

/// True for a name of the service's catalogue, such as `integration-specification-english`.
fn is_catalogue_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.len() <= 64 && text.bytes().all(plain)
}

fn id(text: &mut String) {
    keep_if(is_id(text), text);
}

fn keep_if(kept: bool, text: &mut String) {
    if !kept {
        WITHHELD.clone_into(text);
    }
}

fn letter(letter: &mut LetterFacts) {
    id(&mut letter.id);
    let known = letter.status.parse::<Status>().is_ok();
    keep_if(known, &mut letter.status);
    if let Some(name) = &mut letter.specification_id {
        keep_if(is_catalogue_name(name), name);
    }
    if let Some(hash) = &mut letter.sha256_hash {
        id(hash);
    }
    if let Some(code) = &mut letter.reason_code {
        let plain = code.len() <= 8 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
        keep_if(plain, code);
    }
    for text in [&mut letter.group_id, &mut letter.reason_text] {
        text.iter_mut().for_each(|text| keep_if(false, text));
    }
}

/// Day, line item and quantity are the tester's own.
fn information(facts: &mut MiFacts) {
    let name = &mut facts.specification_id;
    keep_if(is_catalogue_name(name), name);
    keep_if(false, &mut facts.group_id);
    facts.letters.iter_mut().for_each(id);
}

/// What a check saw may be a line of the letter.
fn check(check: &mut PdfCheck) {
    keep_if(false, &mut check.observed);
}

fn plain_value(value: &mut String) {
    let printable = value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let redacted = value.contains("‹redacted:");
    keep_if(
        (printable || redacted) && value.chars().count() <= LONGEST_VALUE,
        value,
    );
}

/// Type and subtype; parameters may say anything.
fn media_type(value: &mut String) {
    let essence = value.split(';').next().unwrap_or_default().trim();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/.+-".contains(&byte);
    *value = match essence.len() <= 60 && essence.bytes().all(plain) {
        true => essence.to_owned(),
        false => WITHHELD.to_owned(),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTER: &str = "36Vn6qBbIK9wTewDYou1UQPBbX5";

    #[test]
    fn only_routes_ids_and_configured_parts_of_a_path_are_kept() {
        let lists = Production::default();
        lists.know(&TargetFacts {
            name: "prod".into(),
            kind: "prod".into(),
            base_url: "https://h/nhs-notify-supplier".into(),
            token_url: Some("https://h/oauth2/token".into()),
            hosts: Vec::new(),
            storage_hosts: None,
            deviations: Vec::new(),
        });
        let kept = |url: &str| lists.url(url);
        for same in [
            "https://h/nhs-notify-supplier/letters?limit=3",
            &format!("https://h/nhs-notify-supplier/letters/{LETTER}/data"),
            "https://h/oauth2/token",
            "https://h",
        ] {
            assert_eq!(kept(same), same);
        }
        assert_eq!(
            kept(&format!(
                "https://s/Jane%20Smith/1-High-Street/{LETTER}.pdf?X-Amz-Date=1&who=Jane"
            )),
            format!("https://s/‹withheld›/‹withheld›/{LETTER}.pdf?X-Amz-Date=1&‹withheld›")
        );
        assert_eq!(
            kept("/letters/Jane?limit=Jane"),
            "/letters/‹withheld›?‹withheld›"
        );
    }

    #[test]
    fn headers_that_are_not_listed_are_counted_and_left_out() {
        let mut headers: Vec<(String, String)> = [
            ("Content-Type", "application/json; name=Jane"),
            ("x-amz-meta-name", "Jane"),
            ("X-Amz-Meta-Street", "1 High Street"),
            ("x-request-id", "q"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        Production::default().message(&mut headers, None);
        let told: Vec<_> = headers.iter().map(|(n, v)| format!("{n}: {v}")).collect();
        assert_eq!(
            told,
            [
                "Content-Type: application/json",
                "x-request-id: q",
                "‹withheld›: 2 headers"
            ]
        );
    }

    #[test]
    fn facts_keep_ids_and_no_texts() {
        let seen = LetterFacts {
            id: LETTER.into(),
            status: "RETURNED".into(),
            specification_id: Some("integration-specification-english".into()),
            group_id: Some("jane".into()),
            sha256_hash: Some("a".repeat(64)),
            reason_code: Some("R01".into()),
            reason_text: Some("Jane moved".into()),
        };
        let listed = Event::LettersListed {
            exchange: 1,
            scope: Scope::default(),
            limit: Some("3".into()),
            letters: vec![seen],
        };
        let text = serde_json::to_string(&Production::default().event(&listed)).unwrap();
        assert!(!text.to_lowercase().contains("jane"), "{text}");
        assert!(text.contains(LETTER) && text.contains("RETURNED") && text.contains("R01"));
        let step = Event::StepFinished {
            scope: Scope::default(),
            step: "Jane".into(),
            outcome: "failed".into(),
            error: None,
            cause: None,
        };
        assert!(matches!(
            Production::default().event(&step),
            Event::Note { .. }
        ));
    }
}
