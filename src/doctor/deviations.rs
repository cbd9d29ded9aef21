//! Does the service do as documented, as known, or something new?

use crate::model::Exchange;
use crate::targets::Deviation;

use super::{Finding, answer};

/// What can be told from the answer to an unknown letter: which check, and what was seen.
type Look = (&'static str, fn(&Exchange) -> Option<String>);

const LOOKS: [Look; 2] = [
    ("response-media-type", media_type),
    ("not-found-code", error_code),
];

/// Holds the answer against what is documented and what is known.
pub(super) fn check(known: &[Deviation], exchange: Option<&Exchange>) -> Vec<Finding> {
    LOOKS
        .iter()
        .map(|(check, look)| {
            let known = known.iter().find(|one| one.id == *check);
            held(check, known, exchange.and_then(look))
        })
        .collect()
}

/// A known deviation is a warning with its reference, anything else is an observation, and one
/// that no longer happens is stale.
fn held(check: &'static str, known: Option<&Deviation>, seen: Option<String>) -> Finding {
    let Some(known) = known else {
        return Finding::skipped(check, "no deviation is known of this target");
    };
    let Some(seen) = seen else {
        return Finding::skipped(check, "no answer to look at");
    };
    let (about, since, source) = (&known.about, &known.since, &known.source);
    if seen == known.observed {
        let told = format!("{about}: {seen}, documented is {}", known.documented);
        return Finding::warning(check, told).because(
            format!("a known deviation of the service, since {since} ({source})"),
            "nothing to do: runs expect it",
        );
    }
    if seen == known.documented {
        let told = format!("{about}: {seen}, as documented");
        return Finding::observation(check, told).because(
            format!("the deviation known since {since} ({source}) no longer happens: it is stale"),
            "tell whoever keeps letterproof, so that it is taken out",
        );
    }
    let told = format!(
        "{about}: {seen}; documented is {}, known is {}",
        known.documented, known.observed
    );
    Finding::observation(check, told).because(
        "a deviation that is not known yet",
        "tell NHS Notify (letterproof email support)",
    )
}

fn media_type(exchange: &Exchange) -> Option<String> {
    let whole = answer::header(exchange, "content-type")?;
    whole.split(';').next().map(|kind| kind.trim().to_owned())
}

fn error_code(exchange: &Exchange) -> Option<String> {
    let body = answer::json(exchange)?;
    let code = body.get("errors")?.get(0)?.get("code")?;
    code.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Outcome;
    use crate::targets::{Target, TargetKind};

    #[test]
    fn known_is_a_warning_new_is_an_observation_and_gone_is_stale() {
        let known = Target::documented(TargetKind::Int).unwrap().deviations;
        let media = known.iter().find(|one| one.id == "response-media-type");
        let judged = |seen: &str| held("response-media-type", media, Some(seen.to_owned()));
        let warned = judged("application/json");
        assert_eq!(warned.outcome, Outcome::Warning);
        assert!(warned.cause.unwrap().contains("since 2026-11-22"));
        let stale = judged("application/vnd.api+json");
        assert_eq!(stale.outcome, Outcome::Observation);
        assert!(stale.cause.unwrap().contains("stale"));
        let new = judged("text/html");
        assert_eq!(new.outcome, Outcome::Observation);
        assert!(new.cause.unwrap().contains("not known yet"));
        assert_eq!(held("x", None, Some("y".into())).outcome, Outcome::Skipped);
        assert_eq!(held("x", media, None).outcome, Outcome::Skipped);
    }

    #[test]
    fn whatever_is_looked_at_is_known_of_int() {
        let known = Target::documented(TargetKind::Int).unwrap().deviations;
        for (check, _) in LOOKS {
            assert!(known.iter().any(|one| one.id == check), "{check}");
        }
    }
}
