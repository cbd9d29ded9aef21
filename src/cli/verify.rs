//! `verify`: a run checked again by anyone.

use std::fmt::Write as _;

use crate::acceptance::grouped;
use crate::audit::{AuditReport, verify_run};
use crate::evidence::RunDir;
use crate::model::{ContractResult, Weight};

use super::args::{Common, Format, VerifyArgs};
use super::output::{print, print_json};
use super::{CliError, ExitCode};

/// Checks the run and prints what does not hold.
///
/// # Errors
/// If there is no run at that path.
pub fn run(args: &VerifyArgs, common: &Common) -> Result<ExitCode, CliError> {
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

fn told(report: &AuditReport, head_given: bool) -> String {
    let mut text = String::new();
    let count = |number: u64| grouped(usize::try_from(number).unwrap_or(usize::MAX));
    let _ = writeln!(text, "Run       {}", report.run_id);
    let _ = writeln!(
        text,
        "Events    {}, chained to head {}",
        count(report.events),
        report.head
    );
    let _ = writeln!(
        text,
        "Bodies    {} as their hashes say",
        count(report.bodies)
    );
    if report.withheld_pdfs > 0 {
        let _ = writeln!(
            text,
            "          {} PDFs withheld by policy: observed, not re-checked",
            count(report.withheld_pdfs)
        );
    }
    let _ = writeln!(
        text,
        "Verdicts  {} judgements computed again",
        count(report.judgements)
    );
    let _ = writeln!(text, "Contract  {}", contract(&report.contract));
    for finding in &report.findings {
        let _ = writeln!(text, "✗ {finding}");
    }
    text.push_str(conclusion(report, head_given));
    text
}

/// What the answers came to beside the API's description; `report` names each difference.
fn contract(contract: &ContractResult) -> String {
    let number = |count: u64| grouped(usize::try_from(count).unwrap_or(usize::MAX));
    let counts = [
        (contract.count(Weight::Finding), "missing or changed"),
        (contract.count(Weight::Observation), "added"),
        (contract.count(Weight::Known), "known"),
    ];
    let told = counts.iter().map(|(count, word)| format!("{count} {word}"));
    format!(
        "{} answers beside the API's description: {}",
        number(contract.answers),
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
