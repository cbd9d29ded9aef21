//! Layers: what the default configuration shows is printed (ISO 32000-1, 8.11).

use super::made::{GOOD, Made, lines, set_lines};
use super::{CheckId, Outcome, expect, observed};
use Outcome::{Fail, NotRun, Pass, Warn};

/// A document with layers 10 (off), 11 (on) and 12 (on, off in print), and the property `L`.
fn layered(content: &str, property: &str) -> Made {
    let mut made = Made::new(content);
    made.catalog = "/OCProperties<</OCGs[10 0 R 11 0 R 12 0 R]/D<</OFF[10 0 R]/ON[11 0 R]\
        /AS[<</Event/Print/Category[/Print]/OCGs[12 0 R]>>]>>>>"
        .to_owned();
    made.resources = format!("/Properties<</L {property}/Off 10 0 R/On 11 0 R>>");
    let shy = "<</Type/OCG/Name(c)/Usage<</Print<</PrintState/OFF>>>>>>";
    made.with("<</Type/OCG/Name(a)>>")
        .with("<</Type/OCG/Name(b)>>")
        .with(shy)
}

fn address() -> String {
    set_lines("F", &GOOD)
}

#[test]
fn an_address_that_only_a_hidden_layer_has_is_none() {
    for (property, expected) in [
        ("10 0 R", [Fail, NotRun]),
        ("11 0 R", [Pass, Pass]),
        ("<</Type/OCMD/OCGs 10 0 R>>", [Fail, NotRun]),
        ("<</Type/OCMD/OCGs[10 0 R 11 0 R]>>", [Pass, Pass]),
        ("<</Type/OCMD/OCGs[10 0 R 11 0 R]/P/AllOn>>", [Fail, NotRun]),
        ("<</Type/OCMD/OCGs[10 0 R 11 0 R]/P/AnyOff>>", [Pass, Pass]),
        ("<</Type/OCMD/OCGs[10 0 R]/P/AllOff>>", [Pass, Pass]),
        ("<</Type/OCMD/OCGs[11 0 R]/P/AllOff>>", [Fail, NotRun]),
        ("<</Type/OCMD/OCGs 10 0 R/VE[/Not 10 0 R]>>", [Pass, Pass]),
        (
            "<</Type/OCMD/VE[/And 11 0 R[/Not 11 0 R]]>>",
            [Fail, NotRun],
        ),
        ("99 0 R", [Pass, Pass]),
        ("12 0 R", [Warn, Pass]),
    ] {
        let content = format!("/OC /L BDC {} EMC", address());
        expect(property, &layered(&content, property).bytes(), expected);
    }
}

#[test]
fn the_base_state_may_be_off() {
    let mut made = layered(&format!("/OC /L BDC {} EMC", address()), "12 0 R");
    made.catalog = "/OCProperties<</D<</BaseState/OFF/ON[11 0 R]>>>>".to_owned();
    expect("not named", &made.bytes(), [Fail, NotRun]);
    made.resources = "/Properties<</L 11 0 R>>".to_owned();
    expect("named", &made.bytes(), [Pass, Pass]);
}

#[test]
fn layers_nest_and_end() {
    let address = address();
    for (content, expected) in [
        (
            format!("/OC /Off BDC /OC /On BDC {address} EMC EMC"),
            [Fail, NotRun],
        ),
        (
            format!("/OC /On BDC /OC /Off BDC EMC {address} EMC"),
            [Pass, Pass],
        ),
        (
            format!("/OC /Off BDC /P BMC EMC EMC {address}"),
            [Pass, Pass],
        ),
        (
            format!("/OC /Off BDC /P <</MCID 0>> BDC EMC {address} EMC"),
            [Fail, NotRun],
        ),
        (format!("/OC /Off BDC q EMC Q {address}"), [Pass, Pass]),
        (format!("q /OC /Off BDC Q {address} EMC"), [Fail, NotRun]),
        (format!("EMC EMC {address}"), [Pass, Pass]),
        (format!("/P /Off BDC {address} EMC"), [Pass, Pass]),
    ] {
        let report = expect(&content, &layered(&content, "10 0 R").bytes(), expected);
        if expected[0] == Fail {
            assert!(
                observed(&report, CheckId::AddressPresent).contains("layer"),
                "{report:#?}"
            );
        }
    }
}

#[test]
fn a_form_may_stand_in_a_layer() {
    for (layer, expected) in [("10", [Fail, NotRun]), ("11", [Pass, Pass])] {
        let mut made = layered("/X Do", "10 0 R");
        made.resources += "/XObject<</X 13 0 R>>";
        let entries = format!("/Type/XObject/Subtype/Form/BBox[0 0 600 900]/OC {layer} 0 R");
        expect(
            layer,
            &made.with_stream(&entries, &address()).bytes(),
            expected,
        );
    }
    let mut made = layered("/OC /Off BDC /X Do EMC", "10 0 R");
    made.resources += "/XObject<</X 13 0 R>>";
    let entries = "/Type/XObject/Subtype/Form/BBox[0 0 600 900]";
    let made = made.with_stream(entries, &address());
    expect("a form within a layer", &made.bytes(), [Fail, NotRun]);
}

#[test]
fn a_second_address_in_a_hidden_layer_does_not_count() {
    let old = set_lines("F", &["Old Name", "9 Road", "Oldtown", "Shire", "L1 1AA"]);
    let content = format!("{} /OC /Off BDC 0 -6 Td {old} EMC", address());
    expect(
        "a draft",
        &layered(&content, "10 0 R").bytes(),
        [Pass, Pass],
    );
    expect(
        "neither layers nor marks",
        &lines(&GOOD).bytes(),
        [Pass, Pass],
    );
}
