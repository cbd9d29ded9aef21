//! Which URLs lead to the real service.

use crate::model::{Origin, TargetFacts};

use super::{Target, TargetKind};

/// The hosts whose answers count as evidence for one kind of target.
///
/// A run says of itself what kind its target is; where its requests went says more.
#[derive(Clone, Debug)]
pub struct RealService(Option<Target>);

impl RealService {
    /// That of targets of `kind`; nothing counts for a kind that is unknown or a simulator's.
    pub fn of(kind: &str) -> Self {
        let target = kind
            .parse::<TargetKind>()
            .ok()
            .and_then(|kind| Target::documented(kind).ok());
        Self(target.filter(|target| target.is_evidence))
    }

    /// True if a run against `target`, whose requests to API and token endpoint went to `called`,
    /// met the real service and nothing else.
    pub fn was_met<'u>(target: &'u TargetFacts, called: impl IntoIterator<Item = &'u str>) -> bool {
        let service = Self::of(&target.kind);
        let stated = [Some(target.base_url.as_str()), target.token_url.as_deref()];
        let mut urls = stated.into_iter().flatten().chain(called);
        urls.all(|url| service.is_at(url))
    }

    /// True if `url` leads to a documented host, by HTTPS on its usual port.
    pub fn is_at(&self, url: &str) -> bool {
        let (Some(target), Some(origin)) = (&self.0, Origin::of(url)) else {
            return false;
        };
        origin.is_plain_https() && target.documented_hosts.contains(origin.host())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_documented_hosts_of_a_kind_that_counts_are_the_real_service() {
        let int = RealService::of("int");
        assert!(int.is_at("https://int.api.service.nhs.uk/nhs-notify-supplier"));
        assert!(int.is_at("https://INT.api.service.nhs.uk./x"));
        for url in [
            "http://127.0.0.1:9/nhs-notify-supplier",
            "https://int.api.service.nhs.uk:8443/",
            "http://int.api.service.nhs.uk/",
            "https://int.api.service.nhs.uk.example/",
            "https://api.service.nhs.uk/",
            "",
        ] {
            assert!(!int.is_at(url), "{url}");
        }
        assert!(RealService::of("prod").is_at("https://api.service.nhs.uk/x"));
        for kind in ["sandbox", "local", "INT", ""] {
            let service = RealService::of(kind);
            assert!(
                !service.is_at("https://sandbox.api.service.nhs.uk/x"),
                "{kind}"
            );
            assert!(!service.is_at("https://int.api.service.nhs.uk/x"), "{kind}");
        }
    }
}
