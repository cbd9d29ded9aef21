//! The summary a tester reads when a run ends.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anstyle::{AnsiColor, Style};

use crate::acceptance::count;
use crate::acceptance::result::{PointResult, RunResult};
use crate::model::{ContractResult, Verdict};

use super::contract;
use super::outcome::{
    Outcome, by_test, called_at, counts_text, driven_sentence, is_measured, needs_words, sign,
    simulator_words, word,
};
use super::text;

/// Width where none is known.
const WIDTH: usize = 100;
/// Lines longer than this are hard to read, however wide the terminal.
const WIDEST: usize = 120;
/// Below this nothing can be aligned; such a terminal wraps by itself.
const NARROWEST: usize = 60;
/// An observation longer than this is cut; the whole stands in `verdicts.json`.
const LONGEST: usize = 400;
/// A sentence shorter than this may be printed again.
const REPEATABLE: usize = 120;
/// Observations that are printed; all stand in `verdicts.json`.
const MOST_OBSERVATIONS: usize = 8;
/// Room for the longest verdict, `not applicable`.
const VERDICT: usize = 14;
/// Room for the longest id, `AT15.3`.
const ID: usize = 6;
/// Where a point's text starts.
const INDENT: usize = 2 + 1 + 1 + VERDICT + 2 + ID + 2;

/// Where the words of a judgement start: below the id.
const DETAILS: usize = INDENT - ID - 2;

/// How to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Columns.
    pub width: usize,
    /// ANSI colours beside the words.
    pub color: bool,
}

impl Look {
    /// What standard output can show: its width; colour if it is a terminal, `no_color` is not
    /// set and neither is `NO_COLOR`.
    pub fn of_stdout(no_color: bool) -> Self {
        use std::io::IsTerminal as _;
        let out = std::io::stdout();
        let named = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let width = terminal_size::terminal_size_of(&out).map(|(width, _)| usize::from(width.0));
        Self {
            width: width.unwrap_or(WIDTH),
            color: out.is_terminal() && !no_color && !named,
        }
    }

    fn columns(self) -> usize {
        self.width.clamp(NARROWEST, WIDEST)
    }

