//! `check`: features and step definitions, without a target.

use serde_json::json;

use cucumber::gherkin::Feature;

use crate::acceptance::Profile;
use crate::engine::{FeatureSource, check, profiles_of};

use super::args::{Common, FeatureArgs, Format};
use super::output::{print, print_json};
use super::{CliError, ExitCode};

/// Where features come from: the flag's folder, or this binary.
pub(super) fn source(args: &FeatureArgs, profile: Profile) -> FeatureSource {
    match &args.features_dir {
        Some(folder) => FeatureSource::Folder(folder.clone()),
        None => FeatureSource::Embedded(profile.folder()),
    }
}

/// Every feature: those of the flag's folder, or of all profiles.
pub(super) fn all(args: &FeatureArgs) -> Result<Vec<Feature>, CliError> {
    if args.features_dir.is_some() {
        return Ok(source(args, Profile::Supplier).read()?);
    }
    let mut features = Vec::new();
    for profile in Profile::ALL {
        features.extend(source(args, profile).read()?);
    }
    Ok(features)
}

/// Prints what is wrong with the features.
///
/// # Errors
/// If they cannot be read.
pub fn run(args: &FeatureArgs, common: &Common) -> Result<ExitCode, CliError> {
    let features = all(args)?;
    let profiles = profiles_of(&features);
    let problems = check(&features, &profiles);
    let scenarios: usize = features.iter().map(|feature| feature.scenarios.len()).sum();
    let points = profiles.iter().flat_map(|profile| profile.points()).count();
    if common.format == Format::Json {
        print_json(&json!({
            "features": features.len(),
            "scenarios": scenarios,
            "points": points,
            "problems": problems,
        }))?;
    } else {
        for problem in &problems {
            print(&format!("{problem}\n"))?;
        }
        let counts = format!(
            "{} features, {scenarios} scenarios, {points} acceptance points",
            features.len()
        );
        print(&match problems.len() {
            0 => format!("{counts}: every step is defined, every point is tested\n"),
            found => format!("{counts}: {found} to mend\n"),
        })?;
    }
    Ok(if problems.is_empty() {
        ExitCode::PASSED
    } else {
        ExitCode::FAILED
    })
}
