//! The letters that a target is seeded with, as far as the pack tells them beforehand.

use crate::model::Status;

use super::StockLetter;

/// Specification and group of the batches with PDFs (acceptance pack, "Data").
const BATCHES: [(&str, &str); 3] = [
    ("integration-specification-english", "group-english"),
    ("integration-specification-braille", "group-accessible"),
    ("integration-specification-arabic", "group-international"),
];

/// Specification and group of the letters without a PDF.
const WITHOUT_PDF: (&str, &str) = (
    "integration-specification-missing-pdf",
    "group-error-seeded",
);

/// `count` letters as INT is seeded: of 2,510 letters 5 have no PDF, of any other number as large
/// a part, at least one; the others are dealt to the batches in turn. Their ids are made up.
pub fn seeded_stock(count: usize) -> Vec<StockLetter> {
    let without_pdf = (count.saturating_mul(5).saturating_add(1_255) / 2_510).max(1);
    let with_pdf = count.saturating_sub(without_pdf);
    (0..count)
        .map(|number| letter(number, number < with_pdf))
        .collect()
}

fn letter(number: usize, has_pdf: bool) -> StockLetter {
    let (specification, group) = match has_pdf {
        true => BATCHES[number % BATCHES.len()],
        false => WITHOUT_PDF,
    };
    StockLetter {
        id: format!("letter-{:05}", number + 1),
        status: Status::Pending,
        specification_id: Some(specification.to_owned()),
        group_id: Some(group.to_owned()),
        has_hash: has_pdf,
        pdf: None,
    }
}

/// Gives letters with made-up ids those of `lists`, so that a plan can show what lists of real
/// ids come to before any real letter is known.
pub fn named_after(mut stock: Vec<StockLetter>, lists: &[&[String]]) -> Vec<StockLetter> {
    let mut ids: Vec<&str> = Vec::new();
    for id in lists.iter().copied().flatten().map(|id| id.trim()) {
        if !id.is_empty() && !ids.contains(&id) {
            ids.push(id);
        }
    }
    for (letter, id) in stock.iter_mut().zip(ids) {
        id.clone_into(&mut letter.id);
    }
    stock
}
