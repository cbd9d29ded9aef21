//! Is there an address in the window, and can it be delivered to? PF-050 to PF-053.
//!
//! The text of an address never leaves this file: findings count its lines and say what the
//! last one is.
//!
//! A letter is refused only if it is wrong however it is read: with and without what may not
//! print, with and without what stands beside the address.

use crate::model::count;

use super::check::{Finding, Outcome};
use super::font::UNKNOWN;
use super::geometry::Rect;
use super::lines;
use super::policy::{Margins, Window};
use super::postcode::{LastLine, last_line};
use super::survey::{Ink, Interest, Span, Survey};
use super::undeliverable::{is_hopeless, obstacle};

/// How many lines an address may have (GOV.UK Notify, PostalAddress).
const LINES: std::ops::RangeInclusive<usize> = 3..=7;
/// Millimetres that an edge may be crossed by without being seen.
const SLACK: f64 = 0.5;
/// Lines and curves of as many letters as no address lacks, drawn as outlines.
const OUTLINES: usize = 200;
/// A scanned page has no more printed texts than this: a stamp, a page number.
const STAMPS: usize = 4;
/// Smallest picture that an address may be a part of, in millimetres.
const PICTURE: (f64, f64) = (20.0, 8.0);

/// Every way to read some texts as lines, the likeliest first.
type Readings = Vec<Vec<String>>;

