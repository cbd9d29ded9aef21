//! What of this machine's settings reaches the program.

use super::Finding;

/// Environment variables that change how connections are made.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    /// Names of set variables that name a proxy; never their values, which may hold a password.
    pub proxies: Vec<String>,
    /// True if `NO_PROXY` is set.
    pub no_proxy: bool,
    /// Names of set variables that name CA certificates.
    pub certificates: Vec<String>,
}

const PROXIES: [&str; 6] = [
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "HTTP_PROXY",
    "http_proxy",
];

const CERTIFICATES: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

impl Variables {
    /// Reads them; `get` gives the value of a variable.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &&str| get(name).is_some_and(|value| !value.is_empty());
        let named = |names: &[&str]| -> Vec<String> {
            names
                .iter()
                .filter(|name| set(name))
                .map(|name| (*name).to_owned())
                .collect()
        };
        Self {
            proxies: named(&PROXIES),
            no_proxy: ["NO_PROXY", "no_proxy"].iter().any(set),
            certificates: named(&CERTIFICATES),
        }
    }
}

/// The line on proxies.
pub fn surroundings(variables: &Variables, is_loopback: bool) -> Finding {
    const CHECK: &str = "proxy";
    let certificates = match variables.certificates.as_slice() {
        [] => String::new(),
        names => format!("; CA certificates by {}", names.join(", ")),
    };
    if variables.proxies.is_empty() {
        return Finding::ok(CHECK, format!("none is set{certificates}"));
    }
    let named = variables.proxies.join(", ");
    if is_loopback {
        let seen = format!("{named} is set, and this machine is reached without it{certificates}");
        return Finding::ok(CHECK, seen);
    }
    let except = if variables.no_proxy {
        ", with exceptions by NO_PROXY"
    } else {
        ""
    };
    Finding::warning(CHECK, format!("{named} is set{except}{certificates}")).because(
        "every call goes through the proxy, which may be slower than AT15 needs",
        "if the host may be reached directly, add it to NO_PROXY",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Outcome;

    #[test]
    fn a_proxy_is_named_and_its_value_never() {
        let get = |name: &str| match name {
            "HTTPS_PROXY" => Some("http://user:pa55word@proxy:3128".to_owned()),
            "NO_PROXY" => Some("localhost".to_owned()),
            "http_proxy" => Some(String::new()),
            _ => None,
        };
        let variables = Variables::read(get);
        assert_eq!(variables.proxies, ["HTTPS_PROXY"]);
        let far = surroundings(&variables, false);
        assert_eq!(far.outcome, Outcome::Warning);
        assert!(!format!("{far:?}{variables:?}").contains("pa55word"));
        assert_eq!(surroundings(&variables, true).outcome, Outcome::Ok);
        assert_eq!(
            surroundings(&Variables::default(), false).outcome,
            Outcome::Ok
        );
    }
}
