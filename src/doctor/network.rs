//! Names, connections, certificates, and where the API answers.

use reqwest::Url;

use crate::client::{ClientError, Endpoint, Settings, Supplier};

use super::{Finding, Heard, Outcome, Subject, answer, clock};

/// Checks names, TLS, clock and base path; true if the target can be reached.
pub(super) async fn check(subject: &Subject, supplier: &Supplier, heard: &mut Heard<'_>) -> bool {
    let names = dns(subject).await;
    let found = names.outcome != Outcome::Fail;
    heard.take(names);
    if !found {
        heard.skip(&["tls"], "a host is not found");
        return false;
    }
    let answered = supplier.ping().await;
    let reached = !matches!(
        answered,
        Err(ClientError::Unreachable { .. } | ClientError::Broken { .. })
    );
    if let (false, Err(error)) = (reached, &answered) {
        heard.take(unreached("tls", error));
        return false;
    }
    heard.take(Finding::ok("tls", connection(subject)));
    let exchange = match &answered {
        Ok(alive) => Some(alive.exchange),
        Err(error) => error.exchange(),
    };
    let exchange = exchange.and_then(|seq| answer::at(&subject.journal, seq));
    heard.take(exchange.as_ref().map_or_else(
        || Finding::skipped("clock", "no answer to hold it against"),
        clock::check,
    ));
    let serves = answered.is_ok() && exchange.as_ref().is_some_and(answer::is_object);
    let path = base_path(subject, serves).await;
    heard.take(path);
    true
}

/// The hosts of base and token URL, as this machine resolves them.
async fn dns(subject: &Subject) -> Finding {
    const CHECK: &str = "dns";
    if !subject.proxies.is_empty() && !is_loopback(&subject.settings.endpoint.base_url) {
        let named = subject.proxies.join(", ");
        return Finding::skipped(CHECK, format!("the proxy resolves names ({named})"));
    }
    let mut seen = Vec::new();
    for (host, port) in hosts(&subject.settings.endpoint) {
        match tokio::net::lookup_host((host.trim_matches(['[', ']']), port)).await {
            Ok(found) => {
                let first = found.map(|address| address.ip().to_string()).next();
                seen.push(format!("{host} is {}", first.unwrap_or_default()));
            }
            Err(error) => {
                return Finding::fail(
                    CHECK,
                    format!("{host} is not found: {error}"),
                    "this machine's name server does not know the host, or cannot be asked",
                    "check the spelling of base_url and token_url, the network, and whether a VPN or proxy is needed (HTTPS_PROXY)",
                );
            }
        }
    }
    Finding::ok(CHECK, seen.join(", "))
}

fn hosts(endpoint: &Endpoint) -> Vec<(String, u16)> {
    let token = endpoint.credentials.as_ref().map(|one| &one.token_url);
    let mut hosts: Vec<(String, u16)> = Vec::new();
    for url in std::iter::once(&endpoint.base_url).chain(token) {
        let parsed = Url::parse(url).ok();
        let host = parsed.and_then(|url| {
            let port = url.port_or_known_default()?;
            Some((url.host_str()?.to_owned(), port))
        });
        hosts.extend(host.filter(|host| !hosts.contains(host)));
    }
    hosts
}

fn is_loopback(url: &str) -> bool {
    url.starts_with("http://")
}

fn connection(subject: &Subject) -> &'static str {
    if is_loopback(&subject.settings.endpoint.base_url) {
        "plain HTTP, which never leaves this machine"
    } else {
        "the certificate verifies"
    }
}

/// What stands in the way of a connection, told from the words of the error.
pub(super) fn unreached(check: &'static str, error: &ClientError) -> Finding {
    let reason = match error {
        ClientError::Unreachable { reason, .. } | ClientError::Broken { reason, .. } => {
            reason.clone()
        }
        other => other.to_string(),
    };
    let (cause, remedy) = explained(&reason.to_lowercase());
    Finding::fail(check, reason, cause, remedy)
}

/// Words of errors, with cause and remedy; the first that fits counts.
const REASONS: &[(&[&str], &str, &str)] = &[
    (
        &["certificate", "unknownissuer", "self-signed", "self signed"],
        "the certificate does not verify: it is not the server's, has expired, or something in between opens the connection",
        "set the clock if it is off; if your network inspects TLS, let its CA be added to this machine's store (or name it in SSL_CERT_FILE); verification cannot be turned off",
    ),
    (
        &["tunnel", "proxy"],
        "the proxy does not let the connection pass",
        "check HTTPS_PROXY and NO_PROXY, and ask for the host to be allowed",
    ),
    (
        &["dns", "lookup", "resolve"],
        "the host's name cannot be resolved",
        "check the spelling of the URL, the network, and whether a VPN or proxy is needed (HTTPS_PROXY)",
    ),
    (
        &["refused"],
        "nothing listens there",
        "check host and port; a local simulator is started with `letterproof sim`",
    ),
    (
        &["timed out", "timeout"],
        "no answer came in time: a firewall drops the connection, or the service is down",
        "ask for outgoing HTTPS (port 443) to the host to be allowed, or name the proxy in HTTPS_PROXY",
    ),
];