/// What stands in the window.
pub(super) struct Address {
    /// What prints.
    printed: Readings,
    /// That and what perhaps prints, and why it may not.
    possible: Option<(Readings, &'static str)>,
    /// The invisible text of a scan, which shows the address as a picture.
    scanned: Readings,
    /// A picture or a drawing that may show an address.
    pictured: bool,
    /// Why a text in the window does not print.
    hidden: Option<&'static str>,
    /// More texts than an address has.
    crowded: bool,
    /// Texts of the address that cross the window's edge.
    crossing: usize,
    /// Texts that reach into the window from outside, and images in it.
    intruding: usize,
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
    let inside = || level().filter(|span| window.holds_point(span.rect.centre()));
    let read = |wanted: fn(Ink) -> bool| {
        lines::readings(&inside().filter(|span| wanted(span.ink)).collect::<Vec<_>>())
    };
    let doubt = inside().find_map(|span| span.ink.doubt());
    let crossing = inside().filter(|span| span.ink.may_print() && !window.holds(span.rect, SLACK));
    let reaching = level().filter(|span| {
        span.ink.may_print()
            && !window.holds_point(span.rect.centre())
            && window.overlaps(span.rect, SLACK)
    });
    Address {
        crossing: crossing.count(),
        intruding: reaching.count() + images_in(survey, window),
        printed: read(|ink| ink == Ink::Prints),
        possible: doubt.map(|why| (read(Ink::may_print), why)),
        scanned: scanned(survey, inside()),
        pictured: is_pictured(survey, window),
        hidden: inside().find_map(|span| span.ink.hidden()),
        crowded: survey.crowded,
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

fn images_on_first(survey: &Survey) -> impl Iterator<Item = Rect> + '_ {
    let on_first = survey.images.iter().filter(|image| image.page == 1);
    on_first.map(|image| image.rect)
}

/// Images that show in the window; one that covers the whole of it is the paper's background.
fn images_in(survey: &Survey, window: Rect) -> usize {
    images_on_first(survey)
        .filter(|image| window.overlaps(*image, SLACK) && !image.holds(window, 0.0))
        .count()
}

/// What invisible text says of the pictures that it lies over.
fn scanned<'s>(survey: &Survey, inside: impl Iterator<Item = &'s Span>) -> Readings {
    let over_image = |span: &&Span| {
        let centre = span.rect.centre();
        span.ink == Ink::Invisible && images_on_first(survey).any(|image| image.holds_point(centre))
    };
    lines::readings(&inside.filter(over_image).collect::<Vec<_>>())
}

/// Whether something may show an address without being text: a picture in the window, the scan of
/// a page that has no text at all, or letters drawn as outlines.
fn is_pictured(survey: &Survey, window: Rect) -> bool {
    let (width, height) = PICTURE;
    let large =
        |shared: Rect| shared.right - shared.left >= width && shared.bottom - shared.top >= height;
    let scan = survey.texts <= STAMPS;
    let shows = |image: Rect| {
        (scan || !image.holds(window, 0.0)) && image.common(window).is_some_and(large)
    };
    images_on_first(survey).any(shows) || survey.outlines >= OUTLINES
}

/// PF-050.
pub(super) fn present(address: &Address) -> Finding {
    if let Some(lines) = address.printed.first() {
        return Finding::pass(format!("{} in the window", lines_of(lines)));
    }
    if let Some((lines, why)) = address
        .possible
        .as_ref()
        .and_then(|(ways, why)| Some((ways.first()?, why)))
    {
        return Finding::warn(format!(
            "{} in the window that may not print: {why}",
            lines_of(lines)
        ));
    }
    if let Some(lines) = address.scanned.first() {
        let lines = lines_of(lines);
        return Finding::pass(format!(
            "{lines} in the window, a picture with invisible text"
        ));
    }
    if address.pictured {
        return Finding::warn(
            "no text in the address window, but a picture that may show an address",
        );
    }
    let none = "no text in the address window of page 1";
    match address.hidden {
        Some(why) => Finding::fail(format!("{none} that prints: {why}")),
        None => Finding::fail(none),
    }
}

fn lines_of(lines: &[String]) -> String {
    match lines.len() {
        1 => "1 line".to_owned(),
        count => format!("{count} lines"),
    }
}

/// PF-051.
pub(super) fn complete(address: &Address) -> Finding {
    if address.crowded {
        return Finding::not_judged("more than 4,000 texts in the window");
    }
    let printed = best(&address.printed);
    let possible = address
        .possible
        .as_ref()
        .and_then(|(ways, why)| Some((best(ways)?, *why)));
    let scanned = best(&address.scanned);
    match (printed, possible, scanned) {
        // Recognition errs; what the picture shows is not known.
        (Some(printed), _, Some(_)) => unless_pass(printed, "there is a picture with text, too"),
        (None, None, Some(scanned)) => unless_pass(scanned, "as recognised in a picture"),
        (Some(printed), Some((possible, why)), None) if printed.outcome != possible.outcome => {
            Finding::warn(format!(
                "{}; or {}, if all prints: {why}",
                printed.observed, possible.observed
            ))
        }
        (Some(printed), _, None) => printed,
        (None, Some((possible, _)), _) => unless_pass(possible, "which may not print"),
        (None, None, None) if address.pictured => Finding::not_run("the address may be a picture"),
        (None, None, None) => Finding::not_run("no address"),
    }
}

/// The finding, but no refusal.
fn unless_pass(finding: Finding, why: &str) -> Finding {
    match finding.outcome {
        Outcome::Fail => Finding::warn(format!("{}, {why}", finding.observed)),
        _ => finding,
    }
}

/// What the kindest way to read the lines finds.
fn best(ways: &[Vec<String>]) -> Option<Finding> {
    // What no post goes to is looked for in all that stands there.
    let all = ways.first()?;
    if is_hopeless(all) {
        return Some(judged(all));
    }
    let gravity = |finding: &Finding| match finding.outcome {
        Outcome::Pass => 0,
        Outcome::Warn => 1,
        _ => 2,
    };
    ways.iter().map(|lines| judged(lines)).min_by_key(gravity)
}

fn judged(lines: &[String]) -> Finding {
    let count = lines_of(lines);
    if lines.iter().any(|line| line.contains(UNKNOWN)) {
        return Finding::warn(format!("{count}, in a font that does not tell its letters"));
    }
    let kind = kind_of(lines);
    let observed = format!("{count}, the last is {}", described(kind));
    let outcome = match kind {
        LastLine::Neither => Outcome::Fail,
        _ if !LINES.contains(&lines.len()) => Outcome::Fail,
        LastLine::UnknownArea | LastLine::PostcodeBehind | LastLine::BelowPostcode => Outcome::Warn,
        _ => Outcome::Pass,
    };
    match obstacle(lines) {
        Some(obstacle) if obstacle.outcome == Outcome::Fail => {
            Finding::fail(format!("{count}: {}", obstacle.what))
        }
        Some(obstacle) if outcome != Outcome::Fail => {
            Finding::warn(format!("{observed}; {}", obstacle.what))
        }
        _ => Finding { outcome, observed },
    }
}

/// What the last line is, or stands below.
fn kind_of(lines: &[String]) -> LastLine {
    let of = |line: Option<&String>| line.map_or(LastLine::Neither, |line| last_line(line));
    match (of(lines.last()), of(lines.iter().rev().nth(1))) {
        (LastLine::Neither, LastLine::Postcode | LastLine::Bfpo) => LastLine::BelowPostcode,
        (last, _) => last,
    }
}

fn described(kind: LastLine) -> &'static str {
    match kind {
        LastLine::Postcode => "a postcode",
        LastLine::UnknownArea => "a postcode of no known area",
        LastLine::PostcodeBehind => "a postcode behind other words",
        LastLine::BelowPostcode => "below a postcode or BFPO number, which should stand last",
        LastLine::Bfpo => "a BFPO number",
        LastLine::Country => "a country",
        LastLine::Neither => "no postcode, BFPO number or country",
    }
}

/// PF-052.
pub(super) fn fits(address: &Address) -> Finding {
    if address.printed.is_empty() && address.possible.is_none() {
        return Finding::not_run("no text of an address");
    }
    match (address.crossing, address.intruding) {
        (0, 0) => Finding::pass("the address alone, wholly inside"),
        (crossing, intruding) => Finding::warn(format!(
            "crossing the window's edge: {}; reaching into it: {}",
            count(crossing, "text"),
            count(intruding, "other thing")
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
            ink: Ink::Prints,
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
        assert_eq!(outcomes(&address(&["\u{200f}"]))[0], Outcome::Fail);
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
