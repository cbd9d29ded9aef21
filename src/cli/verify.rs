//! `verify`: a run or a pack checked again by anyone.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::acceptance::{count, grouped};
use crate::audit::{AuditReport, Known, verify_run};
use crate::evidence::{RunDir, Signer};
use crate::model::{ContractResult, Weight};
use crate::pack::{PackAudit, Vouched, verify_pack};
use crate::report::{SIMULATOR_WORDS, one_line};

use super::args::{Common, Format, VerifyArgs};
use super::output::{print, print_json};
use super::{CliError, ExitCode};

/// Checks the run or the pack and prints what does not hold.
///
/// # Errors
/// If there is no run at that path, or a zip that is no pack.
pub fn run(args: &VerifyArgs, common: &Common) -> Result<ExitCode, CliError> {
    if is_pack(&args.path) {
        return pack(args, common);
    }
    let (dir, known) = (RunDir::named(&args.path, &common.evidence_dir), known(args));
    let report = verify_run(&dir, &known)?;
    if common.format == Format::Json {
        print_json(&report)?;
    } else {
        print(&told(&report, &known))?;
    }
    Ok(ExitCode::from_code(report.exit_code()).unwrap_or(ExitCode::CANNOT_JUDGE))
}

fn known(args: &VerifyArgs) -> Known {
    Known {
        heads: args.head.clone(),
        additions: args.additions.clone(),
        signer: args.signer.clone(),
    }
}

/// A file that is called a zip, or begins as one; also a damaged pack is one.
fn is_pack(path: &Path) -> bool {
    let called = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
    let begins = || {
        let mut start = [0; 2];
        let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
        read.is_ok() && start == *b"PK"
    };
    path.is_file() && (called || begins())
}

fn pack(args: &VerifyArgs, common: &Common) -> Result<ExitCode, CliError> {
    let known = known(args);
    let audit = verify_pack(&args.path, &known)?;
    if common.format == Format::Json {
        print_json(&audit)?;
    } else {
        print(&told_of_pack(&audit, &known))?;
    }
    Ok(ExitCode::from_code(audit.exit_code()).unwrap_or(ExitCode::CANNOT_JUDGE))
}

fn told_of_pack(audit: &PackAudit, known: &Known) -> String {
    let mut text = String::new();
    let part = audit
        .part
        .map(|part| format!(", part {} of {}", part.number, part.of));
    let _ = writeln!(
        text,
        "Pack      {}, {}{}",
        audit.supplier,
        audit.target,
        part.unwrap_or_default()
    );
    if audit.simulator {
        let _ = writeln!(text, "          {SIMULATOR_WORDS}");
    } else if audit.draft {
        let _ = writeln!(text, "          a draft: mandatory points may be open");
    }
    let _ = writeln!(text, "SHA-256   {}", audit.sha256);
    text.push_str(&signed("Signed   ", audit.signer.as_ref(), known));
    for run in &audit.runs {
        let _ = writeln!(text, "Run       {}", run.run_id);
        called(&mut text, run);
        let _ = writeln!(
            text,
            "          {}, chained to head {}; {} computed again",
            number_of(run.events, "event"),
            run.head,
            number_of(run.judgements, "judgement")
        );
        text.push_str(&signed("          signed", run.signer.as_ref(), known));
        text.push_str(&statements("         ", run, known));
    }
    if audit.withheld_pdfs > 0 {
        let pdfs = count(audit.withheld_pdfs, "PDF");
        let _ = writeln!(
            text,
            "Bodies    {pdfs} withheld by policy: observed, not re-checked"
        );
    }
    if audit.pictures > 0 {
        let number = audit.pictures;
        let _ = writeln!(text, "Pictures  {number}, held by their hashes alone");
    }
    for run in &audit.omitted {
        let _ = writeln!(
            text,
            "Omitted   {}, sealed {} (head {})",
            run.run_id, run.sealed_at, run.head
        );
    }
    for note in &audit.notes {
        let _ = writeln!(text, "Note      {note}");
    }
    for finding in &audit.findings {
        let _ = writeln!(text, "✗ {finding}");
    }
    text.push_str(&conclusion_of_pack(audit));
    text
}

fn conclusion_of_pack(audit: &PackAudit) -> String {
    if !audit.findings.is_empty() {
        return "The pack does not hold.\n".to_owned();
    }
    match &audit.vouched {
        Vouched::Whole => "The pack holds, and it is the one with the hash given.\n".to_owned(),
        Vouched::Runs => "The pack holds, and its runs are those with the heads given. A head says nothing of what people added: give the zip's SHA-256 for that.\n".to_owned(),
        Vouched::AllBut(others) => {
            let names: Vec<&str> = others.iter().map(|id| id.as_str()).collect();
            format!(
                "The heads given are not of every run: nothing is known from elsewhere of {}. Give the zip's SHA-256, or the heads of all runs, with commas between.\n",
                names.join(", ")
            )
        }
        Vouched::Nothing => "The pack holds. Give --head HASH (the zip's SHA-256, or the heads of all runs), as known from the email, to know that it is the one that was handed in.\n".to_owned(),
    }
}

