//! What the token endpoint refuses a request for (token-endpoint.md).

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::answer;
use super::ids;

/// One refusal; its text is the `error_description`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenError {
    #[error("Content-Type header must be application/x-www-form-urlencoded")]
    ContentType,
    #[error("grant_type is missing")]
    GrantMissing,
    #[error("grant_type is invalid")]
    GrantUnsupported,
    #[error(
        "Missing or invalid client_assertion_type - must be 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'"
    )]
    AssertionType,
    #[error("Missing client_assertion")]
    AssertionMissing,
    #[error("Malformed JWT in client_assertion")]
    Malformed,
    #[error(
        "Invalid 'alg' header in client_assertion JWT - unsupported JWT algorithm - must be 'RS512'"
    )]
    Algorithm,
    #[error("Missing 'kid' header in client_assertion JWT")]
    KidMissing,
    #[error("Invalid 'typ' header in client_assertion JWT - must be 'JWT'")]
    Type,
    #[error("Missing 'exp' claim in client_assertion JWT")]
    ExpMissing,
    #[error("Invalid 'exp' claim in client_assertion JWT - must be an integer")]
    ExpType,
    #[error("Invalid 'exp' claim in client_assertion JWT - JWT has expired")]
    Expired,
    #[error("Invalid 'exp' claim in client_assertion JWT - more than 5 minutes in future")]
    ExpTooFar,
    #[error("Missing or non-matching 'iss'/'sub' claims in client_assertion JWT")]
    IssuerMissing,
    #[error("Missing 'jti' claim in client_assertion JWT")]
    JtiMissing,
    #[error(
        "Invalid 'jti' claim in client_assertion JWT - must be a unique string value such as a GUID"
    )]
    JtiType,
    #[error("Non-unique 'jti' claim in client_assertion JWT")]
    JtiUsed,
    #[error("Invalid 'iss'/'sub' claims in client_assertion JWT")]
    IssuerUnknown,
    #[error("Missing or invalid 'aud' claim in client_assertion JWT")]
    Audience,
    #[error("Invalid 'kid' header in client_assertion JWT - no matching public key")]
    KidUnknown,
    #[error("JWT signature verification failed")]
    Signature,
    #[error(
        "You need to register a public key to use this authentication method - please contact support to configure"
    )]
    NoPublicKey,
    #[error("The JWKS endpoint, for your client_assertion can't be reached")]
    JwksUnreachable,
    #[error(
        "you have tried to request authorization but your application is not configured to use this authorization grant type"
    )]
    NoProduct,
}

impl TokenError {
    /// The answer: `{error, error_description, message_id}`.
    pub(crate) fn answer(self) -> Response {
        let body = json!({
            "error": self.error(),
            "error_description": self.to_string(),
            "message_id": ids::message_id(),
        });
        answer::json(self.status(), &body)
    }

    fn status(self) -> StatusCode {
        match self {
            TokenError::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            TokenError::NoPublicKey | TokenError::JwksUnreachable => StatusCode::FORBIDDEN,
            TokenError::IssuerUnknown
            | TokenError::Audience
            | TokenError::KidUnknown
            | TokenError::Signature
            | TokenError::NoProduct => StatusCode::UNAUTHORIZED,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    fn error(self) -> &'static str {
        match self {
            TokenError::GrantUnsupported => "unsupported_grant_type",
            TokenError::Signature | TokenError::NoPublicKey | TokenError::JwksUnreachable => {
                "public_key error"
            }
            TokenError::NoProduct => "unauthorized_client",
            _ => "invalid_request",
        }
    }
}
