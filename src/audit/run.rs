//! The audit of one run's folder.

use std::collections::{BTreeSet, HashSet};

use crate::acceptance::{self, RunResult, RunView};
use crate::contract::Checks;
use crate::evidence::{
    AdditionError, Additions, BodyStore, EvidenceError, Fault, ReadLine, Reader, RunDir,
    read_additions, read_seal,
};
use crate::model::{Event, Judgement, Line, RunFinished, RunId, RunStarted, SCHEMA, Shown};
use crate::preflight::PolicyError;
use crate::targets::RealService;

use super::additions::hold_additions;
use super::addresses::Addresses;
use super::derived::DerivedFacts;
use super::downloads::Kept;
use super::known::Known;
use super::mentions::Mentions;
use super::report::{AuditReport, Finding};
use super::seal::hold_the_seal;

/// Judgements that are computed again, each over all lines before it: a run judges each of some
/// fifty points twice, and once more each time it goes on.
const MOST_JUDGEMENTS: u64 = 2_000;
const TOO_MANY_JUDGEMENTS: u64 = MOST_JUDGEMENTS + 1;
const TOO_MANY_TOLD: &str =
    "is the 2,001st judgement: no run makes so many, and none from here on was computed again";

/// What is said of a journal that does not begin as one.
const NO_INTRODUCTION: &str = "its first line is not run.started of schema 1";

/// So many findings stand in an error; `verify` names all.
const MOST_TOLD: usize = 10;

