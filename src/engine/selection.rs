//! Which scenarios of the features a run covers.

use cucumber::gherkin::tagexpr::TagOperation;
use cucumber::gherkin::{Feature, Scenario};
use cucumber::tag::Ext as _;

use crate::acceptance::sandbox;

use super::EngineError;

/// What the person at the terminal asked for.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Acceptance tests, as `AT4`; all if empty.
    pub tests: Vec<String>,
    /// A tag expression, as `@AT4 and not @optional`.
    pub tags: Option<String>,
}

/// The features with the selected scenarios alone, and the points those name.
#[derive(Clone, Debug, Default)]
pub struct Selected {
    /// Features, without those that have no selected scenario.
    pub features: Vec<Feature>,
    /// Points named by `Then` steps, each once, in the order of the features.
    pub points: Vec<String>,
}

/// Keeps the scenarios that `selection` asks for; the tags of feature, rule and scenario count.
///
/// # Errors
/// If the tag expression is none.
pub fn select_scenarios(
    features: Vec<Feature>,
    selection: &Selection,
) -> Result<Selected, EngineError> {
    let expression = selection.tags.as_deref().map(parse_tags).transpose()?;
    let wanted = |tags: &[&String]| {
        let test =
            selection.tests.is_empty() || tags.iter().any(|tag| selection.tests.contains(tag));
        test && expression
            .as_ref()
            .is_none_or(|expression| expression.eval(tags.iter().copied()))
    };
    let mut selected = Selected::default();
    for mut feature in features {
        let tags = feature.tags.clone();
        feature
            .scenarios
            .retain(|scenario| wanted(&merged(&tags, &[], scenario)));
        for rule in &mut feature.rules {
            let own = rule.tags.clone();
            rule.scenarios
                .retain(|scenario| wanted(&merged(&tags, &own, scenario)));
        }
        feature.rules.retain(|rule| !rule.scenarios.is_empty());
        if all_scenarios(&feature).next().is_some() {
            selected.features.push(feature);
        }
    }
    selected.points = points_in(&selected.features);
    Ok(selected)
}

fn parse_tags(expression: &str) -> Result<TagOperation, EngineError> {
    expression
        .parse()
        .map_err(
            |error: <TagOperation as std::str::FromStr>::Err| EngineError::Tags {
                expression: expression.to_owned(),
                why: error.to_string(),
            },
        )
}

fn merged<'a>(
    feature: &'a [String],
    rule: &'a [String],
    scenario: &'a Scenario,
) -> Vec<&'a String> {
    feature.iter().chain(rule).chain(&scenario.tags).collect()
}

/// Scenarios of a feature and of its rules.
pub(super) fn all_scenarios(feature: &Feature) -> impl Iterator<Item = &Scenario> {
    let in_rules = feature.rules.iter().flat_map(|rule| &rule.scenarios);
    feature.scenarios.iter().chain(in_rules)
}

/// The points that the `Then` steps of `scenario` name.
pub fn points_of(scenario: &Scenario) -> Vec<String> {
    let thens = scenario
        .steps
        .iter()
        .filter(|step| step.ty == cucumber::gherkin::StepType::Then);
    thens
        .filter_map(|step| point_named_by(&step.value))
        .collect()
}

/// The scenarios whose `Then` steps name `point`, as `path:line name`.
pub fn scenarios_testing(features: &[Feature], point: &str) -> Vec<String> {
    let mut found = Vec::new();
    for feature in features {
        let path = feature
            .path
            .as_deref()
            .map(|path| path.display().to_string())
            .unwrap_or_default();
        for scenario in all_scenarios(feature) {
            if points_of(scenario).iter().any(|named| named == point) {
                found.push(format!(
                    "{path}:{} {}",
                    scenario.position.line, scenario.name
                ));
            }
        }
    }
    found
}

/// `AT4.2` of `AT4.2 no letter is skipped`; `SB-07` likewise.
pub(super) fn point_named_by(text: &str) -> Option<String> {
    let first = text.split(' ').next()?;
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_point = match first.strip_prefix(sandbox::PREFIX) {
        Some(number) => digits(number),
        None => {
            let (test, number) = first.strip_prefix("AT")?.split_once('.')?;
            digits(test) && digits(number)
        }
    };
    is_point.then(|| first.to_owned())
}

fn points_in(features: &[Feature]) -> Vec<String> {
    let mut points: Vec<String> = Vec::new();
    for point in features.iter().flat_map(all_scenarios).flat_map(points_of) {
        if !points.contains(&point) {
            points.push(point);
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::FeatureSource;

    fn select(tests: &[&str], tags: Option<&str>) -> Result<Selected, EngineError> {
        let features = FeatureSource::Embedded("supplier").read().unwrap();
        let selection = Selection {
            tests: tests.iter().map(|test| (*test).to_owned()).collect(),
            tags: tags.map(str::to_owned),
        };
        select_scenarios(features, &selection)
    }

    #[test]
    fn a_test_brings_its_points() {
        let selected = select(&["AT2"], None).unwrap();
        assert_eq!(selected.features.len(), 1);
        assert_eq!(selected.points, ["AT2.1", "AT2.2", "AT2.3"]);
    }

    #[test]
    fn tags_of_the_feature_count_for_its_scenarios() {
        assert_eq!(select(&[], Some("@AT2 or @AT4")).unwrap().features.len(), 2);
        assert_eq!(select(&["AT2"], Some("@AT4")).unwrap().features.len(), 0);
        assert!(select(&[], Some("@nothing")).unwrap().points.is_empty());
        assert!(select(&[], Some("and")).is_err());
    }

    #[test]
    fn only_a_point_is_a_point() {
        assert_eq!(
            point_named_by("AT4.2 no letter is skipped").as_deref(),
            Some("AT4.2")
        );
        for text in [
            "AT4 text", "SB- x", "SB-x y", "AT.2 x", "ATx.2 x", "4.2", "",
        ] {
            assert_eq!(point_named_by(text), None, "{text}");
        }
    }
}
