//! `--fault`: deliberate wrongs by name.

use crate::faults::{Deed, FAULTS, Fault, fault, mix};
use crate::simulator;
use crate::world::{Conduct, Slip};

use super::CliError;

/// The faults called `names`; `mix:7` are those of the mix number 7.
///
/// # Errors
/// A name that there is not.
pub(super) fn named(names: &[String]) -> Result<Vec<&'static Fault>, CliError> {
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
pub(super) fn unknown(name: &str) -> CliError {
    let nearest = super::config::nearest::nearest(name, FAULTS.iter().map(|fault| fault.id));
    CliError::NoSuchFault {
        name: name.to_owned(),
        nearest: nearest.map(str::to_owned),
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
    Conduct::with(slips.collect::<Vec<Slip>>())
}
