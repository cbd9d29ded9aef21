//! Verbs and flags (interfaces, "Verbs").

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::evidence::Fingerprint;
use crate::model::{RunId, Sha256Hex};

/// Conformance and acceptance tests for suppliers of the NHS Notify Supplier API.
#[derive(Debug, Parser)]
#[command(
    name = "letterproof",
    version,
    args_conflicts_with_subcommands = true,
    max_term_width = 100
)]
pub struct Cli {
    /// What to do; `run` if nothing is said.
    #[command(subcommand)]
    pub verb: Option<Verb>,
    /// Flags of `run`, for a call without a verb.
    #[command(flatten)]
    pub run: RunArgs,
    /// Flags of every verb.
    #[command(flatten)]
    pub common: Common,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Run acceptance tests against a target (the default verb).
    Run(RunArgs),
    /// Print the letter budget, without touching a letter.
    Plan(PlanArgs),
    /// Print the sign-off matrix over all sealed runs of a target.
    Status(StatusArgs),
    /// Check features and step definitions without a target.
    Check(FeatureArgs),
    /// Print the catalogue of acceptance points.
    Criteria(FeatureArgs),
    /// Serve the simulator of INT on its own.
    Sim(super::sim::SimArgs),
    /// Check letter PDFs: can each be produced, or must it be rejected or failed?
    Preflight(super::preflight::PreflightArgs),
    /// Collect proofs for specification proofing: one letter a specification from a run.
    Proof(super::proof::ProofArgs),
    /// Draw the pages of the PDF on standard input: what `proof` starts a process for.
    #[cfg(feature = "render")]
    #[command(name = crate::pictures::VERB, hide = true)]
    DrawPages {
        /// Where the pictures go.
        folder: PathBuf,
        /// What their names begin with.
        stem: String,
    },
    /// Check a run or a pack again: chain, bodies, seal, and every verdict.
    Verify(VerifyArgs),
    /// Make the reports of a run again from its evidence.
    Report(ReportArgs),
    /// Attach a file to an acceptance test of a sealed run.
    Attach(super::additions::AttachArgs),
    /// Vouch for something about an acceptance test of a sealed run.
    Attest(super::additions::AttestArgs),
    /// Decide an acceptance point that only a person can decide.
    Review(super::additions::ReviewArgs),
    /// Note how NHS Notify agreed to live with an acceptance point that is not green.
    Mitigate(super::additions::MitigateArgs),
    /// Build the evidence pack and the draft of the email that carries it.
    Pack(super::pack::PackArgs),
    /// Check configuration, key, clock, network, token and registration; no letter is leased.
    Doctor(super::doctor::DoctorArgs),
    /// Write a commented letterproof.toml.
    Init(super::init::InitArgs),
    /// Make an RSA-4096 key and the JWKS to upload.
    Keygen(super::keygen::KeygenArgs),
    /// The production smoke test: a few agreed letters, and nothing else touches production.
    Smoke(super::smoke::SmokeArgs),
    /// Make every deliberate fault and print which acceptance points it turns red.
    Selftest(super::selftest::SelftestArgs),
    /// Draft an email of onboarding.
    Email(super::email::EmailArgs),
    /// Compare the API's description that letterproof brings along with a given OpenAPI file.
    Drift(DriftArgs),
}

/// Flags of every verb.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Every verb")]
pub struct Common {
    /// Configuration [default: ./letterproof.toml if it is there].
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where runs are kept.
    #[arg(long, global = true, value_name = "DIR", default_value = "evidence")]
    pub evidence_dir: PathBuf,
    /// Where reports are made.
    #[arg(long, global = true, value_name = "DIR", default_value = "reports")]
    pub reports_dir: PathBuf,
    /// How results are printed.
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Print results only, no progress.
    #[arg(long, global = true)]
    pub quiet: bool,
    /// Print without colour (also: the environment variable NO_COLOR).
    #[arg(long, global = true)]
    pub no_color: bool,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Human,
    /// For programs: one JSON document on standard output.
    Json,
}

