//! Results on standard output; everything else goes to standard error.

use std::io::{self, Write};

use serde::Serialize;

use crate::model::{visible, visible_json};

use super::CliError;

/// Writes `text` to standard output, with nothing in it that a terminal would obey; a reader that
/// has gone away is no error.
///
/// # Errors
/// If standard output cannot be written.
pub fn print(text: &str) -> Result<(), CliError> {
    print_styled(&visible(text))
}

/// Writes `text`, which may have styles of this tool's own: what it repeats of others must be safe
/// already.
///
/// # Errors
/// If standard output cannot be written.
pub fn print_styled(text: &str) -> Result<(), CliError> {
    let mut out = anstream::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CliError::Io {
            action: "cannot write to standard output",
            source: error,
        }),
        _ => Ok(()),
    }
}

/// Writes `text` as a line to standard error; nobody can be told that it is closed.
pub fn tell(text: &str) {
    let mut err = anstream::stderr().lock();
    let _ = writeln!(err, "{text}").and_then(|()| err.flush());
}

/// Writes `value` as one JSON document.
///
/// # Errors
/// If standard output cannot be written.
pub fn print_json(value: &impl Serialize) -> Result<(), CliError> {
    let json = |error: serde_json::Error| CliError::Io {
        action: "cannot write the result as JSON",
        source: error.into(),
    };
    let text = serde_json::to_string_pretty(value).map_err(json)?;
    print_styled(&format!("{}\n", visible_json(&text)))
}
