//! However a font tells its letters (ISO 32000-1, 9.10.2).

use super::made::{GOOD, Made, stream};
use super::{Outcome, expect};
use Outcome::{Fail, Pass, Warn};

/// A letter whose address is shown by those strings, in the font that is object 10.
fn set(shown: &[String], font: &str) -> Made {
    let rows = shown.iter().map(|text| format!("{text} Tj T* "));
    let content = format!("BT /X 10 Tf 13 TL 66 700 Td {}ET", rows.collect::<String>());
    let mut made = Made::new(&content).with(font);
    // The fonts of the page are objects 5 and 6; this one comes in a form.
    made.content = "/Form Do".to_owned();
    made.resources = "/XObject<</Form 11 0 R>>".to_owned();
    let entries = "/Type/XObject/Subtype/Form/BBox[0 0 600 900]/Resources<</Font<</X 10 0 R>>>>";
    made.with_stream(entries, &content).with_stream("", "0100")
}

/// The codes of each line, as hexadecimal strings.
fn coded(code: impl Fn(char) -> String) -> Vec<String> {
    let line = |line: &str| format!("<{}>", line.chars().map(&code).collect::<String>());
    GOOD.iter().map(|text| line(text)).collect()
}

/// Each letter of the address once, with the place that it has.
fn alphabet() -> Vec<char> {
    let mut letters: Vec<char> = GOOD.concat().chars().collect();
    letters.sort_unstable();
    letters.dedup();
    letters
}

/// The codes of a subset: 1, 2, 3 …
fn subset_code(letter: char) -> usize {
    alphabet()
        .iter()
        .position(|known| *known == letter)
        .unwrap()
        + 1
}

const WIDTHS: &str = "/FirstChar 0/LastChar 255/FontDescriptor<</Type/FontDescriptor/Flags FLAGS\
    /MissingWidth 500/FontFile2 12 0 R>>";

fn simple(flags: u32, entries: &str) -> String {
    let widths = WIDTHS.replace("FLAGS", &flags.to_string());
    format!("<</Type/Font/Subtype/TrueType/BaseFont/ABCDEF+Sample{widths}{entries}>>")
}

/// `/Differences` that give each code of the subset the name that `name` makes of its letter.
fn differences(name: impl Fn(char) -> String) -> String {
    let names: String = alphabet()
        .into_iter()
        .map(|c| format!("/{}", name(c)))
        .collect();
    format!("/Encoding<</Differences[1{names}]>>")
}

fn subset() -> Vec<String> {
    coded(|letter| format!("{:02x}", subset_code(letter)))
}

fn adobe_name(letter: char) -> String {
    match letter {
        ' ' => "space".to_owned(),
        '1' => "one".to_owned(),
        other => other.to_string(),
    }
}

fn code_point(letter: char) -> u32 {
    u32::from(letter)
}

#[test]
fn names_of_glyphs_are_read() {
    let names: [fn(char) -> String; 5] = [
        adobe_name,
        |c| format!("{}.alt", adobe_name(c)),
        |c| format!("uni{:04X}", code_point(c)),
        |c| format!("u{:05X}", code_point(c)),
        |c| format!("uni{:04x}.sc", code_point(c)),
    ];
    for name in names {
        let font = simple(4, &differences(name));
        expect(&font, &set(&subset(), &font).bytes(), [Pass, Pass]);
    }
}

#[test]
fn names_that_tell_nothing_are_unknown_letters() {
    let names: [fn(char) -> String; 3] = [
        |c| format!("g{}", code_point(c)),
        |c| format!("cid:{}", code_point(c)),
        |c| format!("G{:02X}", code_point(c)),
    ];
    for name in names {
        let font = simple(4, &differences(name));
        expect(&font, &set(&subset(), &font).bytes(), [Pass, Warn]);
    }
}

#[test]
fn base_encodings_are_read() {
    for encoding in ["/WinAnsiEncoding", "/MacRomanEncoding", "/StandardEncoding"] {
        for flags in [4, 32] {
            let font = simple(flags, &format!("/Encoding{encoding}"));
            let shown = coded(|letter| format!("{:02x}", code_point(letter)));
            expect(&font, &set(&shown, &font).bytes(), [Pass, Pass]);
            let font = simple(
                flags,
                &format!("/Encoding<</BaseEncoding{encoding}/Differences[]>>"),
            );
            expect(&font, &set(&shown, &font).bytes(), [Pass, Pass]);
        }
    }
    let shown = coded(|letter| format!("{:02x}", code_point(letter)));
    let usual = set(&shown, &simple(32, ""));
    expect(
        "no encoding, the usual letters",
        &usual.bytes(),
        [Pass, Pass],
    );
    let own = set(&shown, &simple(4, ""));
    expect(
        "no encoding, letters of its own",
        &own.bytes(),
        [Pass, Warn],
    );
}

/// A `ToUnicode` map of the subset's codes, with what stands between.
fn to_unicode(space: &str, entries: &str) -> String {
    let head = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n\
        /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def";
    stream(
        "",
        &format!("{head}\n1 begincodespacerange\n{space}\nendcodespacerange\n{entries}\nendcmap"),
    )
}

