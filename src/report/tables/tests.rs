//! The tables and the archive of a run in which everything was hostile.

use std::fs;

use serde_json::{Value, json};

use super::Tables;
use crate::report::{sample, write_all};

/// The rows of a table, each cell as a spreadsheet reads it.
fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(bytes);
    let rows = reader.records().map(Result::unwrap);
    rows.map(|row| row.iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn nothing_hostile_becomes_a_formula_or_a_row() {
    let folder = tempfile::tempdir().unwrap();
    let run = sample::folder(folder.path());
    let reports = folder.path().join("reports");
    write_all(&run, &sample::run(), &reports).unwrap();
    let table = rows(&fs::read(reports.join("transitions.csv")).unwrap());
    assert_eq!(table.len(), 2, "one update");
    let row = &table[1];
    assert!(row[0].starts_with("'=cmd|"), "{}", row[0]);
    assert!(row[0].ends_with("x‹U+202E›"), "{}", row[0]);
    assert_eq!(row[1..5], ["'@SUM(1)", "'+1 ‹U+0000›", "PENDING", "FAILED"]);
    let times = &row[5..8];
    assert!(times.iter().all(|time| time.ends_with('Z')), "{times:?}");
    assert_eq!(row[9], "'-F01");
    assert!(row[10].len() < 32_767, "a cell holds no more");
    for cell in table.iter().flatten() {
        assert!(!cell.contains(['\n', '\r', '\0']), "{cell:?}");
    }
}

#[test]
fn the_archive_holds_hostile_texts_as_texts() {
    let folder = tempfile::tempdir().unwrap();
    let run = sample::folder(folder.path());
    let reports = folder.path().join("reports");
    write_all(&run, &sample::run(), &reports).unwrap();
    let text = fs::read_to_string(reports.join("exchanges.har")).unwrap();
    assert!(!text.contains(['\u{202e}', '\u{1b}']));
    assert!(text.len() < 100_000, "a huge body lies apart");
    let har: Value = serde_json::from_str(&text).unwrap();
    let entries = har["log"]["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 5);
    let huge = &entries[3]["response"]["content"];
    let file = huge["_file"].as_str().unwrap();
    assert!(run.path().join(file).is_file(), "{file}");
    let query = &entries[3]["request"]["queryString"];
    assert_eq!(query[0]["value"], "<b>");
    let signed = query[1]["value"].as_str().unwrap();
    assert!(signed.starts_with("‹redacted:query:"), "{signed}");
    assert_eq!(entries[4]["response"]["status"], 0);
    assert!(entries[4]["_error"].as_str().unwrap().contains("reset"));
    let told = har["log"]["comment"].as_str().unwrap();
    assert!(told.starts_with("SIMULATOR, NOT EVIDENCE"), "{told}");
    let echoed = entries[0]["response"]["headers"].as_array().unwrap();
    assert_eq!(echoed.len(), 1, "the repeated id is left out");
}

/// `downloads.csv` of a PDF that was checked in 0.1 ms, and of `later` lines about it.
fn downloads(later: &[Value]) -> Vec<Vec<String>> {
    let checked = json!({ "kind": "pdf.checked", "test": "AT15", "letter": "e01", "exchange": 6,
        "sha256": "aa", "bytes": 9, "us": 100,
        "checks": [{ "id": "PF-003", "outcome": "pass", "observed": "aa" }] });
    let mut tables = Tables::default();
    for (seq, event) in [&checked].into_iter().chain(later).enumerate() {
        let mut line = event.clone();
        line["seq"] = json!(seq + 7);
        line["at"] = json!("2026-12-07T09:00:00.000000Z");
        line["prev"] = json!("");
        tables.take(&crate::model::Line::read(line.to_string().as_bytes()).unwrap());
    }
    let files = tables.files().unwrap();
    rows(&files[2].1)
}

#[test]
fn checks_after_the_clock_complete_the_row_of_their_download() {
    let failed = json!([{ "id": "PF-051", "outcome": "fail", "observed": "no postcode" }]);
    let line = json!({ "kind": "pdf.completed", "test": "AT15", "checks": &failed,
        "pdfs": [{ "follows": 7, "us": 2900 }, { "follows": 99, "us": 1 }] });
    let older = json!({ "kind": "pdf.checked", "test": "AT15", "letter": "e01", "exchange": 6,
        "bytes": 9, "checks": &failed, "us": 2900, "follows": 7 });
    let table = downloads(&[line]);
    assert_eq!(table, downloads(&[older]));
    assert_eq!(table.len(), 2);
    assert_eq!(table[1][10..], ["PF-051", "3.000", "7", ""]);
}

#[test]
fn what_was_not_judged_has_a_column_of_its_own() {
    let unjudged = json!([{ "id": "PF-008", "outcome": "not_judged", "observed": "too long" }]);
    let line = json!({ "kind": "pdf.completed", "test": "AT15", "checks": unjudged,
        "pdfs": [{ "follows": 7, "us": 2900 }] });
    assert_eq!(downloads(&[line])[1][10..], ["", "3.000", "7", "PF-008"]);
}
