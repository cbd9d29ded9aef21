//! `selftest`: every deliberate fault, and the acceptance points that it turns red.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use crate::disk;
use crate::evidence::sha256_hex;
use crate::faults::{FAULTS, Fault};
use crate::progress::Progress;
use crate::selftest::{Case, Matrix, Runner, SelftestError, case, cases, certificate, told};
use clap::Args;
use serde_json::json;

use super::args::{Common, Format};
use super::output::{print, print_json};
use super::run::interrupted;
use super::{CliError, ExitCode, faults};

/// Runs at once for each processor: they wait more than they work.
const RUNS_PER_PROCESSOR: usize = 12;

/// Flags of `selftest`.
#[derive(Clone, Debug, Default, Args)]
pub struct SelftestArgs {
    /// Print the faults that there are, and make no run.
    #[arg(long)]
    pub list: bool,
    /// Only these faults; no certificate is written then.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub fault: Vec<String>,
    /// Run AT15 with every fault, also with those that end before it begins; takes twice the time.
    #[arg(long)]
    pub whole: bool,
    /// Runs at once [default: twelve for each processor].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: Option<u16>,
}

/// Makes every fault and prints the matrix.
///
/// # Errors
/// If the runs cannot be made, somebody interrupts them, or the certificate cannot be written.
pub async fn run(args: &SelftestArgs, common: &Common) -> Result<ExitCode, CliError> {
    if args.list {
        match common.format {
            Format::Json => print_json(&listed())?,
            Format::Human => print(&list())?,
        }
        return Ok(ExitCode::PASSED);
    }
    let wanted = wanted(args)?;
    if args.fault.is_empty() {
        make_room(common)?;
    }
    let program = std::env::current_exe().map_err(|source| CliError::Io {
        action: "selftest cannot find its own program",
        source,
    })?;
    let folder = tempfile::tempdir().map_err(|source| CliError::Io {
        action: "selftest cannot make a folder for its runs",
        source,
    })?;
    let matrix = matrix(args, common, wanted, &program, folder.path()).await?;
    let version = env!("CARGO_PKG_VERSION");
    let hash = hash_of(&program)?;
    let certificate = certificate(&matrix, version, &hash);
    match common.format {
        Format::Json => print_json(&certificate)?,
        Format::Human => print(&told(&matrix))?,
    }
    let progress = Progress::new(common.quiet, common.no_color);
    if args.fault.is_empty() {
        let path = write(&certificate, version, common)?;
        progress.line(&format!("certificate  {}", path.display()));
    }
    if matrix.holds() {
        return Ok(ExitCode::PASSED);
    }
    // Who mends a miss looks at its run first.
    let kept = folder.keep();
    progress.line(&format!("the runs are kept in {}", kept.display()));
    Ok(ExitCode::FAILED)
}

/// The matrix of `wanted`, made on a thread of its own, so that an interruption can end it.
async fn matrix(
    args: &SelftestArgs,
    common: &Common,
    wanted: Vec<Case>,
    program: &Path,
    folder: &Path,
) -> Result<Matrix, CliError> {
    let runner = Runner::new(program, folder, jobs(args));
    let progress = Progress::new(common.quiet, common.no_color);
    let (done, mut made) = tokio::sync::oneshot::channel();
    let stopper = runner.stopper();
    std::thread::spawn(move || done.send(runner.matrix(&wanted, &progress)));
    tokio::select! {
        matrix = &mut made => match matrix {
            Ok(matrix) => Ok(matrix?),
            // The thread panicked, and has said why.
            Err(_) => Err(SelftestError::BrokeOff("its own work ended".to_owned()).into()),
        },
        () = interrupted() => {
            stopper.store(true, Ordering::Relaxed);
            // Nothing may still write to the folder that is now removed.
            drop(made.await);
            Err(SelftestError::Interrupted.into())
        }
    }
}

fn wanted(args: &SelftestArgs) -> Result<Vec<Case>, CliError> {
    let mut wanted = cases();
    if !args.fault.is_empty() {
        wanted.retain(|case| args.fault.contains(&case.name));
    }
    // Mixes that are none of the matrix.
    for name in &args.fault {
        let named = case(name).ok_or_else(|| faults::unknown(name))?;
        if !wanted.iter().any(|case| case.name == named.name) {
            wanted.push(named);
        }
    }
    for case in &mut wanted {
        case.with_at15 |= args.whole;
    }
    Ok(wanted)
}

fn jobs(args: &SelftestArgs) -> usize {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    args.jobs
        .map_or(processors * RUNS_PER_PROCESSOR, usize::from)
}

fn list() -> String {
    let mut text = String::new();
    let mut side = None;
    for fault in FAULTS {
        if side != Some(fault.side()) {
            side = Some(fault.side());
            let _ = writeln!(
                text,
                "{}{}",
                if text.is_empty() { "" } else { "\n" },
                fault.side().as_str()
            );
        }
        let named = |what: &str, points: &[&str], colour: &str| match points {
            [] => String::new(),
            points if points.len() > 6 => format!(" ({what} {} points {colour})", points.len()),
            points => format!(" ({what} {} {colour})", points.join(", ")),
        };
        let red = named("turns", fault.outcome.red, "red");
        let open = named("leaves", fault.outcome.open, "open");
        let _ = writeln!(text, "  {:<28} {}{red}{open}", fault.id, fault.does);
    }
    text.push_str("\nmix:N makes three of them at once, chosen by the number N\n");
    text
}

/// The catalogue for programs.
fn listed() -> serde_json::Value {
    let fault = |fault: &Fault| {
        json!({
            "fault": fault.id,
            "does": fault.does,
            "side": fault.side().as_str(),
            "red": fault.outcome.red,
            "open": fault.outcome.open,
        })
    };
    FAULTS.iter().map(fault).collect()
}

/// Before the runs, which take a minute, whether there is a place for what comes of them.
fn make_room(common: &Common) -> Result<(), SelftestError> {
    let folder = &common.evidence_dir;
    fs::create_dir_all(folder).map_err(SelftestError::io("make", folder))?;
    tempfile::tempfile_in(folder).map_err(SelftestError::io("write to", folder))?;
    Ok(())
}

fn hash_of(program: &Path) -> Result<String, SelftestError> {
    let bytes = fs::read(program).map_err(SelftestError::io("read", program))?;
    Ok(sha256_hex(&bytes))
}

fn write(
    certificate: &serde_json::Value,
    version: &str,
    common: &Common,
) -> Result<PathBuf, SelftestError> {
    let path = common.evidence_dir.join(format!("selftest-{version}.json"));
    let text = format!("{certificate:#}\n");
    let file = disk::replace(&path, text.as_bytes());
    let shared = file.and_then(|file| disk::share(&file));
    shared.map_err(SelftestError::io("write", &path))?;
    Ok(path)
}
