//! Files made to cost more than they are worth: each is judged in a process of its own, whose
//! peak memory and time are read when it is done.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]
#![cfg(target_os = "linux")]

use std::io::Write;
use std::process::Command;
use std::time::{Duration, Instant};

use letterproof::preflight::{CheckId, Letter, Policy, Report, full};

/// Most memory that judging a file of at most 10 MiB may take, in KiB.
const MOST_MEMORY_KIB: u64 = 300 * 1024;
/// Longest that it may take; a build without optimisation gets more.
const PATIENCE: Duration = Duration::from_secs(if cfg!(debug_assertions) { 15 } else { 2 });
/// Largest file that is looked at.
const MOST_BYTES: usize = 10 * 1024 * 1024;
/// Names the file to the child.
const FILE: &str = "PREFLIGHT_BOMB";

/// The child: judges one file and prints its own peak memory and time.
#[test]
#[ignore = "run by the test below, in a process of its own"]
fn child() {
    let bytes = std::fs::read(std::env::var(FILE).unwrap()).unwrap();
    let policy = Policy::built_in().unwrap();
    let started = Instant::now();
    let report = full(&Letter::new(&bytes), &policy);
    let micros = started.elapsed().as_micros();
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find(|line| line.starts_with("VmHWM:"));
    let peak = peak.unwrap().split_whitespace().nth(1).unwrap();
    let report = serde_json::to_string(&report).unwrap();
    println!("\nPEAK {peak} {micros} {report}");
}

/// Peak memory in KiB, time, and what was found.
fn judged(bytes: &[u8]) -> (u64, Duration, Report) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--ignored", "--nocapture"])
        .env(FILE, file.path())
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    let line = printed.lines().find_map(|line| line.strip_prefix("PEAK "));
    assert!(line.is_some(), "the child broke down: {output:?}");
    let line = line.unwrap();
    let mut words = line.splitn(3, ' ');
    let mut number = || words.next().unwrap().parse::<u64>().unwrap();
    let (peak, micros) = (number(), number());
    let report = serde_json::from_str(words.next().unwrap()).unwrap();
    (peak, Duration::from_micros(micros), report)
}

const CATALOG: &str = "<</Type/Catalog/Pages 2 0 R>>";
const PAGES: &str = "<</Type/Pages/Kids[3 0 R]/Count 1>>";

/// Objects numbered from 1, in order, with a cross-reference table that finds them.
fn pdf(objects: &[Vec<u8>], trailer: &str) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        offsets.push(bytes.len());
        writeln!(bytes, "{} 0 obj", index + 1).unwrap();
        bytes.extend_from_slice(object);
        bytes.extend_from_slice(b"\nendobj\n");
    }
    finished(bytes, &offsets, trailer)
}

fn finished(mut bytes: Vec<u8>, offsets: &[usize], trailer: &str) -> Vec<u8> {
    let (start, size) = (bytes.len(), offsets.len() + 1);
    write!(bytes, "xref\n0 {size}\n0000000000 65535 f \n").unwrap();
    for offset in offsets {
        writeln!(bytes, "{offset:010} 00000 n ").unwrap();
    }
    let root = format!("<</Size {size}/Root 1 0 R{trailer}>>");
    write!(bytes, "trailer\n{root}\nstartxref\n{start}\n%%EOF\n").unwrap();
    bytes
}

fn stream(entries: &str, data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(data).unwrap();
    let data = encoder.finish().unwrap();
    let length = data.len();
    let mut bytes =
        format!("<</Length {length}/Filter/FlateDecode{entries}>>\nstream\n").into_bytes();
    bytes.extend_from_slice(&data);
    bytes.extend_from_slice(b"\nendstream");
    bytes
}

/// One page with those resources and contents, and further objects from number 5 on.
fn page(resources: &str, contents: &[u8], more: Vec<Vec<u8>>) -> Vec<u8> {
    let page = format!(
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.28 841.89]/Resources<<{resources}>>/Contents 4 0 R>>"
    );
    let mut objects = vec![CATALOG.into(), PAGES.into(), page.into_bytes()];
    objects.push(stream("", contents));
    objects.extend(more);
    pdf(&objects, "")
}

fn with(object: Vec<u8>) -> Vec<u8> {
    page("", b"q Q", vec![object])
}

/// `text` as often as `bytes` hold it.
fn filled(text: &str, bytes: usize) -> Vec<u8> {
    text.repeat(bytes / text.len()).into_bytes()
}

fn object_stream(index: &str, objects: &str) -> Vec<u8> {
    let entries = format!(
        "/Type/ObjStm/N {}/First {}",
        index.split_whitespace().count() / 2,
        index.len()
    );
    stream(&entries, format!("{index}{objects}").as_bytes())
}

