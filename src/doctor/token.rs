//! Why a token was refused, and what to do.

use crate::client::{ClientError, TokenRefusal};

use super::Finding;
use super::network::unreached;

const CHECK: &str = "token";

/// The line of a token that was not granted.
pub(super) fn refused(error: &ClientError) -> Finding {
    match error {
        ClientError::TokenRefused(refusal) => explained(refusal),
        ClientError::Signing(reason) => Finding::fail(
            CHECK,
            format!("the assertion could not be signed: {reason}"),
            "the private key cannot sign with RS512",
            "use an RSA key of 2048 to 8192 bits; `letterproof keygen` makes one",
        ),
        ClientError::Unreadable {
            status,
            content_type,
            start,
            ..
        } => Finding::fail(
            CHECK,
            format!("{status} with {content_type}: {start}"),
            "a page came where a token belongs: token_url leads to a proxy, a login page or another service",
            "correct token_url, and ask your network's people whether a proxy answers in the server's place",
        ),
        ClientError::ServerError { status, detail, .. } => Finding::fail(
            CHECK,
            format!("{status}: {detail}"),
            "the token endpoint itself failed",
            "try again in some minutes; if it stays so, ask NHS Notify with the time of this call",
        ),
        other => unreached(CHECK, other),
    }
}

fn explained(refusal: &TokenRefusal) -> Finding {
    let said = refusal.description.as_deref().or(refusal.error.as_deref());
    let seen = format!("{}: {}", refusal.status, said.unwrap_or("no reason given"));
    match refusal.explanation {
        Some(known) => Finding::fail(CHECK, seen, known.cause, known.remedy),
        None => Finding::fail(
            CHECK,
            seen,
            "a reason that this version does not know",
            "ask NHS Notify (letterproof email support), with the id of this answer",
        ),
    }
}
