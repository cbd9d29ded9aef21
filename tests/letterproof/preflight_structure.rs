//! Letters that print and look odd, and letters that do not print: what is said of each.

mod encode;

use letterproof::preflight::{
    CheckId, Letter, LetterStatusClass, Outcome, Policy, Report, Verdict, full,
};
use lopdf::xref::XrefType;
use lopdf::{Dictionary, Document, IncrementalDocument, Object, ObjectId, Stream, dictionary};

fn judge(bytes: &[u8]) -> Report {
    full(&Letter::new(bytes), &Policy::built_in().unwrap())
}

fn case(name: &str) -> Report {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/letterproof/data/preflight"
    );
    judge(&std::fs::read(format!("{folder}/{name}.pdf")).unwrap())
}

#[track_caller]
fn expect_good(report: &Report, name: &str) {
    let open: Vec<_> = report.defects().chain(report.unjudged()).collect();
    assert!(open.is_empty(), "{name}: {open:#?}");
}

/// Refused for what does not print, which the message says.
#[track_caller]
fn expect_refused(report: &Report, said: &str, name: &str) {
    let verdict = report.verdict(LetterStatusClass::Pending);
    assert!(
        matches!(verdict, Verdict::Reject { code: "PF-008", .. }),
        "{name}: {report:#?}"
    );
    let observed = &report.check(CheckId::Streams).unwrap().observed;
    assert!(observed.contains(said), "{name}: {observed}");
    for foreign in ["lopdf", "github", "issue"] {
        assert!(!observed.contains(foreign), "{name}: {observed}");
    }
}

#[test]
fn letters_that_print_are_accepted() {
    for name in [
        "filter-abbreviation-fl",
        "filter-as-indirect-object",
        "header-line-with-trailing-space",
        "names-embeddedfiles-empty-tree",
        "names-javascript-empty-tree",
        "letterhead-200dpi-rgb-flate",
        "letterhead-300dpi-rgb-flate",
        "hidden-comment-with-unembedded-font",
    ] {
        let report = case(name);
        expect_good(&report, name);
        let streams = report.check(CheckId::Streams).unwrap();
        assert_eq!(streams.outcome, Outcome::Pass, "{name}: {streams:?}");
    }
}

#[test]
fn what_only_lacks_its_checksum_is_accepted_with_a_remark() {
    let report = case("flate-sync-flushed-no-final-block");
    expect_good(&report, "flushed");
    let streams = report.check(CheckId::Streams).unwrap();
    assert_eq!(streams.outcome, Outcome::Warn);
    assert!(
        streams.observed.contains("page 1, object 5: "),
        "{streams:?}"
    );
}

#[test]
fn letters_that_do_not_print_are_refused_and_the_page_is_named() {
    for (name, said) in [
        (
            "second-page-unknown-filter",
            "page 2, object 8: no reader knows its filter, /FooDecode",
        ),
        (
            "second-page-damaged-ascii85",
            "page 2, object 8: ASCII85 data is damaged",
        ),
        (
            "second-page-font-resource-missing",
            "page 2, object 8: text in the font /",
        ),
        (
            "image-resource-missing",
            "page 1, object 5: the image or form /Im0, which is not there",
        ),
    ] {
        expect_refused(&case(name), said, name);
    }
}

#[test]
fn a_denied_printing_is_named() {
    let report = case("printing-not-allowed");
    expect_good(&report, "printing-not-allowed");
    let encryption = report.check(CheckId::Encryption).unwrap();
    assert_eq!(encryption.outcome, Outcome::Warn);
    assert!(
        encryption.observed.contains("printing is not allowed"),
        "{encryption:?}"
    );
}

const ADDRESS: &str = "BT /F 10 Tf 12 TL 70 700 Td (Ms A Sample) Tj T* (1 Test Street) Tj \
                       T* (Testington) Tj T* (AB10 1AB) Tj ET";

/// A letter of two pages; what the second is made of is up to the test.
struct Made {
    document: Document,
    font: ObjectId,
    contents: Object,
    resources: Dictionary,
}

impl Made {
    fn new() -> Self {
        let mut document = Document::with_version("1.7");
        let font = document.add_object(dictionary! {
            "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica",
            "Encoding" => "WinAnsiEncoding",
        });
        Self {
            document,
            font,
            contents: Object::Null,
            resources: dictionary! { "Font" => dictionary! { "F" => font } },
        }
    }

