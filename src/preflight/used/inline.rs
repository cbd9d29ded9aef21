//! Images that stand within contents (ISO 32000-1, 8.9.7).

use std::borrow::Cow;

use lopdf::{Dictionary, Object, StringFormat};

use super::super::images::Image;
use super::super::operators::{Operand, Operators};
use super::state::Run;
use super::{Step, Walker};

/// Entries have short names, too (ISO 32000-1, table 93).
const ENTRIES: [(&[u8], &[u8]); 9] = [
    (b"BPC", b"BitsPerComponent"),
    (b"CS", b"ColorSpace"),
    (b"D", b"Decode"),
    (b"DP", b"DecodeParms"),
    (b"F", b"Filter"),
    (b"H", b"Height"),
    (b"IM", b"ImageMask"),
    (b"I", b"Interpolate"),
    (b"W", b"Width"),
];

impl<'a> Walker<'a> {
    pub(super) fn inline_image(&mut self, run: &mut Run<'a>, operators: &Operators) -> Step {
        run.has_inline_images = true;
        if run.is_hidden() {
            return Ok(());
        }
        let dict = dictionary(operators.operands(), true);
        let image = Image {
            dict: &dict,
            data: operators.image(),
            resources: run.resources,
        };
        self.judge(None, image);
        Ok(())
    }
}

fn dictionary(operands: &[Operand], expand: bool) -> Dictionary {
    let mut dict = Dictionary::new();
    for pair in operands.chunks_exact(2) {
        if let Operand::Name(key) = &pair[0] {
            let full = ENTRIES.iter().find(|(short, _)| expand && *short == &**key);
            let key = full.map_or(Cow::Borrowed(&**key), |(_, full)| Cow::Borrowed(*full));
            dict.set(key.into_owned(), object(&pair[1]));
        }
    }
    dict
}

fn object(operand: &Operand) -> Object {
    match operand {
        Operand::Number(number) if number.fract() == 0.0 => Object::Integer(*number as i64),
        Operand::Number(number) => Object::Real(*number as f32),
        Operand::Name(name) => Object::Name(name.to_vec()),
        Operand::Text(text) => Object::String(text.to_vec(), StringFormat::Literal),
        Operand::Array(items) => Object::Array(items.iter().map(object).collect()),
        Operand::Dictionary(entries) => Object::Dictionary(dictionary(entries, false)),
        Operand::Boolean(value) => Object::Boolean(*value),
        Operand::Other => Object::Null,
    }
}
