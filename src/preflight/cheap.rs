//! The checks that AT15 does while its clock runs, in their order.

use crate::evidence::sha256_hex;
use crate::model::{PdfCheck, PdfOutcome};

use super::{MANY_BYTES, MOST_BYTES, file, structure};

/// A letter's PDF as it came, and what is known of it.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// Their lower-case hex SHA-256, if they were hashed while they arrived.
    pub sha256: Option<&'a str>,
    /// The `sha256Hash` that the service names.
    pub expected_sha256: Option<&'a str>,
    /// The `Content-Length` that the storage named.
    pub content_length: Option<u64>,
    /// The letter's specification.
    pub specification: Option<&'a str>,
}

/// What is held against a letter besides the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// What PF-011 says of more than five pages; `NotRun` leaves it out. A warning unless AT12
    /// asks for more: NHS's own Arabic letters have six (pdf-preflight, fact 1).
    pub over_five_pages: PdfOutcome,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            over_five_pages: PdfOutcome::Warn,
        }
    }
}

/// What the checks found, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Every check.
    pub checks: Vec<PdfCheck>,
}

impl Report {
    /// True if no check found a defect.
    pub fn is_sound(&self) -> bool {
        let is_defect = |check: &PdfCheck| check.outcome == PdfOutcome::Fail;
        !self.checks.iter().any(is_defect)
    }
}

/// What one check says; its id stands beside the call.
pub(super) type Said = (PdfOutcome, String);

/// Checks a PDF that came: PF-001 to PF-004, PF-007 and PF-011.
pub fn cheap(letter: &Letter<'_>, policy: &Policy) -> Report {
    let size = size(letter);
    let readable = size.0 != PdfOutcome::Fail;
    let mut checks = vec![
        named("PF-001", pass("the data URL led to a document")),
        named("PF-002", size),
        named("PF-003", hash(letter)),
    ];
    if readable {
        checks.push(named("PF-004", file::frame(letter.bytes)));
        checks.extend(pages(letter.bytes, policy));
    } else {
        checks.extend(["PF-004", "PF-007", "PF-011"].map(not_run));
    }
    Report { checks }
}

/// The report of a letter whose data URL led nowhere (404 NoSuchKey, service-behaviour §3).
pub fn missing() -> Report {
    let none = "the data URL led to no document: NoSuchKey".to_owned();
    let mut checks = vec![named("PF-001", (PdfOutcome::Fail, none))];
    checks.extend(["PF-002", "PF-003", "PF-004", "PF-007", "PF-011"].map(not_run));
    Report { checks }
}

/// PF-002: as many bytes as were promised, more than none, and no more than a letter may have.
fn size(letter: &Letter<'_>) -> Said {
    let came = letter.bytes.len() as u64;
    match letter.content_length {
        _ if came == 0 => fail("the document is empty"),
        _ if came > MOST_BYTES => fail("the document is larger than 10 MiB"),
        Some(promised) if promised != came => {
            fail(&format!("{came} bytes of {promised} promised came"))
        }
        _ if came > MANY_BYTES => (PdfOutcome::Warn, format!("{came} bytes, over 2 MiB")),
        _ => pass(&format!("{came} bytes")),
    }
}

/// PF-003: the hash is the one that the service names. What is named is not validated by the
/// service (pdf-preflight, fact 9), so something that is no hash leaves the letter unverifiable.
fn hash(letter: &Letter<'_>) -> Said {
    let Some(expected) = letter.expected_sha256 else {
        return (PdfOutcome::Warn, "the service names no hash".to_owned());
    };
    if expected.len() != 64 || !expected.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let observed = format!("the service names {expected:?}, which is no SHA-256");
        return (PdfOutcome::Warn, observed);
    }
    let computed = match letter.sha256 {
        Some(_) => None,
        None => Some(sha256_hex(letter.bytes)),
    };
    let is = letter.sha256.or(computed.as_deref()).unwrap_or_default();
    if is.eq_ignore_ascii_case(expected) {
        pass("the hash is the one that the service names")
    } else {
        fail(&format!("the hash is {is}, the service names {expected}"))
    }
}

/// PF-007 and PF-011, which both ask for the tree of pages.
fn pages(bytes: &[u8], policy: &Policy) -> [PdfCheck; 2] {
    match structure::pages(bytes) {
        Ok(pages) => [
            named("PF-007", structure::counted(pages)),
            named("PF-011", structure::at_most_five(pages, policy)),
        ],
        Err(why) => [named("PF-007", fail(&why)), not_run("PF-011")],
    }
}

pub(super) fn pass(observed: &str) -> Said {
    (PdfOutcome::Pass, observed.to_owned())
}