/// Each stream holds all that follow: copied one by one they take a thousand times the file.
fn nested_streams(count: usize, trailer: &str) -> Vec<u8> {
    const WIDTH: usize = 64;
    let mut bytes = page("", b"q Q", Vec::new());
    bytes.truncate(bytes.windows(5).rposition(|w| w == b"xref\n").unwrap());
    let mut offsets: Vec<usize> = (1..=4)
        .map(|number| {
            let head = format!("\n{number} 0 obj\n").into_bytes();
            bytes.windows(head.len()).position(|w| w == head).unwrap() + 1
        })
        .collect();
    for index in 0..count {
        let number = offsets.len() + 1;
        offsets.push(bytes.len());
        let length = (count - index - 1) * WIDTH + 100;
        let head = format!("{number} 0 obj<</Length {length}>>");
        writeln!(bytes, "{head:<57}stream").unwrap();
    }
    bytes.extend_from_slice(&[b'x'; 100]);
    bytes.extend_from_slice(b"\nendstream\nendobj\n");
    finished(bytes, &offsets, trailer)
}

/// An encryption that no password opens.
const LOCKED: &str = "/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/Length 40/P -4\
/O<0000000000000000000000000000000000000000000000000000000000000000>\
/U<1111111111111111111111111111111111111111111111111111111111111111>>>";

/// A page of fonts that share what is large.
fn fonts(shared: Vec<u8>, entry: &str, descendant: &str) -> Vec<u8> {
    let (mut resources, mut contents) = ("/Font<<".to_owned(), "BT 60 650 Td ".to_owned());
    let font = format!(
        "<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H{entry}/DescendantFonts 6 0 R>>"
    );
    let mut objects = vec![shared, descendant.as_bytes().to_vec()];
    for index in 0..5_000 {
        resources += &format!("/F{index} {} 0 R", 7 + index);
        contents += &format!("/F{index} 1 Tf <0001>Tj ");
        objects.push(font.clone().into_bytes());
    }
    page(&(resources + ">>"), contents.as_bytes(), objects)
}

fn cmap() -> Vec<u8> {
    let entries: String = (0..20_000)
        .map(|code| format!("<{code:04x}><0041>"))
        .collect();
    let text = format!(
        "begincmap 1 begincodespacerange <0000><ffff> endcodespacerange 20000 beginbfchar {entries} endbfchar endcmap"
    );
    stream("", text.as_bytes())
}

/// Forms that each draw the next one twice.
fn doubling_forms() -> Vec<u8> {
    let forms = (6..34).map(|next| {
        let entries = format!("/Subtype/Form/Resources<</XObject<</A {next} 0 R>>>>/Type/XObject");
        stream(&entries, b"/A Do /A Do")
    });
    page("/XObject<</A 5 0 R>>", b"/A Do", forms.collect())
}

fn page_tree(count: usize) -> Vec<u8> {
    let kids: String = (0..count)
        .map(|index| format!("{} 0 R ", index + 4))
        .collect();
    let mut objects = vec![CATALOG.into()];
    objects.push(format!("<</Type/Pages/Kids[{kids}]/Count {count}>>").into_bytes());
    objects.push(stream("", &filled("BT /F 1 Tf (a) Tj ET ", 400_000)));
    let page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R>>";
    objects.extend(std::iter::repeat_n(page.to_vec(), count));
    pdf(&objects, "")
}

/// A table whose `/Prev` is the table itself.
fn looping_table() -> Vec<u8> {
    b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1/Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF\n".to_vec()
}

/// An image of that many bytes of pixels, painted `times` under as many names.
fn images(entries: &str, pixels: usize, times: usize) -> Vec<u8> {
    let (mut resources, mut contents) = ("/XObject<<".to_owned(), String::new());
    let side = pixels / 1024;
    let entries = format!(
        "/Subtype/Image/Width 1024/Height {side}/BitsPerComponent 8/ColorSpace/DeviceGray{entries}"
    );
    let image = stream(&entries, &vec![0; pixels]);
    for index in 0..times {
        resources += &format!("/X{index} {} 0 R", 5 + index);
        contents += &format!("/X{index} Do ");
    }
    let images = std::iter::repeat_n(image, times).collect();
    page(&(resources + ">>"), contents.as_bytes(), images)
}

/// Each of `times` filters gives as much as the one before it.
fn filters_in_filters(times: usize) -> Vec<u8> {
    let deflated = |data: &[u8], level: flate2::Compression| {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), level);
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    };
    let mut data = vec![0; 30 << 20];
    for _ in 1..times {
        data = deflated(&data, flate2::Compression::none());
    }
    let data = deflated(&data, flate2::Compression::best());
    let (length, names) = (data.len(), "/FlateDecode".repeat(times));
    let entries = format!("/Subtype/Image/Width 1/Height 1/ImageMask true/Filter[{names}]");
    let head = format!("<<{entries}/Length {length}>>\nstream\n");
    let image = [head.as_bytes(), &data, b"\nendstream"].concat();
    page("/XObject<</A 5 0 R>>", b"/A Do", vec![image])
}

