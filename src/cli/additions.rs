//! `attach`, `attest`, `review`, `mitigate`: what a person adds to a sealed run.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::acceptance::{Point, Profile, RunResult, catalogue, is_open};
use crate::audit::read_reviewed;
use crate::evidence::{
    AdditionError, EvidenceError, Redactor, RunDir, Seal, add, keep_attachment, read_at_most, said,
};
use crate::model::limits::LARGEST_CONTENTS;
use crate::model::{Addition, AdditionLine, Decision};
use crate::report::one_line;

use super::args::{Common, Format};
use super::config::{self, Overrides, ProcessEnvironment};
use super::output::{print, print_json};
use super::{CliError, ExitCode};

/// Which run is added to.
#[derive(Clone, Debug, Args)]
pub struct RunChoice {
    /// The run: its id, or its folder [default: the latest sealed one].
    #[arg(long, value_name = "ID")]
    pub run: Option<PathBuf>,
}

/// Flags of `attach`.
#[derive(Clone, Debug, Args)]
pub struct AttachArgs {
    /// The acceptance test that the file belongs to, such as AT5.
    #[arg(value_name = "AT")]
    pub test: String,
    /// The file: a photo, a screenshot, a log.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// What it shows.
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    /// Which run.
    #[command(flatten)]
    pub run: RunChoice,
}

/// Flags of `attest`.
#[derive(Clone, Debug, Args)]
pub struct AttestArgs {
    /// The acceptance test that it is about, such as AT7.
    #[arg(value_name = "AT")]
    pub test: String,
    /// Who vouches for it.
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// In which role.
    #[arg(long, value_name = "ROLE")]
    pub role: String,
    /// For what.
    #[arg(long, value_name = "TEXT")]
    pub note: String,
    /// Which run.
    #[command(flatten)]
    pub run: RunChoice,
}

/// Flags of `review`.
#[derive(Clone, Debug, Args)]
#[command(group = clap::ArgGroup::new("decision").required(true).args(["accept", "reject"]))]
pub struct ReviewArgs {
    /// The acceptance point that waits for a person, such as AT14.3.
    #[arg(value_name = "POINT")]
    pub point: String,
    /// The point is met.
    #[arg(long)]
    pub accept: bool,
    /// The point is not met.
    #[arg(long)]
    pub reject: bool,
    /// Who decided.
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    /// Which run.
    #[command(flatten)]
    pub run: RunChoice,
}

/// Flags of `mitigate`.
#[derive(Clone, Debug, Args)]
pub struct MitigateArgs {
    /// The acceptance point that is not green, such as AT8.2.
    #[arg(value_name = "POINT")]
    pub point: String,
    /// What was agreed.
    #[arg(long, value_name = "TEXT")]
    pub note: String,
    /// With whom at NHS Notify.
    #[arg(long, value_name = "NAME")]
    pub agreed_with: String,
    /// Which run.
    #[command(flatten)]
    pub run: RunChoice,
}

/// Why nothing was added.
#[derive(Debug, thiserror::Error)]
pub enum AdditionCliError {
    /// There is no sealed run.
    #[error("{} holds no sealed run to add to; name one with --run ID", .0.display())]
    NoSealedRun(PathBuf),
    /// No such acceptance test.
    #[error(
        "{0:?} is no acceptance test; there are AT1 to AT15, and `letterproof criteria` lists them"
    )]
    NoTest(String),
    /// No such acceptance point.
    #[error("{0:?} is no acceptance point; `letterproof criteria` lists them, such as AT7.2")]
    NoPoint(String),
    /// The point was not part of the run.
    #[error("{point} was not part of run {run}; name the run that tested it with --run ID")]
    NotInScope {
        /// The point.
        point: String,
        /// The run.
        run: String,
    },
    /// The point does not wait for a review.
    #[error(
        "{point} is {verdict} in run {run}: it does not wait for a review; `letterproof status` shows what does"
    )]
    NotOpen {
        /// The point.
        point: String,
        /// Its verdict.
        verdict: String,
        /// The run.
        run: String,
    },
    /// The point needs no mitigation.
    #[error("{point} is {verdict} in run {run}: there is nothing to mitigate")]
    Green {
        /// The point.
        point: String,
        /// Its verdict.
        verdict: String,
        /// The run.
        run: String,
    },
}

