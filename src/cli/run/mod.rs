//! `run`: acceptance tests against a target.

mod begin;
mod prepare;
mod seedings;
mod target;

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::sync::OnceCell;

use crate::acceptance::{RunResult, exit_code};
use crate::audit::read_result;
use crate::client::Waits;
use crate::engine::{Court, run_scenarios};
use crate::evidence::{EvidenceError, Journal, RunDir, write_seal};
use crate::faults::Fault;
use crate::ledger::Ledger;
use crate::model::{Event, RunFinished, Scope};
use crate::preflight::{Policy, Preflight};
use crate::progress::Progress;
use crate::report::{self, Look, Places};
use crate::world::{Assessor, Context, Leases};

use super::args::{Common, Format, RunArgs};
use super::output::print_styled;
use super::{CliError, ExitCode, faults, next};
use prepare::Prepared;
pub(super) use prepare::{seeded_letters, sizes};
use target::Driven;

/// Runs the selected acceptance tests and makes the reports.
///
/// # Errors
/// If nothing could be run, or what happened could not be written.
pub async fn run(
    args: &RunArgs,
    common: &Common,
    progress: &Progress,
) -> Result<ExitCode, CliError> {
    let prepared = Prepared::from(args, common)?;
    let dir = prepared.resumed.clone();
    let dir = dir.unwrap_or_else(|| RunDir::at(common.evidence_dir.join(&prepared.run_id)));
    let way_on = WayOn::of(&prepared, &dir, args, common);
    let run = tokio::select! {
        done = execute(prepared, common, progress) => done.map_err(|error| way_on.name_in(error)),
        () = interrupted() => Err(way_on.interrupted()),
    }?;
    let reports = match args.no_reports {
        true => Vec::new(),
        false => {
            let folder = common.reports_dir.join(&run.result.started.run_id);
            report::write_all(&run.dir, &run.result, &folder)?
        }
    };
    tell(&run, &reports, common, progress)
}

/// How a run that does not come to its end can go on.
struct WayOn {
    dir: RunDir,
    remedy: &'static str,
    next: String,
}

impl WayOn {
    fn of(prepared: &Prepared, dir: &RunDir, args: &RunArgs, common: &Common) -> Self {
        let (remedy, next) = match prepared.is_in_process() {
            true => ("its letters died with it", next::same_command()),
            false => (
                "go on with --resume",
                next::resume(dir.path(), args.ledger.as_deref(), common),
            ),
        };
        Self {
            dir: dir.clone(),
            remedy,
            next,
        }
    }

    fn interrupted(self) -> CliError {
        CliError::Interrupted {
            run: self.dir.path().to_owned(),
            remedy: self.remedy,
            next: self.next,
        }
    }

    /// A run that could not be kept may have begun, and then can go on.
    fn name_in(&self, error: CliError) -> CliError {
        let begun = || fs::metadata(self.dir.journal()).is_ok_and(|facts| facts.len() > 0);
        match error {
            CliError::Evidence(source)
                if matches!(
                    source,
                    EvidenceError::Io { .. } | EvidenceError::Stopped { .. }
                ) && begun() =>
            {
                CliError::BrokenOff {
                    source: Box::new(source),
                    run: self.dir.path().to_owned(),
                    remedy: self.remedy,
                    next: self.next.clone(),
                }
            }
            CliError::Suspended { why, .. } => CliError::Suspended {
                why,
                next: self.next.clone(),
            },
            error => error,
        }
    }
}

struct Done {
    faults: Vec<&'static Fault>,
    dir: RunDir,
    result: RunResult,
}

