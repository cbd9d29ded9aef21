//! From what was found to a verdict, by the rules of interfaces.md ("Verdicts").

use crate::model::{Judgement, Measurements, Verdict};

use super::facts::{ExchangeFact, Route};
use super::text::{count, named};
use super::view::RunView;

/// The name of the driven system when the tool's own client was driven.
pub const REFERENCE_CLIENT: &str = "reference client";

/// What a criterion found.
pub(super) struct Finding {
    test: &'static str,
    expected: String,
    seqs: Vec<u64>,
    unmet: Vec<String>,
    reviews: Vec<String>,
    missing: Vec<String>,
    warnings: Vec<String>,
    measurements: Measurements,
}

impl Finding {
    /// Looks for `expected` in what belongs to `test`.
    pub fn of(test: &'static str, expected: impl Into<String>) -> Self {
        Self {
            test,
            expected: expected.into(),
            seqs: Vec::new(),
            unmet: Vec::new(),
            reviews: Vec::new(),
            missing: Vec::new(),
            warnings: Vec::new(),
            measurements: Measurements::new(),
        }
    }

    /// These events prove the judgement.
    pub fn proof(&mut self, seqs: impl IntoIterator<Item = u64>) -> &mut Self {
        self.seqs.extend(seqs);
        self
    }

    /// An answer shows the point unmet.
    pub fn unmet(&mut self, what: impl Into<String>) -> &mut Self {
        self.unmet.push(what.into());
        self
    }

    /// Something that had to be seen was not; an outage may be why.
    pub fn missing(&mut self, what: impl Into<String>) -> &mut Self {
        self.missing.push(what.into());
        self
    }

    /// Only a person can find this out.
    pub fn review(&mut self, what: impl Into<String>) -> &mut Self {
        self.reviews.push(what.into());
        self
    }

    /// The letters of which `what` holds are unmet, if there are any.
    pub fn unmet_letters<S: AsRef<str>>(&mut self, letters: &[S], what: &str) -> &mut Self {
        if !letters.is_empty() {
            self.unmet(letters_sentence(letters, what));
        }
        self
    }

    /// The letters of which `what` could not be seen, if there are any.
    pub fn missing_letters<S: AsRef<str>>(&mut self, letters: &[S], what: &str) -> &mut Self {
        if !letters.is_empty() {
            self.missing(letters_sentence(letters, what));
        }
        self
    }

    /// Passed, but the reviewer must know the letters of which `what` holds, if there are any.
    pub fn warning_letters<S: AsRef<str>>(&mut self, letters: &[S], what: &str) -> &mut Self {
        if !letters.is_empty() {
            self.warning(letters_sentence(letters, what));
        }
        self
    }

    /// Passed, with something the reviewer must know.
    pub fn warning(&mut self, what: impl Into<String>) -> &mut Self {
        self.warnings.push(what.into());
        self
    }

    /// The judgement rests on these figures; `name` ends in their unit, such as `_us`.
    pub fn measured(&mut self, name: &str, values: Vec<u64>) -> &mut Self {
        if !values.is_empty() {
            self.measurements.insert(name.to_owned(), values);
        }
        self
    }

    /// The point is about the supplier's own processing, which the tool's client cannot show.
    pub fn about_the_suppliers_system(&mut self, view: &RunView) -> &mut Self {
        let driven = view.started().map(|started| started.driven.as_str());
        if driven == Some(REFERENCE_CLIENT) {
            self.warning("shown by the tool's own ledger, not by the supplier's system");
        }
        self
    }

    /// True if nothing speaks against the point so far.
    pub fn is_clean(&self) -> bool {
        self.unmet.is_empty() && self.missing.is_empty() && self.reviews.is_empty()
    }

    /// The judgement: `observed` is what is said if the point is met.
    pub fn judge(mut self, view: &RunView, observed: impl Into<String>) -> Judgement {
        if !self.unmet.is_empty() {
            let unmet = std::mem::take(&mut self.unmet).join("; ");
            return self.conclude(Verdict::Fail, unmet);
        }
        if !self.reviews.is_empty() {
            let open: Vec<String> = self
                .reviews
                .drain(..)
                .chain(self.missing.drain(..))
                .collect();
            return self.conclude(Verdict::Review, open.join("; "));
        }
        if !self.missing.is_empty() {
            let (verdict, why) = absence(view, self.test, &self.missing.join("; "));
            return self.conclude(verdict, why);
        }
        if let Some(retried) = retried(view, self.test) {
            self.warnings.push(retried);
        }
        if self.warnings.is_empty() {
            return self.conclude(Verdict::Pass, observed.into());
        }
        let observed = format!("{}; {}", observed.into(), self.warnings.join("; "));
        self.conclude(Verdict::Warning, observed)
    }

