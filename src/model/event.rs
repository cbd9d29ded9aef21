//! Everything a journal can say.

use serde::{Deserialize, Serialize};

use super::{Change, Exchange, Judgement, LetterFacts, RunFinished, RunStarted, Scope, Timestamp};

/// Version of the journal's form; stands in `run.started`.
pub const SCHEMA: u32 = 1;

/// One line of a journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// What happened; `kind` tells which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum Event {
    /// The run introduces itself.
    #[serde(rename = "run.started")]
    RunStarted(Box<RunStarted>),
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
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
        /// What it failed of: `environment`, `tool` or `supplier`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
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
        #[serde(default, skip_serializing_if = "Option::is_none")]
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
    /// An update is about to be sent.
    #[serde(rename = "intent")]
    Intent {
        /// Acceptance test and scenario.
        #[serde(flatten)]
        scope: Scope,
        /// The changes, in the order of the request.
        changes: Vec<Change>,
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
    #[serde(other)]
    Unknown,
}
