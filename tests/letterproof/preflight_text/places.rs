//! Where texts stand, what lies over them, and what their lines say.

use super::made::{GOOD, Made, lines, set_lines};
use super::{CheckId, Outcome, expect, judge, observed};
use Outcome::{Fail, NotRun, Pass, Warn};

fn page(content: &str) -> Vec<u8> {
    Made::new(content).bytes()
}

/// The address, with what comes before and after it.
fn around(before: &str, after: &str) -> Vec<u8> {
    page(&format!("q {before} {} Q {after}", set_lines("F", &GOOD)))
}

#[test]
fn bold_by_striking_twice_counts_once() {
    for (x, y) in [
        (0.0, 0.0),
        (0.25, 0.0),
        (1.0, 0.0),
        (0.3, -0.3),
        (0.0, 2.0),
        (-0.5, 1.0),
    ] {
        let address = set_lines("F", &GOOD);
        let twice = format!("{address} q 1 0 0 1 {x} {y} cm {address} Q");
        expect(&format!("{x} {y}"), &page(&twice), [Pass, Pass]);
        let thrice = format!("{twice} q 1 0 0 1 {y} {x} cm {address} Q");
        expect(&format!("thrice {x} {y}"), &page(&thrice), [Pass, Pass]);
    }
}

#[test]
fn raised_and_lowered_parts_are_no_lines() {
    let tail = "(Street 1) Tj T* (Sampletown) Tj T* (West) Tj T* (M1 1AA) Tj";
    for rise in [3.5, 4.5, -2.0] {
        let head = "BT /F 10 Tf 13 TL 66 700 Td (Jo Sample) Tj T* (Flat 4) Tj T*";
        let by_rise = format!(
            "{head} (4) Tj {rise} Ts /F 6 Tf (th) Tj 0 Ts /F 10 Tf ( Floor) Tj T* {tail} ET"
        );
        expect(&format!("rise {rise}"), &page(&by_rise), [Pass, Pass]);
    }
}

#[test]
fn a_row_is_divided_at_its_gap() {
    for font in ["F", "G"] {
        for blanks in [4, 12, 30, 58] {
            let beside = ["Our ref: ABC/1", "Date: 7 May", "Tel: 0000", "Page 1 of 1"];
            let row =
                |(left, right): (&str, &str)| format!("{left:18}{}{right}", " ".repeat(blanks));
            let rows: Vec<String> = GOOD.into_iter().zip(beside).map(row).collect();
            let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
            expect(
                &format!("{font} {blanks}"),
                &page(&set_lines(font, &rows)),
                [Pass, Pass],
            );
        }
    }
}

#[test]
fn a_reference_may_stand_beside_the_address() {
    let beside = ["Our ref", "ABC/1", "Date", "7 May", "Page 1"];
    for (x, y) in [(160, 700), (160, 694), (200, 706), (120, 695)] {
        let rows: String = beside
            .iter()
            .map(|line| format!("({line}) Tj T* "))
            .collect();
        let column = format!("BT /F 8 Tf 13 TL {x} {y} Td {rows}ET");
        let report = expect(&format!("{x} {y}"), &around("", &column), [Pass, Pass]);
        assert_ne!(observed(&report, CheckId::AddressLines), "");
    }
}

#[test]
fn padding_and_tabs_are_blank() {
    let padded: Vec<String> = GOOD.iter().map(|line| format!("{line:90}")).collect();
    let padded: Vec<&str> = padded.iter().map(String::as_str).collect();
    expect("padded", &page(&set_lines("G", &padded)), [Pass, Pass]);
    let ends = GOOD.map(|line| format!("\t{line}\\r\\n"));
    let rows: String = ends.iter().map(|line| format!("({line}) Tj T* ")).collect();
    let content = format!("BT /F 10 Tf 13 TL 66 700 Td {rows}ET");
    expect("line ends", &page(&content), [Pass, Pass]);
}

