//! Lines that no post goes to, and lines that a template left behind. Part of PF-051.
//!
//! What GOV.UK Notify refuses before it prints (alphagov/notifications-utils, `PostalAddress`:
//! no fixed abode, characters at the start of a line, BFPO with a country), and what no address
//! has: placeholders, lines without a letter.

use super::check::Outcome;
use super::lines::is_letter;
use super::postcode::{is_bfpo, is_country, is_home_country};

/// No line of an address begins with one of these (`PostalAddress`, as above).
const NEVER_FIRST: &str = "@()=[]\"\\/,<>~";
/// What programs print for a value that is not there. One of them may be a rare name.
const NO_VALUE: [&str; 6] = ["null", "none", "na", "undefined", "nan", "nil"];
/// Signs that rules are drawn with, and how many make one.
const RULE_SIGNS: &str = "_-.*\u{b7}\u{2013}\u{2014}\u{2022}\u{2026}\u{2500}";
const RULE_LENGTH: usize = 8;

/// What stands in the way of delivery; never a word of the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Obstacle {
    /// Fail, or warn where a person must look.
    pub(super) outcome: Outcome,
    pub(super) what: String,
}

fn fail(what: impl Into<String>) -> Obstacle {
    Obstacle {
        outcome: Outcome::Fail,
        what: what.into(),
    }
}

fn warn(what: impl Into<String>) -> Obstacle {
    Obstacle {
        outcome: Outcome::Warn,
        what: what.into(),
    }
}

/// The gravest obstacle in the lines of an address.
pub(super) fn obstacle(lines: &[String]) -> Option<Obstacle> {
    let each = lines.iter().zip(1..);
    let found: Vec<Obstacle> = no_fixed_abode(lines)
        .into_iter()
        .chain(each.filter_map(|(line, number)| in_line(line, number)))
        .chain(forces_abroad(lines))
        .collect();
    let gravest = found.iter().find(|found| found.outcome == Outcome::Fail);
    gravest.or(found.first()).cloned()
}

/// Whether something stands there that no other line makes good.
pub(super) fn is_hopeless(lines: &[String]) -> bool {
    no_fixed_abode(lines).is_some() || lines.iter().any(|line| is_placeholder(line))
}

