//! The `limit` of a list, read as JavaScript's `Number()` reads text.
//!
//! The service leaves the reading to the language, so `1e2`, `0x10` and `+5`
//! are limits, white space is 0, and `1.5` takes one letter (service-behaviour
//! §1).

use super::api_error::{ApiError, MAX_ITEMS};
use super::pairs::{self, Pairs};

/// How many letters a query asks for.
///
/// # Errors
/// Another parameter than `limit`, a limit that is no number, or one outside
/// 0 (exclusive) to 2,500.
pub(crate) fn of_query(query: &Pairs) -> Result<usize, ApiError> {
    if query.iter().any(|(name, _)| name != "limit") {
        return Err(ApiError::LimitOnly);
    }
    match pairs::last(query, "limit") {
        None | Some("") => Ok(MAX_ITEMS),
        Some(text) => in_range(number(text)),
    }
}

fn in_range(value: Option<f64>) -> Result<usize, ApiError> {
    let value = value.ok_or(ApiError::LimitNotANumber)?;
    if value > 0.0 && value <= MAX_ITEMS as f64 {
        Ok(value.trunc() as usize)
    } else {
        Err(ApiError::LimitRange)
    }
}

/// `Number(text)`; none where JavaScript says `NaN`.
pub(crate) fn number(text: &str) -> Option<f64> {
    let text = text.trim_matches(is_white);
    match text {
        "" => Some(0.0),
        "Infinity" | "+Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => with_radix(text).unwrap_or_else(|| decimal(text)),
    }
}

/// White space and line ends of JavaScript, the byte order mark among them.
pub(crate) fn is_white(c: char) -> bool {
    (c.is_whitespace() && c != '\u{85}') || c == '\u{feff}'
}

/// The value of `0x…`, `0o…` or `0b…`; the outer none means neither of them.
fn with_radix(text: &str) -> Option<Option<f64>> {
    let prefix = text.get(..2)?.to_ascii_lowercase();
    let radix = match prefix.as_str() {
        "0x" => 16,
        "0o" => 8,
        "0b" => 2,
        _ => return None,
    };
    Some(digits(text.get(2..)?, radix))
}

fn digits(text: &str, radix: u32) -> Option<f64> {
    if text.is_empty() {
        return None;
    }
    let mut value = 0.0;
    for c in text.chars() {
        value = value * f64::from(radix) + f64::from(c.to_digit(radix)?);
    }
    Some(value)
}

/// A decimal literal: digits, one point, an exponent. Rust reads the same
/// numbers, and also words such as `inf`, which have no place here.
fn decimal(text: &str) -> Option<f64> {
    let is_literal = text
        .bytes()
        .all(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    if is_literal { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_read_as_javascript_reads_them() {
        let cases = [
            ("1e2", 100.0),
            ("0x10", 16.0),
            ("0X1f", 31.0),
            ("0b11", 3.0),
            ("0o17", 15.0),
            ("+5", 5.0),
            ("007", 7.0),
            (" 5 ", 5.0),
            ("5.", 5.0),
            (".5", 0.5),
            ("", 0.0),
            ("\u{feff}5", 5.0),
            ("-1", -1.0),
            ("1.5", 1.5),
            ("1e-400", 0.0),
        ];
        for (text, value) in cases {
            assert_eq!(number(text), Some(value), "{text:?}");
        }
        assert_eq!(number("Infinity"), Some(f64::INFINITY));
        assert_eq!(number("1e999"), Some(f64::INFINITY));
    }

    #[test]
    fn what_javascript_calls_nan_is_no_number() {
        let cases = [
            "abc", "5abc", "NaN", "nan", "null", "true", "inf", "infinity", "1_000", "0x", "+0x10",
            "-0x1", "1n", "--1", "1e", ".", "e5", "1 2", "0b12",
        ];
        for text in cases {
            assert_eq!(number(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC*") {
            let query = vec![("limit".to_owned(), text)];
            if let Ok(limit) = of_query(&query) {
                prop_assert!(limit <= MAX_ITEMS);
            }
        }

        #[test]
        fn every_whole_number_in_range_is_taken(limit in 1usize..=MAX_ITEMS) {
            let query = vec![("limit".to_owned(), limit.to_string())];
            prop_assert_eq!(of_query(&query), Ok(limit));
        }
    }
}
