//! What may be kept of an answer of the token endpoint.
//!
//! Its tokens are taken out by its structure, so that it does not matter how JSON spells them. Of
//! an answer that has no such structure nothing is known, and nothing is kept.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::{Sweep, placeholder};

/// Members that hold no secret (token-endpoint: a 200 and the errors), and what an answer of
/// another API gateway calls them.
const KEPT: [&str; 9] = [
    "token_type",
    "expires_in",
    "issued_at",
    "error",
    "error_description",
    "message_id",
    "message",
    "Message",
    "code",
];

/// A real one has well under a kilobyte.
const LARGEST: usize = 256 * 1024;

/// The secrets in such an answer: every text that [`withhold`] takes out.
pub(crate) fn secrets_of(answer: &[u8]) -> Vec<String> {
    let members = members_of(answer).unwrap_or_default();
    let withheld = members.into_iter().filter(|(name, _)| !is_kept(name));
    withheld
        .filter_map(|(_, value)| value.as_str().map(str::to_owned))
        .collect()
}

/// `answer` with what `sweep` leaves of the members that are kept, and placeholders for the others;
/// one placeholder for an answer that is no JSON object.
pub(crate) fn withhold(answer: &[u8], sweep: &Sweep<'_>) -> String {
    let Some(members) = members_of(answer) else {
        return match answer {
            [] => String::new(),
            _ => placeholder("token-answer", &String::from_utf8_lossy(answer)),
        };
    };
    let written = members.into_iter().map(|(name, value)| {
        let value = match is_kept(&name) {
            true => kept(value, sweep),
            false => withheld(value),
        };
        let name = Value::from(sweep.text(&name).into_owned());
        format!("{name}:{value}")
    });
    format!("{{{}}}", written.collect::<Vec<_>>().join(","))
}

fn is_kept(name: &str) -> bool {
    KEPT.contains(&name)
}

fn kept(value: Value, sweep: &Sweep<'_>) -> Value {
    match value {
        Value::String(text) => Value::from(sweep.text(&text).into_owned()),
        Value::Array(_) | Value::Object(_) => withheld(value),
        plain => plain,
    }
}

fn withheld(value: Value) -> Value {
    match value {
        Value::String(text) if text.is_empty() => Value::from(""),
        Value::String(text) => Value::from(placeholder("token", &text)),
        Value::Null | Value::Bool(_) => value,
        other => Value::from(placeholder("token", &other.to_string())),
    }
}

/// The members in their order, also one that stands twice.
fn members_of(answer: &[u8]) -> Option<Vec<(String, Value)>> {
    if answer.len() > LARGEST {
        return None;
    }
    let answer = answer.strip_prefix(b"\xef\xbb\xbf").unwrap_or(answer);
    serde_json::from_slice::<Members>(answer)
        .ok()
        .map(|members| members.0)
}

struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder)
    }
}

struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Redactor;
    use super::*;

    fn kept_of(answer: &str) -> String {
        withhold(answer.as_bytes(), &Redactor::default().sweep(&[]))
    }

    #[test]
    fn tokens_go_however_they_are_spelt() {
        for spelt in ["opaque", r"\u006fp\u0061que", r"opa\/que"] {
            let kept = kept_of(&format!(
                r#"{{"access_token":"{spelt}","expires_in":"599","x":{{"y":"{spelt}"}},"issued_at":1}}"#
            ));
            assert!(
                kept.starts_with(r#"{"access_token":"‹redacted:token:"#),
                "{kept}"
            );
            assert!(
                kept.contains(r#""expires_in":"599","x":"‹redacted:token:"#),
                "{kept}"
            );
            assert!(kept.ends_with(r#""issued_at":1}"#), "{kept}");
        }
    }

    #[test]
    fn one_secret_has_one_placeholder() {
        let kept = kept_of(r#"{"access_token":"a\u0062c"}"#);
        assert!(kept.contains(&placeholder("token", "abc")), "{kept}");
        assert_eq!(secrets_of(br#"{"access_token":"a\u0062c"}"#), ["abc"]);
    }

    #[test]
    fn nothing_is_kept_of_what_is_no_object() {
        for answer in [
            r#"{"access_token":"opaque"#,
            "access_token=opaque&expires_in=599",
            r#"["opaque"]"#,
            r#""opaque""#,
            "<p>opaque</p>",
        ] {
            let kept = kept_of(answer);
            assert!(kept.starts_with("‹redacted:token-answer:"), "{kept}");
            assert!(!kept.contains("opaque"), "{kept}");
        }
        assert_eq!(kept_of(""), "");
    }

    #[test]
    fn errors_stay_readable_and_are_swept() {
        let redactor = Redactor::default();
        redactor.add("client-assertion", "the-assertion-that-was-sent");
        let answer = br#"{"error":"invalid_request","error_description":"no: the-assertion-th\u0061t-was-sent"}"#;
        let kept = withhold(answer, &redactor.sweep(&[]));
        assert!(kept.contains("no: ‹redacted:client-assertion:"), "{kept}");
        assert!(kept.starts_with(r#"{"error":"invalid_request","#), "{kept}");
    }
}
