//! The reports of a run whose every text is the input: `exchanges.har`, the tables, `report.html`,
//! `junit.xml`.
//!
//! The parts of the input are the words of the run, told again from the first when they are used up.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use letterproof::audit::{Known, read_result, verify_run};
use letterproof::model::{Body, Event, Exchange, Line};
use letterproof::report::write_all;
use serde_json::Value;

use super::input::texts;
use super::junit::junit_schema;
use super::markup::{Page, page};
use super::run::telling;

/// Beginnings that make a spreadsheet compute (OWASP, "CSV Injection").
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// What the page has when its texts are long, deep or redacted, and a plain one has not.
const MORE: [&str; 6] = [
    "details",
    "details class",
    "summary",
    "mark",
    "mark class",
    "br",
];

pub fn try_on(data: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::of(folder.path(), &texts(data));
    files.hold_archive();
    files.hold_tables();
    files.hold_page();
    let xml = files.text("junit.xml");
    assert_eq!(junit_schema().breaches(&xml), Vec::<String>::new());
    let json: Result<Value, _> = serde_json::from_str(&files.text("verdicts.json"));
    json.expect("verdicts.json is JSON");
    for name in [
        "exchanges.har",
        "report.html",
        "junit.xml",
        "transitions.csv",
        "summary.md",
    ] {
        let text = files.text(name).replace("\r\n", "\n");
        let hidden = text.chars().find(|c| is_hidden(*c));
        assert_eq!(hidden, None, "a character that misleads stands in {name}");
    }
}

/// A run's reports, and the lines they were made of.
struct Files {
    files: BTreeMap<String, String>,
    lines: Vec<Line>,
}

impl Files {
    fn of(root: &Path, words: &[String]) -> Self {
        let (dir, lines) = telling(root, words);
        let audit = verify_run(&dir, &Known::default()).unwrap();
        assert_eq!(audit.findings, Vec::new(), "a sound run does not verify");
        let result = read_result(&dir).unwrap();
        let written = write_all(&dir, &result, &root.join("reports")).unwrap();
        let files = written.iter().map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(path).unwrap())
        });
        Self {
            files: files.collect(),
            lines,
        }
    }

    fn text(&self, name: &str) -> String {
        self.files[name].clone()
    }

    fn exchanges(&self) -> Vec<&Exchange> {
        let exchange = |line| match line {
            &Line {
                event: Event::Exchange(ref exchange),
                ..
            } => Some(&**exchange),
            _ => None,
        };
        self.lines.iter().filter_map(exchange).collect()
    }

    /// Every text of every exchange comes back out of the archive.
    fn hold_archive(&self) {
        let har: Value = serde_json::from_str(&self.files["exchanges.har"]).expect("JSON");
        let entries = har["log"]["entries"].as_array().unwrap();
        let exchanges = self.exchanges();
        assert_eq!(entries.len(), exchanges.len());
        for (entry, exchange) in entries.iter().zip(exchanges) {
            let (request, response) = (&entry["request"], &entry["response"]);
            assert_eq!(request["url"], *exchange.url);
            assert_eq!(pairs(&request["headers"]), exchange.request.headers);
            let sent = exchange.request.body.as_ref();
            assert_eq!(request["postData"]["text"].as_str(), kept(sent));
            let Some(answer) = &exchange.response else {
                assert_eq!(entry["_error"].as_str(), exchange.error.as_deref());
                continue;
            };
            let came = answer.body.as_ref();
            assert_eq!(response["content"]["text"].as_str(), kept(came));
            let shown = pairs(&response["headers"]);
            assert!(shown.iter().all(|pair| answer.headers.contains(pair)));
        }
    }

    /// As many rows as there are facts, as many cells in each, and none of them a formula.
    fn hold_tables(&self) {
        let count = |wanted: fn(&Event) -> usize| -> usize {
            self.lines.iter().map(|line| wanted(&line.event)).sum()
        };
        let changes = count(|event| match event {
            Event::Intent { changes, .. } => changes.len(),
            _ => 0,
        });
        let submitted = count(|event| usize::from(matches!(event, Event::MiSubmitted { .. })));
        let fetched =
            count(|event| usize::from(matches!(event, Event::PdfChecked { follows: None, .. })));
        let change = self.lines.iter().find_map(|line| match &line.event {
            Event::Intent { changes, .. } => changes.first(),
            _ => None,
        });
        let change = change.unwrap();
        let row = &self.rows("transitions.csv", changes)[0];
        tells(&row[0], &change.letter);
        tells(&row[10], change.reason_text.as_deref().unwrap());
        self.rows("mi.csv", submitted);
        self.rows("downloads.csv", fetched);
    }

    fn rows(&self, name: &str, many: usize) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().from_reader(self.files[name].as_bytes());
        let rows: Vec<Vec<String>> = reader
            .records()
            .map(|row| row.expect("a row").iter().map(str::to_owned).collect())
            .collect();
        assert_eq!(rows.len(), many, "rows of {name}");
        for cell in rows.iter().flatten() {
            assert!(!cell.starts_with(FORMULA), "{cell:?} in {name}");
            assert!(
                !cell.contains(['\n', '\r', '\t', '\0']),
                "{cell:?} in {name}"
            );
        }
        rows
    }

    /// The page has the markup of a page that shows nothing hostile, and its code.
    fn hold_page(&self) {
        static PLAIN: OnceLock<Page> = OnceLock::new();
        let plain = PLAIN.get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            let files = Files::of(folder.path(), &["a plain word".to_owned()]);
            page(&files.files["report.html"])
        });
        let shown = page(&self.files["report.html"]);
        for name in shown.names.difference(&plain.names) {
            assert!(
                MORE.contains(&name.as_str()),
                "<{name}> is not the page's own"
            );
        }
        assert_eq!(shown.code, plain.code, "the page's code");
        let elsewhere = shown.links.iter().find(|link| !link.starts_with('#'));
        assert_eq!(elsewhere, None, "a link leads out of the page");
        let Event::RunStarted(started) = &self.lines[0].event else {
            panic!("a run begins with its introduction");
        };
        let supplier: String = started.supplier.chars().take(160).collect();
        let start = supplier.trim_start();
        let told = shown.title.trim_start();
        let first = spelled(start).split_whitespace().next().map(str::to_owned);
        let first = first.unwrap_or_default();
        assert!(told.contains(&first), "{first:?} is not told in {told:?}");
    }
}