    fn paint(self, style: Style, text: &str) -> String {
        if self.color {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

/// Where the files of the run lie.
#[derive(Clone, Copy, Debug)]
pub struct Places<'p> {
    /// The run's folder.
    pub evidence: &'p Path,
    /// The reports that were written.
    pub reports: &'p [PathBuf],
}

/// The summary of `result`: first who was driven, last the result.
pub fn terminal(result: &RunResult, places: Places<'_>, look: Look) -> String {
    let mut page = Page {
        look,
        text: String::new(),
        told: HashMap::new(),
    };
    page.heading(result);
    for points in by_test(result) {
        page.test(points);
    }
    page.notes(&result.notes);
    page.observations(&result.contract);
    page.places(places);
    page.ending(result);
    page.text
}

struct Page {
    look: Look,
    text: String,
    /// Long observations that were printed, by the point that they were printed at.
    told: HashMap<String, String>,
}

impl Page {
    fn heading(&mut self, result: &RunResult) {
        let started = &result.started;
        self.wrapped("", &capital(&driven_sentence(result)));
        let about = format!(
            "{} against {} ({}), run {}, {}, {}, {}",
            started.supplier,
            started.target.name,
            started.target.base_url,
            started.run_id,
            took(result),
            count(result.exchanges as usize, "exchange"),
            count(result.events as usize, "journal line")
        );
        self.wrapped("", &about);
        if let Some(words) = simulator_words(result) {
            self.wrapped("", &format!("{words}. Called: {}", called_at(result)));
        }
    }

    fn test(&mut self, points: &[PointResult]) {
        let Some(first) = points.first() else {
            return;
        };
        let title = text::one_line(&format!("{} {}", first.test, first.title));
        let title = self.look.paint(Style::new().bold(), &title);
        self.line("");
        self.line(&format!("{title} ({})", first.level));
        for point in points {
            self.point(point);
        }
    }

    fn point(&mut self, point: &PointResult) {
        let verdict = point.judgement.verdict;
        let shown = format!("{} {:VERDICT$}", sign(verdict), word(verdict));
        let shown = self.look.paint(style(verdict), &shown);
        let id = text::one_line(&point.id);
        let start = format!("  {shown}  {id:ID$}  ");
        self.hanging(&start, INDENT, &point.text);
        if needs_words(point) {
            for (name, words) in text::parts(&point.judgement) {
                let words = self.once(&point.id, words);
                let start = format!("{:DETAILS$}{name:8}  ", "");
                self.hanging(&start, DETAILS + 10, &words);
            }
        } else if is_measured(point) {
            let start = format!("{:DETAILS$}measured  ", "");
            self.hanging(&start, DETAILS + 10, &point.judgement.observed);
        }
    }

    /// One cause may leave many points open: its sentence is printed once, then referred to.
    fn once(&mut self, point: &str, words: String) -> String {
        if words.len() < REPEATABLE {
            return words;
        }
        match self.told.get(&words) {
            Some(first) => format!("as at {first}"),
            None => {
                self.told.insert(words.clone(), point.to_owned());
                words
            }
        }
    }

    fn notes(&mut self, notes: &[String]) {
        if notes.is_empty() {
            return;
        }
        self.line("");
        self.line("Notes");
        for note in notes {
            self.hanging("  · ", 4, note);
        }
    }

    fn observations(&mut self, contract: &ContractResult) {
        let told = contract::sentences(contract);
        if told.is_empty() {
            return;
        }
        self.line("");
        self.line(contract::HEADING);
        for (sign, words) in told.iter().take(MOST_OBSERVATIONS) {
            self.hanging(&format!("  {sign} "), 4, words);
        }
        if let more @ 1.. = told.len().saturating_sub(MOST_OBSERVATIONS) {
            self.line(&format!("  … and {more} more in verdicts.json"));
        }
    }

    fn places(&mut self, places: Places<'_>) {
        self.line("");
        self.line(&format!("evidence  {}", places.evidence.display()));
        for (at, report) in places.reports.iter().enumerate() {
            let name = if at == 0 { "reports" } else { "" };
            self.line(&format!("{name:8}  {}", report.display()));
        }
    }

    fn ending(&mut self, result: &RunResult) {
        let outcome = Outcome::of(result);
        let color = if outcome.code == 0 {
            AnsiColor::Green
        } else {
            AnsiColor::Red
        };
        let style = Style::new().bold().fg_color(Some(color.into()));
        let shown = self.look.paint(style, &outcome.word.to_uppercase());
        let counts = counts_text(result);
        self.line("");
        self.line(&counts);
        self.line(&format!(
            "{shown} (exit code {}: {})",
            outcome.code, outcome.meaning
        ));
    }

    fn wrapped(&mut self, start: &str, words: &str) {
        self.hanging(start, start.chars().count(), words);
    }

    /// `words` after `start`, further lines below the first word.
    fn hanging(&mut self, start: &str, indent: usize, words: &str) {
        let words = text::shortened(&text::one_line(words), LONGEST);
        let room = self.look.columns().saturating_sub(indent);
        for (at, line) in text::wrap(&words, room).iter().enumerate() {
            if at == 0 {
                self.line(&format!("{start}{line}"));
            } else {
                self.line(&format!("{:indent$}{line}", ""));
            }
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }
}

fn style(verdict: Verdict) -> Style {
    let color = match verdict {
        Verdict::Pass => AnsiColor::Green,
        Verdict::Warning | Verdict::Review => AnsiColor::Yellow,
        Verdict::Fail | Verdict::Error => AnsiColor::Red,
        Verdict::NotApplicable | Verdict::NotTested => return Style::new().dimmed(),
    };
    Style::new().fg_color(Some(color.into()))
}

fn took(result: &RunResult) -> String {
    let micros = result.ended_at.micros_since(result.started_at);
    let took = Duration::from_micros(u64::try_from(micros).unwrap_or(0));
    crate::progress::span(took)
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn shown(result: &RunResult, width: usize, color: bool) -> String {
        let reports = ["junit.xml", "summary.md"].map(|name| Path::new("reports/r").join(name));
        let places = Places {
            evidence: Path::new("evidence/r"),
            reports: &reports,
        };
        terminal(result, places, Look { width, color })
    }

    #[test]
    fn a_tester_reads_it_at_a_glance() {
        insta::assert_snapshot!(shown(&sample::run(), 90, false));
    }

    #[test]
    fn colour_is_never_the_only_sign() {
        let plain = shown(&sample::run(), 90, false);
        let colored = shown(&sample::run(), 90, true);
        assert_ne!(plain, colored);
        let stripped = anstream::adapter::strip_str(&colored).to_string();
        let trimmed: Vec<_> = stripped.lines().map(str::trim_end).collect();
        assert_eq!(plain.lines().collect::<Vec<_>>(), trimmed);
    }

    #[test]
    fn one_cause_of_many_open_points_is_told_once() {
        let mut run = sample::run();
        let cause = "the plan lacks letters, ".repeat(6);
        for point in &mut run.points {
            point.judgement.verdict = Verdict::NotTested;
            point.judgement.observed.clone_from(&cause);
        }
        let text = shown(&run, 100, false);
        let (first, others) = (&run.points[0].id, run.points.len() - 1);
        assert_eq!(text.matches(&format!("as at {first}")).count(), others);
    }

    #[test]
    fn nothing_is_wider_than_the_terminal_but_paths() {
        for width in [0, 60, 80, 500] {
            let text = shown(&sample::run(), width, false);
            let most = width.clamp(NARROWEST, WIDEST);
            let prose = text
                .lines()
                .take_while(|line| !line.starts_with("evidence"));
            for line in prose {
                assert!(line.chars().count() <= most, "{width}: {line}");
            }
        }
    }
}
