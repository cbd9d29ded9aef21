//! Why a step could not be done.

use crate::client::{ClientError, FailureKind};
use crate::evidence::EvidenceError;
use crate::ledger::LedgerError;

/// A step failed. What that means for a point is for its criterion to say.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The service or the way to it.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The journal.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// There are not the letters that the step needs.
    #[error("{0}")]
    Letters(String),
    /// Nothing is to be done here, and nothing is wrong: it is not claimed, not planned, or has a
    /// run of its own.
    #[error("{0}")]
    LeftOut(String),
    /// What could be done is done; the run goes on later.
    #[error("{0}")]
    Paused(String),
    /// The simulator would not seed letters anew.
    #[error("POST {url} seeded no new letters: {reason}; is this a simulator (`letterproof sim`)?")]
    Seeding {
        /// Where it was asked.
        url: String,
        /// What went wrong.
        reason: String,
    },
    /// The plan could not be made, or lacks letters: nothing that needs it begins.
    #[error("{why}")]
    NoPlan {
        /// Why.
        why: String,
        /// Who is to blame.
        cause: Cause,
    },
    /// A task of ours ended early.
    #[error("a task of the tool ended early: {0}")]
    Task(#[from] tokio::task::JoinError),
}

/// Who is to blame, as the journal's `step.finished` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The service, the network, or the answers.
    Environment,
    /// This tool or this machine.
    Tool,
    /// A shortage of letters.
    Letters,
}

impl Cause {
    /// As the journal spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Cause::Environment => "environment",
            Cause::Tool => "tool",
            Cause::Letters => "letters",
        }
    }
}

impl StepError {
    /// True if something could not be kept: what would be done now could not be built upon.
    pub fn is_loss(&self) -> bool {
        match self {
            Self::Client(error) => error.kind() == FailureKind::Evidence,
            Self::Evidence(_) | Self::Ledger(_) => true,
            Self::NoPlan { cause, .. } => *cause == Cause::Tool,
            Self::Letters(_)
            | Self::LeftOut(_)
            | Self::Paused(_)
            | Self::Seeding { .. }
            | Self::Task(_) => false,
        }
    }

    /// What became of the step, as the person at the terminal reads it.
    pub fn outcome(&self) -> &'static str {
        match self {
            Self::LeftOut(_) => "left out",
            Self::Paused(_) => "paused",
            Self::NoPlan { .. } => "not begun",
            _ => "failed",
        }
    }

    /// Who is to blame.
    pub fn cause(&self) -> Cause {
        match self {
            Self::Client(error) if error.kind() == FailureKind::Evidence => Cause::Tool,
            Self::Client(_) | Self::Seeding { .. } => Cause::Environment,
            Self::Letters(_) | Self::LeftOut(_) | Self::Paused(_) => Cause::Letters,
            Self::NoPlan { cause, .. } => *cause,
            Self::Evidence(_) | Self::Ledger(_) | Self::Task(_) => Cause::Tool,
        }
    }
}
