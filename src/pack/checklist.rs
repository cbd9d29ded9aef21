//! `checklist.html`: the Acceptance Test Pack, point by point, to read, print and tick.
//!
//! One file without scripts and without network, so that it opens from inside a zip. Nothing that
//! a service or a person wrote is markup in it.

use std::fmt::Write as _;

use crate::acceptance::catalogue;
use crate::report::{visible, word};

use super::manifest::{Manifest, PointEntry, TestEntry};
use super::table;

/// What the pack names as evidence of each test (Acceptance Pack page), and where it lies.
const EVIDENCE: [(&str, &str, &str); 15] = [
    (
        "AT1",
        "successful responses of both endpoints",
        "exchanges.har",
    ),
    ("AT2", "count of unique ids", "exchanges.har"),
    (
        "AT3",
        "both retrievals, and the processing log",
        "exchanges.har",
    ),
    (
        "AT4",
        "status before and after, update count",
        "transitions.csv",
    ),
    ("AT5", "responses, before and after", "transitions.csv"),
    ("AT6", "responses, before and after", "transitions.csv"),
    ("AT7", "responses, before and after", "transitions.csv"),
    ("AT8", "responses, before and after", "transitions.csv"),
    ("AT9", "responses, before and after", "transitions.csv"),
    (
        "AT10",
        "state transitions with timestamps",
        "transitions.csv",
    ),
    ("AT11", "audit trail, before and after", "transitions.csv"),
    (
        "AT12",
        "state transitions with timestamps",
        "transitions.csv",
    ),
    (
        "AT13",
        "state transitions with timestamps",
        "transitions.csv",
    ),
    ("AT14", "payloads and responses", "mi.csv"),
    ("AT15", "download log, total elapsed time", "downloads.csv"),
];

const STYLE: &str = "body{font:1rem/1.5 Arial,sans-serif;color:#212b32;background:#fff;max-width:70rem;\
margin:0 auto;padding:1rem}h1{font-size:1.75rem;line-height:1.2}h2{font-size:1.25rem;margin:2rem 0 .5rem}\
table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #aeb7bd;padding:.5rem;\
text-align:left;vertical-align:top;overflow-wrap:anywhere}th{font-weight:700}\
.warning{border:4px solid #d5281b;padding:1rem;font-weight:700;font-size:1.25rem}\
.band,.called{display:none}.verdict{font-weight:700;white-space:nowrap}.pass{color:#005a30}.open{color:#a2140a}\
.tick{width:6rem}.small{color:#425563}a{color:#005eb8}a:focus{background:#fd0;outline:4px solid #212b32}\
@media print{.band{display:block;position:fixed;top:0;right:0;color:#d5281b;font-weight:700}\
.called{display:block;position:fixed;bottom:0;right:0;font-size:.75rem;color:#425563;background:#fff}\
section{break-inside:avoid}}@media(max-width:40rem){table,tbody,tr,td{display:block}\
thead{display:none}tr{border-bottom:1px solid #aeb7bd;padding:.5rem 0}td{border:0;padding:.125rem 0}\
td:empty{display:none}.tick{width:auto}.tick::after{content:\" Reviewed\"}}";

/// The page.
pub(super) fn checklist(manifest: &Manifest) -> Vec<u8> {
    let title = format!("Acceptance checklist: {}", text(&manifest.supplier));
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    );
    if let Some(warning) = table::warning(manifest) {
        let _ = writeln!(html, "<p class=\"band\" aria-hidden=\"true\">{warning}</p>");
        let _ = writeln!(html, "<p class=\"warning\">{warning}</p>");
    }
    let called = text(&manifest.called);
    let _ = writeln!(
        html,
        "<p class=\"called\" aria-hidden=\"true\">Called: {called}</p>"
    );
    let _ = writeln!(html, "<main>\n<h1>{title}</h1>");
    html.push_str(&facts(manifest));
    for test in &manifest.tests {
        section(&mut html, test, manifest);
    }
    html.push_str("</main>\n</body>\n</html>\n");
    html.into_bytes()
}

fn facts(manifest: &Manifest) -> String {
    let mut html = String::from("<p>");
    let part = manifest.part.as_ref();
    let part = part.map(|part| format!(" Part {} of {}.", part.number, part.of));
    let _ = writeln!(
        html,
        "Environment {}, evidence until {}, driven: {}.{} The points are those of the NHS Notify \
         Acceptance Test Pack, revision {}. Each verdict can be computed again with \
         <code>letterproof verify</code>.</p>",
        text(&table::environment(manifest)),
        manifest.evidence_until,
        text(&table::driven(manifest)),
        part.unwrap_or_default(),
        text(&manifest.pack_revision),
    );
    html
}

