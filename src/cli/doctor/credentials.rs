//! API key, private key, kid: what the configuration gives, and what is wrong with it.

use crate::cli::config::{Config, ConfigError, TargetAccess};
use crate::doctor::{Finding, Outcome, Published, published};
use crate::targets::Target;

use super::{DoctorArgs, jwks_of};

/// The lines on credentials, and what was given if it can be used.
pub(super) fn check(
    config: &Config,
    target: &Target,
    args: &DoctorArgs,
    access: Result<TargetAccess, ConfigError>,
) -> (Vec<Finding>, Option<TargetAccess>) {
    let access = match access {
        Ok(access) => access,
        Err(error) => return (vec![refused(&error)], None),
    };
    let given = &access.credentials;
    let (Some(pem), Some(kid)) = (&given.private_key, &given.kid) else {
        let why = "this target needs none";
        return (
            vec![
                Finding::skipped("api-key", why),
                Finding::skipped("key", why),
            ],
            Some(access),
        );
    };
    let mut lines = vec![Finding::ok("api-key", "given, one word")];
    let key = config.private_key_file(&target.name);
    let jwks = key.and_then(|key| jwks_of(args.jwks.as_deref(), &key, kid));
    let file = jwks.as_deref();
    lines.extend(published(pem, &Published { file, kid }));
    let signs = !lines
        .iter()
        .any(|line| line.check == "key" && line.outcome == Outcome::Fail);
    (lines, signs.then_some(access))
}

/// A secret that is missing or cannot be read: which, why, and where it belongs.
fn refused(error: &ConfigError) -> Finding {
    let text = error.to_string();
    let check = match error {
        ConfigError::Secret { key, .. } if key.ends_with("private_key") => "key",
        ConfigError::Missing { what, .. } if what.contains("private key") => "key",
        ConfigError::Missing { what, .. } if what.contains("JWKS") => "kid",
        ConfigError::Secret { key, .. } if key.contains("status_api_key") => "status",
        ConfigError::Secret { .. } | ConfigError::Missing { .. } => "api-key",
        _ => "configuration",
    };
    let remedy = match check {
        "key" => {
            "make one with `letterproof keygen --kid NAME --out DIR`, or mend the file as it says"
        }
        "kid" => "set kid to what the key is called in the JWKS that was uploaded",
        "api-key" => {
            "copy the API key of your application from the developer portal into a variable or a file of mode 0600, and name that"
        }
        _ => "correct the place that is named; docs/configuration.md explains every setting",
    };
    Finding::fail(check, text, "a call to this target needs it", remedy)
}
