//! `keygen`: a key pair, the JWKS to upload, and what to do with them.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret as _;
use serde::Serialize;

use crate::disk;
use crate::keys::{BITS, KeyError, KeyPair, Kid};
use crate::mail::MailError;
use crate::onboarding::register;
use crate::progress::Progress;

use super::args::{Common, Format};
use super::config::{self, Overrides, ProcessEnvironment};
use super::output::{print, print_json};
use super::{CliError, ExitCode, email, signing_key};

/// Flags of `keygen`.
#[derive(Clone, Debug, clap::Args)]
pub struct KeygenArgs {
    /// What the key is called in the JWKS, such as int-1; its files are named after it.
    #[arg(long, value_name = "NAME", required_unless_present = "signing")]
    pub kid: Option<String>,
    /// Make an Ed25519 key that signs seals instead (evidence.signing_key).
    #[arg(long, conflicts_with_all = ["kid", "application_id"])]
    pub signing: bool,
    /// Where the files go; made if it is not there.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// The APIM Application ID, if the application is there already: goes into the email draft.
    #[arg(long, value_name = "ID")]
    pub application_id: Option<String>,
}

/// Why no key was made.
#[derive(Debug, thiserror::Error)]
pub enum KeygenError {
    /// The key or its id.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The email draft.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// A file of that name is there.
    #[error("{} exists, and a key is never written over: choose another --kid or --out", .0.display())]
    Exists(PathBuf),
    /// A file or folder that cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl KeygenError {
    /// True if another call would do, and nothing was made.
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Key(KeyError::BadKid(_)) | Self::Exists(_) | Self::Mail(_)
        )
    }
}

/// What was made.
#[derive(Debug, Serialize)]
struct Made {
    kid: String,
    #[serde(skip)]
    kid_flag: String,
    bits: usize,
    private_key: PathBuf,
    jwks: PathBuf,
    email: PathBuf,
}

/// Makes the key and its files.
///
/// # Errors
/// If the kid is no plain word, a file is there already, or one cannot be written.
pub fn run(args: &KeygenArgs, common: &Common) -> Result<ExitCode, CliError> {
    let Some(kid) = &args.kid else {
        return signing_key::make(&args.out, common);
    };
    let kid = Kid::parse(kid).map_err(KeygenError::from)?;
    let config = config::load(
        common.config.as_deref(),
        &ProcessEnvironment,
        &Overrides::default(),
    )?;
    let name = kid.file_name();
    let files = Made {
        bits: BITS,
        private_key: args.out.join(format!("{name}.pem")),
        jwks: args.out.join(format!("{name}.jwks.json")),
        email: args.out.join(format!("{name}-register.eml")),
        kid_flag: kid.flag(),
        kid: kid.to_string(),
    };
    vacant(&files)?;
    let progress = Progress::new(common.quiet, common.no_color);
    progress.line(&format!("making an RSA key of {BITS} bits …"));
    let pair = KeyPair::generate().map_err(KeygenError::from)?;
    let pem = pair.to_pem().map_err(KeygenError::from)?;
    folder(&args.out)?;
    write(&files.private_key, pem.expose_secret(), Reader::Owner)?;
    write(&files.jwks, &pair.jwks(&kid).to_json(), Reader::Anybody)?;
    let parties = email::parties(&config)?;
    let draft = register(&parties, args.application_id.as_deref(), kid.as_str());
    draft.save(&files.email).map_err(KeygenError::from)?;
    match common.format {
        Format::Json => print_json(&files)?,
        Format::Human => print(&told(&files, config.file.as_deref()))?,
    }
    Ok(ExitCode::PASSED)
}

fn vacant(files: &Made) -> Result<(), KeygenError> {
    let all = [&files.private_key, &files.jwks, &files.email];
    match all.into_iter().find(|path| path.symlink_metadata().is_ok()) {
        Some(path) => Err(KeygenError::Exists(path.clone())),
        None => Ok(()),
    }
}

/// Makes the folder; one that is there keeps its mode.
fn folder(path: &Path) -> Result<(), KeygenError> {
    fs::create_dir_all(path).map_err(|source| KeygenError::Write {
        path: path.to_owned(),
        source,
    })
}

/// Whom a file is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    Owner,
    Anybody,
}

/// Writes a new file.
fn write(path: &Path, text: &str, reader: Reader) -> Result<(), KeygenError> {
    let written = write_for(path, text, reader);
    written.map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => KeygenError::Exists(path.to_owned()),
        _ => KeygenError::Write {
            path: path.to_owned(),
            source,
        },
    })
}

/// Writes a new file: nothing that lies there is written over or followed.
pub(super) fn write_for(path: &Path, text: &str, reader: Reader) -> io::Result<()> {
    let file = disk::write_new(path, text.as_bytes())?;
    match reader {
        Reader::Owner => Ok(()),
        Reader::Anybody => disk::share(&file),
    }
}

/// The steps in the developer portal, from the integration guide ("Prepare your integration").
fn told(files: &Made, config: Option<&Path>) -> String {
    let (key, jwks, email) = (
        files.private_key.display(),
        files.jwks.display(),
        files.email.display(),
    );
    let kid = &files.kid;
    let configure = match config {
        Some(file) => format!(
            "Set private_key = \"{key}\" and kid = \"{kid}\" under [target.int] of {}.",
            file.display()
        ),
        None => {
            let kid = &files.kid_flag;
            format!("letterproof init {kid} --private-key {key} --api-key-env INT_API_KEY")
        }
    };
    let mut text = String::new();
    let _ = writeln!(
        text,
        "Private key  {key}  (mode 0600; it never leaves this machine)"
    );
    let _ = writeln!(text, "Public half  {jwks}  (this is what you upload)");
    let _ = writeln!(text, "Email draft  {email}  (opens unsent)\n");
    let _ = write!(
        text,
        "What to do next
  1. Sign in at https://digital.nhs.uk/developer and create an application
     for the environment \"integration test\".
  2. Connect the API \"NHS Notify Supplier API (integration environment)\" to it.
  3. Upload {jwks} as the application's public key. It may take an
     hour until the token endpoint knows it.
  4. Put the application's API key into an environment variable, such as INT_API_KEY.
  5. Put the APIM Application ID into the email draft and send it: NHS Notify registers
     the application to INT.
  6. {configure}
  7. letterproof doctor --target int
"
    );
    text
}
