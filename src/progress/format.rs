//! Lines of progress as texts.

use std::time::Duration;

use crate::model::is_misleading;

/// A number with its thousands apart: `2,510`.
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A span of time as a person says it: `850 ms`, `3.2 s`, `2 min 05 s`, `1 h 02 min`.
pub fn span(span: Duration) -> String {
    let (ms, s) = (span.as_millis(), span.as_secs());
    match s {
        0 => format!("{ms} ms"),
        1..10 => format!("{s}.{} s", ms % 1_000 / 100),
        10..60 => format!("{s} s"),
        60..3_600 => format!("{} min {:02} s", s / 60, s % 60),
        _ => format!("{} h {:02} min", s / 3_600, s % 3_600 / 60),
    }
}

/// How far a bar is: `accepting letters: 420 of 1,000 (42%), 84/s, 6.9 s left`.
pub(super) fn under_way(label: &str, done: u64, total: u64, elapsed: Duration) -> String {
    let mut text = format!(
        "{label}: {} of {} ({}%)",
        number(done),
        number(total),
        percent(done, total)
    );
    if let Some(rate) = rate(done, elapsed) {
        text.push_str(&format!(", {}/s", rate_text(rate)));
        if done < total {
            let left = Duration::try_from_secs_f64((total - done) as f64 / rate);
            text.push_str(&format!(", {} left", span(left.unwrap_or(Duration::MAX))));
        }
    }
    text
}

/// How a bar ended: `accepting letters: 1,000 in 12 s (84/s)`.
pub(super) fn ended(label: &str, done: u64, total: u64, elapsed: Duration) -> String {
    let of = if done == total {
        number(done)
    } else {
        format!("stopped at {} of {}", number(done), number(total))
    };
    let rate = rate(done, elapsed).map(|rate| format!(" ({}/s)", rate_text(rate)));
    format!(
        "{label}: {of} in {}{}",
        span(elapsed),
        rate.unwrap_or_default()
    )
}

/// A wait: `waiting 2 min 30 s: the lease of the first list`.
pub(super) fn waiting(reason: &str, left: Duration) -> String {
    format!("waiting {}: {reason}", span(left))
}

/// A wait further on: `still 1 min 00 s: the lease of the first list`.
pub(super) fn still_waiting(reason: &str, left: Duration) -> String {
    format!("still {}: {reason}", span(left))
}

/// What is left at each moment of a countdown that speaks every `every`, the start first.
pub(super) fn marks(total: Duration, every: Duration) -> Vec<Duration> {
    let mut marks = vec![total];
    let mut left = total;
    while let Some(next) = left
        .checked_sub(every)
        .filter(|next| !next.is_zero() && *next < left)
    {
        marks.push(next);
        left = next;
    }
    marks
}

/// `text` as a terminal may safely show it: what a target sends must not move the cursor.
pub(super) fn printable(text: &str) -> String {
    let safe = |c: char| {
        if is_misleading(c) || c == '\t' {
            '\u{fffd}'
        } else {
            c
        }
    };
    text.chars().map(safe).collect()
}

fn percent(done: u64, total: u64) -> u64 {
    done.saturating_mul(100).checked_div(total).unwrap_or(100)
}

/// Pieces a second; `None` as long as a rate would say nothing.
fn rate(done: u64, elapsed: Duration) -> Option<f64> {
    let telling = done > 0 && elapsed >= Duration::from_millis(100);
    telling.then(|| done as f64 / elapsed.as_secs_f64())
}

fn rate_text(rate: f64) -> String {
    if rate < 10.0 {
        format!("{rate:.1}")
    } else {
        number(rate as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn numbers_and_spans_read_aloud() {
        let numbers = [0, 999, 1_000, 2_510, 1_000_000].map(number);
        assert_eq!(numbers, ["0", "999", "1,000", "2,510", "1,000,000"]);
        let spans = [
            Duration::ZERO,
            Duration::from_millis(850),
            Duration::from_millis(3_290),
            s(59),
            s(125),
            s(3_725),
        ];
        let texts = [
            "0 ms",
            "850 ms",
            "3.2 s",
            "59 s",
            "2 min 05 s",
            "1 h 02 min",
        ];
        assert_eq!(spans.map(span), texts);
    }

    #[test]
    fn a_bar_says_rate_and_rest() {
        let line = under_way("accepting letters", 420, 1_000, s(5));
        assert_eq!(
            line,
            "accepting letters: 420 of 1,000 (42%), 84/s, 6.9 s left"
        );
        let start = under_way("accepting letters", 0, 1_000, Duration::ZERO);
        assert_eq!(start, "accepting letters: 0 of 1,000 (0%)");
        assert_eq!(under_way("x", 0, 0, s(1)), "x: 0 of 0 (100%)");
        assert_eq!(
            under_way("x", 3, 9, s(2)),
            "x: 3 of 9 (33%), 1.5/s, 4.0 s left"
        );
    }

    #[test]
    fn a_bar_says_how_it_ended() {
        assert_eq!(
            ended("reading", 1_000, 1_000, s(12)),
            "reading: 1,000 in 12 s (83/s)"
        );
        assert_eq!(
            ended("reading", 7, 10, s(0)),
            "reading: stopped at 7 of 10 in 0 ms"
        );
    }

    #[test]
    fn a_wait_says_why() {
        assert_eq!(
            waiting("the lease", s(150)),
            "waiting 2 min 30 s: the lease"
        );
        assert_eq!(
            still_waiting("the lease", s(60)),
            "still 1 min 00 s: the lease"
        );
    }

    #[test]
    fn countdowns_speak_at_their_start_and_every_so_often() {
        assert_eq!(marks(s(3), s(30)), [s(3)]);
        assert_eq!(marks(s(30), s(30)), [s(30)]);
        assert_eq!(marks(s(75), s(30)), [s(75), s(45), s(15)]);
        assert_eq!(marks(s(5), Duration::ZERO), [s(5)]);
    }

    #[test]
    fn nothing_moves_the_cursor() {
        assert_eq!(printable("a\u{1b}[2Jb\nc\r"), "a\u{fffd}[2Jb\nc\u{fffd}");
    }
}