fn pairs(list: &Value) -> Vec<(String, String)> {
    let text = |pair: &Value, name: &str| pair[name].as_str().unwrap().to_owned();
    let pairs = list.as_array().unwrap().iter();
    pairs
        .map(|pair| (text(pair, "name"), text(pair, "value")))
        .collect()
}

/// The text that the archive keeps of a body.
fn kept(body: Option<&Body>) -> Option<&str> {
    body?.text.as_deref()
}

/// Holds that `cell` is `word` on one line, what is hidden in it spelled out.
fn tells(cell: &str, word: &str) {
    let plain = |text: &str| text.split_whitespace().collect::<String>();
    let told = plain(cell.strip_prefix('\'').unwrap_or(cell));
    let word = plain(&spelled(&word.replace("\r\n", "\n")));
    let word = word.strip_prefix('\'').unwrap_or(&word);
    match told.split_once("…(therest") {
        Some((start, _)) => assert!(word.starts_with(start), "{cell:?}"),
        None => assert_eq!(told, word),
    }
}

/// `text` with each hidden character as the reports spell it. A line end is a line end in both
/// spellings.
fn spelled(text: &str) -> String {
    let spell = |c: char| match is_hidden(c) {
        true => format!("‹U+{:04X}›", u32::from(c)),
        false => c.to_string(),
    };
    text.replace("\r\n", "\n").chars().map(spell).collect()
}

/// Control characters, marks that turn the reading direction, characters without width or name.
fn is_hidden(c: char) -> bool {
    let marks = matches!(c,
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' | '\u{fdd0}'..='\u{fdef}');
    let nameless = u32::from(c) & 0xfffe == 0xfffe;
    marks || nameless || (c.is_control() && !matches!(c, '\n' | '\t'))
}
