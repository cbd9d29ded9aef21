//! Fonts, images and what has no place on paper: PF-020, PF-021, PF-030 and PF-042.

use lopdf::{Dictionary, Document, Object};

use super::check::Finding;
use super::font::Embedding;
use super::survey::{Survey, UsedFont};

/// Coarsest image that prints well, in dots per inch.
const MIN_DPI: f64 = 150.0;
/// How deep direct objects may nest; the reader refuses more than 100 anyway.
const MAX_NESTING: usize = 100;

fn named(fonts: &[UsedFont], embedding: Embedding) -> Vec<&str> {
    let with = fonts.iter().filter(|font| font.embedding == embedding);
    with.map(|font| font.name.as_str()).collect()
}

/// PF-020.
pub(super) fn fonts(survey: &Survey) -> Finding {
    let missing = named(&survey.fonts, Embedding::Missing);
    if !missing.is_empty() {
        return Finding::fail(format!("not embedded: {}", missing.join(", ")));
    }
    let standard = named(&survey.fonts, Embedding::Standard);
    if !standard.is_empty() {
        return Finding::warn(format!(
            "standard fonts, not embedded: {}",
            standard.join(", ")
        ));
    }
    Finding::pass(format!("{} fonts, all embedded", survey.fonts.len()))
}

/// PF-021.
pub(super) fn type3(survey: &Survey) -> Finding {
    match named(&survey.fonts, Embedding::Type3).len() {
        0 => Finding::pass("none"),
        count => Finding::warn(format!("{count} Type 3 fonts")),
    }
}

/// PF-042: the coarsest image decides.
pub(super) fn resolution(survey: &Survey) -> Finding {
    let coarsest = survey
        .images
        .iter()
        .min_by(|a, b| a.dots_per_inch.total_cmp(&b.dots_per_inch));
    match coarsest {
        None => Finding::pass("no images"),
        Some(image) => {
            let observed = format!("page {}: {:.0} dpi", image.page, image.dots_per_inch);
            // A4 at 150 dpi has 1,240 pixels a row, which is 149.97.
            if image.dots_per_inch.round() < MIN_DPI {
                Finding::warn(observed)
            } else {
                Finding::pass(observed)
            }
        }
    }
}

/// PF-030. That a document opens at a page of its own is normal and not looked at.
pub(super) fn active(document: &Document) -> Finding {
    let mut objects = document.objects.values();
    match objects.find_map(|object| active_in(object, 0)) {
        Some(what) => Finding::fail(what),
        None => Finding::pass("none"),
    }
}

fn active_in(object: &Object, depth: usize) -> Option<&'static str> {
    if depth > MAX_NESTING {
        return None;
    }
    match object {
        Object::Dictionary(dict) => active_dict(dict, depth),
        Object::Stream(stream) => active_dict(&stream.dict, depth),
        Object::Array(items) => items.iter().find_map(|item| active_in(item, depth + 1)),
        _ => None,
    }
}

fn active_dict(dict: &Dictionary, depth: usize) -> Option<&'static str> {
    let inner = || {
        dict.iter()
            .find_map(|(_, value)| active_in(value, depth + 1))
    };
    action(dict).or_else(|| entry(dict)).or_else(inner)
}

/// What kind of action the dictionary is, if it is one that has no place in a letter.
fn action(dict: &Dictionary) -> Option<&'static str> {
    match dict.get(b"S").and_then(Object::as_name).ok()? {
        b"JavaScript" => Some("JavaScript"),
        b"Launch" => Some("launches a program"),
        b"SubmitForm" => Some("submits a form"),
        b"ImportData" => Some("imports data"),
        _ => None,
    }
}

/// Entries that are enough by themselves: a script, an attachment, an XFA form.
fn entry(dict: &Dictionary) -> Option<&'static str> {
    let keys: [(&[u8], &str); 4] = [
        (b"JS", "JavaScript"),
        (b"JavaScript", "JavaScript"),
        (b"EmbeddedFiles", "embedded files"),
        (b"XFA", "an XFA form"),
    ];
    let keyed = keys
        .iter()
        .find(|(key, _)| dict.has(key))
        .map(|(_, what)| *what);
    keyed.or_else(|| {
        let attached =
            dict.has_type(b"EmbeddedFile") || dict.get(b"EF").is_ok_and(|ef| ef.as_dict().is_ok());
        attached.then_some("an embedded file")
    })
}

#[cfg(test)]
mod tests {
    use lopdf::dictionary;

    use super::super::check::Outcome;
    use super::super::geometry::Rect;
    use super::super::survey::PlacedImage;
    use super::*;

    fn outcome(dict: Dictionary) -> Outcome {
        let mut document = Document::new();
        document.add_object(dict);
        active(&document).outcome
    }

    #[test]
    fn active_content_is_found_wherever_it_hides() {
        let script = dictionary! { "S" => "JavaScript" };
        let nested = dictionary! { "A" => vec![Object::Dictionary(script)] };
        for dict in [
            nested,
            dictionary! { "S" => "Launch" },
            dictionary! { "S" => "SubmitForm" },
            dictionary! { "Names" => dictionary! { "EmbeddedFiles" => Object::Null } },
            dictionary! { "AcroForm" => dictionary! { "XFA" => Object::Null } },
            dictionary! { "Type" => "EmbeddedFile" },
        ] {
            assert_eq!(outcome(dict), Outcome::Fail);
        }
    }

    #[test]
    fn opening_at_a_page_is_normal() {
        assert_eq!(
            outcome(dictionary! { "OpenAction" => dictionary! { "S" => "GoTo" } }),
            Outcome::Pass
        );
        assert_eq!(outcome(dictionary! { "S" => "URI" }), Outcome::Pass);
    }

    #[test]
    fn the_coarsest_image_decides() {
        let rect = Rect {
            left: 0.0,
            top: 0.0,
            right: 1.0,
            bottom: 1.0,
        };
        let image = |dots_per_inch| PlacedImage {
            page: 1,
            rect,
            dots_per_inch,
        };
        let mut survey = Survey {
            images: vec![image(300.0), image(149.0)],
            ..Survey::default()
        };
        assert_eq!(resolution(&survey).outcome, Outcome::Warn);
        survey.images.pop();
        assert_eq!(resolution(&survey).outcome, Outcome::Pass);
    }

    #[test]
    fn a_standard_font_is_recorded_and_any_other_fails() {
        let font = |embedding| UsedFont {
            name: "X".to_owned(),
            embedding,
        };
        let mut survey = Survey::default();
        for (embedding, outcome) in [
            (Embedding::Embedded, Outcome::Pass),
            (Embedding::Standard, Outcome::Warn),
            (Embedding::Missing, Outcome::Fail),
        ] {
            survey.fonts.push(font(embedding));
            assert_eq!(fonts(&survey).outcome, outcome);
        }
    }
}
