//! Fonts in use: does what they travel with decode, down to the glyphs of a Type 3 font?

use lopdf::{Dictionary, Object, ObjectId};

use super::super::operators::Operand;
use super::state::{Run, State};
use super::{Step, Walker};

/// Most entries of an encoding that are looked at; there are 256 codes.
const MAX_DIFFERENCES: usize = 4_096;

impl<'a> Walker<'a> {
    /// Text is set in this font: its program must decode. One that is not embedded is PF-020's.
    pub(super) fn font(&mut self, dict: &'a Dictionary, id: Option<ObjectId>) {
        if !self.is_new(dict) {
            return;
        }
        let descendants = self
            .value(dict, b"DescendantFonts")
            .and_then(|list| list.as_array().ok());
        let descendant = descendants.and_then(|list| {
            let (_, first) = self.document.dereference(list.first()?).ok()?;
            first.as_dict().ok()
        });
        for key in [b"Encoding".as_slice(), b"CIDToGIDMap"] {
            let of = if key == b"Encoding" {
                Some(dict)
            } else {
                descendant
            };
            if let Some((id, Object::Stream(map))) = of.and_then(|of| self.object(of, key)) {
                self.decodes(id, map);
            }
        }
        let glyphs = descendant.unwrap_or(dict);
        let descriptor = self
            .value(glyphs, b"FontDescriptor")
            .and_then(|d| d.as_dict().ok());
        for key in [b"FontFile".as_slice(), b"FontFile2", b"FontFile3"] {
            let program = descriptor.and_then(|descriptor| self.object(descriptor, key));
            if let Some((program_id, Object::Stream(program))) = program
                && self.is_new(program)
                && self.length(program_id, program) == Some(0)
            {
                self.notes
                    .damage(program_id.or(id), "an embedded font without contents");
            }
        }
    }

    /// The glyphs of a Type 3 font are contents of their own.
    pub(super) fn glyphs(
        &mut self,
        run: &Run<'a>,
        font: &'a Dictionary,
        texts: &[Operand],
    ) -> Step {
        let kind = self
            .value(font, b"Subtype")
            .and_then(|kind| kind.as_name().ok());
        if kind != Some(b"Type3") {
            return Ok(());
        }
        let place = std::ptr::from_ref(font).addr();
        let mut new = Vec::new();
        for text in texts {
            if let Operand::Text(text) = text {
                new.extend(
                    text.iter()
                        .copied()
                        .filter(|code| self.glyphs.insert((place, *code))),
                );
            }
        }
        if new.is_empty() {
            return Ok(());
        }
        let Some(Object::Dictionary(procedures)) = self.value(font, b"CharProcs") else {
            self.notes.damage(None, "a Type 3 font without glyphs");
            return Ok(());
        };
        let names = self.glyph_names(font);
        let own = self
            .value(font, b"Resources")
            .and_then(|own| own.as_dict().ok());
        for name in new.into_iter().filter_map(|code| names[usize::from(code)]) {
            if let Some((id, Object::Stream(glyph))) = self.object(procedures, name) {
                let state = State::default();
                self.form(id, glyph, own.or(run.resources), &state, run.depth)?;
            }
        }
        Ok(())
    }

    /// The name of each code's glyph: a Type 3 font says them all (ISO 32000-1, table 112).
    fn glyph_names(&self, font: &'a Dictionary) -> [Option<&'a [u8]>; 256] {
        let mut names = [None; 256];
        let encoding = self
            .value(font, b"Encoding")
            .and_then(|encoding| encoding.as_dict().ok());
        let differences = encoding.and_then(|encoding| self.value(encoding, b"Differences"));
        let Some(Object::Array(differences)) = differences else {
            return names;
        };
        let mut code = 0_usize;
        for entry in differences.iter().take(MAX_DIFFERENCES) {
            match entry {
                Object::Integer(first) => code = usize::try_from(*first).unwrap_or(256),
                Object::Name(name) => {
                    if let Some(place) = names.get_mut(code) {
                        *place = Some(name);
                    }
                    code += 1;
                }
                _ => {}
            }
        }
        names
    }
}
