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
    // What a gateway or a proxy answers is no deviation of the service.
    let own = exchange.filter(answer::is_of_notify);
    for finding in deviations::check(&subject.deviations, own.as_ref()) {
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

/// GET of a letter that does not exist: NHS Notify's own 404 proves that the call was let in, and
/// nothing is leased. The exchange, for the checks that look closer.
async fn letter(subject: &Subject, supplier: &Supplier, heard: &mut Heard<'_>) -> Option<Exchange> {
    let asked = supplier.letter(&Uuid::new_v4().to_string()).await;
    let seq = match &asked {
        Ok(observed) => Some(observed.exchange),
        Err(error) => error.exchange(),
    };
    let exchange = seq.and_then(|seq| answer::at(&subject.journal, seq));
    let id = exchange.as_ref().and_then(answer::id);
    let is_own = exchange.as_ref().is_some_and(answer::is_of_notify);
    let (registration, letters) = match &asked {
        Ok(_) => (untold("a letter that does not exist was shown"), anything()),
        Err(error) => judged(error, is_own),
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

fn untold(why: &str) -> Finding {
    Finding::skipped("registration", format!("{why}, so no answer tells"))
}

fn anything() -> Finding {
    Finding::warning("letters", "a letter that does not exist was shown").because(
        "the target answers from fixed texts, or it is another service",
        "check base_url",
    )
}

/// What the answer to an unknown letter says of registration and of the API; `is_own` if NHS
/// Notify's own code gave it.
fn judged(error: &ClientError, is_own: bool) -> (Finding, Finding) {
    match error {
        ClientError::Answered { status: 404, .. } if is_own => {
            (let_in(), Finding::ok(LETTERS, KNOWN))
        }
        ClientError::Answered { status, detail, .. } if !is_own => (
            untold("NHS Notify itself did not answer"),
            not_notify(*status, detail),
        ),
        ClientError::Unauthorised { status, detail, .. } => unauthorised(*status, detail, is_own),
        ClientError::RateLimited { .. } => (
            untold("the calls were limited"),
            Finding::fail(
                LETTERS,
                "429, again and again",
                "somebody else uses up this application's quota, or something in between limits this machine",
                "stop other callers of this application, or wait a minute",
            ),
        ),
        other => (
            untold("no documented answer came"),
            Finding::fail(
                LETTERS,
                other.to_string(),
                "no documented answer came",
                "check base_url; if it is right, ask NHS Notify with the id and time of this call",
            ),
        ),
    }
}

const LETTERS: &str = "letters";

const KNOWN: &str =
    "NHS Notify's own 404 for an unknown letter: the call was let in, nothing was leased";

/// An answer of a gateway, a proxy or another service.
fn not_notify(status: u16, detail: &str) -> Finding {
    Finding::fail(
        LETTERS,
        format!("{status}: {detail}"),
        "the answer is not NHS Notify's own: the host knows no API at this path (\"Unable to identify proxy\" is APIM's word for that), or something else answers",
        "check base_url and its path (see the check base-path)",
    )
}

/// A 401 or 403: the gateway, the authorizer or somebody in between refused the call.
fn unauthorised(status: u16, detail: &str, is_own: bool) -> (Finding, Finding) {
    let seen = format!("{status}: {detail}");
    if status == 403 && detail.contains("explicit deny") {
        let registration = Finding::fail(
            "registration",
            seen,
            "the APIM Application ID is not registered with NHS Notify, or the supplier is disabled",
            "email the APIM Application ID to england.nhsnotifysuppliers@nhs.net (letterproof keygen drafted it)",
        );
        let letters = Finding::skipped(LETTERS, "the application is not registered");
        return (registration, letters);
    }
    let (cause, remedy) = match (status, is_own) {
        (403, _) if detail.contains("Missing Authentication Token") => (
            "there is no such route at this base URL",
            "check base_url and its path (see the check base-path)",
        ),
        (401, true) => (
            "the token is of another environment, has expired, or the API product was attached a moment ago",
            "check that token_url and base_url are of one environment; after attaching the product wait 5 minutes",
        ),
        _ => (
            "the answer is not one that NHS Notify is known to give: a proxy, a firewall or another service may refuse the call, or the token is of another environment",
            "check base_url, and that token_url is of the same environment; ask your network's people whether the host is allowed",
        ),
    };
    let letters = Finding::fail(LETTERS, seen, cause, remedy);
    (untold("the API did not come to ask"), letters)
}

/// `/_status` has a key of its own; without it the pack takes any other endpoint (AT1).
async fn status(subject: &Subject, supplier: &Supplier) -> Finding {
    const CHECK: &str = "status";
    if subject.settings.endpoint.status_api_key.is_none() {
        return Finding::skipped(
            CHECK,
            "no status_api_key_env or status_api_key_file, so it is not asked: AT1 reads a listed letter (GET /letters/{id}) in its place, as the pack allows",
        );
    }
    let asked = supplier.status().await;
    let exchange = asked.as_ref().ok();
    let exchange = exchange.and_then(|alive| answer::at(&subject.journal, alive.exchange));
    let healthy = exchange.as_ref().is_some_and(answer::is_object);
    match asked {
        Ok(alive) if !healthy => Finding::fail(
            CHECK,
            format!("{} without the JSON of a health endpoint", alive.status),
            "a page or another service answers in the API's place",
            "check base_url and its path, and whether a proxy or login page stands in between",
        ),
        Ok(alive) => Finding::ok(CHECK, format!("{} with its own key", alive.status)),
        Err(ClientError::Unauthorised { status, detail, .. }) => Finding::fail(
            CHECK,
            format!("{status}: {detail}"),
            "the status API key is not the one of this environment",
            "ask NHS Notify for it, or take it out of the configuration: AT1 then reads a listed letter in its place, as the pack allows",
        ),
        Err(error) => Finding::fail(
            CHECK,
            error.to_string(),
            "the API is not healthy, or /_status is not served here",
            "try again later; if it stays so, ask NHS Notify",
        ),
    }
}
