//! One-page documents, made to show one thing each.

use lopdf::{Object, Stream, dictionary};

use super::*;

const EVERYWHERE: Rect = Rect {
    left: -1e6,
    top: -1e6,
    right: 1e6,
    bottom: 1e6,
};

/// An unembedded font whose every glyph is half an em wide.
fn font(name: &str) -> Dictionary {
    dictionary! {
        "Type" => "Font", "Subtype" => "TrueType", "BaseFont" => name,
        "Encoding" => "WinAnsiEncoding", "FirstChar" => 0,
        "Widths" => vec![Object::Integer(500); 256],
    }
}

fn stream(dict: Dictionary, content: &str) -> Object {
    Stream::new(dict, content.as_bytes().to_vec()).into()
}

fn form(resources: Dictionary) -> Dictionary {
    dictionary! { "Subtype" => "Form", "Resources" => resources }
}

fn fonts(name: &str) -> Dictionary {
    dictionary! { "Font" => dictionary! { "F" => font(name) } }
}

/// A4, with what the test adds to the page.
fn look(
    content: &str,
    resources: Dictionary,
    more: &[(&str, Object)],
) -> Result<Survey, SurveyFault> {
    let mut document = Document::new();
    let contents = document.add_object(stream(Dictionary::new(), content));
    let mut page = dictionary! {
        "Type" => "Page", "Contents" => contents, "Resources" => resources,
        "MediaBox" => vec![0.into(), 0.into(), Object::Real(595.276), Object::Real(841.89)],
    };
    more.iter()
        .for_each(|(key, value)| page.set(*key, value.clone()));
    let page = document.add_object(page);
    let interest = Interest {
        window: EVERYWHERE,
        live: EVERYWHERE,
    };
    survey(&document, &[page], interest, Deadline::never())
}

fn texts(survey: &Survey) -> Vec<&str> {
    survey.spans.iter().map(|span| span.text.as_str()).collect()
}

fn used(survey: &Survey) -> Vec<&str> {
    survey.fonts.iter().map(|font| font.name.as_str()).collect()
}

fn near(span: &Span, left: f64, baseline: f64) -> bool {
    (span.rect.left - left).abs() < 0.05 && (span.baseline - baseline).abs() < 0.05
}

/// 10 mm, in points.
const CM: f64 = 72.0 / 2.54;

#[test]
fn text_lands_where_the_operators_put_it() {
    let content =
        format!("BT /F 10 Tf 14 TL {CM} 800 Td (ab) Tj T* (c) Tj 1 0 0 1 {CM} 400 Tm (d) Tj ET");
    let found = look(&content, fonts("Arial"), &[]).unwrap();
    let mm = |y: f64| (841.89 - y) / 72.0 * 25.4;
    assert_eq!(texts(&found), ["ab", "c", "d"]);
    assert!(near(&found.spans[0], 10.0, mm(800.0)));
    assert!(near(&found.spans[1], 10.0, mm(786.0)));
    assert!(near(&found.spans[2], 10.0, mm(400.0)));
    let width = found.spans[0].rect.right - found.spans[0].rect.left;
    assert!((width - 10.0 / 72.0 * 25.4).abs() < 0.01, "{width}");
}

#[test]
fn spacing_and_stretching_move_what_follows() {
    // 2 glyphs of 5 points, 1 point after each, 3 more after the space, all doubled.
    let content = "BT /F 10 Tf 1 Tc 3 Tw 200 Tz 100 100 Td (a ) Tj (b) Tj ET";
    let found = look(content, fonts("Arial"), &[]).unwrap();
    let expected = (100.0 + 2.0 * (2.0 * 5.0 + 2.0 + 3.0)) / 72.0 * 25.4;
    assert!((found.spans[1].rect.left - expected).abs() < 0.01);
}

#[test]
fn kerning_joins_and_gaps_separate() {
    let found = look(
        "BT /F 10 Tf 100 100 Td [(M) 20 (1) -400 (1AA)] TJ ET",
        fonts("Arial"),
        &[],
    )
    .unwrap();
    assert_eq!(texts(&found), ["M1", "1AA"]);
    let gap = found.spans[1].rect.left - found.spans[0].rect.right;
    assert!((gap - 4.0 / 72.0 * 25.4).abs() < 0.01, "{gap}");
}

#[test]
fn a_turned_page_is_read_as_it_is_viewed() {
    // The text runs up the sheet; viewed with Rotate 90 it runs to the right.
    let content = format!("BT /F 10 Tf 0 1 -1 0 {CM} {} Tm (up) Tj ET", 2.0 * CM);
    let found = look(&content, fonts("Arial"), &[("Rotate", 90.into())]).unwrap();
    assert!(found.spans[0].level && near(&found.spans[0], 20.0, 10.0));
    let unturned = look(&content, fonts("Arial"), &[]).unwrap();
    assert!(!unturned.spans[0].level);
}

