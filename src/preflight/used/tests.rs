//! Documents made to show one thing each.

use lopdf::{Stream, dictionary};

use super::super::check::Outcome;
use super::*;

/// A document of one page with those contents and resources, made of the objects that `more` adds.
fn document(
    contents: impl FnOnce(&mut Document) -> Object,
    resources: impl FnOnce(&mut Document) -> lopdf::Dictionary,
) -> (Document, Vec<ObjectId>) {
    let mut document = Document::new();
    let contents = contents(&mut document);
    let resources = resources(&mut document);
    let page = dictionary! {
        "Type" => "Page", "Contents" => contents, "Resources" => resources,
        "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
    };
    let page = document.add_object(page);
    (document, vec![page])
}

fn judged(document: &Document, pages: &[ObjectId]) -> Finding {
    look(document, pages, Deadline::never())
}

fn plain(content: &str) -> Stream {
    Stream::new(lopdf::Dictionary::new(), content.as_bytes().to_vec())
}

/// What is said of plain contents with those resources.
fn with(content: &str, resources: impl FnOnce(&mut Document) -> lopdf::Dictionary) -> Finding {
    let (document, pages) = document(
        |document| document.add_object(plain(content)).into(),
        resources,
    );
    judged(&document, &pages)
}

#[track_caller]
fn expect(finding: &Finding, outcome: Outcome, said: &str) {
    assert_eq!(finding.outcome, outcome, "{finding:?}");
    assert!(finding.observed.contains(said), "{finding:?}");
}

/// Resources of one kind with one entry `X`, by reference.
fn resource(
    kind: &'static str,
    object: impl Into<Object>,
) -> impl FnOnce(&mut Document) -> lopdf::Dictionary {
    let object = object.into();
    move |document| {
        let id = document.add_object(object);
        dictionary! { kind => dictionary! { "X" => id } }
    }
}

fn nothing(_: &mut Document) -> lopdf::Dictionary {
    lopdf::Dictionary::new()
}

fn font() -> lopdf::Dictionary {
    dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" }
}

fn form(content: &str) -> Stream {
    Stream::new(
        dictionary! { "Subtype" => "Form" },
        content.as_bytes().to_vec(),
    )
}

const TEXT: &str = "BT /X 12 Tf (a) Tj ET";

#[test]
fn text_needs_its_font_and_unused_or_invisible_text_does_not() {
    expect(
        &with(TEXT, resource("Font", font())),
        Outcome::Pass,
        "decoded",
    );
    let lost = ": text in the font /X, which is not there";
    expect(&with(TEXT, nothing), Outcome::Fail, lost);
    expect(
        &with(TEXT, resource("Font", Object::Null)),
        Outcome::Fail,
        lost,
    );
    expect(&with("BT (a) Tj ET", nothing), Outcome::Fail, "in no font");
    expect(
        &with("BT /X 12 Tf [(a) 3 (b)] TJ ET", nothing),
        Outcome::Fail,
        lost,
    );
    for harmless in [
        "BT /X 12 Tf ET",
        "BT /X 12 Tf () Tj ET",
        "BT /X 12 Tf 3 Tr (a) Tj ET",
        "q 3 Tr BT /Y 1 Tf (a) Tj ET Q",
    ] {
        expect(&with(harmless, nothing), Outcome::Pass, "");
    }
}

#[test]
fn what_is_painted_must_be_there() {
    for (content, said) in [
        ("/X Do", "the image or form /X, which is not there"),
        (
            "/Pattern cs /X scn 0 0 9 9 re f",
            "the pattern /X, which is not there",
        ),
        (
            "/Pattern CS /X SCN 0 0 m 9 9 l S",
            "the pattern /X, which is not there",
        ),
        ("/X sh", "the shading /X, which is not there"),
    ] {
        expect(&with(content, nothing), Outcome::Fail, said);
    }
    for harmless in [
        "/X gs",
        "/Pattern cs /X scn",
        "/Pattern cs /X scn 0 g 0 0 9 9 re f",
        "q /X scn Q f",
    ] {
        expect(&with(harmless, nothing), Outcome::Pass, "");
    }
    expect(
        &with("/X Do", resource("XObject", 7)),
        Outcome::Fail,
        "is no stream",
    );
    let other = Stream::new(dictionary! { "Subtype" => "Other" }, Vec::new());
    expect(
        &with("/X Do", resource("XObject", other)),
        Outcome::Fail,
        "neither an image nor a form",
    );
}

