//! `[target.NAME]`: the documented values of its kind, overruled by settings, and its secrets.

use std::time::Duration;

use secrecy::SecretString;

use crate::model::Host;
use crate::targets::{Target, TargetKind};

use super::environment::{Environment, variable};
use super::keys::TARGET;
use super::settings::{Origin, Settings};
use super::{ConfigError, Overrides, key_file};

/// A target with what is needed to speak to it.
#[derive(Debug)]
pub struct TargetAccess {
    /// The target.
    pub target: Target,
    /// Its secrets; empty for targets that ask for none.
    pub credentials: Credentials,
}

/// What proves who calls. `Debug` shows no secret.
#[derive(Debug, Default)]
pub struct Credentials {
    /// `iss` and `sub` of the assertion.
    pub api_key: Option<SecretString>,
    /// The RSA private key, PEM.
    pub private_key: Option<SecretString>,
    /// The key's name in the JWKS.
    pub kid: Option<String>,
    /// The `apikey` of `/_status`.
    pub status_api_key: Option<SecretString>,
}

/// The target `name` without its secrets.
pub(super) fn describe(settings: &Settings, name: &str) -> Result<Target, ConfigError> {
    let keys = Keys { settings, name };
    let mut target = Target::documented(keys.kind()?)?;
    target.name = name.to_owned();
    keys.urls(&mut target)?;
    keys.hosts(&mut target)?;
    if let Some(rate) = settings.whole(&keys.full("requests_per_second")) {
        target.requests_per_second = u32::try_from(rate).unwrap_or(u32::MAX);
    }
    if let Some(letters) = settings.whole(&keys.full("expected_letters")) {
        target.expected_letters = letters;
    }
    let span =
        |key: &str, documented: Duration| settings.span(&keys.full(key)).unwrap_or(documented);
    target.visibility_timeout = span("visibility_timeout_s", target.visibility_timeout);
    target.settle_timeout = span("settle_timeout_s", target.settle_timeout);
    Ok(target)
}

/// Lets the flags of a call overrule.
pub(super) fn apply(overrides: &Overrides, target: &mut Target) -> Result<(), ConfigError> {
    if let Some(rate) = overrides.requests_per_second {
        target.requests_per_second = rate;
    }
    if let Some(lease) = overrides.visibility_timeout {
        target.visibility_timeout = lease;
    }
    if let Some(settle) = overrides.settle {
        if !target.is_in_process() {
            return Err(ConfigError::Flag {
                flag: "--settle",
                problem: "is how slow the simulator in this process is; elsewhere the target decides (settle_timeout_s is how long to wait for it)".into(),
            });
        }
        target.simulator_settle = Some(settle);
    }
    Ok(())
}

/// The secrets of `target`, read now.
pub(super) fn credentials(
    settings: &Settings,
    target: &Target,
    env: &dyn Environment,
) -> Result<Credentials, ConfigError> {
    let keys = Keys {
        settings,
        name: &target.name,
    };
    if target.kind == TargetKind::Sandbox || target.is_in_process() {
        return Ok(Credentials::default());
    }
    let status_api_key = keys.api_key("status_api_key", env)?;
    if target.token_url.is_none() {
        return Ok(Credentials {
            status_api_key,
            ..Credentials::default()
        });
    }
    let found = Credentials {
        api_key: keys.api_key("api_key", env)?,
        private_key: keys.private_key()?,
        kid: settings.text(&keys.full("kid")),
        status_api_key,
    };
    keys.require(&found)?;
    Ok(found)
}

/// A secret of a target, if one is set and can be read.
pub(super) struct TargetSecret {
    /// What stands in its place in evidence.
    pub called: &'static str,
    /// Its setting.
    pub key: &'static str,
    /// The secret.
    pub read: Result<Option<SecretString>, ConfigError>,
}

