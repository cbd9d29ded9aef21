//! `pack`: the evidence pack and the email that carries it.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::acceptance::{count, grouped};
use crate::evidence::Redactor;
use crate::mail::Address;
use crate::pack::{Canaries, LeftOut, Order, Post, Written, write_pack};
use crate::progress::Progress;
use crate::report::{SIMULATOR_WORDS, one_line};

use super::args::{Common, Format};
use super::config::{self, Config, KnownSecrets, Overrides, ProcessEnvironment};
use super::output::{print, print_json};
use super::{CliError, ExitCode};

/// Bytes in the megabyte of `pack.max_email_mb`: mail servers that mean more take these too.
const MEGABYTE: usize = 1_000_000;

/// Flags of `pack`.
#[derive(Clone, Debug, Args)]
pub struct PackArgs {
    /// Whose runs: a target of the configuration, or one of local, sandbox, int [default: local].
    #[arg(long, value_name = "NAME")]
    pub target: Option<String>,
    /// Choose from these sealed runs only [default: all of the target].
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    pub runs: Vec<String>,
    /// Also with mandatory points that are not green, and of a simulator; the pack says so.
    #[arg(long)]
    pub draft: bool,
    /// Where the pack goes.
    #[arg(long, value_name = "DIR", default_value = "packs")]
    pub out: PathBuf,
}

/// Makes the pack and says what it is made of.
///
/// # Errors
/// If the configuration cannot be used, or the pack is refused.
pub fn run(args: &PackArgs, common: &Common) -> Result<ExitCode, CliError> {
    let overrides = Overrides::default();
    let config = config::load(common.config.as_deref(), &ProcessEnvironment, &overrides)?;
    let target = args.target.as_deref().unwrap_or("local");
    config.describe_target(target)?;
    let secrets = config.known_secrets(&ProcessEnvironment);
    let redactor = Redactor::default();
    secrets.teach(&redactor);
    let signing_key = config.signing_key()?;
    let progress = Progress::new(common.quiet, common.no_color);
    progress.line("checking, deflating and searching the evidence");
    let written = write_pack(&Order {
        evidence: &common.evidence_dir,
        reports: &common.reports_dir,
        out: &args.out,
        target,
        runs: &args.runs,
        draft: args.draft,
        canaries: &Canaries::new(redactor),
        post: &post(&config)?,
        signing_key: signing_key.as_ref(),
    })?;
    match common.format {
        Format::Json => print_json(&as_json(&written, &secrets))?,
        Format::Human => print(&told(&written, &secrets))?,
    }
    Ok(ExitCode::PASSED)
}

fn post(config: &Config) -> Result<Post, CliError> {
    let address = |key, text: &str| {
        Address::parse(text).map_err(|source| CliError::PackAddress { key, source })
    };
    let pack = &config.pack;
    let megabytes = usize::try_from(pack.max_email_mb).unwrap_or(usize::MAX);
    Ok(Post {
        from: pack
            .from
            .as_deref()
            .map(|from| address("from", from))
            .transpose()?,
        to: address("to", &pack.to)?,
        contact: pack.contact.clone(),
        limit: megabytes.saturating_mul(MEGABYTE),
    })
}

fn told(written: &Written, secrets: &KnownSecrets) -> String {
    let mut text = String::new();
    let manifest = &written.manifest;
    if manifest.simulator {
        let _ = writeln!(text, "{SIMULATOR_WORDS}");
    } else if manifest.draft {
        let _ = writeln!(text, "A draft: mandatory points may be open");
    }
    for test in &manifest.tests {
        let run = test.run.as_deref().unwrap_or("none");
        let _ = writeln!(
            text,
            "{:<6}{:<34}{:<11}{:<15}{}",
            test.id,
            test.title,
            test.level.as_str(),
            test.verdict.as_str(),
            one_line(run)
        );
    }
    text.push('\n');
    for part in &written.parts {
        let _ = writeln!(
            text,
            "Pack     {} ({} bytes)\nSHA-256  {}\nEmail    {}",
            part.zip.display(),
            grouped(part.bytes),
            part.sha256,
            part.email.display()
        );
        for before in &part.replaced {
            let _ = writeln!(
                text,
                "Replaced {}: another file of that name stood there (SHA-256 {})",
                before.path.display(),
                before.sha256
            );
        }
    }
    text.extend(written.left_out.as_ref().map(told_of_pictures));
    for run in manifest.omitted() {
        let _ = writeln!(
            text,
            "Omitted  {} (listed in pack.json)",
            one_line(&run.run_id)
        );
    }
    let _ = writeln!(
        text,
        "Searched for {} of the configuration: none is in it",
        count(secrets.count(), "secret")
    );
    if !secrets.unknown.is_empty() {
        let _ = writeln!(
            text,
            "Not searched for, because it could not be read now: {}",
            secrets.unknown.join(", ")
        );
    }
    text
}

fn told_of_pictures(left_out: &LeftOut) -> String {
    let bytes = usize::try_from(left_out.bytes).unwrap_or(usize::MAX);
    format!(
        "Left out {} of {} bytes that a browser made: with {} the email would have {} bytes, over \
         [pack].max_email_mb; report.html in the pack shows the same\n",
        count(left_out.names.len(), "picture"),
        grouped(bytes),
        if left_out.names.len() == 1 {
            "it"
        } else {
            "them"
        },
        grouped(left_out.email),
    )
}

fn as_json(written: &Written, secrets: &KnownSecrets) -> serde_json::Value {
    let manifest = &written.manifest;
    let parts = written.parts.iter().map(|part| {
        json!({
            "zip": part.zip, "bytes": part.bytes, "sha256": part.sha256,
            "email": part.email, "runs": part.runs,
            "replaced": part.replaced.iter().map(|before| &before.path).collect::<Vec<_>>(),
        })
    });
    let left_out = written.left_out.as_ref();
    let omitted = manifest.omitted().map(|run| &run.run_id);
    json!({
        "draft": manifest.draft,
        "simulator": manifest.simulator,
        "parts": parts.collect::<Vec<_>>(),
        "tests": manifest.tests,
        "open": manifest.open().map(|point| &point.id).collect::<Vec<_>>(),
        "omitted": omitted.collect::<Vec<_>>(),
        "left_out": left_out.map_or(&[][..], |left_out| &left_out.names),
        "secrets_searched_for": secrets.count(),
        "secrets_not_known": secrets.unknown,
    })
}
