//! The fonts, and how wide a line of text is in one of them.

use std::path::PathBuf;

use krilla::text::Font;

use crate::TemplateError;

/// One face: krilla's handle to draw with, the raw bytes to measure with.
pub struct Face {
    pub font: Font,
    data: Vec<u8>,
}

impl Face {
    /// Takes the face from the first folder that has it.
    fn load(dirs: &[PathBuf], name: &str) -> Result<Self, TemplateError> {
        let candidates = || dirs.iter().map(|dir| dir.join(name));
        let path = candidates().find(|path| path.is_file());
        let path = path.or_else(|| candidates().next()).unwrap_or_default();
        let data = std::fs::read(&path).map_err(|source| TemplateError::File {
            path: path.clone(),
            source,
        })?;
        let font = Font::new(data.clone().into(), 0).ok_or(TemplateError::Font(path))?;
        Ok(Self { font, data })
    }

    /// The width of `text` at `size` points, shaped; 0 when the face cannot be shaped with.
    pub fn width(&self, text: &str, size: f32, right_to_left: bool) -> f32 {
        let Some(face) = rustybuzz::Face::from_slice(&self.data, 0) else {
            return 0.0;
        };
        let mut buffer = rustybuzz::UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        if right_to_left {
            buffer.set_direction(rustybuzz::Direction::RightToLeft);
        }
        let glyphs = rustybuzz::shape(&face, &[], buffer);
        let advance: i32 = glyphs.glyph_positions().iter().map(|g| g.x_advance).sum();
        advance as f32 / face.units_per_em() as f32 * size
    }
}

/// The four faces that the letters use.
pub struct FontSet {
    /// Latin text, and what the simulator writes into each letter.
    pub regular: Face,
    pub bold: Face,
    pub arabic: Face,
    pub arabic_bold: Face,
}

impl FontSet {
    /// Reads the faces from the folders, by the names that Debian's packages give them.
    pub fn load(dirs: &[PathBuf]) -> Result<Self, TemplateError> {
        Ok(Self {
            regular: Face::load(dirs, "LiberationSans-Regular.ttf")?,
            bold: Face::load(dirs, "LiberationSans-Bold.ttf")?,
            arabic: Face::load(dirs, "NotoNaskhArabic-Regular.ttf")?,
            arabic_bold: Face::load(dirs, "NotoNaskhArabic-Bold.ttf")?,
        })
    }
}
