//! `proof`: proofs for specification proofing, from the evidence of a run.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::audit::{AuditError, read_held};
use crate::evidence::{RunDir, read_text_at_most};
use crate::mail::Address;
use crate::model::limits::LARGEST_SETTINGS;
use crate::preflight::{Policy, PolicyError};
use crate::proof::{self, Parties, ProofError, Proofs, Written};
use crate::report::visible;

use super::args::{Common, Format};
use super::config::{self, Config, Overrides, ProcessEnvironment};
use super::output::{print, print_json};
use super::preflight::PreflightCliError;
use super::{CliError, ExitCode};

/// Flags of `proof`.
#[derive(Debug, Clone, clap::Args)]
pub struct ProofArgs {
    /// Specifications to proof, such as notify-c5,notify-c4 [default: all that the run listed].
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    pub specs: Vec<String>,
    /// The run: its id, or its folder [default: the latest complete run].
    #[arg(long, value_name = "RUN")]
    pub run: Option<PathBuf>,
    /// Where the folder of proofs is made.
    #[arg(long, value_name = "DIR", default_value = "proofs")]
    pub out: PathBuf,
    /// TOML that amends the built-in policy of `preflight`.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
}

/// Collects the proofs, writes them, and says what to do with them.
///
/// # Errors
/// If the run does not hold, the run, the configuration or the policy cannot be read, a specification has no proof, or
/// the files cannot be written.
pub fn run(args: &ProofArgs, common: &Common) -> Result<ExitCode, CliError> {
    let overrides = Overrides::default();
    let config = config::load(common.config.as_deref(), &ProcessEnvironment, &overrides)?;
    let parties = parties(&config)?;
    let dir = run_dir(args, common)?;
    read_held(&dir)?;
    let proofs = proof::collect(&dir, &args.specs, policy(args.policy.as_deref())?)?;
    let mut written = proof::write(&proofs, &parties, &args.out)?;
    draw(&proofs, &mut written);
    match common.format {
        Format::Json => print_json(&json!({
            "run_id": proofs.started.run_id,
            "folder": written.folder,
            "left_out": proofs.left_out.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "files": written.files,
        }))?,
        Format::Human => print(&visible(&told(&proofs, &written, &parties)))?,
    }
    Ok(ExitCode::PASSED)
}

fn parties(config: &Config) -> Result<Parties, CliError> {
    let address = |text: &str| Address::parse(text).map_err(ProofError::from);
    Ok(Parties {
        to: address(&config.pack.to)?,
        from: config.pack.from.as_deref().map(address).transpose()?,
        contact: config.pack.contact.clone(),
        most_megabytes: config.pack.max_email_mb,
    })
}

fn policy(path: Option<&Path>) -> Result<Policy, CliError> {
    let Some(path) = path else {
        return Ok(Policy::built_in()?);
    };
    let amended = |source: PolicyError| PreflightCliError::Policy {
        path: path.to_owned(),
        source,
    };
    let text =
        read_text_at_most(path, LARGEST_SETTINGS).map_err(|source| PreflightCliError::Read {
            path: path.to_owned(),
            source,
        })?;
    Ok(Policy::amended(&text).map_err(amended)?)
}

/// The run that is named, or the latest one with a seal: ids begin with the time.
fn run_dir(args: &ProofArgs, common: &Common) -> Result<RunDir, CliError> {
    if let Some(run) = &args.run {
        let dir = RunDir::named(run, &common.evidence_dir);
        if !dir.journal().is_file() {
            return Err(AuditError::NoRun(run.display().to_string()).into());
        }
        return Ok(dir);
    }
    let entries = std::fs::read_dir(&common.evidence_dir)
        .into_iter()
        .flatten();
    let dirs = entries.flatten().map(|entry| RunDir::at(entry.path()));
    let latest = dirs
        .filter(|dir| dir.seal().is_file())
        .max_by_key(RunDir::name);
    latest.ok_or_else(|| ProofError::NoRun(common.evidence_dir.clone()).into())
}

/// Pictures beside the proofs. A page that cannot be drawn spoils no proof: it is said.
#[cfg(feature = "render")]
fn draw(proofs: &Proofs, written: &mut Written) {
    for (proof, pdf) in proofs.proofs.iter().zip(&written.pdfs) {
        let stem = pdf.file_stem().unwrap_or_default().to_string_lossy();
        match crate::pictures::pictures_of(&proof.pdf, &written.folder, &stem) {
            Ok(pictures) => written.files.extend(pictures),
            Err(error) => super::output::tell(&format!("letterproof: {}: {error}", pdf.display())),
        }
    }
}

/// Without the feature `render` there are none.
#[cfg(not(feature = "render"))]
fn draw(_: &Proofs, _: &mut Written) {}

/// For the person at the terminal, who has a parcel to send.
fn told(proofs: &Proofs, written: &Written, parties: &Parties) -> String {
    let started = &proofs.started;
    let mut text = format!(
        "Proofs of run {}, target {}\n",
        started.run_id, started.target.name
    );
    if let Some(banner) = proofs.banner() {
        text += &format!("{banner}\n");
    }
    text += "\n";
    let longest = proofs.proofs.iter().map(|proof| proof.specification.len());
    let width = longest.max().unwrap_or(0).max("SPECIFICATION".len());
    text += &format!(
        "{:width$}  PAGES  SHEETS  SIZE          REMARKS  LETTER\n",
        "SPECIFICATION"
    );
    for proof in &proofs.proofs {
        let sheets = proof
            .sheets()
            .map_or("-".to_owned(), |sheets| sheets.to_string());
        let remarks = proof
            .checks
            .iter()
            .filter(|check| check.is_remark())
            .count();
        text += &format!(
            "{:width$}  {:>5}  {sheets:>6}  {:12}  {remarks:>7}  {}\n",
            proof.specification,
            proof.pages.len(),
            proof.page_sizes(),
            proof.letter
        );
    }
    for why in &proofs.left_out {
        text += &format!("Left out: {why}\n");
    }
    text += &format!("\n{}\n", written.folder.display());
    let place = |name: &str| written.folder.join(name).display().to_string();
    text += &format!(
        "  1. Print {} and each PDF as its specification asks.\n",
        place("cover-sheets.html")
    );
    text += &format!(
        "  2. Send each sample with its sheet to: {}.\n",
        proof::POSTAL_ADDRESS.join(", ")
    );
    text += &format!(
        "  3. Open {}, read it, and send it to {}.\n",
        place("proofs.eml"),
        parties.to
    );
    text
}
