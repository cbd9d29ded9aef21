//! Which acceptance tests a run covers.

use super::catalogue::{AcceptanceTest, Profile};

/// A name that is no acceptance test.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{name:?} is no acceptance test{}; there are {}", place(*.profile), valid(*.profile))]
pub struct SelectionError {
    /// The name.
    pub name: String,
    /// Where it was looked for.
    pub profile: Profile,
}

fn place(profile: Profile) -> &'static str {
    match profile {
        Profile::Supplier => "",
        Profile::Sandbox => " of the sandbox",
    }
}

fn valid(profile: Profile) -> String {
    let names: Vec<&str> = profile.tests().iter().map(|test| test.id).collect();
    names.join(", ")
}

/// The tests of `profile` named by `only` (`AT4,AT7`; case does not matter), in its order; all if
/// nothing is named.
///
/// # Errors
/// If a name is no acceptance test.
pub fn select(
    profile: Profile,
    only: &[String],
) -> Result<Vec<&'static AcceptanceTest>, SelectionError> {
    let wanted: Vec<String> = only
        .iter()
        .map(|name| name.trim().to_ascii_uppercase())
        .collect();
    for name in &wanted {
        if !profile.tests().iter().any(|test| test.id == name) {
            let name = name.clone();
            return Err(SelectionError { name, profile });
        }
    }
    let chosen =
        |test: &&AcceptanceTest| wanted.is_empty() || wanted.iter().any(|name| name == test.id);
    Ok(profile.tests().iter().filter(chosen).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_held_against_the_catalogue() {
        let ids = |only: &[&str]| -> Result<Vec<&str>, SelectionError> {
            let only: Vec<String> = only.iter().map(|name| (*name).to_owned()).collect();
            Ok(select(Profile::Supplier, &only)?
                .iter()
                .map(|test| test.id)
                .collect())
        };
        assert_eq!(ids(&["at4", " AT2"]), Ok(vec!["AT2", "AT4"]));
        assert_eq!(
            ids(&[]).map(|all| all.len()),
            Ok(Profile::Supplier.tests().len())
        );
        let error = ids(&["AT99"]).unwrap_err().to_string();
        assert!(
            error.contains("AT99") && error.contains("AT1, AT2"),
            "{error}"
        );
    }
}
