//! AT15: every letter listed, accepted, fetched and checked, as fast as the quota allows.
//!
//! A pass is two things at once. One lists and accepts, 500 letters at a time, and runs at most
//! a batch or two ahead; the other fetches and checks what was accepted. So the next list is
//! fetched while PDFs of the batch before arrive, and the pace is used all the time; the memory
//! in use depends on how many are fetched at once, not on how many there are. The clock has time
//! for the cheap checks of a PDF alone; the rest follow when it has stopped.

mod fetch;
mod list;
mod pass;
mod rest;
mod spool;

use std::sync::Arc;

use crate::client::Supplier;
use crate::evidence::{EvidenceError, Reader};
use crate::model::{Event, Scope};

use super::{Context, StepError};
pub use pass::{Pass, pass};
pub(super) use spool::{Kept, Spool};

/// What the `timing` of a complete pass is called, before its number.
const NAME: &str = "AT15 pass";

/// Who seeds letters on INT (acceptance-pack, "What a supplier hands in").
const NOTIFY: &str = "england.nhsnotifysuppliers@nhs.net";

/// What AT15 must know of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Performance {
    /// Complete passes that the run is to make.
    pub passes: u64,
    /// No other test is in the run's scope.
    pub alone: bool,
    /// Letters that a seeding brings, as far as is known; only progress depends on it.
    pub letters: u64,
}

impl Default for Performance {
    /// Three passes over the 2,510 letters of INT (acceptance-pack, "Data" and AT15).
    fn default() -> Self {
        Self {
            passes: 3,
            alone: false,
            letters: 2_510,
        }
    }
}

/// Makes the passes that are still missing of `wanted`, each over a new seeding.
///
/// A pass in which a letter could not be fetched is not complete; that is for the criteria to
/// judge, and the next begins all the same.
///
/// # Errors
/// If NHS Notify must seed letters first, if a pass breaks off, or if the journal cannot be
/// written.
pub async fn passes(
    context: &Arc<Context>,
    supplier: &Supplier,
    wanted: u64,
) -> Result<(), StepError> {
    let done = complete_passes(context, supplier.scope())?;
    for number in done + 1..=context.conduct.passes(wanted) {
        let anew = seeded_anew(context, supplier.scope(), number).await?;
        if !anew {
            let spent = number > done + 1;
            seeded_elsewhere(context, supplier.scope(), spent, wanted)?;
        }
        match pass(context, supplier, number).await {
            // Gone on with before the new seeding was there.
            Err(StepError::Letters(_)) if !anew && number > 1 => {
                return seeded_elsewhere(context, supplier.scope(), true, wanted);
            }
            made => drop(made?),
        }
    }
    Ok(())
}

/// How many complete passes the journal holds: also those before an interruption.
///
/// # Errors
/// If the journal cannot be read.
pub fn complete_passes(context: &Context, scope: &Scope) -> Result<u64, EvidenceError> {
    let path = context.journal.dir().journal();
    let mut count = 0;
    for read in Reader::open(&path)? {
        let read = read.map_err(|fault| EvidenceError::Journal {
            path: path.clone(),
            fault,
        })?;
        if let Event::Timing {
            scope: of, name, ..
        } = &read.line.event
        {
            count += u64::from(of.test == scope.test && name.starts_with(NAME));
        }
    }
    Ok(count)
}

/// Only NHS Notify seeds this target: once a run, and for AT15 alone.
fn seeded_elsewhere(
    context: &Context,
    scope: &Scope,
    spent: bool,
    wanted: u64,
) -> Result<(), StepError> {
    if !context.performance.alone {
        return Err(StepError::LeftOut(
            "AT15 is a run of its own (--only AT15): it needs the letters seeded three times"
                .to_owned(),
        ));
    }
    if !spent {
        return Ok(());
    }
    let done = complete_passes(context, scope)?;
    let why = format!(
        "{done} of {wanted} complete passes are made and their letters are spent; ask NHS Notify \
         ({NOTIFY}) to seed {} letters anew for AT15, without defects, and go on with --resume {} \
         once they are listed",
        context.performance.letters, context.run_id
    );
    context.suspend(&why);
    Err(StepError::Paused(why))
}

async fn seeded_anew(context: &Context, scope: &Scope, number: u64) -> Result<bool, StepError> {
    let anew = context.seedings.reseed().await?;
    if anew {
        context.journal.append(&Event::Note {
            scope: scope.clone(),
            text: format!("{NAME} {number}: the target's letters were seeded anew before it"),
        })?;
    }
    Ok(anew)
}
