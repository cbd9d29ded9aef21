//! `name=value&…`, as query strings and forms carry it.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Decoded names and values in the order given.
pub(crate) type Pairs = Vec<(String, String)>;

/// Reads a query string or a form; a name without `=` has an empty value.
pub(crate) fn parse(text: &str) -> Pairs {
    let parts = text.split('&').filter(|part| !part.is_empty());
    parts.map(pair).collect()
}

fn pair(part: &str) -> (String, String) {
    let (name, value) = part.split_once('=').unwrap_or((part, ""));
    (decode(name), decode(value))
}

fn decode(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

/// The last value of a name, which is the one API Gateway hands on.
pub(crate) fn last<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut found = pairs.iter().rev().filter(|(key, _)| key == name);
    found.next().map(|(_, value)| value.as_str())
}

/// Percent-encodes everything but letters and digits.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_decoded_and_the_last_one_counts() {
        let pairs = parse("limit=1&limit=%2B5&flag&&empty=");
        assert_eq!(last(&pairs, "limit"), Some("+5"));
        assert_eq!(last(&pairs, "flag"), Some(""));
        assert_eq!(last(&pairs, "empty"), Some(""));
        assert_eq!(last(&pairs, "other"), None);
    }
}