    /// The judgement of a point of AT1, where a refused token or application is the supplier's.
    pub fn judge_connection(mut self, view: &RunView, observed: impl Into<String>) -> Judgement {
        let refused = lost_calls(view, self.test)
            .into_iter()
            .find(|call| call.unauthorised());
        // What was seen all the same is no less established.
        if let Some(call) = refused.filter(|_| !self.missing.is_empty()) {
            self.seqs.push(call.seq);
            self.unmet.push(call.outcome());
        }
        self.judge(view, observed)
    }

    /// The judgement of a point that does not apply, and why.
    pub fn not_applicable(self, reason: impl Into<String>) -> Judgement {
        self.conclude(Verdict::NotApplicable, reason.into())
    }

    /// The judgement of a point that cannot be shown here, and why.
    pub fn not_tested(self, reason: impl Into<String>) -> Judgement {
        self.conclude(Verdict::NotTested, reason.into())
    }

    fn conclude(mut self, verdict: Verdict, observed: String) -> Judgement {
        self.seqs.sort_unstable();
        self.seqs.dedup();
        Judgement {
            verdict,
            expected: self.expected,
            observed,
            seqs: self.seqs,
            measurements: self.measurements,
        }
    }
}

fn letters_sentence<S: AsRef<str>>(letters: &[S], what: &str) -> String {
    format!(
        "{} {what}: {}",
        count(letters.len(), "letter"),
        named(letters)
    )
}

/// Why something was not seen: an outage makes `error`, nothing done makes `not_tested`; a clear
/// refusal is an answer, and what it kept from happening is unmet.
fn absence(view: &RunView, test: &str, missing: &str) -> (Verdict, String) {
    if let Some(call) = lost_calls(view, test).first() {
        return (
            Verdict::Error,
            format!("{missing}; {} (seq {})", call.outcome(), call.seq),
        );
    }
    let step = view.failures(test).next();
    let refused = view.calls(test).into_iter().find(|call| is_refusal(call));
    match step {
        Some(step) if step.cause == "letters" => (Verdict::NotTested, step.error.clone()),
        Some(step) if step.cause == "environment" && refused.is_some() => {
            (Verdict::Fail, format!("{missing}; {}", step.error))
        }
        Some(step) => (Verdict::Error, format!("{missing}; {}", step.error)),
        None if view.exchanges(test).next().is_none() => {
            (Verdict::NotTested, format!("nothing was sent for {test}"))
        }
        None => (Verdict::Fail, missing.to_owned()),
    }
}

/// Calls of `test` that ended without an answer that allows a judgement: network, 5xx, 429,
/// 401, 403, or a body that cannot be read.
pub(super) fn lost_calls<'a>(view: &'a RunView, test: &str) -> Vec<&'a ExchangeFact> {
    let calls = view.calls(test);
    calls
        .into_iter()
        .filter(|call| is_lost(call))
        .filter(|call| !recovered(view, test, call))
        .collect()
}

/// True if no answer came that allows a judgement.
pub(super) fn is_lost(call: &ExchangeFact) -> bool {
    let refused = call.refused() || refused_by_the_storage(call);
    !call.succeeded() && !refused
}

/// True if the API clearly refused the request.
pub(super) fn is_refusal(call: &ExchangeFact) -> bool {
    call.refused() && call.route != Route::Other
}

/// A download that is refused is a finding about the letter, or a link that expired, and no outage.
fn refused_by_the_storage(call: &ExchangeFact) -> bool {
    let refused = call
        .status
        .is_some_and(|status| (400..500).contains(&status) && status != 429);
    call.route == Route::Other && refused && call.error.is_none()
}

/// A later success of the same route makes up for a lost call where the route has no effect of
/// its own (a token, a status, a read).
fn recovered(view: &RunView, test: &str, lost: &ExchangeFact) -> bool {
    let effectless = matches!(lost.route, Route::Token | Route::Status);
    effectless
        && view
            .exchanges(test)
            .any(|later| later.seq > lost.seq && later.route == lost.route && later.succeeded())
}

/// What a retry cost, if one was needed.
fn retried(view: &RunView, test: &str) -> Option<String> {
    let retries: Vec<&ExchangeFact> = view
        .exchanges(test)
        .filter(|fact| fact.attempt > 1 && fact.succeeded())
        .collect();
    let first = retries.first()?;
    let names: Vec<&str> = vec![first.route.name()];
    let retried = count(retries.len(), "call");
    Some(format!(
        "{retried} succeeded only after a retry, first {} (seq {})",
        names[0], first.seq
    ))
}
