//! Verdicts that rest on what preflight found in a letter's PDF.

use crate::acceptance::testing::{ENGLISH, NO_PDF, Script};
use crate::model::{PdfOutcome, Status, Verdict};

const WELSH: &str = "integration-specification-welsh";

#[track_caller]
fn expect(run: &Script, point: &str, verdict: Verdict, said: &str) {
    let judgement = run.judge(point);
    let told = &judgement.observed;
    assert_eq!(judgement.verdict, verdict, "{point}: {told}");
    assert!(told.contains(said), "{point}: {told}");
}

/// Letters of AT12 or AT13 whose PDF fails one check and passes another.
fn updated(test: &'static str, status: Status, reason: (&str, &str)) -> Script {
    let mut run = Script::started(|_| ());
    run.seed(ENGLISH, "group-error", &["x01"]);
    run.within("AT4").list(&["x01"]);
    if status == Status::Failed {
        run.update(Status::Accepted, &["x01"]).read(&["x01"]);
    }
    run.within(test).pdf(
        "x01",
        &[("PF-004", PdfOutcome::Pass), ("PF-051", PdfOutcome::Fail)],
    );
    run.move_to(status, &["x01"], Some(reason));
    run
}

#[test]
fn a_reason_that_names_a_check_must_be_true() {
    for (test, point, status) in [
        ("AT12", "AT12.3", Status::Failed),
        ("AT13", "AT13.3", Status::Rejected),
    ] {
        let right = updated(test, status, ("PF-051", "The address is invalid"));
        expect(&right, point, Verdict::Pass, "with the reason sent");
        let wrong = updated(test, status, ("PF-004", "The file is not a complete PDF"));
        let said = "names a check that their PDF passes: x01 (PF-004)";
        expect(&wrong, point, Verdict::Fail, said);
        let own = updated(test, status, ("X7", "Our own code"));
        expect(&own, point, Verdict::Pass, "with the reason sent");
    }
}

#[test]
fn what_was_not_judged_is_a_warning_and_no_defect() {
    for (test, point, status) in [
        ("AT12", "AT12.3", Status::Failed),
        ("AT13", "AT13.3", Status::Rejected),
    ] {
        let mut run = updated(test, status, ("PF-051", "The address is invalid"));
        expect(&run, point, Verdict::Pass, "with the reason sent");
        run.seed(ENGLISH, "group-error", &["y01", "z01"]);
        run.pdf("y01", &[("PF-008", PdfOutcome::NotJudged)]);
        let said = "1 letter whose PDF this tool did not judge: y01 (PF-008: seen)";
        expect(&run, point, Verdict::Warning, said);
        run.pdf(
            "z01",
            &[
                ("PF-008", PdfOutcome::NotJudged),
                ("PF-051", PdfOutcome::Fail),
            ],
        );
        expect(&run, point, Verdict::Warning, said);
    }
}

#[test]
fn a_batch_that_shares_a_specification_is_not_invalid_for_it() {
    let letters = ["w01", "w02"];
    let mut run = Script::started(|_| ());
    run.seed(WELSH, "group-welsh", &letters);
    run.within("AT13").list(&letters);
    run.move_to(Status::Rejected, &["w01"], Some(("J01", "Unrecognised")));
    expect(&run, "AT13.3", Verdict::Warning, "declared invalid");
}

/// A pass over three letters with a PDF and one without; the `seq` of each `pdf.checked`.
fn performed() -> (Script, Vec<u64>) {
    let mut run = Script::started(|started| {
        started.settings.expected_letters = 3;
        started.settings.performance_runs = 1;
    });
    run.seed(ENGLISH, "group-english", &["e01", "e02", "e03"]);
    run.seed(NO_PDF, "group-error", &["x01"]);
    run.within("AT15").pass(1, &["e01", "e02", "e03", "x01"]);
    let checked = run.pdfs_of("AT15");
    (run, checked)
}

#[test]
fn checks_after_the_clock_are_counted_and_change_no_time() {
    let (mut run, checked) = performed();
    let before = run.judge("AT15.3");
    expect(&run, "AT15.1", Verdict::Warning, "pass 1: 3 PDFs; ");
    run.completed(&checked[..3], &[("PF-051", PdfOutcome::Pass)]);
    let said = "pass 1: 3 PDFs (3 checked fully after the clock); 1 letter without PDF";
    expect(&run, "AT15.1", Verdict::Warning, said);
    assert_eq!(run.judge("AT15.3"), before);
}

#[test]
fn a_defect_found_after_the_clock_is_a_warning_that_names_the_letter() {
    let (mut run, checked) = performed();
    let line = run.completed(&[checked[1]], &[("PF-051", PdfOutcome::Fail)]);
    run.completed(&[checked[0], checked[2]], &[("PF-051", PdfOutcome::Warn)]);
    assert!(run.judge("AT15.1").seqs.contains(&line));
    let said = "1 letter that came whole in pass 1 and must be FAILED: e02 (PF-051: seen)";
    expect(&run, "AT15.1", Verdict::Warning, said);
}

#[test]
fn what_was_not_judged_after_the_clock_is_a_warning_of_its_own() {
    let (mut run, checked) = performed();
    run.completed(&[checked[1]], &[("PF-008", PdfOutcome::NotJudged)]);
    run.completed(&[checked[0], checked[2]], &[("PF-008", PdfOutcome::Pass)]);
    let said =
        "1 letter that came whole in pass 1 and that this tool did not judge: e02 (PF-008: seen)";
    expect(&run, "AT15.1", Verdict::Warning, said);
    assert!(!run.judge("AT15.1").observed.contains("must be FAILED"));
}

#[test]
fn an_older_journal_with_a_line_a_letter_is_judged_the_same() {
    let (mut run, checked) = performed();
    let (mut older, _) = performed();
    for (letter, first) in ["e01", "e02", "e03"].into_iter().zip(&checked) {
        let outcome = match letter {
            "e02" => PdfOutcome::Fail,
            _ => PdfOutcome::Pass,
        };
        run.completed(&[*first], &[("PF-051", outcome)]);
        older.later_pdf(letter, *first, &[("PF-051", outcome)]);
    }
    let judged = run.judge("AT15.1");
    assert_eq!(judged, older.judge("AT15.1"));
    assert!(judged.observed.contains("e02 (PF-051: seen)"));
}

#[test]
fn whoever_was_not_checked_fully_is_counted() {
    let (mut run, checked) = performed();
    run.completed(&checked[..1], &[("PF-051", PdfOutcome::Pass)]);
    let said = "pass 1: 1 of 3 PDFs were checked fully after the clock";
    expect(&run, "AT15.1", Verdict::Warning, said);
    run.seed(ENGLISH, "group-english", &["e04"]);
    run.pass(2, &["e04"]);
    let said = "pass 2: 0 of 1 PDFs were checked fully after the clock";
    expect(&run, "AT15.1", Verdict::Warning, said);
}
