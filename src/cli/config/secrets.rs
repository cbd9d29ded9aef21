//! Every secret of a configuration, and the key that signs seals.

use secrecy::{ExposeSecret as _, SecretString};

use crate::evidence::{Redactor, SigningKey};

use super::environment::Environment;
use super::{Config, ConfigError, key_file, target};

const SIGNING_KEY: &str = "evidence.signing_key";

/// The secrets that a configuration leads to, of all its targets.
#[derive(Debug, Default)]
pub struct KnownSecrets {
    found: Vec<(String, SecretString)>,
    /// Settings whose secret could not be read, and so is not known.
    pub unknown: Vec<String>,
}

impl KnownSecrets {
    /// How many secrets are known.
    pub fn count(&self) -> usize {
        self.found.len()
    }

    /// Tells `redactor` each of them.
    pub fn teach(&self, redactor: &Redactor) {
        for (name, secret) in &self.found {
            redactor.add(name, secret.expose_secret());
        }
    }

    fn take(&mut self, name: &str, key: &str, read: Result<Option<SecretString>, ConfigError>) {
        match read {
            Ok(Some(secret)) => self.found.push((name.to_owned(), secret)),
            Ok(None) => {}
            Err(_) => self.unknown.push(key.to_owned()),
        }
    }
}

impl Config {
    /// Every secret that can be read now. One that cannot, such as a variable that is not set in
    /// this shell, is named and nothing more: whoever only packs evidence needs no key.
    pub fn known_secrets(&self, env: &dyn Environment) -> KnownSecrets {
        let mut known = KnownSecrets::default();
        for name in self.target_names() {
            for secret in target::secrets(self.settings(), name, env) {
                let key = format!("target.{name}.{}", secret.key);
                known.take(secret.called, &key, secret.read);
            }
        }
        known.take("private-key", SIGNING_KEY, self.signing_key_text());
        known
    }

    /// The key of `evidence.signing_key`, if one is set.
    ///
    /// # Errors
    /// If the file cannot be read, others can read it too, or it is no Ed25519 key.
    pub fn signing_key(&self) -> Result<Option<SigningKey>, ConfigError> {
        let Some(text) = self.signing_key_text()? else {
            return Ok(None);
        };
        let key = SigningKey::read(text.expose_secret());
        key.map(Some)
            .map_err(|error| self.settings().refuse(SIGNING_KEY, error.to_string()))
    }

    fn signing_key_text(&self) -> Result<Option<SecretString>, ConfigError> {
        let Some(path) = &self.evidence.signing_key else {
            return Ok(None);
        };
        let text = key_file::signing_key(path);
        text.map(Some)
            .map_err(|problem| self.settings().refuse(SIGNING_KEY, problem))
    }
}
