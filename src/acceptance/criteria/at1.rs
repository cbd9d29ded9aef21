//! AT1 Connect securely.

use crate::acceptance::facts::{ExchangeFact, Route};
use crate::acceptance::finding::{Finding, lost_calls};
use crate::acceptance::text::count;
use crate::acceptance::view::RunView;
use crate::model::Judgement;

const TEST: &str = "AT1";

/// AT1.1 a connection is established to both endpoints.
pub fn both_endpoints_answer(view: &RunView) -> Judgement {
    let expected =
        "GET /_status (or another endpoint, as the pack allows) and GET /letters answer 200";
    let mut finding = Finding::of(TEST, expected);
    let status = answered(view, |route| {
        !matches!(route, Route::List | Route::Token | Route::Other)
    });
    let list = answered(view, |route| route == Route::List);
    finding.proof(status.iter().chain(&list).map(|call| call.seq));
    if status.is_none() {
        finding.missing("no successful answer of GET /_status or another endpoint");
    }
    if list.is_none() {
        finding.missing("no successful answer of GET /letters");
    }
    let other = status.map_or("an endpoint", |call| call.route.name());
    finding.judge_connection(view, format!("{other} and GET /letters answered 200"))
}

/// AT1.2 no authentication or connectivity error is observed.
pub fn no_connection_error(view: &RunView) -> Judgement {
    let mut finding = Finding::of(
        TEST,
        "no 401, no 403, no refused token, no broken connection",
    );
    let calls: Vec<&ExchangeFact> = view.exchanges(TEST).collect();
    finding.proof(calls.iter().map(|call| call.seq));
    if !calls
        .iter()
        .any(|call| call.route != Route::Token && call.succeeded())
    {
        finding.missing("no endpoint answered successfully");
    }
    if let Some(lost) = lost_calls(view, TEST).first() {
        finding.missing(format!("{} at seq {}", lost.outcome(), lost.seq));
    }
    let troubled = calls
        .iter()
        .find(|call| !call.succeeded() && !call.refused());
    if let Some(call) = troubled {
        finding.warning(format!(
            "recovered from: {} (seq {})",
            call.outcome(),
            call.seq
        ));
    }
    let told = format!(
        "{}, none refused for authentication, none broken",
        count(calls.len(), "request")
    );
    finding.judge_connection(view, told)
}

fn answered(view: &RunView, is_it: impl Fn(Route) -> bool) -> Option<&ExchangeFact> {
    view.exchanges(TEST)
        .find(|call| is_it(call.route) && call.status == Some(200) && call.succeeded())
}
