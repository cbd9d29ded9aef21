//! Checks a pack that anyone may have made: offline, without configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::fs;
use std::path::Path;

use serde::Serialize;

use crate::acceptance::AcceptanceTest;
use crate::audit::{AuditReport, Finding, Known};
use crate::evidence::{RunDir, Signer, check_pack_signature, sha256_hex};
use crate::model::{RunId, Shown};

use super::archive::archive;
use super::build::{self, Whole};
use super::choice::{SealedRun, choose, in_order};
use super::contents::{Files, Source};
use super::error::PackError;
use super::manifest::{Given, Manifest, SCHEMA, SIGNATURE, SealedEntry};
use super::opening::Opened;
use super::vouched::{Vouched, strange_hashes};

const CONTENTS: &str = "pack.json";

/// The pages that are made of the table of contents.
const PAGES: [&str; 2] = ["README.txt", "checklist.html"];

/// What an audit of a pack found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PackAudit {
    /// The zip's SHA-256.
    pub sha256: String,
    /// Who was tested.
    pub supplier: Shown,
    /// Against what.
    pub target: Shown,
    /// True if nothing in it was shown on the real service.
    pub simulator: bool,
    /// True if it is a draft.
    pub draft: bool,
    /// Which of how many zips it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<super::manifest::Part>,
    /// Its runs.
    pub runs: Vec<AuditReport>,
    /// Sealed runs of the target that are named and not packed.
    pub omitted: Vec<SealedEntry>,
    /// How much of it the hashes vouch for that were given.
    pub vouched: Vouched,
    /// Who signed the pack with everything in it, if somebody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer: Option<Signer>,
    /// Letter PDFs withheld by policy.
    pub withheld_pdfs: usize,
    /// Pictures, which only a browser can make again.
    pub pictures: usize,
    /// What a reader should know.
    pub notes: Vec<Shown>,
    /// What does not hold.
    pub findings: Vec<Finding>,
}

impl PackAudit {
    /// 0 if everything holds, 1 if something does not, 3 if the hashes given vouch for some of its
    /// runs alone (interfaces, "Exit codes").
    pub fn exit_code(&self) -> u8 {
        match (self.findings.is_empty(), &self.vouched) {
            (false, _) => 1,
            (true, Vouched::AllBut(_)) => 3,
            (true, _) => 0,
        }
    }

    fn found(&mut self, file: &str, message: impl Display) {
        self.findings.push(Finding::file(file, message));
    }
}

/// Audits the pack at `path`, also against what is `known` from elsewhere.
///
/// # Errors
/// If the file is no pack, or must not be opened. What does not hold is a finding, not an error.
pub fn verify_pack(path: &Path, known: &Known) -> Result<PackAudit, PackError> {
    let zip = Opened::read(path)?;
    let manifest = contents(&zip, path)?;
    let mut audit = PackAudit {
        sha256: sha256_hex(&zip.bytes),
        supplier: Shown::of(&manifest.supplier),
        target: Shown::of(&manifest.target),
        simulator: manifest.simulator,
        draft: manifest.draft,
        part: manifest.part,
        omitted: manifest.omitted().cloned().collect(),
        withheld_pdfs: manifest.withheld_pdfs.values().map(Vec::len).sum(),
        pictures: manifest
            .files
            .keys()
            .filter(|name| build::is_picture(name))
            .count(),
        ..PackAudit::default()
    };
    hold_frame(&zip, &manifest, &mut audit)?;
    hold_signature(&zip, &mut audit)?;
    let folder = tempfile::tempdir().map_err(PackError::io("make", std::env::temp_dir()))?;
    zip.unpack(folder.path())?;
    hold_files(folder.path(), &zip, &manifest, &mut audit)?;
    let wholes = hold_runs(folder.path(), &manifest, &mut audit)?;
    if wholes.len() == manifest.runs.len() {
        hold_contents(folder.path(), &wholes, &manifest, &mut audit)?;
        hold_reports(folder.path(), &wholes, &manifest, &mut audit)?;
    }
    audit.vouched = Vouched::of(known, &manifest, &audit.sha256);
    audit
        .findings
        .extend(strange_hashes(known, &manifest, &audit.sha256));
    hold_signers(known, &manifest, &wholes, &mut audit);
    audit.runs = wholes.into_iter().map(|(_, whole)| whole.audit).collect();
    Ok(audit)
}

