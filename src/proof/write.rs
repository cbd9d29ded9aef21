//! The folder of proofs.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::disk;
use crate::mail::{Address, Draft};

use super::email::draft;
use super::{POSTAL_ADDRESS, Proof, ProofError, Proofs, sheet};

/// A megabyte, as mail programs count.
const MEGABYTE: u64 = 1_000_000;
/// Longest part of a specification in a file's name.
const LONGEST_NAME: usize = 60;

/// Whom the email goes to, and from whom.
#[derive(Clone, Debug)]
pub struct Parties {
    /// The receiver.
    pub to: Address,
    /// The sender, if it is known.
    pub from: Option<Address>,
    /// Who is to be asked, if it is known.
    pub contact: Option<String>,
    /// Most megabytes that the email may have.
    pub most_megabytes: u64,
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Written {
    /// The folder.
    pub folder: PathBuf,
    /// The PDFs in it, in the proofs' order.
    pub pdfs: Vec<PathBuf>,
    /// Every file, the PDFs among them.
    pub files: Vec<PathBuf>,
}

/// Writes PDFs, cover sheets, `proofs.json` and the draft of the email into a new folder below
/// `out`, named after the run.
///
/// # Errors
/// If it exists, the email is too large, or a file cannot be written.
pub fn write(proofs: &Proofs, parties: &Parties, out: &Path) -> Result<Written, ProofError> {
    let folder = out.join(&proofs.started.run_id);
    let names: Vec<String> = proofs.proofs.iter().enumerate().map(file_name).collect();
    let sheets = sheet::sheets(proofs, &names);
    let contact = parties.contact.as_deref();
    let email = draft(
        proofs,
        parties.to.clone(),
        contact,
        &names,
        sheets.as_bytes(),
    );
    let email = bounded(&email.from(parties.from.clone()), parties.most_megabytes)?;
    let facts = format!("{:#}\n", facts(proofs, &names));
    if folder.exists() {
        return Err(ProofError::Exists(folder));
    }
    fs::create_dir_all(&folder).map_err(writing(&folder))?;
    let mut written = Written {
        pdfs: names.iter().map(|name| folder.join(name)).collect(),
        files: Vec::new(),
        folder,
    };
    for (proof, name) in proofs.proofs.iter().zip(&names) {
        written.file(name, &proof.pdf)?;
    }
    written.file("cover-sheets.html", sheets.as_bytes())?;
    written.file("proofs.json", facts.as_bytes())?;
    written.file("proofs.eml", &email)?;
    Ok(written)
}

impl Written {
    fn file(&mut self, name: &str, bytes: &[u8]) -> Result<(), ProofError> {
        let path = self.folder.join(name);
        disk::write_new(&path, bytes).map_err(writing(&path))?;
        self.files.push(path);
        Ok(())
    }
}

fn writing(path: &Path) -> impl FnOnce(std::io::Error) -> ProofError {
    let path = path.to_owned();
    move |source| ProofError::Write { path, source }
}

fn bounded(email: &Draft, most: u64) -> Result<Vec<u8>, ProofError> {
    let bytes = email.eml();
    let megabytes = (bytes.len() as u64).div_ceil(MEGABYTE);
    if megabytes > most {
        return Err(ProofError::TooLarge { megabytes, most });
    }
    Ok(bytes)
}

/// `01-notify-c5-36MQNJ….pdf`: a specification's id may hold anything, a file's name may not.
fn file_name((index, proof): (usize, &Proof)) -> String {
    let plain = |text: &str| -> String {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let chars = text.chars().map(|c| if fits(c) { c } else { '_' });
        chars.take(LONGEST_NAME).collect()
    };
    let (specification, letter) = (plain(&proof.specification), plain(&proof.letter));
    format!("{:02}-{specification}-{letter}.pdf", index + 1)
}

fn facts(proofs: &Proofs, names: &[String]) -> Value {
    let started = &proofs.started;
    let each = proofs.proofs.iter().zip(names);
    json!({
        "schema": 1,
        "run_id": started.run_id,
        "target": { "name": started.target.name, "kind": started.target.kind },
        "supplier": started.supplier,
        "post_to": POSTAL_ADDRESS,
        "proofs": each.map(|(proof, name)| one(proof, name)).collect::<Vec<_>>(),
    })
}

fn one(proof: &Proof, name: &str) -> Value {
    let size = |(width, height): (f64, f64)| json!({ "width_mm": tenths(width), "height_mm": tenths(height) });
    let fonts = proof.fonts.iter().map(
        |font| json!({ "name": font.name, "embedded": font.embedded, "embedding": font.embedding }),
    );
    json!({
        "specification": proof.specification,
        "letter": proof.letter,
        "group": proof.group,
        "fetched_at": proof.at,
        "file": name,
        "sha256": proof.sha256,
        "bytes": proof.pdf.len(),
        "pages": proof.pages.iter().map(|page| page.map(size)).collect::<Vec<_>>(),
        "sheets": proof.sheets(),
        "pack": proof.pack.0,
        "pack_known": proof.pack_known,
        "fonts": fonts.collect::<Vec<_>>(),
        "checks": proof.checks,
    })
}

fn tenths(mm: f64) -> f64 {
    (mm * 10.0).round() / 10.0
}
