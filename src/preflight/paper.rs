//! Do the pages fit the pack and the paper? PF-010 to PF-012.

use lopdf::{Document, Object, ObjectId};

use crate::model::count;

use super::check::Finding;
use super::geometry::{PageBox, View};
use super::load::inherited;
use super::policy::{Level, MorePages, Pack};

/// A4 in millimetres (ISO 216).
const A4: (f64, f64) = (210.0, 297.0);
/// Deviation that nobody sees, in millimetres.
const TOLERANCE: f64 = 2.0;
/// Deviation that bleed accounts for, in millimetres.
const BLEED: f64 = 3.5;

/// PF-010.
pub(super) fn sheets(pages: u32, pack_name: &str, pack: Option<&Pack>) -> Finding {
    let Some(pack) = pack else {
        return Finding::not_run(format!("no pack {pack_name}"));
    };
    let sheets = pack.sheets(pages);
    let observed = format!(
        "{sheets} of at most {}, {pages} of {} ({pack_name})",
        count(pack.sheets_below.saturating_sub(1) as usize, "sheet"),
        count(pack.sides_below.saturating_sub(1) as usize, "side")
    );
    if sheets < pack.sheets_below && pages < pack.sides_below {
        Finding::pass(observed)
    } else {
        Finding::fail(observed)
    }
}

/// PF-011.
pub(super) fn more_pages(pages: u32, rule: MorePages) -> Finding {
    let observed = format!(
        "{}, AT12 names {}",
        count(pages as usize, "page"),
        rule.limit
    );
    match rule.severity {
        Level::Off => Finding::not_run("switched off by the policy"),
        _ if pages <= rule.limit => Finding::pass(observed),
        Level::Warning => Finding::warn(observed),
        Level::Error => Finding::fail(observed),
    }
}

/// PF-012: the worst page decides.
pub(super) fn size(document: &Document, pages: &[ObjectId]) -> Finding {
    let mut worst = Finding::pass("A4 portrait");
    for (index, page) in pages.iter().enumerate() {
        let finding = match view(document, *page) {
            Some(view) => page_size(view, trim(document, *page)),
            None => Finding::fail("no MediaBox"),
        };
        let observed = format!("page {}: {}", index + 1, finding.observed);
        match finding.outcome {
            super::check::Outcome::Fail => return Finding::fail(observed),
            super::check::Outcome::Warn => worst = Finding::warn(observed),
            _ => {}
        }
    }
    worst
}

fn page_size(view: View, trim: Option<PageBox>) -> Finding {
    let size = view.size_mm(view.visible);
    let observed = format!("{:.1} x {:.1} mm", size.0, size.1);
    let off = deviation(size);
    if off <= TOLERANCE {
        return Finding::pass(observed);
    }
    // Bleed is cut off: what remains is the trim box, at most BLEED away on each side.
    let trimmed = trim.is_some_and(|trim| deviation(view.size_mm(trim)) <= TOLERANCE);
    if off <= BLEED || (trimmed && off <= 2.0 * BLEED) {
        return Finding::warn(format!("{observed}, as with bleed"));
    }
    if deviation((size.1, size.0)) <= TOLERANCE {
        return Finding::fail(format!("{observed}: A4 landscape"));
    }
    Finding::fail(observed)
}

/// How far a page is from A4 portrait in its worse dimension, in millimetres.
fn deviation((width, height): (f64, f64)) -> f64 {
    (width - A4.0).abs().max((height - A4.1).abs())
}

/// How the page is viewed: the part of its MediaBox that its CropBox shows.
pub(super) fn view(document: &Document, page: ObjectId) -> Option<View> {
    let media = page_box(document, inherited(document, page, b"MediaBox")?)?;
    let crop = inherited(document, page, b"CropBox").and_then(|object| page_box(document, object));
    Some(View {
        visible: crop.map_or(media, |crop| common(media, crop)),
        rotate: rotation(document, page),
        user_unit: user_unit(document, page),
    })
}

fn trim(document: &Document, page: ObjectId) -> Option<PageBox> {
    let page = document.get_dictionary(page).ok()?;
    page_box(document, page.get_deref(b"TrimBox", document).ok()?)
}

/// Degrees clockwise; what is no multiple of 90 is no rotation.
fn rotation(document: &Document, page: ObjectId) -> i64 {
    let degrees = inherited(document, page, b"Rotate").and_then(|object| object.as_i64().ok());
    match degrees.unwrap_or(0).rem_euclid(360) {
        right @ (90 | 180 | 270) => right,
        _ => 0,
    }
}

/// Not inheritable (ISO 32000-1, table 30).
fn user_unit(document: &Document, page: ObjectId) -> f64 {
    let page = document.get_dictionary(page);
    let unit = page.and_then(|page| page.get_deref(b"UserUnit", document));
    match unit.and_then(Object::as_float) {
        Ok(unit) if unit > 0.0 => f64::from(unit),
        _ => 1.0,
    }
}

/// A rectangle; any two opposite corners may be given.
fn page_box(document: &Document, object: &Object) -> Option<PageBox> {
    let numbers: Vec<f64> = object
        .as_array()
        .ok()?
        .iter()
        .filter_map(|number| document.dereference(number).ok()?.1.as_float().ok())
        .map(f64::from)
        .collect();
    let &[ax, ay, bx, by] = numbers.as_slice() else {
        return None;
    };
    let finite = numbers.iter().all(|number| number.is_finite());
    finite.then(|| PageBox {
        x0: ax.min(bx),
        y0: ay.min(by),
        x1: ax.max(bx),
        y1: ay.max(by),
    })
}

