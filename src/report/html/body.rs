//! A message body on a card: pretty, folded where it is long, redactions to be seen as such.

use maud::{Markup, html};
use serde::de::IgnoredAny;

use crate::model::Body;

use super::say::{count, size};
use crate::report::har::INLINE_LIMIT;
use crate::report::part::Bodies;

/// Lines shown at once.
const SHOWN: usize = 22;

/// Lines behind these that can be unfolded.
const FOLDED: usize = 60;

/// To fold fewer than these would hide more than it saves.
const FEW: usize = 12;

/// Lines shown of a long body's end.
const ENDING: usize = 4;

/// The longest line, in characters.
const LINE: usize = 400;

/// The most bytes that are set in lines: a list of 2,500 letters has 650 kB, but a body may be as
/// large as a service likes.
const MOST_BYTES: usize = 2 << 20;

/// `body` as a card shows it; `what` is `Request body` or `Response body`.
pub(super) fn body(what: &str, body: &Body, bodies: &Bodies) -> Markup {
    let kind = body.content_type.as_deref().unwrap_or("no content type");
    html! {
        div class="body" {
            p class="body-head" {
                strong { (what) } " " (super::say::cell(kind)) " · " (size(body.bytes))
                @if body.redacted { " · " mark class="redacted" { "redacted in places" } }
                br; span class="hash" { "SHA-256 " (super::say::cell(&body.sha256)) }
            }
            (contents(body, bodies))
        }
    }
}

fn contents(body: &Body, bodies: &Bodies) -> Markup {
    if body.withheld {
        return html! { p class="hint" { "Not kept, by policy: named by size and hash." } };
    }
    let read = match &body.text {
        Some(text) => Ok(Some(text.clone().into_bytes())),
        None => bodies(body),
    };
    match read {
        Err(why) => html! { p class="hint" { "Cannot be shown: " (super::say::sentence(&why)) } },
        Ok(None) => html! { p class="hint" { "Not kept." } },
        Ok(Some(bytes)) if bytes.is_empty() => html! { p class="hint" { "Empty." } },
        Ok(Some(bytes)) => text(&bytes, body),
    }
}

fn text(bytes: &[u8], body: &Body) -> Markup {
    let whole = bytes.len() <= MOST_BYTES;
    let Ok(text) = std::str::from_utf8(bytes) else {
        return html! { p class="hint" { "Not text; " (place(body)) } };
    };
    let is_json = whole && serde_json::from_str::<IgnoredAny>(text).is_ok();
    let pretty = if is_json {
        indented(text)
    } else {
        text.to_owned()
    };
    let lines: Vec<&str> = pretty.lines().collect();
    if lines.len() <= SHOWN + FEW + ENDING {
        return html! { (block(&lines)) };
    }
    let end = lines.len() - ENDING;
    let folded = &lines[SHOWN..end.min(SHOWN + FOLDED)];
    let left_out = end - SHOWN - folded.len();
    html! {
        (block(&lines[..SHOWN]))
        details class="fold" {
            summary { "Show " (count(folded.len(), "more line")) }
            (block(folded))
        }
        @if left_out > 0 {
            p class="hint" { "… " (count(left_out, "more line")) " left out here; " (place(body)) }
        }
        (block(&lines[end..]))
    }
}

/// Where the whole body is.
fn place(body: &Body) -> String {
    let hash = &body.sha256;
    if body.text.is_some() {
        return "the whole body stands in the journal and in exchanges.har".to_owned();
    }
    let folder: String = hash.chars().take(2).collect();
    let name: String = hash.chars().take(12).collect();
    let archived = match body.bytes <= INLINE_LIMIT {
        true => ", and stands in exchanges.har",
        false => " of the run's folder",
    };
    format!("the whole body is bodies/{folder}/{name}…{archived}")
}

fn block(lines: &[&str]) -> Markup {
    html! {
        pre { code {
            @for line in lines { (marked(&super::say::cut(line, LINE))) "\n" }
        } }
    }
}

/// `text` with every `‹redacted:…›` marked.
pub(super) fn marked(text: &str) -> Markup {
    const OPEN: &str = "‹redacted:";
    let mut parts: Vec<(bool, &str)> = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(OPEN) {
        let Some(length) = rest[start..].find('›') else {
            break;
        };
        let end = start + length + '›'.len_utf8();
        parts.push((false, &rest[..start]));
        parts.push((true, &rest[start..end]));
        rest = &rest[end..];
    }
    parts.push((false, rest));
    html! {
        @for (redacted, part) in parts {
            @if redacted { mark class="redacted" { (part) } } @else { (part) }
        }
    }
}

/// Valid JSON on lines of its own, in the order in which it came: only blanks between values
/// change.
fn indented(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    let mut last = ' ';
    for c in json.chars() {
        if in_string {
            out.push(c);
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '"' => {
                opened(&mut out, last, depth);
                in_string = true;
                out.push(c);
            }
            '{' | '[' => {
                opened(&mut out, last, depth);
                out.push(c);
                depth += 1;
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                if !matches!(last, '{' | '[') {
                    line(&mut out, depth);
                }
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c if c.is_whitespace() => continue,
            c => {
                opened(&mut out, last, depth);
                out.push(c);
            }
        }
        last = c;
    }
    out
}

/// The first value behind a bracket begins a line.
fn opened(out: &mut String, last: char, depth: usize) {
    if matches!(last, '{' | '[') {
        line(out, depth);
    }
}

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    // Deep nesting is no reason for endless blanks.
    out.extend(std::iter::repeat_n("  ", depth.min(20)));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn json_keeps_its_order() {
        assert_eq!(
            indented(r#"{"b":[1,{"a":"x,\"}"},[]],"a":{}, "c" : null}"#),
            "{\n  \"b\": [\n    1,\n    {\n      \"a\": \"x,\\\"}\"\n    },\n    []\n  ],\n  \"a\": {},\n  \"c\": null\n}"
        );
    }

    #[test]
    fn redactions_are_marked() {
        let text = marked("Bearer ‹redacted:token:beb7f98e› <b>").into_string();
        assert_eq!(
            text,
            "Bearer <mark class=\"redacted\">‹redacted:token:beb7f98e›</mark> &lt;b&gt;"
        );
        assert_eq!(marked("‹redacted:").into_string(), "‹redacted:");
    }

    proptest! {
        #[test]
        fn any_json_stays_the_same_json(text in any::<String>(), numbers in any::<Vec<i32>>()) {
            let json = serde_json::json!({ "a": [text, {}], "b": numbers }).to_string();
            let again: serde_json::Value = serde_json::from_str(&indented(&json)).unwrap();
            prop_assert_eq!(again.to_string(), json);
        }
    }
}
