//! `init`: a commented configuration.

use std::collections::BTreeMap;
use std::io::{self, BufRead, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::disk;
use crate::keys::Kid;

use super::args::{Common, Format};
use super::config::{self, ConfigError, DEFAULT_FILE, Overrides};
use super::output::{print, print_json};
use super::{CliError, ExitCode};

/// Flags of `init`; on a terminal it asks for what they leave open.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct InitArgs {
    /// The supplier's name, as every report shows it.
    #[arg(long, value_name = "NAME")]
    pub supplier: Option<String>,
    /// The key's id in the application's JWKS, such as int-1.
    #[arg(long, value_name = "NAME")]
    pub kid: Option<String>,
    /// The file of the private key.
    #[arg(long, value_name = "FILE")]
    pub private_key: Option<PathBuf>,
    /// The environment variable that holds the API key (its name, not the key).
    #[arg(long, value_name = "VARIABLE")]
    pub api_key_env: Option<String>,
    /// The first day of the 90 days of onboarding.
    #[arg(long, value_name = "DAY")]
    pub onboarding_starts: Option<String>,
    /// The first day of the first test window.
    #[arg(long, value_name = "DAY")]
    pub first_window: Option<String>,
    /// The first day of the second test window.
    #[arg(long, value_name = "DAY")]
    pub second_window: Option<String>,
    /// Your address, for the drafts of emails.
    #[arg(long, value_name = "ADDRESS")]
    pub from: Option<String>,
    /// Whom NHS Notify may ask: name and telephone.
    #[arg(long, value_name = "TEXT")]
    pub contact: Option<String>,
    /// Ask nothing, also on a terminal.
    #[arg(long)]
    pub no_input: bool,
}

/// Why no configuration was written.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// A file of that name is there.
    #[error("{} exists and is not written over: change it by hand, or name another file with --config", .0.display())]
    Exists(PathBuf),
    /// An answer that the configuration cannot hold.
    #[error("{0}; nothing was written")]
    Value(String),
    /// The file cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The terminal gave no answer.
    #[error("cannot read your answer: {0}; give flags instead (letterproof init --help)")]
    Terminal(io::Error),
}

impl InitError {
    /// True if another call would do.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Exists(_) | Self::Value(_))
    }
}

/// Writes the configuration.
///
/// # Errors
/// If the file exists, an answer cannot be used, or the file cannot be written.
pub fn run(args: &InitArgs, common: &Common) -> Result<ExitCode, CliError> {
    let usual = || PathBuf::from(DEFAULT_FILE);
    let path = common.config.clone().unwrap_or_else(usual);
    if path.symlink_metadata().is_ok() {
        return Err(InitError::Exists(path).into());
    }
    let mut answers = args.clone();
    if !args.no_input && io::stdin().is_terminal() {
        let (input, output) = (&mut io::stdin().lock(), &mut io::stderr());
        ask(&mut answers, input, output).map_err(InitError::Terminal)?;
    }
    write(&path, &text(&answers, &path))?;
    match common.format {
        Format::Json => print_json(&json!({ "config": path }))?,
        Format::Human => print(&told(&answers, &path))?,
    }
    Ok(ExitCode::PASSED)
}

/// Asks for what is open; an empty answer leaves it open.
fn ask(answers: &mut InitArgs, input: &mut dyn BufRead, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "An empty answer leaves a setting out; change the file later as you like."
    )?;
    let questions: [(&str, &mut Option<String>); 8] = [
        (
            "The supplier's name, as reports show it",
            &mut answers.supplier,
        ),
        ("The kid of your INT key, such as int-1", &mut answers.kid),
        (
            "The environment variable with the INT API key (its name, such as INT_API_KEY)",
            &mut answers.api_key_env,
        ),
        (
            "The first of your 90 days of onboarding, such as 2026-11-23",
            &mut answers.onboarding_starts,
        ),
        ("The first day of test window 1", &mut answers.first_window),
        ("The first day of test window 2", &mut answers.second_window),
        ("Your email address, for drafts", &mut answers.from),
        (
            "Whom NHS Notify may ask: name and telephone",
            &mut answers.contact,
        ),
    ];
    for (question, answer) in questions {
        if answer.is_none() {
            *answer = asked(question, input, out)?;
        }
    }
    if answers.private_key.is_none() && answers.kid.is_some() {
        let question = "The file of the private key, such as keys/int-1.pem";
        answers.private_key = asked(question, input, out)?.map(PathBuf::from);
    }
    Ok(())
}

