//! `letterproof sim`: serves the simulator on its own.
//!
//! Standard output carries one line of JSON, written when connections are
//! accepted, so that a script can wait for it and read where to go. The
//! private key lies in a temporary folder that is gone when the program ends.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::net::{AddrParseError, SocketAddr};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use tempfile::TempDir;
use tokio::signal::unix::{SignalKind, signal};

use super::faults::{self, FaultNameError};
use crate::simulator::{BadLetters, Credentials, Latency, Options, Simulator, SimulatorError};

/// The first line of a configuration that this verb wrote.
const OURS: &str = "# Written by `letterproof sim --write-config`; written anew each time.";

/// What the files of the secrets end in.
const API_KEY: &str = "api-key";
const PRIVATE_KEY: &str = "private-key.pem";

/// The most letters that one list returns, and so the most that can be expected.
const LONGEST_LIST: usize = 2500;

/// Serves the embedded simulator of INT until it is interrupted.
#[derive(Debug, Clone, clap::Args)]
pub struct SimArgs {
    /// Where to listen; port 0 takes any free port, loopback only
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9100", value_parser = address)]
    pub addr: SocketAddr,
    /// How many letters are seeded
    #[arg(long, value_name = "N", default_value_t = 2510)]
    pub letters: usize,
    /// Decides letter ids, PDFs and the timing of updates
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Serve calls without an access token too
    #[arg(long)]
    pub no_auth: bool,
    /// Calls allowed in a second; 0 lifts the quota
    #[arg(long, value_name = "N", default_value_t = 300)]
    pub requests_per_second: u32,
    /// How long a list hides what it returned
    #[arg(long, value_name = "TIME", default_value = "300s", value_parser = humantime::parse_duration)]
    pub visibility_timeout: Duration,
    /// About how long an accepted update takes to show
    #[arg(long, value_name = "TIME", default_value = "500ms", value_parser = humantime::parse_duration)]
    pub settle: Duration,
    /// How long the link to a PDF works
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = humantime::parse_duration)]
    pub url_ttl: Duration,
    /// Which answer times to imitate
    #[arg(long, value_enum, default_value_t = LatencyArg::None)]
    pub latency: LatencyArg,
    /// Let all letters of a batch share one PDF and one hash, as on INT
    #[arg(long)]
    pub shared_pdfs: bool,
    /// Which bad letters take the place of sound ones; alone: every kind
    #[arg(long, value_enum, value_name = "WHICH", default_value_t = DefectsArg::Few,
          num_args = 0..=1, require_equals = true, default_missing_value = "all")]
    pub defects: DefectsArg,
    /// Make a deliberate wrong of the service; `letterproof selftest --list` names them
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub fault: Vec<String>,
    /// Write a configuration for this simulator, and its secrets beside it
    #[arg(long, value_name = "FILE")]
    pub write_config: Option<PathBuf>,
    /// Write every applied update, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
}

/// The values of `--latency`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LatencyArg {
    /// Answers at once
    None,
    /// Answers about as slowly as INT
    Int,
}

/// The values of `--defects`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum DefectsArg {
    /// Only letters without a PDF, as INT has them
    None,
    /// Eight of 2,510 letters, each with another defect
    Few,
    /// Every defect, an unknown specification, no group, and Welsh letters
    All,
}