fn contents(zip: &Opened, path: &Path) -> Result<Manifest, PackError> {
    let no_pack = |why: &str| {
        PackError::Refused(Shown::of(format_args!(
            "{} is no pack of letterproof: {why}",
            path.display()
        )))
    };
    let entry = zip
        .entry(CONTENTS)
        .ok_or_else(|| no_pack("it has no pack.json"))?;
    let bytes = entry.inflate()?;
    let manifest: Manifest = serde_json::from_slice(&bytes)
        .map_err(|error| no_pack(&format!("pack.json does not read: {error}")))?;
    if manifest.schema != SCHEMA {
        return Err(no_pack("its pack.json is of another version"));
    }
    let ids: BTreeSet<&RunId> = manifest.runs.iter().map(|run| &run.run_id).collect();
    if ids.is_empty() || ids.len() != manifest.runs.len() {
        return Err(no_pack("pack.json names its runs in a way that cannot be"));
    }
    Ok(manifest)
}

/// Holds every byte of the frame around the files.
fn hold_frame(zip: &Opened, manifest: &Manifest, audit: &mut PackAudit) -> Result<(), PackError> {
    if !zip.holds_its_hash() {
        audit.found(
            "the zip",
            "is not what the hash in its comment says: it was changed",
        );
    }
    let again = archive(&zip.entries, manifest.evidence_until)?;
    let end = again.len().saturating_sub(64);
    if zip.bytes.get(..end) != again.get(..end) {
        audit.found(
            "the zip",
            "is not in the form that letterproof writes: something was changed around its files",
        );
    }
    if zip
        .entry(CONTENTS)
        .is_some_and(|entry| entry.inflate().ok() != manifest.json().ok())
    {
        audit.found(CONTENTS, "is not in the form that letterproof writes");
    }
    Ok(())
}

/// Holds the signature of the table of contents, if there is one.
fn hold_signature(zip: &Opened, audit: &mut PackAudit) -> Result<(), PackError> {
    let (Some(signature), Some(contents)) = (zip.entry(SIGNATURE), zip.entry(CONTENTS)) else {
        return Ok(());
    };
    let armoured = String::from_utf8_lossy(&signature.inflate()?).into_owned();
    match check_pack_signature(&contents.inflate()?, &armoured) {
        Ok(signer) => audit.signer = Some(signer),
        Err(error) => audit.found(SIGNATURE, error),
    }
    Ok(())
}

/// Every run, and the pack with what people added, must be signed by the key that is known.
fn hold_signers(
    known: &Known,
    manifest: &Manifest,
    wholes: &[(SealedRun, Whole)],
    audit: &mut PackAudit,
) {
    let Some(wanted) = &known.signer else {
        return;
    };
    for run in &manifest.runs {
        let whole = wholes.iter().find(|(sealed, _)| *sealed.id() == run.run_id);
        let signer = whole.and_then(|(_, whole)| whole.signer.as_ref());
        if let Some(other) = known.other_signer(signer) {
            audit.found(
                &format!("evidence/{}/seal.json", run.run_id),
                &other.message,
            );
        }
    }
    let told = match &audit.signer {
        Some(signer) if signer.fingerprint == wanted.as_str() => return,
        Some(signer) => format!("is by {}, not by {wanted}", signer.fingerprint),
        None => format!(
            "is missing: nobody signed what people added and which runs are packed; it should be by {wanted}"
        ),
    };
    audit.found(SIGNATURE, told);
}