fn asked(
    question: &str,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> io::Result<Option<String>> {
    write!(out, "{question}: ")?;
    out.flush()?;
    let mut line = String::new();
    input.read_line(&mut line)?;
    let answer = line.trim();
    Ok((!answer.is_empty()).then(|| answer.to_owned()))
}

/// Puts the file in place whole, if it reads as a configuration and no other has come meanwhile.
fn write(path: &Path, text: &str) -> Result<(), InitError> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let failed = |source| InitError::Write {
        path: path.to_owned(),
        source,
    };
    let mut file = tempfile::Builder::new()
        .prefix(".letterproof-init-")
        .tempfile_in(folder.unwrap_or(Path::new(".")))
        .map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    check(file.path(), path)?;
    match file.persist_noclobber(path) {
        // It holds no secret, so it need not be closed as a temporary file is.
        Ok(file) => disk::share(&file).map_err(failed),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
            Err(InitError::Exists(path.to_owned()))
        }
        Err(error) => Err(failed(error.error)),
    }
}

/// Reads the file as every verb would, without this process's variables.
fn check(written: &Path, path: &Path) -> Result<(), InitError> {
    let read = config::load(Some(written), &no_variables(), &Overrides::default());
    read.map(|_| ()).map_err(|error: ConfigError| {
        let told = error.to_string();
        let named = written.display().to_string();
        InitError::Value(told.replace(&named, &path.display().to_string()))
    })
}

fn no_variables() -> BTreeMap<String, String> {
    BTreeMap::new()
}

/// The file. What is not known stands as a comment, so that it is seen and means nothing.
fn text(answers: &InitArgs, path: &Path) -> String {
    let private_key = answers
        .private_key
        .as_deref()
        .map(|key| from_beside(key, path));
    let set = |name: &str, value: Option<&str>, example: &str| match value {
        Some(value) => format!("{name} = {}", quoted(value)),
        None => format!("# {name} = {}", quoted(example)),
    };
    format!(
        r#"# Configuration of letterproof. docs/configuration.md explains every setting.
# Secrets never stand in this file: name a variable, or a file of mode 0600.

[supplier]
# Who is tested; stands in every report.
{name}
# Optional statuses that you report; take out those that you do not (AT5, AT6, AT8).
optional_statuses = ["PRINTED", "ENCLOSED", "DELIVERED"]
# false if you never reject letters (AT13).
rejects = true
# Specifications that need an accessible format (AT9).
accessible_specifications = ["integration-specification-braille"]

[target.int]
# The environment variable that holds your application's API key: its name, not the key.
{api_key}
# Or a file of mode 0600 that holds it:
# api_key_file = "int.api-key"
# The private key, a file of mode 0600 (`letterproof keygen` makes one), and its id in the JWKS.
{private_key}
{kid}
# The separate key of /_status, if NHS Notify gave you one; without it AT1 reads a letter instead.
# status_api_key_env = "INT_STATUS_API_KEY"
# Hosts that may be called besides int.api.service.nhs.uk; a run against one is no evidence.
# hosts = ["gateway.example.org"]
# If set, links to PDFs must lead to one of these hosts.
# storage_hosts = ["bucket.s3.eu-west-2.amazonaws.com"]

# Production has its own application and key; `letterproof smoke` alone uses them.
# [target.prod]
# api_key_env = "PROD_API_KEY"
# private_key = "keys/prod-1.pem"
# kid = "prod-1"

[windows]
# The first of the 90 days, and the first days of the two test windows of a week.
{starts}
{first}
{second}

[evidence]
# Which letter PDFs are kept: "none", "failed" or "all".
pdfs = "failed"

[pack]
# Your address and whom NHS Notify may ask, for the drafts of emails.
{from}
{contact}
to = "{to}"
"#,
        name = set("name", answers.supplier.as_deref(), "Example Print"),
        api_key = set("api_key_env", answers.api_key_env.as_deref(), "INT_API_KEY"),
        private_key = set("private_key", private_key.as_deref(), "keys/int-1.pem"),
        kid = set("kid", answers.kid.as_deref(), "int-1"),
        starts = set(
            "onboarding_starts",
            answers.onboarding_starts.as_deref(),
            "2026-11-23"
        ),
        first = set("first", answers.first_window.as_deref(), "2026-12-07"),
        second = set("second", answers.second_window.as_deref(), "2027-01-18"),
        from = set("from", answers.from.as_deref(), "print@example.org"),
        contact = set(
            "contact",
            answers.contact.as_deref(),
            "The duty desk, 0113 000 0000"
        ),
        to = crate::onboarding::NOTIFY,
    )
}

