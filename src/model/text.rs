//! Texts that others wrote, made safe to look at.
//!
//! What a target, a journal, a seal or a pack says may be anything: terminal sequences, marks that
//! turn the reading direction, line ends that would add a sentence to what the tool says. This is
//! the one place that takes them out; [`Shown`] carries by its type that it was done.

use std::fmt;
use std::ops::Deref;

use serde::{Serialize, Serializer};

/// The longest text that [`Shown`] repeats, in characters.
const LONGEST: usize = 2_000;

/// `text` with everything invisible or misleading spelled out: control characters, marks that
/// turn the reading direction, characters that XML cannot hold. Line ends and tabs stay.
pub fn visible(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if c == '\r' && rest.peek() == Some(&'\n') {
            continue;
        }
        if is_misleading(c) {
            safe.push_str(&format!("‹U+{:04X}›", u32::from(c)));
        } else {
            safe.push(c);
        }
    }
    safe
}

/// [`visible`] on one line, each run of white space as one blank.
pub fn one_line(text: &str) -> String {
    let safe = visible(text);
    safe.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// JSON with what misleads written as `\u` escapes: the same JSON, safe to look at. Outside of
/// strings JSON is plain ASCII, so only strings change.
pub fn visible_json(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if is_misleading(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                safe.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            safe.push(c);
        }
    }
    safe
}

/// True for a character that nobody sees, or that changes how others are shown. Line ends and tabs
/// are none.
pub fn is_misleading(c: char) -> bool {
    let marks = matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}');
    let nameless = u32::from(c) & 0xfffe == 0xfffe || matches!(c, '\u{fdd0}'..='\u{fdef}');
    marks || nameless || (c.is_control() && !matches!(c, '\n' | '\t'))
}

/// A text of others on one line of visible characters, cut if it is very long. What is printed of
/// foreign files is of this type or of one that can hold nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shown(String);

impl Shown {
    /// `text` made safe.
    pub fn of(text: impl fmt::Display) -> Self {
        let text = text.to_string();
        let Some((end, _)) = text.char_indices().nth(LONGEST) else {
            return Self(one_line(&text));
        };
        let rest = text[end..].chars().count();
        Self(format!(
            "{} … ({rest} more characters)",
            one_line(&text[..end])
        ))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Deref for Shown {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_misleads_is_spelled_out() {
        assert_eq!(
            visible("a\u{202e}b\u{0}c\u{1b}[2J\r\nd"),
            "a‹U+202E›b‹U+0000›c‹U+001B›[2J\nd"
        );
        assert_eq!(one_line(" a\n\tb "), "a b");
        assert_eq!(visible("\u{ffff}é✓\r"), "‹U+FFFF›é✓‹U+000D›");
    }

    #[test]
    fn json_stays_the_same_json() {
        let hostile = "a\u{202e}b\u{7f}\u{e0041}";
        let text = visible_json(&serde_json::to_string(hostile).unwrap());
        assert_eq!(text, r#""a\u202eb\u007f\udb40\udc41""#);
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), hostile);
    }

    #[test]
    fn what_is_shown_is_one_line_and_not_endless() {
        let lie = Shown::of("r1\nThe evidence holds.\u{1b}]0;title\u{7}");
        assert_eq!(
            lie.as_str(),
            "r1 The evidence holds.‹U+001B›]0;title‹U+0007›"
        );
        let long = Shown::of("x".repeat(1_000_000));
        assert!(long.len() < 2_100 && long.ends_with("(998000 more characters)"));
        assert_eq!(format!("{:>4}|", Shown::of("a")), "   a|");
    }

    proptest! {
        #[test]
        fn any_text_becomes_safe(text in any::<String>()) {
            for line in [one_line(&text), Shown::of(&text).to_string()] {
                prop_assert!(!line.chars().any(|c| c.is_control() || is_misleading(c)));
            }
            prop_assert!(!visible(&text).chars().any(is_misleading));
        }
    }
}
