//! Fonts and images as they are used: PF-020, PF-021 and PF-042.

use crate::model::count;

use super::check::Finding;
use super::font::Embedding;
use super::survey::{Survey, UsedFont};

/// Coarsest image that prints well, in dots per inch.
const MIN_DPI: f64 = 150.0;

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
        number => Finding::warn(count(number, "Type 3 font")),
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

#[cfg(test)]
mod tests {
    use super::super::check::Outcome;
    use super::super::geometry::Rect;
    use super::super::survey::PlacedImage;
    use super::*;

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
