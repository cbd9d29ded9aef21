//! Holds `review.jsonl` and the attached files of a run.

use std::collections::BTreeSet;
use std::fs;

use crate::evidence::{
    AdditionError, EvidenceError, RunDir, attachment_name, read_additions, sha256_hex,
};
use crate::model::{Addition, AdditionLine, Decision, Sha256Hex, Shown};

use super::report::{AuditReport, Finding};
use super::run::fault_finding;

const FILE: &str = "review.jsonl";

/// Checks what people added to the run in `dir`.
pub(super) fn hold_additions(dir: &RunDir, report: &mut AuditReport) {
    if !dir.review().exists() && !dir.attachments().exists() {
        return;
    }
    match read_additions(dir) {
        Ok(additions) => {
            report.additions = additions.lines.len() as u64;
            let added = !additions.lines.is_empty();
            report.additions_head = Sha256Hex::parse(&additions.head).ok().filter(|_| added);
            report.statements = additions.lines.iter().map(statement).collect();
            let attached = additions
                .lines
                .iter()
                .filter_map(|line| match &line.addition {
                    Addition::Attachment {
                        file,
                        sha256,
                        bytes,
                        ..
                    } => Some((attachment_name(sha256, file), &**sha256, *bytes)),
                    _ => None,
                });
            let attached: BTreeSet<_> = attached.collect();
            report.findings.extend(changed(dir, &attached));
            let names = attached.iter().map(|(name, ..)| name.as_str()).collect();
            report.findings.extend(unnamed(dir, &names));
        }
        Err(AdditionError::NotSealed(_)) => report.findings.push(Finding::file(
            FILE,
            "adds to a run without a seal: nothing can be added before the run is over",
        )),
        Err(AdditionError::Broken { fault, .. }) => {
            report.findings.push(fault_finding(FILE, &fault));
        }
        // Told by the audit of the seal.
        Err(AdditionError::BadSeal { .. }) => {}
        Err(error) => report.findings.push(Finding::file(FILE, error)),
    }
}

/// An addition in one sentence, as what it is: something that the supplier says.
fn statement(line: &AdditionLine) -> Shown {
    let noted = |note: &Option<String>| note.as_ref().map_or(String::new(), |it| format!(": {it}"));
    Shown::of(match &line.addition {
        Addition::Attachment {
            test, file, note, ..
        } => format!("{test}: {file} attached{}", noted(note)),
        Addition::Attestation {
            test,
            by,
            role,
            note,
        } => format!("{test}: {by} ({role}) vouches: {note}"),
        Addition::Review {
            point,
            decision,
            by,
            note,
        } => {
            let decided = match decision {
                Decision::Accepted => "accepted",
                Decision::Rejected => "rejected",
            };
            format!("{point}: {decided} by {by}{}", noted(note))
        }
        Addition::Mitigation {
            point,
            note,
            agreed_with,
        } => format!("{point}: agreed with {agreed_with}: {note}"),
        Addition::Unknown => "of a kind that this version does not know".to_owned(),
    })
}

/// Attached files that are missing or are not what their line says.
fn changed(dir: &RunDir, attached: &BTreeSet<(String, &str, u64)>) -> Vec<Finding> {
    let wrong = |(name, sha256, bytes): &(String, &str, u64)| {
        let told = |message: String| Some(Finding::file(format!("attachments/{name}"), message));
        let path = dir.attachments().join(name);
        let is_file = path.symlink_metadata().is_ok_and(|facts| facts.is_file());
        if !is_file {
            return told("is missing, though review.jsonl says that it was attached".to_owned());
        }
        match fs::read(&path) {
            Err(error) => told(format!("cannot be read: {error}")),
            Ok(found) if sha256_hex(&found) != *sha256 || found.len() as u64 != *bytes => {
                told("is not the file that was attached".to_owned())
            }
            Ok(_) => None,
        }
    };
    attached.iter().filter_map(wrong).collect()
}

/// Files that no line of `review.jsonl` names.
fn unnamed(dir: &RunDir, names: &BTreeSet<&str>) -> Vec<Finding> {
    let folder = dir.attachments();
    if !folder.exists() {
        return Vec::new();
    }
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) => {
            let error = EvidenceError::io("read", folder)(error);
            return vec![Finding::file("attachments", error)];
        }
    };
    let found = entries.filter_map(Result::ok);
    let found = found.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let unnamed = found.filter(|name| !names.contains(name.as_str()));
    unnamed
        .map(|name| {
            let message = "was attached by no line of review.jsonl; if `attach` was interrupted, attach \
                           the file again, else take it away";
            Finding::file(format!("attachments/{name}"), message)
        })
        .collect()
}