    fn with_contents(dict: Dictionary, data: &[u8]) -> Self {
        let mut made = Self::new();
        made.contents = made
            .document
            .add_object(Stream::new(dict, data.to_vec()))
            .into();
        made
    }

    /// The second page paints `X`, which is `object`.
    fn painting(object: impl Into<Object>) -> Self {
        let content = b"q 200 0 0 100 100 300 cm /X Do Q";
        let mut made = Self::with_contents(Dictionary::new(), content);
        let id = made.document.add_object(object);
        made.resources.set("XObject", dictionary! { "X" => id });
        made
    }

    fn bytes(mut self) -> Vec<u8> {
        let document = &mut self.document;
        let pages = document.new_object_id();
        let first = document.add_object(Stream::new(Dictionary::new(), ADDRESS.into()));
        let fonts = dictionary! { "Font" => dictionary! { "F" => self.font } };
        let page = |contents: Object, resources: Dictionary| {
            dictionary! {
                "Type" => "Page", "Parent" => pages, "Contents" => contents, "Resources" => resources,
                "MediaBox" => vec![0.into(), 0.into(), Object::Real(595.276), Object::Real(841.89)],
            }
        };
        let kids = [
            page(first.into(), fonts),
            page(self.contents, self.resources),
        ];
        let kids: Vec<Object> = kids.map(|page| document.add_object(page).into()).to_vec();
        let tree = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => 2 };
        document.set_object(pages, tree);
        let root = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
        document.trailer.set("Root", root);
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).unwrap();
        bytes
    }

    fn judge(self) -> Report {
        judge(&self.bytes())
    }
}

/// Page two: a drawing and a text, long enough to be compressed.
fn page_two() -> Vec<u8> {
    let line = "q 1 0 0 1 20 30 cm 0 0 9 9 re f BT /F 11 Tf 60 500 Td (The second page.) Tj ET Q\n";
    line.repeat(30).into_bytes()
}

type Encode = fn(&[u8]) -> Vec<u8>;

/// Full name, abbreviation, encoder, and a byte that no encoder writes in the middle.
const FILTERS: [(&str, &str, Encode, Option<u8>); 5] = [
    ("FlateDecode", "Fl", encode::flate, Some(0xee)),
    ("LZWDecode", "LZW", encode::lzw, Some(0xff)),
    ("ASCII85Decode", "A85", encode::base85, Some(b'{')),
    ("ASCIIHexDecode", "AHx", encode::hex, Some(b'x')),
    // Damaged runs are other runs.
    ("RunLengthDecode", "RL", encode::runs, None),
];

#[test]
fn every_filter_is_read_by_every_spelling_of_its_name() {
    for (name, short, encode, _) in FILTERS {
        let data = encode(&page_two());
        let spellings: [fn(&mut Made, &str) -> Object; 4] = [
            |_, name| name.into(),
            |_, name| vec![name.into()].into(),
            |made, name| made.document.add_object(Object::Name(name.into())).into(),
            |made, name| {
                let name = made.document.add_object(Object::Name(name.into()));
                made.document
                    .add_object(Object::Array(vec![name.into()]))
                    .into()
            },
        ];
        for (name, spell) in [name, short]
            .iter()
            .flat_map(|name| spellings.map(|it| (name, it)))
        {
            let mut made = Made::new();
            let filter = spell(&mut made, name);
            let stream = Stream::new(dictionary! { "Filter" => filter }, data.clone());
            made.contents = made.document.add_object(stream).into();
            expect_good(&made.judge(), name);
        }
    }
}

#[test]
fn contents_that_are_cut_or_damaged_are_refused_in_every_filter() {
    for (name, _, encode, wrong) in FILTERS {
        let dict = || dictionary! { "Filter" => name };
        let data = encode(&page_two());
        // Not between two lines, where contents without an end marker are complete.
        let cut = Made::with_contents(dict(), &data[..data.len() / 2 - 13]).judge();
        expect_refused(&cut, "page 2, object ", name);
        if let Some(wrong) = wrong {
            let mut damaged = data.clone();
            let middle = data.len() / 2;
            damaged[middle..middle + 4].fill(wrong);
            let damaged = Made::with_contents(dict(), &damaged).judge();
            expect_refused(&damaged, "page 2, object ", name);
        }
    }
}

