//! Files with letter ids: one a line, or a table as a spreadsheet exports it.

use std::io;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};

use crate::evidence::read_at_most;
use crate::model::{NotText, decode_text};

use super::CliError;

/// The most bytes that a list may have: a hundred thousand letters with other columns.
const LARGEST: u64 = 16 * 1024 * 1024;

/// Most ids of a list.
const MOST_IDS: usize = 300_000;

/// Between the columns of a table, the likeliest first where a line has several.
const DELIMITERS: [char; 4] = ['\t', ';', ',', '|'];

/// What a column of letter ids may be called, in small letters and without anything else.
const NAMES: [&str; 6] = ["letterid", "letterids", "id", "ids", "letter", "letters"];

/// Why a list cannot be understood.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum ListError {
    #[error(
        "line {line} has {columns} columns, and the first line calls none of them letter_id: call the one with the letters' ids so, or write one id a line"
    )]
    Columns { line: u64, columns: usize },
    #[error("line {line} has no column {column}, where the letters' ids stand")]
    Short { line: u64, column: usize },
    #[error("the first line calls several columns letter_id")]
    Twice,
    #[error("line {0}: a quote is opened and not closed")]
    Quote(u64),
    #[error("it has more than {MOST_IDS} lines, and no more are read")]
    TooLong,
    #[error(transparent)]
    NotText(NotText),
}

/// The ids in the file that `flag` names, as they stand: what is no id is told by the planner.
///
/// # Errors
/// If the file cannot be read, or is a table without a column of letter ids.
fn read(flag: &'static str, path: &Path) -> Result<Vec<String>, CliError> {
    let bytes = read_at_most(path, LARGEST);
    let ids = bytes.and_then(|bytes| {
        let text = text(&bytes).map_err(|error| io::Error::other(ListError::NotText(error)))?;
        if text.lines().nth(MOST_IDS).is_some() {
            return Err(io::Error::other(ListError::TooLong));
        }
        ids(&text).map_err(io::Error::other)
    });
    ids.map_err(|source| CliError::IdList {
        flag,
        path: path.to_owned(),
        source,
    })
}

/// The list that `flag` names, if it was given.
///
/// # Errors
/// As the reading of the file.
pub(super) fn given(
    flag: &'static str,
    path: Option<&Path>,
) -> Result<Option<Vec<String>>, CliError> {
    path.map(|path| read(flag, path)).transpose()
}

/// Ids are plain, so an umlaut of an older encoding spoils at most another column; in an id it
/// becomes a character that no id has, so that it is told as well.
fn text(bytes: &[u8]) -> Result<String, NotText> {
    match decode_text(bytes) {
        Err(NotText::Line(_)) => Ok(String::from_utf8_lossy(bytes).into_owned()),
        read => read,
    }
}

fn ids(text: &str) -> Result<Vec<String>, ListError> {
    let rows = rows(text)?;
    let Some((_, first)) = rows.first() else {
        return Ok(Vec::new());
    };
    let headed: Vec<usize> = (0..first.len())
        .filter(|column| first.get(*column).is_some_and(is_name))
        .collect();
    let column = match headed.as_slice() {
        [] => return rows.iter().map(only_column).collect(),
        [one] => *one,
        _ => return Err(ListError::Twice),
    };
    let below = rows.iter().skip(1);
    below
        .map(|(line, row)| {
            let id = row.get(column).map(str::to_owned);
            let (line, column) = (*line, column + 1);
            id.ok_or(ListError::Short { line, column })
        })
        .collect()
}

/// The id of a line without a heading: other columns must be empty, as a spreadsheet leaves them.
fn only_column((line, row): &(u64, StringRecord)) -> Result<String, ListError> {
    let mut filled = row.iter().filter(|field| !field.is_empty());
    let (line, columns) = (*line, row.len());
    match (filled.next(), filled.next()) {
        (Some(id), None) => Ok(id.to_owned()),
        _ => Err(ListError::Columns { line, columns }),
    }
}

/// The lines that hold anything, with their numbers.
fn rows(text: &str) -> Result<Vec<(u64, StringRecord)>, ListError> {
    // Excel's own way to name the delimiter, on a line of its own.
    let named = named_delimiter(text).map(|(named, rest)| (named, rest, 1));
    let (delimiter, text, skipped) = named.unwrap_or((delimiter(text), text, 0));
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter as u8)
        .from_reader(text.as_bytes());
    let unclosed = text.matches('"').count() % 2 == 1;
    let mut rows = Vec::new();
    for record in reader.records().flatten() {
        let line = skipped + record.position().map_or(0, |place| line_of(place, text));
        if unclosed && record.iter().any(|field| field.contains('\n')) {
            return Err(ListError::Quote(line));
        }
        let row: StringRecord = record.iter().map(without_dressing).collect();
        if row.iter().any(|field| !field.is_empty()) {
            rows.push((line, row));
        }
    }
    Ok(rows)
}

