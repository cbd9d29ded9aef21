//! What a deliberate wrong is.

use crate::simulator;
use crate::world::Slip;

use super::Forgery;

/// A deliberate wrong.
#[derive(Debug)]
pub struct Fault {
    /// `bulk-item-lost`.
    pub id: &'static str,
    /// What it does, as a sentence begins: `the service loses …`.
    pub does: &'static str,
    /// Who does it.
    pub deed: Deed,
    /// What must come of it.
    pub outcome: Outcome,
}

/// Who goes wrong, and how.
#[derive(Clone, Copy, Debug)]
pub enum Deed {
    /// The service.
    Service(&'static [simulator::Fault]),
    /// The service or the way to it is out of order.
    Outage(&'static [simulator::Fault]),
    /// The supplier.
    Supplier(Slip),
    /// Somebody who comes after the run.
    Journal(Forgery),
}

/// On whose side a fault lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The service does something wrong.
    Service,
    /// The service or the way to it is out of order.
    Environment,
    /// The supplier does something wrong.
    Supplier,
    /// Somebody changes the journal afterwards.
    Journal,
}

/// What must come of a fault: exactly this, and nothing else changes colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Points that `fail`.
    pub red: &'static [&'static str],
    /// Points that can no longer be judged: `error` or `not_tested`.
    pub open: &'static [&'static str],
    /// What finds the evidence itself wanting.
    pub caught: Option<Caught>,
}

/// What finds that a journal was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Caught {
    /// `verify` by itself.
    Verify,
    /// `verify --head` alone: chain, seal and verdicts fit each other.
    Head,
}

impl Fault {
    /// On whose side it lies.
    pub fn side(&self) -> Side {
        match self.deed {
            Deed::Service(_) => Side::Service,
            Deed::Outage(_) => Side::Environment,
            Deed::Supplier(_) => Side::Supplier,
            Deed::Journal(_) => Side::Journal,
        }
    }
}

impl Side {
    /// As results spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Environment => "environment",
            Self::Supplier => "supplier",
            Self::Journal => "journal",
        }
    }
}

impl Outcome {
    /// These points turn red.
    pub const fn red(red: &'static [&'static str]) -> Self {
        Self {
            red,
            open: &[],
            caught: None,
        }
    }
}
