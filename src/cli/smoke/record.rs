//! The record of a smoke test: a journal like a run's, without a body.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::acceptance::{PACK_REVISION, REFERENCE_CLIENT, exit_code};
use crate::audit::read_introduction;
use crate::cli::CliError;
use crate::cli::config::Config;
use crate::cli::endpoint::{hold_place, host_names};
use crate::evidence::{Journal, Reader, RunDir, WITHHELD};
use crate::model::{
    Event, RunFinished, RunId, RunStarted, SCHEMA, Scope, Settings, TargetFacts, ToolFacts,
};
use crate::targets::Target;

use super::SmokeError;
use super::letters::Held;

/// Writes the first line, and what this is.
pub(super) fn introduce(
    journal: &Journal,
    run_id: &RunId,
    config: &Config,
    target: &Target,
    token_url: Option<String>,
) -> Result<(), CliError> {
    let started = RunStarted {
        schema: SCHEMA,
        run_id: run_id.clone(),
        tool: ToolFacts {
            name: "letterproof".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        target: TargetFacts {
            name: target.name.clone(),
            kind: target.kind.as_str().to_owned(),
            base_url: target.base_url.clone().unwrap_or_default(),
            token_url,
            hosts: host_names(&target.hosts),
            storage_hosts: target.storage_hosts.as_deref().map(host_names),
            deviations: Vec::new(),
        },
        supplier: config.supplier.name.clone(),
        system: config.supplier.system.clone(),
        driven: REFERENCE_CLIENT.to_owned(),
        pack_revision: PACK_REVISION.to_owned(),
        // A smoke test is no acceptance test.
        scope: Vec::new(),
        faults: Vec::new(),
        settings: settings(config, target),
    };
    journal.append(&Event::RunStarted(Box::new(started)))?;
    note(
        journal,
        "production smoke test: of every body hash and size are kept alone, of headers, paths and facts what is listed in docs/security.md (‹withheld› stands for the rest), and no letter's status is changed",
    )
}

fn settings(config: &Config, target: &Target) -> Settings {
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    Settings {
        expected_letters: target.expected_letters,
        seeded_letters: None,
        seed: None,
        visibility_timeout_ms: millis(target.visibility_timeout),
        settle_timeout_ms: millis(target.settle_timeout),
        requests_per_second: target.requests_per_second,
        optional_statuses: Vec::new(),
        rejects: config.supplier.rejects,
        accessible_specifications: Vec::new(),
        target_ms: millis(config.performance.target),
        performance_runs: config.performance.runs,
        sizes: BTreeMap::new(),
        agreed_with: None,
        agreed_on: None,
        window: None,
    }
}

/// Writes what a reader should know.
pub(super) fn note(journal: &Journal, text: &str) -> Result<(), CliError> {
    journal.append(&Event::Note {
        scope: Scope::default(),
        text: text.to_owned(),
    })?;
    Ok(())
}

/// Writes the last line. There are no points, and the exit code is that of a run without any.
pub(super) fn finish(journal: &Journal) -> Result<(), CliError> {
    journal.append(&Event::RunFinished(RunFinished {
        verdicts: BTreeMap::new(),
        exit_code: exit_code(std::iter::empty()),
    }))?;
    Ok(journal.sync()?)
}

/// The letters of an unfinished smoke test of `target` whose information was not sent yet.
pub(super) fn read(dir: &RunDir, target: &Target) -> Result<Vec<Held>, CliError> {
    let started = read_introduction(dir)?;
    let not_waiting =
        || SmokeError::NotWaiting(dir.path().display().to_string(), target.name.clone());
    let of_target = started.target.name == target.name && started.target.kind == "prod";
    if !of_target || dir.seal().exists() {
        return Err(not_waiting().into());
    }
    hold_place(&started.target, target)?;
    let mut letters: Vec<Held> = Vec::new();
    for read in Reader::open(&dir.journal())? {
        // A torn last line of a killed process.
        let Ok(read) = read else { break };
        match read.line.event {
            Event::LettersListed {
                letters: listed, ..
            } => {
                let known = listed.into_iter().filter(|letter| letter.id != WITHHELD);
                letters = known.map(held).collect();
            }
            Event::PdfChecked { letter, .. } => {
                if let Some(one) = letters.iter_mut().find(|one| one.letter == letter) {
                    one.has_pdf = true;
                }
            }
            Event::Intent { mi: Some(_), .. } => {
                return Err(SmokeError::Unclear(started.run_id.into()).into());
            }
            _ => {}
        }
    }
    match letters.is_empty() {
        false => Ok(letters),
        true => Err(not_waiting().into()),
    }
}

fn held(letter: crate::model::LetterFacts) -> Held {
    Held {
        letter: letter.id,
        specification: letter.specification_id,
        group: letter.group_id,
        has_pdf: false,
        file: None,
        defects: Vec::new(),
    }
}
