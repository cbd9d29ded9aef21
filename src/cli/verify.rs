//! `verify`: a run or a pack checked again by anyone.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::acceptance::{count, grouped};
use crate::audit::{AuditReport, verify_run};
use crate::evidence::RunDir;
use crate::model::{ContractResult, Weight};
use crate::pack::{PackAudit, verify_pack};
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
    let report = verify_run(
        &RunDir::named(&args.path, &common.evidence_dir),
        args.head.as_deref(),
    )?;
    if common.format == Format::Json {
        print_json(&report)?;
    } else {
        print(&told(&report, args.head.is_some()))?;
    }
    Ok(ExitCode::from_code(report.exit_code()).unwrap_or(ExitCode::CANNOT_JUDGE))
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
    let audit = verify_pack(&args.path, args.head.as_deref())?;
    if common.format == Format::Json {
        print_json(&audit)?;
    } else {
        print(&told_of_pack(&audit, args.head.is_some()))?;
    }
    Ok(ExitCode::from_code(audit.exit_code()).unwrap_or(ExitCode::CANNOT_JUDGE))
}

fn told_of_pack(audit: &PackAudit, head_given: bool) -> String {
    let mut text = String::new();
    let part = audit
        .part
        .map(|part| format!(", part {} of {}", part.number, part.of));
    let (supplier, target) = (one_line(&audit.supplier), one_line(&audit.target));
    let _ = writeln!(
        text,
        "Pack      {supplier}, {target}{}",
        part.unwrap_or_default()
    );
    if audit.simulator {
        let _ = writeln!(text, "          {SIMULATOR_WORDS}");
    } else if audit.draft {
        let _ = writeln!(text, "          a draft: mandatory points may be open");
    }
    let _ = writeln!(text, "SHA-256   {}", audit.sha256);
    for run in &audit.runs {
        let _ = writeln!(text, "Run       {}", run.run_id);
        let _ = writeln!(
            text,
            "          {}, chained to head {}; {} computed again",
            number_of(run.events, "event"),
            run.head,
            number_of(run.judgements, "judgement")
        );
        if let Some(signer) = &run.signer {
            let _ = writeln!(text, "          signed by {}", signer.fingerprint);
        }
        if run.additions > 0 {
            let _ = writeln!(
                text,
                "          {} of people",
                number_of(run.additions, "addition")
            );
        }
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
        let id = one_line(&run.run_id);
        let _ = writeln!(
            text,
            "Omitted   {id}, sealed {} (head {})",
            run.sealed_at, run.head
        );
    }
    for note in &audit.notes {
        let _ = writeln!(text, "Note      {note}");
    }
    for finding in &audit.findings {
        let _ = writeln!(text, "✗ {}", one_line(&finding.to_string()));
    }
    text.push_str(match (audit.findings.is_empty(), head_given) {
        (false, _) => "The pack does not hold.\n",
        (true, true) => "The pack holds, and it is the one with the hash given.\n",
        (true, false) => {
            "The pack holds. Give --head HASH (a run's head, or the zip's SHA-256), as known from the email, to know that it is the one that was handed in.\n"
        }
    });
    text
}

fn grouped_u64(number: u64) -> String {
    grouped(usize::try_from(number).unwrap_or(usize::MAX))
}

fn number_of(number: u64, noun: &str) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), noun)
}

fn told(report: &AuditReport, head_given: bool) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "Run       {}", report.run_id);
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
    let _ = writeln!(
        text,
        "Verdicts  {} computed again",
        number_of(report.judgements, "judgement")
    );
    if let Some(signer) = &report.signer {
        let _ = writeln!(
            text,
            "Signed    by {} ({})",
            signer.fingerprint, signer.public_key
        );
    }
    if report.additions > 0 {
        let _ = writeln!(
            text,
            "Additions {} of people, chained to that head",
            grouped_u64(report.additions)
        );
    }
    let _ = writeln!(text, "Contract  {}", contract(&report.contract));
    for finding in &report.findings {
        let _ = writeln!(text, "✗ {finding}");
    }
    text.push_str(conclusion(report, head_given));
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