/// Why the simulator could not be served.
#[derive(Debug, thiserror::Error)]
pub enum SimCommandError {
    /// The simulator itself.
    #[error(transparent)]
    Simulator(#[from] SimulatorError),
    /// `--fault`.
    #[error(transparent)]
    Fault(#[from] FaultNameError),
    /// A file that somebody else wrote stands where the configuration goes.
    #[error("{0} exists and was not written by `letterproof sim`: name another file")]
    NotOurs(PathBuf),
    /// A file that cannot be written or read.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Standard output, or waiting for a signal.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<LatencyArg> for Latency {
    fn from(latency: LatencyArg) -> Self {
        match latency {
            LatencyArg::None => Self::None,
            LatencyArg::Int => Self::Int,
        }
    }
}

impl From<DefectsArg> for BadLetters {
    fn from(defects: DefectsArg) -> Self {
        match defects {
            DefectsArg::None => Self::None,
            DefectsArg::Few => Self::Few,
            DefectsArg::All => Self::Every,
        }
    }
}

impl SimCommandError {
    /// Whether the caller asked for something wrong, so that nothing was
    /// served (exit code 2), and not the environment that failed (4).
    pub fn is_usage(&self) -> bool {
        match self {
            SimCommandError::NotOurs(_) | SimCommandError::Fault(_) => true,
            SimCommandError::Simulator(error) => error.is_usage(),
            SimCommandError::File { .. } | SimCommandError::Io(_) => false,
        }
    }
}

impl SimArgs {
    /// The simulator's options of these flags.
    pub fn options(&self) -> Options {
        Options {
            addr: self.addr,
            letters: self.letters,
            bad_letters: self.defects.into(),
            seed: self.seed,
            no_auth: self.no_auth,
            requests_per_second: self.requests_per_second,
            visibility_timeout: self.visibility_timeout,
            settle: self.settle,
            url_ttl: self.url_ttl,
            latency: self.latency.into(),
            shared_pdfs: self.shared_pdfs,
            log: self.log.clone(),
            ..Options::default()
        }
    }
}

/// Reads `HOST:PORT`; of names only `localhost` is known.
fn address(text: &str) -> Result<SocketAddr, AddrParseError> {
    let named = text.strip_prefix("localhost:");
    named.map_or_else(|| text.parse(), |port| format!("127.0.0.1:{port}").parse())
}

/// Serves until Ctrl-C or SIGTERM.
///
/// # Errors
/// Flags that make no sense, an address that is taken, or files that cannot be
/// written.
pub async fn serve(args: SimArgs) -> Result<(), SimCommandError> {
    let options = Options {
        faults: faults::served(&args.fault)?,
        ..args.options()
    };
    options.validate()?;
    if let Some(path) = &args.write_config {
        refuse_foreign(path)?;
    }
    let stopped = stop_signal()?;
    let simulator = Simulator::start(options).await?;
    let folder = TempDir::with_prefix("letterproof-sim-")?;
    announce(&simulator, &args, &folder)?;
    stopped.await;
    simulator.shutdown().await;
    Ok(folder.close()?)
}

/// Resolves at the first Ctrl-C or SIGTERM from now on.
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// The first line on standard output.
#[derive(Serialize)]
struct Ready<'a> {
    base_url: &'a str,
    token_url: &'a str,
    storage_url: &'a str,
    api_key: &'a str,
    status_api_key: &'a str,
    kid: &'a str,
    private_key: &'a Path,
    letters: usize,
}

fn announce(
    simulator: &Simulator,
    args: &SimArgs,
    folder: &TempDir,
) -> Result<(), SimCommandError> {
    let credentials = simulator.credentials(0);
    let private_key = folder.path().join("private-key.pem");
    write_secret(&private_key, &credentials.private_key_pem)?;
    if let Some(path) = &args.write_config {
        write_config(path, simulator, &credentials, args)?;
    }
    let ready = Ready {
        base_url: simulator.base_url(),
        token_url: simulator.token_url(),
        storage_url: &simulator.storage_url(),
        api_key: &credentials.api_key,
        status_api_key: simulator.status_api_key(),
        kid: &credentials.kid,
        private_key: &private_key,
        letters: args.letters,
    };
    let line = serde_json::to_string(&ready).map_err(io::Error::from)?;
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

/// What `--write-config` writes.
#[derive(Serialize)]
struct Config<'a> {
    target: Targets<'a>,
}

#[derive(Serialize)]
struct Targets<'a> {
    local: Target<'a>,
}

#[derive(Serialize)]
struct Target<'a> {
    kind: &'static str,
    base_url: &'a str,
    token_url: &'a str,
    api_key_file: &'a Path,
    private_key: &'a Path,
    kid: &'a str,
    visibility_timeout_s: u64,
    #[serde(skip_serializing_if = "is_zero")]
    requests_per_second: u32,
    expected_letters: usize,
}

fn write_config(
    path: &Path,
    simulator: &Simulator,
    credentials: &Credentials,
    args: &SimArgs,
) -> Result<(), SimCommandError> {
    let (api_key_file, private_key) = (beside(path, API_KEY), beside(path, PRIVATE_KEY));
    write_secret(&api_key_file, &credentials.api_key)?;
    write_secret(&private_key, &credentials.private_key_pem)?;
    let local = Target {
        kind: "local",
        base_url: simulator.base_url(),
        token_url: simulator.token_url(),
        api_key_file: &api_key_file,
        private_key: &private_key,
        kid: &credentials.kid,
        visibility_timeout_s: args.visibility_timeout.as_millis().div_ceil(1000) as u64,
        requests_per_second: args.requests_per_second,
        expected_letters: args.letters.min(LONGEST_LIST),
    };
    let config = Config {
        target: Targets { local },
    };
    let text = toml::to_string(&config).map_err(io::Error::other)?;
    let written = fs::write(path, format!("{OURS}\n{text}"));
    written.map_err(|source| file_error(path, source))
}

