//! Does a line end a UK letter's address: a postcode, a BFPO number, or a country?

use std::collections::HashSet;
use std::sync::LazyLock;

/// The postcode areas (Royal Mail), and GIR of the one postcode that has no area.
const AREAS: &str = "AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW \
    DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV \
    JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR \
    RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB \
    W WA WC WD WF WN WR WS WV YO ZE";

/// The letters that the last two of a postcode are taken from.
const INWARD: &str = "ABDEFGHJLNPQRSTUWXYZ";

/// Where UK postage serves (alphagov/notifications-utils, countries): lower case, without dots.
const HOME: [&str; 20] = [
    "alderney",
    "brecqhou",
    "britain",
    "cymru",
    "england",
    "gb",
    "great britain",
    "guernsey",
    "herm",
    "isle of man",
    "jersey",
    "jethou",
    "lihou",
    "northern ireland",
    "sark",
    "scotland",
    "uk",
    "united kingdom",
    "united kingdom of great britain and northern ireland",
    "wales",
];

static COUNTRIES: LazyLock<HashSet<String>> = LazyLock::new(|| {
    include_str!("countries.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(fold)
        .collect()
});

/// What the last line of an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LastLine {
    Postcode,
    /// The form of a postcode, in an area that does not exist: test data looks like this.
    UnknownArea,
    /// A postcode behind other words: `Leeds LS1 1AA`.
    PostcodeBehind,
    /// Neither, in the line below a postcode: `Channel Islands`, a reference.
    BelowPostcode,
    Bfpo,
    Country,
    Neither,
}

/// Looks at the last line of an address.
pub(super) fn last_line(line: &str) -> LastLine {
    let line = trimmed(line);
    if let Some(area) = postcode_area(line) {
        return if is_known(&area) {
            LastLine::Postcode
        } else {
            LastLine::UnknownArea
        };
    }
    if is_bfpo(line) {
        LastLine::Bfpo
    } else if is_country(line) {
        LastLine::Country
    } else if ends_with_postcode(line) {
        LastLine::PostcodeBehind
    } else {
        LastLine::Neither
    }
}

/// Whether the last word or the last two are a postcode of a known area.
fn ends_with_postcode(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    (1..=2).any(|count| {
        let last = words.len().checked_sub(count).filter(|rest| *rest > 0);
        let code = last.and_then(|from| postcode_area(&words[from..].concat()));
        code.is_some_and(|area| is_known(&area))
    })
}

fn is_known(area: &str) -> bool {
    area == "GIR" || AREAS.split_ascii_whitespace().any(|known| known == area)
}

/// Whether the line names a country or territory.
pub(super) fn is_country(line: &str) -> bool {
    COUNTRIES.contains(&fold(trimmed(line)))
}

/// Whether the line names the United Kingdom, a part of it, or an island that its post serves.
pub(super) fn is_home_country(line: &str) -> bool {
    HOME.contains(&&*fold(trimmed(line)))
}

fn trimmed(line: &str) -> &str {
    line.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | ';'))
}

/// The area of a postcode: one or two letters, then a district of one or two characters that
/// begins with a digit, then a digit and two letters. None for anything else.
fn postcode_area(line: &str) -> Option<String> {
    let code: Vec<char> = line
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let (outward, inward) = code.split_at_checked(code.len().checked_sub(3)?)?;
    let inward_fits = matches!(inward, [digit, rest @ ..]
        if digit.is_ascii_digit() && rest.iter().all(|c| INWARD.contains(*c)));
    let outward: String = outward.iter().collect();
    if inward_fits && outward == "GIR" {
        return Some(outward);
    }
    let area_end = outward.find(|c: char| !c.is_ascii_uppercase())?;
    let (area, district) = outward.split_at(area_end);
    let fits = inward_fits && (1..=2).contains(&area.len()) && is_district(district);
    fits.then(|| area.to_owned())
}

/// `1`, `12` or `1A`.
fn is_district(district: &str) -> bool {
    match district.as_bytes() {
        [first] => first.is_ascii_digit(),
        [first, second] => first.is_ascii_digit() && second.is_ascii_alphanumeric(),
        _ => false,
    }
}

/// `BFPO 12`, `BFPO c/o 12`.
pub(super) fn is_bfpo(line: &str) -> bool {
    let folded = fold(trimmed(line));
    let Some(rest) = folded.strip_prefix("bfpo") else {
        return false;
    };
    let rest = rest.trim_start();
    let number = rest.strip_prefix("c/o").unwrap_or(rest).trim();
    !number.is_empty() && number.len() <= 5 && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Lower case, without accents, dots and doubled spaces.
fn fold(name: &str) -> String {
    let folded: String = name
        .to_lowercase()
        .chars()
        .filter(|c| *c != '.')
        .map(|c| match c {
            'à'..='å' => 'a',
            'ç' => 'c',
            'è'..='ë' => 'e',
            'ì'..='ï' => 'i',
            'ñ' => 'n',
            'ò'..='ö' => 'o',
            'ù'..='ü' => 'u',
            '\u{2019}' => '\'',
            other => other,
        })
        .collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postcodes_of_every_form() {
        for line in [
            "M1 1AA",
            "B33 8TH",
            "CR2 6XH",
            "DN55 1PT",
            "W1A 0AX",
            "EC1A 1BB",
            "ec1a1bb",
            "GIR 0AA",
            "ZE9 9ZZ",
            " BF1 3AA,",
        ] {
            assert_eq!(last_line(line), LastLine::Postcode, "{line}");
        }
    }

    #[test]
    fn what_only_looks_like_a_postcode() {
        assert_eq!(last_line("ZZ99 3AA"), LastLine::UnknownArea);
        for line in [
            "",
            "1AA",
            "M 1AA",
            "M1 1CA",
            "M123 1AA",
            "ABC1 1AA",
            "M1 AAA",
            "TESTINGTON",
            "12345",
            "É1 1AA",
        ] {
            assert_eq!(last_line(line), LastLine::Neither, "{line}");
        }
    }

    #[test]
    fn a_postcode_may_stand_behind_its_town() {
        for line in ["Leeds LS1 1AA", "LONDON, EC1A1BB", "Flat 4 M1 1AA."] {
            assert_eq!(last_line(line), LastLine::PostcodeBehind, "{line}");
        }
        for line in ["Leeds ZZ1 1AA", "LeedsLS1 1AA", "Room 1AA"] {
            assert_eq!(last_line(line), LastLine::Neither, "{line}");
        }
    }

    #[test]
    fn islands_have_postcodes_and_names() {
        for line in ["JE2 3AB", "GY1 1AA", "IM1 1AA", "BT1 1AA"] {
            assert_eq!(last_line(line), LastLine::Postcode, "{line}");
        }
        for line in ["Jersey", "Isle of Man", "Guernsey"] {
            assert_eq!(last_line(line), LastLine::Country, "{line}");
            assert!(is_home_country(line), "{line}");
        }
        assert!(!is_home_country("France"));
    }

    #[test]
    fn forces_and_countries() {
        for line in ["BFPO 12", "bfpo c/o 5", "BFPO4", "B.F.P.O. 12,"] {
            assert_eq!(last_line(line), LastLine::Bfpo, "{line}");
        }
        for line in [
            "France",
            "FRANCE",
            "Côte d\u{2019}Ivoire",
            "cote d'ivoire",
            "U.S.A.",
            "Wales",
            "Jersey",
        ] {
            assert_eq!(last_line(line), LastLine::Country, "{line}");
        }
        assert_eq!(last_line("BFPO"), LastLine::Neither);
        assert_eq!(last_line("Atlantis"), LastLine::Neither);
    }
}
