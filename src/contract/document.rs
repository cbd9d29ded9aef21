//! Reads a description's text, JSON or YAML, within limits.

use serde_json::Value;

use super::ContractError;

/// The API description that NHS Notify publishes has about 150 KB.
const LARGEST: usize = 8 * 1024 * 1024;
/// It is nested about 15 levels deep before its references are followed.
const DEEPEST: usize = 100;
const MOST_NODES: usize = 200_000;
/// Aliases would let a short text unfold into gigabytes.
const MOST_ALIASES: usize = 10_000;
/// Longer messages quote the text that could not be read.
const LONGEST_MESSAGE: usize = 300;

/// The document that `text` holds.
pub(super) fn read(text: &str) -> Result<Value, ContractError> {
    if text.len() > LARGEST {
        return Err(ContractError::TooLarge(LARGEST));
    }
    let text = text.trim_start_matches('\u{feff}');
    let document = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|error| error.to_string())
    } else {
        yaml(text)
    };
    document.map_err(ContractError::Unreadable)
}

fn yaml(text: &str) -> Result<Value, String> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: DEEPEST,
            max_nodes: MOST_NODES,
            max_aliases: MOST_ALIASES,
        },
        with_snippet: false,
    };
    let told = |error: serde_saphyr::Error| {
        let told = error.to_string();
        told.chars().take(LONGEST_MESSAGE).collect()
    };
    serde_saphyr::from_str_with_options(text, options).map_err(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_and_yaml_say_the_same() {
        let json = read("\u{feff} {\"200\": [1, \"no\"]}").unwrap();
        assert_eq!(json, read("200: [1, \"no\"]\n").unwrap());
    }

    #[test]
    fn what_is_neither_is_told_in_a_line_or_two() {
        for text in ["{\"a\": ", "a: [1, 2", "\u{0}\u{1}"] {
            let told = read(text).unwrap_err().to_string();
            assert!(told.starts_with("is neither JSON nor YAML"), "{told}");
            assert!(told.len() < 600, "{told}");
        }
    }

    #[test]
    fn a_short_text_that_unfolds_without_end_is_refused() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let before = format!("*a{}", level - 1);
            let aliases = vec![before; 10].join(", ");
            bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
        }
        assert!(matches!(read(&bomb), Err(ContractError::Unreadable(_))));
    }

    #[test]
    fn deep_and_huge_texts_are_refused() {
        for text in [
            "[".repeat(200_000),
            format!("{{\"a\":{}", "[".repeat(200_000)),
        ] {
            assert!(matches!(read(&text), Err(ContractError::Unreadable(_))));
        }
        let huge = " ".repeat(LARGEST + 1);
        assert_eq!(read(&huge), Err(ContractError::TooLarge(LARGEST)));
    }
}