async fn execute(
    prepared: Prepared,
    common: &Common,
    progress: &Progress,
) -> Result<Done, CliError> {
    if prepared.resumed.is_none() {
        // Before anything is opened: a refused run must not empty the ledger of another.
        RunDir::vacant(&common.evidence_dir, &prepared.run_id)?;
    }
    let mut ledger = Ledger::open(&prepared.ledger)?.held_by(&prepared.run_id)?;
    if prepared.is_in_process() {
        ledger.clear()?;
    }
    if prepared.resumed.is_none() {
        ledger.note_run(&prepared.run_id)?;
    }
    let driven = Driven::start(&prepared).await?;
    let (dir, journal, history) = begin::open(&prepared, common)?;
    begin::hold_ledger_against(&history, &ledger, &prepared)?;
    let supplier = driven
        .supplier(&journal, &prepared)
        .inspect_err(|_| dir.discard_empty())?
        .with_waits(waits(progress));
    begin::introduce(
        &journal,
        &prepared,
        &history,
        prepared.introduction(&driven),
    )?;
    if let Some(given) = &prepared.openapi {
        given.keep(&journal)?;
    }
    for note in prepared.notes() {
        progress.line(&note);
        journal.append(&Event::Note {
            scope: Scope::default(),
            text: note,
        })?;
    }
    let court = Arc::new(Court::over(journal.clone())?);
    let leases = Leases::lasting(prepared.target.visibility_timeout)
        .after_earlier_runs(ledger.leased_for()?);
    if prepared.resumed.is_some() {
        // A list may have been answered just before the interruption, and nobody noted it.
        leases.list_answered();
    }
    let context = Arc::new(Context {
        run_id: prepared.run_id.to_string(),
        first_day: history.began.unwrap_or_else(|| journal.now()).date(),
        tests: prepared.tests(),
        conduct: faults::conduct(&prepared.faults),
        supplier,
        journal: journal.clone(),
        stock: history.stock.clone(),
        leases,
        settle_timeout: prepared.target.settle_timeout,
        agreed: prepared.agreed(),
        planner: Arc::new(prepared.planner()),
        budget: OnceCell::new_with(history.budget.clone()),
        unclear_mi: history.unclear_mi(),
        suspended: Mutex::default(),
        preflight: Arc::new(Preflight::new(Policy::built_in()?)),
        keep_pdfs: prepared.config.evidence.pdfs,
        performance: prepared.performance(),
        seedings: driven.seedings(&prepared),
        ledger: Arc::new(Mutex::new(ledger)),
        assessor: court.clone(),
        progress: progress.clone(),
        failure: Arc::default(),
    });
    if !history.finished {
        if prepared.resumed.is_some() {
            history.go_on(&context).await?;
        }
        run_scenarios(
            history.still_to_run(prepared.features.clone()),
            Arc::clone(&context),
        )
        .await?;
        if let Some(why) = context.suspension() {
            return Err(CliError::Suspended {
                why,
                next: next::same_command(),
            });
        }
        finish(&journal, &court, &prepared.points)?;
    }
    drop(context);
    // Its view of a full run is large, and what follows reads the journal anew.
    drop(court);
    driven.shutdown().await;
    write_seal(&dir, prepared.signing_key.as_ref())?;
    let result = read_result(&dir)?;
    Ok(Done {
        faults: prepared.faults,
        dir,
        result,
    })
}

/// Judges every point in scope once more over the whole journal: what must not happen later can
/// only be judged now.
fn finish(journal: &Journal, court: &Court, points: &[String]) -> Result<(), CliError> {
    for point in points {
        let test = point.split('.').next().map(str::to_owned);
        court.assess(
            &Scope {
                test,
                scenario: None,
            },
            point,
        )?;
    }
    let result = court.with_view(|view| RunResult::of(view, ""))?;
    let points = result.map(|result| result.points).unwrap_or_default();
    let verdicts = points
        .iter()
        .map(|point| (point.id.clone(), point.judgement.verdict))
        .collect();
    let exit_code = exit_code(
        points
            .iter()
            .map(|point| (point.judgement.verdict, point.level)),
    );
    journal.append(&Event::RunFinished(RunFinished {
        verdicts,
        exit_code,
    }))?;
    Ok(journal.sync()?)
}

fn waits(progress: &Progress) -> Arc<dyn Waits> {
    Arc::new(Shown(progress.clone()))
}

/// Waits are countdowns, and what is long in coming is a line.
struct Shown(Progress);

impl Waits for Shown {
    fn wait<'a>(&'a self, reason: &'a str, time: Duration) -> BoxFuture<'a, ()> {
        Box::pin(self.0.countdown(reason, time))
    }

    fn tell(&self, line: &str) {
        self.0.line(line);
    }
}

/// Resolves when the person at the terminal, or the machine, asks the run to end.
pub(super) async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

fn tell(
    run: &Done,
    reports: &[PathBuf],
    common: &Common,
    progress: &Progress,
) -> Result<ExitCode, CliError> {
    if common.format == Format::Json {
        print_styled(&report::json(&run.result, run.dir.path(), reports)?)?;
    } else {
        let places = Places {
            evidence: run.dir.path(),
            reports,
        };
        print_styled(&report::terminal(
            &run.result,
            places,
            Look::of_stdout(common.no_color),
        ))?;
    }
    // Last of all, as somebody would who comes after the run.
    if faults::forge(&run.faults, &run.dir)? {
        progress.line(&format!(
            "the journal was changed on purpose; see what this says of it: \
             letterproof verify {} --head {}",
            run.dir.path().display(),
            run.result.head
        ));
    }
    let next = next::next_line(&next::after_run(&run.result, common));
    match common.format {
        Format::Json => progress.line(&next),
        Format::Human => print_styled(&format!("{next}\n"))?,
    }
    let code = report::Outcome::of(&run.result).code;
    Ok(ExitCode::from_code(code).unwrap_or(ExitCode::CANNOT_JUDGE))
}
