//! The object store behind the signed URLs. It lies past APIM, on a host of its own: no access
//! token, no quota, errors in XML as S3 writes them.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header};
use axum::response::Response;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::answer;
use super::ids;
use super::latency::Work;
use super::manners::Document;
use super::pairs;
use super::seed;
use super::service::Service;
use super::signed_url::{Refusal, hex};
use super::store::Letter;

/// Where the objects lie.
pub(crate) const PREFIX: &str = "/_objects/nhs-letters/";

/// The name of this machine that is no address.
pub(crate) const LOCALHOST: &str = "localhost";

const SHA256_HASH: HeaderName = HeaderName::from_static("x-amz-meta-sha256hash");

/// Answers one request to the object store.
pub(crate) async fn handle(service: Arc<Service>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    if let Some(refusal) = service.manners.refused(&parts) {
        return refusal;
    }
    service.options.latency.spend(Work::Download).await;
    let answer = answer(&service, &parts.method, &parts.uri, &parts.headers);
    service.manners.answer(&parts, answer).await
}

/// The host of the links that a call gets. Its port is another than the API's, and its name another
/// name of this machine than the call used: a client that follows links and looks at either drops
/// its token there, as it does on INT.
pub(crate) fn host_of_links(headers: &HeaderMap, port: u16) -> String {
    let host = headers.get(header::HOST).map(|host| host.as_bytes());
    let name = host.and_then(|host| host.get(..LOCALHOST.len()));
    let by_name = name.is_some_and(|name| name.eq_ignore_ascii_case(LOCALHOST.as_bytes()));
    let other = if by_name { "127.0.0.1" } else { LOCALHOST };
    format!("{other}:{port}")
}

/// A link to a letter's PDF, whether there is one or not.
pub(crate) fn link(service: &Service, host: &str, supplier: &str, letter: &Letter) -> String {
    let file = seed::file_of(letter, service.options.shared_pdfs);
    let path = format!("{PREFIX}{supplier}/{}/{file}.pdf", letter.specification);
    let query = service.signer.sign(host, &path, OffsetDateTime::now_utc());
    format!("http://{host}{path}?{query}")
}

fn answer(service: &Service, method: &Method, uri: &Uri, headers: &HeaderMap) -> Response {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        return two_mechanisms(&String::from_utf8_lossy(value.as_bytes()));
    }
    let query = pairs::parse(uri.query().unwrap_or_default());
    let host = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok());
    let (host, now) = (host.unwrap_or_default(), OffsetDateTime::now_utc());
    match service
        .signer
        .verify(method.as_str(), host, uri.path(), &query, now)
    {
        Ok(()) => found(service, uri.path(), headers),
        Err(refusal) => refused(refusal, now),
    }
}

fn found(service: &Service, path: &str, headers: &HeaderMap) -> Response {
    let pdf = match pdf_at(service, path).map(|pdf| service.manners.document(path, pdf)) {
        Some(Document::Pdf(pdf)) => Some(Bytes::from(pdf)),
        Some(Document::Expired) => {
            let now = OffsetDateTime::now_utc();
            return expired(0, now, now);
        }
        Some(Document::Nothing) | None => None,
    };
    let Some(pdf) = pdf else {
        let key = path.strip_prefix(PREFIX).unwrap_or(path);
        let member = format!("<Key>{}</Key>", escaped(key));
        return error(
            StatusCode::NOT_FOUND,
            "NoSuchKey",
            "The specified key does not exist.",
            &member,
        );
    };
    let hash = hex(&Sha256::digest(&pdf));
    let range = headers
        .get(header::RANGE)
        .and_then(|value| value.to_str().ok());
    let sent = match range.and_then(|range| span(range, pdf.len())) {
        None => part(StatusCode::OK, &pdf),
        Some(None) => return unsatisfiable(pdf.len()),
        Some(Some((first, last))) => {
            let range = format!("bytes {first}-{last}/{}", pdf.len());
            let sent = part(StatusCode::PARTIAL_CONTENT, &pdf[first..=last]);
            answer::header(sent, header::CONTENT_RANGE, &range)
        }
    };
    described(sent, &hash)
}

fn part(status: StatusCode, bytes: &[u8]) -> Response {
    answer::with_body(status, Some("application/pdf"), bytes.to_vec())
}

fn described(sent: Response, hash: &str) -> Response {
    let sent = answer::header(sent, header::ACCEPT_RANGES, "bytes");
    let etag = format!("\"{}\"", hash.get(..32).unwrap_or_default());
    let sent = answer::header(sent, header::ETAG, &etag);
    answer::header(sent, SHA256_HASH, hash)
}

