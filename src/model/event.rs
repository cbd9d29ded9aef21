//! Everything a journal can say.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Allocation, Body, Change, CompletedPdf, Exchange, Judgement, LetterFacts, MiFacts, PdfCheck,
    RunFinished, RunStarted, Scope, Timestamp,
};

/// Version of the journal's form; stands in `run.started`.
pub const SCHEMA: u32 = 1;

/// One line of a journal; [`Line::read`] reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// 0, 1, 2 …
    pub seq: u64,
    /// When it was written.
    pub at: Timestamp,
    /// Lower-case hex SHA-256 of the line before, 64 zeros on the first.
    pub prev: String,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened; `kind` tells which. A new kind or field is read in `reading.rs`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind")]
pub enum Event {
    /// The run introduces itself.
    #[serde(rename = "run.started")]
    RunStarted(Box<RunStarted>),
    /// An interrupted run goes on.
    #[serde(rename = "run.resumed")]
    RunResumed {
        /// Bytes of a half-written line that moved to `journal.torn`.
        torn_bytes: u64,
    },
    /// The tester gave a description of the API, against which answers are held as well.
    #[serde(rename = "contract.given")]
    ContractGiven {
        /// The name of its file, without its folder.
        name: String,
        /// The description.
        body: Body,
    },
    /// Letters were reserved for the tests to come.
    #[serde(rename = "plan.made")]
    PlanMade {
        /// Which letters each test will use.
        allocations: Vec<Allocation>,
        /// Milliseconds of waiting for leases, as far as it can be known.
        waits_ms: u64,
        /// Requests, about.
        requests: u64,
        /// Letters that a test lacks: with any, no update is sent.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        shortages: Vec<String>,
        /// Tests that cannot be done for another reason, and why.
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        not_possible: BTreeMap<String, String>,
    },
    /// A deliberate fault is at work from here on.
    #[serde(rename = "fault.injected")]
    FaultInjected {
        /// Its id in the catalogue.
        fault: String,
        /// What it does.
        does: String,
    },
    /// A scenario begins.
    #[serde(rename = "scenario.started")]
    ScenarioStarted {
        /// Acceptance test and scenario.
        #[serde(flatten)]
        scope: Scope,
        /// The scenario's name.
        name: String,
        /// The feature's name.
        feature: String,
        /// The acceptance points its `Then` steps name.
        points: Vec<String>,
    },
    /// A step ended, or did not run.
    #[serde(rename = "step.finished")]
    StepFinished {
        /// Acceptance test and scenario.
        #[serde(flatten)]
        scope: Scope,
        /// The step as the feature spells it, keyword included.
        step: String,
        /// `passed`, `failed` or `not_run`.
        outcome: String,
        /// Why it failed.
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<String>,
        /// What it failed of: `environment`, `tool` or `supplier`.
        #[serde(skip_serializing_if = "Option::is_none")]
        cause: Option<String>,
    },
    /// A token was issued.
    #[serde(rename = "token.issued")]
    TokenIssued {
        /// The exchange that brought it.
        exchange: u64,
        /// The token, redacted.
        token: String,
        /// Seconds it lives.
        expires_in_s: u64,
    },
    /// A request and its answer.
    #[serde(rename = "exchange")]
    Exchange(Box<Exchange>),
    /// GET `/letters` answered.
    #[serde(rename = "letters.listed")]
    LettersListed {
        /// The exchange that brought it.
        exchange: u64,
        /// Acceptance test and scenario.
        #[serde(flatten)]
        scope: Scope,
        /// The limit asked for, if one was.
        #[serde(skip_serializing_if = "Option::is_none")]
        limit: Option<String>,
        /// The letters, in the order of the answer.
        letters: Vec<LetterFacts>,
    },
    /// Letters were chosen for an acceptance test.
    #[serde(rename = "letters.targeted")]
    LettersTargeted {
        /// Acceptance test and scenario.
        #[serde(flatten)]
        scope: Scope,
        /// The status they should get.
        status: String,
        /// Their ids.
        letters: Vec<String>,
    },
    /// Letters that the supplier took out of PENDING before, mostly in earlier runs, as its ledger
    /// knows them: no list can bring them any more.
    #[serde(rename = "letters.spent")]
    LettersSpent {
        /// Acceptance test and scenario.
        #[serde(flatten)]
        scope: Scope,
        /// Their ids.
        letters: Vec<String>,
    },
    /// GET `/letters/{id}` answered.
    #[serde(rename = "status.observed")]
    StatusObserved {
        /// The exchange that brought it.
        exchange: u64,
        /// Acceptance test and scenario.
        #[serde(flatten)]
        scope: Scope,
        /// What the service said of the letter.
        letter: LetterFacts,
    },
    /// The supplier's processing took a letter on.
    #[serde(rename = "job.created")]
    JobCreated {
        /// Acceptance test and scenario.
        #[serde(flatten)]
        scope: Scope,
        /// The letter.
        letter: String,
        /// The job.
        job: String,
        /// The `letters.listed` that brought the letter.
        list: u64,
    },
    /// The supplier's processing knew the letter already.
    #[serde(rename = "job.ignored")]
    JobIgnored {
        /// Acceptance test and scenario.
        #[serde(flatten)]
        scope: Scope,
        /// The letter.
        letter: String,
        /// The job it has.
        job: String,
        /// The run that made that job.
        run: String,
        /// The `letters.listed` that brought the letter again.
        list: u64,
    },
    /// A letter's PDF was fetched and checked, or could not be fetched.
    #[serde(rename = "pdf.checked")]
    PdfChecked {
        /// Acceptance test and scenario.
        #[serde(flatten)]
        scope: Scope,
        /// The letter.
        letter: String,
        /// The exchange with the storage.
        exchange: u64,
        /// Lower-case hex SHA-256 of the bytes that came; absent if there is no PDF.
        #[serde(skip_serializing_if = "Option::is_none")]
        sha256: Option<String>,
        /// How many bytes came.
        bytes: u64,
        /// The hash that the service names for this letter.
        #[serde(skip_serializing_if = "Option::is_none")]
        expected_sha256: Option<String>,
        /// Every check, in order.
        checks: Vec<PdfCheck>,
        /// Microseconds that the checks took.
        us: u64,
        /// The `pdf.checked` of the same PDF that these checks complete. Runs now write
        /// `pdf.completed` instead; older journals have this.
        #[serde(skip_serializing_if = "Option::is_none")]
        follows: Option<u64>,
    },
    /// The checks of PDFs for which AT15's clock has no time were made, with the same outcome for
    /// each of them: thousands of sound letters share a line.
    #[serde(rename = "pdf.completed")]
    PdfCompleted {
        /// Acceptance test and scenario.
        #[serde(flatten)]
        scope: Scope,
        /// Every check, in order.
        checks: Vec<PdfCheck>,
        /// The PDFs.
        pdfs: Vec<CompletedPdf>,
    },
    /// Management information was submitted, now or in an earlier run of the same day.
    #[serde(rename = "mi.submitted")]
    MiSubmitted {
        /// Acceptance test and scenario.
        #[serde(flatten)]
        scope: Scope,
        /// The run that submitted it.
        run: String,
        /// The exchange that did, if it was this run.
        #[serde(skip_serializing_if = "Option::is_none")]
        exchange: Option<u64>,
        /// The id that the service gave it.
        mi: String,
        /// What was submitted, and for which letters.
        #[serde(flatten)]
        facts: MiFacts,
    },
    /// Management information that an earlier run sent and of which nobody knows whether it
    /// arrived: it is not sent again.
    #[serde(rename = "mi.unclear")]
    MiUnclear {
        /// Acceptance test and scenario.
        #[serde(flatten)]
        scope: Scope,
        /// The run that sent it.
        run: String,
        /// What was sent, and for which letters.
        #[serde(flatten)]
        facts: MiFacts,
    },
    /// A wait, and why.
    #[serde(rename = "wait")]
    Wait {
        /// Acceptance test and scenario.
        #[serde(flatten)]
        scope: Scope,
        /// What was waited for.
        reason: String,
        /// Milliseconds.
        ms: u64,
    },
    /// How long something took.
    #[serde(rename = "timing")]
    Timing {
        /// Acceptance test and scenario.
        #[serde(flatten)]
        scope: Scope,
        /// What was timed.
        name: String,
        /// Microseconds.
        us: u64,
        /// The first event of what was timed.
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<u64>,
        /// The last event of what was timed.
        #[serde(skip_serializing_if = "Option::is_none")]
        to: Option<u64>,
    },
    /// Something a reader should know.
    #[serde(rename = "note")]
    Note {
        /// Acceptance test and scenario.
        #[serde(flatten)]
        scope: Scope,
        /// What.
        text: String,
    },
    /// An update or management information is about to be sent.
    #[serde(rename = "intent")]
    Intent {
        /// Acceptance test and scenario.
        #[serde(flatten)]
        scope: Scope,
        /// The changes, in the order of the request.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        changes: Vec<Change>,
        /// The management information, if that is what is about to be sent.
        #[serde(skip_serializing_if = "Option::is_none")]
        mi: Option<Box<MiFacts>>,
    },
    /// A point was judged on every line before this one.
    #[serde(rename = "criterion.judged")]
    CriterionJudged {
        /// Acceptance test and scenario; no scenario in the last round.
        #[serde(flatten)]
        scope: Scope,
        /// The acceptance point.
        point: String,
        /// The judgement.
        #[serde(flatten)]
        judgement: Judgement,
    },
    /// A scenario ended.
    #[serde(rename = "scenario.finished")]
    ScenarioFinished {
        /// Acceptance test and scenario.
        #[serde(flatten)]
        scope: Scope,
        /// `passed` if every step ran, else `failed`.
        outcome: String,
    },
    /// The run ended.
    #[serde(rename = "run.finished")]
    RunFinished(RunFinished),
    /// A kind this version does not know: kept in the chain, read over.
    Unknown,
}