/// `attach`: copies a file into the run and notes it.
///
/// # Errors
/// If test, file or run cannot be used, or nothing can be written.
pub fn attach(args: &AttachArgs, common: &Common) -> Result<ExitCode, CliError> {
    let test = known_test(&args.test)?;
    let note = args.note.as_deref().map(|note| said("--note", note));
    let note = note.transpose()?;
    let (dir, redactor) = prepared(&args.run, common)?;
    read_reviewed(&dir)?;
    let kept = keep_attachment(&dir, &args.file)?;
    let addition = Addition::Attachment {
        test: test.to_owned(),
        file: kept.file,
        sha256: kept.sha256,
        bytes: kept.bytes,
        note,
    };
    finish(&dir, addition, &redactor, common)
}

/// `attest`: notes what a person vouches for.
///
/// # Errors
/// If test, texts or run cannot be used, or nothing can be written.
pub fn attest(args: &AttestArgs, common: &Common) -> Result<ExitCode, CliError> {
    let addition = Addition::Attestation {
        test: known_test(&args.test)?.to_owned(),
        by: said("--by", &args.by)?,
        role: said("--role", &args.role)?,
        note: said("--note", &args.note)?,
    };
    let (dir, redactor) = prepared(&args.run, common)?;
    read_reviewed(&dir)?;
    finish(&dir, addition, &redactor, common)
}

/// `review`: closes a point that only a person can decide.
///
/// # Errors
/// If the point does not wait for a review, or nothing can be written.
pub fn review(args: &ReviewArgs, common: &Common) -> Result<ExitCode, CliError> {
    let point = known_point(&args.point)?;
    let note = args.note.as_deref().map(|note| said("--note", note));
    let addition = Addition::Review {
        point: point.id.to_owned(),
        decision: match args.accept {
            true => Decision::Accepted,
            false => Decision::Rejected,
        },
        by: said("--by", &args.by)?,
        note: note.transpose()?,
    };
    let (dir, redactor) = prepared(&args.run, common)?;
    let (result, _) = read_reviewed(&dir)?;
    let found = result.points.iter().find(|found| found.id == point.id);
    let found = found.ok_or_else(|| not_in_scope(point, &result))?;
    if !is_open(found) {
        return Err(AdditionCliError::NotOpen {
            point: point.id.to_owned(),
            verdict: found.judgement.verdict.to_string(),
            run: result.started.run_id.to_string(),
        }
        .into());
    }
    finish(&dir, addition, &redactor, common)
}

/// `mitigate`: notes how NHS Notify agreed to live with a point.
///
/// # Errors
/// If the point is green, or nothing can be written.
pub fn mitigate(args: &MitigateArgs, common: &Common) -> Result<ExitCode, CliError> {
    let point = known_point(&args.point)?;
    let addition = Addition::Mitigation {
        point: point.id.to_owned(),
        note: said("--note", &args.note)?,
        agreed_with: said("--agreed-with", &args.agreed_with)?,
    };
    let (dir, redactor) = prepared(&args.run, common)?;
    let (result, _) = read_reviewed(&dir)?;
    let found = result.points.iter().find(|found| found.id == point.id);
    let found = found.ok_or_else(|| not_in_scope(point, &result))?;
    let verdict = found.judgement.verdict;
    if crate::acceptance::signoff::is_green(verdict) {
        return Err(AdditionCliError::Green {
            point: point.id.to_owned(),
            verdict: verdict.to_string(),
            run: result.started.run_id.to_string(),
        }
        .into());
    }
    finish(&dir, addition, &redactor, common)
}

