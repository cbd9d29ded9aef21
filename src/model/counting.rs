//! Numbers and what they count, as people read them.

/// `2510` as `2,510`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && place % 3 == first {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 letter`, `2,510 letters`; of an English noun with a regular plural.
pub fn count(number: usize, noun: &str) -> String {
    let vowel = |c: char| "aeiou".contains(c);
    let several = match noun.strip_suffix('y') {
        _ if number == 1 => noun.to_owned(),
        Some(stem) if !stem.ends_with(vowel) => format!("{stem}ies"),
        _ if ["s", "x", "ch", "sh"].iter().any(|end| noun.ends_with(end)) => format!("{noun}es"),
        _ => format!("{noun}s"),
    };
    format!("{} {several}", grouped(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_counted() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(2_510), "2,510");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(count(1, "letter"), "1 letter");
        assert_eq!(count(0, "letter"), "0 letters");
        assert_eq!(count(1, "pass"), "1 pass");
        let several = ["pass", "batch", "entry", "day", "page"].map(|noun| count(2, noun));
        assert_eq!(
            several,
            ["2 passes", "2 batches", "2 entries", "2 days", "2 pages"]
        );
    }
}
