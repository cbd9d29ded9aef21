//! Where a service is known to do otherwise than its documentation says.

use serde::Deserialize;

use super::TargetKind;
use super::target::{TargetError, read};

/// One known deviation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// What checks call it, such as `response-media-type`.
    pub id: String,
    /// Which targets it was seen on.
    on: Vec<TargetKind>,
    /// What it is about.
    pub about: String,
    /// What the documentation says.
    pub documented: String,
    /// What the service does.
    pub observed: String,
    /// Who says so.
    pub source: String,
    /// The day it was first seen, `2026-11-22`.
    pub since: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    deviation: Vec<Deviation>,
}

/// The deviations that are known of targets of `kind`.
pub(super) fn of(kind: TargetKind) -> Result<Vec<Deviation>, TargetError> {
    let file: File = read("deviations", include_str!("deviations.toml"))?;
    let mut known = file.deviation;
    known.retain(|deviation| deviation.on.contains(&kind));
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_deviation_has_a_name_of_its_own_a_source_and_a_day() {
        for kind in TargetKind::ALL {
            let known = of(kind).unwrap();
            let ids: BTreeSet<_> = known.iter().map(|one| one.id.as_str()).collect();
            assert_eq!(ids.len(), known.len());
            for one in known {
                assert_ne!(one.documented, one.observed, "{}", one.id);
                assert!(one.source.contains("service-behaviour.md"), "{}", one.id);
                assert_eq!(one.since.len(), 10);
            }
        }
    }
}