#[test]
fn letters_set_one_by_one_are_words() {
    let mut content = String::new();
    for (line, row) in GOOD.iter().zip(0..) {
        for (letter, at) in line.chars().zip(0..) {
            let (x, y) = (66 + 6 * at, 700 - 13 * row);
            content += &format!("BT /G 10 Tf {x} {y} Td ({letter}) Tj ET ");
        }
    }
    expect("letter by letter", &page(&content), [Pass, Pass]);
    let twice = format!("{content} q 1 0 0 1 0.4 0 cm {content} Q");
    expect("twice", &page(&twice), [Pass, Pass]);
}

#[test]
fn what_is_not_seen_does_not_count() {
    for (before, after, why) in [
        ("1 g", "", "white"),
        ("1 1 1 rg", "", "white"),
        ("0 0 0 0 k", "", "white"),
        ("/DeviceRGB cs 1 1 1 sc", "", "white"),
        ("0 0 10 10 re W n", "", "clipped"),
        ("300 600 100 100 re W* n 0 0 5 5 re W n", "", "clipped"),
        ("", "1 g 60 640 200 80 re f", "painted over"),
        ("", "0.9 g 60 640 200 80 re f*", "painted over"),
        ("/Clear gs", "", "transparent"),
    ] {
        let mut made = Made::new(&format!("q {before} {} Q {after}", set_lines("F", &GOOD)));
        made.resources = "/ExtGState<</Clear<</ca 0>>>>".to_owned();
        let report = expect(before, &made.bytes(), [Fail, NotRun]);
        let observed = observed(&report, CheckId::AddressPresent);
        assert!(observed.contains(why), "{before} {after}: {observed}");
    }
}

#[test]
fn what_is_seen_counts() {
    for (before, after) in [
        ("0 g 50 600 300 200 re f 1 g", ""),
        ("0 0 1 rg 50 600 300 200 re B 1 1 1 rg", ""),
        ("50 600 300 200 re W n", ""),
        ("0 0 595 842 re W n 1 g 0 0 595 842 re f 0 g", ""),
        ("1 Tr 1 g 0 G", ""),
        ("2 Tr 1 g 0 G", ""),
        ("4 Tr", ""),
        ("", "1 g 60 100 200 80 re f"),
        ("", "1 g 60 640 m 260 640 l 300 720 l f"),
        ("", "/Multiply gs 1 1 0 rg 60 640 200 80 re f"),
        ("/Half gs", ""),
        ("/Pattern cs /P scn", ""),
    ] {
        let mut made = Made::new(&format!("q {before} {} Q {after}", set_lines("F", &GOOD)));
        made.resources =
            "/ExtGState<</Half<</ca .5>>/Multiply<</BM/Multiply>>>>/Pattern<</P 10 0 R>>"
                .to_owned();
        let shading = "/ShadingType 2/ColorSpace/DeviceGray/Coords[0 0 1 1]/Function 11 0 R";
        let made = made
            .with(&format!(
                "<</Type/Pattern/PatternType 2/Shading<<{shading}>>>>"
            ))
            .with("<</FunctionType 2/Domain[0 1]/C0[0]/C1[1]/N 1>>");
        expect(&format!("{before}, {after}"), &made.bytes(), [Pass, Pass]);
    }
}

#[test]
fn what_this_tool_cannot_tell_is_a_remark() {
    expect(
        "the outline of something else",
        &around("7 Tr", ""),
        [Warn, Pass],
    );
    expect(
        "mostly clipped",
        &around("60 701 30 2 re W n", ""),
        [Warn, Warn],
    );
}

/// A picture of the whole page, or of the window alone, in grey.
fn pictured(content: &str) -> Vec<u8> {
    let mut made = Made::new(content);
    made.resources = "/XObject<</Im 10 0 R>>".to_owned();
    let entries =
        "/Type/XObject/Subtype/Image/Width 4/Height 4/BitsPerComponent 8/ColorSpace/DeviceGray";
    made.with_stream(entries, &"x".repeat(16)).bytes()
}

