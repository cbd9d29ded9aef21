//! `smoke`: the production smoke test, and the only verb that touches production.
//!
//! A short path with guards: a few letters are retrieved (which leases them), downloaded to a
//! folder that is no evidence, and checked; once the tester says that they are printed, the
//! management information is submitted and read back. No letter's status is changed. Of every
//! body the record keeps hash and size alone.
//!
//! Source: integration guide, "Smoke test".

mod error;
mod folder;
mod letters;
mod record;
mod report;
mod told;

use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;

use crate::client::{Settings, Supplier};
use crate::evidence::{Journal, Policy, Redactor, RunDir, new_run_id, write_seal};
use crate::model::Timestamp;
use crate::progress::Progress;
use crate::targets::{Target, TargetKind};

use super::args::{Common, Format};
use super::config::{self, Config, Overrides, ProcessEnvironment};
use super::endpoint::endpoint;
use super::output::{print, print_json};
use super::{CliError, ExitCode};

pub use error::SmokeError;
use folder::Downloads;
use letters::Held;

/// The most letters that one smoke test takes.
const MOST_LETTERS: i64 = 5;

/// Flags of `smoke`.
#[derive(Clone, Debug, clap::Args)]
pub struct SmokeArgs {
    /// The production target.
    #[arg(long, value_name = "NAME")]
    pub target: String,
    /// Yes, this calls production.
    #[arg(long)]
    pub confirm_production: bool,
    /// How many letters NHS Notify agreed to, at most 5.
    #[arg(
        long,
        value_name = "N",
        required_unless_present = "run",
        value_parser = clap::value_parser!(u32).range(1..=MOST_LETTERS)
    )]
    pub letters: Option<u32>,
    /// Where the letters go; it must not be there yet [default: smoke-RUN].
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// The smoke test that goes on once its letters are printed.
    #[arg(long, value_name = "RUN", requires = "printed", conflicts_with_all = ["letters", "out"])]
    pub run: Option<PathBuf>,
    /// Which letters are printed: all, or ids, comma separated. Their number is then reported.
    #[arg(long, value_name = "all|IDS", value_delimiter = ',', requires = "run")]
    pub printed: Vec<String>,
}

/// Makes the smoke test, or goes on with one whose letters are printed.
///
/// # Errors
/// If a guard refuses, a call fails, or the record cannot be written.
pub async fn run(args: &SmokeArgs, common: &Common) -> Result<ExitCode, CliError> {
    let overrides = Overrides::default();
    let config = config::load(common.config.as_deref(), &ProcessEnvironment, &overrides)?;
    let target = config.describe_target(&args.target)?;
    if target.kind != TargetKind::Prod {
        return Err(SmokeError::NotProduction(target.name).into());
    }
    // A key that cannot sign is said before a letter is spent.
    config.signing_key()?;
    let smoke = Smoke {
        args,
        common,
        config: &config,
        target: &target,
        progress: Progress::new(common.quiet, common.no_color),
    };
    match &args.run {
        None => smoke.begin().await,
        Some(run) => smoke.go_on(RunDir::named(run, &common.evidence_dir)).await,
    }
}

struct Smoke<'a> {
    args: &'a SmokeArgs,
    common: &'a Common,
    config: &'a Config,
    target: &'a Target,
    progress: Progress,
}