/// Each secret of the target `name`. Unlike [`credentials`] it asks for none.
pub(super) fn secrets(settings: &Settings, name: &str, env: &dyn Environment) -> [TargetSecret; 3] {
    let keys = Keys { settings, name };
    let secret = |called, key, read| TargetSecret { called, key, read };
    [
        secret("api-key", "api_key", keys.api_key("api_key", env)),
        secret(
            "api-key",
            "status_api_key",
            keys.api_key("status_api_key", env),
        ),
        secret("private-key", "private_key", keys.private_key()),
    ]
}

/// The settings of one target.
struct Keys<'s> {
    settings: &'s Settings,
    name: &'s str,
}

impl Keys<'_> {
    fn full(&self, key: &str) -> String {
        format!("{TARGET}.{}.{key}", self.name)
    }

    /// A known name keeps its kind: `[target.prod] kind = "int"` would open production to `run`.
    fn kind(&self) -> Result<TargetKind, ConfigError> {
        let full = self.full("kind");
        let given: Option<TargetKind> =
            self.settings.text(&full).and_then(|word| word.parse().ok());
        match (self.name.parse::<TargetKind>().ok(), given) {
            (Some(own), Some(given)) if own != given => {
                let problem = format!("must be {own}; give another target a name of its own");
                Err(self.settings.refuse(&full, problem))
            }
            (Some(own), _) => Ok(own),
            (None, Some(given)) => Ok(given),
            (None, None) => Err(ConfigError::Missing {
                target: self.name.to_owned(),
                what: "a kind",
                remedy: format!("set {full} to local, sandbox, int or prod"),
            }),
        }
    }

    fn urls(&self, target: &mut Target) -> Result<(), ConfigError> {
        let base = self.full("base_url");
        let token = self.full("token_url");
        if let Some(url) = self.settings.text(&base) {
            target.base_url = Some(url);
        }
        if let Some(url) = self.settings.text(&token) {
            target.token_url = Some(url);
        }
        if target.is_in_process() && target.token_url.is_some() {
            let problem =
                "needs base_url beside it; the simulator in this process says both itself";
            return Err(self.settings.refuse(&token, problem));
        }
        Ok(())
    }

    /// Which hosts the target may call: those that the documentation names for its kind, this
    /// machine, and those that the configuration names besides.
    fn hosts(&self, target: &mut Target) -> Result<(), ConfigError> {
        let named = |key: &str| {
            let names = self.settings.list(&self.full(key))?;
            Some(names.iter().filter_map(|name| Host::named(name)).collect())
        };
        target.hosts = named("hosts").unwrap_or_default();
        target.storage_hosts = named("storage_hosts");
        for key in ["base_url", "token_url", "hosts", "storage_hosts"] {
            self.refuse_production(target, key)?;
        }
        self.expect_host(target, "base_url")?;
        self.expect_host(target, "token_url")
    }

    /// The hosts that the setting `key` names.
    fn named_by(&self, key: &str) -> Vec<Host> {
        let full = self.full(key);
        let url = self.settings.text(&full);
        let names = self.settings.list(&full).unwrap_or_default();
        let named = names.iter().filter_map(|name| Host::named(name));
        named
            .chain(url.and_then(|url| Host::of_text(&url)))
            .collect()
    }

    /// Production under another kind's name would escape the rule that only `smoke` touches it.
    fn refuse_production(&self, target: &Target, key: &str) -> Result<(), ConfigError> {
        if target.kind == TargetKind::Prod {
            return Ok(());
        }
        let production = Target::documented(TargetKind::Prod)?.documented_hosts;
        let named = self.named_by(key);
        if named.iter().any(|host| production.contains(host)) {
            let problem = "is production; only a target of kind prod may name it";
            return Err(self.settings.refuse(&self.full(key), problem));
        }
        Ok(())
    }

    /// A host that nobody documented is called only if the configuration says so outright.
    fn expect_host(&self, target: &Target, key: &str) -> Result<(), ConfigError> {
        let named = self.named_by(key);
        if named.iter().all(|host| target.may_be_at(host)) {
            return Ok(());
        }
        let kind = target.kind;
        let documented = target.documented_hosts.iter().map(Host::as_str);
        let known: Vec<&str> = documented.chain(["this machine"]).collect();
        let problem = format!(
            "leads to a host that is not documented for kind {kind} (known: {}); correct it, or name the host in {} if it is meant",
            known.join(", "),
            self.full("hosts")
        );
        Err(self.settings.refuse(&self.full(key), problem))
    }

    fn api_key(
        &self,
        stem: &str,
        env: &dyn Environment,
    ) -> Result<Option<SecretString>, ConfigError> {
        let (by_env, by_file) = (format!("{stem}_env"), format!("{stem}_file"));
        match self.chosen(&by_env, &by_file)? {
            Some((key, origin)) if key == by_env => {
                let name = self.settings.text(&self.full(&key)).unwrap_or_default();
                let value = secret_variable(env, &name).and_then(|text| {
                    key_file::checked_api_key(&text)
                        .map_err(|problem| format!("the environment variable named here {problem}"))
                });
                self.secret(&key, origin, value)
            }
            Some((key, origin)) => {
                let path = self.settings.path(&self.full(&key)).unwrap_or_default();
                self.secret(&key, origin, key_file::api_key(&path))
            }
            None => Ok(None),
        }
    }

    fn private_key(&self) -> Result<Option<SecretString>, ConfigError> {
        let key = "private_key";
        let Some(path) = self.settings.path(&self.full(key)) else {
            return Ok(None);
        };
        let origin = self.origin(key);
        match origin {
            Some(origin) => self.secret(key, origin, key_file::private_key(&path)),
            None => Ok(None),
        }
    }

    fn secret(
        &self,
        key: &str,
        origin: Origin,
        read: Result<SecretString, String>,
    ) -> Result<Option<SecretString>, ConfigError> {
        read.map(Some).map_err(|problem| ConfigError::Secret {
            origin,
            key: self.full(key),
            problem,
        })
    }

    fn origin(&self, key: &str) -> Option<Origin> {
        self.settings
            .get(&self.full(key))
            .map(|setting| setting.origin.clone())
    }

    /// The one of two settings that counts: the later layer; two of one layer are refused.
    fn chosen(&self, one: &str, other: &str) -> Result<Option<(String, Origin)>, ConfigError> {
        match (self.origin(one), self.origin(other)) {
            (Some(a), Some(b)) if a.overrules(&b) => Ok(Some((one.to_owned(), a))),
            (Some(a), Some(b)) if b.overrules(&a) => Ok(Some((other.to_owned(), b))),
            (Some(_), Some(_)) => {
                let problem = format!("stands beside {one}; keep one of them");
                Err(self.settings.refuse(&self.full(other), problem))
            }
            (Some(a), None) => Ok(Some((one.to_owned(), a))),
            (None, Some(b)) => Ok(Some((other.to_owned(), b))),
            (None, None) => Ok(None),
        }
    }

    fn require(&self, found: &Credentials) -> Result<(), ConfigError> {
        if found.api_key.is_none() {
            return Err(self.missing("an API key", &["api_key_env", "api_key_file"]));
        }
        if found.private_key.is_none() {
            return Err(self.missing("a private key", &["private_key"]));
        }
        if found.kid.is_none() {
            return Err(self.missing("the key's name in the JWKS", &["kid"]));
        }
        Ok(())
    }

    fn missing(&self, what: &'static str, keys: &[&str]) -> ConfigError {
        let ways: Vec<String> = keys
            .iter()
            .map(|key| {
                let name = variable(TARGET, Some(self.name), key);
                format!("{} ({name})", self.full(key))
            })
            .collect();
        ConfigError::Missing {
            target: self.name.to_owned(),
            what,
            remedy: format!("set {}", ways.join(" or ")),
        }
    }
}

fn secret_variable(env: &dyn Environment, name: &str) -> Result<String, String> {
    env.get(name)
        .ok_or_else(|| "the environment variable named here is not set".to_owned())
}