const WHOLE: &str = "q 595.28 0 0 841.89 0 0 cm /Im Do Q\n";
const IN_WINDOW: &str = "q 150 0 0 60 66 640 cm /Im Do Q\n";

#[test]
fn a_picture_may_show_the_address() {
    let address = set_lines("F", &GOOD);
    let invisible = format!("q 3 Tr {address} Q");
    let letter =
        "BT /F 10 Tf 14 TL 66 500 Td (Dear) Tj T* (a) Tj T* (b) Tj T* (c) Tj T* (d) Tj ET\n";
    let (scan, letterhead) = (format!("{WHOLE}{invisible}"), format!("{WHOLE}{letter}"));
    expect("a scan with its text", &pictured(&scan), [Pass, Pass]);
    expect("a scan without text", &pictured(WHOLE), [Warn, NotRun]);
    expect(
        "a letterhead and no address",
        &pictured(&letterhead),
        [Fail, NotRun],
    );
    expect(
        "a letterhead",
        &pictured(&format!("{letterhead}{address}")),
        [Pass, Pass],
    );
    expect(
        "a picture",
        &pictured(&format!("{IN_WINDOW}{letter}")),
        [Warn, NotRun],
    );
    expect("invisible text alone", &page(&invisible), [Fail, NotRun]);
    expect(
        "text under a scan",
        &pictured(&format!("{address}{WHOLE}")),
        [Warn, Pass],
    );
    let misread = format!(
        "{WHOLE} q 3 Tr {} Q",
        set_lines("F", &["J0 Sarnple", "Street"])
    );
    expect("misread", &pictured(&misread), [Pass, Warn]);
}

#[test]
fn letters_drawn_as_outlines_are_no_blank_window() {
    let glyph = "0 0 m 1 5 l 2 5 3 4 4 2 c 5 1 l 3 0 2 0 v h f ";
    let row = format!(
        "q 1 0 0 1 66 690 cm {} Q",
        format!("{glyph} 1 0 0 1 4 0 cm ").repeat(50)
    );
    expect("outlines", &page(&row), [Warn, NotRun]);
    expect(
        "a few lines",
        &page("66 640 100 50 re f 66 640 m 100 640 l S"),
        [Fail, NotRun],
    );
}

#[test]
fn lines_are_judged_by_what_they_say() {
    for (second, expected) in [
        ("1 Street", Pass),
        ("NO FIXED  ABODE", Fail),
        ("of no fixed address", Fail),
        ("N.F.A.", Fail),
        ("NFA House", Pass),
        ("@home", Fail),
        ("(rear)", Fail),
        ("\\\\server", Fail),
        ("~", Fail),
        ("??", Fail),
        ("Flat ((number))", Fail),
        ("N/A", Warn),
        ("None", Warn),
    ] {
        expect(
            second,
            &lines(&["Jo Sample", second, "M1 1AA"]).bytes(),
            [Pass, expected],
        );
    }
}

#[test]
fn the_last_line_may_be_of_many_kinds() {
    for (last, expected) in [
        (&["BFPO 12"][..], Pass),
        (&["BFPO 12", "BF1 3AA"], Pass),
        (&["BFPO 12", "Cyprus"], Fail),
        (&["BFPO 12", "UK"], Warn),
        (&["JE2 3AB"], Pass),
        (&["IM1 1AA", "Isle of Man"], Pass),
        (&["75001 Paris", "France"], Pass),
        (&["Sampletown M1 1AA"], Warn),
        (&["Sampletown"], Fail),
    ] {
        let all = [&["Jo Sample", "1 Street"], last].concat();
        expect(&last.join(", "), &lines(&all).bytes(), [Pass, expected]);
    }
}

#[test]
fn more_texts_than_an_address_has_are_not_judged() {
    let many = "(a) Tj 0 0 Td ".repeat(5_000);
    let content = format!("BT /F 10 Tf 66 700 Td {many} ET");
    let report = judge(&page(&content));
    assert_eq!(super::outcomes(&report), [Pass, Outcome::NotJudged]);
}
