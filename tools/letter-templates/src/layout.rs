//! Draws a letter: a heading, paragraphs and bullets on A4, page by page.

use krilla::color::luma;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::text::TextDirection;
use krilla::{Document, SerializeSettings};

use crate::TemplateError;
use crate::fonts::{Face, FontSet};

/// Points in a millimetre.
const MM: f32 = 72.0 / 25.4;
const WIDTH: f32 = 210.0 * MM;
const HEIGHT: f32 = 297.0 * MM;
/// NHS letters begin their text 21.6 mm from the left edge.
const LEFT: f32 = 21.6 * MM;
const RIGHT: f32 = WIDTH - LEFT;
/// Page 1 begins below the address window, which ends at 82 mm.
const FIRST_TOP: f32 = 98.0 * MM;
const TOP: f32 = 24.0 * MM;
/// Below this line stand the page number and the reference.
const FOOT: f32 = 275.0 * MM;
const PAGE_NUMBER_Y: f32 = 288.0 * MM;

/// Which way the letter is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    LeftToRight,
    RightToLeft,
}

/// A letter to be drawn.
pub struct Letter {
    /// The file's stem.
    pub name: &'static str,
    /// BCP 47.
    pub language: &'static str,
    pub title: &'static str,
    /// `# heading`, `## heading`, `* bullet`, a paragraph a line; `===` begins a page.
    pub text: &'static str,
    pub direction: Direction,
}

/// What a line of the text is.
struct Style {
    size: f32,
    leading: f32,
    before: f32,
    bold: bool,
    indent: f32,
    bullet: bool,
}

fn style(line: &str) -> (Style, &str) {
    let body = Style {
        size: 12.0,
        leading: 17.0,
        before: 8.0,
        bold: false,
        indent: 0.0,
        bullet: false,
    };
    if let Some(text) = line.strip_prefix("## ") {
        (
            Style {
                size: 13.0,
                leading: 17.0,
                before: 13.0,
                bold: true,
                ..body
            },
            text,
        )
    } else if let Some(text) = line.strip_prefix("# ") {
        (
            Style {
                size: 17.0,
                leading: 22.0,
                before: 0.0,
                bold: true,
                ..body
            },
            text,
        )
    } else if let Some(text) = line.strip_prefix("* ") {
        (
            Style {
                before: 3.0,
                indent: 16.0,
                bullet: true,
                ..body
            },
            text,
        )
    } else {
        (body, line)
    }
}

/// Draws the letter's pages and, behind them, one page of all glyphs that a letter may
/// need later: it keeps those glyphs in the subset fonts and is dropped by `finish`.
pub fn draw(letter: &Letter, fonts: &FontSet) -> Result<Vec<u8>, TemplateError> {
    let mut document = Document::new_with(SerializeSettings {
        enable_tagging: false,
        ..Default::default()
    });
    document.set_metadata(metadata(letter));
    let pages: Vec<&str> = letter.text.split("===\n").collect();
    for (index, text) in pages.iter().enumerate() {
        draw_page(&mut document, letter, fonts, text, index + 1, pages.len())?;
    }
    draw_glyph_page(&mut document, fonts);
    document
        .finish()
        .map_err(|error| TemplateError::Draw(format!("{error:?}")))
}

/// A fixed date and id: the same input makes the same bytes.
fn metadata(letter: &Letter) -> Metadata {
    Metadata::new()
        .title(letter.title.to_owned())
        .language(letter.language.to_owned())
        .producer("letter-templates".to_owned())
        .creation_date(
            DateTime::new(2026)
                .month(11)
                .day(22)
                .hour(0)
                .minute(0)
                .second(0)
                .utc_offset_hour(0)
                .utc_offset_minute(0),
        )
        .document_id(format!("letterproof-template-{}", letter.name))
}

fn page_settings() -> PageSettings {
    PageSettings::from_wh(WIDTH, HEIGHT).unwrap_or_default()
}

fn black() -> Option<Fill> {
    Some(Fill {
        paint: luma::Color::black().into(),
        ..Default::default()
    })
}

fn draw_page(
    document: &mut Document,
    letter: &Letter,
    fonts: &FontSet,
    text: &str,
    number: usize,
    of: usize,
) -> Result<(), TemplateError> {
    let mut page = document.start_page_with(page_settings());
    let mut surface = page.surface();
    surface.set_fill(black());
    draw_foot(&mut surface, fonts, number, of);
    let mut y = TOP;
    if number == 1 {
        draw_head(&mut surface, fonts);
        y = FIRST_TOP;
    }
    for line in text.lines().filter(|line| !line.is_empty()) {
        y = draw_paragraph(&mut surface, letter, fonts, line, y);
    }
    surface.finish();
    page.finish();
    if y > FOOT {
        return Err(TemplateError::Overfull {
            letter: letter.name,
            page: number,
            points: y - FOOT,
        });
    }
    Ok(())
}

