//! How the page writes times, numbers and texts of the journal.
//!
//! maud escapes whatever stands in parentheses. What misleads the eye (control characters, marks
//! that turn the reading direction) is spelled out once, over the whole page, when it is done.

use maud::{Markup, html};

pub(super) use crate::acceptance::{count, grouped};
use crate::model::{Span, Timestamp, Verdict};
use crate::report::outcome::{sign, word};

/// The longest text of the journal that a sentence shows, in characters.
const SENTENCE: usize = 1_500;

/// The longest that a cell of a table shows, in characters.
const CELL: usize = 160;

/// `text` for a sentence: on one line, and not endless.
pub(super) fn sentence(text: &str) -> String {
    cut(text, SENTENCE)
}

/// `text` for a cell of a table.
pub(super) fn cell(text: &str) -> String {
    cut(text, CELL)
}

/// The first `most` characters of `text`, and how many more bytes there are: counting the
/// characters of a hostile text again and again would take longer than the whole page.
pub(super) fn cut(text: &str, most: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(most) else {
        return text.to_owned();
    };
    let more = grouped(text.len() - end);
    format!("{} … ({more} more bytes)", &text[..end])
}

/// A moment to the millisecond, day first: `2026-11-22 05:29:10.564`. All times are UTC.
pub(super) fn moment(at: Timestamp) -> String {
    let (day, time) = parts(at);
    format!("{day} {time}")
}

/// From when to when something was tested, the day said once if it is one.
pub(super) fn tested(span: Option<Span>) -> String {
    let Some(Span { first, last }) = span else {
        return "not tested".to_owned();
    };
    let to = match first.date() == last.date() {
        true => clock(last),
        false => moment(last),
    };
    format!("{} to {to}", moment(first))
}

/// The time of day to the millisecond: `05:29:10.564`.
pub(super) fn clock(at: Timestamp) -> String {
    parts(at).1
}

/// To the second, for a cover: `22 November 2026, 05:29:10 UTC`.
pub(super) fn spoken(at: Timestamp) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let (day, time) = parts(at);
    let said = || {
        let mut numbers = day.split('-').map(|part| part.parse::<usize>().ok());
        let (year, month, day) = (numbers.next()??, numbers.next()??, numbers.next()??);
        let month = MONTHS.get(month.checked_sub(1)?)?;
        Some(format!("{day} {month} {year}, {} UTC", time.get(..8)?))
    };
    said().unwrap_or_else(|| at.to_string())
}

/// Day and time of day.
fn parts(at: Timestamp) -> (String, String) {
    let text = at.to_string();
    let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default().to_owned();
    (part(0..10), part(11..23))
}

/// A span as a person says it: `0.6 ms`, `240 ms`, `8.50 s`, `2 min 05 s`.
pub(super) fn span(us: u64) -> String {
    match us {
        0..10_000 => format!("{:.1} ms", us as f64 / 1e3),
        10_000..1_000_000 => format!("{:.0} ms", us as f64 / 1e3),
        1_000_000..60_000_000 => format!("{:.2} s", us as f64 / 1e6),
        _ => format!("{} min {:02} s", us / 60_000_000, us / 1_000_000 % 60),
    }
}

/// `83.0 kB`, `119.8 MB`: decimal, as the pack counts.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.2} GB", bytes as f64 / 1e9),
    }
}

/// A verdict as a coloured tag: sign and word, so that colour is not all that tells.
pub(super) fn tag(verdict: Verdict) -> Markup {
    html! {
        strong class=(format!("tag tag-{}", verdict.as_str())) {
            span aria-hidden="true" { (sign(verdict)) " " } (word(verdict))
        }
    }
}

/// A wide table that scrolls on a narrow screen, by keyboard too.
pub(super) fn scrolling(label: &str, table: &Markup) -> Markup {
    html! {
        div class="scroll" role="group" aria-label=(label) tabindex="0" { (table) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_sizes_read_well() {
        let at = Timestamp::from_micros(1_795_325_350_564_597);
        assert_eq!(moment(at), "2026-11-22 05:29:10.564");
        assert_eq!(clock(at), "05:29:10.564");
        assert_eq!(spoken(at), "22 November 2026, 05:29:10 UTC");
        assert_eq!(span(621), "0.6 ms");
        assert_eq!(span(240_900), "241 ms");
        assert_eq!(span(8_495_720), "8.50 s");
        assert_eq!(span(125_000_000), "2 min 05 s");
        assert_eq!(size(17), "17 B");
        assert_eq!(size(83_003), "83.0 kB");
        assert_eq!(size(1_234_567_890), "1.23 GB");
    }

    #[test]
    fn no_moment_panics() {
        for micros in [i64::MIN, i64::MAX] {
            let at = Timestamp::from_micros(micros);
            let year = at.date()[..4].trim_start_matches('0').to_owned();
            assert!(spoken(at).contains(&format!(" {year}")), "{}", spoken(at));
            assert!(moment(at).ends_with(&clock(at)));
        }
    }

    #[test]
    fn a_long_text_says_how_much_more_there_is() {
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("äöüß", 3), "äöü … (2 more bytes)");
    }
}