#[test]
fn a_layer_that_is_off_needs_nothing() {
    let hidden = "/OC /L BDC /X Do BT /Y 1 Tf (a) Tj ET EMC";
    let off = |content: &str, is_off: bool| {
        let (mut document, pages) = document(
            |document| document.add_object(plain(content)).into(),
            |document| {
                let layer = document.add_object(dictionary! { "Type" => "OCG" });
                dictionary! { "Properties" => dictionary! { "L" => layer } }
            },
        );
        let layer = document
            .objects
            .iter()
            .find(|(_, object)| object.as_dict().is_ok_and(|dict| dict.has_type(b"OCG")));
        let layer = Object::Reference(*layer.unwrap().0);
        let off = if is_off { vec![layer] } else { Vec::new() };
        let properties = dictionary! { "D" => dictionary! { "OFF" => off } };
        let root = document.add_object(dictionary! { "OCProperties" => properties });
        document.trailer.set("Root", root);
        judged(&document, &pages)
    };
    expect(&off(hidden, true), Outcome::Pass, "");
    expect(&off(hidden, false), Outcome::Fail, "/X");
    expect(&off("/OC /L BDC EMC /X Do", true), Outcome::Fail, "/X");
}

#[test]
fn forms_are_followed_with_their_own_resources_or_those_around() {
    let outer = |inner: Stream| {
        move |document: &mut Document| {
            let inner = document.add_object(inner);
            let mut outer = form("/Y Do");
            outer.dict.set(
                "Resources",
                dictionary! { "XObject" => dictionary! { "Y" => inner } },
            );
            let outer = document.add_object(outer);
            dictionary! { "XObject" => dictionary! { "X" => outer }, "Font" => dictionary! { "X" => font() } }
        }
    };
    // The inner form has no resources: it uses the outer form's, which have no font.
    expect(
        &with("/X Do", outer(form(TEXT))),
        Outcome::Fail,
        ": text in the font /X",
    );
    expect(
        &with("/X Do", outer(form("0 0 9 9 re f"))),
        Outcome::Pass,
        "",
    );
    expect(
        &with("/X Do", resource("XObject", form("/Lost Do"))),
        Outcome::Fail,
        "/Lost",
    );
    // It paints itself and nothing else.
    expect(
        &with("/X Do", resource("XObject", form("/X Do"))),
        Outcome::Pass,
        "",
    );
    let filtered = dictionary! { "Subtype" => "Form", "Filter" => "FooDecode" };
    let found = with(
        "/X Do",
        resource("XObject", Stream::new(filtered, b"q Q".to_vec())),
    );
    expect(
        &found,
        Outcome::Fail,
        "no reader knows its filter, /FooDecode",
    );
    assert!(found.observed.starts_with("page 1, object "), "{found:?}");
}

#[test]
fn what_nothing_uses_does_not_count() {
    let broken = || Stream::new(dictionary! { "Filter" => "FooDecode" }, b"x".to_vec());
    for kind in ["XObject", "Font", "Pattern", "Shading"] {
        expect(
            &with("0 0 9 9 re f", resource(kind, broken())),
            Outcome::Pass,
            "",
        );
    }
}

