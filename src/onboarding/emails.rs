//! Registration, being ready, windows, going live.

use crate::mail::Draft;
use crate::model::count;

use super::Parties;

/// The two test windows and what surrounds them; days as `2026-12-07`, `None` where not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WindowDays {
    /// The first of the 90 days.
    pub onboarding_starts: Option<String>,
    /// The last of the 90 days.
    pub onboarding_ends: Option<String>,
    /// First and last day of the first window.
    pub first: Option<(String, String)>,
    /// First and last day of the second window.
    pub second: Option<(String, String)>,
    /// Complete passes of AT15, each with a seeding of its own.
    pub passes: u64,
    /// Letters of one seeding.
    pub letters: u64,
}

/// What an application to go live names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoLive {
    /// The production application's name in the developer portal.
    pub application: Option<String>,
    /// The production application's id.
    pub application_id: Option<String>,
    /// Letters that the supplier proposes for the smoke test.
    pub letters: Option<u32>,
}

/// "Prepare your integration": the application's id, so that it is registered to INT.
pub fn register(parties: &Parties, application_id: Option<&str>, kid: &str) -> Draft {
    let supplier = parties.supplier();
    let id = application_id.unwrap_or("[APIM Application ID]");
    let text = format!(
        "please register our application to the integration environment (INT) of the NHS Notify Supplier API.

Supplier:             {supplier}
APIM Application ID:  {id}
Environment:          integration test
API:                  NHS Notify Supplier API (integration environment)
Public key:           uploaded to the application as a JWKS, kid {kid}

Please tell us when the registration has been made, so that we can make our first call."
    );
    parties.draft("registration of our application to INT", &text)
}

/// "Complete integration testing": ready to start.
pub fn ready(
    parties: &Parties,
    application_id: Option<&str>,
    first: Option<&(String, String)>,
) -> Draft {
    let id = application_id.unwrap_or("[APIM Application ID]");
    let window = span(first, "[first and last day]");
    let text = format!(
        "we are ready to start integration testing with the NHS Notify Supplier API.

APIM Application ID:  {id}
Connection:           our application gets a token on INT and its calls are answered
First test window:    {window}
Test manager:         [name, telephone]
Tester:               [name, telephone]

Before the window begins, please seed INT with our letters, all of them PENDING, and tell us how many there are of each specification and group. For AT11 we ask for the list of letter ids to cancel."
    );
    parties.draft("ready to start integration testing", &text)
}

/// "Agreeing two one-week testing windows".
pub fn windows(parties: &Parties, days: &WindowDays) -> Draft {
    let first = span(days.first.as_ref(), "[a week: first and last day]");
    let second = span(days.second.as_ref(), "[a week: first and last day]");
    let letters = count(days.letters as usize, "letter");
    let passes = count(days.passes as usize, "pass");
    let seedings = count(days.passes as usize, "further seeding");
    let text = format!(
        "we propose these two test windows of one week each.

First window:         {first}
Second window:        {second}
{}
In each window we ask for one seeding of {letters} before it begins. The performance test (AT15) uses up every letter it finds: for its {passes} we ask for {seedings}, one at a time, each after we have told you that the last pass is over, and without deliberate defects.

Please confirm the two weeks, or name others, and tell us whom we reach on those days.",
        ninety_days(days)
    );
    parties.draft("proposal for our two test windows", &text)
}

/// "Apply to go live".
pub fn go_live(parties: &Parties, facts: &GoLive) -> Draft {
    let application = facts
        .application
        .as_deref()
        .unwrap_or("[production application's name]");
    let id = facts
        .application_id
        .as_deref()
        .unwrap_or("[production APIM Application ID]");
    let letters = facts.letters.map_or_else(
        || "[number, at most 5]".to_owned(),
        |count| count.to_string(),
    );
    let text = format!(
        "we apply to go live with the NHS Notify Supplier API.

Production application:      {application}
Production Application ID:   {id}
Call-off contract:           signed on [day]
Acceptance Test Pack:        evidence handed in on [day], accepted on [day]
Specification proofs:        approved on [day]
Letters for the smoke test:  {letters}
Proposed smoke test:         [day and time]

Please configure our access to production, tell us how many letters you will make available for the smoke test, and where to send what we print of them."
    );
    parties.draft("application to go live", &text)
}

fn ninety_days(days: &WindowDays) -> String {
    match (&days.onboarding_starts, &days.onboarding_ends) {
        (Some(from), Some(to)) => format!("90 days of onboarding: {from} to {to}\n"),
        _ => String::new(),
    }
}

fn span(days: Option<&(String, String)>, unknown: &str) -> String {
    days.map_or_else(
        || unknown.to_owned(),
        |(from, to)| format!("{from} to {to}"),
    )
}
