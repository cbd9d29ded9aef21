//! Settings as the layers gave them, each with where it came from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::model::Reason;

use super::value::Value;
use super::{ConfigError, value};

/// Where a setting stands; a later kind overrules an earlier one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A line of the configuration file.
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// An environment variable.
    Variable(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::File { path, line } => write!(f, "{}, line {line}", path.display()),
            Origin::Variable(name) => write!(f, "environment variable {name}"),
        }
    }
}

impl Origin {
    /// The folder that relative paths of this origin start from.
    pub fn folder(&self) -> &Path {
        match self {
            Origin::File { path, .. } => path.parent().unwrap_or(Path::new("")),
            Origin::Variable(_) => Path::new(""),
        }
    }

    /// True if this layer overrules that of `other`.
    pub fn overrules(&self, other: &Self) -> bool {
        matches!((self, other), (Origin::Variable(_), Origin::File { .. }))
    }
}

/// A checked value and where it came from.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) value: Value,
    pub(super) origin: Origin,
}

/// Every setting that some layer gave, by its full key such as `target.int.kid`.
#[derive(Debug, Default)]
pub(super) struct Settings(BTreeMap<String, Setting>);

impl Settings {
    /// Checks `raw` by `kind` and lets it overrule what an earlier layer gave.
    pub(super) fn insert(
        &mut self,
        key: String,
        kind: value::Kind,
        raw: &value::Raw,
        origin: Origin,
    ) -> Result<(), ConfigError> {
        match kind.read(raw) {
            Ok(value) => {
                self.0.insert(key, Setting { value, origin });
                Ok(())
            }
            Err(problem) => Err(ConfigError::BadValue {
                origin,
                key,
                problem,
            }),
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Setting> {
        self.0.get(key)
    }

    pub(super) fn values(&self) -> impl Iterator<Item = (&str, &Setting)> {
        self.0.iter().map(|(key, setting)| (key.as_str(), setting))
    }

    /// An error at the setting `key`, which must be there.
    pub(super) fn refuse(&self, key: &str, problem: impl Into<String>) -> ConfigError {
        let origin = self.get(key).map(|setting| setting.origin.clone());
        ConfigError::BadValue {
            origin: origin.unwrap_or_else(|| Origin::Variable(String::new())),
            key: key.to_owned(),
            problem: problem.into(),
        }
    }

    pub(super) fn text(&self, key: &str) -> Option<String> {
        match &self.get(key)?.value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        match self.get(key)?.value {
            Value::Flag(flag) => Some(flag),
            _ => None,
        }
    }

    pub(super) fn whole(&self, key: &str) -> Option<u64> {
        match self.get(key)?.value {
            Value::Whole(number) => Some(number),
            _ => None,
        }
    }

    pub(super) fn span(&self, key: &str) -> Option<Duration> {
        match self.get(key)?.value {
            Value::Span(span) => Some(span),
            _ => None,
        }
    }

    pub(super) fn list(&self, key: &str) -> Option<Vec<String>> {
        match &self.get(key)?.value {
            Value::List(list) => Some(list.clone()),
            _ => None,
        }
    }

    pub(super) fn reasons(&self, key: &str) -> Option<Vec<Reason>> {
        match &self.get(key)?.value {
            Value::Reasons(reasons) => Some(reasons.clone()),
            _ => None,
        }
    }

    /// The path at `key`; a relative one of the file starts at the file's folder.
    pub(super) fn path(&self, key: &str) -> Option<PathBuf> {
        let text = self.text(key)?;
        Some(self.get(key)?.origin.folder().join(text))
    }
}