#[test]
fn contents_must_be_streams_that_are_there() {
    let of = |contents: fn(&mut Document) -> Object| {
        let (document, pages) = document(contents, nothing);
        judged(&document, &pages)
    };
    expect(&of(|_| Object::Null), Outcome::Pass, "");
    expect(&of(|_| Object::Array(Vec::new())), Outcome::Pass, "");
    expect(
        &of(|_| Object::Reference((99, 0))),
        Outcome::Fail,
        "page 1, object 99: its contents are not there",
    );
    expect(
        &of(|document| document.add_object(7).into()),
        Outcome::Fail,
        "no stream",
    );
    expect(
        &of(|document| {
            let parts = ["BT 0 0 Td", "ET"].map(|part| document.add_object(plain(part)));
            Object::Array(vec![parts[0].into(), Object::Null, parts[1].into()])
        }),
        Outcome::Pass,
        "2 streams",
    );
    expect(
        &of(|document| {
            let part = document.add_object(plain("q Q"));
            Object::Array(vec![part.into(), Object::Reference((99, 0))])
        }),
        Outcome::Fail,
        "object 99: its contents are not there",
    );
    expect(&with("BT (never ends", nothing), Outcome::Fail, "break off");
    expect(
        &with("q \u{80}\u{81} \u{7f}x Q", nothing),
        Outcome::Fail,
        "is no operator",
    );
}

#[test]
fn data_without_an_end_marker_is_damage_if_the_contents_are_not_complete() {
    let hex = |content: &str, end: &str| {
        let digits: String = content.bytes().map(|byte| format!("{byte:02x}")).collect();
        let dict = dictionary! { "Filter" => "AHx" };
        let stream = Stream::new(dict, format!("{digits}{end}").into_bytes());
        let (document, pages) = document(|document| document.add_object(stream).into(), nothing);
        judged(&document, &pages)
    };
    expect(&hex("0 0 9 9 re f", ">"), Outcome::Pass, "");
    expect(&hex("0 0 9 9 re f", ""), Outcome::Warn, "has no end marker");
    for cut in ["BT 0 0 Td", "q 0 0 9 9 re f", "0 0 9 9"] {
        expect(&hex(cut, ""), Outcome::Fail, "has no end marker");
        expect(&hex(cut, ">"), Outcome::Pass, "");
    }
}

fn image(filter: &str, data: &[u8]) -> Stream {
    let dict = dictionary! {
        "Subtype" => "Image", "Width" => 8, "Height" => 4, "BitsPerComponent" => 8,
        "ColorSpace" => "DeviceGray", "Filter" => filter,
    };
    Stream::new(dict, data.to_vec())
}

fn masked(mask: impl Into<Object>) -> impl FnOnce(&mut Document) -> lopdf::Dictionary {
    let mask = mask.into();
    move |document| {
        let mask = match mask {
            Object::Stream(_) => document.add_object(mask).into(),
            other => other,
        };
        let mut image = image("AHx", format!("{}>", "00".repeat(32)).as_bytes());
        image.dict.set("SMask", mask);
        let image = document.add_object(image);
        dictionary! { "XObject" => dictionary! { "X" => image } }
    }
}

#[test]
fn images_and_their_masks_are_looked_at() {
    let paint = |image: Stream| with("/X Do", resource("XObject", image));
    expect(
        &paint(image("DCTDecode", b"<html>")),
        Outcome::Fail,
        "a JPEG that is none",
    );
    expect(
        &paint(image("FooDecode", b"x")),
        Outcome::Fail,
        "/FooDecode",
    );
    expect(
        &paint(image("AHx", b"0000>")),
        Outcome::Fail,
        "2 of 32 bytes",
    );
    expect(
        &with("/X Do", masked(image("FooDecode", b"x"))),
        Outcome::Fail,
        "/FooDecode",
    );
    expect(
        &with("/X Do", masked(Object::Reference((99, 0)))),
        Outcome::Warn,
        "mask is not there",
    );
    let mut large = image("AHx", b"00>");
    large.dict.set("Width", 100_000);
    large.dict.set("Height", 100_000);
    expect(&paint(large), Outcome::NotJudged, "more than 256 MiB");
    let mut jbig2 = image("JBIG2Decode", b"");
    jbig2.dict.set(
        "DecodeParms",
        dictionary! { "JBIG2Globals" => Object::Reference((99, 0)) },
    );
    expect(&paint(jbig2), Outcome::Fail, "");
}