#[test]
fn invisible_text_is_not_there() {
    let found = look("BT /F 10 Tf 3 Tr 50 50 Td (ocr) Tj ET", fonts("Arial"), &[]).unwrap();
    assert!(found.spans.iter().all(|span| span.ink == Ink::Invisible));
    assert!(found.fonts.is_empty() && found.inked.is_empty() && found.texts == 0);
}

#[test]
fn a_font_that_is_only_offered_is_not_used() {
    assert!(used(&look("0 0 m", fonts("Arial"), &[]).unwrap()).is_empty());
    assert_eq!(
        used(&look("BT /F 9 Tf (x) Tj ET", fonts("ABCDEF+Arial"), &[]).unwrap()),
        ["Arial"]
    );
}

/// Runs a page whose resources hold the given object, by reference.
fn with_object(
    content: &str,
    kind: &str,
    object: Object,
    more: &[(&str, Object)],
) -> Result<Survey, SurveyFault> {
    let mut document = Document::new();
    let id = document.add_object(object);
    let contents = document.add_object(stream(Dictionary::new(), content));
    let resources = dictionary! { kind => dictionary! { "X" => id } };
    let mut page = dictionary! {
        "Type" => "Page", "Contents" => contents, "Resources" => resources,
        "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
    };
    more.iter()
        .for_each(|(key, value)| page.set(*key, value.clone()));
    if kind == "Appearance" {
        let annotation = dictionary! { "AP" => dictionary! { "N" => id }, "F" => 4 };
        page.set("Annots", vec![annotation.into()]);
    }
    let page = document.add_object(page);
    let interest = Interest {
        window: EVERYWHERE,
        live: EVERYWHERE,
    };
    survey(&document, &[page], interest, Deadline::never())
}

#[test]
fn a_form_is_drawn_in_its_own_space() {
    let text = "BT /F 10 Tf 0 0 Td (in a form) Tj ET";
    let mut dict = form(fonts("Arial"));
    dict.set(
        "Matrix",
        [1.0, 0.0, 0.0, 1.0, 0.0, 842.0].map(Object::Real).to_vec(),
    );
    let content = format!("q 1 0 0 1 {CM} -{CM} cm /X Do Q");
    let found = with_object(&content, "XObject", stream(dict, text), &[]).unwrap();
    assert_eq!(texts(&found), ["in a form"]);
    assert!(near(&found.spans[0], 10.0, 10.0));
}

#[test]
fn fonts_in_patterns_and_annotations_are_used() {
    let text = "BT /F 10 Tf (x) Tj ET";
    let pattern = stream(form(fonts("Patterned")), text);
    let found = with_object(
        "/Pattern cs /X scn 0 0 9 9 re f",
        "Pattern",
        pattern.clone(),
        &[],
    )
    .unwrap();
    assert_eq!(used(&found), ["Patterned"]);
    let found = with_object("", "Appearance", pattern, &[]).unwrap();
    assert_eq!(used(&found), ["Patterned"]);
    assert!(found.spans.is_empty(), "its place is not known");
}

#[test]
fn an_image_has_the_density_of_its_worse_dimension() {
    let image = dictionary! { "Subtype" => "Image", "Width" => 300, "Height" => 100 };
    let content = "q 72 0 0 72 100 100 cm /X Do Q";
    let found = with_object(content, "XObject", stream(image, ""), &[]).unwrap();
    assert!((found.images[0].dots_per_inch - 100.0).abs() < 0.01);
}

#[test]
fn a_single_dot_is_a_colour() {
    let image = dictionary! { "Subtype" => "Image", "Width" => 1, "Height" => 1 };
    let found = with_object(
        "q 72 0 0 72 0 0 cm /X Do Q",
        "XObject",
        stream(image, ""),
        &[],
    )
    .unwrap();
    assert!(found.images.is_empty());
}

#[test]
fn a_form_that_draws_itself_ends() {
    let dict = dictionary! { "Subtype" => "Form" };
    let fault = with_object("/X Do", "XObject", stream(dict, "/X Do"), &[]).err();
    assert_eq!(fault, Some(SurveyFault::Nesting(1)));
}

#[test]
fn forms_that_multiply_end() {
    // Drawn three hundred times, forty thousand operators each.
    let dict = dictionary! { "Subtype" => "Form" };
    let content = format!("{} q Q", "q Q ".repeat(20_000));
    let fault = with_object(
        &"/X Do ".repeat(300),
        "XObject",
        stream(dict, &content),
        &[],
    )
    .err();
    assert!(matches!(
        fault,
        Some(SurveyFault::Operators(1) | SurveyFault::Content(1))
    ));
}

#[test]
fn contents_and_saved_states_are_capped() {
    let fault = |content: &str| look(content, Dictionary::new(), &[]).err();
    assert_eq!(
        fault(&"n\n".repeat(MAX_OPERATORS + 1)),
        Some(SurveyFault::Operators(1))
    );
    assert_eq!(
        fault(&" ".repeat(MAX_CONTENT + 1)),
        Some(SurveyFault::Content(1))
    );
    assert_eq!(fault(&"q ".repeat(600)), Some(SurveyFault::Nesting(1)));
    assert_eq!(fault(&"q Q ".repeat(600)), None);
}
