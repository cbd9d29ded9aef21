//! The known word that is nearest to an unknown one.

/// The candidate nearest to `word`, letter case apart; of several equally near the one that begins
/// most like it, for people seldom mistype the first letters; else the first.
pub(in crate::cli) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let word = word.to_lowercase();
    let mut best: Option<((f64, usize), &str)> = None;
    for candidate in candidates {
        let lower = candidate.to_lowercase();
        let begun = word.chars().zip(lower.chars()).take_while(|(a, b)| a == b);
        let near = strsim::normalized_damerau_levenshtein(&word, &lower);
        let score = (near, begun.count());
        if best.is_none_or(|(least, _)| score > least) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_is_found() {
        assert_eq!(nearest("nmae", ["system", "name"]), Some("name"));
        assert_eq!(nearest("KID", ["kind", "kid"]), Some("kid"));
        assert_eq!(nearest("kidd", ["kind", "kid"]), Some("kid"));
        assert_eq!(nearest("kidd", ["kid", "kind"]), Some("kid"));
        assert_eq!(nearest("fist", ["gist", "first"]), Some("first"));
        assert_eq!(nearest("x", []), None);
    }
}
