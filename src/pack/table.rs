//! What a pack says of each acceptance test, as plain text for README and email.

use std::fmt::Write as _;

use crate::model::Verdict;
use crate::report::{SIMULATOR_WORDS, one_line, word};

use super::manifest::Manifest;

/// What must stand above everything else; nothing for a pack that may be judged by.
pub(super) fn warning(manifest: &Manifest) -> Option<&'static str> {
    match (manifest.simulator, manifest.draft) {
        (true, _) => Some(SIMULATOR_WORDS),
        (false, true) => Some("DRAFT: mandatory points may be open"),
        (false, false) => None,
    }
}

/// The environment with its kind, and where its requests went.
pub(super) fn environment(manifest: &Manifest) -> String {
    let (target, kind) = (one_line(&manifest.target), one_line(&manifest.kind));
    format!("{target} ({kind}), called: {}", one_line(&manifest.called))
}

/// The sign-off table.
pub(super) fn sign_off(manifest: &Manifest) -> String {
    let mut text = format!(
        "{:<6}{:<34}{:<11}{:<15}run\n",
        "test", "", "level", "verdict"
    );
    for test in &manifest.tests {
        let run = test.run.as_deref().unwrap_or("none");
        let _ = writeln!(
            text,
            "{:<6}{:<34}{:<11}{:<15}{run}",
            test.id,
            test.title,
            test.level.as_str(),
            word(test.verdict),
        );
        for point in &test.points {
            if let Some(agreed) = &point.mitigation {
                let _ = writeln!(
                    text,
                    "      {} {}: mitigation agreed with {}: {}",
                    point.id,
                    word(point.verdict),
                    one_line(&agreed.agreed_with),
                    one_line(&agreed.note),
                );
            }
        }
    }
    text
}

/// The chain heads, run by run.
pub(super) fn heads(manifest: &Manifest) -> String {
    let mut text = String::new();
    for run in &manifest.runs {
        let _ = writeln!(text, "{}\n  head       {}", run.run_id, run.head);
        if let Some(head) = &run.additions_head {
            let _ = writeln!(text, "  additions  {head}");
        }
        if let Some(key) = &run.signed_by {
            let _ = writeln!(text, "  signed by  {key}");
        }
    }
    text
}

/// Runs that were left out, a line each; nothing if none was.
pub(super) fn omitted(manifest: &Manifest) -> String {
    let mut text = String::new();
    for run in manifest.omitted() {
        let _ = writeln!(text, "{}\n  head       {}", one_line(&run.run_id), run.head);
    }
    text
}

/// Who was driven, in one sentence.
pub(super) fn driven(manifest: &Manifest) -> String {
    let mut names: Vec<&str> = manifest
        .runs
        .iter()
        .map(|run| run.driven.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    one_line(&names.join(", "))
}

/// `AT4, AT7` of the tests whose verdict is `wanted`; nothing if none has it.
pub(super) fn tests_with(manifest: &Manifest, wanted: Verdict) -> String {
    let tests = manifest.tests.iter().filter(|test| test.verdict == wanted);
    let names: Vec<&str> = tests.map(|test| test.id.as_str()).collect();
    names.join(", ")
}
