//! Texts made to cost more than they are worth: each ends, with a word on what was not read.

use letterproof::preflight::{Letter, Policy, full};

use super::made::{GOOD, Made, set_lines, stream};
use super::{CheckId, Outcome, outcomes};
use Outcome::{Fail, NotJudged, NotRun, Pass, Warn};

/// What PF-050 and PF-051 say, or that the time was up before.
#[track_caller]
fn expect_end(name: &str, made: &Made, expected: [Outcome; 2]) {
    let report = full(&Letter::new(&made.bytes()), &Policy::built_in().unwrap());
    let streams = report.check(CheckId::Streams).unwrap().outcome;
    let found = outcomes(&report);
    let in_time = streams != NotJudged && !found.contains(&NotJudged);
    assert!(!in_time || found == expected, "{name}: {report:#?}");
}

fn composite(more: &str, widths: &str) -> String {
    format!(
        "<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H{more}/DescendantFonts\
         [<</Type/Font/Subtype/CIDFontType2/BaseFont/X{widths}>>]>>"
    )
}

/// A page that shows a text in the font that is object 10.
fn shown(content: &str, font: &str) -> Made {
    let resources = "/Resources<</Font<</X 10 0 R>>>>";
    let mut made = Made::new("/Form Do");
    made.resources = "/XObject<</Form 11 0 R>>".to_owned();
    let entries = format!("/Type/XObject/Subtype/Form/BBox[0 0 600 900]{resources}");
    made.with(font).with_stream(&entries, content)
}

#[test]
fn ranges_of_widths_are_not_searched_one_by_one() {
    let ranges: String = (0..60_000)
        .map(|glyph| format!("{glyph} {glyph} 1 "))
        .collect();
    let text = format!("BT /X 1 Tf 66 700 Td <{}> Tj ET", "ffff".repeat(200_000));
    let made = shown(&text, &composite("", &format!("/W[{ranges}]")));
    expect_end("widths", &made, [Fail, NotRun]);
}

#[test]
fn maps_are_bounded() {
    let text = format!("BT /X 1 Tf 66 700 Td <{}> Tj ET", "0041".repeat(2_000));
    let ranges = "<00000000> <ffffffff> <0000>\n".repeat(5_000);
    let map = format!("begincmap 5000 beginbfrange {ranges} endbfrange endcmap");
    let made = shown(&text, &composite("/ToUnicode 12 0 R", "/DW 1"));
    expect_end("ranges", &made.clone().with_stream("", &map), [Pass, Fail]);
    let large = format!("{map}{}", " ".repeat(300_000));
    expect_end("too large", &made.with_stream("", &large), [Pass, Warn]);
}

#[test]
fn annotations_are_counted() {
    let value = "/V(a)/FT/Tx/F 4/Rect[66 640 266 700]";
    let mut made = Made::new("");
    made.page = format!("/Annots[{}]", "10 0 R ".repeat(100_000));
    let made = made.with(&format!("<</Subtype/Widget{value}/Parent 10 0 R>>"));
    expect_end("one, often", &made, [Warn, NotJudged]);
}

#[test]
fn layers_that_hold_themselves_end() {
    let mut made = Made::new(&format!("/OC /L BDC {} EMC", set_lines("F", &GOOD)));
    made.resources = "/Properties<</L 10 0 R>>".to_owned();
    let made = made
        .with("<</Type/OCMD/OCGs 10 0 R/VE 11 0 R>>")
        .with("[/And 11 0 R 11 0 R 10 0 R]");
    expect_end("an expression", &made, [Warn, Pass]);
}

#[test]
fn glyphs_that_draw_themselves_end() {
    let font = "<</Type/Font/Subtype/Type3/FontMatrix[.001 0 0 .001 0 0]/FontBBox[0 0 9 9]\
        /CharProcs<</A 12 0 R>>/Encoding<</Differences[65/A]>>/FirstChar 65/Widths[500]\
        /Resources<</Font<</X 10 0 R>>>>>>";
    let glyph = stream("", "500 0 d0 BT /X 1 Tf (AA) Tj ET");
    let made = shown("BT /X 10 Tf 66 700 Td (AA) Tj ET", font).with(&glyph);
    expect_end("a glyph", &made, [Pass, Fail]);
}

#[test]
fn what_lies_over_what_is_bounded() {
    let texts = "(a) Tj 0 0 Td ".repeat(3_000);
    let fills = "9 9 1 1 re f ".repeat(20_000);
    let content = format!("BT /F 10 Tf 66 700 Td {texts} ET {fills}");
    expect_end("fills", &Made::new(&content), [Pass, Fail]);
}
