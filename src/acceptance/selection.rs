//! Which acceptance tests a run covers.

use super::catalogue::{AcceptanceTest, CATALOGUE};

/// A name that is no acceptance test.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{name:?} is no acceptance test; there are {}", valid())]
pub struct SelectionError {
    /// The name.
    pub name: String,
}

fn valid() -> String {
    let names: Vec<&str> = CATALOGUE.iter().map(|test| test.id).collect();
    names.join(", ")
}

/// The acceptance tests named by `only` (`AT4,AT7`; case does not matter), in the pack's order;
/// all if nothing is named.
///
/// # Errors
/// If a name is no acceptance test.
pub fn select(only: &[String]) -> Result<Vec<&'static AcceptanceTest>, SelectionError> {
    let wanted: Vec<String> = only
        .iter()
        .map(|name| name.trim().to_ascii_uppercase())
        .collect();
    for name in &wanted {
        if !CATALOGUE.iter().any(|test| test.id == name) {
            return Err(SelectionError { name: name.clone() });
        }
    }
    let chosen =
        |test: &&AcceptanceTest| wanted.is_empty() || wanted.iter().any(|name| name == test.id);
    Ok(CATALOGUE.iter().filter(chosen).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_held_against_the_catalogue() {
        let ids = |only: &[&str]| -> Result<Vec<&str>, SelectionError> {
            let only: Vec<String> = only.iter().map(|name| (*name).to_owned()).collect();
            Ok(select(&only)?.iter().map(|test| test.id).collect())
        };
        assert_eq!(ids(&["at4", " AT2"]), Ok(vec!["AT2", "AT4"]));
        assert_eq!(ids(&[]).map(|all| all.len()), Ok(CATALOGUE.len()));
        let error = ids(&["AT99"]).unwrap_err().to_string();
        assert!(
            error.contains("AT99") && error.contains("AT1, AT2"),
            "{error}"
        );
    }
}