/// Text in fonts that are not there, each of another name.
fn lost_fonts() -> Vec<u8> {
    let text: String = (0..200_000)
        .map(|font| format!("/F{font} 1 Tf(a)Tj "))
        .collect();
    page("", format!("BT {text}ET").as_bytes(), Vec::new())
}

fn bombs() -> Vec<(&'static str, CheckId, Vec<u8>)> {
    let same: String = (0..40_000).map(|id| format!("{} 0 ", 1_000 + id)).collect();
    let inner: String = (0..40_000)
        .map(|id| format!("{} {} ", 1_000 + id, 2 + 2 * id))
        .collect();
    let widths = filled("500 ", 240_000);
    let widths = [b"[0[".as_slice(), &widths, b"]]"].concat();
    let to_unicode = "[<</Type/Font/Subtype/CIDFontType2/BaseFont/X>>]";
    let stated = "[<</Type/Font/Subtype/CIDFontType2/BaseFont/X/W 5 0 R>>]";
    let megabyte = |text: &str| object_stream("900 0 ", text);
    let many: Vec<Vec<u8>> = (0..60)
        .map(|_| megabyte(&format!("[{}]", "1 ".repeat(490_000))))
        .collect();
    vec![
        ("brackets", CheckId::Load, with(filled("[", 10_000_000))),
        (
            "dictionaries",
            CheckId::Load,
            with(filled("<</A", 10_000_000)),
        ),
        (
            "names",
            CheckId::Load,
            with([b"[".as_slice(), &filled("/", 9_000_000), b"]"].concat()),
        ),
        (
            "values up to the cap",
            CheckId::AddressPresent,
            with([b"[".as_slice(), &filled("<<>>", 690_000), b"]"].concat()),
        ),
        (
            "streams in streams",
            CheckId::Load,
            nested_streams(45_000, ""),
        ),
        (
            "streams in streams, encrypted",
            CheckId::Load,
            nested_streams(45_000, LOCKED),
        ),
        (
            "one object, often",
            CheckId::Load,
            with(object_stream(&same, "[1 2 3]")),
        ),
        (
            "objects in objects",
            CheckId::Load,
            with(object_stream(
                &inner,
                &format!("({})", "\\(".repeat(50_000)),
            )),
        ),
        (
            "large object streams",
            CheckId::Load,
            page("", b"q Q", many),
        ),
        (
            "one stream of 64 MiB",
            CheckId::Streams,
            page("", &filled("q ", 64 << 20), Vec::new()),
        ),
        ("widths", CheckId::Streams, fonts(widths, "", stated)),
        (
            "character maps",
            CheckId::Fonts,
            fonts(cmap(), "/ToUnicode 5 0 R", to_unicode),
        ),
        ("forms", CheckId::Streams, doubling_forms()),
        (
            "operators",
            CheckId::Streams,
            page("", &filled("q Q ", 1_000_000), Vec::new()),
        ),
        ("pages", CheckId::Streams, page_tree(8_000)),
        ("pixels", CheckId::Streams, images("", 100 << 20, 8)),
        (
            "rows of one pixel",
            CheckId::Streams,
            images("/DecodeParms<</Predictor 15/Columns 1>>", 200 << 20, 4),
        ),
        (
            "filters in filters",
            CheckId::AddressPresent,
            filters_in_filters(16),
        ),
        ("fonts that are not there", CheckId::Streams, lost_fonts()),
        (
            "a table that leads to itself",
            CheckId::PageTree,
            looping_table(),
        ),
    ]
}

#[test]
fn no_file_takes_more_memory_or_time_than_allowed() {
    for (name, check, bytes) in bombs() {
        assert!(bytes.len() <= MOST_BYTES, "{name}: {} bytes", bytes.len());
        let (peak, time, report) = judged(&bytes);
        println!("{name}: {} bytes, {peak} KiB, {time:?}", bytes.len());
        assert!(peak <= MOST_MEMORY_KIB, "{name}: {peak} KiB");
        assert!(time <= PATIENCE, "{name}: {time:?}");
        // A bound says nothing of the letter: only a broken structure is a defect.
        let mut open = report.defects().chain(report.unjudged());
        let found = open.next().map(|check| check.id);
        assert!(found.is_some(), "{name}: {report:#?}");
        // Without optimisation the time is up before some of the caps are reached.
        if !cfg!(debug_assertions) {
            assert_eq!(found, Some(check), "{name}: {report:#?}");
        }
    }
}
