//! What the child does: reads a PDF, writes a picture of each page.

use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::page::Page;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};

/// Dots per inch: enough to read the small print on a screen.
const DPI: f32 = 150.0;
/// Points per inch.
const POINTS: f32 = 72.0;
/// Longest side of a page that is drawn, in points: twice that of A4.
const LONGEST_SIDE: f32 = 1_684.0;
/// Most pages that are drawn.
const MOST_PAGES: usize = 50;
/// Largest PDF, in bytes (pdf-preflight, caps).
const MOST_BYTES: u64 = 10 * 1024 * 1024;
/// Most memory that the child may ask for, in bytes.
#[cfg(unix)]
const MOST_MEMORY: u64 = 1024 * 1024 * 1024;
/// Most processor time that it may take, in seconds.
#[cfg(unix)]
const MOST_SECONDS: u64 = 20;

/// Why pages were not drawn.
#[derive(Debug, thiserror::Error)]
pub enum DrawError {
    /// Limits could not be set, the PDF not read, or a picture not written.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// hayro does not read the PDF.
    #[error("the PDF cannot be drawn")]
    Unreadable,
    /// A page is larger than any letter's.
    #[error("page {0} is too large to be drawn")]
    TooLarge(usize),
    /// A picture could not be compressed.
    #[error("the picture of page {0} could not be made")]
    Picture(usize),
}

/// Draws the PDF on standard input into `folder`, as `STEM-page-1.png` and so on.
///
/// # Errors
/// [`DrawError`]; the parent reads it on standard error.
pub fn draw(folder: &Path, stem: &str) -> Result<(), DrawError> {
    limit()?;
    let mut bytes = Vec::new();
    io::stdin().take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(DrawError::Unreadable);
    }
    let pdf = Pdf::new(Arc::new(bytes)).map_err(|_| DrawError::Unreadable)?;
    let cache = RenderCache::new();
    for (index, page) in pdf.pages().iter().take(MOST_PAGES).enumerate() {
        let number = index + 1;
        let picture = picture(page, &cache, number)?;
        fs::write(folder.join(format!("{stem}-page-{number}.png")), picture)?;
    }
    Ok(())
}

fn picture<'a>(
    page: &'a Page<'a>,
    cache: &RenderCache<'a>,
    number: usize,
) -> Result<Vec<u8>, DrawError> {
    let (width, height) = page.render_dimensions();
    if !(width <= LONGEST_SIDE && height <= LONGEST_SIDE) {
        return Err(DrawError::TooLarge(number));
    }
    let settings = PixmapSettings {
        x_scale: DPI / POINTS,
        y_scale: DPI / POINTS,
        bg_color: WHITE,
    };
    let interpreter = InterpreterSettings::default();
    let drawn = render(
        page,
        cache,
        &interpreter,
        &RenderSettings::default(),
        &settings,
    );
    drawn.into_png().map_err(|_| DrawError::Picture(number))
}

/// From here on the system itself ends the process when it takes too much.
#[cfg(unix)]
fn limit() -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let at_most = |limit| Rlimit {
        current: Some(limit),
        maximum: Some(limit),
    };
    setrlimit(Resource::As, at_most(MOST_MEMORY))?;
    setrlimit(Resource::Cpu, at_most(MOST_SECONDS))?;
    Ok(())
}

/// Elsewhere the parent's clock is the only limit.
#[cfg(not(unix))]
fn limit() -> io::Result<()> {
    Ok(())
}
