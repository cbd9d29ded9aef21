//! `LETTERPROOF_…` variables as a layer.
//!
//! The name follows from the setting: section and key in capitals, joined by `_`
//! (`LETTERPROOF_SUPPLIER_NAME`); for a target its name stands between, `-` as `_`
//! (`LETTERPROOF_TARGET_INT_KID`). Lists are comma separated.

use std::collections::{BTreeMap, BTreeSet};

use super::ConfigError;
use super::file::{TargetNames, refuse_pem};
use super::keys::{self, Key, TARGET};
use super::nearest::nearest;
use super::settings::{Origin, Settings};
use super::value::{Raw, Value};

/// What every variable of this layer starts with.
const PREFIX: &str = "LETTERPROOF_";

/// Environment variables: the process's own, or a map in tests.
pub trait Environment {
    /// The value of `name`; `None` if it is unset or not Unicode.
    fn get(&self, name: &str) -> Option<String>;
    /// The names of all variables.
    fn names(&self) -> Vec<String>;
}

/// The environment of this process.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProcessEnvironment;

impl Environment for ProcessEnvironment {
    fn get(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn names(&self) -> Vec<String> {
        std::env::vars_os()
            .filter_map(|(name, _)| name.into_string().ok())
            .collect()
    }
}

impl Environment for BTreeMap<String, String> {
    fn get(&self, name: &str) -> Option<String> {
        BTreeMap::get(self, name).cloned()
    }

    fn names(&self) -> Vec<String> {
        self.keys().cloned().collect()
    }
}

/// The variable that carries the setting `key` of `target` (for `[target.NAME]`).
pub(super) fn variable(section: &str, target: Option<&str>, key: &str) -> String {
    let target = target.map(|name| format!("{name}_")).unwrap_or_default();
    let name = format!("{PREFIX}{section}_{target}{key}");
    name.to_uppercase().replace('-', "_")
}

/// Reads every `LETTERPROOF_…` variable of `env` into `settings`.
pub(super) fn read(
    env: &dyn Environment,
    settings: &mut Settings,
    targets: &TargetNames,
) -> Result<(), ConfigError> {
    let known = known_variables(targets);
    let mut strangers = Vec::new();
    for name in env
        .names()
        .into_iter()
        .filter(|name| name.starts_with(PREFIX))
    {
        match known.get(&name) {
            Some((full, key)) => take(env, &name, full, key, settings)?,
            None => strangers.push(name),
        }
    }
    refuse_strangers(&strangers, &known, settings)
}

type Known = BTreeMap<String, (String, &'static Key)>;

fn known_variables(targets: &TargetNames) -> Known {
    let mut known = Known::new();
    for key in keys::KEYS {
        if key.section == TARGET {
            for target in targets {
                let full = format!("{TARGET}.{target}.{}", key.name);
                known.insert(variable(TARGET, Some(target), key.name), (full, key));
            }
        } else {
            let full = format!("{}.{}", key.section, key.name);
            known.insert(variable(key.section, None, key.name), (full, key));
        }
    }
    known
}

fn take(
    env: &dyn Environment,
    name: &str,
    full: &str,
    key: &Key,
    settings: &mut Settings,
) -> Result<(), ConfigError> {
    let origin = Origin::Variable(name.to_owned());
    let Some(value) = env.get(name) else {
        return Err(ConfigError::BadValue {
            origin,
            key: full.to_owned(),
            problem: "is not Unicode text".into(),
        });
    };
    let raw = Raw::Word(value);
    refuse_pem(&raw, full, &origin)?;
    settings.insert(full.to_owned(), key.kind, &raw, origin)
}

/// A variable that a setting names as the holder of a secret is no stranger.
fn refuse_strangers(
    strangers: &[String],
    known: &Known,
    settings: &Settings,
) -> Result<(), ConfigError> {
    let holders = holders(settings);
    let Some(name) = strangers
        .iter()
        .find(|name| !holders.contains(name.as_str()))
    else {
        return Ok(());
    };
    let nearest = nearest(name, known.keys().map(String::as_str)).unwrap_or_default();
    Err(ConfigError::UnknownVariable {
        name: name.chars().take(100).collect(),
        nearest: nearest.to_owned(),
    })
}

fn holders(settings: &Settings) -> BTreeSet<&str> {
    let named = settings
        .values()
        .filter_map(|(key, setting)| match &setting.value {
            Value::Text(name) if key.ends_with("_env") => Some(name.as_str()),
            _ => None,
        });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_from_settings() {
        assert_eq!(
            variable("supplier", None, "name"),
            "LETTERPROOF_SUPPLIER_NAME"
        );
        assert_eq!(
            variable(TARGET, Some("my-int"), "base_url"),
            "LETTERPROOF_TARGET_MY_INT_BASE_URL"
        );
    }
}
