//! What somebody could do to a journal afterwards.

use std::fmt::Display;
use std::fs;

use serde_json::Value;

use crate::evidence::{EvidenceError, RunDir, sha256_hex, write_seal};

/// One way to change a journal that was sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgery {
    /// An exchange is taken out.
    LeavesOut,
    /// A letter is called something else where it was read, and chain and seal are made to fit.
    ChangesId,
    /// Two exchanges change their times, and chain and seal are made to fit.
    Reorders,
    /// A verdict is turned round, and chain and seal are made to fit.
    ChangesVerdict,
    /// A line that nothing follows from is rewritten, and chain and seal are made to fit: only who
    /// knows the chain's head from elsewhere can tell.
    MendsChain,
}

impl Forgery {
    /// Does it to the run in `dir`.
    ///
    /// # Errors
    /// If the run's files cannot be read or written.
    pub fn commit(self, dir: &RunDir) -> Result<(), EvidenceError> {
        let path = dir.journal();
        let text = fs::read_to_string(&path).map_err(EvidenceError::io("read", &path))?;
        if self == Self::LeavesOut {
            return keep(dir, text.lines().filter(not_the_first_exchange()));
        }
        let mut lines: Vec<Value> = text
            .lines()
            .map(serde_json::from_str)
            .collect::<Result<_, _>>()?;
        self.edit(&mut lines);
        chain(&mut lines);
        keep(dir, lines.iter())?;
        let seal = dir.seal();
        fs::remove_file(&seal).map_err(EvidenceError::io("replace", &seal))?;
        write_seal(dir, None).map(drop)
    }

    fn edit(self, lines: &mut [Value]) {
        match self {
            // Lines are left out as they are: read and written anew, each would be another.
            Self::LeavesOut => {}
            Self::ChangesId => {
                if let Some(line) = lines.iter_mut().find(|line| is("status.observed")(line)) {
                    line["letter"]["id"] = "another-letter".into();
                }
            }
            Self::Reorders => {
                let mut exchanges = lines.iter_mut().filter(|line| is("exchange")(line));
                if let (Some(one), Some(other)) = (exchanges.next(), exchanges.next_back()) {
                    std::mem::swap(&mut one["at"], &mut other["at"]);
                }
            }
            Self::ChangesVerdict => {
                if let Some(line) = lines.iter_mut().rfind(|line| is("criterion.judged")(line)) {
                    let passed = line["verdict"] == "pass";
                    line["verdict"] = if passed { "fail" } else { "pass" }.into();
                }
            }
            Self::MendsChain => {
                if let Some(line) = lines.iter_mut().find(|line| is("note")(line)) {
                    line["text"] = "nothing to note".into();
                }
            }
        }
    }
}

fn is(kind: &str) -> impl Fn(&Value) -> bool {
    move |line| line["kind"] == kind
}

/// Every `prev` made to fit.
fn chain(lines: &mut [Value]) {
    let mut prev = "0".repeat(64);
    for line in lines {
        line["prev"] = prev.into();
        prev = sha256_hex(line.to_string().as_bytes());
    }
}

/// False for the first line that tells of an exchange.
fn not_the_first_exchange() -> impl FnMut(&&str) -> bool {
    let mut seen = false;
    move |line| {
        let exchange = serde_json::from_str(line).is_ok_and(|line: Value| is("exchange")(&line));
        !exchange || std::mem::replace(&mut seen, true)
    }
}

fn keep(dir: &RunDir, lines: impl Iterator<Item = impl Display>) -> Result<(), EvidenceError> {
    let path = dir.journal();
    let text: String = lines.map(|line| format!("{line}\n")).collect();
    fs::write(&path, text).map_err(EvidenceError::io("write", &path))
}
