//! Every kind of bad letter is noticed by the check that is meant for it, and by no other.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use letterproof::preflight::{
    CheckId, Depth, Letter, LetterStatusClass, Outcome, Policy, Report, Verdict, cheap, full,
};
use letterproof::simulator::defects::Defect;
use letterproof::simulator::letter_pdf;

const ENGLISH: &str = "integration-specification-english";
const BRAILLE: &str = "integration-specification-braille";
const SPECIFICATIONS: [&str; 4] = [
    ENGLISH,
    BRAILLE,
    "integration-specification-welsh",
    "integration-specification-arabic",
];

fn policy() -> Policy {
    Policy::built_in().unwrap()
}

fn letter<'a>(bytes: &'a [u8], specification: &'a str) -> Letter<'a> {
    Letter {
        specification: Some(specification),
        ..Letter::new(bytes)
    }
}

/// What a report holds against a letter.
fn remarks(report: &Report) -> Vec<(CheckId, Outcome)> {
    report
        .checks
        .iter()
        .filter(|check| check.is_remark())
        .map(|check| (check.id, check.outcome))
        .collect()
}

/// What preflight is to say about each defect of an English letter, or one of the same pages.
fn expected(defect: Defect) -> Vec<(CheckId, Outcome)> {
    use Outcome::{Fail, NotJudged, Warn};
    match defect {
        Defect::Truncated | Defect::BadStartxref | Defect::TextMangled => {
            vec![(CheckId::Frame, Fail)]
        }
        Defect::StoreError | Defect::Png => vec![(CheckId::Frame, Fail)],
        Defect::TrailingJunk => vec![(CheckId::Frame, Warn)],
        Defect::BitFlipped | Defect::ZeroedBlock => vec![(CheckId::Streams, Fail)],
        Defect::ContentBomb => vec![(CheckId::Streams, NotJudged)],
        Defect::Empty => vec![(CheckId::Size, Fail)],
        Defect::Encrypted => vec![(CheckId::Encryption, Fail)],
        Defect::SixPages => vec![(CheckId::MorePages, Warn)],
        Defect::ElevenPages => vec![(CheckId::Sheets, Fail), (CheckId::MorePages, Warn)],
        Defect::UsLetter | Defect::Landscape => vec![(CheckId::PaperSize, Fail)],
        Defect::MissingFont => vec![(CheckId::Fonts, Fail)],
        Defect::JavaScript => vec![(CheckId::Active, Fail)],
        Defect::NoAddress | Defect::OutsideWindow => vec![(CheckId::AddressPresent, Fail)],
        Defect::TwoLines | Defect::EightLines | Defect::NoPostcode => {
            vec![(CheckId::AddressLines, Fail)]
        }
        Defect::AcrossWindow => vec![(CheckId::AddressWindow, Warn)],
        Defect::ObjectStreamBomb | Defect::ManyObjectStreams => vec![(CheckId::Load, NotJudged)],
    }
}

#[test]
fn each_defect_is_seen_by_its_own_check() {
    let policy = policy();
    for (defect, specification) in Defect::ALL
        .into_iter()
        .zip([ENGLISH, BRAILLE].into_iter().cycle())
    {
        let bytes = defect.letter_pdf(specification, "a-letter", "a-group");
        let report = full(&letter(&bytes.unwrap(), specification), &policy);
        assert_eq!(remarks(&report), expected(defect), "{defect}: {report:#?}");
    }
}

#[test]
fn good_letters_have_no_defect() {
    let policy = policy();
    for specification in SPECIFICATIONS {
        let bytes = letter_pdf(specification, "a-letter", "a-group").unwrap();
        let report = full(&letter(&bytes, specification), &policy);
        // A third of what INT seeds has six pages.
        let six = specification.ends_with("arabic");
        let remark = six.then_some((CheckId::MorePages, Outcome::Warn));
        assert_eq!(remarks(&report), Vec::from_iter(remark), "{report:#?}");
        assert_eq!(report.verdict(LetterStatusClass::Pending), Verdict::Accept);
    }
}