/// Maps of codes with that many digits, in each of the forms that producers write.
fn maps(digits: usize) -> [String; 3] {
    let letters = alphabet();
    let code = |letter: char| format!("<{:0digits$x}>", subset_code(letter));
    let unit = |letter: char| format!("<{:04X}>", code_point(letter));
    let count = letters.len();
    let single = |c: &char| format!("{}{}\n", code(*c), unit(*c));
    let singles: String = letters.iter().map(single).collect();
    let range = |c: &char| format!("{} {} {}\n", code(*c), code(*c), unit(*c));
    let ranges: String = letters.iter().map(range).collect();
    let units: String = letters.iter().map(|c| unit(*c)).collect();
    let listed = format!("<{:0digits$x}> <{count:0digits$x}> [{units}]", 1);
    [
        format!("{count} beginbfchar\n{singles}endbfchar"),
        format!("{count} beginbfrange\n{ranges}endbfrange"),
        format!("1 beginbfrange\n{listed}\nendbfrange"),
    ]
}

#[test]
fn a_map_to_unicode_comes_first() {
    for map in maps(2).into_iter().chain(maps(4)) {
        // The names would say something else.
        let encoding = differences(|_| "x".to_owned());
        let font = simple(4, &format!("{encoding}/ToUnicode 13 0 R"));
        let made = set(&subset(), &font).with(&to_unicode("<00> <FF>", &map));
        expect(&map, &made.bytes(), [Pass, Pass]);
    }
}

#[test]
fn what_a_map_leaves_out_is_told_by_names() {
    let some = "1 beginbfchar <01> <0020> endbfchar";
    let font = simple(4, &format!("{}/ToUnicode 13 0 R", differences(adobe_name)));
    let made = set(&subset(), &font).with(&to_unicode("<00> <FF>", some));
    expect("names", &made.bytes(), [Pass, Pass]);
    let empty =
        "1 beginbfrange <01> <FF> <0000> endbfrange 1 beginbfrange <01> <FF> <E000> endbfrange";
    let font = simple(4, "/ToUnicode 13 0 R");
    let made = set(&subset(), &font).with(&to_unicode("<00> <FF>", empty));
    expect("signs for private use", &made.bytes(), [Pass, Warn]);
}

fn composite(encoding: &str, entries: &str) -> String {
    format!(
        "<</Type/Font/Subtype/Type0/BaseFont/ABCDEF+Sample/Encoding{encoding}{entries}\
         /DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/ABCDEF+Sample/DW 500\
         /CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>\
         /FontDescriptor<</Type/FontDescriptor/Flags 4/FontFile2 12 0 R>>>>]>>"
    )
}

#[test]
fn composite_fonts_are_read() {
    let pairs = coded(|letter| format!("{:04x}", subset_code(letter)));
    for map in maps(4) {
        let font = composite("/Identity-H", "/ToUnicode 13 0 R");
        let made = set(&pairs, &font).with(&to_unicode("<0000> <FFFF>", &map));
        expect(&map, &made.bytes(), [Pass, Pass]);
    }
    let unknown = set(&pairs, &composite("/Identity-H", ""));
    expect("no map", &unknown.bytes(), [Pass, Warn]);
    let unicode = coded(|letter| format!("{:04x}", code_point(letter)));
    let made = set(&unicode, &composite("/UniGB-UTF16-H", ""));
    expect("codes that are Unicode", &made.bytes(), [Pass, Pass]);
}

#[test]
fn a_composite_font_may_have_codes_of_its_own_length() {
    let map = "begincmap 1 begincodespacerange <00> <FF> endcodespacerange \
        1 begincidrange <00> <FF> 0 endcidrange endcmap";
    let font = composite(" 14 0 R", "/ToUnicode 13 0 R");
    let made = set(&subset(), &font).with(&to_unicode("<00> <FF>", &maps(2)[0]));
    expect(
        "one byte",
        &made.with_stream("/Type/CMap", map).bytes(),
        [Pass, Pass],
    );
}

#[test]
fn glyphs_that_are_drawings_are_text() {
    let drawn = |matrix: &str, bbox: &str, width: &str, entries: &str| {
        format!(
            "<</Type/Font/Subtype/Type3/FontMatrix[{matrix}]/FontBBox[{bbox}]/CharProcs<<>>\
             /FirstChar 0/LastChar 40/Widths[{}]{entries}>>",
            format!("{width} ").repeat(41)
        )
    };
    let usual = ("0.001 0 0 0.001 0 0", "0 -200 1000 800", "500");
    // As programs write that rasterise fonts: the glyphs' space is that of the page.
    let raster = ("0.1 0 0 0.1 0 0", "0 -2 10 8", "5");
    for (matrix, bbox, width) in [usual, raster, ("0.01 0 0 -0.01 0 0", "0 0 0 0", "50")] {
        let named = drawn(matrix, bbox, width, &differences(adobe_name));
        expect(matrix, &set(&subset(), &named).bytes(), [Pass, Pass]);
        let numbered = drawn(
            matrix,
            bbox,
            width,
            &differences(|c| format!("a{}", code_point(c))),
        );
        expect(matrix, &set(&subset(), &numbered).bytes(), [Pass, Warn]);
    }
}

#[test]
fn ligatures_and_accents_are_letters() {
    let set_line = |line: &str| {
        let font = simple(
            32,
            "/Encoding<</BaseEncoding/WinAnsiEncoding/Differences[1/fi/f_f_i/wcircumflex]>>",
        );
        let shown = [line, "(1 Street)", "(M1 1AA)"].map(str::to_owned);
        set(&shown, &font).bytes()
    };
    expect("Welsh", &set_line("(T\\003 Gwyn)"), [Pass, Pass]);
    expect("a ligature", &set_line("(Gri\\002n House)"), [Pass, Pass]);
    expect(
        "no fixed abode",
        &set_line("(No \\001xed abode)"),
        [Pass, Fail],
    );
}
