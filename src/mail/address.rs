//! One bare address.

use std::fmt;

use super::MailError;

/// The longest address that a path of mail takes (RFC 5321, 4.5.3.1.3, less the brackets).
const LONGEST: usize = 254;

/// An email address without name and brackets, safe to stand in a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(String);

impl Address {
    /// Reads `text`, white space around it apart.
    ///
    /// # Errors
    /// If it is not one address: what could add a second one, or a header, is refused.
    pub fn parse(text: &str) -> Result<Self, MailError> {
        let address = text.trim();
        let halves = address.split_once('@');
        let whole = halves.is_some_and(|(name, host)| !name.is_empty() && is_host(host));
        // Mail programs decode an encoded word (RFC 2047) wherever one stands, and show or reach
        // another address than the one that was read.
        let whole = whole && !address.contains("=?");
        if whole && address.len() <= LONGEST && address.chars().all(is_plain) {
            return Ok(Self(address.to_owned()));
        }
        Err(MailError::BadAddress(text.chars().take(60).collect()))
    }

    /// As it was read.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

fn is_host(host: &str) -> bool {
    let part = |part: &str| !part.is_empty();
    host.contains('.') && !host.contains('@') && host.split('.').all(part)
}

/// Printable, and without a meaning of its own in a list of addresses.
fn is_plain(c: char) -> bool {
    c.is_ascii_graphic()
        && !matches!(
            c,
            '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | ':' | '"' | '\\'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bare_address_and_nothing_more() {
        assert!(Address::parse(" print@example.org\n").is_ok());
        for bad in [
            "",
            "print",
            "@example.org",
            "print@",
            "print@example",
            "print@.org",
            "a@b.org, c@d.org",
            "a@b.org;c@d.org",
            "A <a@b.org>",
            "a@b.org\r\nBcc: c@d.org",
            "a b@c.org",
            "a@b@c.org",
            "ä@b.org",
            "=?utf-8?q?x?=@b.org",
        ] {
            assert!(Address::parse(bad).is_err(), "{bad:?}");
        }
        assert!(Address::parse(&format!("{}@b.org", "a".repeat(300))).is_err());
    }
}