/// The part of the page that is shown; a CropBox beside the page shows the page.
fn common(media: PageBox, crop: PageBox) -> PageBox {
    let common = PageBox {
        x0: media.x0.max(crop.x0),
        y0: media.y0.max(crop.y0),
        x1: media.x1.min(crop.x1),
        y1: media.y1.min(crop.y1),
    };
    if common.x0 < common.x1 && common.y0 < common.y1 {
        common
    } else {
        media
    }
}

#[cfg(test)]
mod tests {
    use lopdf::dictionary;

    use super::super::check::Outcome;
    use super::super::policy::Policy;
    use super::*;

    /// A one-page document whose box and rotation the page inherits.
    fn document(
        media: [f64; 4],
        tree: &[(&str, Object)],
        own: &[(&str, Object)],
    ) -> (Document, ObjectId) {
        let mut document = Document::new();
        let root = document.new_object_id();
        let mut page = dictionary! { "Type" => "Page", "Parent" => root };
        own.iter()
            .for_each(|(key, value)| page.set(*key, value.clone()));
        let page = document.add_object(page);
        let media: Vec<Object> = media
            .iter()
            .map(|side| Object::Real(*side as f32))
            .collect();
        let mut pages = dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1, "MediaBox" => media };
        tree.iter()
            .for_each(|(key, value)| pages.set(*key, value.clone()));
        document.set_object(root, pages);
        (document, page)
    }

    fn outcome(media: [f64; 4], tree: &[(&str, Object)], own: &[(&str, Object)]) -> Outcome {
        let (document, page) = document(media, tree, own);
        size(&document, &[page]).outcome
    }

    fn mm(width: f64, height: f64) -> [f64; 4] {
        [0.0, 0.0, width / 25.4 * 72.0, height / 25.4 * 72.0]
    }

    fn rect(sides: [f64; 4]) -> Object {
        Object::Array(
            sides
                .iter()
                .map(|side| Object::Real(*side as f32))
                .collect(),
        )
    }

    #[test]
    fn tolerance_and_bleed() {
        assert_eq!(outcome(mm(211.9, 295.1), &[], &[]), Outcome::Pass);
        assert_eq!(outcome(mm(213.0, 300.0), &[], &[]), Outcome::Warn);
        assert_eq!(outcome(mm(215.9, 279.4), &[], &[]), Outcome::Fail);
        let bleed = mm(216.0, 303.0);
        let trim = rect([8.5, 8.5, 8.5 + 595.28, 8.5 + 841.89]);
        assert_eq!(outcome(bleed, &[], &[]), Outcome::Fail);
        assert_eq!(outcome(bleed, &[], &[("TrimBox", trim)]), Outcome::Warn);
    }

    #[test]
    fn rotation_is_inherited_and_applied() {
        assert_eq!(outcome(mm(297.0, 210.0), &[], &[]), Outcome::Fail);
        assert_eq!(
            outcome(mm(297.0, 210.0), &[("Rotate", 90.into())], &[]),
            Outcome::Pass
        );
        assert_eq!(
            outcome(mm(297.0, 210.0), &[("Rotate", (-90).into())], &[]),
            Outcome::Pass
        );
        assert_eq!(
            outcome(mm(210.0, 297.0), &[("Rotate", 90.into())], &[]),
            Outcome::Fail
        );
    }

    #[test]
    fn the_crop_box_and_the_user_unit_count() {
        let a4 = rect(mm(210.0, 297.0));
        assert_eq!(
            outcome(mm(420.0, 594.0), &[("CropBox", a4)], &[]),
            Outcome::Pass
        );
        assert_eq!(
            outcome(mm(105.0, 148.5), &[], &[("UserUnit", 2.into())]),
            Outcome::Pass
        );
        assert_eq!(
            outcome(mm(105.0, 148.5), &[("UserUnit", 2.into())], &[]),
            Outcome::Fail
        );
    }

    #[test]
    fn corners_may_be_given_in_any_order() {
        let [_, _, width, height] = mm(210.0, 297.0);
        assert_eq!(outcome([width, height, 0.0, 0.0], &[], &[]), Outcome::Pass);
        assert_eq!(
            outcome([f64::NAN, 0.0, width, height], &[], &[]),
            Outcome::Fail
        );
    }

    #[test]
    fn packs_cap_sheets_and_sides() {
        let policy = Policy::built_in().unwrap();
        let of = |pages, name| sheets(pages, name, policy.pack(name)).outcome;
        assert_eq!(
            [of(8, "notify-c5"), of(9, "notify-c5")],
            [Outcome::Pass, Outcome::Fail]
        );
        assert_eq!(
            [of(6, "client3-invites"), of(7, "client3-invites")],
            [Outcome::Pass, Outcome::Fail]
        );
        assert_eq!(
            [of(38, "notify-c4"), of(39, "notify-c4")],
            [Outcome::Pass, Outcome::Fail]
        );
    }

    #[test]
    fn the_policy_decides_about_at12() {
        let of = |pages, severity| more_pages(pages, MorePages { limit: 5, severity }).outcome;
        assert_eq!(of(5, Level::Error), Outcome::Pass);
        assert_eq!(of(6, Level::Error), Outcome::Fail);
        assert_eq!(of(6, Level::Warning), Outcome::Warn);
        assert_eq!(of(6, Level::Off), Outcome::NotRun);
    }
}
