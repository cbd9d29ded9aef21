//! The log of applied updates: one JSON object a line.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;

use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::error::SimulatorError;
use super::lock::hold;
use super::status::Status;
use super::store::Applied;

/// Where applied updates are written, if anywhere.
#[derive(Debug, Default)]
pub(crate) struct UpdateLog(Option<Mutex<File>>);

#[derive(Serialize)]
struct Line<'a> {
    at: String,
    supplier: &'a str,
    letter: &'a str,
    from: Status,
    to: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_code: Option<&'a str>,
    request_id: &'a str,
}

impl UpdateLog {
    /// Opens the log for appending; without a path nothing is logged.
    ///
    /// # Errors
    /// A file that cannot be opened.
    pub(crate) fn open(path: Option<&Path>) -> Result<UpdateLog, SimulatorError> {
        let Some(path) = path else {
            return Ok(UpdateLog::default());
        };
        let file = File::options().create(true).append(true).open(path);
        let file = file.map_err(|source| SimulatorError::Log {
            path: path.to_owned(),
            source,
        })?;
        Ok(UpdateLog(Some(Mutex::new(file))))
    }

    /// Writes one line for each update. A full disk loses lines, not updates.
    pub(crate) fn write(&self, suppliers: &[String], applied: &[Applied]) {
        let Some(file) = self.0.as_ref().filter(|_| !applied.is_empty()) else {
            return;
        };
        let at = now();
        let lines = applied.iter().map(|update| line(&at, suppliers, update));
        let text: String = lines.collect();
        let _ = hold(file).write_all(text.as_bytes());
    }
}

fn line(at: &str, suppliers: &[String], update: &Applied) -> String {
    let line = Line {
        at: at.to_owned(),
        supplier: suppliers.get(update.supplier).map_or("", String::as_str),
        letter: &update.letter,
        from: update.from,
        to: update.to,
        reason_code: update.reason_code.as_deref(),
        request_id: &update.request_id,
    };
    serde_json::to_string(&line).unwrap_or_default() + "\n"
}

fn now() -> String {
    OffsetDateTime::now_utc()
        .format(&Rfc3339)
        .unwrap_or_default()
}
