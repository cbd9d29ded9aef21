//! `--fault`: deliberate wrongs by name.

use crate::evidence::{EvidenceError, RunDir};
use crate::faults::{Deed, FAULTS, Fault, Side, fault, mix};
use crate::simulator;
use crate::world::Conduct;

use super::config::nearest;

/// A name that is none of a fault, or of one that cannot be made here.
#[derive(Debug, thiserror::Error)]
pub enum FaultNameError {
    /// There is no such fault.
    #[error(
        "there is no fault called {name:?}; did you mean {nearest}? `letterproof selftest --list` names them all"
    )]
    Unknown {
        /// What was named.
        name: String,
        /// The nearest that there is.
        nearest: &'static str,
    },
    /// The simulator can only do what a service can.
    #[error(
        "{0} is no fault of the service, and the simulator is nothing else: `letterproof run --fault {0}` makes it"
    )]
    NotTheService(&'static str),
}

/// The faults called `names`; `mix:7` are those of the mix number 7.
///
/// # Errors
/// A name that there is not.
pub(super) fn named(names: &[String]) -> Result<Vec<&'static Fault>, FaultNameError> {
    let mut faults = Vec::new();
    for name in names {
        match name.strip_prefix("mix:").map(str::parse) {
            Some(Ok(seed)) => faults.extend(mix(seed)),
            _ => faults.push(fault(name).ok_or_else(|| unknown(name))?),
        }
    }
    Ok(faults)
}

/// That there is no fault of this name.
pub(super) fn unknown(name: &str) -> FaultNameError {
    let all = FAULTS.iter().map(|fault| fault.id);
    FaultNameError::Unknown {
        name: name.to_owned(),
        nearest: nearest::nearest(name, all).unwrap_or_default(),
    }
}

/// What a simulator on its own does of the faults called `names`.
///
/// # Errors
/// A name that there is not, or of a fault that is not the service's.
pub(super) fn served(names: &[String]) -> Result<Vec<simulator::Fault>, FaultNameError> {
    let faults = named(names)?;
    let is_served = |fault: &&Fault| matches!(fault.side(), Side::Service | Side::Environment);
    match faults.iter().find(|fault| !is_served(fault)) {
        Some(fault) => Err(FaultNameError::NotTheService(fault.id)),
        None => Ok(of_the_service(&faults)),
    }
}

/// What the simulator does of them.
pub(super) fn of_the_service(faults: &[&Fault]) -> Vec<simulator::Fault> {
    let wrongs = faults.iter().flat_map(|fault| match fault.deed {
        Deed::Service(wrongs) | Deed::Outage(wrongs) => wrongs,
        Deed::Supplier(_) | Deed::Journal(_) => &[],
    });
    wrongs.copied().collect()
}

/// What the reference supplier does of them.
pub(super) fn conduct(faults: &[&Fault]) -> Conduct {
    let slips = faults.iter().filter_map(|fault| match fault.deed {
        Deed::Supplier(slip) => Some(slip),
        Deed::Service(_) | Deed::Outage(_) | Deed::Journal(_) => None,
    });
    Conduct::with(slips.collect())
}

/// What somebody does of them to the sealed run in `dir`; true if there is anything to do.
///
/// # Errors
/// If the run's files cannot be read or written.
pub(super) fn forge(faults: &[&Fault], dir: &RunDir) -> Result<bool, EvidenceError> {
    let mut forged = false;
    for fault in faults {
        if let Deed::Journal(forgery) = fault.deed {
            forgery.commit(dir)?;
            forged = true;
        }
    }
    Ok(forged)
}
