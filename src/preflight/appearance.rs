//! Which annotations print, and how they look (ISO 32000-1, 12.5).

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

/// Flags of an annotation (ISO 32000-1, table 165).
const HIDDEN: i64 = 1 << 1;
const PRINT: i64 = 1 << 2;

/// Whether an annotation prints, as far as its own flags say: those without the print flag never
/// do.
pub(super) fn prints(document: &Document, annotation: &Dictionary) -> bool {
    let flags = annotation
        .get_deref(b"F", document)
        .and_then(Object::as_i64);
    let flags = flags.unwrap_or(0);
    let kind = annotation.get_deref(b"Subtype", document);
    let is_popup = matches!(kind.and_then(Object::as_name), Ok(b"Popup"));
    flags & PRINT != 0 && flags & HIDDEN == 0 && !is_popup
}

/// The normal appearance, in the annotation's state if it has several, and the object that it is.
pub(super) fn of<'a>(
    document: &'a Document,
    annotation: &'a Dictionary,
) -> Option<(Option<ObjectId>, &'a Stream)> {
    let appearances = annotation.get_deref(b"AP", document).ok()?.as_dict().ok()?;
    let normal = document.dereference(appearances.get(b"N").ok()?).ok()?;
    let (id, appearance) = match normal {
        (_, Object::Dictionary(states)) => {
            let state = annotation
                .get_deref(b"AS", document)
                .and_then(Object::as_name);
            document
                .dereference(states.get(state.unwrap_or(b"Off")).ok()?)
                .ok()?
        }
        other => other,
    };
    Some((id, appearance.as_stream().ok()?))
}
