//! stand-in
use crate::acceptance::RunResult;
use std::path::{Path, PathBuf};
/// e
#[derive(Debug, thiserror::Error)]
#[error("x")]
pub struct ReportError;
/// w
pub fn write_all(_: &RunResult, _: &Path) -> Result<Vec<PathBuf>, ReportError> {
    Ok(vec![])
}
/// j
pub fn json(r: &RunResult, _: &Path, _: &[PathBuf]) -> serde_json::Value {
    serde_json::json!({"v": r.verdicts()})
}
/// t
pub fn terminal(r: &RunResult, e: &Path, _: &[PathBuf]) -> String {
    let mut s = String::new();
    for p in &r.points {
        s += &format!(
            "{:<8} {:<15} {} | {}\n",
            p.id, p.judgement.verdict, p.text, p.judgement.observed
        );
    }
    s + &format!("{} events {} {}\n", e.display(), r.events, r.head)
}
