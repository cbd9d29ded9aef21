//! Filled fields and comments: what has the print flag and is not hidden is printed
//! (ISO 32000-1, 12.5.3).

use super::made::{GOOD, Made, stream};
use super::{Outcome, expect};
use Outcome::{Fail, NotRun, Pass, Warn};

/// The appearance of four lines, in a space of its own.
fn drawn() -> String {
    let rows: String = GOOD.iter().map(|line| format!("({line}) Tj T* ")).collect();
    format!("/Tx BMC q BT /F 10 Tf 12 TL 2 60 Td {rows}ET Q EMC")
}

const APPEARANCE: &str =
    "/Type/XObject/Subtype/Form/BBox[0 0 200 75]/Resources<</Font<</F 5 0 R>>>>";
const RECT: &str = "/Type/Annot/Rect[66 630 266 705]";
const VALUE: &str =
    "/V(Jo Sample\\r1 Sample Street\\rSampletown\\rM1 1AA)/DA(/F 10 Tf 0 g)/Ff 4096";

/// A page without contents whose annotation is object 10 and has these entries; its appearance
/// is object 11.
fn annotated(entries: &str) -> Made {
    let made = Made {
        page: "/Annots[10 0 R]".to_owned(),
        ..Made::default()
    };
    made.with(&format!("<<{RECT}{entries}>>"))
        .with_stream(APPEARANCE, &drawn())
        .with_stream(APPEARANCE, "/Tx BMC EMC")
}

fn with_form(mut made: Made, entries: &str) -> Made {
    made.catalog = format!("/AcroForm<</Fields[10 0 R]{entries}>>");
    made
}

#[test]
fn what_an_annotation_draws_is_printed() {
    for kind in [
        "/Subtype/Widget/FT/Tx",
        "/Subtype/FreeText",
        "/Subtype/Stamp",
    ] {
        for (flags, expected) in [
            ("/F 4", [Pass, Pass]),
            ("/F 36", [Pass, Pass]),
            ("/F 2", [Fail, NotRun]),
            ("/F 6", [Fail, NotRun]),
            ("/F 0", [Fail, NotRun]),
            ("", [Fail, NotRun]),
        ] {
            let made = annotated(&format!("{kind}{flags}/AP<</N 11 0 R>>"));
            expect(&format!("{kind} {flags}"), &made.bytes(), expected);
        }
    }
}

#[test]
fn of_several_states_one_is_printed() {
    for (state, expected) in [
        ("/AS/On", [Pass, Pass]),
        ("/AS/Off", [Fail, NotRun]),
        ("/AS/Other", [Fail, NotRun]),
        ("", [Fail, NotRun]),
    ] {
        let entries =
            format!("/Subtype/Widget/FT/Btn/F 4{state}/AP<</N<</On 11 0 R/Off 12 0 R>>>>");
        expect(state, &annotated(&entries).bytes(), expected);
    }
}

#[test]
fn an_annotation_may_stand_in_a_layer() {
    let mut made = annotated("/Subtype/Stamp/F 4/OC 13 0 R/AP<</N 11 0 R>>").with("<</Type/OCG>>");
    expect("on", &made.bytes(), [Pass, Pass]);
    made.catalog = "/OCProperties<</D<</OFF[13 0 R]>>>>".to_owned();
    expect("off", &made.bytes(), [Fail, NotRun]);
}

#[test]
fn an_appearance_is_brought_onto_its_rectangle() {
    let entries = "/Subtype/Stamp/F 4/AP<</N 11 0 R>>";
    let elsewhere = annotated(entries).bytes();
    let elsewhere = String::from_utf8(elsewhere)
        .unwrap()
        .replace("[66 630 266 705]", "[66 130 266 205]");
    expect("elsewhere", elsewhere.as_bytes(), [Fail, NotRun]);
    for (scale, space) in [
        (10.0, "[0 0 2000 750]"),
        (0.5, "[0 0 100 37.5]"),
        (10.0, "[0 0 2000 750]/Matrix[.1 0 0 .1 50 60]"),
        (1.0, "[0 0 200 75]/Matrix[3 0 0 3 -900 40]"),
    ] {
        let mut made = annotated(entries);
        let content = format!("q {scale} 0 0 {scale} 0 0 cm {} Q", drawn());
        made.objects[1] = stream(&APPEARANCE.replace("[0 0 200 75]", space), &content);
        expect(space, &made.bytes(), [Pass, Pass]);
    }
}

#[test]
fn a_value_that_nothing_draws_may_print() {
    let field = format!("/Subtype/Widget/FT/Tx/F 4{VALUE}");
    let made = |entries: &str, form: &str| with_form(annotated(entries), form).bytes();
    expect("no appearance", &made(&field, ""), [Warn, Pass]);
    expect(
        "to be drawn",
        &made(&field, "/NeedAppearances true"),
        [Warn, Pass],
    );
    let empty = format!("{field}/AP<</N 12 0 R>>");
    expect("an empty appearance", &made(&empty, ""), [Fail, NotRun]);
    expect(
        "empty, to be drawn",
        &made(&empty, "/NeedAppearances true"),
        [Warn, Pass],
    );
    let full = format!("{field}/AP<</N 11 0 R>>");
    expect(
        "drawn, to be drawn again",
        &made(&full, "/NeedAppearances true"),
        [Pass, Pass],
    );
    let hidden = field.replace("/F 4", "/F 2");
    expect(
        "hidden",
        &made(&hidden, "/NeedAppearances true"),
        [Fail, NotRun],
    );
    let none = field.replace("M1 1AA", "Nowhere");
    expect("a value without a postcode", &made(&none, ""), [Warn, Warn]);
}

#[test]
fn a_comment_without_appearance_may_print() {
    let text = "/Contents(Jo Sample\\n1 Street\\nM1 1AA)/DA(/F 10 Tf)";
    let made = annotated(&format!("/Subtype/FreeText/F 4{text}"));
    expect("a free text", &made.bytes(), [Warn, Pass]);
    let made = annotated(&format!("/Subtype/Text/F 4{text}"));
    expect("a note", &made.bytes(), [Fail, NotRun]);
    let made = annotated(&format!("/Subtype/Popup/F 4{text}/AP<</N 11 0 R>>"));
    expect("a pop-up", &made.bytes(), [Fail, NotRun]);
}

#[test]
fn a_value_may_be_inherited_and_in_utf_16() {
    let units: String = GOOD
        .join("\n")
        .encode_utf16()
        .map(|unit| format!("{unit:04X}"))
        .collect();
    let made = annotated("/Subtype/Widget/F 4/Parent 13 0 R").with(&format!(
        "<</FT/Tx/Ff 4096/V<FEFF{units}>/DA(/F 9 Tf)/Kids[10 0 R]>>"
    ));
    expect("a kid", &made.bytes(), [Warn, Pass]);
}