#[test]
fn two_hundred_letters_are_all_good() {
    let policy = policy();
    for number in 0..200 {
        let bytes = letter_pdf(ENGLISH, &format!("letter-{number}"), "group").unwrap();
        let report = full(&letter(&bytes, ENGLISH), &policy);
        assert_eq!(remarks(&report), [], "{number}: {report:#?}");
    }
}

#[test]
fn every_report_holds_every_check_in_order() {
    let policy = policy();
    for defect in Defect::ALL {
        let bytes = defect.letter_pdf(ENGLISH, "a", "g").unwrap();
        for report in [
            cheap(&letter(&bytes, ENGLISH), &policy),
            full(&letter(&bytes, ENGLISH), &policy),
        ] {
            let ids: Vec<CheckId> = report.checks.iter().map(|check| check.id).collect();
            assert_eq!(ids, CheckId::ALL, "{defect}");
        }
    }
}

#[test]
fn the_cheap_checks_say_what_the_full_ones_say() {
    let policy = policy();
    for defect in Defect::ALL {
        let bytes = defect.letter_pdf(ENGLISH, "a", "g").unwrap();
        let [cheap, full] = [
            cheap(&letter(&bytes, ENGLISH), &policy),
            full(&letter(&bytes, ENGLISH), &policy),
        ];
        assert_eq!((cheap.depth, full.depth), (Depth::Cheap, Depth::Full));
        for check in cheap.checks.iter().filter(|check| check.id.is_cheap()) {
            assert_eq!(full.check(check.id), Some(check), "{defect}");
        }
    }
}

#[test]
fn the_hash_sees_every_change() {
    let policy = policy();
    let good = letter_pdf(ENGLISH, "a", "g").unwrap();
    let sha256 = full(&Letter::new(&good), &policy).sha256;
    for defect in Defect::ALL
        .into_iter()
        .filter(|defect| *defect != Defect::Empty)
    {
        let bytes = defect.letter_pdf(ENGLISH, "a", "g").unwrap();
        let letter = Letter {
            expected_sha256: Some(&sha256),
            ..letter(&bytes, ENGLISH)
        };
        let report = cheap(&letter, &policy);
        assert_eq!(
            report.check(CheckId::Hash).unwrap().outcome,
            Outcome::Fail,
            "{defect}"
        );
        let code = "PF-003";
        assert!(
            matches!(report.verdict(LetterStatusClass::Pending), Verdict::Reject { code: c, .. } if c == code)
        );
    }
}

#[test]
fn the_status_decides_between_rejected_and_failed() {
    let policy = policy();
    let bytes = Defect::NoPostcode.letter_pdf(ENGLISH, "a", "g").unwrap();
    let report = full(&letter(&bytes, ENGLISH), &policy);
    for (status, expected) in [
        ("PENDING", "reject"),
        ("ACCEPTED", "fail"),
        ("FORWARDED", "fail"),
    ] {
        let class = LetterStatusClass::of(status).unwrap();
        let verdict = serde_json::to_value(report.verdict(class)).unwrap();
        assert_eq!(verdict["verdict"], expected);
        assert_eq!(verdict["code"], "PF-051");
    }
    assert_eq!(LetterStatusClass::of("DISPATCHED"), None);
}

#[test]
fn a_report_never_holds_the_address() {
    let policy = policy();
    for defect in Defect::ALL {
        let bytes = defect.letter_pdf(ENGLISH, "a", "g").unwrap();
        let json = serde_json::to_string(&full(&letter(&bytes, ENGLISH), &policy)).unwrap();
        for word in ["Recipient", "Integration Street", "TESTINGTON", "ZE9"] {
            assert!(!json.contains(word), "{defect}: {json}");
        }
    }
}
