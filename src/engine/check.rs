//! Features held against step definitions and catalogue, without a target.

use std::collections::HashSet;
use std::fmt;

use cucumber::World as _;
use cucumber::gherkin::{Feature, Scenario, Step, StepType};
use serde::Serialize;

use crate::acceptance::{Profile, catalogue, sandbox};
use crate::world::SupplierWorld;

use super::selection::{all_scenarios, point_named_by, points_of};

/// Something that would make a run say less than it seems to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// `features/supplier/at04.feature:7`, or `catalogue`.
    pub place: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// Undefined and ambiguous steps, scenarios without `Then`, points that are unknown or misquoted,
/// and points of the catalogue that no scenario tests.
pub fn check(features: &[Feature], profiles: &[Profile]) -> Vec<Problem> {
    let mut problems: Vec<Problem> = features.iter().flat_map(of_feature).collect();
    let tested: HashSet<String> = features
        .iter()
        .flat_map(all_scenarios)
        .flat_map(points_of)
        .collect();
    let points = profiles.iter().flat_map(|profile| profile.points());
    for point in points.filter(|point| !tested.contains(point.id)) {
        problems.push(Problem {
            place: "catalogue".to_owned(),
            message: format!("{} {} is tested by no scenario", point.id, point.text),
        });
    }
    problems
}

/// The profiles that `features` belong to: the pack, and the sandbox if a check of it is named.
pub fn profiles_of(features: &[Feature]) -> Vec<Profile> {
    let mut named = features.iter().flat_map(all_scenarios).flat_map(points_of);
    let of_the_sandbox = named.any(|point| point.starts_with(sandbox::PREFIX));
    let profiles = Profile::ALL.into_iter();
    profiles
        .filter(|profile| *profile == Profile::Supplier || of_the_sandbox)
        .collect()
}

/// As [`check`], but points that nothing tests are no problem: a run may cover a selection.
pub fn check_alone(features: &[Feature]) -> Vec<Problem> {
    features.iter().flat_map(of_feature).collect()
}

/// What is wrong with the features alone: a selection of them leaves points untested on purpose.
fn of_feature(feature: &Feature) -> Vec<Problem> {
    let scenarios: Vec<&Scenario> = all_scenarios(feature).collect();
    let mut problems: Vec<Problem> = scenarios
        .iter()
        .flat_map(|scenario| of_scenario(feature, scenario))
        .collect();
    if scenarios.is_empty() {
        problems.push(problem(
            feature,
            feature.position.line,
            "the feature has no scenario",
        ));
    }
    problems
}

fn of_scenario(feature: &Feature, scenario: &Scenario) -> Vec<Problem> {
    let background = feature
        .background
        .iter()
        .flat_map(|background| &background.steps);
    let steps = background.chain(&scenario.steps);
    let mut problems: Vec<Problem> = steps.filter_map(|step| of_step(feature, step)).collect();
    if !scenario.steps.iter().any(|step| step.ty == StepType::Then) {
        let message = format!(
            "scenario {:?} has no Then: it could not fail",
            scenario.name
        );
        problems.push(problem(feature, scenario.position.line, &message));
    }
    problems
}

fn of_step(feature: &Feature, step: &Step) -> Option<Problem> {
    let text = format!("{} {}", step.keyword.trim(), step.value);
    let message = match SupplierWorld::collection().find(step) {
        Ok(None) => format!("no step definition for {text:?}"),
        Err(ambiguous) => format!("{text:?} is ambiguous: {ambiguous}"),
        Ok(Some(_)) if step.ty == StepType::Then => misquoted(&step.value)?,
        Ok(Some(_)) => return None,
    };
    Some(problem(feature, step.position.line, &message))
}

/// A `Then` must quote its point as the catalogue has it.
fn misquoted(text: &str) -> Option<String> {
    let id = point_named_by(text)?;
    let Some(point) = catalogue::point(&id) else {
        return Some(format!("there is no acceptance point {id}"));
    };
    let quoted = text.strip_prefix(&id)?.trim();
    (quoted != point.text).then(|| format!("{id} reads {:?} in the catalogue", point.text))
}

fn problem(feature: &Feature, line: usize, message: &str) -> Problem {
    let path = feature
        .path
        .as_deref()
        .map(|path| path.display().to_string());
    Problem {
        place: format!("{}:{line}", path.unwrap_or_default()),
        message: message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::engine::FeatureSource;

    fn checked(text: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("one.feature"), text).unwrap();
        let features = FeatureSource::Folder(folder.path().to_owned())
            .read()
            .unwrap();
        features
            .iter()
            .flat_map(of_feature)
            .map(|problem| problem.message)
            .collect()
    }

    #[test]
    fn the_embedded_features_have_no_problem() {
        for profile in Profile::ALL {
            let features = FeatureSource::Embedded(profile.folder()).read().unwrap();
            assert_eq!(check(&features, &[profile]), []);
        }
    }

    #[test]
    fn an_undefined_step_is_found() {
        let problems = checked(
            "Feature: F\n  Scenario: S\n    When the moon is full\n    Then AT1.1 a connection is established to both endpoints\n",
        );
        assert!(
            problems[0].contains("no step definition") && problems[0].contains("the moon is full"),
            "{problems:?}"
        );
    }

    #[test]
    fn a_scenario_that_could_not_fail_is_found() {
        let problems =
            checked("Feature: F\n  Scenario: S\n    Given the supplier holds an access token\n");
        assert!(problems[0].contains("has no Then"), "{problems:?}");
        // A misspelt keyword turns the steps into the scenario's description.
        let problems = checked("Feature: F\n  Scenario: S\n    Thenx AT1.1 something\n");
        assert!(problems[0].contains("has no Then"), "{problems:?}");
    }

    #[test]
    fn an_unknown_or_misquoted_point_is_found() {
        let problems = checked(
            "Feature: F\n  Scenario: S\n    Then AT77.1 something\n    Then AT4.2 all is well\n",
        );
        assert!(
            problems[0].contains("no acceptance point AT77.1"),
            "{problems:?}"
        );
        assert!(problems[1].contains("no letter is skipped"), "{problems:?}");
    }

    #[test]
    fn points_that_nothing_tests_are_found() {
        let problems = check(&[], &Profile::ALL);
        let points = Profile::ALL.into_iter().flat_map(Profile::points);
        assert_eq!(problems.len(), points.count());
    }
}
