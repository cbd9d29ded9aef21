//! What contents name: resources, appearances, and the numbers in them.

use lopdf::{Dictionary, Document, Object, Stream};

use super::super::geometry::Matrix;

pub(super) fn float(object: &Object) -> f64 {
    object.as_float().map_or(0.0, f64::from)
}

pub(super) fn matrix(numbers: impl ExactSizeIterator<Item = f64>) -> Option<Matrix> {
    if numbers.len() != 6 {
        return None;
    }
    let mut matrix = Matrix::IDENTITY;
    matrix
        .0
        .iter_mut()
        .zip(numbers)
        .for_each(|(to, from)| *to = from);
    Some(matrix)
}

pub(super) fn matrix_of(document: &Document, dict: &Dictionary) -> Option<Matrix> {
    let array = dict.get_deref(b"Matrix", document).ok()?.as_array().ok()?;
    matrix(array.iter().map(float))
}

/// A named resource of that kind.
pub(super) fn resource<'a>(
    document: &'a Document,
    resources: Option<&'a Dictionary>,
    kind: &[u8],
    name: &[u8],
) -> Option<&'a Object> {
    let kind = resources?.get_deref(kind, document).ok()?.as_dict().ok()?;
    kind.get_deref(name, document).ok()
}

/// The normal appearances of an annotation: one, or one for each of its states.
pub(super) fn appearances<'a>(document: &'a Document, annotation: &'a Object) -> Vec<&'a Stream> {
    let normal = || {
        let annotation = document.dereference(annotation).ok()?.1.as_dict().ok()?;
        let appearance = annotation.get_deref(b"AP", document).ok()?.as_dict().ok()?;
        appearance.get_deref(b"N", document).ok()
    };
    match normal() {
        Some(Object::Stream(stream)) => vec![stream],
        Some(Object::Dictionary(states)) => states
            .iter()
            .filter_map(|(_, state)| document.dereference(state).ok()?.1.as_stream().ok())
            .collect(),
        _ => Vec::new(),
    }
}
