//! Cover sheets for printed samples: one A4 page a specification, in one file that prints from
//! any browser.

use std::fmt::Write as _;

use crate::model::{count, is_misleading};

use super::email::day;
use super::{POSTAL_ADDRESS, Proof, Proofs};

const STYLE: &str = "\
@page { size: A4 portrait; margin: 10mm 15mm }
* { box-sizing: border-box }
body { font: 10pt/1.3 Arial, 'Liberation Sans', sans-serif; color: #212b32; margin: 0 auto; max-width: 180mm; padding: 4mm }
section { break-after: page; break-inside: avoid; margin-bottom: 14mm }
section:last-of-type { break-after: auto }
h1 { font-size: 17pt; margin: 0 0 1mm; overflow-wrap: anywhere }
h2 { font-size: 11pt; margin: 3.5mm 0 1mm }
.banner { border: 2px solid #d5281b; color: #d5281b; font-weight: bold; padding: 1.5mm 3mm; margin-bottom: 3mm; text-align: center }
.post { display: flex; justify-content: space-between; gap: 8mm; margin: 3mm 0 }
.post div { flex: 1; border: 1px solid #768692; padding: 1.5mm 3mm }
.post h2 { margin: 0 0 1mm; font-size: 9pt; font-weight: normal; color: #4c6272 }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .5mm 2mm .5mm 0; border-bottom: 1px solid #d8dde0; overflow-wrap: anywhere }
th { font-weight: normal; color: #4c6272; width: 34mm }
.checks td, .checks th { font-size: 8pt; padding-top: .25mm; padding-bottom: .25mm }
.checks th, .checks td:nth-child(2) { width: 16mm; white-space: nowrap; color: inherit }
.remark { font-weight: bold }
.hand td { height: 8mm }
@media screen and (max-width: 600px) { .post { display: block } .post div { margin-bottom: 3mm } }
@media print { body { padding: 0; max-width: none } section { margin: 0 } }
";

/// All sheets, as one HTML document.
pub(super) fn sheets(proofs: &Proofs, names: &[String]) -> String {
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Cover sheets of {}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n",
        escaped(&proofs.started.run_id)
    );
    for (proof, name) in proofs.proofs.iter().zip(names) {
        html.push_str(&sheet(proofs, proof, name));
    }
    html.push_str("</main>\n</body>\n</html>\n");
    html
}

fn sheet(proofs: &Proofs, proof: &Proof, name: &str) -> String {
    let mut html = String::from("<section>\n");
    if let Some(banner) = proofs.banner() {
        let _ = writeln!(html, "<p class=\"banner\">{banner}</p>");
    }
    let _ = writeln!(
        html,
        "<p>Printed sample for specification proofing</p>\n<h1>{}</h1>",
        escaped(&proof.specification)
    );
    html.push_str(&post(proofs));
    html.push_str(&table("", &facts(proofs, proof, name)));
    let _ = writeln!(html, "<h2>Filled in by hand</h2>");
    let by_hand = [
        ("Printed on, by", ""),
        ("Machine and paper", ""),
        ("Envelope, inserts", ""),
    ];
    html.push_str(&table(
        "hand",
        &by_hand.map(|(name, value)| (name, value.to_owned())),
    ));
    let _ = writeln!(html, "<h2>Checks of the PDF</h2>");
    html.push_str(&checks(proof));
    html.push_str("</section>\n");
    html
}

fn post(proofs: &Proofs) -> String {
    let to = POSTAL_ADDRESS.map(escaped).join("<br>");
    let started = &proofs.started;
    let mut from = escaped(&started.supplier);
    if let Some(system) = &started.system {
        let _ = write!(from, "<br>{}", escaped(system));
    }
    format!("<div class=\"post\"><div><h2>To</h2>{to}</div><div><h2>From</h2>{from}</div></div>\n")
}

fn facts(proofs: &Proofs, proof: &Proof, name: &str) -> Vec<(&'static str, String)> {
    let started = &proofs.started;
    let mut facts = vec![
        ("Specification", proof.specification.clone()),
        ("Letter id", proof.letter.clone()),
    ];
    facts.extend(proof.group.clone().map(|group| ("Group", group)));
    facts.extend([
        ("Date", format!("{} (PDF fetched)", day(proof.at))),
        (
            "Run",
            format!("{}, target {}", started.run_id, started.target.name),
        ),
        ("Digital proof", name.to_owned()),
        ("SHA-256", proof.sha256.clone()),
        ("Pages", pages(proof)),
        ("Pack", pack(proof)),
        ("Fonts", fonts(proof)),
    ]);
    facts
}

fn pages(proof: &Proof) -> String {
    let sheets = proof.sheets().map_or_else(String::new, |sheets| {
        format!(" on {}", count(sheets as usize, "sheet"))
    });
    format!("{}{sheets}, {}", proof.pages.len(), proof.page_sizes())
}

fn pack(proof: &Proof) -> String {
    let (name, pack) = &proof.pack;
    let facts = pack.as_ref().map_or_else(String::new, |pack| {
        let sides = if pack.duplex {
            "both sides"
        } else {
            "one side"
        };
        format!(": {}, {}, {sides}", pack.paper, pack.printing)
    });
    let assumed = if proof.pack_known {
        ""
    } else {
        " (assumed: the specification names no pack that we know)"
    };
    format!("{name}{facts}{assumed}")
}

fn fonts(proof: &Proof) -> String {
    let fonts = proof
        .fonts
        .iter()
        .map(|font| format!("{} ({})", font.name, font.embedding));
    let fonts: Vec<String> = fonts.collect();
    if fonts.is_empty() {
        "none".to_owned()
    } else {
        fonts.join(", ")
    }
}

fn table(class: &str, rows: &[(&str, String)]) -> String {
    let mut html = format!("<table class=\"{class}\">\n");
    for (name, value) in rows {
        let _ = writeln!(
            html,
            "<tr><th scope=\"row\">{name}</th><td>{}</td></tr>",
            escaped(value)
        );
    }
    html.push_str("</table>\n");
    html
}

fn checks(proof: &Proof) -> String {
    let mut html = String::from("<table class=\"checks\">\n");
    for check in proof.checks.iter().filter(|check| check.was_run()) {
        let (class, word) = if check.is_remark() {
            ("remark", "remark")
        } else {
            ("", "holds")
        };
        let _ = writeln!(
            html,
            "<tr class=\"{class}\"><th scope=\"row\">{}</th><td>{word}</td><td>{}</td><td>{}</td></tr>",
            check.id,
            escaped(check.id.rule().demand),
            escaped(&check.observed)
        );
    }
    html.push_str("</table>\n");
    html
}

/// Text that markup cannot come out of; what cannot be seen is taken out.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            c if is_misleading(c) || c.is_control() => {}
            c => html.push(c),
        }
    }
    html
}