#[test]
fn chains_of_filters_are_read_and_their_faults_seen() {
    let chain = |names: &[&str], data: &[u8]| {
        let names: Vec<Object> = names.iter().map(|name| (*name).into()).collect();
        Made::with_contents(dictionary! { "Filter" => names }, data).judge()
    };
    let flate = encode::flate(&page_two());
    let armoured = encode::base85(&flate);
    expect_good(
        &chain(&["ASCII85Decode", "FlateDecode"], &armoured),
        "A85 and Flate",
    );
    expect_good(&chain(&["A85", "Fl"], &armoured), "A85 and Fl");
    expect_good(
        &chain(&["AHx", "LZW"], &encode::hex(&encode::lzw(&page_two()))),
        "AHx and LZW",
    );
    let cut = encode::base85(&flate[..flate.len() / 2]);
    expect_refused(&chain(&["A85", "Fl"], &cut), "page 2", "cut inside");
    expect_refused(&chain(&["A85", "Foo"], &armoured), "/Foo", "unknown inside");
    expect_refused(
        &chain(&["DCT", "Fl"], &armoured),
        "page 2",
        "a picture's filter first",
    );
}

#[test]
fn a_wrong_checksum_is_damage_and_an_absent_one_a_remark() {
    let dict = || dictionary! { "Filter" => "FlateDecode" };
    let mut data = encode::flate(&page_two());
    let absent = Made::with_contents(dict(), &data[..data.len() - 4]).judge();
    expect_good(&absent, "absent");
    assert_eq!(
        absent.check(CheckId::Streams).unwrap().outcome,
        Outcome::Warn
    );
    *data.last_mut().unwrap() ^= 1;
    let wrong = Made::with_contents(dict(), &data).judge();
    expect_refused(&wrong, "its checksum is damaged", "wrong");
}

#[test]
fn parts_of_contents_must_all_be_there() {
    let of = |second: fn(&mut Made) -> Object| {
        let mut made = Made::new();
        let first = made
            .document
            .add_object(Stream::new(Dictionary::new(), b"q Q".to_vec()));
        let second = second(&mut made);
        made.contents = vec![first.into(), second].into();
        made.judge()
    };
    let good = of(|made| {
        made.document
            .add_object(Stream::new(Dictionary::new(), page_two()))
            .into()
    });
    expect_good(&good, "both there");
    expect_refused(
        &of(|_| Object::Reference((999, 0))),
        "page 2, object 999: its contents are not there",
        "lost",
    );
    let no_stream = of(|made| {
        made.document
            .add_object(dictionary! { "No" => "stream" })
            .into()
    });
    expect_refused(&no_stream, "its contents are no stream", "no stream");
}

fn image(more: Dictionary, width: i64, height: i64, data: Vec<u8>) -> Stream {
    let mut dict = dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "Width" => width, "Height" => height,
        "ColorSpace" => "DeviceRGB", "BitsPerComponent" => 8,
    };
    more.iter()
        .for_each(|(key, value)| dict.set(key.clone(), value.clone()));
    Stream::new(dict, data)
}

#[test]
fn pictures_are_whole_or_refused() {
    let jpeg = encode::jpeg(800, 600, 20_000);
    let dct = || dictionary! { "Filter" => "DCTDecode" };
    let of = |more: Dictionary, data: &[u8]| {
        Made::painting(image(more, 800, 600, data.to_vec())).judge()
    };
    expect_good(&of(dct(), &jpeg), "whole");
    expect_refused(
        &of(dct(), &jpeg[..jpeg.len() / 2]),
        "a JPEG that is cut off",
        "half",
    );
    expect_refused(
        &of(dct(), b"<!doctype html><html>404</html>"),
        "a JPEG that is none",
        "a web page",
    );
    let wrapped = || dictionary! { "Filter" => vec!["FlateDecode".into(), "DCTDecode".into()] };
    expect_good(&of(wrapped(), &encode::flate(&jpeg)), "wrapped");
    expect_refused(
        &of(wrapped(), &encode::flate(&jpeg[..99])),
        "cut off",
        "cut and wrapped",
    );
    expect_refused(
        &of(wrapped(), &encode::flate(&jpeg)[..30]),
        "page 2, object ",
        "wrapped and cut",
    );
    for (filter, said) in [
        ("JPXDecode", "a JPEG 2000 picture that is none"),
        ("JBIG2Decode", "a JBIG2 picture"),
        ("FooDecode", "/FooDecode"),
    ] {
        expect_refused(
            &of(dictionary! { "Filter" => filter }, b"<html>404</html>"),
            said,
            filter,
        );
    }
    let parameters = dictionary! { "K" => -1, "Columns" => 800 };
    let fax = dictionary! { "Filter" => "CCITTFaxDecode", "DecodeParms" => parameters };
    expect_refused(&of(fax, b"<html>404</html>"), "fax data", "CCITTFaxDecode");
}

