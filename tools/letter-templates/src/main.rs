//! Makes the template letters that the simulator fills in: one PDF a specification,
//! everything drawn except the recipient's address and the letter's reference.
//!
//! Run by hand when a text or a font changes; the results are committed.

mod finish;
mod fonts;
mod layout;

use std::path::{Path, PathBuf};

use fonts::FontSet;
use layout::{Direction, Letter};

/// What can go wrong while templates are made.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// A font or a text could not be read, or a template not be written.
    #[error("{path}: {source}")]
    File {
        /// The file in question.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The file is not a font that can be drawn with.
    #[error("{0}: not a usable font")]
    Font(PathBuf),
    /// krilla refused the document.
    #[error("the document could not be written: {0}")]
    Draw(String),
    /// The text needs more room than its pages have.
    #[error("{letter}: page {page} is too long by {points:.0} points")]
    Overfull {
        /// Which letter.
        letter: &'static str,
        /// Which page, counted from 1.
        page: usize,
        /// How far the text runs past the foot, in points.
        points: f32,
    },
    /// The drawn document lacks something that the finishing step needs.
    #[error("the document could not be finished: {0}")]
    Finish(#[from] lopdf::Error),
}

const LETTERS: [Letter; 4] = [
    Letter {
        name: "english",
        language: "en-GB",
        title: "Synthetic letter, English",
        text: include_str!("../letters/english.txt"),
        direction: Direction::LeftToRight,
    },
    Letter {
        name: "braille",
        language: "en-GB",
        title: "Synthetic letter, accessible format",
        text: include_str!("../letters/braille.txt"),
        direction: Direction::LeftToRight,
    },
    Letter {
        name: "arabic",
        language: "ar",
        title: "Synthetic letter, Arabic",
        text: include_str!("../letters/arabic.txt"),
        direction: Direction::RightToLeft,
    },
    Letter {
        name: "welsh",
        language: "cy",
        title: "Synthetic letter, Welsh",
        text: include_str!("../letters/welsh.txt"),
        direction: Direction::LeftToRight,
    },
];

fn main() -> std::process::ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let Some((out, fonts)) = arguments
        .split_last()
        .filter(|(_, fonts)| !fonts.is_empty())
    else {
        eprintln!("usage: letter-templates FONT_DIR... OUT_DIR");
        return std::process::ExitCode::from(2);
    };
    match make_all(fonts, out) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("letter-templates: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

fn make_all(font_dirs: &[PathBuf], out_dir: &Path) -> Result<(), TemplateError> {
    let fonts = FontSet::load(font_dirs)?;
    for letter in &LETTERS {
        let drawn = layout::draw(letter, &fonts)?;
        let template = finish::finish(&drawn)?;
        let path = out_dir.join(format!("{}.pdf", letter.name));
        std::fs::write(&path, &template).map_err(|source| TemplateError::File { path, source })?;
        println!("{}: {} bytes", letter.name, template.len());
    }
    Ok(())
}