/// The PDF at `…/<supplier>/<specification>/<file>.pdf`: made when it is asked
/// for. The objects of an earlier seeding are gone.
fn pdf_at(service: &Service, path: &str) -> Option<Vec<u8>> {
    let key = path.strip_prefix(PREFIX)?.strip_suffix(".pdf")?;
    let (rest, file) = key.rsplit_once('/')?;
    let (supplier, specification) = rest.rsplit_once('/')?;
    if file == seed::SHARED_FILE {
        return seed::shared_pdf(specification, supplier);
    }
    let mut suppliers = service.options.suppliers.iter();
    let supplier = suppliers.position(|known| known == supplier)?;
    let letter = service.letters(|store, _| store.letter(supplier, file).cloned())?;
    seed::pdf_of(&letter, file).ok()?
}

/// The first and last byte of a range. The outer none is a header that S3
/// ignores, the inner one a range outside the object.
fn span(range: &str, length: usize) -> Option<Option<(usize, usize)>> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let end = length.checked_sub(1)?;
    if first.is_empty() {
        let tail: usize = last.parse().ok()?;
        return Some((tail > 0).then(|| (length.saturating_sub(tail), end)));
    }
    let first: usize = first.parse().ok()?;
    let (last, is_reversed) = match last {
        "" => (end, false),
        text => {
            let last: usize = text.parse().ok()?;
            (last, last < first)
        }
    };
    if is_reversed {
        return None;
    }
    Some((first <= end).then(|| (first, last.min(end))))
}

fn unsatisfiable(length: usize) -> Response {
    let text = "The requested range is not satisfiable";
    let member = format!("<ActualObjectSize>{length}</ActualObjectSize>");
    error(
        StatusCode::RANGE_NOT_SATISFIABLE,
        "InvalidRange",
        text,
        &member,
    )
}

/// S3's answer to a signed URL that is followed with the Bearer token kept. It
/// repeats the token, so a recorder has to redact answers too.
fn two_mechanisms(authorization: &str) -> Response {
    let text = "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified";
    let value = escaped(authorization);
    let members =
        format!("<ArgumentName>Authorization</ArgumentName><ArgumentValue>{value}</ArgumentValue>");
    error(StatusCode::BAD_REQUEST, "InvalidArgument", text, &members)
}

fn refused(refusal: Refusal, now: OffsetDateTime) -> Response {
    match refusal {
        Refusal::Unsigned => error(StatusCode::FORBIDDEN, "AccessDenied", "Access Denied", ""),
        Refusal::Incomplete => {
            let text = "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.";
            error(
                StatusCode::BAD_REQUEST,
                "AuthorizationQueryParametersError",
                text,
                "",
            )
        }
        Refusal::Expired { ttl_s, at } => expired(ttl_s, at, now),
        Refusal::Mismatch => {
            let text = "The request signature we calculated does not match the signature you provided. Check your key and signing method.";
            error(StatusCode::FORBIDDEN, "SignatureDoesNotMatch", text, "")
        }
    }
}

fn expired(ttl_s: u64, at: OffsetDateTime, now: OffsetDateTime) -> Response {
    let written = |moment: OffsetDateTime| moment.format(&Rfc3339).unwrap_or_default();
    let members = format!(
        "<X-Amz-Expires>{ttl_s}</X-Amz-Expires><Expires>{}</Expires><ServerTime>{}</ServerTime>",
        written(at),
        written(now)
    );
    error(
        StatusCode::FORBIDDEN,
        "AccessDenied",
        "Request has expired",
        &members,
    )
}

fn error(status: StatusCode, code: &str, message: &str, members: &str) -> Response {
    let request = ids::secret();
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message>{members}<RequestId>{request}</RequestId></Error>"
    );
    answer::xml(status, text)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_s3_reads_them() {
        assert_eq!(span("bytes=0-9", 100), Some(Some((0, 9))));
        assert_eq!(span("bytes=90-", 100), Some(Some((90, 99))));
        assert_eq!(span("bytes=-10", 100), Some(Some((90, 99))));
        assert_eq!(span("bytes=50-500", 100), Some(Some((50, 99))));
        assert_eq!(span("bytes=100-", 100), Some(None));
        assert_eq!(span("bytes=9-0", 100), None);
        assert_eq!(span("lines=1-2", 100), None);
    }
}