/// Where features come from.
#[derive(Clone, Debug, Default, Args)]
pub struct FeatureArgs {
    /// Features from this folder instead of the built-in ones.
    #[arg(long, value_name = "DIR")]
    pub features_dir: Option<PathBuf>,
}

/// Flags of `run`.
#[derive(Clone, Debug, Default, Args)]
pub struct RunArgs {
    /// What to test against: a target of the configuration, or one of local, sandbox, int.
    #[arg(long, value_name = "NAME")]
    pub target: Option<String>,
    /// Only these acceptance tests, such as AT2,AT4.
    #[arg(long, value_name = "ATS", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Only scenarios whose tags fit, such as "@AT4 or @mandatory".
    #[arg(long, value_name = "EXPR")]
    pub tags: Option<String>,
    /// Where features come from.
    #[command(flatten)]
    pub features: FeatureArgs,
    /// Go on with an interrupted run, by its id or folder.
    #[arg(long, value_name = "RUN", conflicts_with_all = ["only", "tags", "run_id", "window"])]
    pub resume: Option<PathBuf>,
    /// Letters to cancel in AT11, one id a line, as NHS Notify sent them.
    #[arg(long, value_name = "FILE")]
    pub cancel_list: Option<PathBuf>,
    /// Letters to fail in AT12, one id a line: declared to be defective.
    #[arg(long, value_name = "FILE")]
    pub fail_list: Option<PathBuf>,
    /// Hold answers also against this OpenAPI description, JSON or YAML.
    #[arg(long, value_name = "FILE", conflicts_with = "resume")]
    pub openapi: Option<PathBuf>,
    /// The run's id [default: time, target and a random part].
    #[arg(long, value_name = "ID")]
    pub run_id: Option<RunId>,
    /// The test window that the run belongs to.
    #[arg(long, value_name = "1|2", value_parser = clap::value_parser!(u8).range(1..=2))]
    pub window: Option<u8>,
    /// The reference supplier's memory [default: ledger-TARGET.sqlite in the evidence folder].
    #[arg(long, value_name = "FILE")]
    pub ledger: Option<PathBuf>,
    /// The client's pace [default: the target's rate].
    #[arg(long, value_name = "N")]
    pub requests_per_second: Option<u32>,
    /// How long a list hides its letters [default: 3s in process, else the target's].
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub visibility_timeout: Option<Duration>,
    /// Leave the evidence alone; `report` makes the reports later.
    #[arg(long)]
    pub no_reports: bool,
    /// Flags of the simulator in this process.
    #[command(flatten)]
    pub local: LocalArgs,
}

/// Flags of the simulator in this process: target `local` without a base URL.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Simulator in this process (target local)")]
pub struct LocalArgs {
    /// Letters to seed [default: 2510].
    #[arg(long, value_name = "N")]
    pub letters: Option<usize>,
    /// What letters, ids and races are derived from [default: 1].
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// How long an update takes to become visible [default: 200ms].
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub settle: Option<Duration>,
    /// Answer times to imitate [default: none].
    #[arg(long, value_name = "WHAT", value_enum)]
    pub latency: Option<super::sim::LatencyArg>,
    /// One PDF a batch, as INT has it, instead of one a letter.
    #[arg(long)]
    pub shared_pdfs: bool,
    /// Which bad letters take the place of sound ones; alone: every kind [default: few].
    #[arg(long, value_enum, value_name = "WHICH", num_args = 0..=1, require_equals = true,
          default_missing_value = "all")]
    pub defects: Option<super::sim::DefectsArg>,
    /// No pace and no quota.
    #[arg(long)]
    pub no_throttle: bool,
    /// The simulator's private key, PKCS#8 PEM: to make many short runs quicker.
    #[arg(long, value_name = "FILE", hide = true)]
    pub simulator_key: Option<PathBuf>,
    /// Make a deliberate wrong, to see the checks turn red; `letterproof selftest --list` names them.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub fault: Vec<String>,
}