#[test]
fn inline_images_are_looked_at() {
    let inline = |entries: &str, data: &str| {
        let content = format!("q BI /W 8 /H 4 /BPC 8 /CS /G {entries} ID {data} EI Q");
        with(&content, nothing)
    };
    let digits = "41".repeat(32);
    expect(&inline("/F /AHx", &format!("{digits}>")), Outcome::Pass, "");
    expect(
        &inline("/F [/AHx]", &format!("{digits}>")),
        Outcome::Pass,
        "",
    );
    expect(&inline("", &"A".repeat(32)), Outcome::Pass, "");
    expect(&inline("", &"A".repeat(16)), Outcome::Fail, "bytes");
    expect(&inline("/F /AHx", "4141>"), Outcome::Fail, "2 of 32 bytes");
    expect(&inline("/F /Foo", "4141"), Outcome::Fail, "/Foo");
    expect(&inline("/F /DCT", "4141"), Outcome::Fail, "JPEG");
    let mask = with("BI /W 8 /H 4 /IM true /F /AHx ID 00000000> EI", nothing);
    expect(&mask, Outcome::Pass, "");
}

#[test]
fn embedded_fonts_must_decode() {
    let of = |program: Stream| {
        with(TEXT, move |document: &mut Document| {
            let program = document.add_object(program);
            let mut font = font();
            font.set("FontDescriptor", dictionary! { "FontFile2" => program });
            dictionary! { "Font" => dictionary! { "X" => font } }
        })
    };
    let program =
        |filter: &str, data: &[u8]| Stream::new(dictionary! { "Filter" => filter }, data.to_vec());
    expect(&of(program("AHx", b"00ff>")), Outcome::Pass, "");
    expect(
        &of(program("AHx", b"0zff>")),
        Outcome::Fail,
        "ASCIIHex data is damaged",
    );
    expect(&of(program("Foo", b"00")), Outcome::Fail, "/Foo");
    expect(&of(program("AHx", b">")), Outcome::Fail, "without contents");
}

#[test]
fn the_glyphs_of_a_type_3_font_are_contents() {
    let of = |content: &str, glyph: Stream| {
        let content = content.to_owned();
        with(&content, move |document: &mut Document| {
            let glyph = document.add_object(glyph);
            let font = dictionary! {
                "Subtype" => "Type3", "CharProcs" => dictionary! { "g" => glyph },
                "Encoding" => dictionary! { "Differences" => vec![97.into(), "g".into()] },
            };
            dictionary! { "Font" => dictionary! { "X" => font } }
        })
    };
    expect(&of(TEXT, plain("9 0 d0 0 0 9 9 re f")), Outcome::Pass, "");
    expect(&of(TEXT, plain("9 0 d0 /Lost Do")), Outcome::Fail, "/Lost");
    expect(
        &of("BT /X 12 Tf (b) Tj ET", plain("/Lost Do")),
        Outcome::Pass,
        "",
    );
}

