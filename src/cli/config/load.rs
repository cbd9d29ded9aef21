//! All layers together.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::evidence::read_text_at_most;
use crate::model::limits::LARGEST_SETTINGS;
use crate::targets::{Target, TargetKind};

use super::environment::{self, Environment};
use super::file::{self, TargetNames};
use super::sections::{self, Evidence, Mi, Pack, Performance, Reasons, Sizes, Supplier, Windows};
use super::settings::Settings;
use super::target::{self, TargetAccess};
use super::{ConfigError, nearest};

/// Read without `--config` if it is there.
pub const DEFAULT_FILE: &str = "letterproof.toml";

/// Flags that overrule every other layer, for the target of this call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--requests-per-second`; 0 lifts the pace.
    pub requests_per_second: Option<u32>,
    /// `--visibility-timeout`.
    pub visibility_timeout: Option<Duration>,
    /// `--settle`: how slow the simulator in this process is.
    pub settle: Option<Duration>,
}

/// A configuration whose every value was checked; its secrets are not read yet.
#[derive(Debug)]
pub struct Config {
    /// The file it was read from, if any.
    pub file: Option<PathBuf>,
    /// `[supplier]`.
    pub supplier: Supplier,
    /// `[performance]`.
    pub performance: Performance,
    /// `[reasons]`.
    pub reasons: Reasons,
    /// `[mi]`.
    pub mi: Mi,
    /// `[sizes]`.
    pub sizes: Sizes,
    /// `[windows]`.
    pub windows: Windows,
    /// `[evidence]`.
    pub evidence: Evidence,
    /// `[pack]`.
    pub pack: Pack,
    settings: Settings,
    targets: Vec<Target>,
    overrides: Overrides,
}

/// Reads the configuration: `path`, or [`DEFAULT_FILE`] in the current folder if it is there.
///
/// # Errors
/// If a file cannot be read or a setting cannot be used; always exit code 2.
pub fn load(
    path: Option<&Path>,
    env: &dyn Environment,
    overrides: &Overrides,
) -> Result<Config, ConfigError> {
    let mut settings = Settings::default();
    let mut names: TargetNames = TargetKind::ALL.map(|kind| kind.as_str().to_owned()).into();
    let found = read_file(path)?;
    if let Some((path, text)) = &found {
        file::read(text, path, &mut settings, &mut names)?;
    }
    environment::read(env, &mut settings, &names)?;
    build(found.map(|(path, _)| path), settings, &names, overrides)
}

fn read_file(path: Option<&Path>) -> Result<Option<(PathBuf, String)>, ConfigError> {
    let asked = path.unwrap_or(Path::new(DEFAULT_FILE)).to_owned();
    match read_text_at_most(&asked, LARGEST_SETTINGS) {
        Ok(text) => Ok(Some((asked, text))),
        Err(error) if error.kind() == io::ErrorKind::NotFound && path.is_none() => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(ConfigError::NoFile(asked)),
        Err(source) => Err(ConfigError::Unreadable {
            path: asked,
            source,
        }),
    }
}

fn build(
    file: Option<PathBuf>,
    settings: Settings,
    names: &TargetNames,
    overrides: &Overrides,
) -> Result<Config, ConfigError> {
    let targets = names.iter().map(|name| target::describe(&settings, name));
    Ok(Config {
        file,
        supplier: sections::supplier(&settings),
        performance: sections::performance(&settings),
        reasons: sections::reasons(&settings),
        mi: sections::mi(&settings),
        sizes: sections::sizes(&settings),
        windows: sections::windows(&settings)?,
        evidence: sections::evidence(&settings),
        pack: sections::pack(&settings),
        targets: targets.collect::<Result<_, _>>()?,
        overrides: overrides.clone(),
        settings,
    })
}

impl Config {
    /// The names that `--target` takes.
    pub fn target_names(&self) -> impl Iterator<Item = &str> {
        self.targets.iter().map(|target| target.name.as_str())
    }

    /// The target `name` with flags applied, without its secrets.
    ///
    /// # Errors
    /// If there is none of that name, or a flag does not fit it.
    pub fn describe_target(&self, name: &str) -> Result<Target, ConfigError> {
        let found = self.targets.iter().find(|target| target.name == name);
        let mut target = found.cloned().ok_or_else(|| self.unknown(name))?;
        target::apply(&self.overrides, &mut target)?;
        Ok(target)
    }

    /// The target `name` with flags applied and its secrets, which are read only now.
    ///
    /// # Errors
    /// As [`Config::describe_target`]; or if a secret it needs is not given or not usable.
    pub fn target(&self, name: &str, env: &dyn Environment) -> Result<TargetAccess, ConfigError> {
        let target = self.describe_target(name)?;
        let credentials = target::credentials(&self.settings, &target, env)?;
        Ok(TargetAccess {
            target,
            credentials,
        })
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The file of the private key of target `name`, if one is named.
    pub fn private_key_file(&self, name: &str) -> Option<PathBuf> {
        self.settings.path(&format!("target.{name}.private_key"))
    }

    /// True if `/_status` of `target` can be expected to answer: its key is named, or the target
    /// asks nobody who they are, or it is the simulator in this process.
    pub fn may_ask_for_status(&self, target: &Target) -> bool {
        let is_set = |key: &str| {
            let full = format!("target.{}.{key}", target.name);
            self.settings.get(&full).is_some()
        };
        let has_key = is_set("status_api_key_env") || is_set("status_api_key_file");
        has_key || target.token_url.is_none()
    }

    fn unknown(&self, name: &str) -> ConfigError {
        let names: Vec<&str> = self.target_names().collect();
        let near = nearest::nearest(name, names.iter().copied()).unwrap_or_default();
        ConfigError::UnknownTarget {
            name: name.chars().take(60).collect(),
            known: format!("{} (did you mean {near}?)", names.join(", ")),
        }
    }
}
