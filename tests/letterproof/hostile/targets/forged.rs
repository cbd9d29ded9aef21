//! Journals whose chain holds and whose lines say what no run would: numbers at their ends, texts
//! of any kind, other types, lines left out and doubled.
//!
//! A forger can make all hashes fit, so `verify` may hold such a run; but neither it nor a report
//! may panic, and what verifies can be reported.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use letterproof::audit::{Known, read_result, verify_run};
use letterproof::evidence::{RunDir, sha256_hex, write_seal};
use letterproof::report::write_all;
use serde_json::{Value, json};

use super::input::Choices;
use super::run::plain;

pub fn try_on(data: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let dir = forge(folder.path(), data);
    let audit = verify_run(&dir, &Known::default()).unwrap();
    let result = match read_result(&dir) {
        Ok(result) => result,
        Err(_) => {
            assert_ne!(audit.exit_code(), 0, "it verifies and cannot be read");
            return;
        }
    };
    write_all(&dir, &result, &folder.path().join("reports")).expect("a report of what reads");
}

/// The lines of a sound run.
fn sound() -> &'static [Value] {
    static SOUND: OnceLock<Vec<Value>> = OnceLock::new();
    SOUND.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let text = fs::read_to_string(plain(folder.path()).journal()).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        lines.collect()
    })
}

fn forge(root: &Path, data: &[u8]) -> RunDir {
    let mut lines = sound().to_vec();
    let mut choices = Choices::of(data);
    while !choices.is_empty() {
        change(&mut lines, &mut choices);
    }
    let dir = RunDir::create(root, &"the-run".parse().unwrap()).unwrap();
    let mut prev = "0".repeat(64);
    let mut text = String::new();
    for (seq, line) in lines.iter_mut().enumerate() {
        line["seq"] = seq.into();
        line["prev"] = prev.into();
        let line = line.to_string();
        prev = sha256_hex(line.as_bytes());
        text.push_str(&line);
        text.push('\n');
    }
    fs::write(dir.journal(), text).unwrap();
    // A journal that does not read has no seal.
    drop(write_seal(&dir, None));
    dir
}

fn change(lines: &mut Vec<Value>, choices: &mut Choices<'_>) {
    let kind = choices.byte() % 10;
    let place = usize::from(choices.byte()) % lines.len();
    match kind {
        0 if lines.len() > 1 => drop(lines.remove(place)),
        1 => lines.insert(place, lines[place].clone()),
        2 => {
            let other = usize::from(choices.byte()) % lines.len();
            lines.swap(place, other);
        }
        _ => {
            let value = hostile(choices);
            let leaf = usize::from(choices.byte());
            let mut leaves = Vec::new();
            leaves_of(&mut lines[place], &mut leaves);
            let count = leaves.len();
            *leaves.swap_remove(leaf % count) = value;
        }
    }
}

/// Every value in `value` that holds no other.
fn leaves_of<'v>(value: &'v mut Value, leaves: &mut Vec<&'v mut Value>) {
    let is_leaf = match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => true,
    };
    if is_leaf {
        leaves.push(value);
        return;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| leaves_of(item, leaves)),
        Value::Object(fields) => fields
            .values_mut()
            .for_each(|field| leaves_of(field, leaves)),
        _ => {}
    }
}

fn hostile(choices: &mut Choices<'_>) -> Value {
    match choices.byte() % 16 {
        0 => json!(u64::MAX),
        1 => json!(i64::MAX),
        2 => json!(u64::from(u32::MAX) + 1),
        3 => json!(u16::MAX),
        4 => json!(0),
        5 => json!(choices.byte()),
        6 => json!("0000-01-01T00:00:00.000000Z"),
        7 => json!("9999-12-31T23:59:59.999999Z"),
        8 => json!(""),
        9 => json!([]),
        10 => json!(null),
        11 => json!("FAILED"),
        12 => json!("AT15"),
        13 => json!("</script><script>alert(1)</script>]]>\u{202e}=cmd|"),
        14 => json!("x".repeat(70_000)),
        _ => String::from_utf8_lossy(choices.some(64)).into(),
    }
}
