//! Cells of a table that a spreadsheet opens.

use crate::report::one_line;

/// The longest text that a spreadsheet's cell takes is 32,767 characters.
const LONGEST: usize = 32_000;

/// Beginnings that make a spreadsheet compute what follows (OWASP, "CSV Injection").
const FORMULA: [char; 9] = ['=', '+', '-', '@', '|', '%', '＝', '＋', '－'];

/// `text` on one line, nothing in it hidden, and no formula: what would be one begins with an
/// apostrophe, which spreadsheets take for "this is text".
pub(super) fn cell(text: &str) -> String {
    let line = one_line(text);
    let mut safe = String::with_capacity(line.len() + 1);
    if line.starts_with(FORMULA) {
        safe.push('\'');
    }
    match line.char_indices().nth(LONGEST) {
        None => safe.push_str(&line),
        Some((end, _)) => {
            safe.push_str(&line[..end]);
            safe.push_str(" … (the rest stands in the journal)");
        }
    }
    safe
}

/// [`cell`], empty without a text.
pub(super) fn maybe(text: Option<&str>) -> String {
    text.map(cell).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_formula_is_text() {
        assert_eq!(cell("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(cell("\t=1+1"), "'=1+1");
        assert_eq!(cell("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(cell("36nOm21Ks5"), "36nOm21Ks5");
        assert_eq!(cell("a\r\n\u{202e}b"), "a ‹U+202E›b");
    }

    #[test]
    fn a_huge_text_is_cut() {
        let long = cell(&"x".repeat(2_000_000));
        assert!(long.chars().count() < 32_767, "{}", long.len());
    }

    proptest! {
        #[test]
        fn no_text_computes(text in any::<String>()) {
            let safe = cell(&text);
            prop_assert!(!safe.starts_with(FORMULA));
            prop_assert!(!safe.contains(['\n', '\r', '\t', '\0']));
        }
    }
}