/// A relative path as the configuration reads it: from its own folder.
fn from_beside(key: &Path, config: &Path) -> String {
    let here = config
        .parent()
        .is_none_or(|folder| folder.as_os_str().is_empty());
    let path = match here {
        true => key.to_owned(),
        false => std::path::absolute(key).unwrap_or_else(|_| key.to_owned()),
    };
    path.to_string_lossy().into_owned()
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn told(answers: &InitArgs, path: &Path) -> String {
    let kid = Kid::parse(answers.kid.as_deref().unwrap_or("int-1"));
    let kid = kid.map_or_else(|_| "--kid int-1".to_owned(), |kid| kid.flag());
    let made = answers.private_key.as_deref().is_some_and(Path::is_file);
    let next = match made {
        true => "letterproof doctor --target int".to_owned(),
        false => format!("letterproof keygen {kid} --out keys"),
    };
    format!(
        "Written: {}\nIt holds no secret. What is still a comment in it is not set.\nNext: {next}\n",
        path.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> InitArgs {
        let some = |text: &str| Some(text.to_owned());
        InitArgs {
            supplier: some("Example \"Print\" & Co"),
            kid: some("int-1"),
            private_key: Some("keys/int-1.pem".into()),
            api_key_env: some("INT_API_KEY"),
            onboarding_starts: some("2026-11-23"),
            first_window: some("2026-12-07"),
            second_window: some("2027-01-18"),
            from: some("print@example.org"),
            contact: some("The duty desk"),
            no_input: true,
        }
    }

    fn loaded(path: &Path) -> config::Config {
        config::load(Some(path), &no_variables(), &Overrides::default()).unwrap()
    }

    #[test]
    fn with_and_without_answers_the_file_reads_as_a_configuration() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("letterproof.toml");
        write(&path, &text(&InitArgs::default(), &path)).unwrap();
        assert_eq!(loaded(&path).supplier.name, config::EXAMPLE_SUPPLIER);
        let again = write(&path, &text(&full(), &path)).unwrap_err();
        assert!(matches!(again, InitError::Exists(_)));

        let other = folder.path().join("other.toml");
        write(&other, &text(&full(), &other)).unwrap();
        let config = loaded(&other);
        assert_eq!(config.supplier.name, "Example \"Print\" & Co");
        assert_eq!(config.windows.second.as_deref(), Some("2027-01-18"));
        assert_eq!(config.pack.contact.as_deref(), Some("The duty desk"));
    }

    #[test]
    fn an_answer_that_is_wrong_writes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("letterproof.toml");
        let secret = "aBcD1234efGH5678";
        let wrong = [
            InitArgs {
                api_key_env: Some(secret.to_owned()),
                ..full()
            },
            InitArgs {
                kid: Some("my key".to_owned()),
                ..full()
            },
            InitArgs {
                first_window: Some("next week".to_owned()),
                ..full()
            },
            InitArgs {
                supplier: Some("two\nlines".to_owned()),
                ..full()
            },
        ];
        for answers in wrong {
            let error = write(&path, &text(&answers, &path))
                .unwrap_err()
                .to_string();
            assert!(error.contains("letterproof.toml, line"), "{error}");
            assert!(
                !error.contains(secret) && !error.contains(".letterproof-init"),
                "{error}"
            );
        }
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    }

    #[test]
    fn it_asks_for_what_flags_leave_open() {
        let mut answers = InitArgs {
            supplier: Some("Given".to_owned()),
            ..InitArgs::default()
        };
        let typed = "int-1\nINT_API_KEY\n\n2026-12-07\n\n\n\nkeys/int-1.pem\n";
        let mut shown = Vec::new();
        ask(&mut answers, &mut typed.as_bytes(), &mut shown).unwrap();
        let shown = String::from_utf8(shown).unwrap();
        assert!(!shown.contains("supplier's name"));
        assert_eq!(answers.kid.as_deref(), Some("int-1"));
        assert_eq!(answers.first_window.as_deref(), Some("2026-12-07"));
        assert_eq!(answers.onboarding_starts, None);
        assert_eq!(answers.private_key, Some("keys/int-1.pem".into()));
    }
}
