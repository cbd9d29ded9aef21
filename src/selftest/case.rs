//! One run of the matrix: a fault, or a mix of some.

use std::collections::BTreeSet;

use crate::faults::{Caught, Deed, FAULTS, Fault, Forgery, Side, fault, mix};
use crate::simulator::Since;

/// Mixes that the matrix holds besides the single faults.
const MIXES: u64 = 3;

/// What is done in one run, and what must come of it.
#[derive(Clone, Debug)]
pub struct Case {
    /// `bulk-item-lost`, `mix:1`.
    pub name: String,
    /// What it does.
    pub does: String,
    /// On whose side it lies.
    pub side: Side,
    /// Points that must fail.
    pub red: BTreeSet<&'static str>,
    /// Points that must be open: `error` or `not_tested`.
    pub open: BTreeSet<&'static str>,
    /// What must find the evidence wanting.
    pub caught: Option<Caught>,
    /// AT15 is run too. Its letters are seeded anew, which ends every fault but its own.
    pub with_at15: bool,
    /// What is done to the journal of an honest run, if that is the fault.
    pub forgery: Option<Forgery>,
}

impl Case {
    /// True if its run judges `point`.
    pub fn covers(&self, point: &str) -> bool {
        self.with_at15 || !point.starts_with("AT15.")
    }

    fn of(fault: &Fault) -> Self {
        Self {
            name: fault.id.to_owned(),
            does: fault.does.to_owned(),
            side: fault.side(),
            red: fault.outcome.red.iter().copied().collect(),
            open: fault.outcome.open.iter().copied().collect(),
            caught: fault.outcome.caught,
            with_at15: touches_at15(fault.outcome.red)
                || touches_at15(fault.outcome.open)
                || strikes_in_at15(fault),
            forgery: match fault.deed {
                Deed::Journal(forgery) => Some(forgery),
                _ => None,
            },
        }
    }

    fn mixed(seed: u64) -> Self {
        let faults = mix(seed);
        let names: Vec<&str> = faults.iter().map(|fault| fault.id).collect();
        let sides = faults.iter().map(|fault| fault.side());
        Self {
            name: format!("mix:{seed}"),
            does: names.join(" + "),
            side: sides.max().unwrap_or(Side::Service),
            red: faults
                .iter()
                .flat_map(|fault| fault.outcome.red)
                .copied()
                .collect(),
            open: BTreeSet::new(),
            caught: None,
            with_at15: true,
            forgery: None,
        }
    }
}

fn strikes_in_at15(fault: &Fault) -> bool {
    let wrongs = match fault.deed {
        Deed::Service(wrongs) | Deed::Outage(wrongs) => wrongs,
        Deed::Supplier(_) | Deed::Journal(_) => &[],
    };
    wrongs.iter().any(|wrong| wrong.since == Since::Reseeding)
}

fn touches_at15(points: &[&str]) -> bool {
    points.iter().any(|point| point.starts_with("AT15."))
}

/// The case called `name`: a fault, or `mix:7` for the mix number 7.
pub fn case(name: &str) -> Option<Case> {
    match name.strip_prefix("mix:") {
        Some(seed) => seed.parse().ok().map(Case::mixed),
        None => fault(name).map(Case::of),
    }
}

/// All cases: every fault of the catalogue, and some mixes.
pub fn cases() -> Vec<Case> {
    let mixes = (1..=MIXES).map(Case::mixed);
    FAULTS.iter().map(Case::of).chain(mixes).collect()
}