/// The line of the record that was looked for from `place` on: blank lines come first.
fn line_of(place: &csv::Position, text: &str) -> u64 {
    let from = usize::try_from(place.byte()).ok();
    let rest = from.and_then(|from| text.get(from..)).unwrap_or_default();
    let blank = rest.chars().take_while(|c| matches!(c, '\r' | '\n'));
    place.line() + blank.filter(|c| *c == '\n').count() as u64
}

/// The delimiter of the first line that holds anything; a comma where there is none.
fn delimiter(text: &str) -> char {
    let first = text.lines().find(|line| !line.trim().is_empty());
    let first = first.unwrap_or_default().trim();
    let there = DELIMITERS.into_iter().find(|one| first.contains(*one));
    there.unwrap_or(',')
}

/// `sep=;`, and what follows that line.
fn named_delimiter(text: &str) -> Option<(char, &str)> {
    let (first, rest) = text.split_once('\n')?;
    let named = first.trim_end().strip_prefix("sep=")?;
    let mut named = named.chars();
    let delimiter = named.next().filter(|one| DELIMITERS.contains(one))?;
    named.next().is_none().then_some((delimiter, rest))
}

/// A field without blanks, without `="…"`, by which a spreadsheet is told that it is text, and
/// without marks that cannot be seen.
fn without_dressing(field: &str) -> &str {
    let unseen = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}');
    let field = field.trim_matches(unseen);
    let text = field
        .strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'));
    text.unwrap_or(field).trim_matches(unseen)
}

fn is_name(field: &str) -> bool {
    let letters = field.chars().filter(|c| c.is_ascii_alphanumeric());
    let plain: String = letters.map(|c| c.to_ascii_lowercase()).collect();
    NAMES.contains(&plain.as_str()) && field.chars().count() <= plain.len() + 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn holds(text: &str, wanted: &[&str]) {
        assert_eq!(
            ids(text),
            Ok(wanted.iter().map(ToString::to_string).collect()),
            "{text:?}"
        );
    }

    #[test]
    fn lists_of_lines_and_tables_of_spreadsheets_are_read() {
        let two = ["36nOm", "36XIr"];
        for text in [
            "36nOm\n36XIr\n",
            "36nOm\r\n\r\n 36XIr \r\n",
            "\"36nOm\"\n\"36XIr\"",
            "letter_id\n36nOm\n36XIr\n",
            "\"letter_id\"\r\n\"36nOm\"\r\n\"36XIr\"\r\n",
            "Letter ID;Reason\n36nOm;moved\n36XIr;\"a; b\"\n",
            "reason\tid\n\t36nOm\nmoved\t36XIr\n",
            "sep=;\r\nid;x\r\n36nOm;1\r\n36XIr;2\r\n",
            "36nOm,,\n,36XIr,\n,,\n",
            "=\"36nOm\"\n=\"36XIr\"\n",
            "id,\u{feff}\n36nOm,\u{200b}\n36XIr\n",
        ] {
            holds(text, &two);
        }
        holds("", &[]);
        holds("letter_id\n", &[]);
        holds("a\na\n", &["a", "a"]);
        // What is no id is the planner's to tell.
        holds("36 nOm\n36XIr!\n", &["36 nOm", "36XIr!"]);
    }

    #[test]
    fn a_table_without_a_column_of_ids_is_named_with_its_line() {
        let columns = |line| Err(ListError::Columns { line, columns: 2 });
        assert_eq!(ids("36nOm,moved\n"), columns(1));
        assert_eq!(ids("36nOm,\n\n36XIr,moved\n"), columns(3));
        assert_eq!(ids("sep=;\n36nOm;moved\n"), columns(2));
        assert_eq!(ids("id,letter_id\na,b\n"), Err(ListError::Twice));
        let short = ListError::Short { line: 3, column: 2 };
        assert_eq!(ids("x;id\n1;a\n2\n"), Err(short));
        assert_eq!(ids("id\n\"36nOm\n36XIr\n"), Err(ListError::Quote(2)));
    }

    #[test]
    fn other_encodings_are_read_and_other_files_named() {
        let utf16 = |text: &str| -> Vec<u8> {
            let marked = format!("\u{feff}{text}");
            marked.encode_utf16().flat_map(u16::to_le_bytes).collect()
        };
        assert_eq!(text(&utf16("a\r\nb")).as_deref(), Ok("a\r\nb"));
        let old = text(b"id;name\na;M\xfcller\nb\xfc;x\n").unwrap();
        holds(&old, &["a", "b\u{fffd}"]);
        assert!(text(b"PK\x03\x04rest").is_err());
    }
}
