//! What making a pack and checking one have in common: everything that follows from its runs.

use std::collections::BTreeSet;
use std::path::Path;

use crate::acceptance::{AcceptanceTest, RunResult, reviewed};
use crate::audit::{Known, examine_run};
use crate::evidence::{Additions, RunDir, Seal, Signer, read_additions};
use crate::model::{RunId, Shown};
use crate::report;

use super::checklist::checklist;
use super::contents::{Files, Source, below, signature_of};
use super::error::PackError;
use super::manifest::{Given, Manifest, Packed};
use super::readme::readme;

/// The files that a browser made, which differ every time.
const PICTURES: [&str; 2] = ["pdf", "png"];

/// A run read whole, and held.
#[derive(Clone)]
pub(super) struct Whole {
    pub result: RunResult,
    pub additions: Additions,
    pub signer: Option<Signer>,
    /// Letter PDFs that are not in the pack.
    pub withheld: Vec<String>,
    /// Those of which the journal itself says so.
    pub withheld_by_journal: BTreeSet<String>,
    pub audit: crate::audit::AuditReport,
}

impl Whole {
    /// Reads and checks the run in `dir`, whose letter PDFs `left_out` may be missing.
    pub fn read(dir: &RunDir, left_out: &BTreeSet<String>) -> Result<Self, PackError> {
        let (mut audit, result) = examine_run(dir, &Known::default(), left_out)?;
        let does_not_hold = |findings: Vec<Shown>| PackError::DoesNotHold {
            run: audit.run_id.clone(),
            findings,
        };
        let Some(result) = result.filter(|_| audit.findings.is_empty() && audit.sealed) else {
            let mut told: Vec<Shown> = audit.findings.iter().map(Shown::of).collect();
            if told.is_empty() {
                told.push(Shown::of("it has no seal, or does not begin as a run"));
            }
            return Err(does_not_hold(told));
        };
        let additions = read_additions(dir).map_err(crate::audit::AuditError::from)?;
        let by_journal = std::mem::take(&mut audit.withheld_hashes);
        let mut withheld = by_journal.clone();
        withheld.extend(left_out.iter().cloned());
        Ok(Self {
            result,
            additions,
            signer: audit.signer.clone(),
            withheld: withheld.into_iter().collect(),
            withheld_by_journal: by_journal,
            audit,
        })
    }

    /// With its reviews, as a pack shows it; reports show what the journal says.
    pub fn reviewed(&self) -> RunResult {
        reviewed(self.result.clone(), &self.additions.lines)
    }
}

/// The table of contents, `files` apart.
pub(super) fn manifest(
    runs: &[Whole],
    tests: &[(&'static AcceptanceTest, Option<&RunId>)],
    given: Given,
) -> Result<Manifest, PackError> {
    let results: Vec<RunResult> = runs.iter().map(Whole::reviewed).collect();
    let packed = runs.iter().zip(&results).map(|(run, result)| Packed {
        result,
        additions: &run.additions,
        signed_by: run.signer.as_ref().map(|signer| signer.fingerprint.clone()),
        withheld: run.withheld.clone(),
    });
    Manifest::of(&packed.collect::<Vec<_>>(), tests, given)
}

/// The pages made of `manifest` alone; its `files` must be complete but for them.
pub(super) fn pages(manifest: &Manifest) -> Files {
    [
        ("README.txt", readme(manifest)),
        ("checklist.html", checklist(manifest)),
    ]
    .map(|(name, bytes)| (name.to_owned(), Source::Bytes(bytes)))
    .into()
}

/// The reports of a run, made in the folder `into`.
pub(super) fn reports(dir: &RunDir, result: &RunResult, into: &Path) -> Result<Files, PackError> {
    let id = &result.started.run_id;
    let made = report::write_all(dir, result, &into.join(id))?;
    let named = made.into_iter().map(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        (format!("reports/{id}/{name}"), Source::File(path.clone()))
    });
    Ok(named.collect())
}

/// The pictures of the run `id` that a browser made into `reports`.
pub(super) fn pictures(reports: &Path, id: &RunId) -> Result<Files, PackError> {
    let folder = reports.join(id);
    let mut files = Files::new();
    for path in below(&folder)? {
        let inner = path.strip_prefix(&folder).unwrap_or(&path);
        let name: Vec<_> = inner.iter().map(|part| part.to_string_lossy()).collect();
        let name = format!("reports/{id}/{}", name.join("/"));
        if is_picture(&name) {
            files.insert(name, Source::File(path));
        }
    }
    Ok(files)
}

/// True for a file that only a browser makes, by its plain name and ending.
pub(super) fn is_picture(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    name.starts_with("reports/") && name.chars().all(plain) && PICTURES.contains(&ending)
}

/// What `ssh-keygen` needs to check the signatures of `seals`, and that of the pack by `packer`.
pub(super) fn signatures<'s>(
    seals: impl IntoIterator<Item = (&'s RunId, &'s Seal)>,
    packer: Option<&Signer>,
) -> Result<Files, PackError> {
    let mut files = Files::new();
    let mut signers: BTreeSet<String> = packer.map(Signer::allowed_line).into_iter().collect();
    for (id, seal) in seals {
        if let Some((signature, signer)) = signature_of(seal, id)? {
            files.extend(signature);
            signers.insert(signer.allowed_line());
        }
    }
    if !signers.is_empty() {
        let lines: String = signers.into_iter().collect();
        let name = "signatures/allowed_signers".to_owned();
        files.insert(name, Source::Bytes(lines.into_bytes()));
    }
    Ok(files)
}
