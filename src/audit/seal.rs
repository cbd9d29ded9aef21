//! Holds a seal against the files of its run, and its signature.

use std::collections::BTreeSet;

use crate::evidence::{
    EvidenceError, RunDir, Seal, Signer, build_seal, check_signature, read_at_most,
};
use crate::model::limits::LARGEST_CONTENTS;

use super::report::Finding;

/// Files that are told one by one if they are not what the seal says.
const MOST_DIFFERENCES: usize = 200;

/// Everything in a seal follows from the other files, so it is built again and compared.
pub(super) fn hold_the_seal(
    dir: &RunDir,
    left_out: &BTreeSet<String>,
    signer: &mut Option<Signer>,
) -> Vec<Finding> {
    let mut built = match build_seal(dir) {
        Ok(built) => built,
        // Told by the audit of the lines.
        Err(EvidenceError::Journal { .. }) => return Vec::new(),
        Err(error) => return vec![Finding::file("seal.json", error)],
    };
    let stored = match read_at_most(&dir.seal(), LARGEST_CONTENTS) {
        Ok(stored) => stored,
        Err(error) => {
            return vec![Finding::file(
                "seal.json",
                format!("cannot be read: {error}"),
            )];
        }
    };
    let stated: Seal = match Seal::parse(&stored) {
        Ok(stated) => stated,
        Err(error) => {
            let message = format!("is not a seal: {error}");
            return vec![Finding::file("seal.json", message)];
        }
    };
    built.signature.clone_from(&stated.signature);
    for (name, sha256) in &stated.files {
        if left_out.contains(sha256) && name.ends_with(sha256.as_str()) {
            built
                .files
                .entry(name.clone())
                .or_insert_with(|| sha256.clone());
        }
    }
    let mut findings = Vec::new();
    if built.canonical().is_ok_and(|bytes| bytes != stored) {
        findings.extend(differences(&stated, &built));
    }
    match signature_of(&stated) {
        Ok(found) => *signer = found,
        Err(finding) => findings.push(finding),
    }
    findings
}

/// Who signed the seal; nobody if it has no signature.
fn signature_of(seal: &Seal) -> Result<Option<Signer>, Finding> {
    let Some(signature) = &seal.signature else {
        return Ok(None);
    };
    let told = |error: String| Finding::file("seal.json", format!("the signature {error}"));
    let signed = seal
        .signed_bytes()
        .map_err(|error| told(error.to_string()))?;
    let checked = check_signature(&signed, signature).map_err(|error| told(error.to_string()))?;
    Ok(Some(checked))
}

fn differences(stated: &Seal, built: &Seal) -> Vec<Finding> {
    let mut findings = file_differences(stated, built);
    let fields = [
        ("the chain head", stated.head == built.head),
        ("the number of events", stated.events == built.events),
        ("the run's id", stated.run_id == built.run_id),
        ("the schema", stated.schema == built.schema),
        (
            "the time of the last line",
            stated.sealed_at == built.sealed_at,
        ),
        (
            "the tool's version",
            stated.tool_version == built.tool_version,
        ),
        ("the verdicts", stated.verdicts == built.verdicts),
    ];
    for (field, _) in fields.iter().filter(|(_, same)| !same) {
        findings.push(Finding::file(
            "seal.json",
            format!("{field}: not what the run's files give"),
        ));
    }
    if findings.is_empty() {
        findings.push(Finding::file("seal.json", "is not in canonical form"));
    }
    findings
}

fn file_differences(stated: &Seal, built: &Seal) -> Vec<Finding> {
    let names: BTreeSet<&String> = stated.files.keys().chain(built.files.keys()).collect();
    let told = |name: &String| match (stated.files.get(name), built.files.get(name)) {
        (Some(stated), Some(built)) if stated != built => Some("was changed after the seal"),
        (Some(_), None) => Some("is missing"),
        (None, Some(_)) => Some("was added after the seal"),
        _ => None,
    };
    let mut found = names
        .into_iter()
        .filter_map(|name| told(name).map(|message| Finding::file(name, message)));
    let mut findings: Vec<Finding> = found.by_ref().take(MOST_DIFFERENCES).collect();
    let more = found.count();
    if more > 0 {
        let told = format!("differs in {more} more of the files that it names");
        findings.push(Finding::file("seal.json", told));
    }
    findings
}
