//! Token, registration, a call that leases nothing, `/_status`.

use uuid::Uuid;

use crate::client::{ClientError, Supplier};
use crate::model::Exchange;

use super::token::refused;
use super::{Finding, Heard, Subject, answer, deviations, rate};

/// Checks that need an answer of token endpoint and API.
pub(super) async fn check(subject: &Subject, supplier: &Supplier, heard: &mut Heard<'_>) {
    let granted = token(subject, supplier, heard).await;
    if !granted {
        heard.skip(&["registration", "letters"], "there is no token");
        heard.take(status(subject, supplier).await);
        heard.take(rate::limit(subject));
        let rest = ["bandwidth", "response-media-type", "not-found-code"];
        heard.skip(&rest, "there is no token");
        return;
    }
    let exchange = letter(subject, supplier, heard).await;
    heard.take(status(subject, supplier).await);
    heard.take(rate::limit(subject));
    heard.take(rate::bandwidth(subject, supplier).await);
    for finding in deviations::check(&subject.deviations, exchange.as_ref()) {
        heard.take(finding);
    }
}

async fn token(subject: &Subject, supplier: &Supplier, heard: &mut Heard<'_>) -> bool {
    const CHECK: &str = "token";
    match supplier.authenticate().await {
        Ok(None) => {
            heard.take(Finding::ok(CHECK, "this target asks for none"));
            true
        }
        Ok(Some(facts)) => {
            let seen = format!("granted for {} s", facts.expires_in_s);
            heard.take(Finding::ok(CHECK, seen));
            true
        }
        Err(error) => {
            let exchange = error.exchange();
            let exchange = exchange.and_then(|seq| answer::at(&subject.journal, seq));
            let id = exchange.as_ref().and_then(answer::id);
            heard.take(refused(&error).asked_as(id));
            false
        }
    }
}

/// GET of a letter that does not exist: 404 proves that the call was let in, and nothing is
/// leased. The exchange, for the checks that look closer.
async fn letter(subject: &Subject, supplier: &Supplier, heard: &mut Heard<'_>) -> Option<Exchange> {
    let asked = supplier.letter(&Uuid::new_v4().to_string()).await;
    let seq = match &asked {
        Ok(observed) => Some(observed.exchange),
        Err(error) => error.exchange(),
    };
    let exchange = seq.and_then(|seq| answer::at(&subject.journal, seq));
    let id = exchange.as_ref().and_then(answer::id);
    let (registration, letters) = match &asked {
        Ok(_) => (let_in(), anything()),
        Err(error) => judged(error),
    };
    let registration = match subject.settings.endpoint.credentials {
        Some(_) => registration,
        None => Finding::skipped("registration", "this target asks nobody who they are"),
    };
    heard.take(registration.asked_as(id.clone()));
    heard.take(letters.asked_as(id));
    exchange
}

fn let_in() -> Finding {
    Finding::ok("registration", "the application is known to NHS Notify")
}

fn anything() -> Finding {
    Finding::warning("letters", "a letter that does not exist was shown").because(
        "the target answers from fixed texts, or it is another service",
        "check base_url",
    )
}

/// What the answer to an unknown letter says of registration and of the API.
fn judged(error: &ClientError) -> (Finding, Finding) {
    const REGISTRATION: &str = "registration";
    const LETTERS: &str = "letters";
    match error {
        ClientError::Answered { status: 404, .. } => (
            let_in(),
            Finding::ok(
                LETTERS,
                "404 for an unknown letter: the call was let in, nothing was leased",
            ),
        ),
        ClientError::Unauthorised {
            status: 403,
            detail,
            ..
        } if detail.contains("explicit deny") => (
            Finding::fail(
                REGISTRATION,
                format!("403: {detail}"),
                "the APIM Application ID is not registered with NHS Notify, or the supplier is disabled",
                "email the APIM Application ID to england.nhsnotifysuppliers@nhs.net (letterproof keygen drafted it)",
            ),
            Finding::skipped(LETTERS, "the application is not registered"),
        ),
        ClientError::Unauthorised {
            status: 403,
            detail,
            ..
        } => (
            Finding::skipped(REGISTRATION, "the API did not come to ask"),
            Finding::fail(
                LETTERS,
                format!("403: {detail}"),
                "there is no such route at this base URL",
                "check base_url and its path (see the check base-path)",
            ),
        ),
        ClientError::Unauthorised { status, detail, .. } => (
            Finding::skipped(REGISTRATION, "the API did not come to ask"),
            Finding::fail(
                LETTERS,
                format!("{status}: {detail}"),
                "the token is of another environment, has expired, or the API product was attached a moment ago",
                "check that token_url and base_url are of one environment; after attaching the product wait 5 minutes",
            ),
        ),
        ClientError::RateLimited { .. } => (
            Finding::skipped(REGISTRATION, "the quota is used up"),
            Finding::fail(
                LETTERS,
                "429, again and again",
                "somebody else uses up this application's quota",
                "stop other callers of this application, or wait a minute",
            ),
        ),
        other => (
            Finding::skipped(REGISTRATION, "no answer tells"),
            Finding::fail(
                LETTERS,
                other.to_string(),
                "no documented answer came",
                "check base_url; if it is right, ask NHS Notify with the id and time of this call",
            ),
        ),
    }
}

/// `/_status` has a key of its own; without it the pack takes any other endpoint (AT1).
async fn status(subject: &Subject, supplier: &Supplier) -> Finding {
    const CHECK: &str = "status";
    if subject.settings.endpoint.status_api_key.is_none() {
        return Finding::skipped(
            CHECK,
            "no status_api_key_env or status_api_key_file; the pack takes any other endpoint in its place",
        );
    }
    match supplier.status().await {
        Ok(alive) => Finding::ok(CHECK, format!("{} with its own key", alive.status)),
        Err(ClientError::Unauthorised { status, detail, .. }) => Finding::fail(
            CHECK,
            format!("{status}: {detail}"),
            "the status API key is not the one of this environment",
            "ask NHS Notify for it, or take it out of the configuration: the pack takes any other endpoint in its place",
        ),
        Err(error) => Finding::fail(
            CHECK,
            error.to_string(),
            "the API is not healthy, or /_status is not served here",
            "try again later; if it stays so, ask NHS Notify",
        ),
    }
}