fn not_in_scope(point: &Point, result: &RunResult) -> AdditionCliError {
    AdditionCliError::NotInScope {
        point: point.id.to_owned(),
        run: result.started.run_id.to_string(),
    }
}

fn known_test(name: &str) -> Result<&'static str, AdditionCliError> {
    let name = name.trim();
    let mut tests = Profile::ALL.into_iter().flat_map(Profile::tests);
    let found = tests.find(|test| test.id.eq_ignore_ascii_case(name));
    found
        .map(|test| test.id)
        .ok_or_else(|| AdditionCliError::NoTest(shown(name)))
}

fn known_point(name: &str) -> Result<&'static Point, AdditionCliError> {
    let name = name.trim().to_ascii_uppercase();
    catalogue::point(&name).ok_or_else(|| AdditionCliError::NoPoint(shown(&name)))
}

fn shown(name: &str) -> String {
    name.chars().take(40).collect()
}

/// The run that is meant, and what takes the configuration's secrets out of what is written.
fn prepared(choice: &RunChoice, common: &Common) -> Result<(RunDir, Redactor), CliError> {
    let overrides = Overrides::default();
    let config = config::load(common.config.as_deref(), &ProcessEnvironment, &overrides)?;
    let redactor = Redactor::default();
    config.known_secrets(&ProcessEnvironment).teach(&redactor);
    let dir = match &choice.run {
        Some(run) => RunDir::named(run, &common.evidence_dir),
        None => latest_sealed(&common.evidence_dir)?,
    };
    if !dir.journal().is_file() {
        return Err(crate::audit::AuditError::NoRun(dir.path().display().to_string()).into());
    }
    Ok((dir, redactor))
}

/// The sealed run below `evidence` whose last line is the latest.
fn latest_sealed(evidence: &Path) -> Result<RunDir, CliError> {
    let entries = std::fs::read_dir(evidence)
        .map_err(|_| AdditionCliError::NoSealedRun(evidence.to_owned()))?;
    let mut sealed = Vec::new();
    for entry in entries {
        let entry = entry.map_err(EvidenceError::io("read the evidence folder", evidence))?;
        let dir = RunDir::at(entry.path());
        let seal = read_at_most(&dir.seal(), LARGEST_CONTENTS).ok();
        let seal = seal.and_then(|bytes| Seal::parse(&bytes).ok());
        sealed.extend(seal.map(|seal| (seal.sealed_at, seal.run_id, dir)));
    }
    let latest = sealed
        .into_iter()
        .max_by(|one, other| (&one.0, &one.1).cmp(&(&other.0, &other.1)));
    let none = || AdditionCliError::NoSealedRun(evidence.to_owned());
    Ok(latest.map(|(_, _, dir)| dir).ok_or_else(none)?)
}

fn finish(
    dir: &RunDir,
    addition: Addition,
    redactor: &Redactor,
    common: &Common,
) -> Result<ExitCode, CliError> {
    let line = add(dir, addition, redactor)?;
    match common.format {
        Format::Json => print_json(&line)?,
        Format::Human => print(&told(dir, &line))?,
    }
    Ok(ExitCode::PASSED)
}

fn told(dir: &RunDir, line: &AdditionLine) -> String {
    let what = match &line.addition {
        Addition::Attachment { file, .. } => format!("attached {}", one_line(file)),
        Addition::Attestation { by, .. } => format!("attested by {}", one_line(by)),
        Addition::Review { decision, by, .. } => {
            let word = match decision {
                Decision::Accepted => "accepted",
                Decision::Rejected => "rejected",
            };
            format!("{word} by {}", one_line(by))
        }
        Addition::Mitigation { agreed_with, .. } => {
            format!("mitigation agreed with {}", one_line(agreed_with))
        }
        Addition::Unknown => "added".to_owned(),
    };
    format!(
        "{}: {what}, line {} of {}\n",
        line.addition.about(),
        line.seq + 1,
        dir.review().display()
    )
}

impl From<AdditionError> for CliError {
    fn from(error: AdditionError) -> Self {
        Self::Addition(error)
    }
}
