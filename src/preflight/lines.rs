//! How texts in the window make the lines of an address.
//!
//! A producer may set a line in pieces, strike it twice for bold, raise a part of it, or put a
//! reference beside it in the same string. Where one arrangement of texts can be read in several
//! ways, each is a reading.

use super::survey::Span;

/// Part of the letters' size within which baselines belong to one line.
const SAME_LINE: f64 = 0.5;
/// Part of the letters' size that makes a gap between two texts a space.
const WORD_GAP: f64 = 0.15;
/// Part of the letters' size that makes a gap the end of a column.
pub(super) const COLUMN_GAP: f64 = 1.0;
/// Part of the letters' size within which the same text is struck twice. The narrowest letters
/// are wider, so two of them in a row are two.
const SAME_PLACE: f64 = 0.15;
/// Part of a text that others must cover before it can be a part of them.
const COVERED: f64 = 0.8;
/// How much smaller than its line a raised text is.
const SMALLER: f64 = 0.85;
/// How far a smaller text may be raised or lowered, in parts of its line's size.
const RAISED: f64 = 0.6;
const LOWERED: f64 = 0.35;
/// Fewest lines of a column that may be an address.
const FEWEST: usize = 3;
/// Smallest gap between columns, in millimetres.
const GUTTER: f64 = 3.0;

/// A text with a place.
#[derive(Clone, Copy)]
struct Piece<'a> {
    left: f64,
    right: f64,
    baseline: f64,
    size: f64,
    text: &'a str,
}

/// What stands together in a row.
#[derive(Debug, Clone, PartialEq)]
struct Cell {
    left: f64,
    right: f64,
    text: String,
}

type Row = Vec<Cell>;

/// Every way in which the texts can be read as lines, the likeliest first. None if there are no
/// texts.
pub(super) fn readings(spans: &[&Span]) -> Vec<Vec<String>> {
    let rows = rows(spans);
    let mut readings = Vec::new();
    let ways = [whole(&rows), first_cells(&rows), outer_column(&rows)];
    for reading in ways.into_iter().filter(|lines| !lines.is_empty()) {
        if !readings.contains(&reading) {
            readings.push(reading);
        }
    }
    readings
}

/// Texts with about the same baseline make a row; rows run downwards.
fn rows(spans: &[&Span]) -> Vec<Row> {
    let mut pieces: Vec<Piece> = spans.iter().map(|span| piece(span)).collect();
    settle(&mut pieces);
    pieces.sort_by(|a, b| a.baseline.total_cmp(&b.baseline));
    let mut lines: Vec<Vec<Piece>> = Vec::new();
    for piece in pieces {
        match lines.last_mut() {
            Some(line) if piece.baseline - line[0].baseline <= SAME_LINE * line[0].size => {
                line.push(piece);
            }
            _ => lines.push(vec![piece]),
        }
    }
    let rows = lines.into_iter().map(cells);
    rows.filter(|row| !row.is_empty()).collect()
}

fn piece(span: &Span) -> Piece<'_> {
    Piece {
        left: span.rect.left,
        right: span.rect.right,
        baseline: span.baseline,
        size: span.size,
        text: &span.text,
    }
}

/// Gives each raised or lowered part the baseline of the line that it belongs to.
fn settle(pieces: &mut [Piece]) {
    let largest = pieces.iter().map(|piece| piece.size).fold(0.0, f64::max);
    let whole = pieces.to_vec();
    for piece in pieces.iter_mut() {
        if piece.size <= SMALLER * largest
            && let Some(line) = whole.iter().find(|line| belongs(piece, line))
        {
            piece.baseline = line.baseline;
        }
    }
}

fn belongs(part: &Piece, line: &Piece) -> bool {
    let raised = (line.baseline - part.baseline) / line.size;
    let gap = (part.left - line.right).max(line.left - part.right) / line.size;
    part.size <= SMALLER * line.size
        && (-LOWERED..=RAISED).contains(&raised)
        && (-WORD_GAP..=2.0 * WORD_GAP).contains(&gap)
}

/// The texts of a row from left to right, each once, with a space where there is a gap.
fn cells(pieces: Vec<Piece>) -> Row {
    let mut cells: Row = Vec::new();
    for piece in struck_once(pieces) {
        let text = without_controls(piece.text);
        match cells.last_mut() {
            Some(cell) if piece.left - cell.right <= COLUMN_GAP * piece.size => {
                if piece.left - cell.right > WORD_GAP * piece.size {
                    cell.text.push(' ');
                }
                cell.text.push_str(&text);
                cell.right = cell.right.max(piece.right);
            }
            _ => cells.push(Cell {
                left: piece.left,
                right: piece.right,
                text,
            }),
        }
    }
    cells.retain(|cell| !cell.text.trim().is_empty());
    cells
}

