//! What somebody knows of a run or a pack by another way than the evidence came.

use crate::evidence::{Fingerprint, Signer};
use crate::model::Sha256Hex;

use super::report::{AuditReport, Finding};

/// What is known from elsewhere; nothing by default.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Hashes of the last lines of journals; of a pack also its zip's SHA-256.
    pub heads: Vec<Sha256Hex>,
    /// Hashes of the last lines of what people added.
    pub additions: Vec<Sha256Hex>,
    /// The key that signs.
    pub signer: Option<Fingerprint>,
}

impl Known {
    /// What contradicts it in a run that `report` tells of.
    pub(super) fn hold(&self, report: &AuditReport) -> Vec<Finding> {
        let others = self.heads.iter().filter(|head| ***head != *report.head);
        let mut findings: Vec<Finding> = others.map(|head| other_head(report, head)).collect();
        findings.extend(self.other_additions(report.additions_head.as_ref()));
        findings.extend(self.other_signer(report.signer.as_ref()));
        findings
    }

    /// The additions must be those that were given, if any were.
    fn other_additions(&self, found: Option<&Sha256Hex>) -> Option<Finding> {
        let other = self.additions.iter().find(|known| Some(*known) != found)?;
        let told = found.map_or("holds nothing".to_owned(), |found| {
            format!("ends with {found}")
        });
        Some(Finding::file(
            "review.jsonl",
            format!(
                "{told}, not with the hash given ({other}): these are not the additions that were handed in"
            ),
        ))
    }

    /// What is signed must be signed by the key that was given, if one was.
    pub fn other_signer(&self, found: Option<&Signer>) -> Option<Finding> {
        let known = self.signer.as_ref()?;
        let told = match found {
            Some(found) if found.fingerprint == known.as_str() => return None,
            Some(found) => format!("is signed by {}, not by {known}", found.fingerprint),
            None => format!("is not signed, and should be by {known}"),
        };
        Some(Finding::file("seal.json", told))
    }
}

fn other_head(report: &AuditReport, known: &Sha256Hex) -> Finding {
    let found = &report.head;
    Finding::file(
        "journal.jsonl",
        format!(
            "ends with head {found}, not with the head given ({known}): this is not the run that was handed in"
        ),
    )
}
