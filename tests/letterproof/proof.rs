//! Proofs from a small journal.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may end at once")]

use std::path::Path;

use letterproof::evidence::{RunDir, sha256_hex};
use letterproof::mail::Address;
use letterproof::preflight::Policy;
use letterproof::proof::{Lacking, NOT_A_PROOF, Parties, ProofError, Proofs, collect, write};
use letterproof::simulator::letter_pdf;

const SPECIFICATION: &str = "notify-<c5>";

fn line(seq: u64, prev: &str, rest: &str) -> String {
    format!(r#"{{"seq":{seq},"at":"2026-11-22T10:00:0{seq}.000000Z","prev":"{prev}",{rest}}}"#)
}

/// A run that listed letters of one specification; with `outcome`, a PDF was fetched.
fn journal(kind: &str, sha256: &str, outcome: Option<&str>) -> String {
    let started = format!(
        r#""kind":"run.started","schema":1,"run_id":"r1","tool":{{"name":"letterproof","version":"0"}},"target":{{"name":"t","kind":"{kind}","base_url":"https://int.api.service.nhs.uk/nhs-notify-supplier"}},"supplier":"A & B","driven":"reference client","pack_revision":"1","scope":[],"settings":{{"expected_letters":1,"visibility_timeout_ms":1,"settle_timeout_ms":1,"requests_per_second":1,"optional_statuses":[],"rejects":true,"accessible_specifications":[],"target_ms":1,"performance_runs":1,"sizes":{{}}}}"#
    );
    let listed = format!(
        r#""kind":"letters.listed","exchange":1,"letters":[{{"id":"L1","status":"PENDING","specification_id":"{SPECIFICATION}","group_id":"g"}}]"#
    );
    let mut events = vec![started, listed];
    events.extend(outcome.map(|outcome| {
        format!(
            r#""kind":"pdf.checked","letter":"L1","exchange":1,"sha256":"{sha256}","bytes":1,"checks":[{{"id":"PF-004","outcome":"{outcome}","observed":""}}],"us":1"#
        )
    }));
    let mut prev = "0".repeat(64);
    let mut journal = String::new();
    for (seq, event) in (0..).zip(&events) {
        let text = line(seq, &prev, event);
        prev = sha256_hex(text.as_bytes());
        journal += &text;
        journal.push('\n');
    }
    journal
}

/// A run folder that keeps its PDF, if it is told to.
fn run(folder: &Path, kind: &str, outcome: Option<&str>, keep: bool) -> RunDir {
    let pdf = letter_pdf("notify-c5", "L1", "g").unwrap();
    let sha256 = sha256_hex(&pdf);
    let dir = RunDir::at(folder.join("r1"));
    std::fs::create_dir_all(dir.path()).unwrap();
    std::fs::write(dir.journal(), journal(kind, &sha256, outcome)).unwrap();
    if keep {
        let bodies = dir.bodies().join(&sha256[..2]);
        std::fs::create_dir_all(&bodies).unwrap();
        std::fs::write(bodies.join(&sha256), &pdf).unwrap();
    }
    dir
}

fn collected(dir: &RunDir, specifications: &[&str]) -> Result<Proofs, ProofError> {
    let asked: Vec<String> = specifications.iter().map(|&id| id.to_owned()).collect();
    collect(dir, &asked, Policy::built_in().unwrap())
}

fn parties(most_megabytes: u64) -> Parties {
    Parties {
        to: Address::parse("proofs@example.org").unwrap(),
        from: None,
        contact: Some("Print room".to_owned()),
        most_megabytes,
    }
}

fn lacking(result: Result<Proofs, ProofError>) -> (Vec<Lacking>, String) {
    match result {
        Err(error @ ProofError::Lacking { .. }) => {
            let said = error.to_string();
            let ProofError::Lacking { lacking, .. } = error else {
                unreachable!()
            };
            (lacking, said)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_kept_sound_letter_becomes_a_proof() {
    let folder = tempfile::tempdir().unwrap();
    let dir = run(folder.path(), "int", Some("pass"), true);
    let proofs = collected(&dir, &[]).unwrap();
    let proof = &proofs.proofs[0];
    assert_eq!((proof.letter.as_str(), proof.pages.len()), ("L1", 4));
    assert_eq!(proof.page_sizes(), "210 × 297 mm");
    assert_eq!(proof.sheets(), Some(2));
    assert!(!proof.fonts.is_empty() && proof.fonts.iter().all(|font| font.embedded));
    assert_eq!(proofs.banner(), None);

    let out = folder.path().join("out");
    let written = write(&proofs, &parties(25), &out).unwrap();
    assert_eq!(std::fs::read(&written.pdfs[0]).unwrap(), proof.pdf);
    let sheet = std::fs::read_to_string(written.folder.join("cover-sheets.html")).unwrap();
    for text in [
        "notify-&lt;c5&gt;",
        "A &amp; B",
        "LS1 4AP",
        "2026-11-22",
        "L1",
        "PF-012",
    ] {
        assert!(sheet.contains(text), "{text}");
    }
    assert!(!sheet.contains("<c5>") && !sheet.contains(NOT_A_PROOF));
    let email = std::fs::read_to_string(written.folder.join("proofs.eml")).unwrap();
    assert!(email.contains("X-Unsent: 1") && email.contains("proofs@example.org"));
    assert!(email.contains("01-notify-_c5_-L1.pdf"));
    let again = write(&proofs, &parties(25), &out);
    assert!(matches!(again, Err(ProofError::Exists(_))));
}

#[test]
fn the_same_run_gives_the_same_files() {
    let folder = tempfile::tempdir().unwrap();
    let dir = run(folder.path(), "int", Some("pass"), true);
    let proofs = collected(&dir, &[]).unwrap();
    let [a, b] =
        ["a", "b"].map(|out| write(&proofs, &parties(25), &folder.path().join(out)).unwrap());
    for (one, other) in a.files.iter().zip(&b.files) {
        assert_eq!(std::fs::read(one).unwrap(), std::fs::read(other).unwrap());
    }
}

#[test]
fn letters_of_a_simulator_are_no_proof_and_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let dir = run(folder.path(), "local", Some("pass"), true);
    let proofs = collected(&dir, &[SPECIFICATION]).unwrap();
    let written = write(&proofs, &parties(25), folder.path().join("out").as_path()).unwrap();
    for name in ["cover-sheets.html", "proofs.eml"] {
        let text = std::fs::read_to_string(written.folder.join(name)).unwrap();
        assert!(text.contains(NOT_A_PROOF), "{name}");
    }
}

#[test]
fn what_is_lacking_is_named_with_its_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let dir = run(folder.path(), "int", Some("pass"), false);
    let (why, said) = lacking(collected(&dir, &[]));
    assert_eq!(why, [Lacking::NotKept(SPECIFICATION.to_owned())]);
    assert!(said.contains("pdfs = \"all\""), "{said}");
    let (why, said) = lacking(collected(&dir, &["notify-c9"]));
    assert_eq!(why, [Lacking::Unlisted("notify-c9".to_owned())]);
    assert!(said.contains(SPECIFICATION), "{said}");
    let dir = run(folder.path(), "int", None, false);
    let (why, _) = lacking(collected(&dir, &[]));
    assert_eq!(why, [Lacking::Unfetched(SPECIFICATION.to_owned())]);
    let dir = run(folder.path(), "int", Some("fail"), true);
    let (why, _) = lacking(collected(&dir, &[]));
    assert_eq!(why, [Lacking::Defective(SPECIFICATION.to_owned())]);
}

#[test]
fn a_changed_pdf_or_journal_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let dir = run(folder.path(), "int", Some("pass"), true);
    let sha256 = collected(&dir, &[]).unwrap().proofs[0].sha256.clone();
    std::fs::write(dir.bodies().join(&sha256[..2]).join(&sha256), b"%PDF-").unwrap();
    assert!(matches!(
        collected(&dir, &[]),
        Err(ProofError::Damaged { .. })
    ));
    let journal = std::fs::read_to_string(dir.journal()).unwrap();
    std::fs::write(dir.journal(), journal.replace("PENDING", "DISPATCHED")).unwrap();
    assert!(matches!(
        collected(&dir, &[]),
        Err(ProofError::Damaged { .. })
    ));
}

#[test]
fn an_email_that_no_program_takes_is_refused_with_its_size() {
    let folder = tempfile::tempdir().unwrap();
    let dir = run(folder.path(), "int", Some("pass"), true);
    let proofs = collected(&dir, &[]).unwrap();
    let result = write(&proofs, &parties(0), folder.path().join("out").as_path());
    assert!(matches!(
        result,
        Err(ProofError::TooLarge {
            megabytes: 1,
            most: 0
        })
    ));
    assert!(!folder.path().join("out").exists());
}
