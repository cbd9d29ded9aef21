//! One target, and the documented values of each kind.

use std::time::Duration;

use serde::Deserialize;

use crate::model::Host;

use super::TargetKind;
use super::deviation::{self, Deviation};

/// Everything about a target that is no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its name in the configuration.
    pub name: String,
    /// What stands behind its URLs.
    pub kind: TargetKind,
    /// Where the API answers, without a slash at the end; `None` for the simulator in this
    /// process, which says it when it starts.
    pub base_url: Option<String>,
    /// Where tokens come from; `None` where none are asked for, or where the simulator says it.
    pub token_url: Option<String>,
    /// Hosts that the documentation names for targets of this kind.
    pub documented_hosts: Vec<Host>,
    /// Hosts that the configuration names besides.
    pub hosts: Vec<Host>,
    /// Where links to PDFs may lead; any public host if absent.
    pub storage_hosts: Option<Vec<Host>>,
    /// True if what a documented host of this kind answers counts as evidence.
    pub is_evidence: bool,
    /// The pace the client keeps; 0 lifts it.
    pub requests_per_second: u32,
    /// How long GET `/letters` hides what it returned.
    pub visibility_timeout: Duration,
    /// How long an update that was answered with 202 may take to be seen.
    pub settle_timeout: Duration,
    /// Letters that GET `/letters?limit=2500` must return.
    pub expected_letters: u64,
    /// The `Content-Type` of request bodies.
    pub media_type: String,
    /// Base paths that the documentation names for the API, the likeliest first.
    pub base_paths: Vec<String>,
    /// What it answers from a fixed text, whatever is asked; empty where everything is real.
    pub canned: Vec<String>,
    /// Where the service is known to do otherwise than documented.
    pub deviations: Vec<Deviation>,
    /// How long the simulator in this process takes to apply an update; `None` elsewhere.
    pub simulator_settle: Option<Duration>,
}

/// An embedded target file does not read: a fault of this build.
#[derive(Debug, thiserror::Error)]
#[error(
    "the built-in target file {name}.toml does not read: {message}; this is a fault of letterproof"
)]
pub struct TargetError {
    name: &'static str,
    message: String,
}

impl Target {
    /// The documented target of `kind`, called like its kind.
    ///
    /// # Errors
    /// If the embedded file does not read, which a test rules out.
    pub fn documented(kind: TargetKind) -> Result<Self, TargetError> {
        let file: File = read(kind.as_str(), embedded(kind))?;
        Ok(file.into_target(deviation::of(kind)?))
    }

    /// True if the API or the token endpoint of this target may be at `host`.
    pub fn may_be_at(&self, host: &Host) -> bool {
        host.is_loopback() || self.documented_hosts.contains(host) || self.hosts.contains(host)
    }

    /// True for the simulator that runs in this process.
    pub fn is_in_process(&self) -> bool {
        self.kind == TargetKind::Local && self.base_url.is_none()
    }
}

/// Reads the embedded file `name`.
pub(super) fn read<T: serde::de::DeserializeOwned>(
    name: &'static str,
    text: &str,
) -> Result<T, TargetError> {
    toml::from_str(text).map_err(|error| TargetError {
        name,
        message: error.message().to_owned(),
    })
}

/// How long the simulator takes to apply an update unless told otherwise.
///
/// # Errors
/// As [`Target::documented`].
pub fn simulator_settle() -> Result<Duration, TargetError> {
    let local = Target::documented(TargetKind::Local)?;
    Ok(local.simulator_settle.unwrap_or_default())
}

