//! The sign-off matrix for people and for programs.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use crate::acceptance::signoff::{
    Attempt, Days, Matrix, ONBOARDING_DAYS, PointStatus, TestStatus, Window,
};
use crate::acceptance::{count, grouped};
use crate::model::Verdict;
use crate::report::one_line;

use super::Standing;

/// The matrix as a page of text.
pub(super) fn human(standing: &Standing) -> String {
    let mut text = format!(
        "Sign-off for {}, over {}\n{}\n",
        standing.target,
        count(standing.runs.sealed.len(), "sealed run"),
        driven(&standing.matrix),
    );
    let _ = writeln!(
        text,
        "{:<6}{:<34}{:<11}{:<15}{:<11}{:<7}{:<8}run",
        "test", "", "level", "verdict", "day", "window", "retests"
    );
    for test in &standing.matrix.tests {
        text.push_str(&row(test));
    }
    text.push_str(&days(&standing.days));
    text.push_str(&letters(standing));
    text.push_str(&possible(standing));
    text.push_str(&left_out(standing));
    text
}

/// Who was driven is the first thing that a reader must know.
fn driven(matrix: &Matrix) -> String {
    let attempts = matrix.tests.iter().filter_map(|test| test.latest.as_ref());
    let mut names: Vec<&str> = attempts.map(|attempt| attempt.driven.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    match names.as_slice() {
        [] => String::new(),
        names => format!("driven: {}\n", one_line(&names.join(", "))),
    }
}

fn row(test: &TestStatus) -> String {
    let (day, window, run) = match &test.latest {
        Some(Attempt {
            run, at, window, ..
        }) => {
            let window = window.map_or_else(|| "-".to_owned(), |number| number.to_string());
            (at.date(), window, run.as_str())
        }
        None => ("-".to_owned(), "-".to_owned(), "-"),
    };
    let (level, verdict) = (test.level.as_str(), test.verdict.as_str());
    let (id, title, retests) = (test.id, test.title, test.retests);
    let mut text = format!(
        "{id:<6}{title:<34}{level:<11}{verdict:<15}{day:<11}{window:<7}{retests:<8}{run}\n"
    );
    for point in test.points.iter().filter(|point| is_told(test, point)) {
        let run = point
            .run
            .as_ref()
            .map_or("", |attempt| attempt.run.as_str());
        let observed = one_line(point.observed.as_deref().unwrap_or_default());
        let _ = writeln!(
            text,
            "      {} {}: {observed} ({run})",
            point.id, point.verdict
        );
    }
    text
}

/// Points that stand out: measured, not plainly passed, or never tested where the others were.
fn is_told(test: &TestStatus, point: &PointStatus) -> bool {
    let plain = matches!(point.verdict, Verdict::Pass | Verdict::NotApplicable);
    test.latest.is_some() && !(plain && point.measurements.is_empty())
}

fn days(days: &Days) -> String {
    let mut text = String::from("\n");
    let last = days.last.as_deref().unwrap_or_default();
    let _ = match days.left {
        None => writeln!(
            text,
            "Days     not known: set onboarding_starts under [windows]"
        ),
        Some(0) => writeln!(text, "Days     onboarding ended on {last}"),
        Some(left) => writeln!(
            text,
            "Days     {left} of {ONBOARDING_DAYS} left, the last is {last}"
        ),
    };
    for window in &days.windows {
        let _ = writeln!(text, "Window {} {}", window.number, told(window));
    }
    text
}

fn told(window: &Window) -> String {
    let Window {
        first,
        last,
        days_left,
        begun,
        ..
    } = window;
    match (begun, days_left) {
        (_, 0) => format!("{first} to {last}, over"),
        (true, left) => format!("{first} to {last}, open, days left: {left}"),
        (false, _) => format!("{first} to {last}, still to come"),
    }
}

fn letters(standing: &Standing) -> String {
    match &standing.letters {
        None => "Letters  none known yet\n".to_owned(),
        Some(counts) => {
            let counts = counts.iter();
            let told = counts.map(|(status, count)| format!("{} {status}", grouped(*count)));
            format!("Letters  {}\n", told.collect::<Vec<_>>().join(", "))
        }
    }
}

fn possible(standing: &Standing) -> String {
    let lines = still_possible(standing);
    let lines = lines.iter().map(|line| format!("  {line}\n"));
    format!("\nStill possible\n{}", lines.collect::<String>())
}

/// What can still be tested, in which window and with which letters.
fn still_possible(standing: &Standing) -> Vec<String> {
    let Some(plan) = &standing.next else {
        return vec!["every mandatory test is green; nothing has to be tested again".to_owned()];
    };
    let tests: Vec<&str> = standing.matrix.open().map(|test| test.id).collect();
    let mut lines = vec![format!("not green: {}", tests.join(", "))];
    lines.push(when(&standing.days));
    if plan.is_right() {
        let time = Duration::from_secs(plan.estimate.as_secs());
        let time = humantime::format_duration(time);
        let letters = match standing.letters {
            Some(_) => "the letters that the ledger knows are enough for them",
            None => "letters seeded as INT seeds them are enough for them",
        };
        lines.push(format!("{letters}; a run takes about {time}"));
    }
    lines.extend(
        plan.shortages
            .iter()
            .map(|lack| format!("{lack}: ask for new letters")),
    );
    let impossible = plan.not_possible.iter();
    lines.extend(impossible.map(|it| format!("{} {}", it.test, it.reason)));
    if tests.contains(&"AT15") {
        lines
            .push("AT15 needs seedings of its own; `letterproof plan` drafts the email".to_owned());
    }
    lines
}

fn when(days: &Days) -> String {
    let windows: Vec<String> = days
        .open_windows()
        .map(|window| {
            format!(
                "window {} ({} to {})",
                window.number, window.first, window.last
            )
        })
        .collect();
    match (days.is_over(), windows.is_empty(), days.windows.is_empty()) {
        (true, ..) => "onboarding is over: ask NHS Notify how to go on".to_owned(),
        (_, false, _) => format!("they can be tested in {}", windows.join(" and in ")),
        (_, true, true) => {
            "no window is set: agree two with NHS Notify and set them under [windows]".to_owned()
        }
        (_, true, false) => "both windows are over: ask NHS Notify for another".to_owned(),
    }
}

fn left_out(standing: &Standing) -> String {
    let mut text = String::new();
    let runs = &standing.runs;
    if !runs.unsealed.is_empty() {
        let _ = writeln!(text, "\nRuns without a seal, which do not count");
    }
    for run in &runs.unsealed {
        let _ = writeln!(text, "  {}", one_line(run));
    }
    if !runs.faulty.is_empty() {
        let _ = writeln!(
            text,
            "\nLeft out, because something was made wrong on purpose (--fault): {}",
            one_line(&runs.faulty.join(", "))
        );
    }
    if !runs.unreadable.is_empty() {
        let _ = writeln!(text, "\nRuns that do not read, which do not count");
    }
    for (run, why) in &runs.unreadable {
        let _ = writeln!(text, "  {}: {}", one_line(run), why);
    }
    if !runs.elsewhere.is_empty() {
        let names = one_line(&runs.elsewhere.join(", "));
        let _ = writeln!(text, "\nOther targets with runs (--target NAME): {names}");
    }
    text
}

/// The matrix as one JSON document.
pub(super) fn json(standing: &Standing) -> Value {
    let runs = &standing.runs;
    let open: Vec<&str> = standing.matrix.open().map(|test| test.id).collect();
    let unreadable: Vec<Value> = runs
        .unreadable
        .iter()
        .map(|(run, why)| json!({ "run": run, "why": why }))
        .collect();
    json!({
        "target": standing.target,
        "signed_off": open.is_empty(),
        "open": open,
        "tests": standing.matrix.tests,
        "days": standing.days,
        "letters": standing.letters,
        "possible": standing.next.as_ref().map(|plan| json!({
            "right": plan.is_right(),
            "shortages": plan.shortages,
            "not_possible": plan.not_possible,
            "estimate_ms": u64::try_from(plan.estimate.as_millis()).unwrap_or(u64::MAX),
        })),
        "still_possible": still_possible(standing),
        "sealed_runs": runs.sealed.iter().map(|run| &run.started.run_id).collect::<Vec<_>>(),
        "unsealed_runs": runs.unsealed,
        "runs_wrong_on_purpose": runs.faulty,
        "unreadable_runs": unreadable,
        "other_targets": runs.elsewhere,
    })
}