#[test]
fn a_scan_of_300_dots_per_inch_is_judged_by_its_pixels() {
    let (width, height) = (2480, 3508);
    let mut pixels = vec![255; 3 * width * height];
    let flate = || dictionary! { "Filter" => "FlateDecode" };
    let of = |more: Dictionary, data: Vec<u8>| {
        Made::painting(image(more, width as i64, height as i64, data)).judge()
    };
    expect_good(&of(flate(), encode::flate(&pixels)), "A4");
    pixels.truncate(pixels.len() / 2);
    expect_refused(
        &of(flate(), encode::flate(&pixels)),
        "an image that ends early",
        "half of it",
    );
    let parameters = dictionary! { "Predictor" => 15, "Colors" => 3, "Columns" => width as i64 };
    let mut predicted = flate();
    predicted.set("DecodeParms", parameters);
    let rows = vec![2; (3 * width + 1) * height];
    expect_good(&of(predicted, encode::flate(&rows)), "predicted");
}

#[test]
fn what_a_form_names_must_be_there_however_deep_it_lies() {
    let nested = |inner: &str, fonts: bool| {
        let mut made = Made::painting(Object::Null);
        let mut dict = dictionary! { "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), 9.into(), 9.into()] };
        dict.set(
            "Resources",
            if fonts {
                made.resources.clone()
            } else {
                Dictionary::new()
            },
        );
        let inner = Stream::new(dict.clone(), inner.as_bytes().to_vec());
        let inner = made.document.add_object(inner);
        dict.set(
            "Resources",
            dictionary! { "XObject" => dictionary! { "Y" => inner } },
        );
        let outer = made
            .document
            .add_object(Stream::new(dict, b"/Y Do".to_vec()));
        made.resources.set("XObject", dictionary! { "X" => outer });
        made.judge()
    };
    let text = "BT /F 9 Tf (text) Tj ET";
    expect_good(&nested(text, true), "with its font");
    expect_refused(
        &nested(text, false),
        "text in the font /F, which is not there",
        "without",
    );
    expect_refused(&nested("/Logo Do", true), "/Logo", "an image inside");
}

#[test]
fn large_drawings_are_no_damage() {
    let curve = "10.125 20.250 m 30.375 40.500 50.625 60.750 70.875 80.125 c S\n";
    let data = encode::flate(curve.repeat(60_000).as_bytes());
    let report = Made::with_contents(dictionary! { "Filter" => "FlateDecode" }, &data).judge();
    expect_good(&report, "3.7 MB of curves");
}

#[test]
fn a_letter_saved_many_times_is_the_letter() {
    for kind in [
        XrefType::CrossReferenceTable,
        XrefType::CrossReferenceStream,
    ] {
        let mut made = Made::with_contents(Dictionary::new(), &page_two());
        made.document.reference_table.cross_reference_type = kind;
        let report = judge(&saved_often(made.bytes()));
        expect_good(&report, "12 updates");
    }
}

fn saved_often(mut bytes: Vec<u8>) -> Vec<u8> {
    for save in 0..12 {
        let document = Document::load_mem(&bytes).unwrap();
        let mut update = IncrementalDocument::create_from(bytes, document);
        update
            .new_document
            .add_object(dictionary! { "Save" => save });
        bytes = Vec::new();
        update.save_to(&mut bytes).unwrap();
    }
    bytes
}