impl Event {
    /// The acceptance test and scenario that the event belongs to, if it is of a kind that has
    /// any.
    pub const fn scope(&self) -> Option<&Scope> {
        match self {
            Self::ScenarioStarted { scope, .. }
            | Self::StepFinished { scope, .. }
            | Self::LettersListed { scope, .. }
            | Self::LettersTargeted { scope, .. }
            | Self::LettersSpent { scope, .. }
            | Self::StatusObserved { scope, .. }
            | Self::JobCreated { scope, .. }
            | Self::JobIgnored { scope, .. }
            | Self::PdfChecked { scope, .. }
            | Self::PdfCompleted { scope, .. }
            | Self::MiSubmitted { scope, .. }
            | Self::MiUnclear { scope, .. }
            | Self::Wait { scope, .. }
            | Self::Timing { scope, .. }
            | Self::Note { scope, .. }
            | Self::Intent { scope, .. }
            | Self::CriterionJudged { scope, .. }
            | Self::ScenarioFinished { scope, .. } => Some(scope),
            Self::Exchange(exchange) => Some(&exchange.scope),
            Self::RunStarted(_)
            | Self::RunResumed { .. }
            | Self::ContractGiven { .. }
            | Self::PlanMade { .. }
            | Self::FaultInjected { .. }
            | Self::TokenIssued { .. }
            | Self::RunFinished(_)
            | Self::Unknown => None,
        }
    }
}
