//! `doctor`: is everything in place for a run?

mod credentials;
mod told;

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::client::{Credentials, Endpoint, Hosts, Settings};
use crate::doctor::{self, Finding, Outcome, Places, Subject, Variables};
use crate::evidence::{Journal, Policy, Redactor, RunDir, new_run_id};
use crate::keys::Kid;
use crate::ledger::LedgerError;
use crate::model::{Status, Timestamp};
use crate::progress::Progress;
use crate::simulator::{Options, Simulator};
use crate::targets::{Target, TargetKind};

use super::args::{Common, Format};
use super::config::{self, Config, ConfigError, Environment as _, Overrides, ProcessEnvironment};
use super::endpoint::endpoint;
use super::output::{print, print_json};
use super::{CliError, ExitCode, stock};

/// Letters of the simulator in this process: enough to be there.
const FEW_LETTERS: usize = 3;

/// Flags of `doctor`.
#[derive(Clone, Debug, clap::Args)]
pub struct DoctorArgs {
    /// What to look at: a target of the configuration, or one of local, sandbox, int.
    #[arg(long, value_name = "NAME")]
    pub target: Option<String>,
    /// The JWKS that was uploaded [default: KID.jwks.json, or KEY.jwks.json, beside the key].
    #[arg(long, value_name = "FILE")]
    pub jwks: Option<PathBuf>,
    /// The reference supplier's memory [default: ledger-TARGET.sqlite in the evidence folder].
    #[arg(long, value_name = "FILE")]
    pub ledger: Option<PathBuf>,
}

/// What was looked at, and what was found.
pub(super) struct Report {
    target: String,
    base_url: Option<String>,
    findings: Vec<Finding>,
}

/// Looks at everything that a run needs, and prints a line for each check.
///
/// # Errors
/// If the target or the configuration file named does not exist.
pub async fn run(args: &DoctorArgs, common: &Common) -> Result<ExitCode, CliError> {
    let progress = Progress::new(common.quiet, common.no_color);
    let name = args.target.as_deref().unwrap_or("local");
    let redactor = Redactor::default();
    let overrides = Overrides::default();
    let mut report = Report {
        target: name.to_owned(),
        base_url: None,
        findings: Vec::new(),
    };
    match config::load(common.config.as_deref(), &ProcessEnvironment, &overrides) {
        Ok(config) => {
            let target = config.describe_target(name)?;
            report.base_url.clone_from(&target.base_url);
            let visit = Visit {
                args,
                common,
                config: &config,
                target: &target,
                redactor: &redactor,
                progress: &progress,
            };
            report.findings = visit.all().await?;
        }
        Err(error @ (ConfigError::NoFile(_) | ConfigError::Unreadable { .. })) => {
            return Err(error.into());
        }
        Err(error) => report.findings.push(misconfigured(&error)),
    }
    report.redact(&redactor);
    match common.format {
        Format::Json => print_json(&told::json(&report))?,
        Format::Human => print(&told::human(&report))?,
    }
    Ok(match report.count(Outcome::Fail) {
        0 => ExitCode::PASSED,
        _ => ExitCode::FAILED,
    })
}

impl Report {
    fn count(&self, outcome: Outcome) -> usize {
        let alike = self.findings.iter().filter(|one| one.outcome == outcome);
        alike.count()
    }

    /// The second net: no text shows a secret, whatever an answer repeated.
    fn redact(&mut self, redactor: &Redactor) {
        let clean = |text: &mut String| *text = redactor.text(text).into_owned();
        for finding in &mut self.findings {
            clean(&mut finding.seen);
            let more = [
                &mut finding.cause,
                &mut finding.remedy,
                &mut finding.request_id,
            ];
            more.into_iter().flatten().for_each(clean);
        }
    }
}

/// What a target answers from fixed texts: no run can prove anything by it.
fn canned(target: &Target) -> Option<Finding> {
    let told = target.canned.join("; ");
    (!target.canned.is_empty()).then(|| {
        Finding::warning("canned", told).because(
            "this target keeps no state and answers from fixed texts",
            "try calls against it; acceptance tests need a simulator or INT",
        )
    })
}

fn misconfigured(error: &ConfigError) -> Finding {
    Finding::fail(
        "configuration",
        error.to_string(),
        "the configuration cannot be used, so nothing else was looked at",
        "correct the place that is named; docs/configuration.md explains every setting",
    )
}

/// One call of the doctor.
struct Visit<'a> {
    args: &'a DoctorArgs,
    common: &'a Common,
    config: &'a Config,
    target: &'a Target,
    redactor: &'a Redactor,
    progress: &'a Progress,
}

