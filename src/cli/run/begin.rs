//! The journal of a run: a new one, or that of a run that was interrupted.

use std::collections::HashSet;
use std::path::Path;

use crate::audit::read_introduction;
use crate::cli::CliError;
use crate::cli::args::Common;
use crate::engine::History;
use crate::evidence::{Journal, Redactor, RunDir};
use crate::ledger::Ledger;
use crate::model::{Event, RunStarted};

use super::prepare::Prepared;

/// The folder of the run that `--resume` names, by folder or by id, and how it introduced itself.
///
/// # Errors
/// If there is no such run, or it has its seal already.
pub(super) fn interrupted_run(
    run: &Path,
    common: &Common,
) -> Result<(RunDir, RunStarted), CliError> {
    let dir = RunDir::named(run, &common.evidence_dir);
    if dir.seal().exists() {
        return Err(CliError::Complete(dir.path().to_owned()));
    }
    let started = read_introduction(&dir)?;
    Ok((dir, started))
}

/// Makes the journal of a new run, or goes on with that of an interrupted one.
///
/// # Errors
/// If files cannot be made or read, or the journal does not hold.
pub(super) fn open(
    prepared: &Prepared,
    common: &Common,
) -> Result<(RunDir, Journal, History), CliError> {
    let redactor = Redactor::default();
    let Some(dir) = prepared.resumed.clone() else {
        let dir = RunDir::create(&common.evidence_dir, &prepared.run_id)?;
        let journal = Journal::create(dir.clone(), redactor)?;
        return Ok((dir, journal, History::default()));
    };
    let (journal, torn_bytes) = Journal::reopen(dir.clone(), redactor)?;
    let mut history = History::of(&dir)?;
    history.torn_bytes = torn_bytes;
    Ok((dir, journal, history))
}

/// Writes how the run begins, or that it goes on.
///
/// # Errors
/// If the journal cannot be written.
pub(super) fn introduce(
    journal: &Journal,
    prepared: &Prepared,
    history: &History,
    started: RunStarted,
) -> Result<(), CliError> {
    let event = match prepared.resumed {
        Some(_) if history.finished => return Ok(()),
        Some(_) => Event::RunResumed {
            torn_bytes: history.torn_bytes,
        },
        None => Event::RunStarted(Box::new(started)),
    };
    journal.append(&event)?;
    for fault in &prepared.faults {
        journal.append(&Event::FaultInjected {
            fault: fault.id.to_owned(),
            does: fault.does.to_owned(),
        })?;
    }
    Ok(())
}

/// An interrupted run goes on with the ledger it was made with: another one would know neither
/// its jobs nor what was dispatched.
///
/// # Errors
/// If the ledger knows none of the letters that the run's journal lists, or cannot be read.
pub(super) fn hold_ledger_against(
    history: &History,
    ledger: &Ledger,
    prepared: &Prepared,
) -> Result<(), CliError> {
    let listed = history.stock.all();
    // A run may be killed after its first list and before it could remember the letters.
    if listed.is_empty() || ledger.knows_run(&prepared.run_id)? {
        return Ok(());
    }
    let known: HashSet<String> = ledger
        .letters()?
        .into_iter()
        .map(|letter| letter.id)
        .collect();
    if listed.iter().any(|letter| known.contains(&letter.id)) {
        return Ok(());
    }
    Err(CliError::OtherLedger(prepared.ledger.clone()))
}
