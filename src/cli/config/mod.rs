//! Configuration (interfaces, "Configuration"): built-in values, then the file, then
//! `LETTERPROOF_…` variables, then flags.
//!
//! One table ([`keys`]) knows every setting; file, environment and checks all read it. Error
//! texts name the setting and where it stands, and never its value: a value may be a secret
//! that was put in the wrong place.

mod environment;
mod error;
mod file;
mod key_file;
mod keys;
mod load;
pub(super) mod nearest;
mod secrets;
mod sections;
mod settings;
mod target;
#[cfg(test)]
mod tests;
mod value;

pub use environment::{Environment, ProcessEnvironment};
pub use error::ConfigError;
pub use load::{Config, DEFAULT_FILE, Overrides, load};
pub use secrets::KnownSecrets;
pub use sections::{
    EXAMPLE_SUPPLIER, Evidence, Mi, Pack, Performance, Reasons, Sizes, Supplier, Windows,
};
pub use settings::Origin;
pub use target::{Credentials, TargetAccess};
