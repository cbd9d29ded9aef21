//! The matrix, as a person reads it.

use std::fmt::Write as _;

use crate::acceptance::{CATALOGUE, count, points};
use crate::faults::{Caught, Side};

use super::matrix::{Matrix, Row};

/// Room for a fault's name.
const NAME: usize = 28;

/// The matrix in text: a row for each fault, a column for each point.
pub fn told(matrix: &Matrix) -> String {
    let mut text = heading();
    let mut side = None;
    for row in &matrix.rows {
        let mixed = row.case.name.contains(':');
        let group = if mixed {
            "several at once"
        } else {
            of(row.case.side)
        };
        if side != Some(group) {
            side = Some(group);
            let _ = writeln!(text, "{group}");
        }
        line(&mut text, row);
    }
    text.push_str(
        "\n● fails, as it must   ○ cannot be judged, as it must   · untouched   blank: not run (--whole)\n\
         ✗ fails or cannot be judged, and must not   ? must, and does not   \
         v found by verify   h by verify --head alone\n",
    );
    misses(&mut text, matrix);
    ending(&mut text, matrix);
    text
}

fn of(side: Side) -> &'static str {
    match side {
        Side::Service => "the service is wrong",
        Side::Environment => "the service, or the way to it, is out of order",
        Side::Supplier => "the supplier is wrong",
        Side::Journal => "the journal is changed afterwards",
    }
}

/// The tests' numbers over their points.
fn heading() -> String {
    let mut tens = " ".repeat(NAME + 2);
    let mut ones = tens.clone();
    for test in CATALOGUE {
        let number = test.id.trim_start_matches("AT");
        let width = test.points.len() + 1;
        let _ = write!(tens, "{number:<width$}");
        let points: String = (1..=test.points.len()).map(|n| n.to_string()).collect();
        let _ = write!(ones, "{points:<width$}");
    }
    format!("{}\n{}\n", tens.trim_end(), ones.trim_end())
}

fn line(text: &mut String, row: &Row) {
    let _ = write!(text, "  {:<NAME$}", row.case.name);
    for test in CATALOGUE {
        for point in test.points {
            text.push(sign(row, point.id));
        }
        text.push(' ');
    }
    text.push(match row.caught {
        Some(Caught::Verify) => 'v',
        Some(Caught::Head) => 'h',
        None => ' ',
    });
    let end = text.trim_end().len();
    text.truncate(end);
    text.push_str(if row.holds() { "\n" } else { "  MISS\n" });
}

fn sign(row: &Row, point: &str) -> char {
    let (case, red, open) = (&row.case, row.red.contains(point), row.open.contains(point));
    if case.forgery.is_none() && !case.covers(point) {
        return ' ';
    }
    match (red, open) {
        (true, _) if case.red.contains(point) => '●',
        (_, true) if case.open.contains(point) => '○',
        (true, _) | (_, true) => '✗',
        _ if case.red.contains(point) || case.open.contains(point) => '?',
        _ => '·',
    }
}

fn misses(text: &mut String, matrix: &Matrix) {
    for row in matrix.rows.iter().filter(|row| !row.holds()) {
        let _ = writeln!(text, "\n{}: {}", row.case.name, row.case.does);
        for miss in row.misses() {
            let _ = writeln!(text, "  {miss}");
        }
    }
}

fn ending(text: &mut String, matrix: &Matrix) {
    if matrix.complete {
        gaps(text, matrix);
    }
    let rows = count(matrix.rows.len(), "fault");
    let again = match matrix.again {
        0 => String::new(),
        again => format!(" ({again} looked at twice)"),
    };
    let wrong = matrix.rows.iter().filter(|row| !row.holds()).count();
    let of = match matrix.complete {
        true => format!(", {} acceptance points", points().count()),
        false => String::new(),
    };
    let said = match (matrix.holds(), matrix.complete) {
        (true, true) => "every point was seen red, and every fault turned exactly its points red",
        (true, false) => "exactly the points that must turned red",
        (false, _) if wrong == 0 => "a point has no fault of its own",
        (false, _) => &format!(
            "{} did something else than they must",
            count(wrong, "fault")
        ),
    };
    let _ = writeln!(text, "\n{rows}{again}{of}: {said}");
}

/// Points that nothing, or nothing of their own, turned red.
fn gaps(text: &mut String, matrix: &Matrix) {
    let without = matrix.without_fault();
    if !without.is_empty() {
        let _ = writeln!(text, "\nno fault turns these red: {}", without.join(", "));
    }
    for (one, other) in matrix.alike() {
        let _ = writeln!(text, "\n{one} and {other} share all their faults");
    }
}
