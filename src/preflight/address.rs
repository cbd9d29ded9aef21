//! Is there an address in the window, and can it be delivered to? PF-050 to PF-053.
//!
//! The text of an address never leaves this file: findings count its lines and say what the
//! last one is.

use super::check::Finding;
use super::geometry::Rect;
use super::policy::{Margins, Window};
use super::postcode::{LastLine, last_line};
use super::survey::{Interest, Span, Survey};

/// How many lines an address may have (GOV.UK Notify, PostalAddress).
const LINES: std::ops::RangeInclusive<usize> = 3..=7;
/// Millimetres that an edge may be crossed by without being seen.
const SLACK: f64 = 0.5;
/// Part of the letters' size within which baselines belong to one line.
const SAME_LINE: f64 = 0.5;
/// Part of the letters' size that makes a gap between two texts a space.
const WORD_GAP: f64 = 0.15;

/// What stands in the window.
pub(super) struct Address {
    lines: Vec<String>,
    /// Texts of the address that cross the window's edge.
    crossing: usize,
    /// Texts that reach into the window from outside, and images in it.
    intruding: usize,
}

struct Line<'a> {
    baseline: f64,
    size: f64,
    spans: Vec<&'a Span>,
}

/// Where the checks of this file need to know what a text says.
pub(super) fn interest(window: Window, margins: Margins) -> Interest {
    Interest {
        window: rect(window),
        live: live(margins),
    }
}

/// Reads the window of page 1. Text along a slope is a watermark and no address.
pub(super) fn find(survey: &Survey, window: Window) -> Address {
    let window = rect(window);
    let level = || survey.spans.iter().filter(|span| span.level);
    let inside: Vec<&Span> = level()
        .filter(|span| window.holds_point(span.rect.centre()))
        .collect();
    let crossing = inside.iter().filter(|span| !window.holds(span.rect, SLACK));
    let reaching = level().filter(|span| {
        !window.holds_point(span.rect.centre()) && window.overlaps(span.rect, SLACK)
    });
    Address {
        crossing: crossing.count(),
        intruding: reaching.count() + images_in(survey, window),
        lines: lines(inside),
    }
}

fn rect(window: Window) -> Rect {
    Rect {
        left: window.left,
        top: window.top,
        right: window.right,
        bottom: window.bottom,
    }
}

/// Images that show in the window; one that covers the whole of it is the paper's background.
fn images_in(survey: &Survey, window: Rect) -> usize {
    let on_first = survey.images.iter().filter(|image| image.page == 1);
    on_first
        .filter(|image| window.overlaps(image.rect, SLACK) && !image.rect.holds(window, 0.0))
        .count()
}

/// Texts with about the same baseline make a line; lines run downwards.
fn lines(mut spans: Vec<&Span>) -> Vec<String> {
    spans.sort_by(|a, b| a.baseline.total_cmp(&b.baseline));
    let mut lines: Vec<Line> = Vec::new();
    for span in spans {
        match lines.last_mut() {
            Some(line) if span.baseline - line.baseline <= SAME_LINE * line.size => {
                line.spans.push(span);
            }
            _ => lines.push(Line {
                baseline: span.baseline,
                size: span.size,
                spans: vec![span],
            }),
        }
    }
    lines
        .into_iter()
        .map(|line| without_controls(&line.text()))
        .filter(|text| !text.trim().is_empty())
        .collect()
}

impl Line<'_> {
    /// The texts from left to right, with a space where there is a gap.
    fn text(mut self) -> String {
        self.spans
            .sort_by(|a, b| a.rect.left.total_cmp(&b.rect.left));
        let mut text = String::new();
        let mut end = f64::INFINITY;
        for span in self.spans {
            if span.rect.left - end > WORD_GAP * self.size {
                text.push(' ');
            }
            text.push_str(&span.text);
            end = span.rect.right;
        }
        text
    }
}

/// Letters in right-to-left languages wrap Latin lines in direction marks, which print nothing.
fn without_controls(text: &str) -> String {
    let is_control = |c: char| {
        matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    text.chars().filter(|c| !is_control(*c)).collect()
}

/// PF-050.
pub(super) fn present(address: &Address) -> Finding {
    match address.lines.len() {
        0 => Finding::fail("no text in the address window of page 1"),
        lines => Finding::pass(format!("{lines} lines in the window")),
    }
}

/// PF-051.
pub(super) fn complete(address: &Address) -> Finding {
    let count = address.lines.len();
    let Some(last) = address.lines.last() else {
        return Finding::not_run("no address");
    };
    if address.lines.iter().any(|line| line.contains('\u{fffd}')) {
        return Finding::warn(format!(
            "{count} lines, in a font that does not tell its letters"
        ));
    }
    let kind = last_line(last);
    let observed = format!("{count} lines, the last is {}", described(kind));
    if !LINES.contains(&count) || kind == LastLine::Neither {
        Finding::fail(observed)
    } else if kind == LastLine::UnknownArea {
        Finding::warn(observed)
    } else {
        Finding::pass(observed)
    }
}

fn described(kind: LastLine) -> &'static str {
    match kind {
        LastLine::Postcode => "a postcode",
        LastLine::UnknownArea => "a postcode of no known area",
        LastLine::Bfpo => "a BFPO number",
        LastLine::Country => "a country",
        LastLine::Neither => "no postcode, BFPO number or country",
    }
}

