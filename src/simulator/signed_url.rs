//! Signed URLs: a link to one object, for one method, for a short time.
//!
//! The query parameters are those of AWS's presigned URLs and the signature is
//! a real HMAC, so a changed link is refused. Only the key derivation is
//! shorter than AWS's: nobody else has to verify it.

use std::time::Duration;

use aws_lc_rs::hmac;
use sha2::{Digest, Sha256};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

use super::ids;
use super::pairs::{self, Pairs};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const STAMP: &[BorrowedFormatItem<'_>] =
    format_description!("[year][month][day]T[hour][minute][second]Z");

/// Makes links and recognises its own.
pub(crate) struct UrlSigner {
    key: hmac::Key,
    credential: String,
    session: String,
    ttl_s: u64,
}

/// Why a link is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is no signature at all.
    Unsigned,
    /// A parameter of the signature is missing or unreadable.
    Incomplete,
    /// Its time is over.
    Expired {
        /// How long it lived, in seconds.
        ttl_s: u64,
        /// When it ended.
        at: OffsetDateTime,
    },
    /// Another method, path, host or parameter than was signed.
    Mismatch,
}

impl UrlSigner {
    /// A signer with a fresh key, whose links live `ttl`, rounded up to whole
    /// seconds.
    pub(crate) fn new(ttl: Duration) -> UrlSigner {
        let secret = ids::secret();
        UrlSigner {
            key: hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()),
            credential: format!("ASIA{}", ids::secret().to_uppercase()[..16].to_owned()),
            session: ids::secret() + &ids::secret(),
            ttl_s: (ttl.as_millis().div_ceil(1000) as u64).max(1),
        }
    }

    /// The query string that lets anyone `GET` this path until it expires.
    pub(crate) fn sign(&self, host: &str, path: &str, now: OffsetDateTime) -> String {
        let date = now.format(STAMP).unwrap_or_default();
        let day = date.get(..8).unwrap_or_default();
        let mut query = vec![
            ("X-Amz-Algorithm".to_owned(), ALGORITHM.to_owned()),
            (
                "X-Amz-Content-Sha256".to_owned(),
                "UNSIGNED-PAYLOAD".to_owned(),
            ),
            ("X-Amz-Credential".to_owned(), self.scope(day)),
            ("X-Amz-Date".to_owned(), date),
            ("X-Amz-Expires".to_owned(), self.ttl_s.to_string()),
            ("X-Amz-Security-Token".to_owned(), self.session.clone()),
            ("X-Amz-SignedHeaders".to_owned(), "host".to_owned()),
            ("x-id".to_owned(), "GetObject".to_owned()),
        ];
        let signature = hex(self.tag("GET", host, path, &query).as_ref());
        query.push(("X-Amz-Signature".to_owned(), signature));
        written(&query)
    }

    fn scope(&self, day: &str) -> String {
        format!("{}/{day}/eu-west-2/s3/aws4_request", self.credential)
    }

    /// Whether a call is the one that was signed.
    ///
    /// # Errors
    /// Why it is not.
    pub(crate) fn verify(
        &self,
        method: &str,
        host: &str,
        path: &str,
        query: &Pairs,
        now: OffsetDateTime,
    ) -> Result<(), Refusal> {
        let signature = signature(query)?;
        expiry(query, now)?;
        let signed: Pairs = query
            .iter()
            .filter(|(name, _)| name != "X-Amz-Signature")
            .cloned()
            .collect();
        let text = self.to_sign(method, host, path, &signed);
        let verified = hmac::verify(&self.key, text.as_bytes(), &signature);
        verified.map_err(|_| Refusal::Mismatch)
    }

    fn tag(&self, method: &str, host: &str, path: &str, query: &Pairs) -> hmac::Tag {
        hmac::sign(
            &self.key,
            self.to_sign(method, host, path, query).as_bytes(),
        )
    }

    fn to_sign(&self, method: &str, host: &str, path: &str, query: &Pairs) -> String {
        let mut sorted = query.clone();
        sorted.sort();
        let request = format!(
            "{method}\n{path}\n{}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD",
            written(&sorted)
        );
        format!("{ALGORITHM}\n{}", hex(&Sha256::digest(request)))
    }
}

