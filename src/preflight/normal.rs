//! Brings streams into the form that every reader of them knows.
//!
//! A stream may name its filters by reference (ISO 32000-1, 7.3.8.2) or by the abbreviations that
//! print streams use; the library that reads files knows neither, and would take what it cannot
//! read for what it is not.

use lopdf::{Dictionary, Document, Object, Stream};

use super::filters::full_name;

const FILTER: &[u8] = b"Filter";
const PARAMETERS: &[u8] = b"DecodeParms";
/// Most filters, and entries of their parameters, that are followed.
const MAX_VALUES: usize = 16;

/// Writes filters and their parameters into each stream itself, by their full names. What leads to
/// nothing stays as it is.
pub(super) fn name_filters_in_full(document: &mut Document) {
    forget_empty_filters(document);
    let needed = document.objects.iter().filter_map(|(id, object)| {
        let dict = &object.as_stream().ok()?.dict;
        let told = |key: &[u8]| told(document, dict, key);
        let (filters, parameters) = (told(FILTER), told(PARAMETERS));
        (filters.is_some() || parameters.is_some()).then_some((*id, filters, parameters))
    });
    let needed: Vec<_> = needed.collect();
    for (id, filters, parameters) in needed {
        if let Some(Object::Stream(Stream { dict, .. })) = document.objects.get_mut(&id) {
            for (key, value) in [(FILTER, filters), (PARAMETERS, parameters)] {
                if let Some(value) = value {
                    dict.set(key, value);
                }
            }
        }
    }
}

/// An empty list of filters is none, which the library does not know either.
fn forget_empty_filters(document: &mut Document) {
    let is_empty = |dict: &Dictionary| {
        let filters = dict
            .get(FILTER)
            .ok()
            .map(|value| document.dereference(value));
        matches!(filters, Some(Ok((_, Object::Array(filters)))) if filters.is_empty())
    };
    let streams = document.objects.iter().filter_map(|(id, object)| {
        let dict = &object.as_stream().ok()?.dict;
        is_empty(dict).then_some(*id)
    });
    for id in streams.collect::<Vec<_>>() {
        if let Some(Object::Stream(Stream { dict, .. })) = document.objects.get_mut(&id) {
            dict.remove(FILTER);
            dict.remove(PARAMETERS);
        }
    }
}

/// The same without a document, for a stream that is read before there is one.
pub(super) fn name_direct_filters_in_full(stream: &mut Stream) {
    let document = Document::new();
    if let Some(filters) = told(&document, &stream.dict, FILTER) {
        stream.dict.set(FILTER, filters);
    }
}

/// The value in full; none if it is so already.
fn told(document: &Document, dict: &Dictionary, key: &[u8]) -> Option<Object> {
    let value = dict.get(key).ok()?;
    let told = in_full(document, value, 0)?;
    (told != *value).then_some(told)
}

/// None if it leads to nothing, or to too much.
fn in_full(document: &Document, value: &Object, depth: usize) -> Option<Object> {
    if depth > 2 {
        return None;
    }
    match document.dereference(value).ok()?.1 {
        Object::Name(name) => Some(Object::Name(full_name(name).unwrap_or(name).to_vec())),
        Object::Array(items) if items.len() <= MAX_VALUES => {
            let items = items.iter().map(|item| in_full(document, item, depth + 1));
            items.collect::<Option<_>>().map(Object::Array)
        }
        Object::Dictionary(entries) if entries.len() <= MAX_VALUES => {
            let mut told = Dictionary::new();
            for (key, entry) in entries {
                let (_, entry) = document.dereference(entry).ok()?;
                // A stream is named by reference alone.
                let keeps = matches!(entry, Object::Stream(_));
                let entry = if keeps { entries.get(key).ok()? } else { entry };
                told.set(key.clone(), entry.clone());
            }
            Some(Object::Dictionary(told))
        }
        plain @ (Object::Null | Object::Integer(_) | Object::Real(_) | Object::Boolean(_)) => {
            Some(plain.clone())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use lopdf::dictionary;

    use super::*;

    #[test]
    fn references_and_abbreviations_become_what_the_library_reads() {
        let mut document = Document::new();
        let name = document.add_object(Object::Name(b"AHx".to_vec()));
        let filters = document.add_object(Object::Array(vec![name.into()]));
        let number = document.add_object(Object::Integer(1));
        let parameters = dictionary! { "Predictor" => number };
        let dict = dictionary! { "Filter" => filters, "DecodeParms" => vec![parameters.into()] };
        let id = document.add_object(Stream::new(dict, b"414243>".to_vec()));
        name_filters_in_full(&mut document);
        let stream = document.get_object(id).and_then(Object::as_stream).unwrap();
        assert_eq!(stream.filters().unwrap(), [b"ASCIIHexDecode"]);
        assert_eq!(stream.get_plain_content().unwrap(), b"ABC");
    }

    #[test]
    fn what_is_in_full_or_leads_to_nothing_stays() {
        let mut document = Document::new();
        let full = dictionary! { "Filter" => "FlateDecode" };
        let lost = dictionary! { "Filter" => Object::Reference((77, 0)) };
        let ids = [full, lost].map(|dict| document.add_object(Stream::new(dict, Vec::new())));
        let before = document.objects.clone();
        name_filters_in_full(&mut document);
        assert!(ids.iter().all(|id| before[id] == document.objects[id]));
    }
}
