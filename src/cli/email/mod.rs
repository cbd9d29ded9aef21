//! `email`: drafts of the emails of onboarding.

mod exchanges;

use std::path::PathBuf;

use serde_json::json;

use crate::evidence::RunDir;
use crate::mail::{Address, Draft, MailError};
use crate::model::Timestamp;
use crate::onboarding::{self, GoLive, Parties, Question, WindowDays};
use crate::report::visible;

use super::args::{Common, Format};
use super::config::{self, Config, Overrides, ProcessEnvironment};
use super::output::{print, print_json};
use super::{CliError, ExitCode};
use exchanges::{Choice, choose};

/// Days of onboarding (acceptance pack, "What a supplier hands in").
const ONBOARDING_DAYS: i64 = 90;

/// Days of a test window.
const WINDOW_DAYS: i64 = 7;

/// Flags of `email`.
#[derive(Clone, Debug, clap::Args)]
pub struct EmailArgs {
    /// Which email.
    #[command(subcommand)]
    pub which: Which,
    /// Where the draft goes [default: email-NAME.eml in this folder].
    #[arg(long, global = true, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// The emails there are.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum Which {
    /// Ready to start integration testing.
    Ready {
        /// The application's id in the developer portal.
        #[arg(long, value_name = "ID")]
        application_id: Option<String>,
    },
    /// A proposal for the two test windows of a week.
    Windows,
    /// The application to go live.
    GoLive {
        /// The production application's name.
        #[arg(long, value_name = "NAME")]
        application_name: Option<String>,
        /// The production application's id.
        #[arg(long, value_name = "ID")]
        application_id: Option<String>,
        /// Letters for the smoke test, at most 5.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=5))]
        letters: Option<u32>,
    },
    /// A question to the API team, with request ids and times from a run.
    Support {
        /// The run: its id, or its folder.
        #[arg(long, value_name = "RUN")]
        run: PathBuf,
        /// The acceptance points it is about, such as AT4.1: the exchanges that prove them
        /// [default: those that failed].
        #[arg(
            long,
            value_name = "POINTS",
            value_delimiter = ',',
            conflicts_with = "exchanges"
        )]
        point: Vec<String>,
        /// The journal lines it is about, such as 12,40-44 or as a verdict prints them
        /// [default: those that failed or were refused, and those of --point].
        #[arg(long, value_name = "SEQS", value_delimiter = ',', value_parser = range)]
        exchanges: Vec<(u64, u64)>,
        /// What is wrong, in a line.
        #[arg(long, value_name = "TEXT")]
        about: Option<String>,
    },
}

/// Why no draft was made.
#[derive(Debug, thiserror::Error)]
pub enum EmailError {
    /// The draft or an address.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// The run holds no exchange to ask about.
    #[error(
        "run {0} holds no failed point and no such exchange; name a point with --point AT4.1, or \
         lines of its journal.jsonl with --exchanges"
    )]
    NothingToAsk(String),
    /// A point that the run did not judge.
    #[error("run {run} did not judge {point:?}; `letterproof report {run}` shows its points")]
    NoPoint {
        /// The point.
        point: String,
        /// The run.
        run: String,
    },
    /// A `seq` behind which there is no exchange.
    #[error(
        "line {seq} of run {run} is no exchange and rests on none; --exchanges takes the journal \
         lines that a verdict prints"
    )]
    NoExchange {
        /// The `seq`.
        seq: u64,
        /// The run.
        run: String,
    },
}

impl EmailError {
    /// True if another call would do.
    pub fn is_usage(&self) -> bool {
        !matches!(self, Self::Mail(MailError::Write { .. }))
    }
}

impl Which {
    fn name(&self) -> &'static str {
        match self {
            Self::Ready { .. } => "ready",
            Self::Windows => "windows",
            Self::GoLive { .. } => "go-live",
            Self::Support { .. } => "support",
        }
    }
}