pub(super) fn fail(observed: &str) -> Said {
    (PdfOutcome::Fail, observed.to_owned())
}

fn named(id: &str, (outcome, observed): Said) -> PdfCheck {
    PdfCheck {
        id: id.to_owned(),
        outcome,
        observed,
    }
}

fn not_run(id: &str) -> PdfCheck {
    let why = "an earlier check leaves nothing to look at".to_owned();
    named(id, (PdfOutcome::NotRun, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A document of `pages` pages whose tree claims `count`.
    fn document(pages: usize, count: usize) -> Vec<u8> {
        let kids: String = (0..pages)
            .map(|page| format!("{} 0 R ", page + 3))
            .collect();
        let mut objects = vec![
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            format!("<< /Type /Pages /Kids [{kids}] /Count {count} >>"),
        ];
        objects.extend(vec!["<< /Type /Page /Parent 2 0 R >>".to_owned(); pages]);
        let mut pdf = b"%PDF-1.4\n".to_vec();
        let mut offsets = Vec::new();
        for (index, object) in objects.iter().enumerate() {
            offsets.push(pdf.len());
            pdf.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).bytes());
        }
        let start = pdf.len();
        let size = offsets.len() + 1;
        pdf.extend(format!("xref\n0 {size}\n0000000000 65535 f \n").bytes());
        for offset in offsets {
            pdf.extend(format!("{offset:010} 00000 n \n").bytes());
        }
        pdf.extend(
            format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n").bytes(),
        );
        pdf
    }

    fn letter(bytes: &[u8]) -> Letter<'_> {
        Letter {
            bytes,
            sha256: None,
            expected_sha256: None,
            content_length: Some(bytes.len() as u64),
            specification: None,
        }
    }

    fn outcomes(letter: &Letter<'_>) -> String {
        let report = cheap(letter, &Policy::default());
        let of = |check: &PdfCheck| match check.outcome {
            PdfOutcome::Pass => 'p',
            PdfOutcome::Warn => 'w',
            PdfOutcome::Fail => 'F',
            PdfOutcome::NotRun => '-',
        };
        report.checks.iter().map(of).collect()
    }

    #[test]
    fn a_sound_letter_passes_every_check() {
        let pdf = document(5, 5);
        let hash = sha256_hex(&pdf);
        let sound = Letter {
            expected_sha256: Some(&hash),
            ..letter(&pdf)
        };
        assert_eq!(outcomes(&sound), "pppppp");
        assert!(cheap(&sound, &Policy::default()).is_sound());
    }

    #[test]
    fn every_check_is_seen_red() {
        let (sound, six, miscounted) = (document(1, 1), document(6, 6), document(2, 3));
        assert_eq!(outcomes(&letter(&[])), "pFw---");
        let short = Letter {
            content_length: Some(9_999),
            ..letter(&sound)
        };
        assert_eq!(outcomes(&short), "pFw---");
        let other = Letter {
            expected_sha256: Some(OTHER),
            ..letter(&sound)
        };
        assert_eq!(outcomes(&other), "ppFppp");
        assert_eq!(outcomes(&letter(&sound[1..])), "ppwFF-");
        assert_eq!(outcomes(&letter(&sound[..sound.len() - 40])), "ppwFF-");
        assert_eq!(outcomes(&letter(&miscounted)), "ppwpFp");
        assert_eq!(outcomes(&letter(&document(0, 0))), "ppwpFp");
        assert_eq!(outcomes(&letter(&six)), "ppwppw");
        assert_eq!(missing().checks[0].outcome, PdfOutcome::Fail);
    }

    const OTHER: &str = "0000000000000000000000000000000000000000000000000000000000000000";

    #[test]
    fn what_is_no_hash_leaves_a_letter_unverifiable() {
        let pdf = document(1, 1);
        let odd = Letter {
            expected_sha256: Some("sha256:abc"),
            ..letter(&pdf)
        };
        assert_eq!(outcomes(&odd), "ppwppp");
    }

    #[test]
    fn more_than_five_pages_is_what_the_policy_says() {
        let pdf = document(6, 6);
        for outcome in [PdfOutcome::Fail, PdfOutcome::NotRun] {
            let policy = Policy {
                over_five_pages: outcome,
            };
            assert_eq!(cheap(&letter(&pdf), &policy).checks[5].outcome, outcome);
        }
    }

    #[test]
    fn junk_behind_the_end_is_a_warning() {
        let mut pdf = document(1, 1);
        pdf.extend_from_slice(b"junk");
        assert_eq!(outcomes(&letter(&pdf)), "ppwwpp");
    }
}
