//! `README.txt`: the first page, for whoever opens the zip.

use std::fmt::Write as _;

use crate::acceptance::count;
use crate::report::one_line;

use super::manifest::Manifest;
use super::table;

/// The page; lines end as every editor reads them.
pub(super) fn readme(manifest: &Manifest) -> Vec<u8> {
    let parts = [
        heading(manifest),
        format!("Sign-off\n\n{}", table::sign_off(manifest)),
        where_to_look(manifest),
        format!("Runs in this pack\n\n{}", table::heads(manifest)),
        left_out(manifest),
        how_to_verify(manifest),
    ];
    let filled = parts.into_iter().filter(|part| !part.is_empty());
    let text = filled.collect::<Vec<_>>().join("\n\n");
    text.replace('\n', "\r\n").into_bytes()
}

fn heading(manifest: &Manifest) -> String {
    let mut text = String::new();
    if let Some(warning) = table::warning(manifest) {
        let _ = writeln!(text, "*** {warning} ***\n");
    }
    let _ = writeln!(
        text,
        "Evidence for the NHS Notify Supplier API Acceptance Test Pack\n"
    );
    let _ = writeln!(text, "Supplier        {}", one_line(&manifest.supplier));
    if let Some(system) = &manifest.system {
        let _ = writeln!(text, "System          {}", one_line(system));
    }
    let _ = writeln!(text, "Driven          {}", table::driven(manifest));
    let environment = table::environment(manifest);
    let _ = writeln!(text, "Environment     {environment}");
    let _ = writeln!(text, "Evidence until  {}", manifest.evidence_until);
    let _ = writeln!(text, "Test pack       revision {}", manifest.pack_revision);
    let _ = writeln!(
        text,
        "Packed by       letterproof {}",
        manifest.tool_version
    );
    if let Some(part) = &manifest.part {
        let _ = writeln!(
            text,
            "Part            {} of {}; each part can be checked alone",
            part.number, part.of
        );
    }
    text.trim_end().to_owned()
}

fn where_to_look(manifest: &Manifest) -> String {
    let has = |ending: &str| manifest.files.keys().any(|name| name.ends_with(ending));
    let mut text = String::from("Where to look\n\n");
    let mut line = |name: &str, what: &str| {
        let _ = writeln!(text, "{name:<36}{what}");
    };
    line(
        "checklist.html",
        "the Acceptance Test Pack, point by point; open it first",
    );
    if has("/report.html") {
        line(
            "reports/<run>/report.html",
            "everything of a run, in a browser",
        );
    }
    line("reports/<run>/summary.md", "a run on one page");
    line(
        "reports/<run>/transitions.csv",
        "each letter's updates with times",
    );
    line("reports/<run>/mi.csv", "management information");
    line("reports/<run>/downloads.csv", "the download log");
    line(
        "reports/<run>/exchanges.har",
        "every API call; opens in browser developer tools and Postman",
    );
    line("reports/<run>/junit.xml", "the verdicts, for programs");
    if has(".png") || has(".pdf") {
        line("reports/<run>/*.png, *.pdf", "pictures, made by a browser");
    }
    if manifest
        .tests
        .iter()
        .any(|test| !test.attachments.is_empty())
    {
        line(
            "evidence/<run>/attachments/",
            "files that people attached; the checklist names them",
        );
    }
    line(
        "evidence/<run>/",
        "the evidence itself: journal, bodies, seal",
    );
    line("pack.json", "what this pack holds, for programs");
    text.push('\n');
    let certificate = manifest
        .files
        .keys()
        .find(|name| name.starts_with("selftest-"));
    text.push_str(&match certificate {
        Some(name) => format!("That each check can fail is shown in {name}."),
        None => "There is no selftest certificate with this pack.".to_owned(),
    });
    text
}

fn left_out(manifest: &Manifest) -> String {
    let pdfs: usize = manifest.withheld_pdfs.values().map(Vec::len).sum();
    let mut text = String::from("Left out\n\n");
    let omitted = table::omitted(manifest);
    if omitted.is_empty() {
        text.push_str("Every sealed run of this environment that there was is packed.\n");
    } else {
        let _ = writeln!(
            text,
            "These sealed runs of this environment are not packed, because later ones count or others\nwere chosen:\n\n{omitted}"
        );
    }
    let _ = write!(
        text,
        "{} withheld by policy; pack.json names each by its SHA-256.",
        count(pdfs, "letter PDF")
    );
    text
}

fn how_to_verify(manifest: &Manifest) -> String {
    let mut text = String::from(
        "How to verify\n\n\
         Nothing has to be installed to read this pack. To check it, letterproof computes every verdict\n\
         again from the journals, and every report; it works offline and needs no configuration:\n\n  \
         letterproof verify <this zip> --head <the SHA-256 in the email>\n\n\
         Attachments, attestations, reviews and mitigations are statements of the supplier.\n\
         Hold the zip's SHA-256 and the heads above against those in the email (on Windows:\n\
         certutil -hashfile <this zip> SHA256). Without letterproof: docs/evidence.md of its sources\n\
         says how to check journal, bodies and seal with a shell.\n",
    );
    if manifest.runs.iter().any(|run| run.signed_by.is_some()) {
        text.push_str(
            "\nThe seals are signed. Hold the key's fingerprint against the one that the supplier told you,\n\
             then, for each run, in the unpacked folder (ssh-keygen is part of OpenSSH):\n\n  \
             ssh-keygen -Y verify -f signatures/allowed_signers -I letterproof -n letterproof \\\n    \
             -s signatures/<run>.json.sig < signatures/<run>.json\n",
        );
    }
    text
}
