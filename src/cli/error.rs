//! What ends a verb early, and with which exit code.

use std::path::PathBuf;

use crate::acceptance::SelectionError;
use crate::audit::AuditError;
use crate::browser::BrowserError;
use crate::client::SettingsError;
use crate::contract::ContractError;
use crate::engine::{EngineError, Problem};
use crate::evidence::{AdditionError, EvidenceError};
use crate::ledger::LedgerError;
use crate::mail::MailError;
use crate::pack::PackError;
use crate::report::ReportError;
use crate::selftest::SelftestError;
use crate::simulator::SimulatorError;

use crate::world::StepError;

use crate::preflight::PolicyError;
use crate::proof::{Lacking, ProofError};

use super::additions::AdditionCliError;
use super::config::ConfigError;
use super::email::EmailError;
use super::exit_code::ExitCode;
use super::faults::FaultNameError;
use super::files::TooFewFiles;
use super::init::InitError;
use super::keygen::KeygenError;
use super::preflight::PreflightCliError;
use super::signing_key::SigningKeyError;
use super::sim::SimCommandError;
use super::smoke::SmokeError;

/// Why a verb could not be done.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The shell's limit of open files.
    #[error(transparent)]
    Files(#[from] TooFewFiles),
    /// `--only`.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// The features.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The features do not fit the step definitions.
    #[error("the features cannot be run:\n{}", listed(.0))]
    Features(Vec<Problem>),
    /// Nothing is left of the selection.
    #[error(
        "no scenario is selected{0}; `letterproof criteria` lists the acceptance tests and their tags"
    )]
    NothingSelected(String),
    /// A flag that the target has no use for.
    #[error("{flag} sets up the simulator in this process; target {target} is elsewhere")]
    NotInProcess {
        /// The flag.
        flag: &'static str,
        /// The target.
        target: String,
    },
    /// `--fault`.
    #[error(transparent)]
    Fault(#[from] FaultNameError),
    /// `run` against production.
    #[error("target {0} is production: `run` never touches it")]
    Production(String),
    /// `plan` for a sandbox.
    #[error(
        "target {0} is a sandbox: its answers are canned, so there are no letters to plan; \
         `letterproof run --target {0}` runs the checks that it can show"
    )]
    NothingToPlan(String),
    /// A target without an address.
    #[error("target {0} has no base_url: set it under [target.{0}]")]
    NoBaseUrl(String),
    /// The client's settings.
    #[error(transparent)]
    Client(#[from] SettingsError),
    /// The simulator in this process.
    #[error(transparent)]
    Simulator(#[from] SimulatorError),
    /// The simulator on its own.
    #[error(transparent)]
    Sim(#[from] SimCommandError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The evidence.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// A run that cannot be read.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// `preflight`.
    #[error(transparent)]
    Preflight(#[from] PreflightCliError),
    /// Pages that could not be drawn.
    #[cfg(feature = "render")]
    #[error(transparent)]
    Draw(#[from] crate::pictures::DrawError),
    /// `proof`.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The built-in policy of preflight.
    #[error("the built-in preflight policy does not read: {0}; this is a fault of letterproof")]
    Policy(#[from] PolicyError),
    /// `init`.
    #[error(transparent)]
    Init(#[from] InitError),
    /// `keygen`.
    #[error(transparent)]
    Keygen(#[from] KeygenError),
    /// `smoke`.
    #[error(transparent)]
    Smoke(#[from] SmokeError),
    /// `email`.
    #[error(transparent)]
    Email(#[from] EmailError),
    /// `selftest`.
    #[error(transparent)]
    Selftest(#[from] SelftestError),
    /// The reports.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The evidence pack.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// An address under `[pack]` that is none.
    #[error("pack.{key}: {source}")]
    PackAddress {
        /// The setting.
        key: &'static str,
        /// What is wrong with it.
        source: MailError,
    },
    /// What a person wanted to add to a run.
    #[error(transparent)]
    Addition(AdditionError),
    /// What a person wanted to add does not fit the run.
    #[error(transparent)]
    AdditionCli(#[from] AdditionCliError),
    /// `keygen --signing`.
    #[error(transparent)]
    SigningKey(#[from] SigningKeyError),
    /// Pictures of the report.
    #[error(transparent)]
    Browser(#[from] BrowserError),
    /// A list of letter ids that cannot be read.
    #[error("{flag}: cannot read {}: {source}", path.display())]
    IdList {
        /// The flag that names it.
        flag: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A description of the API that cannot be read.
    #[error("--openapi: cannot read {}: {source}", path.display())]
    OpenApiFile {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A description of the API that cannot be used.
    #[error("--openapi: {} {source}", path.display())]
    OpenApi {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: ContractError,
    },
    /// The description that letterproof brings along.
    #[error("the built-in description of the API {0}; this is a fault of letterproof")]
    OwnDescription(ContractError),
    /// `--resume` of a run that has come to its end.
    #[error("{} is complete: it has its seal; begin a new run without --resume", .0.display())]
    Complete(PathBuf),
    /// `--resume` with the simulator in this process.
    #[error(
        "--resume needs a target of its own: the letters of the simulator in this process died with the run; try `letterproof sim --write-config FILE` for runs that survive"
    )]
    CannotResume,
    /// `--resume` of a run against a simulator elsewhere, without the configuration that names it.
    #[error(
        "run {run} was made against the simulator at {base_url}, which this configuration does not name; \
         give the configuration that `sim --write-config` wrote"
    )]
    MadeElsewhere {
        /// The run's id.
        run: String,
        /// Where its target answered.
        base_url: String,
    },
    /// `--resume` with another target than the run's.
    #[error("the run was made against target {run}, not {given}; leave --target out")]
    OtherTarget {
        /// The run's id.
        run_id: String,
        /// The run's target.
        run: String,
        /// The target given.
        given: String,
    },
    /// A run is to go on, and its target is elsewhere now.
    #[error(
        "the run was made against {was}, and target {target} is at {now} now; set base_url and token_url back to go on with it, or begin a new run"
    )]
    TargetMoved {
        /// The target.
        target: String,
        /// Where it was.
        was: String,
        /// Where it is.
        now: String,
    },
    /// `--resume` with a ledger that knows nothing of the run.
    #[error("the ledger {} knows none of the letters that the run listed: it is not this run's; name the one it was made with (--ledger FILE)", .0.display())]
    OtherLedger(PathBuf),
    /// AT15 waits for a new seeding: the run is not over.
    #[error("{why}")]
    Suspended {
        /// What it waits for.
        why: String,
        /// The command that goes on.
        next: String,
    },
    /// A step that looks before an interrupted run goes on.
    #[error("the run cannot go on: {0}")]
    Step(#[from] StepError),
    /// The person at the terminal ended the run.
    #[error("interrupted; {} holds what was done so far, without a seal; {remedy}", run.display())]
    Interrupted {
        /// The run's folder.
        run: PathBuf,
        /// What to do.
        remedy: &'static str,
        /// The command that goes on, or begins anew.
        next: String,
    },
    /// Something could not be kept.
    #[error("{source}; {} holds what was done so far, without a seal; {remedy}", run.display())]
    BrokenOff {
        /// What, and what to do.
        source: Box<EvidenceError>,
        /// The run's folder.
        run: PathBuf,
        /// How to go on.
        remedy: &'static str,
        /// The command that goes on, or begins anew.
        next: String,
    },
    /// Standard output is gone or the runtime could not start.
    #[error("{action}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// Why it failed.
        source: std::io::Error,
    },
}

fn listed(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems
        .iter()
        .map(|problem| format!("  {problem}"))
        .collect();
    lines.join("\n")
}

impl CliError {
    /// The exit code (interfaces, "Exit codes").
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::NothingSelected(_) => ExitCode::NOTHING_SELECTED,
            Self::Interrupted { .. } | Self::Suspended { .. } => ExitCode::INCOMPLETE,
            Self::Evidence(
                EvidenceError::RunExists(_) | EvidenceError::BadRunId(_) | EvidenceError::InUse(_),
            )
            | Self::Ledger(LedgerError::InUse { .. })
            | Self::Config(_)
            | Self::Selection(_)
            | Self::Features(_)
            | Self::NotInProcess { .. }
            | Self::Fault(_)
            | Self::Production(_)
            | Self::NothingToPlan(_)
            | Self::Complete(_)
            | Self::CannotResume
            | Self::MadeElsewhere { .. }
            | Self::OtherLedger(_)
            | Self::OtherTarget { .. }
            | Self::TargetMoved { .. }
            | Self::NoBaseUrl(_)
            | Self::IdList { .. }
            | Self::OpenApiFile { .. }
            | Self::OpenApi { .. }
            | Self::Client(_)
            | Self::Browser(BrowserError::NotThere(_))
            | Self::Audit(AuditError::NoRun(_)) => ExitCode::USAGE,
            Self::Addition(AdditionError::NotSealed(_))
            | Self::Audit(AuditError::Additions(AdditionError::NotSealed(_))) => {
                ExitCode::INCOMPLETE
            }
            Self::Pack(PackError::UnknownRun { .. } | PackError::WrongOnPurpose { .. })
            | Self::PackAddress { .. } => ExitCode::USAGE,
            Self::Pack(
                PackError::NothingSealed { .. }
                | PackError::AllWrongOnPurpose { .. }
                | PackError::NeedsDraft { .. }
                | PackError::NotGreen { .. }
                | PackError::TooLarge { .. },
            ) => ExitCode::INCOMPLETE,
            Self::Pack(
                PackError::Canary { .. }
                | PackError::DoesNotHold { .. }
                | PackError::Refused(_)
                | PackError::Audit(AuditError::DoesNotHold { .. } | AuditError::Unreadable { .. }),
            ) => ExitCode::FAILED,
            Self::Pack(_) => ExitCode::CANNOT_JUDGE,
            Self::Addition(error) if error.is_usage() => ExitCode::USAGE,
            Self::AdditionCli(_) | Self::SigningKey(SigningKeyError::Exists(_)) => ExitCode::USAGE,
            Self::Addition(AdditionError::Broken { .. } | AdditionError::BadSeal { .. })
            | Self::Audit(AuditError::Additions(_)) => ExitCode::FAILED,
            Self::Addition(_) | Self::SigningKey(_) => ExitCode::CANNOT_JUDGE,
            Self::Engine(EngineError::Evidence(_)) => ExitCode::CANNOT_JUDGE,
            Self::Engine(_) => ExitCode::USAGE,
            Self::Preflight(PreflightCliError::Read { .. } | PreflightCliError::Print(_)) => {
                ExitCode::CANNOT_JUDGE
            }
            Self::Preflight(_) => ExitCode::USAGE,
            Self::Selftest(SelftestError::NotGreen(_)) => ExitCode::FAILED,
            Self::Selftest(SelftestError::Interrupted) => ExitCode::INCOMPLETE,
            Self::Selftest(_) => ExitCode::CANNOT_JUDGE,
            Self::Init(error) if error.is_usage() => ExitCode::USAGE,
            Self::Keygen(error) if error.is_usage() => ExitCode::USAGE,
            Self::Smoke(error) if error.is_usage() => ExitCode::USAGE,
            Self::Email(error) if error.is_usage() => ExitCode::USAGE,
            Self::Proof(error) => proof_exit_code(error),
            #[cfg(feature = "render")]
            Self::Draw(_) => ExitCode::CANNOT_JUDGE,
            Self::Simulator(error) if error.is_usage() => ExitCode::USAGE,
            Self::Sim(error) if error.is_usage() => ExitCode::USAGE,
            Self::Audit(AuditError::Unreadable { .. } | AuditError::DoesNotHold { .. }) => {
                ExitCode::FAILED
            }
            Self::Simulator(_)
            | Self::Sim(_)
            | Self::Ledger(_)
            | Self::Evidence(_)
            | Self::Audit(_)
            | Self::Report(_)
            | Self::Init(_)
            | Self::Keygen(_)
            | Self::Email(_)
            | Self::Smoke(_)
            | Self::Browser(_)
            | Self::Policy(_)
            | Self::OwnDescription(_)
            | Self::Step(_)
            | Self::BrokenOff { .. }
            | Self::Files(_)
            | Self::Io { .. } => ExitCode::CANNOT_JUDGE,
        }
    }
}

/// A specification that the run never listed is a wrong flag; a proof that a further run can
/// bring is incomplete.
fn proof_exit_code(error: &ProofError) -> ExitCode {
    match error {
        ProofError::Lacking { lacking, .. }
            if lacking
                .iter()
                .any(|one| matches!(one, Lacking::Unlisted(_))) =>
        {
            ExitCode::USAGE
        }
        ProofError::Lacking { .. } => ExitCode::INCOMPLETE,
        ProofError::Damaged { .. } => ExitCode::FAILED,
        ProofError::Write { .. } | ProofError::Evidence(_) => ExitCode::CANNOT_JUDGE,
        _ => ExitCode::USAGE,
    }
}
