//! Turns krilla's document into a template: a font under one name on every page, and two
//! empty content streams at the end of the file that the simulator fills in per letter.
//!
//! What a letter adds must stand at the end of the file: then the simulator can copy
//! everything before it as it is.

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use crate::TemplateError;

/// The name under which each page offers the font for the letter's own text.
const FONT_NAME: &[u8] = b"Letter";
/// krilla names fonts with a subset prefix: `ABCDEF+LiberationSans`.
const FONT_SUFFIX: &[u8] = b"+LiberationSans";

/// Drops the page of glyphs, names the font, reserves the two streams.
pub fn finish(drawn: &[u8]) -> Result<Vec<u8>, TemplateError> {
    let mut document = Document::load_mem(drawn)?;
    let font = letter_font(&document)?;
    let last = document.get_pages().len() as u32;
    document.delete_pages(&[last]);
    let pages: Vec<ObjectId> = document.get_pages().into_values().collect();
    for page in &pages {
        name_font(&mut document, *page, font)?;
    }
    document.prune_objects();
    document.renumber_objects();
    reserve_streams(&mut document)?;
    save(document)
}

/// The Type0 font whose glyphs cover a letter's address.
fn letter_font(document: &Document) -> Result<ObjectId, lopdf::Error> {
    document
        .objects
        .iter()
        .find(|(_, object)| is_letter_font(object))
        .map(|(id, _)| *id)
        .ok_or_else(|| lopdf::Error::DictKey("BaseFont".to_owned()))
}

fn is_letter_font(object: &Object) -> bool {
    let Ok(font) = object.as_dict() else {
        return false;
    };
    let name = |key| font.get(key).and_then(Object::as_name).unwrap_or_default();
    name(b"Subtype") == b"Type0" && strip_encoding(name(b"BaseFont")).ends_with(FONT_SUFFIX)
}

/// A Type0 font's name may carry its encoding: `ABCDEF+Name-Identity-H`.
fn strip_encoding(name: &[u8]) -> &[u8] {
    name.strip_suffix(b"-Identity-H").unwrap_or(name)
}

/// Offers the font on the page under the fixed name.
fn name_font(document: &mut Document, page: ObjectId, font: ObjectId) -> Result<(), lopdf::Error> {
    let resources = document.get_or_create_resources(page)?.as_dict_mut()?;
    if !resources.has(b"Font") {
        resources.set("Font", Dictionary::new());
    }
    let fonts = match resources.get_mut(b"Font")? {
        Object::Reference(id) => {
            let id = *id;
            document.get_dictionary_mut(id)?
        }
        other => other.as_dict_mut()?,
    };
    fonts.set(FONT_NAME, font);
    Ok(())
}

/// Adds the reference's stream to every page and the address's to the first, with the
/// two highest object numbers.
fn reserve_streams(document: &mut Document) -> Result<(), lopdf::Error> {
    let reference =
        document.add_object(Stream::new(dictionary! {}, Vec::new()).with_compression(false));
    let address =
        document.add_object(Stream::new(dictionary! {}, Vec::new()).with_compression(false));
    for (number, page) in document.get_pages() {
        let body = document.get_dictionary(page)?.get(b"Contents")?.clone();
        let mut contents = match body {
            Object::Array(streams) => streams,
            other => vec![other],
        };
        contents.push(reference.into());
        if number == 1 {
            contents.push(address.into());
        }
        document.get_dictionary_mut(page)?.set("Contents", contents);
    }
    Ok(())
}

/// Writes a classic cross-reference table, which the simulator can complete line by line.
fn save(mut document: Document) -> Result<Vec<u8>, TemplateError> {
    document.reference_table.cross_reference_type = lopdf::xref::XrefType::CrossReferenceTable;
    let mut bytes = Vec::new();
    document
        .save_to(&mut bytes)
        .map_err(|error| TemplateError::Draw(error.to_string()))?;
    Ok(bytes)
}
