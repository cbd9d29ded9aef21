//! Pictures of a page, made by a browser that is installed on this machine.
//!
//! letterproof brings no browser along: it starts one that is there, headless, with an empty
//! profile and a time limit, and lets it print or photograph a file.

mod error;
mod find;
mod process;

use std::path::{Path, PathBuf};

pub use error::BrowserError;

/// A browser of the Chromium family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Browser {
    program: PathBuf,
}

/// The width of a picture in CSS pixels: a desktop's.
const WIDTH: u32 = 1_280;

/// The tallest picture: Chromium's surfaces end at 16,384 pixels.
const TALLEST: u32 = 16_000;

/// How a document says how tall it is, when its script has run.
const HEIGHT_MARK: &str = "data-height=\"";

impl Browser {
    /// The browser at `named`, or the first that is found on PATH or where installers put it.
    ///
    /// # Errors
    /// If there is none.
    pub fn find(named: Option<&Path>) -> Result<Self, BrowserError> {
        find::find(named).map(|program| Self { program })
    }

    /// The program.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// `html` printed, as the bytes of a PDF.
    ///
    /// # Errors
    /// If the browser cannot be started, takes too long or makes no PDF.
    pub fn print(&self, html: &str) -> Result<Vec<u8>, BrowserError> {
        let call = process::Call::new(&self.program, html)?;
        let out = call.path("page.pdf");
        let print = format!("--print-to-pdf={}", out.display());
        call.run(&[
            "--no-pdf-header-footer",
            "--generate-pdf-document-outline",
            &print,
        ])?;
        call.made("page.pdf", b"%PDF-")
    }

    /// `html` as a picture of its whole height, as the bytes of a PNG.
    ///
    /// # Errors
    /// If the browser cannot be started, takes too long or makes no picture.
    pub fn picture(&self, html: &str) -> Result<Vec<u8>, BrowserError> {
        let call = process::Call::new(&self.program, html)?;
        let document = call.run(&[&size(1_000), "--dump-dom"])?;
        let height = height_of(&document).unwrap_or(2_000).clamp(400, TALLEST);
        let out = call.path("page.png");
        let picture = format!("--screenshot={}", out.display());
        call.run(&[&size(height), &picture])?;
        call.made("page.png", b"\x89PNG")
    }
}

fn size(height: u32) -> String {
    format!("--window-size={WIDTH},{height}")
}

/// What the document's own script measured.
fn height_of(document: &str) -> Option<u32> {
    let (_, rest) = document.split_once(HEIGHT_MARK)?;
    rest.split('"').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_says_how_tall_it_is() {
        assert_eq!(
            height_of("<html lang=\"en\" data-height=\"4711\">"),
            Some(4_711)
        );
        assert_eq!(height_of("<html>"), None);
    }
}
