//! Hosts and origins in the one spelling that they are compared in.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

/// The name or address of a host, as a request reaches it.
///
/// It is read by the parser that the HTTP client uses, which decodes percent escapes, maps
/// international names and all spellings of IPv4 (`127.1`, `0x7f000001`), and lower-cases. Dots at
/// the end of a name are taken off: with one a name is only spelled absolutely.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Host(String);

impl Host {
    /// The host of `url`; `None` if it has none.
    pub fn of(url: &Url) -> Option<Self> {
        let name = url.host_str()?.trim_end_matches('.').to_ascii_lowercase();
        (!name.is_empty()).then_some(Self(name))
    }

    /// The host of the URL `text`; `None` if it is no URL or has none.
    pub fn of_text(text: &str) -> Option<Self> {
        Self::of(&Url::parse(text).ok()?)
    }

    /// The host called `name`; `None` if that is more or less than a name: a URL, a port, a path.
    pub fn named(name: &str) -> Option<Self> {
        let url = Url::parse(&format!("https://{name}/")).ok()?;
        let bare = url.port().is_none() && url.path() == "/" && url.query().is_none();
        let bare = bare && url.fragment().is_none() && is_without_user(&url);
        bare.then(|| Self::of(&url)).flatten()
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True for this machine: `localhost`, 127.0.0.0/8, ::1, also written as IPv4 within IPv6.
    pub fn is_loopback(&self) -> bool {
        let loops = |address: IpAddr| address.to_canonical().is_loopback();
        self.0 == "localhost" || self.address().is_some_and(loops)
    }

    /// True for an address that the public internet does not lead to: private, link-local (where
    /// clouds hand out credentials), shared, unspecified, and this machine.
    pub fn is_private(&self) -> bool {
        let private = |address: IpAddr| match address.to_canonical() {
            IpAddr::V4(address) => is_private_v4(address),
            IpAddr::V6(address) => is_private_v6(address),
        };
        let local_name = self.0.ends_with(".localhost");
        local_name || self.is_loopback() || self.address().is_some_and(private)
    }

    fn address(&self) -> Option<IpAddr> {
        self.0.trim_matches(['[', ']']).parse().ok()
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// True if `url` carries neither user name nor password.
pub fn is_without_user(url: &Url) -> bool {
    url.username().is_empty() && url.password().is_none()
}

/// What RFC 6890 and those after it set aside: 100.64.0.0/10 between a carrier's customers,
/// 192.0.0.0/24 for protocols, 198.18.0.0/15 for benchmarks, 240.0.0.0/4 for nobody.
fn is_private_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let set_aside = match (first, second, third) {
        (0, ..) | (240.., ..) | (192, 0, 0) => true,
        (100, 64..128, _) | (198, 18..20, _) => true,
        _ => address.is_loopback(),
    };
    set_aside
        || address.is_private()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_multicast()
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    let site_local = address.segments()[0] & 0xffc0 == 0xfec0;
    site_local
        || v4_within(address).is_some_and(is_private_v4)
        || address.is_loopback()
        || address.is_unspecified()
        || address.is_unique_local()
        || address.is_unicast_link_local()
        || address.is_multicast()
}

/// The IPv4 address that a gateway would make of `address`: NAT64 (RFC 6052), 6to4 (RFC 3056), and
/// the old form with zeros before it.
fn v4_within(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let parts = address.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match parts {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0, 0, 0, 0, 0, 0, high, low] => {
            Some(v4(high, low))
        }
        [0x2002, high, low, ..] => Some(v4(high, low)),
        _ => None,
    }
}

/// Scheme, host and port of a URL.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    scheme: String,
    host: Host,
    port: Option<u16>,
}

impl Origin {
    /// The origin of the URL `text`; `None` if it is no URL with a host.
    pub fn of(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        Some(Self {
            host: Host::of(&url)?,
            port: url.port(),
            scheme: url.scheme().to_owned(),
        })
    }

    /// The host.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// True for HTTPS on its usual port.
    pub fn is_plain_https(&self) -> bool {
        self.scheme == "https" && self.port.is_none()
    }

    /// True if it is encrypted or never leaves this machine.
    pub fn is_safe(&self) -> bool {
        self.scheme == "https" || (self.scheme == "http" && self.host.is_loopback())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_name_is_one_host() {
        let host = Host::named("api.service.nhs.uk").unwrap();
        for url in [
            "https://api.service.nhs.uk/x",
            "https://api.service.nhs.uk./x",
            "https://api.service.nhs.uk../x",
            "https://API.Service.NHS.uk:443",
            "https://user:word@api.service.nhs.uk:8443/",
            "https://%61pi.service.nhs.uk",
            "https://api.service.nhs%2euk%2E/",
            "https://api\u{3002}service.nhs.uk\u{3002}",
            "https://\u{ff41}pi.service.nhs.uk",
            "https://a\u{ad}pi.service.nhs.uk",
            "https:\\\\api.service.nhs.uk\\x",
            "https:/api.service.nhs.uk",
            " https://api.service.nhs.uk",
            "https://api.ser\tvice.nhs.uk",
        ] {
            assert_eq!(Host::of_text(url), Some(host.clone()), "{url}");
        }
        for other in [
            "https://api.service.nhs.uk.example",
            "https://xapi.service.nhs.uk",
        ] {
            assert_ne!(Host::of_text(other), Some(host.clone()), "{other}");
        }
    }

    #[test]
    fn a_name_is_a_name_and_nothing_more() {
        for name in ["h", "H.example.", "127.0.0.1", "[::1]"] {
            assert!(Host::named(name).is_some(), "{name}");
        }
        for name in [
            "",
            ".",
            "https://h",
            "h/",
            "h/x",
            "h:8443",
            "u@h",
            "h?a",
            "h#a",
            "h x",
            "*.h\\",
        ] {
            assert_eq!(Host::named(name), None, "{name}");
        }
    }

    #[test]
    fn every_spelling_of_an_address_is_told_apart() {
        let host = |name: &str| Host::named(name).unwrap();
        for here in [
            "localhost",
            "127.0.0.1",
            "127.1",
            "0x7f.1",
            "2130706433",
            "0177.0.0.1",
            "127.0.0.1.",
            "[::1]",
            "[::ffff:127.0.0.1]",
        ] {
            assert!(host(here).is_loopback(), "{here}");
        }
        for near in [
            "10.1.2.3",
            "192.168.0.1",
            "172.16.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "[fe80::1]",
            "[fd00:ec2::254]",
            "[::]",
            "[::ffff:10.0.0.1]",
        ] {
            assert!(
                host(near).is_private() && !host(near).is_loopback(),
                "{near}"
            );
        }
        for far in [
            "192.0.2.1",
            "100.128.0.1",
            "[2001:db8::1]",
            "h.example",
            "localhost.example",
        ] {
            assert!(!host(far).is_private(), "{far}");
        }
    }

    #[test]
    fn an_origin_is_safe_if_encrypted_or_on_this_machine() {
        let origin = |url: &str| Origin::of(url).unwrap();
        assert_eq!(origin("https://H:443/x").to_string(), "https://h");
        assert_eq!(
            origin("http://127.0.0.1:9/x").to_string(),
            "http://127.0.0.1:9"
        );
        assert!(origin("https://h").is_plain_https() && !origin("https://h:8443").is_plain_https());
        assert!(origin("http://127.1").is_safe() && !origin("http://h").is_safe());
        assert_eq!(Origin::of("data:,x"), None);
    }
}
