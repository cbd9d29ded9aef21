//! What a person most likely does next, as one line that can be pasted.

use std::path::Path;

use clap::error::ErrorKind;

use crate::acceptance::{PointResult, RunResult};
use crate::model::Verdict;
use crate::report::{Outcome, one_line, simulator_words};

use super::args::Common;
use super::{CliError, ExitCode};

/// The configuration that is read if none is named.
const USUAL_CONFIG: &str = "letterproof.toml";

/// The line that ends a verb.
pub(super) fn next_line(command: &str) -> String {
    format!("Next: {command}")
}

/// `words` as a command of letterproof, with the configuration and the folders of this call.
pub(super) fn command(words: &[&str], common: &Common) -> String {
    let words = words.iter().map(|word| quoted(word));
    of_letterproof(words.chain(common_flags(common)))
}

/// The command that was given, once more.
pub(super) fn same_command() -> String {
    of_letterproof(std::env::args().skip(1).map(|word| quoted(&word)))
}

/// What to do after words that the command line does not take.
pub(super) fn after_bad_arguments(kind: ErrorKind, verbs: &[String], given: &[String]) -> String {
    let ordered = (kind == ErrorKind::ArgumentConflict)
        .then(|| flags_behind_the_verb(verbs, given))
        .flatten();
    match (ordered, given.iter().find(|word| verbs.contains(word))) {
        (Some(command), _) => format!("Flags go behind the verb.\n{}", next_line(&command)),
        (None, Some(verb)) => next_line(&format!("letterproof {verb} --help")),
        (None, None) => next_line("letterproof --help"),
    }
}

/// The command with the flags that stood before the verb behind it; `None` if none stood there.
fn flags_behind_the_verb(verbs: &[String], given: &[String]) -> Option<String> {
    let at = given.iter().position(|word| verbs.contains(word))?;
    let (before, rest) = given.split_at(at);
    let ordered = rest.iter().chain(before).map(|word| quoted(word));
    (!before.is_empty()).then(|| of_letterproof(ordered))
}

fn of_letterproof(words: impl Iterator<Item = String>) -> String {
    let name = std::iter::once("letterproof".to_owned());
    name.chain(words).collect::<Vec<_>>().join(" ")
}

/// What to do with a run that came to its end.
pub(super) fn after_run(result: &RunResult, common: &Common) -> String {
    let started = &result.started;
    let (run, target) = (started.run_id.as_str(), started.target.name.as_str());
    let about_target = |verb: &'static str| -> Vec<&str> {
        match target {
            "local" => vec![verb],
            other => vec![verb, "--target", other],
        }
    };
    if !started.faults.is_empty() {
        return command(&["verify", run], common);
    }
    match Outcome::of(result).code {
        0 if is_first_look(target, common) => command(&["init"], common),
        0 if is_whole(result) => {
            let mut words = about_target("pack");
            words.extend(simulator_words(result).map(|_| "--draft"));
            command(&words, common)
        }
        0 => command(&about_target("status"), common),
        1 => after_failure(result, common),
        3 => match first(result, Verdict::Review) {
            Some(point) => command(&["review", &point.id, "--run", run, "--help"], common),
            None => command(&about_target("plan"), common),
        },
        4 => command(&about_target("doctor"), common),
        _ => command(&["criteria"], common),
    }
}

/// A simulator is asked again once the cause is mended; NHS Notify's people want a question with
/// request ids and times.
fn after_failure(result: &RunResult, common: &Common) -> String {
    let started = &result.started;
    let (run, target) = (started.run_id.as_str(), started.target.name.as_str());
    if simulator_words(result).is_none() {
        let mut words = vec!["email", "support", "--run", run];
        if let Some(point) = first(result, Verdict::Fail) {
            words.extend(["--point", &point.id]);
        }
        return command(&words, common);
    }
    let mut failed: Vec<&str> = result
        .points
        .iter()
        .filter(|it| is_failed(it))
        .map(|it| &*it.test)
        .collect();
    failed.dedup();
    let failed = failed.join(",");
    let mut words = vec!["run"];
    if target != "local" {
        words.extend(["--target", target]);
    }
    // The sandbox's checks are one suite, which `--only` does not take apart.
    if target != "sandbox" {
        words.extend(["--only", &failed]);
    }
    command(&words, common)
}

fn is_failed(point: &PointResult) -> bool {
    point.judgement.verdict == Verdict::Fail
}

fn first(result: &RunResult, verdict: Verdict) -> Option<&PointResult> {
    let mut points = result.points.iter();
    points.find(|point| point.judgement.verdict == verdict)
}

/// True for somebody who runs the tool before there is a configuration.
fn is_first_look(target: &str, common: &Common) -> bool {
    target == "local" && common.config.is_none() && !Path::new(USUAL_CONFIG).exists()
}

/// True if the run had the whole Acceptance Test Pack in scope.
fn is_whole(result: &RunResult) -> bool {
    let points = crate::acceptance::CATALOGUE.iter();
    points.map(|test| test.points.len()).sum::<usize>() == result.points.len()
}

