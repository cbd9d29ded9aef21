//! Retrieving, downloading and checking the agreed letters.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use crate::client::{Document, Download, Supplier};
use crate::evidence::WITHHELD;
use crate::model::{Event, LetterFacts, PdfCheck, PdfOutcome, Scope};
use crate::preflight::{self, CheckResult, Letter, Policy};
use crate::progress::Progress;

use super::SmokeError;
use super::folder::Downloads;
use crate::cli::CliError;

/// A letter of the smoke test.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Held {
    /// Its id.
    pub letter: String,
    /// Its specification.
    pub specification: Option<String>,
    /// Its group.
    pub group: Option<String>,
    /// True if it has a PDF, so that it can be printed.
    pub has_pdf: bool,
    /// Where its PDF lies; `None` if it has none, or in a later call.
    pub file: Option<PathBuf>,
    /// What stands against printing it by the checks of preflight, or was not judged.
    pub defects: Vec<String>,
}

/// Retrieves up to `wanted` letters, which leases them, and fetches and checks each.
pub(super) async fn fetch(
    supplier: &Supplier,
    wanted: u32,
    downloads: &Downloads,
    progress: &Progress,
) -> Result<Vec<Held>, CliError> {
    let policy = Arc::new(Policy::built_in().map_err(SmokeError::from)?);
    let listed = supplier.list(wanted).await.map_err(SmokeError::from)?;
    if listed.letters.len() > wanted as usize {
        return Err(SmokeError::TooMany {
            came: listed.letters.len(),
            wanted,
            run: supplier.journal().dir().name(),
        }
        .into());
    }
    let mut held = Vec::new();
    for letter in listed.letters {
        progress.line(&format!("letter {}: downloading and checking …", letter.id));
        held.push(one(supplier, letter, downloads, &policy).await?);
    }
    Ok(held)
}

/// The letters with what the record does not keep of them, read anew.
pub(super) async fn read_again(
    supplier: &Supplier,
    mut letters: Vec<Held>,
) -> Result<Vec<Held>, CliError> {
    for letter in &mut letters {
        let kept = |text: &Option<String>| text.as_deref() != Some(WITHHELD);
        if kept(&letter.specification) && kept(&letter.group) {
            continue;
        }
        let seen = supplier.letter(&letter.letter).await;
        let seen = seen.map_err(SmokeError::from)?.letter;
        (letter.specification, letter.group) = (seen.specification_id, seen.group_id);
    }
    Ok(letters)
}

async fn one(
    supplier: &Supplier,
    letter: LetterFacts,
    downloads: &Downloads,
    policy: &Arc<Policy>,
) -> Result<Held, CliError> {
    let download = supplier.download(&letter.id).await;
    let (file, defects) = match download.map_err(SmokeError::from)? {
        Download::Missing { .. } => (None, vec!["the letter has no PDF".to_owned()]),
        Download::Document(document) => {
            let file = downloads.save(&letter.id, &document.bytes)?;
            let checks = checked(supplier, &letter, document, policy).await?;
            (Some(file), checks)
        }
    };
    Ok(Held {
        letter: letter.id,
        specification: letter.specification_id,
        group: letter.group_id,
        has_pdf: file.is_some(),
        file,
        defects,
    })
}

/// Checks the PDF away from the threads of the network, and records what was found.
async fn checked(
    supplier: &Supplier,
    letter: &LetterFacts,
    document: Document,
    policy: &Arc<Policy>,
) -> Result<Vec<String>, CliError> {
    let (known, policy) = (letter.clone(), Arc::clone(policy));
    let (exchange, sha256, bytes) = (document.exchange, document.sha256.clone(), document.size);
    let report = tokio::task::spawn_blocking(move || {
        let letter = Letter {
            expected_sha256: known.sha256_hash.as_deref(),
            content_length: document.content_length,
            specification: known.specification_id.as_deref(),
            ..Letter::new(&document.bytes)
        };
        preflight::full(&letter, &policy)
    });
    let report = report
        .await
        .map_err(|_| SmokeError::Unchecked(letter.id.clone()))?;
    let told = |outcome| {
        move |check: &CheckResult| PdfCheck {
            id: check.id.rule().id.to_owned(),
            outcome,
            observed: check.observed.clone(),
        }
    };
    let defects: Vec<PdfCheck> = report.defects().map(told(PdfOutcome::Fail)).collect();
    let unjudged: Vec<PdfCheck> = report.unjudged().map(told(PdfOutcome::NotJudged)).collect();
    let warnings = report.warnings().map(told(PdfOutcome::Warn));
    let line = |check: &PdfCheck| match check.outcome {
        PdfOutcome::NotJudged => format!("{} not judged: {}", check.id, check.observed),
        _ => format!("{} {}", check.id, check.observed),
    };
    let open: Vec<PdfCheck> = defects.into_iter().chain(unjudged).collect();
    let lines = open.iter().map(line).collect();
    supplier.journal().append(&Event::PdfChecked {
        scope: Scope::default(),
        letter: letter.id.clone(),
        exchange,
        sha256: Some(sha256),
        bytes,
        expected_sha256: letter.sha256_hash.clone(),
        checks: open.into_iter().chain(warnings).collect(),
        us: report.micros,
        follows: None,
    })?;
    Ok(lines)
}