/// Bold is made by striking a text again, a hair beside itself.
fn struck_once(mut pieces: Vec<Piece>) -> Vec<Piece> {
    // The widest first: the second strike may be cut up otherwise than the first.
    pieces.sort_by(|a, b| (b.right - b.left).total_cmp(&(a.right - a.left)));
    let mut kept: Vec<Piece> = Vec::new();
    for piece in pieces {
        if !is_repeated(&piece, &kept) {
            kept.push(piece);
        }
    }
    kept.sort_by(|a, b| a.left.total_cmp(&b.left));
    kept
}

fn is_repeated(piece: &Piece, kept: &[Piece]) -> bool {
    let shared = |other: &Piece| piece.right.min(other.right) - piece.left.max(other.left);
    let width = piece.right - piece.left;
    kept.iter().any(|other| {
        let same =
            piece.text == other.text && (piece.left - other.left).abs() <= SAME_PLACE * piece.size;
        same || shared(other) >= COVERED * width && is_part(piece.text, other.text)
    })
}

/// Whether every letter of the one stands in the other, in a row: a rule of underscores under a
/// text has none.
fn is_part(part: &str, text: &str) -> bool {
    let letters = |text: &str| -> String { text.chars().filter(|c| is_letter(*c)).collect() };
    letters(text).contains(&letters(part))
}

/// A letter or a digit, also one that the font does not tell.
pub(super) fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || c == super::font::UNKNOWN
}

/// Letters in right-to-left languages wrap Latin lines in direction marks, which print nothing,
/// as soft hyphens and joiners do.
fn without_controls(text: &str) -> String {
    let is_control = |c: char| {
        matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
            || c.is_control()
    };
    text.chars().filter(|c| !is_control(*c)).collect()
}

/// Each row is a line, with whatever stands beside it.
fn whole(rows: &[Row]) -> Vec<String> {
    let text = |row: &Row| {
        let texts: Vec<&str> = row.iter().map(|cell| cell.text.trim()).collect();
        texts.join(" ")
    };
    rows.iter().map(text).collect()
}

/// What stands first in each row, left of everything that stands second in one.
fn first_cells(rows: &[Row]) -> Vec<String> {
    let seconds = rows.iter().filter_map(|row| row.get(1));
    let second = seconds.map(|cell| cell.left).fold(f64::INFINITY, f64::min);
    let firsts = rows.iter().filter_map(|row| row.first());
    texts(firsts.filter(|cell| cell.left < second))
}

/// The leftmost column, or the rightmost if the leftmost is no address: rows beside each other
/// may stand at different heights.
fn outer_column(rows: &[Row]) -> Vec<String> {
    let mut cells: Vec<&Cell> = rows.iter().flatten().collect();
    cells.sort_by(|a, b| a.left.total_cmp(&b.left));
    let mut columns: Vec<(f64, f64)> = Vec::new();
    for cell in cells {
        match columns.last_mut() {
            Some((_, right)) if cell.left <= *right + GUTTER => *right = right.max(cell.right),
            _ => columns.push((cell.left, cell.right)),
        }
    }
    let within = |column: &(f64, f64)| {
        let (left, right) = *column;
        let cells = rows.iter().flatten();
        texts(cells.filter(|cell| cell.left >= left && cell.right <= right))
    };
    let leftmost = columns.first().map(within).unwrap_or_default();
    if leftmost.len() >= FEWEST {
        return leftmost;
    }
    columns.last().map(within).unwrap_or_default()
}