/// How to go on with the run in `dir`.
pub(super) fn resume(dir: &Path, ledger: Option<&Path>, common: &Common) -> String {
    let name = dir
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    let ledger = ledger.map(|path| path.to_string_lossy().into_owned());
    let mut words = vec!["run", "--resume", &name];
    if let Some(ledger) = &ledger {
        words.extend(["--ledger", ledger]);
    }
    command(&words, common)
}

/// What to do after `error` ended the verb `verb`.
pub(super) fn after_error(error: &CliError, verb: Option<&str>, common: &Common) -> String {
    match error {
        CliError::Interrupted { next, .. }
        | CliError::BrokenOff { next, .. }
        | CliError::Suspended { next, .. } => next.clone(),
        CliError::MadeElsewhere { run, base_url } => {
            let config = config_that_names(base_url).unwrap_or_else(|| "FILE".to_owned());
            command(&["run", "--resume", run, "--config", &config], common)
        }
        CliError::Production(target) => command(&["smoke", "--target", target, "--help"], common),
        CliError::NothingToPlan(target) => command(&["run", "--target", target], common),
        CliError::NoBaseUrl(target) => command(&["doctor", "--target", target], common),
        CliError::OtherTarget { run_id, .. } => command(&["run", "--resume", run_id], common),
        CliError::Complete(dir) => command(&["verify", &dir.to_string_lossy()], common),
        CliError::Fault(_) => command(&["selftest", "--list"], common),
        CliError::NothingSelected(_) | CliError::Selection(_) => command(&["criteria"], common),
        CliError::Features(_) => command(&["check"], common),
        other => match (other.exit_code(), verb) {
            (ExitCode::USAGE, Some(verb)) => format!("letterproof {verb} --help"),
            (ExitCode::USAGE, None) => "letterproof --help".to_owned(),
            (ExitCode::INCOMPLETE, _) => command(&["status"], common),
            _ => command(&["doctor"], common),
        },
    }
}

/// The configuration in this folder that names `base_url`, as `sim --write-config` writes it.
fn config_that_names(base_url: &str) -> Option<String> {
    let files = std::fs::read_dir(".").ok()?.filter_map(Result::ok);
    let names = files.filter_map(|file| file.file_name().into_string().ok());
    let mut named: Vec<String> = names
        .filter(|name| name.ends_with(".toml"))
        .filter(|name| is_small(name))
        .filter(|name| std::fs::read_to_string(name).is_ok_and(|text| text.contains(base_url)))
        .collect();
    named.sort();
    named.into_iter().next()
}

fn is_small(name: &str) -> bool {
    std::fs::metadata(name).is_ok_and(|facts| facts.is_file() && facts.len() < 100_000)
}

fn common_flags(common: &Common) -> Vec<String> {
    let folder = |flag: &str, path: &Path, usual: &str| {
        (path != Path::new(usual)).then(|| format!("{flag} {}", quoted(&path.to_string_lossy())))
    };
    let config = common.config.as_deref();
    let config = config.map(|path| format!("--config {}", quoted(&path.to_string_lossy())));
    let evidence = folder("--evidence-dir", &common.evidence_dir, "evidence");
    let reports = folder("--reports-dir", &common.reports_dir, "reports");
    config.into_iter().chain(evidence).chain(reports).collect()
}

/// `word` as the shells of testers read it: bash, PowerShell, cmd.
fn quoted(word: &str) -> String {
    let word = one_line(word);
    let plain =
        |c: char| c.is_alphanumeric() || "-_./:,=@+".contains(c) || (cfg!(windows) && c == '\\');
    if !word.is_empty() && word.chars().all(plain) {
        word
    } else if word.contains(['"', '$', '`', '\\', '!']) {
        format!("'{}'", word.replace('\'', "'\\''"))
    } else {
        format!("\"{word}\"")
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::cli::args::Format;

    fn common(config: Option<&str>, evidence: &str) -> Common {
        Common {
            config: config.map(PathBuf::from),
            evidence_dir: evidence.into(),
            reports_dir: "reports".into(),
            format: Format::Human,
            quiet: false,
            no_color: false,
        }
    }

    #[test]
    fn a_command_repeats_what_this_call_needed() {
        let words = ["status", "--target", "int"];
        assert_eq!(
            command(&words, &common(None, "evidence")),
            "letterproof status --target int"
        );
        assert_eq!(
            command(&words, &common(Some("my files/int.toml"), "kept")),
            "letterproof status --target int --config \"my files/int.toml\" --evidence-dir kept"
        );
    }

    #[test]
    fn what_a_shell_would_read_otherwise_is_quoted() {
        assert_eq!(quoted("@AT4 or $HOME"), "'@AT4 or $HOME'");
        assert_eq!(quoted("not @AT15"), "\"not @AT15\"");
        assert_eq!(quoted(""), "\"\"");
        assert!(!quoted("a\nb\u{1b}[2J").contains(['\n', '\u{1b}']));
    }

    #[test]
    fn flags_before_the_verb_are_put_behind_it() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let verbs = words("run status");
        let ordered = |given: &str| flags_behind_the_verb(&verbs, &words(given));
        assert_eq!(
            ordered("--quiet run --only AT1").as_deref(),
            Some("letterproof run --only AT1 --quiet")
        );
        assert_eq!(ordered("run --only AT1"), None);
        assert_eq!(ordered("--only AT1"), None);
    }
}
