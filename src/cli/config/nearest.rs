//! The known word that is nearest to an unknown one.

/// The candidate nearest to `word`, letter case apart; the first of several equally near.
pub(in crate::cli) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let word = word.to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        let near = strsim::normalized_damerau_levenshtein(&word, &candidate.to_lowercase());
        if best.is_none_or(|(score, _)| near > score) {
            best = Some((near, candidate));
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
        assert_eq!(nearest("x", []), None);
    }
}