/// The sender, right of the address window and above it.
fn draw_head(surface: &mut Surface, fonts: &FontSet) {
    let lines = [
        ("Example Health Service", &fonts.bold, 15.0),
        (
            "Synthetic letters for integration testing",
            &fonts.regular,
            8.0,
        ),
        ("No such service exists", &fonts.regular, 8.0),
    ];
    for ((text, face, size), y) in lines.into_iter().zip([16.0, 22.0, 26.0]) {
        let x = RIGHT - face.width(text, size, false);
        ltr(surface, face, text, size, x, y * MM);
    }
    rule(surface, 30.0 * MM);
}

fn rule(surface: &mut Surface, y: f32) {
    let mut path = PathBuilder::new();
    for (index, (x, y)) in [(LEFT, y), (RIGHT, y), (RIGHT, y + 0.7), (LEFT, y + 0.7)]
        .into_iter()
        .enumerate()
    {
        if index == 0 {
            path.move_to(x, y)
        } else {
            path.line_to(x, y)
        }
    }
    path.close();
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

fn draw_foot(surface: &mut Surface, fonts: &FontSet, number: usize, of: usize) {
    let text = format!("Page {number} of {of}");
    let x = RIGHT - fonts.regular.width(&text, 8.0, false);
    ltr(surface, &fonts.regular, &text, 8.0, x, PAGE_NUMBER_Y);
    rule(surface, 282.0 * MM);
}

fn ltr(surface: &mut Surface, face: &Face, text: &str, size: f32, x: f32, y: f32) {
    surface.draw_text(
        Point::from_xy(x, y),
        face.font.clone(),
        size,
        text,
        false,
        TextDirection::LeftToRight,
    );
}

/// Draws a paragraph below `y` and returns where it ends.
fn draw_paragraph(
    surface: &mut Surface,
    letter: &Letter,
    fonts: &FontSet,
    line: &str,
    y: f32,
) -> f32 {
    let (style, text) = style(line);
    let rtl = letter.direction == Direction::RightToLeft;
    let face = match (rtl, style.bold) {
        (false, false) => &fonts.regular,
        (false, true) => &fonts.bold,
        (true, false) => &fonts.arabic,
        (true, true) => &fonts.arabic_bold,
    };
    // Naskh sits lower and smaller on its line than a Latin face of the same size.
    let (size, leading) = if rtl {
        (style.size * 1.15, style.leading * 1.4)
    } else {
        (style.size, style.leading)
    };
    let mut y = y + style.before;
    for (index, row) in wrap(face, text, size, RIGHT - LEFT - style.indent, rtl)
        .iter()
        .enumerate()
    {
        y += leading;
        if style.bullet && index == 0 {
            bullet(surface, rtl, y - size * 0.3);
        }
        if rtl {
            let x = RIGHT - style.indent - face.width(row, size, true);
            surface.draw_text(
                Point::from_xy(x, y),
                face.font.clone(),
                size,
                row,
                false,
                TextDirection::RightToLeft,
            );
        } else {
            ltr(surface, face, row, size, LEFT + style.indent, y);
        }
    }
    y
}

/// A small square: a drawn bullet needs no glyph.
fn bullet(surface: &mut Surface, rtl: bool, y: f32) {
    let x = if rtl { RIGHT - 8.0 } else { LEFT + 5.0 };
    let mut path = PathBuilder::new();
    path.move_to(x, y - 1.5);
    path.line_to(x + 3.0, y - 1.5);
    path.line_to(x + 3.0, y + 1.5);
    path.line_to(x, y + 1.5);
    path.close();
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

/// Breaks at spaces, as many words to a row as fit.
fn wrap(face: &Face, text: &str, size: f32, width: f32, rtl: bool) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match rows.last_mut() {
            Some(row) if face.width(&format!("{row} {word}"), size, rtl) <= width => {
                row.push(' ');
                row.push_str(word);
            }
            _ => rows.push(word.to_owned()),
        }
    }
    rows
}

/// All that a name or an address may hold: Latin with its accents.
fn draw_glyph_page(document: &mut Document, fonts: &FontSet) {
    let mut page = document.start_page_with(page_settings());
    let mut surface = page.surface();
    let ascii: String = (' '..='~').collect();
    let latin: String = ('\u{a1}'..='\u{17f}').filter(|c| *c != '\u{ad}').collect();
    for face in [&fonts.regular, &fonts.bold] {
        ltr(&mut surface, face, &ascii, 4.0, 0.0, 20.0);
        ltr(&mut surface, face, &latin, 4.0, 0.0, 40.0);
    }
    surface.finish();
    page.finish();
}