impl Smoke<'_> {
    async fn begin(&self) -> Result<ExitCode, CliError> {
        let wanted = self.args.letters.unwrap_or(1);
        let run_id = new_run_id(Timestamp::now(), &self.target.name);
        let usual = || PathBuf::from(format!("smoke-{run_id}"));
        let out = self.args.out.clone().unwrap_or_else(usual);
        self.announce(&told::plan(self.target, wanted, &out))?;
        self.confirmed()?;
        folder::is_no_evidence(&out, self.common)?;
        let access = self.config.target(&self.target.name, &ProcessEnvironment)?;
        RunDir::vacant(&self.common.evidence_dir, &run_id)?;
        let downloads = Downloads::make(&out)?;
        let dir = RunDir::create(&self.common.evidence_dir, &run_id)?;
        let journal = Journal::create_withholding(dir.clone(), Redactor::default())?;
        let supplier = self
            .supplier(&access, &journal, &run_id)
            .inspect_err(|_| dir.discard_empty())?;
        record::introduce(
            &journal,
            &run_id,
            self.config,
            self.target,
            access.target.token_url,
        )?;
        let letters = letters::fetch(&supplier, wanted, &downloads, &self.progress).await?;
        let stands = told::Stands {
            run: run_id.to_string(),
            folder: out,
            record: dir.path().to_owned(),
            letters: &letters,
        };
        if letters.is_empty() {
            self.tell(&stands, told::none_available())?;
            return self.seal(&dir, &journal, ExitCode::INCOMPLETE);
        }
        self.tell(&stands, told::next(&stands, &self.target.name))?;
        let Some(printed) = self.asked()? else {
            return Ok(ExitCode::INCOMPLETE);
        };
        self.report(&supplier, &dir, &letters, &printed).await
    }

    async fn go_on(&self, dir: RunDir) -> Result<ExitCode, CliError> {
        let letters = record::read(&dir, self.target)?;
        let printed = report::chosen(&letters, &self.args.printed)?;
        self.announce(&told::submission(self.target, &letters, &printed))?;
        self.confirmed()?;
        let access = self.config.target(&self.target.name, &ProcessEnvironment)?;
        let (journal, _) = Journal::reopen(dir.clone(), Redactor::default())?;
        let supplier = self.supplier(&access, &journal, &dir.name())?;
        let letters = letters::read_again(&supplier, letters).await?;
        self.report(&supplier, &dir, &letters, &printed).await
    }

    async fn report(
        &self,
        supplier: &Supplier,
        dir: &RunDir,
        letters: &[Held],
        printed: &[String],
    ) -> Result<ExitCode, CliError> {
        let line_item = &self.config.mi.line_item;
        let taken = report::submit(supplier, letters, printed, line_item).await?;
        let code = match taken.iter().all(|entry| entry.read_back) {
            true => ExitCode::PASSED,
            false => ExitCode::FAILED,
        };
        let sealed = self.seal(dir, supplier.journal(), code)?;
        match self.common.format {
            Format::Json => print_json(&taken)?,
            Format::Human => print(&told::done(&taken, dir))?,
        }
        Ok(sealed)
    }

    /// What will be done; JSON readers get results alone on standard output.
    fn announce(&self, text: &str) -> Result<(), CliError> {
        match self.common.format {
            Format::Human => print(text),
            Format::Json => {
                self.progress.line(text);
                Ok(())
            }
        }
    }

    fn tell(&self, stands: &told::Stands<'_>, next: String) -> Result<(), CliError> {
        match self.common.format {
            Format::Json => print_json(stands),
            Format::Human => print(&format!("{}{next}", told::letters(stands.letters))),
        }
    }

    fn confirmed(&self) -> Result<(), SmokeError> {
        match self.args.confirm_production {
            true => Ok(()),
            false => Err(SmokeError::Unconfirmed),
        }
    }

    fn supplier(
        &self,
        access: &config::TargetAccess,
        journal: &Journal,
        run_id: &str,
    ) -> Result<Supplier, CliError> {
        let mut settings = Settings::new("");
        settings.endpoint = endpoint(access)?;
        settings.requests_per_second = access.target.requests_per_second;
        settings.visibility_timeout = access.target.visibility_timeout;
        settings.content_type.clone_from(&access.target.media_type);
        // Whatever the configuration says.
        settings.keep_pdfs = Policy::None;
        Ok(Supplier::new(settings, journal.clone())?.with_correlation(run_id))
    }

    /// On a terminal: which letters are printed, if the tester waits for that here.
    fn asked(&self) -> Result<Option<Vec<String>>, CliError> {
        if !io::stdin().is_terminal() || self.common.format == Format::Json {
            return Ok(None);
        }
        let gone = |source| CliError::Io {
            action: "cannot ask",
            source,
        };
        let mut out = io::stderr();
        write!(
            out,
            "Type `all printed` when every letter above is printed, or nothing to go on later: "
        )
        .and_then(|()| out.flush())
        .map_err(gone)?;
        let mut line = String::new();
        io::stdin().read_line(&mut line).map_err(gone)?;
        Ok((line.trim() == "all printed").then(|| vec!["all".to_owned()]))
    }

    fn seal(&self, dir: &RunDir, journal: &Journal, code: ExitCode) -> Result<ExitCode, CliError> {
        record::finish(journal)?;
        write_seal(dir, self.config.signing_key()?.as_ref())?;
        Ok(code)
    }
}