fn section(html: &mut String, test: &TestEntry, manifest: &Manifest) {
    let _ = writeln!(
        html,
        "<section>\n<h2 id=\"{id}\">{id} {} <span class=\"small\">({})</span></h2>",
        text(&test.title),
        test.level.as_str(),
        id = text(&test.id),
    );
    html.push_str(&evidence(test, manifest));
    html.push_str(
        "<table>\n<thead><tr><th scope=\"col\">Point</th><th scope=\"col\">Verdict</th>\
         <th scope=\"col\">What the reviewer must know</th><th scope=\"col\" class=\"tick\">Reviewed</th></tr></thead>\n<tbody>\n",
    );
    for point in &test.points {
        row(html, point);
    }
    html.push_str("</tbody>\n</table>\n");
    additions(html, test);
    html.push_str("</section>\n");
}

/// What the pack asks for, with links into the zip.
fn evidence(test: &TestEntry, manifest: &Manifest) -> String {
    let Some(run) = &test.run else {
        return "<p>No run had this test in scope.</p>\n".to_owned();
    };
    let named = EVIDENCE.iter().find(|(id, ..)| *id == test.id);
    let (what, file) = named.map_or(("", "exchanges.har"), |(_, what, file)| (*what, *file));
    let mut html = format!("<p>Run {}. The pack asks for: {what}. ", text(run));
    let report = format!("reports/{run}/report.html");
    let mut links = Vec::new();
    if manifest.files.contains_key(&report) {
        links.push(format!(
            "<a href=\"{report}#{}\">report</a>",
            text(&test.id)
        ));
    }
    links.push(format!("<a href=\"reports/{run}/{file}\">{file}</a>"));
    let _ = writeln!(html, "See {}.</p>", links.join(", "));
    html
}

fn row(html: &mut String, point: &PointEntry) {
    let green = crate::acceptance::signoff::is_green(point.verdict);
    let class = if green { "pass" } else { "open" };
    let mut notes = Vec::new();
    notes.extend(point.observed.as_deref().map(text));
    if let Some(agreed) = &point.mitigation {
        notes.push(format!(
            "Mitigation agreed with {}: {}",
            text(&agreed.agreed_with),
            text(&agreed.note)
        ));
    }
    let words = catalogue::point(&point.id).map_or(point.text.as_str(), |known| known.text);
    let _ = writeln!(
        html,
        "<tr><td>{} {}</td><td class=\"verdict {class}\">{}</td><td>{}</td><td class=\"tick\">☐</td></tr>",
        text(&point.id),
        text(words),
        word(point.verdict),
        notes.join("<br>"),
    );
}

fn additions(html: &mut String, test: &TestEntry) {
    if !(test.attachments.is_empty() && test.attestations.is_empty()) {
        html.push_str(
            "<p class=\"small\">Statements of the supplier, which no journal proves:</p>\n",
        );
    }
    for file in &test.attachments {
        let note = file.note.as_deref().unwrap_or_default();
        let _ = writeln!(
            html,
            "<p>Attached: <a href=\"{}\">{}</a> {}</p>",
            text(&file.path),
            text(&file.name),
            text(note)
        );
    }
    for said in &test.attestations {
        let _ = writeln!(
            html,
            "<p>Attested by {} ({}): {}</p>",
            text(&said.by),
            text(&said.role),
            text(&said.note)
        );
    }
}

/// The longest text that is shown; the whole stands in the journal.
const LONGEST: usize = 2_000;

/// `raw` as text of a page: no markup, nothing hidden.
fn text(raw: &str) -> String {
    let mut safe = String::with_capacity(raw.len());
    let shown = visible(raw);
    for (place, c) in shown.chars().enumerate() {
        if place == LONGEST {
            safe.push_str(" … (the rest stands in the journal)");
            break;
        }
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acceptance::CATALOGUE;

    #[test]
    fn every_test_names_its_evidence() {
        for test in CATALOGUE {
            assert!(
                EVIDENCE.iter().any(|(id, ..)| *id == test.id),
                "{}",
                test.id
            );
        }
    }

    #[test]
    fn nothing_is_markup() {
        let safe = text("<script>\"'&]]>\u{202e}\u{0}");
        assert!(
            !safe.contains(['<', '>', '"', '\'', '\u{202e}', '\0']),
            "{safe}"
        );
        assert!(text(&"x".repeat(2_000_000)).len() < 3_000);
    }
}