fn texts<'a>(cells: impl Iterator<Item = &'a Cell>) -> Vec<String> {
    cells.map(|cell| cell.text.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::geometry::Rect;
    use super::super::survey::Ink;
    use super::*;

    const SIZE: f64 = 3.5;

    /// A text whose letters are half as wide as high.
    fn span(left: f64, baseline: f64, size: f64, text: &str) -> Span {
        Span {
            rect: Rect {
                left,
                top: baseline - 0.7 * size,
                right: left + 0.5 * size * text.chars().count() as f64,
                bottom: baseline + 0.2 * size,
            },
            baseline,
            size,
            level: true,
            ink: Ink::Prints,
            text: text.to_owned(),
        }
    }

    fn read(texts: &[(f64, f64, f64, &str)]) -> Vec<Vec<String>> {
        let spans: Vec<Span> = texts
            .iter()
            .map(|(left, baseline, size, text)| span(*left, *baseline, *size, text))
            .collect();
        readings(&spans.iter().collect::<Vec<_>>())
    }

    /// The only way to read the texts.
    fn lines(texts: &[(f64, f64, f64, &str)]) -> Vec<String> {
        let readings = read(texts);
        assert_eq!(readings.len(), 1, "{readings:?}");
        readings[0].clone()
    }

    #[test]
    fn pieces_of_a_line_are_joined_in_reading_order() {
        let apart = [(26.5, 45.0, SIZE, "1AA"), (22.0, 45.3, SIZE, "M1")];
        assert_eq!(lines(&apart), ["M1 1AA"]);
        let touching = [(22.0, 45.0, SIZE, "M"), (23.75, 45.0, SIZE, "1")];
        assert_eq!(lines(&touching), ["M1"]);
        assert_eq!(read(&[]), Vec::<Vec<String>>::new());
    }

    #[test]
    fn a_text_struck_again_counts_once() {
        for (right, down) in [(0.09, 0.0), (0.3, 0.0), (0.5, 0.5), (0.0, 1.2), (0.0, 0.0)] {
            let texts = [
                (22.0, 45.0, SIZE, "Hill"),
                (22.0 + right, 45.0 + down, SIZE, "Hill"),
                (22.0, 50.0, SIZE, "M1 1AA"),
                (22.0 + right, 50.0 + down, SIZE, "M1 1AA"),
            ];
            assert_eq!(lines(&texts), ["Hill", "M1 1AA"], "{right} {down}");
        }
    }

    #[test]
    fn a_second_strike_may_be_cut_up_otherwise() {
        let words = [
            (22.0, 45.0, SIZE, "1 Sample Street"),
            (22.1, 45.0, SIZE, "1"),
            (25.6, 45.0, SIZE, "Sample"),
            (37.85, 45.0, SIZE, "Street"),
        ];
        assert_eq!(lines(&words), ["1 Sample Street"]);
        let letters = [
            (22.0, 45.0, SIZE, "l"),
            (22.1, 45.0, SIZE, "ll"),
            (23.75, 45.0, SIZE, "l"),
        ];
        assert_eq!(lines(&letters), ["ll"]);
    }

    #[test]
    fn two_letters_in_a_row_are_two() {
        let letters = [(22.0, 45.0, SIZE, "l"), (22.77, 45.0, SIZE, "l")];
        assert_eq!(lines(&letters), ["ll"]);
        let ruled = [(22.0, 45.0, SIZE, "Person"), (22.0, 45.2, SIZE, "______")];
        assert_eq!(lines(&ruled), ["Person"]);
    }

    #[test]
    fn raised_and_lowered_parts_belong_to_their_line() {
        for rise in [1.2, 2.0, -0.9] {
            let texts = [
                (22.0, 40.0, SIZE, "Flat 4"),
                (22.0, 45.0, SIZE, "4"),
                (23.8, 45.0 - rise, 2.1, "th"),
                (26.0, 45.0, SIZE, " Floor"),
            ];
            assert_eq!(lines(&texts), ["Flat 4", "4th Floor"], "{rise}");
        }
    }

    #[test]
    fn a_small_line_is_a_line() {
        let texts = [
            (22.0, 45.0, 2.5, "Private and confidential"),
            (22.0, 48.5, SIZE, "Test Person"),
            (22.0, 51.5, 2.5, "Flat 4"),
        ];
        assert_eq!(lines(&texts).len(), 3);
    }

    #[test]
    fn a_row_with_a_gap_is_read_as_one_and_as_two() {
        for gap in [3.6, 10.0, 40.0] {
            let row = |y: f64, left: &'static str, right: &'static str| {
                let end = 22.0 + 0.5 * SIZE * left.len() as f64;
                [(22.0, y, SIZE, left), (end + gap, y, SIZE, right)]
            };
            let texts = [
                row(45.0, "A Person", "Our ref"),
                row(50.0, "M1 1AA", "Page 1"),
            ]
            .concat();
            let readings = read(&texts);
            assert_eq!(readings[0], ["A Person Our ref", "M1 1AA Page 1"], "{gap}");
            assert_eq!(readings[1], ["A Person", "M1 1AA"], "{gap}");
        }
    }

    #[test]
    fn columns_at_different_heights_are_told_apart() {
        let column = |left: f64, from: f64, texts: [&'static str; 3]| {
            let rows = texts.into_iter().zip(0..);
            rows.map(|(text, row)| (left, from + 5.0 * f64::from(row), SIZE, text))
                .collect::<Vec<_>>()
        };
        let address = column(22.0, 45.0, ["A Person", "1 Street", "M1 1AA"]);
        let beside = column(80.0, 47.5, ["Our ref", "Date", "Page 1"]);
        let readings = read(&[address, beside].concat());
        assert!(
            readings.contains(
                &["A Person", "1 Street", "M1 1AA"]
                    .map(str::to_owned)
                    .to_vec()
            )
        );
    }

    #[test]
    fn what_prints_nothing_is_no_line() {
        let marks = [
            (22.0, 45.0, SIZE, "\u{200f}"),
            (22.0, 50.0, SIZE, "\u{202b}a\u{ad}b\u{202c}"),
        ];
        assert_eq!(lines(&marks), ["ab"]);
    }
}
