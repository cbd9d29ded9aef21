//! Which hosts a client may call, held for every request on its way out.

use std::collections::BTreeSet;

use reqwest::Url;

use crate::model::{Host, Origin, is_without_user};

/// The hosts that a client may call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosts {
    /// Where the API and the token endpoint may be; this machine always counts among them.
    pub api: BTreeSet<Host>,
    /// Where links to PDFs may lead; any host of the public internet if absent.
    pub storage: Option<BTreeSet<Host>>,
    /// What is never called, whatever else is said: production, except for those who are meant to.
    pub never: BTreeSet<Host>,
}

/// Why a request is not sent to where it would go.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// A link with credentials in it.
    #[error("it carries a user name or password")]
    User,
    /// No host, an unknown scheme, or plain HTTP away from this machine.
    #[error("it is no HTTPS URL")]
    NotEncrypted,
    /// A host of production.
    #[error("{0} is production, which only a target of kind prod may call")]
    Production(Host),
    /// A host that the target does not have.
    #[error("{0} is no host of this target; if it is meant, name it in the target's hosts")]
    NotOfTheTarget(Host),
    /// A link into this machine or a private network, from an API that is not there.
    #[error("{0} is an address of this machine or of a private network, and the API is not there")]
    Private(Host),
    /// A link to a host that the target's `storage_hosts` does not name.
    #[error("{0} is not among the target's storage_hosts; if it is meant, name it there")]
    NotAStorage(Host),
}

impl Hosts {
    /// The host of `url` and no other.
    pub fn of(url: &str) -> Self {
        Self {
            api: Host::of_text(url).into_iter().collect(),
            ..Self::default()
        }
    }

    /// That the API or the token endpoint may be called at `url`.
    pub(super) fn may_call(&self, url: &Url) -> Result<(), Forbidden> {
        let host = self.outer_form(url)?;
        match host.is_loopback() || self.api.contains(&host) {
            true => Ok(()),
            false => Err(Forbidden::NotOfTheTarget(host)),
        }
    }

    /// That a PDF may be fetched from `url`, to which the API at `base` led.
    ///
    /// A service must not be able to send this machine to what only this machine can reach.
    pub(super) fn may_fetch(&self, url: &Url, base: &Url) -> Result<(), Forbidden> {
        let host = self.outer_form(url)?;
        if let Some(named) = &self.storage {
            let known = named.contains(&host);
            return known.then_some(()).ok_or(Forbidden::NotAStorage(host));
        }
        let base = Host::of(base);
        let beside = base.as_ref() == Some(&host)
            || (host.is_loopback() && base.is_some_and(|base| base.is_loopback()));
        match host.is_private() && !beside {
            true => Err(Forbidden::Private(host)),
            false => Ok(()),
        }
    }

    /// What holds for every URL; its host.
    fn outer_form(&self, url: &Url) -> Result<Host, Forbidden> {
        if !is_without_user(url) {
            return Err(Forbidden::User);
        }
        let safe = Origin::of(url.as_str()).filter(Origin::is_safe);
        let host = safe.ok_or(Forbidden::NotEncrypted)?.host().clone();
        match self.never.contains(&host) {
            true => Err(Forbidden::Production(host)),
            false => Ok(host),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names<const N: usize>(names: [&str; N]) -> BTreeSet<Host> {
        names.into_iter().filter_map(Host::named).collect()
    }

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn int() -> Hosts {
        Hosts {
            api: names(["int.example"]),
            never: names(["api.example"]),
            storage: None,
        }
    }

    #[test]
    fn the_api_is_called_where_the_target_is_and_on_this_machine() {
        let hosts = int();
        for good in [
            "https://int.example/x",
            "https://INT.example./x",
            "http://127.0.0.1:9",
        ] {
            assert_eq!(hosts.may_call(&url(good)), Ok(()), "{good}");
        }
        for bad in [
            "https://api.example./x",
            "https://u@int.example/",
            "https://other.example",
            "http://int.example",
        ] {
            assert!(hosts.may_call(&url(bad)).is_err(), "{bad}");
        }
        let both = Hosts {
            api: names(["api.example"]),
            ..hosts
        };
        let production = Forbidden::Production(Host::named("api.example").unwrap());
        assert_eq!(both.may_call(&url("https://api.example")), Err(production));
    }

    #[test]
    fn a_link_leads_into_the_public_internet_or_beside_the_api() {
        let hosts = int();
        let (far, near) = (url("https://int.example/x"), url("http://127.0.0.1:9"));
        let fetch = |link: &str, base: &Url| hosts.may_fetch(&url(link), base).is_ok();
        assert!(fetch("https://bucket.example/L.pdf?sig", &far));
        assert!(fetch("http://localhost:5/L.pdf", &near));
        assert!(fetch("https://bucket.example/L.pdf", &near));
        for link in [
            "http://127.0.0.1:9/L.pdf",
            "https://localhost/L.pdf",
            "https://[::ffff:127.0.0.1]/L.pdf",
            "https://10.0.0.8/L.pdf",
            "https://169.254.169.254/latest/meta-data",
            "https://user:password@bucket.example/L.pdf",
            "http://bucket.example/L.pdf",
            "ftp://bucket.example/L.pdf",
            "https://api.example./letters",
        ] {
            assert!(!fetch(link, &far), "{link}");
        }
        for link in [
            "https://10.0.0.8/L.pdf",
            "https://169.254.169.254/",
            "http://u:p@127.0.0.1/",
        ] {
            assert!(!fetch(link, &near), "{link}");
        }
    }

    #[test]
    fn named_storages_are_the_only_ones() {
        let hosts = Hosts {
            storage: Some(names(["files.example", "10.0.0.8", "api.example"])),
            ..int()
        };
        let base = url("https://int.example");
        let fetch = |link: &str| hosts.may_fetch(&url(link), &base).is_ok();
        assert!(fetch("https://Files.example./L.pdf") && fetch("https://10.0.0.8/L.pdf"));
        for link in [
            "https://other.example/",
            "https://int.example/",
            "https://api.example/",
        ] {
            assert!(!fetch(link), "{link}");
        }
    }
}
