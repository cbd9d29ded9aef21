//! Starts the child, gives it the PDF, and ends it when it is not done in time.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// The hidden verb that the child is started with.
pub const VERB: &str = "draw-pages";
/// Longest that the pages of one PDF may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often the child is asked whether it is done.
const PAUSE: Duration = Duration::from_millis(10);
/// Most bytes of its complaint that are read.
const MOST_SAID: u64 = 2_000;

/// Why there are no pictures.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The child could not be started or fed.
    #[error("the pages cannot be drawn: {0}")]
    Io(#[from] io::Error),
    /// The child gave up, or was ended by its limits.
    #[error("the pages were not drawn ({status}): {said}")]
    Failed {
        /// How it ended.
        status: ExitStatus,
        /// What it said.
        said: String,
    },
    /// The child was killed.
    #[error("the pages were not drawn within {} seconds", PATIENCE.as_secs())]
    TooSlow,
}

/// Draws the pages of a PDF into `folder`, as `STEM-page-1.png` and so on.
///
/// # Errors
/// [`PictureError`]. Pages that were drawn before stay.
pub fn pictures_of(pdf: &[u8], folder: &Path, stem: &str) -> Result<Vec<PathBuf>, PictureError> {
    let mut child = Command::new(std::env::current_exe()?)
        .arg(VERB)
        .arg(folder)
        .arg(stem)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    // It reads all of its input before it does anything else. If it is gone, its end tells why.
    if let Some(mut input) = child.stdin.take() {
        drop(input.write_all(pdf));
    }
    let status = wait(&mut child)?;
    if !status.success() {
        let said = child.stderr.take().map(said).unwrap_or_default();
        return Err(PictureError::Failed { status, said });
    }
    let pictures = (1..).map(|page| folder.join(format!("{stem}-page-{page}.png")));
    Ok(pictures.take_while(|picture| picture.is_file()).collect())
}

fn wait(child: &mut Child) -> Result<ExitStatus, PictureError> {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if Instant::now() >= end {
            child.kill()?;
            child.wait()?;
            return Err(PictureError::TooSlow);
        }
        std::thread::sleep(PAUSE);
    }
}

fn said(output: impl Read) -> String {
    let mut bytes = Vec::new();
    drop(output.take(MOST_SAID).read_to_end(&mut bytes));
    String::from_utf8_lossy(&bytes).trim().to_owned()
}
