//! What contents name: resources, appearances, and the numbers in them.

use lopdf::{Dictionary, Document, Object};

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

/// What a named property list is, as the resources have it: a reference stays one.
pub(super) fn property<'a>(
    document: &'a Document,
    resources: Option<&'a Dictionary>,
    name: &[u8],
) -> Option<&'a Object> {
    let properties = resources?.get_deref(b"Properties", document).ok()?;
    properties.as_dict().ok()?.get(name).ok()
}

/// Four numbers, any two opposite corners.
pub(super) fn corners(document: &Document, dict: &Dictionary, key: &[u8]) -> Option<[f64; 4]> {
    let array = dict.get_deref(key, document).ok()?.as_array().ok()?;
    let number = |item: &Object| {
        document
            .dereference(item)
            .map_or(0.0, |(_, item)| float(item))
    };
    let numbers: Vec<f64> = array.iter().take(5).map(number).collect();
    let &[ax, ay, bx, by] = numbers.as_slice() else {
        return None;
    };
    Some([ax.min(bx), ay.min(by), ax.max(bx), ay.max(by)])
}