#[test]
fn patterns_masks_and_shadings_are_followed() {
    let tiling = Stream::new(dictionary! { "PatternType" => 1 }, b"/Lost Do".to_vec());
    let fill = "/Pattern cs /X scn 0 0 9 9 re f";
    expect(
        &with(fill, resource("Pattern", tiling)),
        Outcome::Fail,
        "/Lost",
    );
    let function =
        || dictionary! { "FunctionType" => 2, "N" => 1, "Domain" => vec![0.into(), 1.into()] };
    let shading = |function: Option<Object>| {
        let mut shading = dictionary! { "ShadingType" => 2, "ColorSpace" => "DeviceGray" };
        function
            .into_iter()
            .for_each(|function| shading.set("Function", function));
        shading
    };
    let smooth =
        |shading: lopdf::Dictionary| dictionary! { "PatternType" => 2, "Shading" => shading };
    let good = shading(Some(function().into()));
    expect(
        &with(fill, resource("Pattern", smooth(good.clone()))),
        Outcome::Pass,
        "",
    );
    expect(
        &with(fill, resource("Pattern", smooth(shading(None)))),
        Outcome::Fail,
        "function",
    );
    expect(&with("/X sh", resource("Shading", good)), Outcome::Pass, "");
    let stitched =
        dictionary! { "FunctionType" => 3, "Functions" => vec![Object::Reference((99, 0))] };
    expect(
        &with("/X sh", resource("Shading", shading(Some(stitched.into())))),
        Outcome::Fail,
        "part",
    );
    let sampled = Stream::new(
        dictionary! { "FunctionType" => 0, "Filter" => "Foo" },
        Vec::new(),
    );
    expect(
        &with("/X sh", |document: &mut Document| {
            let sampled = document.add_object(sampled);
            dictionary! { "Shading" => dictionary! { "X" => shading(Some(sampled.into())) } }
        }),
        Outcome::Fail,
        "/Foo",
    );
    let masked = |group: Stream| {
        with("/X gs", move |document: &mut Document| {
            let group = document.add_object(group);
            let state = dictionary! { "SMask" => dictionary! { "S" => "Alpha", "G" => group } };
            dictionary! { "ExtGState" => dictionary! { "X" => state } }
        })
    };
    expect(&masked(form("0 0 9 9 re f")), Outcome::Pass, "");
    expect(&masked(form("/Lost Do")), Outcome::Fail, "/Lost");
}

#[test]
fn annotations_count_if_they_print() {
    let of = |flags: i64| {
        let (mut document, pages) =
            document(|document| document.add_object(plain("q Q")).into(), nothing);
        let appearance = document.add_object(form("/Lost Do"));
        let annotation = dictionary! {
            "Subtype" => "FreeText", "F" => flags, "AP" => dictionary! { "N" => appearance },
        };
        let page = document
            .get_object_mut(pages[0])
            .and_then(Object::as_dict_mut)
            .unwrap();
        page.set("Annots", vec![annotation.into()]);
        judged(&document, &pages)
    };
    expect(&of(4), Outcome::Fail, "/Lost");
    for unprinted in [0, 2, 6] {
        expect(&of(unprinted), Outcome::Pass, "");
    }
}

#[test]
fn resources_are_inherited() {
    let (mut document, pages) =
        document(|document| document.add_object(plain(TEXT)).into(), nothing);
    let parent =
        dictionary! { "Resources" => dictionary! { "Font" => dictionary! { "X" => font() } } };
    let parent = document.add_object(parent);
    let page = document
        .get_object_mut(pages[0])
        .and_then(Object::as_dict_mut)
        .unwrap();
    page.remove(b"Resources");
    page.set("Parent", parent);
    expect(&judged(&document, &pages), Outcome::Pass, "");
}

#[test]
fn what_ends_the_search_is_not_judged() {
    let found = with(&"n\n".repeat(MAX_OPERATORS + 1), nothing);
    expect(&found, Outcome::NotJudged, "operators");
    expect(
        &with(&" ".repeat(MAX_CONTENT + 1), nothing),
        Outcome::NotJudged,
        "8 MiB",
    );
    expect(
        &with(&"q ".repeat(600), nothing),
        Outcome::NotJudged,
        "nested",
    );
    let slow = {
        let (document, pages) =
            document(|document| document.add_object(plain("q Q")).into(), nothing);
        look(
            &document,
            &pages,
            Deadline::after(std::time::Duration::ZERO),
        )
    };
    expect(&slow, Outcome::NotJudged, "too long");
}
