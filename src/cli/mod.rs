//! The terminal: one file a verb, flags, configuration, exit codes.

mod additions;
mod args;
mod check;
pub mod config;
mod criteria;
mod doctor;
mod drift;
mod email;
mod endpoint;
mod error;
mod exit_code;
mod faults;
mod files;
mod id_list;
mod init;
mod keygen;
mod next;
mod openapi;
mod output;
mod pack;
mod plan;
mod preflight;
mod proof;
mod report;
mod run;
mod selftest;
mod signing_key;
mod sim;
mod smoke;
mod status;
mod stock;
mod verify;

use clap::{CommandFactory as _, FromArgMatches as _};

pub use args::{Cli, Format};
pub use error::CliError;
pub use exit_code::ExitCode;

use crate::model::visible;
use crate::progress::Progress;
use args::{Common, Verb};

/// Does what the command line says and returns the exit code.
pub fn main() -> ExitCode {
    crate::disk::close_to_others();
    let matches = match Cli::command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => return refuse_arguments(&error),
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => return refuse_arguments(&error),
    };
    if cli.common.no_color {
        anstream::ColorChoice::Never.write_global();
    }
    match dispatch(&cli) {
        Ok(code) => code,
        Err(error) => {
            print_error(&error);
            let next = next::after_error(&error, matches.subcommand_name(), &cli.common);
            output::tell(&visible(&next::next_line(&next)));
            error.exit_code()
        }
    }
}

/// Says what is wrong with the words of the call, or prints the help that was asked for.
fn refuse_arguments(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        // A closed pipe is no news to anyone.
        let _ = error.print();
    } else {
        output::tell(visible(&error.render().to_string()).trim_end());
        let command = Cli::command();
        let verbs = command
            .get_subcommands()
            .map(|verb| verb.get_name().to_owned());
        let given: Vec<String> = std::env::args().skip(1).collect();
        let verbs: Vec<String> = verbs.collect();
        output::tell(&next::after_bad_arguments(error.kind(), &verbs, &given));
    }
    u8::try_from(error.exit_code())
        .ok()
        .and_then(ExitCode::from_code)
        .unwrap_or(ExitCode::USAGE)
}

fn dispatch(cli: &Cli) -> Result<ExitCode, CliError> {
    files::allow(files::TO_READ)?;
    let common = &cli.common;
    match &cli.verb {
        None => run_verb(&cli.run, common),
        Some(Verb::Run(args)) => run_verb(args, common),
        Some(Verb::Plan(args)) => plan::run(args, common),
        Some(Verb::Status(args)) => status::run(args, common),
        Some(Verb::Check(args)) => check::run(args, common),
        Some(Verb::Criteria(args)) => criteria::run(args, common),
        Some(Verb::Sim(args)) => {
            runtime()?.block_on(sim::serve(args.clone()))?;
            Ok(ExitCode::PASSED)
        }
        Some(Verb::Preflight(args)) => preflight::verb(args, common),
        Some(Verb::Proof(args)) => proof::run(args, common),
        #[cfg(feature = "render")]
        Some(Verb::DrawPages { folder, stem }) => {
            crate::pictures::draw(folder, stem)?;
            Ok(ExitCode::PASSED)
        }
        Some(Verb::Verify(args)) => verify::run(args, common),
        Some(Verb::Report(args)) => report::run(args, common),
        Some(Verb::Attach(args)) => additions::attach(args, common),
        Some(Verb::Attest(args)) => additions::attest(args, common),
        Some(Verb::Review(args)) => additions::review(args, common),
        Some(Verb::Mitigate(args)) => additions::mitigate(args, common),
        Some(Verb::Pack(args)) => pack::run(args, common),
        Some(Verb::Doctor(args)) => runtime()?.block_on(doctor::run(args, common)),
        Some(Verb::Smoke(args)) => runtime()?.block_on(smoke::run(args, common)),
        Some(Verb::Init(args)) => init::run(args, common),
        Some(Verb::Keygen(args)) => keygen::run(args, common),
        Some(Verb::Email(args)) => email::run(args, common),
        Some(Verb::Selftest(args)) => runtime()?.block_on(selftest::run(args, common)),
        Some(Verb::Drift(args)) => drift::run(args, common),
    }
}

fn run_verb(args: &args::RunArgs, common: &Common) -> Result<ExitCode, CliError> {
    let progress = Progress::new(common.quiet, common.no_color);
    runtime()?.block_on(run::run(args, common, &progress))
}

/// What the verbs run on that open connections.
fn runtime() -> Result<tokio::runtime::Runtime, CliError> {
    files::raise_the_limit();
    files::allow(files::TO_CALL)?;
    let started = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    started.map_err(|source| CliError::Io {
        action: "the runtime could not start",
        source,
    })
}

/// Errors are for the person at the terminal and go to standard error.
fn print_error(error: &CliError) {
    output::tell(&format!("letterproof: {}", visible(&error.to_string())));
}
