//! Every refusal of the token endpoint that is known, with its cause and what to do.
//!
//! Source: token-endpoint, the table of errors, read from the public policies of
//! `NHSDigital/identity-service-api`.

/// Why a token was refused and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The cause, in a few words.
    pub cause: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

/// One row of the table: a text that only this row's description has, cause and remedy.
struct Row(&'static str, &'static str, &'static str);

const ROWS: &[Row] = &[
    Row(
        "content-type header must be application/x-www-form-urlencoded",
        "the request is not a form",
        "post it as application/x-www-form-urlencoded",
    ),
    Row(
        "grant_type is missing",
        "the form has no grant_type",
        "add grant_type=client_credentials",
    ),
    Row(
        "grant_type is invalid",
        "the form has another grant_type",
        "set it to client_credentials",
    ),
    Row(
        "missing or invalid client_assertion_type",
        "client_assertion_type is missing or misspelled",
        "set it to urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    ),
    Row(
        "missing client_assertion",
        "the form has no client_assertion",
        "add the signed JWT",
    ),
    Row(
        "malformed jwt in client_assertion",
        "the JWT is truncated or quoted",
        "send its three parts whole and without quotes",
    ),
    Row(
        "invalid 'alg' header",
        "the JWT is not signed with RS512 (most libraries default to RS256)",
        "sign with RS512",
    ),
    Row(
        "missing 'kid' header",
        "the JWT names no key",
        "set kid to the id published in the JWKS",
    ),
    Row(
        "invalid 'typ' header",
        "the JWT has another typ, or none",
        "set typ to JWT",
    ),
    Row(
        "missing 'exp' claim",
        "the JWT has no expiry",
        "set exp to at most now + 300 seconds",
    ),
    Row(
        "invalid 'exp' claim in client_assertion jwt - must be an integer",
        "exp is not an integer",
        "write it as a number of seconds, not as a string",
    ),
    Row(
        "jwt has expired",
        "the JWT had expired on arrival",
        "set this machine's clock (clock skew)",
    ),
    Row(
        "more than 5 minutes in future",
        "exp is too far away: clock skew, or milliseconds in place of seconds",
        "set this machine's clock, and exp to at most now + 300 seconds",
    ),
    Row(
        "missing or non-matching 'iss'/'sub' claims",
        "iss and sub are missing or differ",
        "set both to the API key",
    ),
    Row(
        "missing 'jti' claim",
        "the JWT has no id",
        "set jti to a new GUID for each request",
    ),
    Row(
        "invalid 'jti' claim",
        "jti is not a string",
        "set it to a new GUID for each request, not a number",
    ),
    Row(
        "non-unique 'jti' claim",
        "this JWT was used before, perhaps by a failed try (an id is burned for 30 days)",
        "sign a new JWT for each request",
    ),
    Row(
        "invalid 'iss'/'sub' claims",
        "the API key is unknown here, or belongs to another environment",
        "use the API key of this environment's application",
    ),
    Row(
        "missing or invalid 'aud' claim",
        "aud is not the exact URL the request went to",
        "set aud, that is token_url, to the exact token URL",
    ),
    Row(
        "invalid 'kid' header",
        "no key with this kid stands in the application's JWKS",
        "upload the JWKS or correct kid; after an upload wait up to an hour",
    ),
    Row(
        "jwt signature verification failed",
        "the private key is not the other half of the published key",
        "use the key pair whose public half is published under this kid",
    ),
    Row(
        "you need to register a public key",
        "the application has no JWKS",
        "register a JWKS URL with the application",
    ),
    Row(
        "the jwks endpoint, for your client_assertion can't be reached",
        "the JWKS URL is closed to the API platform",
        "make the JWKS URL reachable from the internet",
    ),
    Row(
        "not configured to use this authorization grant type",
        "the application lacks the API product",
        "attach the NHS Notify Supplier API to the application; it takes up to 5 minutes",
    ),
    Row(
        "developer app associated with the api key is not approved or revoked",
        "the application is not approved, or was revoked",
        "look at the application in the developer portal, and ask for it to be approved",
    ),
    Row(
        "does not have access to this resource",
        "the application may not use what was asked for",
        "attach the NHS Notify Supplier API to the application; it takes up to 5 minutes",
    ),
    Row(
        "company associated with the developer app",
        "your organisation's account in the developer portal is inactive",
        "ask the developer portal's support to activate the organisation",
    ),
    Row(
        "developer who created the developer app",
        "the account of the person who made the application is inactive",
        "let somebody with an active account own the application",
    ),
];

const NOT_POSTED: Explanation = Explanation {
    cause: "the token URL takes POST alone",
    remedy: "check token_url, and that no proxy changes the method",
};

/// Cause and remedy of an `error_description`; `None` for one the table does not know.
///
/// A row is found by what only it says, whichever way the endpoint quotes or spaces the rest.
pub fn explain(description: &str) -> Option<Explanation> {
    let said = description.to_lowercase().replace(['\u{2019}', '`'], "'");
    ROWS.iter()
        .find(|row| said.contains(row.0))
        .map(Row::explanation)
}

/// As [`explain`], also for an answer without a description, such as 405.
pub fn explain_answer(status: u16, description: Option<&str>) -> Option<Explanation> {
    match description.and_then(explain) {
        None if status == 405 => Some(NOT_POSTED),
        found => found,
    }
}

impl Row {
    fn explanation(&self) -> Explanation {
        Explanation {
            cause: self.1,
            remedy: self.2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table's descriptions, written out, in its order.
    const DESCRIPTIONS: &[&str] = &[
        "Content-Type header must be application/x-www-form-urlencoded",
        "grant_type is missing",
        "grant_type is invalid",
        "Missing or invalid client_assertion_type - must be 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'",
        "Missing client_assertion",
        "Malformed JWT in client_assertion",
        "Invalid 'alg' header in client_assertion JWT - unsupported JWT algorithm - must be 'RS512'",
        "Missing 'kid' header in client_assertion JWT",
        "Invalid 'typ' header in client_assertion JWT - must be 'JWT'",
        "Missing 'exp' claim in client_assertion JWT",
        "Invalid 'exp' claim in client_assertion JWT - must be an integer",
        "Invalid 'exp' claim in client_assertion JWT - JWT has expired",
        "Invalid 'exp' claim in client_assertion JWT - more than 5 minutes in future",
        "Missing or non-matching 'iss'/'sub' claims in client_assertion JWT",
        "Missing 'jti' claim in client_assertion JWT",
        "Invalid 'jti' claim in client_assertion JWT - must be a unique string value such as a GUID",
        "Non-unique 'jti' claim in client_assertion JWT",
        "Invalid 'iss'/'sub' claims in client_assertion JWT",
        "Missing or invalid 'aud' claim in client_assertion JWT",
        "Invalid 'kid' header in client_assertion JWT - no matching public key",
        "JWT signature verification failed",
        "You need to register a public key to use this authentication method - please contact support to configure",
        "The JWKS endpoint, for your client_assertion can't be reached",
        "you have tried to request authorization but your application is not configured to use this authorization grant type",
        "The developer app associated with the API key is not approved or revoked",
        "API Key supplied does not have access to this resource. Please check the API Key you are using belongs to an app which has sufficient access to access this resource.",
        "The company associated with the developer app that has the API key you are using has an inactive status",
        "The developer who created the developer app that has the API key you are using has an inactive status",
    ];

    #[test]
    fn every_description_finds_its_own_row() {
        assert_eq!(DESCRIPTIONS.len(), ROWS.len());
        for (description, row) in DESCRIPTIONS.iter().zip(ROWS) {
            assert_eq!(
                explain(description),
                Some(row.explanation()),
                "{description}"
            );
        }
    }

    #[test]
    fn what_the_table_does_not_know_stays_unexplained() {
        assert_eq!(explain("the moon is full"), None);
        assert_eq!(explain_answer(405, None), Some(NOT_POSTED));
        assert_eq!(explain_answer(400, None), None);
    }
}
