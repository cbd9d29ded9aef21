//! How to get in at a target that is not in this process.

use secrecy::{ExposeSecret as _, SecretString};

use crate::client::{Credentials, Endpoint, Hosts};
use crate::model::{Host, Origin, TargetFacts};
use crate::targets::{Target, TargetKind};

use super::CliError;
use super::config::{ConfigError, TargetAccess};

/// The endpoint of the target that `access` describes.
///
/// # Errors
/// If it has no base URL.
pub(super) fn endpoint(access: &TargetAccess) -> Result<Endpoint, CliError> {
    let (target, given) = (&access.target, &access.credentials);
    let no_base_url = || CliError::NoBaseUrl(target.name.clone());
    Ok(Endpoint {
        base_url: target.base_url.clone().ok_or_else(no_base_url)?,
        credentials: credentials(target, access),
        status_api_key: given.status_api_key.as_ref().map(copy),
        hosts: hosts(target)?,
    })
}

/// The hosts that `target` may call; production only if it is that.
///
/// # Errors
/// If the built-in data does not read, which a test rules out.
pub(super) fn hosts(target: &Target) -> Result<Hosts, CliError> {
    let production = Target::documented(TargetKind::Prod).map_err(ConfigError::from)?;
    let never = production.documented_hosts.into_iter();
    let is_production = target.kind == TargetKind::Prod;
    let api = target.documented_hosts.iter().chain(&target.hosts);
    let storage = target.storage_hosts.as_ref();
    Ok(Hosts {
        api: api.cloned().collect(),
        storage: storage.map(|hosts| hosts.iter().cloned().collect()),
        never: never.filter(|_| !is_production).collect(),
    })
}

/// A run goes on where it began: `verify` would find what went elsewhere.
///
/// # Errors
/// If `target` is at another place than `started` says.
pub(super) fn hold_place(started: &TargetFacts, target: &Target) -> Result<(), CliError> {
    let moved = |was: Option<&str>, now: Option<&str>| match (was, now) {
        (Some(was), Some(now)) if Origin::of(was) != Origin::of(now) => {
            Err(CliError::TargetMoved {
                target: target.name.clone(),
                was: was.to_owned(),
                now: now.to_owned(),
            })
        }
        _ => Ok(()),
    };
    moved(Some(&started.base_url), target.base_url.as_deref())?;
    moved(started.token_url.as_deref(), target.token_url.as_deref())
}

/// `hosts` as the journal names them.
pub(super) fn host_names(hosts: &[Host]) -> Vec<String> {
    hosts.iter().map(ToString::to_string).collect()
}

fn credentials(target: &Target, access: &TargetAccess) -> Option<Credentials> {
    let given = &access.credentials;
    Some(Credentials {
        token_url: target.token_url.clone()?,
        api_key: copy(given.api_key.as_ref()?),
        private_key: copy(given.private_key.as_ref()?),
        kid: given.kid.clone()?,
    })
}

fn copy(secret: &SecretString) -> SecretString {
    secret.expose_secret().into()
}