/// `letterproof.toml` → `letterproof.api-key`: beside the configuration, by
/// absolute path, so that the configuration works from any folder.
fn beside(config: &Path, extension: &str) -> PathBuf {
    let path = config.with_extension(extension);
    std::path::absolute(&path).unwrap_or(path)
}

/// A quota of 0 is none, and so is not written.
fn is_zero(requests: &u32) -> bool {
    *requests == 0
}

/// Refuses to overwrite files that this verb did not write: a configuration
/// without our first line, or secrets without a configuration.
fn refuse_foreign(path: &Path) -> Result<(), SimCommandError> {
    match fs::read_to_string(path) {
        Ok(text) if text.starts_with(OURS) => Ok(()),
        Ok(_) => Err(SimCommandError::NotOurs(path.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => refuse_lone_secrets(path),
        Err(source) => Err(file_error(path, source)),
    }
}

fn refuse_lone_secrets(config: &Path) -> Result<(), SimCommandError> {
    let secrets = [API_KEY, PRIVATE_KEY].map(|extension| beside(config, extension));
    match secrets.into_iter().find(|secret| secret.exists()) {
        Some(secret) => Err(SimCommandError::NotOurs(secret)),
        None => Ok(()),
    }
}

/// Writes a file that only its owner can read. One that stands there already
/// is replaced, never followed and never widened.
fn write_secret(path: &Path, secret: &str) -> Result<(), SimCommandError> {
    let written = (|| {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(secret.as_bytes())
    })();
    written.map_err(|source| file_error(path, source))
}

fn file_error(path: &Path, source: io::Error) -> SimCommandError {
    SimCommandError::File {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_of_somebody_else_is_not_overwritten() {
        let folder = tempfile::tempdir().expect("folder");
        let config = folder.path().join("letterproof.toml");
        assert!(refuse_foreign(&config).is_ok());
        fs::write(&config, "[supplier]\n").expect("write");
        assert!(matches!(
            refuse_foreign(&config),
            Err(SimCommandError::NotOurs(_))
        ));
        fs::write(&config, format!("{OURS}\n")).expect("write");
        assert!(refuse_foreign(&config).is_ok());
    }

    #[test]
    fn a_secret_of_somebody_else_is_not_overwritten() {
        let folder = tempfile::tempdir().expect("folder");
        let config = folder.path().join("letterproof.toml");
        fs::write(beside(&config, PRIVATE_KEY), "a real key").expect("write");
        let refusal = refuse_foreign(&config).expect_err("a lone secret");
        assert!(refusal.is_usage());
    }

    #[test]
    fn a_secret_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("secret");
        fs::write(&path, "wide open").expect("write");
        write_secret(&path, "secret").expect("secret");
        let mode = fs::metadata(&path).expect("metadata").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_to_string(&path).expect("text"), "secret");
    }

    #[tokio::test]
    async fn a_written_configuration_names_the_simulator_and_holds_no_secret() {
        let folder = tempfile::tempdir().expect("folder");
        let config = folder.path().join("letterproof.toml");
        let args = SimArgs::of(&["--addr", "127.0.0.1:0", "--letters", "3"]);
        let simulator = Simulator::start(args.options()).await.expect("simulator");
        let credentials = simulator.credentials(0);
        write_config(&config, &simulator, &credentials, &args).expect("config");
        let text = fs::read_to_string(&config).expect("text");
        assert!(!text.contains(&credentials.api_key));
        let parsed: toml::Table = text.parse().expect("TOML");
        let local = &parsed["target"]["local"];
        assert_eq!(local["base_url"].as_str(), Some(simulator.base_url()));
        assert_eq!(local["expected_letters"].as_integer(), Some(3));
        assert_eq!(local["visibility_timeout_s"].as_integer(), Some(300));
        let api_key = local["api_key_file"].as_str().map(fs::read_to_string);
        assert_eq!(api_key.expect("path").expect("key"), credentials.api_key);
    }

    #[test]
    fn the_flag_alone_asks_for_every_bad_letter() {
        for (flags, bad) in [
            (&[][..], BadLetters::Few),
            (&["--defects"], BadLetters::Every),
            (&["--defects", "--letters", "9"], BadLetters::Every),
            (&["--defects=none"], BadLetters::None),
        ] {
            assert_eq!(SimArgs::of(flags).options().bad_letters, bad, "{flags:?}");
        }
    }

    impl SimArgs {
        fn of(flags: &[&str]) -> SimArgs {
            use clap::Parser;
            #[derive(clap::Parser)]
            struct Program {
                #[command(flatten)]
                args: SimArgs,
            }
            Program::parse_from([&["sim"], flags].concat()).args
        }
    }
}