/// The words of a line in lower case, whatever stands between them.
fn words(line: &str) -> Vec<String> {
    let folded: String = line.chars().flat_map(unligatured).collect();
    folded
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Fonts have letters that are two: `ﬁ`.
fn unligatured(c: char) -> impl Iterator<Item = char> {
    let letters = match c {
        '\u{fb00}' => "ff",
        '\u{fb01}' => "fi",
        '\u{fb02}' => "fl",
        '\u{fb03}' => "ffi",
        '\u{fb04}' => "ffl",
        '\u{fb05}' | '\u{fb06}' => "st",
        _ => "",
    };
    let itself = letters.is_empty().then_some(c);
    letters.chars().chain(itself)
}

fn no_fixed_abode(lines: &[String]) -> Option<Obstacle> {
    let by_line: Vec<Vec<String>> = lines.iter().map(|line| words(line)).collect();
    // One after the other, also where a line breaks.
    let text = format!(" {} ", by_line.concat().join(" "));
    let told = [" no fixed abode ", " no fixed address "]
        .iter()
        .any(|phrase| text.contains(phrase));
    let short = by_line.iter().any(|words| {
        let line = words.concat();
        matches!(&*line, "nfa" | "nofixedabode" | "nofixedaddress")
    });
    (told || short).then(|| fail("no fixed abode"))
}

fn in_line(line: &str, number: usize) -> Option<Obstacle> {
    let line = line.trim();
    if is_placeholder(line) {
        return Some(fail(format!("line {number} has a placeholder, ((…))")));
    }
    if !line.chars().any(is_letter) {
        return Some(without_letters(line, number));
    }
    let first = line.chars().next().filter(|c| NEVER_FIRST.contains(*c));
    // Of a line that runs to the left, what stands leftmost is its end.
    if let Some(first) = first.filter(|_| !line.chars().any(runs_left)) {
        return Some(fail(format!("line {number} begins with {first}")));
    }
    let no_value = NO_VALUE.contains(&&*words(line).concat());
    no_value.then(|| warn(format!("line {number} may be a value that was not there")))
}

fn is_placeholder(line: &str) -> bool {
    line.split_once("((")
        .is_some_and(|(_, rest)| rest.contains("))"))
}

fn without_letters(line: &str, number: usize) -> Obstacle {
    let signs = line.chars().filter(|c| !c.is_whitespace());
    let drawn = signs.clone().all(|c| RULE_SIGNS.contains(c));
    if drawn && signs.count() >= RULE_LENGTH {
        return warn(format!("line {number} is a rule"));
    }
    fail(format!("line {number} has no letter and no digit"))
}

/// Hebrew, Arabic and the scripts between and behind them.
fn runs_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

/// The forces' post office sends letters abroad itself; a country leads them astray.
fn forces_abroad(lines: &[String]) -> Option<Obstacle> {
    if !lines.iter().any(|line| is_bfpo(line)) {
        return None;
    }
    let last = lines.iter().rfind(|line| !is_bfpo(line))?;
    if is_home_country(last) {
        Some(warn("a BFPO number and a country"))
    } else {
        is_country(last).then(|| fail("a BFPO number and a country"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(lines: &[&str]) -> Option<Outcome> {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        obstacle(&lines).map(|obstacle| obstacle.outcome)
    }

    /// Of one line within an address that has nothing else.
    fn with(line: &str) -> Option<Outcome> {
        outcome(&["A Person", line, "M1 1AA"])
    }

    #[test]
    fn usual_lines_are_no_obstacle() {
        for line in [
            "1 Sample Street",
            "Flat 3/2",
            "c/o The Manager",
            "'Rose Cottage'",
            "\u{201c}The Elms\u{201d}",
            "St. Anne's (rear)",
            "#4",
            "*Ground floor",
            "Nonesuch Court",
            "Nullarbor",
            "1 NFA Street",
            "Fixed Abode Lane",
            "Casino Fixed Abode House",
            "12",
            "Ŷ Bwthyn",
            "شارع (٤)",
            "(٤) شارع",
            "\u{fffd}\u{fffd}",
        ] {
            assert_eq!(with(line), None, "{line}");
        }
    }

    #[test]
    fn no_post_goes_to_no_fixed_abode() {
        for line in [
            "No fixed abode",
            "NO FIXED ABODE,",
            "no  fixed\u{a0}address",
            "Currently of no fixed abode (Leeds)",
            "No-Fixed-Abode",
            "no \u{fb01}xed abode",
            "NoFixedAbode",
            "NFA",
            "n.f.a.",
            " nfa ,",
            "N F A",
        ] {
            assert_eq!(with(line), Some(Outcome::Fail), "{line}");
        }
        assert_eq!(
            outcome(&["A Person, no fixed", "abode", "M1 1AA"]),
            Some(Outcome::Fail)
        );
    }

    #[test]
    fn no_line_begins_with_such_a_sign() {
        for sign in NEVER_FIRST.chars() {
            assert_eq!(
                with(&format!("{sign}1 Street")),
                Some(Outcome::Fail),
                "{sign}"
            );
            assert_eq!(
                with(&format!("  {sign} 1 Street")),
                Some(Outcome::Fail),
                "{sign}"
            );
            assert_eq!(with(&format!("1{sign} Street")), None, "{sign}");
        }
    }

    #[test]
    fn what_a_template_left_is_noticed() {
        for line in [
            "((name))",
            "Dear ((first name)) X",
            "((address line 2??No))",
            "??",
            "-",
            "...",
            "• •",
        ] {
            assert_eq!(with(line), Some(Outcome::Fail), "{line}");
        }
        for line in ["null", "NULL,", "None", "n/a", "N/A.", "undefined", "[null"] {
            let outcome = with(line);
            let expected = if line.starts_with('[') {
                Outcome::Fail
            } else {
                Outcome::Warn
            };
            assert_eq!(outcome, Some(expected), "{line}");
        }
        assert_eq!(with("______________"), Some(Outcome::Warn));
    }

    #[test]
    fn the_forces_need_no_country() {
        let (fail, warn) = (Some(Outcome::Fail), Some(Outcome::Warn));
        assert_eq!(outcome(&["A", "BFPO 12", "Germany"]), fail);
        assert_eq!(outcome(&["A", "Germany", "bfpo c/o 12"]), fail);
        assert_eq!(outcome(&["A", "B.F.P.O. 12", "CYPRUS."]), fail);
        assert_eq!(outcome(&["A", "BFPO 12", "United Kingdom"]), warn);
        assert_eq!(outcome(&["A", "BFPO 12", "Jersey"]), warn);
        assert_eq!(outcome(&["A", "Unit 4", "BFPO 12"]), None);
        assert_eq!(outcome(&["A", "BFPO 12", "BF1 3AA"]), None);
        assert_eq!(outcome(&["A", "1 Street", "Germany"]), None);
    }

    #[test]
    fn the_gravest_is_told() {
        assert_eq!(
            outcome(&["null", "1 Street", "@", "M1 1AA"]),
            Some(Outcome::Fail)
        );
    }
}
