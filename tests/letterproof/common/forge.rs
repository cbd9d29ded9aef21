//! What a forger can do: change lines, then make chain and seal fit again.

use std::fs;
use std::path::Path;

use letterproof::evidence::{RunDir, build_seal, sha256_hex};
use serde_json::Value;

/// The journal's lines as texts, without their ends.
pub fn lines(run: &Path) -> Vec<String> {
    let text = fs::read_to_string(run.join("journal.jsonl")).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// Writes `lines` as they are: the chain may break.
pub fn write(run: &Path, lines: &[String]) {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    fs::write(run.join("journal.jsonl"), text).unwrap();
}

/// Writes `lines` with `seq` and `prev` made to fit, and a seal that fits them.
pub fn rechain(run: &Path, lines: &[String]) {
    let mut prev = "0".repeat(64);
    let mut chained = Vec::new();
    for (seq, line) in lines.iter().enumerate() {
        let line = with_head(line, seq, &prev);
        prev = sha256_hex(line.as_bytes());
        chained.push(line);
    }
    write(run, &chained);
    reseal(run);
}

/// Writes the seal that belongs to the files as they are now.
pub fn reseal(run: &Path) {
    let seal = build_seal(&RunDir::at(run)).expect("a journal whose chain holds");
    fs::write(run.join("seal.json"), seal.canonical().unwrap()).unwrap();
}

/// The same line at another place of the chain.
fn with_head(line: &str, seq: usize, prev: &str) -> String {
    let mut value: Value = serde_json::from_str(line).unwrap();
    value["seq"] = seq.into();
    value["prev"] = prev.into();
    value.to_string()
}

/// Chains `lines` and makes the run's seal fit as somebody would who has no letterproof, or who
/// says what none says: head, number of lines, hash of the journal and the run's id, as it is.
pub fn rechain_by_hand(run: &Path, lines: &[String]) {
    let mut prev = "0".repeat(64);
    let mut chained = Vec::new();
    for (seq, line) in lines.iter().enumerate() {
        chained.push(with_head(line, seq, &prev));
        prev = sha256_hex(chained[seq].as_bytes());
    }
    write(run, &chained);
    let first: Value = serde_json::from_str(&lines[0]).unwrap();
    edit_seal(run, |seal| {
        let journal = fs::read(run.join("journal.jsonl")).unwrap();
        seal["head"] = prev.into();
        seal["events"] = lines.len().into();
        seal["files"]["journal.jsonl"] = sha256_hex(&journal).into();
        seal["run_id"] = first["run_id"].clone();
    });
}

/// Changes the seal and leaves it in canonical form.
pub fn edit_seal(run: &Path, edit: impl FnOnce(&mut Value)) {
    let path = run.join("seal.json");
    let mut seal: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    edit(&mut seal);
    fs::write(path, format!("{seal}\n")).unwrap();
}
