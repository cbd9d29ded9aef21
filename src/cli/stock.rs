//! The letters that a plan can count on before anything is asked of the target.

use std::path::{Path, PathBuf};

use crate::acceptance::planner::{Request, StockLetter, seeded_stock};
use crate::ledger::{KnownLetter, Ledger};
use crate::targets::{Target, TargetKind};

use super::CliError;
use super::args::Common;
use super::config::Config;

/// Updates become visible on INT within about ten seconds (service behaviour, section 2).
const INT_SETTLES: std::time::Duration = std::time::Duration::from_secs(10);

/// Letters, and where they are known from.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub letters: Vec<StockLetter>,
    /// The ledger, if it knew letters; without one they are counts under made-up ids.
    pub ledger: Option<PathBuf>,
}

impl Known {
    /// `count` letters as INT seeds them.
    pub fn counted(count: u64) -> Self {
        Self {
            letters: seeded_stock(usize::try_from(count).unwrap_or(usize::MAX)),
            ledger: None,
        }
    }
}

/// The ledger of `target` unless a flag names another.
pub(super) fn ledger_path(given: Option<&Path>, common: &Common, target: &str) -> PathBuf {
    let usual = || common.evidence_dir.join(format!("ledger-{target}.sqlite"));
    given.map_or_else(usual, Path::to_owned)
}

/// The letters that the ledger at `path` knows; `None` if there is no such file, if it knows
/// none, or if they died with the simulator in an earlier process.
///
/// # Errors
/// If the file is there and cannot be read.
pub(super) fn from_ledger(path: &Path, target: &Target) -> Result<Option<Known>, CliError> {
    if target.is_in_process() || !path.is_file() {
        return Ok(None);
    }
    let known = Ledger::look(path)?.letters()?;
    let letters: Vec<StockLetter> = known.iter().filter_map(stock_letter).collect();
    Ok((!letters.is_empty()).then(|| Known {
        letters,
        ledger: Some(path.to_owned()),
    }))
}

fn stock_letter(known: &KnownLetter) -> Option<StockLetter> {
    Some(StockLetter {
        id: known.id.clone(),
        status: known.status.parse().ok()?,
        specification_id: known.specification.clone(),
        group_id: known.group_id.clone(),
        has_hash: known.has_hash,
        pdf: None,
    })
}

/// What to plan for `tests` on `target`; the sizes and lists are the caller's.
pub(super) fn request(config: &Config, target: &Target, tests: Vec<String>) -> Request {
    let supplier = &config.supplier;
    let usual = || INT_SETTLES.min(target.settle_timeout);
    Request {
        tests,
        sizes: config.sizes.by_name(),
        claimed: supplier.optional_statuses.clone(),
        rejects: supplier.rejects,
        accessible: supplier.accessible_specifications.clone(),
        lease: target.visibility_timeout,
        requests_per_second: target.requests_per_second,
        settle: target.simulator_settle.unwrap_or_else(usual),
        planner_may_cancel: target.kind == TargetKind::Local,
        ..Request::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Status;

    fn known(id: &str, status: &str) -> KnownLetter {
        KnownLetter {
            id: id.to_owned(),
            specification: Some("integration-specification-english".to_owned()),
            group_id: Some("group-english-a".to_owned()),
            has_hash: true,
            status: status.to_owned(),
            dispatched_on: None,
            run: String::new(),
        }
    }

    #[test]
    fn the_ledger_tells_where_letters_stand_unless_they_died_with_the_simulator() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.sqlite");
        let int = Target::documented(TargetKind::Int).unwrap();
        assert!(from_ledger(&path, &int).unwrap().is_none());
        assert!(!path.exists(), "looking makes no ledger");
        let mut ledger = Ledger::open(&path).unwrap();
        let letters = [known("A", "DISPATCHED"), known("B", "LOST IN SPACE")];
        ledger.note_letters("run-1", &letters).unwrap();
        drop(ledger);
        let found = from_ledger(&path, &int).unwrap().unwrap();
        assert_eq!(
            found.letters.len(),
            1,
            "a status that nobody knows leads nowhere"
        );
        assert_eq!(found.letters[0].status, Status::Dispatched);
        let local = Target::documented(TargetKind::Local).unwrap();
        assert!(from_ledger(&path, &local).unwrap().is_none());
    }
}