/// Writes the draft and shows it.
///
/// # Errors
/// If configuration or run cannot be read, or the file exists.
pub fn run(args: &EmailArgs, common: &Common) -> Result<ExitCode, CliError> {
    let overrides = Overrides::default();
    let config = config::load(common.config.as_deref(), &ProcessEnvironment, &overrides)?;
    let draft = draft(&args.which, &config, common)?;
    let usual = || PathBuf::from(format!("email-{}.eml", args.which.name()));
    let path = args.out.clone().unwrap_or_else(usual);
    draft.save(&path).map_err(EmailError::from)?;
    match common.format {
        Format::Json => print_json(&json!({
            "file": path,
            "to": draft.to().iter().map(Address::as_str).collect::<Vec<_>>(),
            "subject": draft.subject(),
            "text": draft.text(),
        }))?,
        Format::Human => print(&visible(&format!(
            "{}\nThe draft is {}: open it in your mail program, fill what stands in brackets, send it.\n",
            draft.shown(),
            path.display()
        )))?,
    }
    Ok(ExitCode::PASSED)
}

fn draft(which: &Which, config: &Config, common: &Common) -> Result<Draft, CliError> {
    let parties = parties(config)?;
    Ok(match which {
        Which::Ready { application_id } => {
            let first = week(config.windows.first.as_deref());
            onboarding::ready(&parties, application_id.as_deref(), first.as_ref())
        }
        Which::Windows => onboarding::windows(&parties, &days(config)?),
        Which::GoLive {
            application_name,
            application_id,
            letters,
        } => onboarding::go_live(
            &parties,
            &GoLive {
                application: application_name.clone(),
                application_id: application_id.clone(),
                letters: *letters,
            },
        ),
        Which::Support {
            run,
            point,
            exchanges,
            about,
        } => {
            let dir = RunDir::named(run, &common.evidence_dir);
            let choice = Choice {
                lines: exchanges,
                points: point,
            };
            let question = question(&dir, &choice, about.clone())?;
            onboarding::support(&parties, &question)
        }
    })
}

/// Sender, receiver and contact of the configuration.
pub(super) fn parties(config: &Config) -> Result<Parties, EmailError> {
    let named = config.supplier.name != config::EXAMPLE_SUPPLIER;
    let from = config.pack.from.as_deref().map(Address::parse);
    Ok(Parties {
        supplier: named.then(|| config.supplier.name.clone()),
        from: from.transpose()?,
        to: Address::parse(&config.pack.to)?,
        contact: config.pack.contact.clone(),
        at: Timestamp::now(),
    })
}

fn days(config: &Config) -> Result<WindowDays, CliError> {
    let starts = config.windows.onboarding_starts.clone();
    let ends = starts
        .as_deref()
        .and_then(|day| later(day, ONBOARDING_DAYS - 1));
    Ok(WindowDays {
        onboarding_starts: starts,
        onboarding_ends: ends,
        first: week(config.windows.first.as_deref()),
        second: week(config.windows.second.as_deref()),
        passes: config.performance.runs,
        letters: config.describe_target("int")?.expected_letters,
    })
}

/// First and last day of the window that begins on `day`.
fn week(day: Option<&str>) -> Option<(String, String)> {
    let first = day?;
    Some((first.to_owned(), later(first, WINDOW_DAYS - 1)?))
}

fn later(day: &str, days: i64) -> Option<String> {
    let start = Timestamp::parse(&format!("{day}T00:00:00.000000Z"))?;
    Some(start.plus_micros(days * 86_400 * 1_000_000).date())
}

fn question(
    dir: &RunDir,
    choice: &Choice<'_>,
    about: Option<String>,
) -> Result<Question, CliError> {
    let started = crate::audit::read_introduction(dir)?;
    let chosen = choose(dir, choice, &started)?;
    Ok(Question {
        about,
        run: started.run_id.into(),
        target: started.target.name,
        base_url: started.target.base_url,
        exchanges: chosen.exchanges,
        left_out: chosen.left_out,
    })
}

/// `12`, `40-44`, or `40–44` as a verdict prints it.
fn range(text: &str) -> Result<(u64, u64), String> {
    let (from, to) = text.split_once(['-', '–']).unwrap_or((text, text));
    match (from.trim().parse(), to.trim().parse()) {
        (Ok(from), Ok(to)) if from <= to => Ok((from, to)),
        _ => Err("write a line's seq, such as 12, or a range, such as 40-44".to_owned()),
    }
}
