//! What can be wrong with a configuration.

use std::io;
use std::path::PathBuf;

use crate::cli::exit_code::ExitCode;
use crate::targets::TargetError;

use super::settings::Origin;

/// The configuration cannot be used; nothing was sent. No text of it holds a value.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// `--config` names a file that is not there.
    #[error("there is no configuration file {}; docs/configuration.md says what goes into one, or leave --config out", .0.display())]
    NoFile(PathBuf),
    /// The file is there and cannot be read.
    #[error("cannot read the configuration file {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not TOML.
    #[error("{origin}: this is not TOML: {message}")]
    Syntax {
        /// Where.
        origin: Origin,
        /// What the parser missed.
        message: String,
    },
    /// A key of the file that means nothing.
    #[error("{origin}: {key} is not a setting; did you mean {nearest}?")]
    UnknownKey {
        /// Where.
        origin: Origin,
        /// The key with its section.
        key: String,
        /// The known one that is nearest.
        nearest: String,
    },
    /// A `LETTERPROOF_…` variable that means nothing.
    #[error(
        "the environment variable {name} is not a setting; did you mean {nearest}? A target of your own needs its [target.NAME] in the file first"
    )]
    UnknownVariable {
        /// The variable.
        name: String,
        /// The known one that is nearest.
        nearest: String,
    },
    /// A value that cannot be used.
    #[error("{origin}: {key} {problem}")]
    BadValue {
        /// Where.
        origin: Origin,
        /// The setting with its section.
        key: String,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// A secret stands in the configuration itself.
    #[error(
        "{origin}: {key} holds a secret in clear, and a configuration never does; take it out (it should count as disclosed) and {remedy}"
    )]
    SecretInClear {
        /// Where.
        origin: Origin,
        /// The setting with its section.
        key: String,
        /// Where it belongs.
        remedy: &'static str,
    },
    /// `--target` names none.
    #[error("there is no target {name:?}; known: {known}")]
    UnknownTarget {
        /// What was asked for.
        name: String,
        /// The known names.
        known: String,
    },
    /// A target lacks what its kind needs.
    #[error("target {target} needs {what}: {remedy}")]
    Missing {
        /// The target.
        target: String,
        /// What it lacks.
        what: &'static str,
        /// How to give it.
        remedy: String,
    },
    /// A secret that is named properly and cannot be used.
    #[error("{origin}: {key}: {problem}")]
    Secret {
        /// Where it is named.
        origin: Origin,
        /// The setting with its section.
        key: String,
        /// What is wrong and what to do.
        problem: String,
    },
    /// A flag that does not fit the target.
    #[error("{flag} {problem}")]
    Flag {
        /// The flag.
        flag: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// An embedded target file does not read.
    #[error(transparent)]
    BuiltIn(#[from] TargetError),
}

impl ConfigError {
    /// Always 2: nothing was sent.
    pub const fn exit_code(&self) -> ExitCode {
        ExitCode::USAGE
    }
}