/// PF-052.
pub(super) fn fits(address: &Address) -> Finding {
    if address.lines.is_empty() {
        return Finding::not_run("no address");
    }
    match (address.crossing, address.intruding) {
        (0, 0) => Finding::pass("the address alone, wholly inside"),
        (crossing, intruding) => Finding::warn(format!(
            "{crossing} texts cross the window's edge, {intruding} other things reach into it"
        )),
    }
}

/// PF-053, on texts and images: what is drawn otherwise is not looked at.
pub(super) fn margins(survey: &Survey, margins: Margins) -> Finding {
    let beyond = survey.inked.iter().find_map(|(page, inked)| {
        let edge = crossed(*inked, margins)?;
        Some(Finding::warn(format!(
            "page {page}: printed in the {edge} margin"
        )))
    });
    beyond.unwrap_or_else(|| Finding::pass("margins are clear"))
}

/// What the margins of an A4 page leave.
fn live(margins: Margins) -> Rect {
    Rect {
        left: margins.sides,
        top: margins.ends,
        right: 210.0 - margins.sides,
        bottom: 297.0 - margins.ends,
    }
}

fn crossed(inked: Rect, margins: Margins) -> Option<&'static str> {
    let live = live(margins);
    let edges = [
        (inked.left < live.left - SLACK, "left"),
        (inked.right > live.right + SLACK, "right"),
        (inked.top < live.top - SLACK, "top"),
        (inked.bottom > live.bottom + SLACK, "bottom"),
    ];
    edges
        .into_iter()
        .find_map(|(crossed, edge)| crossed.then_some(edge))
}

#[cfg(test)]
mod tests {
    use super::super::check::Outcome;
    use super::*;

    const WINDOW: Window = Window {
        left: 15.0,
        top: 39.5,
        right: 120.0,
        bottom: 82.0,
    };

    fn span(left: f64, baseline: f64, text: &str) -> Span {
        Span {
            rect: Rect {
                left,
                top: baseline - 2.0,
                right: left + 1.5 * text.chars().count() as f64,
                bottom: baseline + 0.6,
            },
            baseline,
            size: 2.8,
            level: true,
            text: text.to_owned(),
        }
    }

    fn found(spans: Vec<Span>) -> Address {
        let survey = Survey {
            spans,
            ..Survey::default()
        };
        find(&survey, WINDOW)
    }

    fn address(texts: &[&str]) -> Address {
        let rows = texts.iter().enumerate();
        let spans = rows.map(|(row, text)| span(22.0, 45.0 + 5.0 * row as f64, text));
        found(spans.collect())
    }

    fn outcomes(address: &Address) -> [Outcome; 3] {
        [present(address), complete(address), fits(address)].map(|finding| finding.outcome)
    }

    #[test]
    fn a_plain_address_passes() {
        let found = address(&["The Resident", "1 Street", "M1 1AA"]);
        assert_eq!(outcomes(&found), [Outcome::Pass; 3]);
    }

    #[test]
    fn lines_are_counted_and_the_last_is_looked_at() {
        use Outcome::{Fail, NotRun, Pass, Warn};
        assert_eq!(outcomes(&address(&[])), [Fail, NotRun, NotRun]);
        assert_eq!(outcomes(&address(&["a", "M1 1AA"])), [Pass, Fail, Pass]);
        let eight = ["a", "b", "c", "d", "e", "f", "g", "M1 1AA"];
        assert_eq!(outcomes(&address(&eight)), [Pass, Fail, Pass]);
        assert_eq!(outcomes(&address(&["a", "b", "c"])), [Pass, Fail, Pass]);
        assert_eq!(
            outcomes(&address(&["a", "b", "ZZ99 3AA"])),
            [Pass, Warn, Pass]
        );
        assert_eq!(
            outcomes(&address(&["a", "b", "\u{fffd}\u{fffd}"])),
            [Pass, Warn, Pass]
        );
    }

    #[test]
    fn direction_marks_are_no_letters() {
        let found = address(&["\u{202b}a\u{202c}", "b", "\u{200e}M1 1AA\u{200f}"]);
        assert_eq!(outcomes(&found), [Outcome::Pass; 3]);
        assert_eq!(address(&["\u{200f}"]).lines.len(), 0);
    }

    #[test]
    fn pieces_of_a_line_are_joined_in_reading_order() {
        let apart = found(vec![span(26.0, 45.0, "1AA"), span(22.0, 45.3, "M1")]);
        assert_eq!(apart.lines, ["M1 1AA"]);
        let touching = found(vec![span(22.0, 45.0, "M"), span(23.5, 45.0, "1")]);
        assert_eq!(touching.lines, ["M1"]);
    }

    #[test]
    fn what_crosses_or_intrudes_is_recorded() {
        let long = span(12.0, 45.0, "a long first line of an address");
        assert_eq!(fits(&found(vec![long])).outcome, Outcome::Warn);
        let beside = span(110.0, 45.0, "mostly outside the window");
        let both = found(vec![span(22.0, 45.0, "inside"), beside]);
        assert_eq!(fits(&both).outcome, Outcome::Warn);
    }

    #[test]
    fn a_watermark_is_no_address() {
        let watermark = Span {
            level: false,
            ..span(30.0, 60.0, "DRAFT")
        };
        assert_eq!(present(&found(vec![watermark])).outcome, Outcome::Fail);
    }
}