/// Who signed, and whether anybody says that this is the supplier's key.
fn signed(label: &str, signer: Option<&Signer>, known: &Known) -> String {
    let Some(signer) = signer else {
        return String::new();
    };
    let fingerprint = &signer.fingerprint;
    match &known.signer {
        Some(known) if known.as_str() == fingerprint => {
            format!("{label} by {fingerprint}, the key given\n")
        }
        _ => format!(
            "{label} by {fingerprint}; nobody vouched for this key: hold it against the one that the supplier told you, with --signer\n"
        ),
    }
}

/// What people added, as what it is.
fn statements(label: &str, run: &AuditReport, known: &Known) -> String {
    let Some(head) = &run.additions_head else {
        return String::new();
    };
    let mut text = format!(
        "{label} {} of the supplier, which no journal proves (additions {head}{}):\n",
        number_of(run.additions, "statement"),
        match known.additions.contains(head) {
            true => ", as given",
            false => "",
        }
    );
    for statement in run.statements.iter().take(MOST_STATEMENTS) {
        let _ = writeln!(text, "          - {statement}");
    }
    let more = run.statements.len().saturating_sub(MOST_STATEMENTS);
    if more > 0 {
        let _ = writeln!(text, "          and {more} more");
    }
    text
}

/// So many statements are printed; the checklist and `--format json` have all.
const MOST_STATEMENTS: usize = 20;

fn grouped_u64(number: u64) -> String {
    grouped(usize::try_from(number).unwrap_or(usize::MAX))
}

fn number_of(number: u64, noun: &str) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), noun)
}

/// Where the requests went, and that it was not the real service.
fn called(text: &mut String, run: &AuditReport) {
    let called: Vec<String> = run.called.iter().take(5).map(|one| one_line(one)).collect();
    let _ = writeln!(text, "          called: {}", called.join(", "));
    if run.simulated {
        let _ = writeln!(text, "          {SIMULATOR_WORDS}");
    }
}

fn told(report: &AuditReport, known: &Known) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "Run       {}", report.run_id);
    called(&mut text, report);
    let _ = writeln!(
        text,
        "Events    {}, chained to head {}",
        grouped_u64(report.events),
        report.head
    );
    let _ = writeln!(
        text,
        "Bodies    {} as their hashes say",
        grouped_u64(report.bodies)
    );
    if report.withheld_pdfs > 0 {
        let _ = writeln!(
            text,
            "          {} withheld by policy: observed, not re-checked",
            number_of(report.withheld_pdfs, "PDF")
        );
    }
    if report.withheld_bodies > 0 {
        let _ = writeln!(
            text,
            "          {} more of which hash and size alone were kept: observed, not re-checked",
            grouped_u64(report.withheld_bodies)
        );
    }
    if report.rechecked_pdfs > 0 {
        let _ = writeln!(
            text,
            "          {} kept, checked again",
            number_of(report.rechecked_pdfs, "PDF")
        );
    }
    let _ = writeln!(
        text,
        "Verdicts  {} computed again",
        number_of(report.judgements, "judgement")
    );
    text.push_str(&signed("Signed   ", report.signer.as_ref(), known));
    text.push_str(&statements("Additions", report, known));
    let _ = writeln!(text, "Contract  {}", contract(&report.contract));
    for finding in &report.findings {
        let _ = writeln!(text, "✗ {finding}");
    }
    text.push_str(conclusion(report, !known.heads.is_empty()));
    text
}

/// What the answers came to beside the API's description; `report` names each difference.
fn contract(contract: &ContractResult) -> String {
    let counts = [
        (contract.count(Weight::Finding), "missing or changed"),
        (contract.count(Weight::Observation), "added"),
        (contract.count(Weight::Known), "known"),
    ];
    let told = counts.iter().map(|(count, word)| format!("{count} {word}"));
    format!(
        "{} beside the API's description: {}",
        number_of(contract.answers, "answer"),
        told.collect::<Vec<_>>().join(", ")
    )
}

fn conclusion(report: &AuditReport, head_given: bool) -> &'static str {
    match (report.findings.is_empty(), report.sealed) {
        (false, _) => "The evidence does not hold.\n",
        (true, false) if report.torn => {
            "What there is holds, but the last line is torn: the run was killed while it wrote. Go on with run --resume.\n"
        }
        (true, false) => "What there is holds, but the run has no seal: it is not complete.\n",
        (true, true) if head_given => {
            "The evidence holds, and it is the run with the head given.\n"
        }
        (true, true) => {
            "The evidence holds. Give --head HASH, as known from the email, to know that it is the run that was handed in.\n"
        }
    }
}