impl LocalArgs {
    /// The first flag that was given, for targets that have no use for it.
    pub fn first_given(&self) -> Option<&'static str> {
        let given = [
            (self.letters.is_some(), "--letters"),
            (self.seed.is_some(), "--seed"),
            (self.settle.is_some(), "--settle"),
            (self.latency.is_some(), "--latency"),
            (self.shared_pdfs, "--shared-pdfs"),
            (self.defects.is_some(), "--defects"),
            (self.no_throttle, "--no-throttle"),
            (self.simulator_key.is_some(), "--simulator-key"),
            (!self.fault.is_empty(), "--fault"),
        ];
        given
            .into_iter()
            .find(|(given, _)| *given)
            .map(|(_, name)| name)
    }
}

/// Flags of `plan`.
#[derive(Clone, Debug, Default, Args)]
pub struct PlanArgs {
    /// What to plan for: a target of the configuration, or one of local, sandbox, int.
    #[arg(long, value_name = "NAME")]
    pub target: Option<String>,
    /// Only these acceptance tests, such as AT2,AT4.
    #[arg(long, value_name = "ATS", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Plan for this many letters, seeded as INT seeds them, whatever the ledger knows
    /// [default: the ledger's letters; without any, as many as the target should list].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=100_000))]
    pub letters: Option<u64>,
    /// Letters to cancel in AT11, one id a line, as NHS Notify sent them.
    #[arg(long, value_name = "FILE")]
    pub cancel_list: Option<PathBuf>,
    /// Letters to fail in AT12, one id a line: declared to be defective.
    #[arg(long, value_name = "FILE")]
    pub fail_list: Option<PathBuf>,
    /// The reference supplier's memory [default: ledger-TARGET.sqlite in the evidence folder].
    #[arg(long, value_name = "FILE")]
    pub ledger: Option<PathBuf>,
}

/// Flags of `status`.
#[derive(Clone, Debug, Default, Args)]
pub struct StatusArgs {
    /// Whose runs: a target of the configuration, or one of local, sandbox, int.
    #[arg(long, value_name = "NAME")]
    pub target: Option<String>,
    /// The reference supplier's memory [default: ledger-TARGET.sqlite in the evidence folder].
    #[arg(long, value_name = "FILE")]
    pub ledger: Option<PathBuf>,
}

/// Flags of `verify`.
#[derive(Clone, Debug, Args)]
pub struct VerifyArgs {
    /// The folder of a run, its id, or the zip of a pack.
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
    /// What the email says: the zip's SHA-256, or the head of each run.
    #[arg(long, value_name = "HASHES", value_delimiter = ',', value_parser = Sha256Hex::pasted)]
    pub head: Vec<Sha256Hex>,
    /// What the email says of what people added: the hash called `additions`, of each run.
    #[arg(long, value_name = "HASHES", value_delimiter = ',', value_parser = Sha256Hex::pasted)]
    pub additions: Vec<Sha256Hex>,
    /// The fingerprint of the supplier's key, told by another way: exit code 1 if another key
    /// signed, or none.
    #[arg(long, value_name = "SHA256:…")]
    pub signer: Option<Fingerprint>,
}

/// Flags of `drift`.
#[derive(Clone, Debug, Args)]
pub struct DriftArgs {
    /// The OpenAPI description to compare with, JSON or YAML, in one file.
    #[arg(long, value_name = "FILE")]
    pub openapi: PathBuf,
}

/// Flags of `report`.
#[derive(Clone, Debug, Args)]
pub struct ReportArgs {
    /// The run: its id, or its folder.
    #[arg(value_name = "RUN")]
    pub run: PathBuf,
    /// Print the report to report.pdf, with an installed Chromium, Chrome or Edge.
    #[arg(long)]
    pub pdf: bool,
    /// Save a picture of each acceptance test's sheet, with the same browser.
    #[arg(long)]
    pub screenshots: bool,
    /// The browser to use [default: found on PATH or in the usual places].
    #[arg(long, value_name = "FILE")]
    pub browser: Option<PathBuf>,
}

fn duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text)
        .map_err(|error| format!("{error}; write for example 300s or 500ms"))
}
