//! `summary.md`: a run on a CI job's page.

use std::fmt::Write as _;

use crate::acceptance::count;
use crate::acceptance::result::{PointResult, RunResult};

use super::contract;
use super::outcome::{
    Outcome, called_at, counts_text, driven_sentence, is_measured, needs_words, sign,
    simulator_words, word,
};
use super::text::{self, markdown};

/// An observation longer than this is cut; the whole stands in `verdicts.json`.
const LONGEST: usize = 1_000;

/// The summary of `result` in Markdown; nothing that a target sent is markup in it.
pub fn summary(result: &RunResult) -> String {
    let parts = [
        heading(result),
        facts(result),
        table(result),
        measured(result),
        explained(result),
        notes(result),
        observations(result),
        footer(result),
    ];
    let filled = parts.into_iter().filter(|part| !part.is_empty());
    filled.collect::<Vec<_>>().join("\n")
}

fn heading(result: &RunResult) -> String {
    let outcome = Outcome::of(result);
    let driven = markdown(&driven_sentence(result));
    format!("# {}: {driven}\n", capital(outcome.word))
}

fn facts(result: &RunResult) -> String {
    let started = &result.started;
    let outcome = Outcome::of(result);
    let simulator = simulator_words(result).map(|words| format!("**{words}**\n\n"));
    format!(
        "{}{} against **{}** ({}; called: {}) · exit code {}: {}\n\n{}\n",
        simulator.unwrap_or_default(),
        markdown(&started.supplier),
        markdown(&started.target.name),
        markdown(&started.target.base_url),
        markdown(&called_at(result)),
        outcome.code,
        outcome.meaning,
        counts_text(result),
    )
}

fn table(result: &RunResult) -> String {
    let mut text =
        String::from("| Verdict | Point | What must hold | Level |\n|---|---|---|---|\n");
    for point in &result.points {
        let verdict = point.judgement.verdict;
        // Writing to a String never fails.
        let _ = writeln!(
            text,
            "| {} {} | {} | {} | {} |",
            sign(verdict),
            word(verdict),
            markdown(&point.id),
            markdown(&point.text),
            point.level
        );
    }
    text
}

fn measured(result: &RunResult) -> String {
    let points = result.points.iter().filter(|point| is_measured(point));
    let lines: String = points
        .map(|point| {
            let observed = text::shortened(&point.judgement.observed, LONGEST);
            format!("- {}: {}\n", markdown(&point.id), markdown(&observed))
        })
        .collect();
    match lines.as_str() {
        "" => lines,
        _ => format!("## Measured\n\n{lines}"),
    }
}

fn explained(result: &RunResult) -> String {
    let told: Vec<String> = result
        .points
        .iter()
        .filter(|point| needs_words(point))
        .map(explanation)
        .collect();
    if told.is_empty() {
        return String::new();
    }
    format!("## What is not plainly green\n\n{}", told.join("\n"))
}

fn explanation(point: &PointResult) -> String {
    let verdict = point.judgement.verdict;
    let mut text = format!(
        "### {} {}: {} {}\n\n",
        sign(verdict),
        word(verdict),
        markdown(&point.id),
        markdown(&point.text)
    );
    for (name, words) in text::parts(&point.judgement) {
        let words = markdown(&text::shortened(&words, LONGEST));
        let _ = writeln!(text, "- {name}: {words}");
    }
    text
}

fn notes(result: &RunResult) -> String {
    if result.notes.is_empty() {
        return String::new();
    }
    let notes = result.notes.iter();
    let lines = notes.map(|note| format!("- {}\n", markdown(&text::shortened(note, LONGEST))));
    format!("## Notes\n\n{}", lines.collect::<String>())
}

fn observations(result: &RunResult) -> String {
    let told = contract::sentences(&result.contract);
    if told.is_empty() {
        return String::new();
    }
    let line = |(sign, words): &contract::Told| {
        format!("- {sign} {}\n", markdown(&text::shortened(words, LONGEST)))
    };
    let lines: String = told.iter().map(line).collect();
    format!("## {}\n\n{lines}", contract::HEADING)
}

fn footer(result: &RunResult) -> String {
    let started = &result.started;
    format!(
        "Run {}, {} to {}, {} {}; {}, {}, head {}.\n",
        markdown(&started.run_id),
        result.started_at,
        result.ended_at,
        markdown(&started.tool.name),
        markdown(&started.tool.version),
        count(result.events as usize, "journal line"),
        count(result.exchanges as usize, "exchange"),
        markdown(&result.head)
    )
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_job_page_shows_the_result_first() {
        let text = summary(&sample::run());
        assert!(text.starts_with("# Failed: the reference client was driven"));
        insta::assert_snapshot!(text);
    }

    #[test]
    fn an_observed_system_is_named() {
        let mut run = sample::run();
        run.started.driven = "Press|One".into();
        let text = summary(&run);
        assert!(text.starts_with("# Failed: the supplier's own system was observed: Press\\|One"));
    }
}