fn explained(reason: &str) -> (&'static str, &'static str) {
    let fits = |(words, ..): &&(&[&str], _, _)| words.iter().any(|word| reason.contains(word));
    REASONS.iter().find(fits).map_or(
        (
            "the connection failed",
            "check the network, a proxy and the URL, and try again",
        ),
        |(_, cause, remedy)| (*cause, *remedy),
    )
}

/// Which of the documented base paths answers `/_ping`, which is open to everyone.
async fn base_path(subject: &Subject, configured_answers: bool) -> Finding {
    const CHECK: &str = "base-path";
    let base = &subject.settings.endpoint.base_url;
    let mut others = Vec::new();
    for url in alternatives(base, &subject.base_paths) {
        let answers = pings(subject, &url).await;
        others.push((url, answers));
    }
    let told = |answers: bool| {
        if answers {
            "answers"
        } else {
            "does not answer"
        }
    };
    let rest: String = others
        .iter()
        .map(|(url, answers)| format!("; {url} {}", told(*answers)))
        .collect();
    if configured_answers {
        return Finding::ok(CHECK, format!("{base} answers{rest}"));
    }
    let seen = format!("{base} does not answer /_ping{rest}");
    match others.iter().find(|(_, answers)| *answers) {
        Some((url, _)) => Finding::fail(
            CHECK,
            seen,
            "the documentation names two base paths, and the other one is served",
            format!("set base_url = \"{url}\""),
        ),
        None => Finding::warning(CHECK, seen).because(
            "base_url may be wrong, or /_ping is not served",
            "go by the check `letters`: NHS Notify's own 404 proves the base URL",
        ),
    }
}

async fn pings(subject: &Subject, url: &str) -> bool {
    let settings = Settings {
        endpoint: Endpoint {
            base_url: url.to_owned(),
            credentials: None,
            status_api_key: None,
            hosts: subject.settings.endpoint.hosts.clone(),
        },
        ..subject.settings.clone()
    };
    let Ok(supplier) = Supplier::new(settings, subject.journal.clone()) else {
        return false;
    };
    // A login page answers 200 to everything.
    let alive = supplier.ping().await.ok();
    let exchange = alive.and_then(|alive| answer::at(&subject.journal, alive.exchange));
    exchange.as_ref().is_some_and(answer::is_object)
}

/// The URL with each other documented path in place of its own, if its own is one of them.
fn alternatives(base: &str, paths: &[String]) -> Vec<String> {
    let own = paths
        .iter()
        .filter(|path| base.ends_with(path.as_str()))
        .max_by_key(|path| path.len());
    let Some(own) = own else {
        return Vec::new();
    };
    let start = &base[..base.len() - own.len()];
    let others = paths.iter().filter(|path| *path != own);
    others.map(|path| format!("{start}{path}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_documented_path_is_tried_and_none_that_is_not_documented() {
        let paths = ["/nhs-notify-supplier", "/notify-supplier"].map(str::to_owned);
        let tried = |base| alternatives(base, &paths);
        assert_eq!(
            tried("https://h/nhs-notify-supplier"),
            ["https://h/notify-supplier"]
        );
        assert_eq!(
            tried("https://h/notify-supplier"),
            ["https://h/nhs-notify-supplier"]
        );
        assert_eq!(tried("https://h/else"), [""; 0]);
        assert_eq!(alternatives("http://127.0.0.1:1", &[]), [""; 0]);
    }

    #[test]
    fn each_reason_has_its_own_cause() {
        let cases = [
            (
                "error: invalid peer certificate: UnknownIssuer",
                "certificate",
            ),
            ("tunnel error: unsuccessful", "proxy"),
            ("dns error: failed to lookup address information", "name"),
            (
                "tcp connect error: Connection refused (os error 111)",
                "listens",
            ),
            ("operation timed out", "in time"),
            ("something else", "connection failed"),
        ];
        for (reason, wanted) in cases {
            let (cause, _) = explained(&reason.to_lowercase());
            assert!(cause.contains(wanted), "{reason}: {cause}");
        }
    }
}