/// Holds the files against the hashes in the table of contents.
fn hold_files(
    folder: &Path,
    zip: &Opened,
    manifest: &Manifest,
    audit: &mut PackAudit,
) -> Result<(), PackError> {
    let names = zip.entries.iter().map(|entry| entry.name.as_str());
    let named = |name: &&str| ![CONTENTS, SIGNATURE].contains(name);
    let names: BTreeSet<&str> = names.filter(named).collect();
    for name in manifest
        .files
        .keys()
        .filter(|name| !names.contains(name.as_str()))
    {
        audit.found(name, "is missing from the zip");
    }
    for name in names {
        let Some(stated) = manifest.files.get(name) else {
            audit.found(name, "is not in pack.json: it was added");
            continue;
        };
        let path = folder.join(name);
        let bytes = fs::read(&path).map_err(PackError::io("read", &path))?;
        if sha256_hex(&bytes) != *stated {
            audit.found(name, "was changed: its hash is not the one in pack.json");
        }
    }
    Ok(())
}

/// Audits each run; those that hold come back.
fn hold_runs(
    folder: &Path,
    manifest: &Manifest,
    audit: &mut PackAudit,
) -> Result<Vec<(SealedRun, Whole)>, PackError> {
    let mut wholes = Vec::new();
    for run in &manifest.runs {
        let id = &run.run_id;
        let dir = RunDir::at(folder.join("evidence").join(id));
        let withheld = manifest.withheld_pdfs.get(id);
        let withheld: BTreeSet<String> = withheld.into_iter().flatten().cloned().collect();
        match read_run(&dir, &withheld) {
            Ok((sealed, whole)) => {
                let unknown = unknown_pdfs(&sealed, &whole, &withheld);
                if unknown > 0 {
                    let told =
                        format!("names {unknown} withheld PDFs of {id} that the run never had");
                    audit.found(CONTENTS, told);
                }
                wholes.push((sealed, whole));
            }
            Err(PackError::DoesNotHold { findings, .. }) => {
                for finding in findings {
                    audit.found(&format!("evidence/{id}"), finding);
                }
            }
            Err(PackError::Audit(error)) => audit.found(&format!("evidence/{id}"), error),
            Err(error) => return Err(error),
        }
    }
    Ok(wholes)
}

fn read_run(dir: &RunDir, withheld: &BTreeSet<String>) -> Result<(SealedRun, Whole), PackError> {
    let whole = Whole::read(dir, withheld)?;
    let no_seal = || PackError::DoesNotHold {
        run: Shown::of(dir.name()),
        findings: vec![Shown::of("it has no seal")],
    };
    Ok((SealedRun::read(dir)?.ok_or_else(no_seal)?, whole))
}

/// How many of the PDFs said to be withheld neither the journal nor the seal knows.
fn unknown_pdfs(sealed: &SealedRun, whole: &Whole, withheld: &BTreeSet<String>) -> usize {
    let sealed: BTreeSet<&String> = sealed.seal.files.values().collect();
    let known = |hash: &&String| whole.withheld_by_journal.contains(*hash) || sealed.contains(hash);
    withheld.iter().filter(|hash| !known(hash)).count()
}

/// Makes the table of contents again, and what is made of it.
fn hold_contents(
    folder: &Path,
    wholes: &[(SealedRun, Whole)],
    manifest: &Manifest,
    audit: &mut PackAudit,
) -> Result<(), PackError> {
    let given = Given {
        draft: manifest.draft,
        part: manifest.part,
        sealed_runs: manifest.sealed_runs.clone(),
        tool_version: manifest.tool_version.clone(),
    };
    let mut sealed: Vec<SealedRun> = wholes.iter().map(|(sealed, _)| sealed.clone()).collect();
    in_order(&mut sealed);
    let tests = tests_of(manifest, &sealed);
    let runs: Vec<Whole> = wholes.iter().map(|(_, whole)| whole.clone()).collect();
    let mut again = build::manifest(&runs, &tests, given)?;
    again.files.clone_from(&manifest.files);
    for field in differences(manifest, &again)? {
        audit.found(
            CONTENTS,
            format!("{field} is not what the runs in the pack give"),
        );
    }
    for run in &manifest.runs {
        let mut listed = manifest.sealed_runs.iter();
        let found = listed.find(|listed| listed.run_id == run.run_id);
        if found.is_none_or(|listed| listed.head != run.head || !listed.packed) {
            audit.found(
                CONTENTS,
                format!("does not list its own run {}", run.run_id),
            );
        }
    }
    let seals = sealed.iter().map(|run| (run.id(), &run.seal));
    let mut made = build::signatures(seals, audit.signer.as_ref())?;
    if is_same_version(manifest) {
        let mut bare = manifest.clone();
        bare.files.retain(|name, _| !PAGES.contains(&name.as_str()));
        made.extend(build::pages(&bare));
    }
    hold_made(folder, &made, audit)
}

