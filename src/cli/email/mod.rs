//! `email`: drafts of the emails of onboarding.

use std::path::PathBuf;

use serde_json::json;

use crate::evidence::{Reader, RunDir};
use crate::mail::{Address, Draft, MailError};
use crate::model::{Event, Exchange, RunStarted, Timestamp};
use crate::onboarding::{self, Asked, GoLive, Parties, Question, WindowDays};
use crate::report::visible;

use super::args::{Common, Format};
use super::config::{self, Config, Overrides, ProcessEnvironment};
use super::output::{print, print_json};
use super::{CliError, ExitCode};

/// Exchanges that one question names; more would not be read.
const MOST_EXCHANGES: usize = 30;

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
        /// The journal lines of the exchanges it is about, such as 12,40-44
        /// [default: those that failed or were refused].
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
        "run {0} holds no exchange that failed or was refused; name those you mean with --exchanges (`seq` in its journal.jsonl)"
    )]
    NothingToAsk(String),
    /// A `seq` that is no exchange.
    #[error(
        "line {seq} of run {run} is no exchange; --exchanges takes the `seq` of lines of that kind"
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
            exchanges,
            about,
        } => {
            let dir = RunDir::named(run, &common.evidence_dir);
            let question = question(&dir, exchanges, about.clone())?;
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
    wanted: &[(u64, u64)],
    about: Option<String>,
) -> Result<Question, CliError> {
    let started = crate::audit::read_introduction(dir)?;
    let named = exchanges(dir, wanted, &started)?;
    let left_out = named.len().saturating_sub(MOST_EXCHANGES);
    Ok(Question {
        about,
        run: started.run_id,
        target: started.target.name,
        base_url: started.target.base_url,
        exchanges: named.into_iter().take(MOST_EXCHANGES).collect(),
        left_out,
    })
}

fn exchanges(
    dir: &RunDir,
    wanted: &[(u64, u64)],
    started: &RunStarted,
) -> Result<Vec<Asked>, CliError> {
    let mut found = Vec::new();
    for read in Reader::open(&dir.journal())? {
        // A torn last line of an interrupted run holds nothing that could be asked about.
        let Ok(read) = read else { break };
        let seq = read.line.seq;
        let Event::Exchange(exchange) = &read.line.event else {
            continue;
        };
        let named = wanted.iter().any(|(from, to)| (*from..=*to).contains(&seq));
        if named || (wanted.is_empty() && is_odd(exchange, started)) {
            found.push(Asked::of(seq, exchange));
        }
    }
    let single = wanted.iter().filter(|(from, to)| from == to);
    let missing = single
        .map(|(seq, _)| *seq)
        .find(|seq| !found.iter().any(|asked| asked.seq == *seq));
    match missing {
        Some(seq) => Err(EmailError::NoExchange {
            seq,
            run: started.run_id.clone(),
        }
        .into()),
        None if found.is_empty() => Err(EmailError::NothingToAsk(started.run_id.clone()).into()),
        None => Ok(found),
    }
}

/// An exchange with the API or the token endpoint that failed or was refused. A letter without
/// PDF is learned from the storage's 404, which is no failure of the API.
fn is_odd(exchange: &Exchange, started: &RunStarted) -> bool {
    let of = |url: &str| exchange.url.starts_with(url);
    let asked = of(&started.target.base_url) || started.target.token_url.as_deref().is_some_and(of);
    let signed = exchange.url.contains("X-Amz-");
    asked && !signed && exchange.status().is_none_or(|status| status >= 400)
}

/// `12` or `40-44`.
fn range(text: &str) -> Result<(u64, u64), String> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    match (from.trim().parse(), to.trim().parse()) {
        (Ok(from), Ok(to)) if from <= to => Ok((from, to)),
        _ => Err("write a line's seq, such as 12, or a range, such as 40-44".to_owned()),
    }
}
