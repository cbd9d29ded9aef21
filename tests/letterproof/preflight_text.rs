//! What preflight says of the address, however a producer wrote it: letters that print are not
//! refused for how their text is set, and letters whose address does not print are.

mod bounds;
mod fields;
mod fonts;
mod layers;
mod made;
mod places;

use letterproof::preflight::{CheckId, Letter, Outcome, Policy, Report, full};

use Outcome::{Fail, NotRun, Pass, Warn};

fn judge(bytes: &[u8]) -> Report {
    let report = full(&Letter::new(bytes), &Policy::built_in().unwrap());
    for id in [CheckId::Load, CheckId::Streams] {
        assert_eq!(report.check(id).unwrap().outcome, Pass, "{report:#?}");
    }
    report
}

/// What PF-050 and PF-051 say.
fn outcomes(report: &Report) -> [Outcome; 2] {
    [CheckId::AddressPresent, CheckId::AddressLines].map(|id| report.check(id).unwrap().outcome)
}

/// Expects these outcomes of PF-050 and PF-051, and that no other check refuses the letter.
#[track_caller]
fn expect(name: &str, bytes: &[u8], expected: [Outcome; 2]) -> Report {
    let report = judge(bytes);
    assert_eq!(outcomes(&report), expected, "{name}: {report:#?}");
    let address = [CheckId::AddressPresent, CheckId::AddressLines];
    let other = report
        .defects()
        .find(|defect| !address.contains(&defect.id));
    assert_eq!(other, None, "{name}");
    report
}

/// What PF-050 or PF-051 observed.
fn observed(report: &Report, id: CheckId) -> &str {
    &report.check(id).unwrap().observed
}

#[test]
fn cases_are_judged_as_they_print() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/letterproof/data/preflight"
    );
    for (name, expected) in [
        ("address-in-filled-form-field", [Pass, Pass]),
        ("address-in-font-with-glyph-names-only", [Pass, Warn]),
        ("address-in-symbolic-font-with-own-codes", [Pass, Warn]),
        ("address-only-in-hidden-layer", [Fail, NotRun]),
        ("address-struck-twice-for-bold", [Pass, Pass]),
        ("bad-first-char", [Pass, Fail]),
        ("bfpo-country", [Pass, Fail]),
        ("line-printer-rows", [Pass, Pass]),
        ("no-fixed-abode", [Pass, Fail]),
        ("null-line", [Pass, Warn]),
        ("scan-with-ocr-text", [Pass, Pass]),
        ("seven-line-address-with-superscript", [Pass, Pass]),
    ] {
        let bytes = std::fs::read(format!("{folder}/{name}.pdf")).unwrap();
        expect(name, &bytes, expected);
    }
}

#[test]
fn no_observation_tells_the_address() {
    for line in [
        "No fixed abode",
        "(Sample Hall",
        "null",
        "((name))",
        "@home",
        "1 Street",
    ] {
        let report = judge(&made::lines(&["Jo Sample", line, "M1 1AA"]).bytes());
        let json = serde_json::to_string(&report).unwrap();
        for word in ["Jo", "Sample", "M1 1AA", "home", "Street"] {
            assert!(!json.contains(word), "{json}");
        }
    }
}