/// A run that cannot be audited or read at all.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// There is no such run.
    #[error(
        "{0} is no run: it has no journal.jsonl; give the folder of a run, such as evidence/20261121T143000Z-int-3f9a1c"
    )]
    NoRun(String),
    /// The evidence does not hold.
    #[error(
        "run {run} does not hold, so nothing is made of it:\n{}\nsee `letterproof verify`",
        told(findings)
    )]
    DoesNotHold {
        /// The run.
        run: Shown,
        /// What does not hold.
        findings: Vec<Finding>,
    },
    /// The journal holds no run.
    #[error("{path} cannot be read as a run: {why}")]
    Unreadable {
        /// The journal.
        path: String,
        /// Why not.
        why: Shown,
    },
    /// A file could not be read.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// The built-in policy of preflight.
    #[error("the built-in preflight policy does not read: {0}; this is a fault of letterproof")]
    Policy(#[from] PolicyError),
    /// What people added cannot be read.
    #[error(transparent)]
    Additions(#[from] AdditionError),
}

/// A line for each of the first findings.
fn told(findings: &[Finding]) -> String {
    let lines = findings.iter().take(MOST_TOLD);
    let mut lines: Vec<String> = lines.map(|finding| format!("  {finding}")).collect();
    if findings.len() > MOST_TOLD {
        lines.push(format!("  and {} more", findings.len() - MOST_TOLD));
    }
    lines.join("\n")
}

/// The result of the run in `dir`, all of which was checked as [`verify_run`] does. A run without
/// a seal may hold: it is only incomplete.
///
/// # Errors
/// If there is no run, or its evidence does not hold.
pub fn read_held(dir: &RunDir) -> Result<RunResult, AuditError> {
    let (report, result) = examine_run(dir, &Known::default(), &BTreeSet::new())?;
    match result.filter(|_| report.findings.is_empty()) {
        Some(result) => Ok(result),
        None if report.findings.is_empty() => Err(unreadable(dir, NO_INTRODUCTION)),
        None => Err(AuditError::DoesNotHold {
            run: report.run_id,
            findings: report.findings,
        }),
    }
}

/// The result of the run in `dir`, from its journal alone. That folder, journal and seal are of
/// one run is held, what its verdicts rest on is not: [`read_held`] does.
///
/// # Errors
/// If there is no journal, or a line of it does not hold.
pub fn read_result(dir: &RunDir) -> Result<RunResult, AuditError> {
    let mut view = RunView::default();
    let mut contract = Checks::default();
    let mut head = String::new();
    let bodies = BodyStore::of_others(dir.bodies());
    for read in open(dir)? {
        let read = read.map_err(|fault| unreadable(dir, &fault.to_string()))?;
        view.apply(&read.line);
        contract.take(&read.line, &mut |body| bodies.read(body).ok().flatten());
        head = read.hash;
    }
    let mut result = RunResult::of(&view, &head).ok_or_else(|| unreadable(dir, NO_INTRODUCTION))?;
    hold_name(dir, &result.started)?;
    result.contract = contract.result();
    Ok(result)
}

/// The folder must be called as the run that lies in it.
fn hold_name(dir: &RunDir, started: &RunStarted) -> Result<(), AuditError> {
    match other_name(dir, &started.run_id) {
        Some(finding) => Err(AuditError::DoesNotHold {
            run: Shown::of(&started.run_id),
            findings: vec![finding],
        }),
        None => Ok(()),
    }
}

fn other_name(dir: &RunDir, run_id: &RunId) -> Option<Finding> {
    let name = dir.name();
    (*run_id != *name).then(|| {
        let message = format!(
            "is of run {run_id}, and its folder is called {name:?}: give the folder its own name again, or this is another run's journal"
        );
        Finding::line(1, message)
    })
}

/// The result of the sealed run in `dir` with its reviews, and what else was added to it.
///
/// # Errors
/// As [`read_result`]; or if the run has no seal, the seal is another run's, or an addition does
/// not hold.
pub fn read_reviewed(dir: &RunDir) -> Result<(RunResult, Additions), AuditError> {
    let additions = read_additions(dir)?;
    let result = read_result(dir)?;
    let seal = read_seal(dir)?;
    if seal.run_id != result.started.run_id || seal.head != result.head {
        return Err(AuditError::DoesNotHold {
            run: Shown::of(&result.started.run_id),
            findings: vec![Finding::file(
                "seal.json",
                "is not the seal of this journal",
            )],
        });
    }
    Ok((acceptance::reviewed(result, &additions.lines), additions))
}

/// How the run in `dir` introduced itself: the first line of its journal.
///
/// # Errors
/// If there is no journal, or its first line is not `run.started`.
pub fn read_introduction(dir: &RunDir) -> Result<RunStarted, AuditError> {
    let first = open(dir)?.next().transpose();
    match first
        .map_err(|fault| unreadable(dir, &fault.to_string()))?
        .map(|read| read.line.event)
    {
        Some(Event::RunStarted(started)) => {
            hold_name(dir, &started)?;
            Ok(*started)
        }
        _ => Err(unreadable(dir, NO_INTRODUCTION)),
    }
}

fn open(dir: &RunDir) -> Result<impl Iterator<Item = Result<ReadLine, Fault>>, AuditError> {
    let path = dir.journal();
    if !path.is_file() {
        return Err(AuditError::NoRun(dir.path().display().to_string()));
    }
    Ok(Reader::open(&path)?)
}

fn unreadable(dir: &RunDir, why: &str) -> AuditError {
    AuditError::Unreadable {
        path: dir.journal().display().to_string(),
        why: Shown::of(why),
    }
}

/// Audits the run in `dir`, also against what is `known` from elsewhere.
///
/// # Errors
/// If there is no run to audit. Everything that does not hold is a finding, not an error.
pub fn verify_run(dir: &RunDir, known: &Known) -> Result<AuditReport, AuditError> {
    Ok(examine_run(dir, known, &BTreeSet::new())?.0)
}

/// [`verify_run`], and what the run came to; no result if its journal does not begin as one.
/// The letter PDFs with the hashes in `left_out` may be missing from `bodies/`: a pack leaves them
/// out.
///
/// # Errors
/// As [`verify_run`].
pub fn examine_run(
    dir: &RunDir,
    known: &Known,
    left_out: &BTreeSet<String>,
) -> Result<(AuditReport, Option<RunResult>), AuditError> {
    let mut audit = Audit::of(dir, left_out)?;
    for read in open(dir)? {
        match read {
            Ok(read) => audit.take(&read),
            // What a killed run leaves; a seal would say that it was whole once.
            Err(Fault::Torn { .. }) if !dir.seal().exists() => {
                audit.report.torn = true;
                break;
            }
            Err(fault) => {
                audit
                    .report
                    .findings
                    .push(fault_finding("journal.jsonl", &fault));
                break;
            }
        }
    }
    let result = audit.end(dir, known, left_out);
    Ok((audit.report, result))
}

struct Audit {
    view: RunView,
    contract: Checks,
    dir: RunDir,
    bodies: BodyStore,
    derived: DerivedFacts,
    mentions: Mentions,
    addresses: Addresses,
    /// Points judged since the last line that could change a judgement.
    round: HashSet<String>,
    report: AuditReport,
}

impl Audit {
    fn of(dir: &RunDir, left_out: &BTreeSet<String>) -> Result<Self, AuditError> {
        let kept = Kept::of(BodyStore::of_others(dir.bodies()))?;
        Ok(Self {
            mentions: Mentions::over(kept),
            view: RunView::default(),
            contract: Checks::default(),
            dir: dir.clone(),
            bodies: BodyStore::of_others(dir.bodies()),
            derived: DerivedFacts::over(BodyStore::of_others(dir.bodies()), left_out.clone()),
            addresses: Addresses::default(),
            round: HashSet::new(),
            report: AuditReport {
                run_id: Shown::of(dir.name()),
                ..AuditReport::default()
            },
        })
    }

    fn take(&mut self, read: &ReadLine) {
        let line = &read.line;
        let findings = self.derived.take(line);
        self.report.findings.extend(findings);
        let mentioned = self.mentions.take(line, &self.view).err();
        let mentioned = mentioned.map(|message| Finding::line(line.seq + 1, message));
        self.report.findings.extend(mentioned);
        self.report.findings.extend(self.addresses.take(line));
        self.report.findings.extend(self.after_the_end(line));
        let finding = match &line.event {
            Event::CriterionJudged {
                point, judgement, ..
            } => {
                self.report.judgements += 1;
                match self.report.judgements {
                    ..=MOST_JUDGEMENTS => judge_again(line, point, judgement, &self.view),
                    TOO_MANY_JUDGEMENTS => Some(Finding::line(line.seq + 1, TOO_MANY_TOLD)),
                    _ => None,
                }
            }
            Event::RunStarted(started) => self.introduction(line, started),
            Event::RunFinished(finished) => {
                let unjudged = self.not_judged_at_the_end(line);
                self.report.findings.extend(unjudged);
                ending(line, finished, &self.view)
            }
            _ if line.seq == 0 => Some(Finding::line(1, "is not run.started")),
            _ => None,
        };
        self.report.findings.extend(finding);
        self.follow_the_round(&line.event);
        self.view.apply(line);
        let bodies = &self.bodies;
        self.contract
            .take(line, &mut |body| bodies.read(body).ok().flatten());
        self.report.events += 1;
        self.report.head.clone_from(&read.hash);
    }

    /// The last line of a run is `run.finished`; what follows it belongs to no run.
    fn after_the_end(&self, line: &Line) -> Option<Finding> {
        let ended = self.view.finished().is_some();
        ended.then(|| Finding::line(line.seq + 1, "stands after run.finished"))
    }

    fn follow_the_round(&mut self, event: &Event) {
        if let Event::CriterionJudged { point, .. } = event {
            self.round.insert(point.clone());
        } else {
            self.round.clear();
        }
    }

    /// Each point in scope is judged once more over the whole journal, and that judgement counts:
    /// were it left out, an earlier one would stand in its place.
    fn not_judged_at_the_end(&self, line: &Line) -> Vec<Finding> {
        let scope = self.view.started().map(|started| started.scope.as_slice());
        let missing = scope
            .unwrap_or_default()
            .iter()
            .filter(|point| !self.round.contains(*point));
        missing
            .map(|point| {
                let told = "ends a run in which this point was not judged over the whole journal";
                Finding::line(line.seq + 1, told).about(point)
            })
            .collect()
    }

    fn introduction(&mut self, line: &Line, started: &RunStarted) -> Option<Finding> {
        let number = line.seq + 1;
        if number > 1 {
            Some(Finding::line(number, "starts the run a second time"))
        } else if started.schema != SCHEMA {
            let schema = started.schema;
            Some(Finding::line(
                1,
                format!("has schema {schema}; this version reads {SCHEMA}"),
            ))
        } else {
            self.report.run_id = Shown::of(&started.run_id);
            other_name(&self.dir, &started.run_id)
        }
    }

    fn end(
        &mut self,
        dir: &RunDir,
        known: &Known,
        left_out: &BTreeSet<String>,
    ) -> Option<RunResult> {
        self.report.rechecked_pdfs = self.mentions.rechecked();
        self.report.bodies = self.derived.checked_bodies;
        self.report.withheld_pdfs = self.derived.withheld_pdfs;
        self.report.withheld_bodies = self.derived.withheld_bodies;
        self.report.withheld_hashes = std::mem::take(&mut self.derived.withheld_hashes);
        self.report.contract = self.contract.result();
        let mut result = RunResult::of(&self.view, &self.report.head);
        if let Some(result) = &mut result {
            self.report.verdicts = result.verdicts();
            self.report.called.clone_from(&result.called);
            let called = result.called.iter().map(String::as_str);
            self.report.simulated = !RealService::was_met(&result.started.target, called);
            result.contract.clone_from(&self.report.contract);
        }
        if self.report.findings.is_empty() && self.view.finished().is_none() {
            let unfinished = "has no run.finished: the run was interrupted";
            self.report.findings.extend(
                dir.seal()
                    .exists()
                    .then(|| Finding::line(self.report.events, unfinished)),
            );
        }
        self.report.sealed = dir.seal().exists();
        if self.report.sealed {
            let findings = hold_the_seal(dir, left_out, &mut self.report.signer);
            self.report.findings.extend(findings);
        }
        hold_additions(dir, &mut self.report);
        let contradicted = known.hold(&self.report);
        self.report.findings.extend(contradicted);
        result
    }
}

pub(super) fn fault_finding(file: &str, fault: &Fault) -> Finding {
    let (Fault::Torn { line }
    | Fault::NotAnEvent { line, .. }
    | Fault::TooLarge { line, .. }
    | Fault::WrongSeq { line, .. }
    | Fault::BrokenChain { line }
    | Fault::TimeGoesBack { line }
    | Fault::Unreadable { line, .. }) = fault;
    let message = fault.to_string();
    let told = message
        .strip_prefix(&format!("line {line} "))
        .unwrap_or(&message);
    Finding {
        file: Shown::of(file),
        ..Finding::line(*line, told)
    }
}

/// The judgement that the lines before `line` give must be the one that it states.
fn judge_again(line: &Line, point: &str, stated: &Judgement, view: &RunView) -> Option<Finding> {
    let number = line.seq + 1;
    let Some(again) = acceptance::judge(point, view) else {
        let unknown = "judges an acceptance point that this version does not know";
        return Some(Finding::line(number, unknown).about(point));
    };
    if again == *stated {
        return None;
    }
    let message = if again.verdict == stated.verdict {
        "rests on other facts than the lines before it give".to_owned()
    } else {
        format!(
            "says {}, but the lines before it give {}: {}",
            stated.verdict, again.verdict, again.observed
        )
    };
    Some(Finding::line(number, message).about(point))
}

/// `run.finished` must say what the last judgements say.
fn ending(line: &Line, stated: &RunFinished, view: &RunView) -> Option<Finding> {
    let result = RunResult::of(view, "")?;
    let again = RunFinished {
        verdicts: result.verdicts(),
        exit_code: result.exit_code(),
    };
    (again != *stated).then(|| {
        Finding::line(
            line.seq + 1,
            "does not state the verdicts and exit code that the judgements before it give",
        )
    })
}