/// Which run counts for which test: for a whole pack what its runs give, for a part what it says.
fn tests_of<'s>(
    manifest: &Manifest,
    sealed: &'s [SealedRun],
) -> Vec<(&'static AcceptanceTest, Option<&'s RunId>)> {
    let all = choose(sealed).into_iter();
    let mut tests = all.map(|(test, run)| (test, run.map(SealedRun::id)));
    if manifest.part.is_none() {
        return tests.collect();
    }
    let listed = |test: &AcceptanceTest| manifest.tests.iter().any(|entry| entry.id == test.id);
    tests.by_ref().filter(|(test, _)| listed(test)).collect()
}

/// The fields in which two tables of contents differ.
fn differences(stated: &Manifest, again: &Manifest) -> Result<Vec<String>, PackError> {
    let fields = |manifest| -> Result<BTreeMap<String, serde_json::Value>, PackError> {
        Ok(serde_json::from_value(serde_json::to_value(manifest)?)?)
    };
    let (stated, again) = (fields(stated)?, fields(again)?);
    let names: BTreeSet<&String> = stated.keys().chain(again.keys()).collect();
    let differ = names
        .into_iter()
        .filter(|name| stated.get(*name) != again.get(*name));
    Ok(differ.cloned().collect())
}

/// Makes the reports again.
fn hold_reports(
    folder: &Path,
    wholes: &[(SealedRun, Whole)],
    manifest: &Manifest,
    audit: &mut PackAudit,
) -> Result<(), PackError> {
    if !is_same_version(manifest) {
        audit.notes.push(Shown::of(format_args!(
            "the reports and pages were made by letterproof {}; this is {}, so they are held by their hashes and not made again",
            manifest.tool_version,
            env!("CARGO_PKG_VERSION")
        )));
        return Ok(());
    }
    let again = tempfile::tempdir().map_err(PackError::io("make", std::env::temp_dir()))?;
    let mut made = Files::new();
    for (sealed, whole) in wholes {
        made.extend(build::reports(&sealed.dir, &whole.result, again.path())?);
    }
    let known = |name: &str| {
        made.contains_key(name) || build::is_picture(name) || !name.starts_with("reports/")
    };
    for name in manifest.files.keys().filter(|name| !known(name)) {
        audit.found(name, "is no report that letterproof makes");
    }
    hold_made(folder, &made, audit)
}

/// Holds files against what they are when made again.
fn hold_made(folder: &Path, made: &Files, audit: &mut PackAudit) -> Result<(), PackError> {
    for (name, source) in made {
        let expected = match source {
            Source::Bytes(bytes) => bytes.clone(),
            Source::File(path) => fs::read(path).map_err(PackError::io("read", path))?,
        };
        match fs::read(folder.join(name)) {
            Ok(found) if found == expected => {}
            Ok(_) => audit.found(name, "is not what the evidence in the pack gives"),
            Err(_) => audit.found(name, "is missing, though the evidence gives it"),
        }
    }
    Ok(())
}

fn is_same_version(manifest: &Manifest) -> bool {
    manifest.tool_version == env!("CARGO_PKG_VERSION")
}