impl Visit<'_> {
    async fn all(&self) -> Result<Vec<Finding>, CliError> {
        let mut findings = vec![self.configuration()];
        let variables = Variables::read(|name| ProcessEnvironment.get(name));
        let base_url = self.target.base_url.as_deref();
        let is_near = base_url.is_none_or(|url| url.starts_with("http://"));
        findings.extend(canned(self.target));
        findings.push(doctor::surroundings(&variables, is_near));
        findings.extend(doctor::places(&self.places()));
        let access = self.config.target(&self.target.name, &ProcessEnvironment);
        let (lines, access) = credentials::check(self.config, self.target, self.args, access);
        findings.extend(lines);
        if self.target.kind == TargetKind::Prod {
            let why = "production is asked by `letterproof smoke` alone";
            findings.push(Finding::skipped("network", why));
            return Ok(findings);
        }
        let Some(access) = access else {
            let why = "nothing was sent: the credentials come first";
            findings.push(Finding::skipped("network", why));
            return Ok(findings);
        };
        let simulator = match self.target.is_in_process() {
            true => Some(simulator().await?),
            false => None,
        };
        let endpoint = match &simulator {
            Some(simulator) => endpoint_of(simulator),
            None => endpoint(&access)?,
        };
        findings.extend(self.ask(endpoint, variables).await?);
        if let Some(simulator) = simulator {
            simulator.shutdown().await;
        }
        Ok(findings)
    }

    fn configuration(&self) -> Finding {
        let supplier = &self.config.supplier.name;
        let seen = match &self.config.file {
            Some(file) => format!("{} reads; supplier {supplier}", file.display()),
            None => "no file: built-in values and variables alone".to_owned(),
        };
        Finding::ok("configuration", seen)
    }

    fn places(&self) -> Places {
        Places {
            evidence: self.common.evidence_dir.clone(),
            reports: self.common.reports_dir.clone(),
            keeps_all_pdfs: self.config.evidence.pdfs == Policy::All,
        }
    }

    async fn ask(
        &self,
        endpoint: Endpoint,
        variables: Variables,
    ) -> Result<Vec<Finding>, CliError> {
        let folder =
            TempDir::with_prefix("letterproof-doctor-").map_err(|source| CliError::Io {
                action: "cannot make a temporary folder",
                source,
            })?;
        let run_id = new_run_id(Timestamp::now(), "doctor");
        let dir = RunDir::create(folder.path(), &run_id)?;
        let journal = Journal::create(dir, self.redactor.clone())?;
        let subject = self.subject(endpoint, journal, variables)?;
        let findings = doctor::ask(&subject, &mut |finding| {
            self.progress.line(&format!("{} …", finding.check));
        })
        .await;
        drop(subject);
        // What cannot be taken away lies in the system's folder for temporary files.
        drop(folder.close());
        Ok(findings)
    }

    fn subject(
        &self,
        endpoint: Endpoint,
        journal: Journal,
        variables: Variables,
    ) -> Result<Subject, CliError> {
        let mut settings = Settings::new(&endpoint.base_url);
        settings.endpoint = endpoint;
        settings.requests_per_second = self.target.requests_per_second;
        settings.visibility_timeout = self.target.visibility_timeout;
        settings.content_type.clone_from(&self.target.media_type);
        settings.keep_pdfs = Policy::None;
        Ok(Subject {
            settings,
            journal,
            base_paths: self.target.base_paths.clone(),
            deviations: self.target.deviations.clone(),
            documented_rate: self.documented_rate()?,
            within: self.config.performance.target,
            letters: self.target.expected_letters,
            known_letters: self.known_letters()?,
            proxies: variables.proxies,
        })
    }

    fn documented_rate(&self) -> Result<u32, CliError> {
        let documented = Target::documented(self.target.kind).map_err(ConfigError::from)?;
        Ok(documented.requests_per_second)
    }

    /// Letters of the ledger that should have a PDF, wherever they stand.
    fn known_letters(&self) -> Result<Vec<String>, CliError> {
        let ledger = self.args.ledger.as_deref();
        let path = stock::ledger_path(ledger, self.common, &self.target.name);
        let known = match stock::from_ledger(&path, self.target) {
            // A run is under way; the line is then measured another time.
            Err(CliError::Ledger(LedgerError::InUse { .. })) => None,
            known => known?,
        };
        let letters = known.into_iter().flat_map(|known| known.letters);
        let sound = letters.filter(|letter| letter.has_hash && letter.status != Status::Rejected);
        Ok(sound.map(|letter| letter.id).collect())
    }
}

/// The simulator that `run` would start, with few letters.
async fn simulator() -> Result<Simulator, CliError> {
    let options = Options {
        addr: ([127, 0, 0, 1], 0).into(),
        letters: FEW_LETTERS,
        ..Options::default()
    };
    Ok(Simulator::start(options).await?)
}

fn endpoint_of(simulator: &Simulator) -> Endpoint {
    let given = simulator.credentials(0);
    Endpoint {
        base_url: simulator.base_url().to_owned(),
        credentials: Some(Credentials {
            token_url: simulator.token_url().to_owned(),
            api_key: given.api_key.into(),
            private_key: given.private_key_pem.into(),
            kid: given.kid,
        }),
        status_api_key: None,
        hosts: Hosts::of(simulator.base_url()),
    }
}

/// The JWKS that `--jwks` names, or that lies beside the key.
fn jwks_of(given: Option<&Path>, key: &Path, kid: &str) -> Option<PathBuf> {
    if let Some(given) = given {
        return Some(given.to_owned());
    }
    let folder = key.parent().unwrap_or(Path::new(""));
    let name = Kid::parse(kid).map_or_else(|_| kid.to_owned(), |kid| kid.file_name());
    let beside = [
        folder.join(format!("{name}.jwks.json")),
        key.with_extension("jwks.json"),
    ];
    beside.into_iter().find(|path| path.is_file())
}
