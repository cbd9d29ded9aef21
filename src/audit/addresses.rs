//! Holds where each exchange went against the target that the run names.

use std::collections::BTreeSet;

use crate::acceptance::{Destination, Destinations};
use crate::model::{Event, Exchange, Host, Line, Origin, TargetFacts};

use super::report::Finding;

/// Follows a journal's lines and knows where its target is.
#[derive(Default)]
pub(super) struct Addresses {
    destinations: Destinations,
    target: Option<Target>,
}

struct Target {
    base: Option<Origin>,
    token: Option<Origin>,
    storages: Option<BTreeSet<Host>>,
}

impl Target {
    fn of(facts: &TargetFacts) -> Self {
        let named =
            |hosts: &Vec<String>| hosts.iter().filter_map(|host| Host::named(host)).collect();
        Self {
            base: Origin::of(&facts.base_url),
            token: facts.token_url.as_deref().and_then(Origin::of),
            storages: facts.storage_hosts.as_ref().map(named),
        }
    }
}

impl Addresses {
    /// Takes the next line and says what does not hold about where it went.
    pub fn take(&mut self, line: &Line) -> Option<Finding> {
        match &line.event {
            Event::RunStarted(started) if line.seq == 0 => {
                self.target = Some(Target::of(&started.target));
                None
            }
            Event::Exchange(exchange) => {
                let told = self.hold(exchange)?;
                Some(Finding::line(line.seq + 1, told))
            }
            _ => None,
        }
    }

    fn hold(&mut self, exchange: &Exchange) -> Option<String> {
        let (destination, origin) = self.destinations.take(exchange);
        // What was never answered shows nothing.
        let target = self
            .target
            .as_ref()
            .filter(|_| exchange.response.is_some())?;
        let Some(origin) = origin else {
            return Some("went to what is no URL".to_owned());
        };
        match destination {
            Destination::Api => elsewhere(&origin, target.base.as_ref(), "the target's API"),
            Destination::Token => elsewhere(
                &origin,
                target.token.as_ref(),
                "the target's token endpoint",
            ),
            Destination::Storage => target.no_storage(&origin),
        }
    }
}

impl Target {
    fn no_storage(&self, origin: &Origin) -> Option<String> {
        let host = origin.host();
        let named = self.storages.as_ref();
        if named.is_some_and(|named| !named.contains(host)) {
            return Some(format!(
                "fetched from {origin}, which the target's storage_hosts do not name"
            ));
        }
        let base = self.base.as_ref().map(Origin::host);
        let is_beside =
            base.is_some_and(|base| base == host || (base.is_loopback() && host.is_loopback()));
        let is_private = named.is_none() && host.is_private() && !is_beside;
        (is_private || !origin.is_safe())
            .then(|| format!("fetched from {origin}, where no link of the target may lead"))
    }
}

fn elsewhere(went: &Origin, belongs: Option<&Origin>, what: &str) -> Option<String> {
    match belongs {
        Some(belongs) if went == belongs => None,
        Some(belongs) => Some(format!("went to {went}, but {what} is at {belongs}")),
        None => Some(format!(
            "went to {went}, but the run does not say where {what} is"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const BASE: &str = "https://int.example/supplier";

    fn line(seq: u64, event: Value) -> Line {
        let mut line = event;
        line["seq"] = seq.into();
        line["at"] = "2026-11-21T14:30:00.000000Z".into();
        line["prev"] = "".into();
        Line::read(line.to_string().as_bytes()).unwrap()
    }

    fn started(storage_hosts: Option<&str>) -> Line {
        let target = json!({ "name": "int", "kind": "int", "base_url": BASE,
            "token_url": "https://int.example/oauth2/token",
            "storage_hosts": storage_hosts.map(|host| [host]) });
        line(
            0,
            json!({ "kind": "run.started", "schema": 1, "run_id": "r", "target": target,
            "tool": { "name": "letterproof", "version": "0" }, "supplier": "s", "driven": "d",
            "pack_revision": "1", "scope": [],
            "settings": { "expected_letters": 1, "visibility_timeout_ms": 1, "settle_timeout_ms": 1,
                "requests_per_second": 1, "optional_statuses": [], "rejects": true, "target_ms": 1,
                "performance_runs": 1, "sizes": {} } }),
        )
    }

    fn exchange(method: &str, url: &str, location: Option<&str>) -> Line {
        let headers: Vec<(&str, &str)> = location.map(|to| ("location", to)).into_iter().collect();
        let status = if location.is_some() { 303 } else { 200 };
        line(
            1,
            json!({ "kind": "exchange", "id": "1", "attempt": 1, "method": method, "url": url,
            "request": { "headers": [] }, "response": { "status": status, "headers": headers },
            "times": { "sent": "2026-11-21T14:30:00.000000Z", "done_us": 1 } }),
        )
    }

    /// What is found of `lines` after `run.started`.
    fn found(storage_hosts: Option<&str>, lines: &[Line]) -> Vec<String> {
        let mut addresses = Addresses::default();
        assert!(addresses.take(&started(storage_hosts)).is_none());
        let findings = lines.iter().filter_map(|line| addresses.take(line));
        findings
            .map(|finding| finding.message.to_string())
            .collect()
    }

    #[test]
    fn what_went_to_the_target_holds() {
        let link = Some("https://bucket.example/L.pdf?x");
        let lines = [
            exchange("POST", "https://int.example/oauth2/token", None),
            exchange(
                "GET",
                "https://INT.example.:443/supplier/letters?limit=1",
                None,
            ),
            exchange("GET", "https://int.example/supplier/letters/L/data", link),
            exchange("GET", "https://bucket.example/L.pdf", None),
        ];
        assert_eq!(found(None, &lines), [""; 0]);
        assert_eq!(found(Some("Bucket.example."), &lines), [""; 0]);
        let told = found(Some("other.example"), &lines);
        assert!(
            told.len() == 1 && told[0].contains("storage_hosts"),
            "{told:?}"
        );
    }

    #[test]
    fn what_went_elsewhere_is_found() {
        for (method, url) in [
            ("GET", "http://127.0.0.1:9/supplier/letters?limit=1"),
            ("POST", "http://127.0.0.1:9/oauth2/token"),
            ("PATCH", "https://int.example:8443/supplier/letters/L"),
            ("GET", "https://bucket.example/L.pdf"),
            ("GET", "no URL"),
        ] {
            let told = found(None, &[exchange(method, url, None)]);
            assert!(
                told.len() == 1 && told[0].starts_with("went to "),
                "{url}: {told:?}"
            );
        }
        for link in [
            "http://127.0.0.1:9/L.pdf",
            "https://10.0.0.8/L.pdf",
            "http://h.example/L.pdf",
        ] {
            let data = exchange(
                "GET",
                "https://int.example/supplier/letters/L/data",
                Some(link),
            );
            let told = found(None, &[data, exchange("GET", link, None)]);
            assert!(
                told.len() == 1 && told[0].contains("no link"),
                "{link}: {told:?}"
            );
        }
    }
}
