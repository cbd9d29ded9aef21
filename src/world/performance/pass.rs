//! One pass over all letters, and its time.

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::client::{Began, Supplier};
use crate::model::Event;

use super::super::{Context, StepError};
use super::NAME;
use super::fetch::{Fetcher, Place, Tally};
use super::list::{AllListed, Lister};
use super::rest::check_the_rest;
use super::spool::Spool;

/// Batches that wait to be fetched, besides the one in hand and the one whose lister waits.
const BATCHES_AHEAD: usize = 1;

/// What a pass brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    /// Letters listed.
    pub letters: u64,
    /// Letters that could not be fetched; those without a PDF are none of them.
    pub failed: u64,
    /// Microseconds from the first GET `/letters` to the last checked PDF; none if the pass is
    /// not complete.
    pub us: Option<u64>,
}

/// Lists, accepts, fetches and checks every letter there is, and journals how long it took. What
/// the clock has no time for is checked after it.
///
/// # Errors
/// If there is no letter, if a list or an update fails, if too many letters fail, or if the
/// journal cannot be written.
pub async fn pass(
    context: &Arc<Context>,
    supplier: &Supplier,
    number: u64,
) -> Result<Pass, StepError> {
    // The clock is for letters, not for a token.
    supplier.authenticate().await?;
    let name = format!("{NAME} {number}");
    let bar = context.progress.bar(&name, context.performance.letters);
    let (batches, accepted) = mpsc::channel(BATCHES_AHEAD);
    let spool = Arc::new(Spool::within(context.journal.dir().path()));
    let fetching = Fetcher::new(context, supplier, bar.clone(), &spool).run(accepted);
    let listing = async {
        let listed = Lister::new(context, supplier).run(batches).await?;
        bar.set_total(listed.letters);
        Ok::<_, StepError>(listed)
    };
    let (listed, tally) = tokio::join!(listing, fetching);
    let (mut tally, listed) = (tally?, listed?);
    if let Some(error) = tally.given_up() {
        return Err(error.into());
    }
    let (Some(first), Some(last)) = (listed.first, tally.last) else {
        return Err(StepError::Letters(format!(
            "{name}: GET /letters lists no letter whose PDF could be asked for"
        )));
    };
    let downloaded = std::mem::take(&mut tally.downloaded);
    let pass = ended(context, supplier, &name, &listed, &tally, (first, last))?;
    drop(bar);
    if pass.us.is_some() {
        check_the_rest(context, supplier, &name, downloaded, spool).await?;
    }
    Ok(pass)
}

fn ended(
    context: &Context,
    supplier: &Supplier,
    name: &str,
    listed: &AllListed,
    tally: &Tally,
    (first, (to, at)): (Began, Place),
) -> Result<Pass, StepError> {
    let us = u64::try_from(at.micros_since(first.sent)).unwrap_or(0);
    let complete = tally.checked == listed.letters;
    if complete {
        context.journal.append(&Event::Timing {
            scope: supplier.scope().clone(),
            name: name.to_owned(),
            us,
            from: Some(first.exchange),
            to: Some(to),
        })?;
    }
    Ok(Pass {
        letters: listed.letters,
        failed: tally.failed.len() as u64,
        us: complete.then_some(us),
    })
}
