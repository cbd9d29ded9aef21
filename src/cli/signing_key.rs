//! `keygen --signing`: an Ed25519 key that signs seals.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::evidence::{SignatureError, new_signing_key};

use super::args::{Common, Format};
use super::keygen::{Reader, write_for};
use super::output::{print, print_json};
use super::{CliError, ExitCode};

/// The private key's file; the public one has `.pub` behind it, as `ssh-keygen` does it.
const NAME: &str = "letterproof-signing";

/// A signing key that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SigningKeyError {
    /// A file is there already.
    #[error("{} exists; a key is never written over: choose another --out DIR", .0.display())]
    Exists(PathBuf),
    /// A file could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The key could not be made.
    #[error("the key {0}")]
    Key(#[from] SignatureError),
}

/// Makes the key in the folder `out` and says what to do with it.
///
/// # Errors
/// If a file exists or cannot be written.
pub fn make(out: &Path, common: &Common) -> Result<ExitCode, CliError> {
    let written = written(out)?;
    let (private, public, fingerprint) = &written;
    if common.format == Format::Json {
        print_json(&json!({
            "private_key": private, "public_key": public, "fingerprint": fingerprint,
        }))?;
    } else {
        print(&format!(
            "Private key   {} (mode 0600; keep it, and give it to nobody)\n\
             Public key    {}\n\
             Fingerprint   {fingerprint}\n\n\
             Next\n  \
             1. Put into letterproof.toml, under [evidence]: signing_key = \"{}\"\n  \
             2. Tell NHS Notify the fingerprint by another way than the pack's email.\n",
            private.display(),
            public.display(),
            private.display(),
        ))?;
    }
    Ok(ExitCode::PASSED)
}

fn written(out: &Path) -> Result<(PathBuf, PathBuf, String), SigningKeyError> {
    let (private, public) = (out.join(NAME), out.join(format!("{NAME}.pub")));
    for path in [&private, &public] {
        if path.symlink_metadata().is_ok() {
            return Err(SigningKeyError::Exists(path.clone()));
        }
    }
    fs::create_dir_all(out).map_err(|source| SigningKeyError::Write {
        path: out.to_owned(),
        source,
    })?;
    let key = new_signing_key()?;
    write(&private, &key.private, Reader::Owner)?;
    write(&public, &key.public, Reader::Anybody)?;
    Ok((private, public, key.fingerprint))
}

fn write(path: &Path, text: &str, reader: Reader) -> Result<(), SigningKeyError> {
    write_for(path, text, reader).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => SigningKeyError::Exists(path.to_owned()),
        _ => SigningKeyError::Write {
            path: path.to_owned(),
            source,
        },
    })
}
