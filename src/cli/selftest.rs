//! `selftest`: every deliberate fault, and the acceptance points that it turns red.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use crate::evidence::sha256_hex;
use crate::faults::FAULTS;
use crate::progress::Progress;
use crate::selftest::{Case, Matrix, Runner, SelftestError, cases, certificate, told};
use clap::Args;

use super::args::{Common, Format};
use super::output::{print, print_json};
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
/// If the runs cannot be made or the certificate cannot be written.
pub fn run(args: &SelftestArgs, common: &Common) -> Result<ExitCode, CliError> {
    if args.list {
        print(&list())?;
        return Ok(ExitCode::PASSED);
    }
    let wanted = wanted(args)?;
    let program = std::env::current_exe().map_err(|source| CliError::Io {
        action: "selftest cannot find its own program",
        source,
    })?;
    let folder = tempfile::tempdir().map_err(|source| CliError::Io {
        action: "selftest cannot make a folder for its runs",
        source,
    })?;
    let progress = Progress::new(common.quiet, common.no_color);
    let runner = Runner::new(&program, folder.path(), jobs(args));
    let matrix = runner.matrix(&wanted, &progress)?;
    let version = env!("CARGO_PKG_VERSION");
    let hash = hash_of(&program)?;
    let certificate = certificate(&matrix, version, &hash);
    let written = match args.fault.is_empty() {
        true => Some(write(&certificate, version, common)?),
        false => None,
    };
    match common.format {
        Format::Json => print_json(&certificate)?,
        Format::Human => print(&text(&matrix, written))?,
    }
    if matrix.holds() {
        return Ok(ExitCode::PASSED);
    }
    // Who mends a miss looks at its run first.
    let kept = folder.keep();
    progress.line(&format!("the runs are kept in {}", kept.display()));
    Ok(ExitCode::FAILED)
}

fn wanted(args: &SelftestArgs) -> Result<Vec<Case>, CliError> {
    let mut all = cases();
    for case in &mut all {
        case.with_at15 |= args.whole;
    }
    if args.fault.is_empty() {
        return Ok(all);
    }
    let known = |name: &&String| !all.iter().any(|case| case.name == **name);
    if let Some(unknown) = args.fault.iter().find(known) {
        return Err(faults::unknown(unknown).into());
    }
    all.retain(|case| args.fault.contains(&case.name));
    Ok(all)
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
        let red = match fault.outcome.red {
            [] => String::new(),
            red => format!(" (turns {} red)", red.join(", ")),
        };
        let _ = writeln!(text, "  {:<28} {}{red}", fault.id, fault.does);
    }
    text.push_str("\nmix:N makes three of them at once, chosen by the number N\n");
    text
}

fn text(matrix: &Matrix, written: Option<PathBuf>) -> String {
    let mut text = told(matrix);
    if let Some(path) = written {
        let _ = writeln!(text, "certificate  {}", path.display());
    }
    text
}

fn hash_of(program: &std::path::Path) -> Result<String, SelftestError> {
    let bytes = fs::read(program).map_err(SelftestError::io("read", program))?;
    Ok(sha256_hex(&bytes))
}

fn write(
    certificate: &serde_json::Value,
    version: &str,
    common: &Common,
) -> Result<PathBuf, SelftestError> {
    let folder = &common.evidence_dir;
    fs::create_dir_all(folder).map_err(SelftestError::io("make", folder))?;
    let path = folder.join(format!("selftest-{version}.json"));
    let text = format!("{certificate:#}\n");
    fs::write(&path, text).map_err(SelftestError::io("write", &path))?;
    Ok(path)
}
