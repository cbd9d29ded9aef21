//! What the download itself says about a letter, and what is remembered between letters.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use letterproof::preflight::{
    CheckId, Fetched, Letter, LetterStatusClass, Outcome, Policy, Preflight, Verdict, full,
};
use letterproof::simulator::letter_pdf;

fn policy() -> Policy {
    Policy::built_in().unwrap()
}

fn answered(status: u16, xml_code: Option<&'static str>) -> Letter<'static> {
    Letter {
        fetched: Some(Fetched { status, xml_code }),
        ..Letter::default()
    }
}

#[test]
fn a_missing_document_is_the_letters_fault() {
    let report = full(&answered(404, Some("NoSuchKey")), &policy());
    assert_eq!(
        report.defects().map(|check| check.id).collect::<Vec<_>>(),
        [CheckId::Document]
    );
    assert!(matches!(
        report.verdict(LetterStatusClass::InProduction),
        Verdict::Fail { code: "PF-001", .. }
    ));
}

#[test]
fn an_expired_url_is_nobodys_fault() {
    for letter in [answered(403, Some("AccessDenied")), answered(503, None)] {
        let report = full(&letter, &policy());
        assert_eq!(report.defects().count(), 0, "{report:#?}");
        assert_eq!(
            report.verdict(LetterStatusClass::Pending),
            Verdict::AskAgain
        );
    }
}

#[test]
fn a_cut_download_is_seen_by_its_length() {
    let bytes = letter_pdf("notify-c5", "a", "g").unwrap();
    let letter = Letter {
        content_length: Some(bytes.len() as u64 + 1),
        ..Letter::new(&bytes)
    };
    let report = full(&letter, &policy());
    assert_eq!(
        report.defects().map(|check| check.id).collect::<Vec<_>>(),
        [CheckId::Size]
    );
}

#[test]
fn the_same_file_is_judged_once_and_each_letter_for_itself() {
    let preflight = Preflight::new(policy());
    let bytes = letter_pdf("notify-c5", "a", "g").unwrap();
    let first = preflight.full(&Letter::new(&bytes));
    let wrong = "0".repeat(64);
    let second = preflight.full(&Letter {
        expected_sha256: Some(&wrong),
        ..Letter::new(&bytes)
    });
    assert_eq!(first.verdict(LetterStatusClass::Pending), Verdict::Accept);
    assert_eq!(
        second.defects().map(|check| check.id).collect::<Vec<_>>(),
        [CheckId::Hash]
    );
    assert!(
        second.micros < first.micros,
        "{} {}",
        second.micros,
        first.micros
    );
}

#[test]
fn a_pack_that_holds_less_is_judged_anew() {
    let preflight = Preflight::new(Policy::amended(SMALL_PACK).unwrap());
    let bytes = letter_pdf("notify-c5", "a", "g").unwrap();
    let of = |specification| {
        let letter = Letter {
            specification: Some(specification),
            ..Letter::new(&bytes)
        };
        preflight
            .full(&letter)
            .check(CheckId::Sheets)
            .unwrap()
            .outcome
    };
    assert_eq!(
        [of("notify-c5"), of("postcard")],
        [Outcome::Pass, Outcome::Fail]
    );
}

const SMALL_PACK: &str = r#"
[pack.postcard]
sheets_below = 2
sides_below = 3
duplex = true
paper = "A4 white 80 gsm"
printing = "black"
source = "a test"
"#;