const fn embedded(kind: TargetKind) -> &'static str {
    match kind {
        TargetKind::Local => include_str!("local.toml"),
        TargetKind::Sandbox => include_str!("sandbox.toml"),
        TargetKind::Int => include_str!("int.toml"),
        TargetKind::Prod => include_str!("prod.toml"),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    kind: TargetKind,
    base_url: Option<String>,
    token_url: Option<String>,
    hosts: Vec<String>,
    is_evidence: bool,
    requests_per_second: u32,
    visibility_timeout_s: u64,
    settle_timeout_s: u64,
    expected_letters: u64,
    media_type: String,
    #[serde(default)]
    base_paths: Vec<String>,
    #[serde(default)]
    canned: Vec<String>,
    simulator: Option<Simulator>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Simulator {
    settle_ms: u64,
}

impl File {
    fn into_target(self, deviations: Vec<Deviation>) -> Target {
        Target {
            name: self.kind.as_str().to_owned(),
            kind: self.kind,
            base_url: self.base_url,
            token_url: self.token_url,
            documented_hosts: hosts(&self.hosts),
            hosts: Vec::new(),
            storage_hosts: None,
            is_evidence: self.is_evidence,
            requests_per_second: self.requests_per_second,
            visibility_timeout: Duration::from_secs(self.visibility_timeout_s),
            settle_timeout: Duration::from_secs(self.settle_timeout_s),
            expected_letters: self.expected_letters,
            media_type: self.media_type,
            base_paths: self.base_paths,
            canned: self.canned,
            deviations,
            simulator_settle: self
                .simulator
                .map(|simulator| Duration::from_millis(simulator.settle_ms)),
        }
    }
}

fn hosts(names: &[String]) -> Vec<Host> {
    names.iter().filter_map(|name| Host::named(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_documented_target() {
        for kind in TargetKind::ALL {
            let target = Target::documented(kind).unwrap();
            assert_eq!(target.kind, kind);
            assert_eq!(target.name, kind.as_str());
            assert_eq!(target.requests_per_second, 300);
            assert_eq!(target.expected_letters, 2_500);
            assert_eq!(target.is_in_process(), kind == TargetKind::Local);
        }
    }

    #[test]
    fn int_waits_the_real_lease_and_local_a_short_one() {
        let int = Target::documented(TargetKind::Int).unwrap();
        assert_eq!(int.visibility_timeout, Duration::from_secs(300));
        assert_eq!(int.settle_timeout, Duration::from_secs(60));
        let local = Target::documented(TargetKind::Local).unwrap();
        assert_eq!(local.visibility_timeout, Duration::from_secs(3));
        assert_eq!(simulator_settle().unwrap(), Duration::from_millis(200));
    }

    #[test]
    fn both_documented_base_paths_are_known_where_the_documentation_names_two() {
        for kind in [TargetKind::Sandbox, TargetKind::Int, TargetKind::Prod] {
            let target = Target::documented(kind).unwrap();
            assert_eq!(
                target.base_paths,
                ["/nhs-notify-supplier", "/notify-supplier"]
            );
            let base = target.base_url.unwrap();
            assert!(base.ends_with(&target.base_paths[0]), "{base}");
        }
    }

    #[test]
    fn every_documented_url_leads_to_a_documented_host_of_its_own_kind() {
        for kind in TargetKind::ALL {
            let target = Target::documented(kind).unwrap();
            for url in target.base_url.iter().chain(&target.token_url) {
                let host = Host::of_text(url).unwrap();
                assert!(target.documented_hosts.contains(&host), "{url}");
            }
            for other in TargetKind::ALL.into_iter().filter(|other| *other != kind) {
                let other = Target::documented(other).unwrap();
                let shared = other.documented_hosts.iter();
                assert_eq!(shared.filter(|host| target.may_be_at(host)).count(), 0);
            }
        }
    }

    #[test]
    fn tokens_come_from_the_host_that_answers() {
        for kind in [TargetKind::Int, TargetKind::Prod] {
            let target = Target::documented(kind).unwrap();
            let host =
                |url: Option<String>| url.and_then(|url| url.split('/').nth(2).map(str::to_owned));
            assert_eq!(host(target.base_url), host(target.token_url));
        }
    }
}
