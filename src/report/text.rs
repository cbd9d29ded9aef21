//! Texts of a run made safe for where they are shown.
//!
//! What a target sends ends up in observations, so any of it may be hostile: markup, terminal
//! sequences, marks that turn the reading direction.

use crate::model::Judgement;

pub(crate) use crate::model::{one_line, visible};

/// The longest list of ranges that is written out.
const MOST_RANGES: usize = 12;

/// The journal lines of a judgement as ranges: `3, 7–1009`; empty without any.
pub(super) fn seqs(seqs: &[u64]) -> String {
    let ranges = ranges(seqs);
    let mut shown: Vec<String> = ranges.iter().take(MOST_RANGES).map(range).collect();
    if ranges.len() > MOST_RANGES {
        shown.push(format!("and {} more ranges", ranges.len() - MOST_RANGES));
    }
    shown.join(", ")
}

fn ranges(seqs: &[u64]) -> Vec<(u64, u64)> {
    let mut sorted = seqs.to_vec();
    sorted.sort_unstable();
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for seq in sorted {
        match ranges.last_mut() {
            Some((_, last)) if seq <= last.saturating_add(1) => *last = seq,
            _ => ranges.push((seq, seq)),
        }
    }
    ranges
}

fn range(&(first, last): &(u64, u64)) -> String {
    if first == last {
        first.to_string()
    } else {
        format!("{first}–{last}")
    }
}

/// A judgement on one line: expected, observed, journal lines.
pub(super) fn message(judgement: &Judgement) -> String {
    parts(judgement)
        .map(|(name, text)| format!("{name}: {}", one_line(&text)))
        .join("; ")
}

/// A judgement on a line a part.
pub(super) fn lines(judgement: &Judgement) -> String {
    parts(judgement)
        .map(|(name, text)| format!("{name}: {}", visible(&text)))
        .join("\n")
}

/// What a judgement says, part by part.
pub(super) fn parts(judgement: &Judgement) -> [(&'static str, String); 3] {
    let or = |text: &str, none: &str| {
        let text = if text.is_empty() { none } else { text };
        text.to_owned()
    };
    [
        ("expected", or(&judgement.expected, "not said")),
        ("observed", or(&judgement.observed, "nothing")),
        ("journal", or(&seqs(&judgement.seqs), "no lines")),
    ]
}

/// The first `most` characters of `text`, and a word that there is more.
pub(super) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => {
            let rest = text.chars().count() - most;
            format!(
                "{} … ({rest} more characters in verdicts.json)",
                &text[..end]
            )
        }
    }
}

/// [`one_line`] for Markdown, also inside a table: nothing in it is markup.
pub(super) fn markdown(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            // A mention would call people.
            '@' => safe.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '|' | '!' | '~' | '$' => {
                safe.push('\\');
                safe.push(c);
            }
            other => safe.push(other),
        }
    }
    safe
}

/// `text` in lines of at most `width` characters; a longer word is cut.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(10);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut length = 0;
    for word in text.split_whitespace().flat_map(|word| cut(word, width)) {
        let size = word.chars().count();
        if length > 0 && length + 1 + size > width {
            lines.push(std::mem::take(&mut line));
            length = 0;
        }
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        line.push_str(&word);
        length += size;
    }
    lines.push(line);
    lines
}

fn cut(word: &str, width: usize) -> Vec<String> {
    let characters: Vec<char> = word.chars().collect();
    characters
        .chunks(width)
        .map(|part| part.iter().collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn neighbours_join_to_ranges() {
        assert_eq!(seqs(&[]), "");
        assert_eq!(seqs(&[3]), "3");
        assert_eq!(seqs(&[9, 3, 7, 8, 8]), "3, 7–9");
        assert_eq!(
            seqs(&[u64::MAX, u64::MAX - 1]),
            "18446744073709551614–18446744073709551615"
        );
        let odd: Vec<u64> = (0..50).map(|n| n * 2).collect();
        assert!(
            seqs(&odd).ends_with("22, and 38 more ranges"),
            "{}",
            seqs(&odd)
        );
    }

    #[test]
    fn markdown_holds_no_markup() {
        assert_eq!(
            markdown("<b>|a|\n`x` [l](u) @you"),
            "&lt;b&gt;\\|a\\| \\`x\\` \\[l\\](u) &#64;you"
        );
    }

    #[test]
    fn lines_fit() {
        assert_eq!(wrap("one two three four", 10), ["one two", "three four"]);
        assert_eq!(wrap("aaaaaaaaaaaaaaa", 10), ["aaaaaaaaaa", "aaaaa"]);
        assert_eq!(wrap("", 10), [""]);
        assert_eq!(
            shortened("abcdef", 3),
            "abc … (3 more characters in verdicts.json)"
        );
    }

    proptest! {
        #[test]
        fn any_text_becomes_safe(text in any::<String>(), width in 10_usize..60) {
            let line = one_line(&text);
            prop_assert!(!markdown(&text).contains(['<', '\n']));
            for line in wrap(&line, width) {
                prop_assert!(line.chars().count() <= width);
            }
        }
    }
}