fn signature(query: &Pairs) -> Result<Vec<u8>, Refusal> {
    if !query.iter().any(|(name, _)| name.starts_with("X-Amz-")) {
        return Err(Refusal::Unsigned);
    }
    let text = pairs::last(query, "X-Amz-Signature").ok_or(Refusal::Incomplete)?;
    // What is no hexadecimal cannot be a signature of ours either.
    unhex(text).ok_or(Refusal::Mismatch)
}

/// Whether the link's time is not over yet.
fn expiry(query: &Pairs, now: OffsetDateTime) -> Result<(), Refusal> {
    let date = pairs::last(query, "X-Amz-Date")
        .and_then(|text| PrimitiveDateTime::parse(text, STAMP).ok());
    let ttl = pairs::last(query, "X-Amz-Expires").and_then(|text| text.parse::<u32>().ok());
    let (Some(date), Some(ttl)) = (date, ttl) else {
        return Err(Refusal::Incomplete);
    };
    let ttl_s = u64::from(ttl);
    let at = date
        .assume_utc()
        .saturating_add(time::Duration::seconds(i64::from(ttl)));
    if now > at {
        Err(Refusal::Expired { ttl_s, at })
    } else {
        Ok(())
    }
}

fn written(query: &Pairs) -> String {
    let pairs = query
        .iter()
        .map(|(name, value)| format!("{}={}", unreserved(name), unreserved(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Percent-encoding that leaves `-._~` alone, as AWS's does.
fn unreserved(text: &str) -> String {
    let encoded = pairs::encode(text);
    encoded
        .replace("%2D", "-")
        .replace("%2E", ".")
        .replace("%5F", "_")
        .replace("%7E", "~")
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(
        digits
            .chunks(2)
            .map(|pair| (pair[0] * 16 + pair[1]) as u8)
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "127.0.0.1:9100";
    const PATH: &str = "/_objects/letters/a.pdf";

    fn signed(now: OffsetDateTime) -> (UrlSigner, Pairs) {
        let signer = UrlSigner::new(Duration::from_secs(60));
        let query = pairs::parse(&signer.sign(HOST, PATH, now));
        (signer, query)
    }

    #[test]
    fn a_link_works_until_it_expires() {
        let now = OffsetDateTime::now_utc();
        let (signer, query) = signed(now);
        assert_eq!(signer.verify("GET", HOST, PATH, &query, now), Ok(()));
        let later = now + Duration::from_secs(61);
        let refusal = signer.verify("GET", HOST, PATH, &query, later);
        assert!(matches!(refusal, Err(Refusal::Expired { ttl_s: 60, .. })));
    }

    #[test]
    fn method_path_host_and_every_parameter_are_signed() {
        let now = OffsetDateTime::now_utc();
        let (signer, query) = signed(now);
        let refused = Err(Refusal::Mismatch);
        assert_eq!(signer.verify("HEAD", HOST, PATH, &query, now), refused);
        assert_eq!(
            signer.verify("GET", "localhost", PATH, &query, now),
            refused
        );
        assert_eq!(
            signer.verify("GET", HOST, "/_objects/b.pdf", &query, now),
            refused
        );
        let longer = query.iter().map(|(name, value)| match name.as_str() {
            "X-Amz-Expires" => (name.clone(), "600".to_owned()),
            _ => (name.clone(), value.clone()),
        });
        assert_eq!(
            signer.verify("GET", HOST, PATH, &longer.collect(), now),
            refused
        );
    }

    #[test]
    fn a_link_without_its_parameters_is_refused() {
        let now = OffsetDateTime::now_utc();
        let (signer, mut query) = signed(now);
        assert_eq!(
            signer.verify("GET", HOST, PATH, &Vec::new(), now),
            Err(Refusal::Unsigned)
        );
        query.retain(|(name, _)| name != "X-Amz-Date");
        assert_eq!(
            signer.verify("GET", HOST, PATH, &query, now),
            Err(Refusal::Incomplete)
        );
    }
}
