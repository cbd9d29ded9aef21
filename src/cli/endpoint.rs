//! How to get in at a target that is not in this process.

use secrecy::{ExposeSecret as _, SecretString};

use crate::client::{Credentials, Endpoint};
use crate::targets::Target;

use super::CliError;
use super::config::TargetAccess;

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
    })
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
