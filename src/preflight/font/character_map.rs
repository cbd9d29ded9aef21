//! Character maps: how a text divides into codes, what a code says, which glyph it shows
//! (ISO 32000-1, 9.7.5 and 9.10.3).

use std::collections::{BTreeMap, HashMap};

use super::super::operators::{Operand, Operators};
use super::names;

/// Most ranges of code lengths that are kept; a map has a handful.
const MAX_SPACES: usize = 32;
/// Most ranges that may lie over one another at a code.
const MAX_OVERLAP: usize = 4;
/// Longest text that one code may say, in UTF-16 units.
const LONGEST_TEXT: usize = 64;

/// Codes of that many bytes, each byte between its own two limits.
struct CodeSpace {
    low: Vec<u8>,
    high: Vec<u8>,
}

impl CodeSpace {
    fn starts(&self, text: &[u8]) -> bool {
        let limits = self.low.iter().zip(&self.high);
        text.len() >= self.low.len()
            && limits
                .zip(text)
                .all(|((low, high), byte)| (low..=high).contains(&byte))
    }
}

/// What a map leads to: UTF-16 units of a text, or one unit that is a glyph's number. Most are one
/// unit, and a map may have twenty thousand.
enum Target {
    One(u16),
    Several(Box<[u16]>),
}

impl From<Vec<u16>> for Target {
    fn from(units: Vec<u16>) -> Self {
        match units.as_slice() {
            [unit] => Self::One(*unit),
            _ => Self::Several(units.into()),
        }
    }
}

impl Target {
    fn units(&self) -> &[u16] {
        match self {
            Self::One(unit) => std::slice::from_ref(unit),
            Self::Several(units) => units,
        }
    }
}

/// A map of either kind: `ToUnicode`, or the encoding of a composite font.
#[derive(Default)]
pub(super) struct CharacterMap {
    spaces: Vec<CodeSpace>,
    singles: HashMap<u32, Target>,
    /// By the first code: the last code, and the target of the first.
    ranges: BTreeMap<u32, (u32, Target)>,
}

impl CharacterMap {
    /// Reads a map as far as it can be read: each entry that is there counts.
    pub(super) fn read(text: &[u8]) -> Self {
        let mut map = Self::default();
        let mut operators = Operators::new(text);
        while let Ok(Some(operator)) = operators.next() {
            let operands = operators.operands();
            match operator {
                b"endcodespacerange" => map.add_spaces(operands),
                b"endbfchar" | b"endcidchar" => map.add_singles(operands),
                b"endbfrange" | b"endcidrange" => map.add_ranges(operands),
                _ => {}
            }
        }
        map
    }

    fn add_spaces(&mut self, operands: &[Operand]) {
        for pair in operands.chunks_exact(2) {
            if let [Operand::Text(low), Operand::Text(high)] = pair
                && (1..=4).contains(&low.len())
                && low.len() == high.len()
                && self.spaces.len() < MAX_SPACES
            {
                let (low, high) = (low.to_vec(), high.to_vec());
                self.spaces.push(CodeSpace { low, high });
            }
        }
    }

    fn add_singles(&mut self, operands: &[Operand]) {
        for pair in operands.chunks_exact(2) {
            if let Some((code, target)) = code(&pair[0]).zip(target(&pair[1])) {
                self.singles.insert(code, target);
            }
        }
    }

    fn add_ranges(&mut self, operands: &[Operand]) {
        for triple in operands.chunks_exact(3) {
            let Some((low, high)) = code(&triple[0]).zip(code(&triple[1])) else {
                continue;
            };
            if let Operand::Array(targets) = &triple[2] {
                let listed = (low..=high).zip(targets);
                let listed = listed.filter_map(|(code, item)| Some((code, target(item)?)));
                self.singles.extend(listed);
            } else if let Some(target) = target(&triple[2]) {
                self.ranges.insert(low, (high, target));
            }
        }
    }

    /// Bytes of the code that the text begins with; 0 at its end.
    pub(super) fn code_length(&self, text: &[u8]) -> usize {
        let lengths = || self.spaces.iter().map(|space| space.low.len());
        let starting = self.spaces.iter().filter(|space| space.starts(text));
        let length = starting.map(|space| space.low.len()).min();
        // What belongs to no space is passed over in the shortest steps.
        length.or(lengths().min()).unwrap_or(2).min(text.len())
    }

    /// What the code says.
    pub(super) fn text(&self, code: u32) -> Option<String> {
        let target = self.target(code)?;
        (!target.is_empty()).then(|| String::from_utf16_lossy(&target))
    }

    /// The number of the code's glyph.
    pub(super) fn glyph(&self, code: u32) -> Option<u16> {
        self.target(code)?.first().copied()
    }

    fn target(&self, code: u32) -> Option<Vec<u16>> {
        if let Some(target) = self.singles.get(&code) {
            return Some(target.units().to_vec());
        }
        let before = self.ranges.range(..=code).rev().take(MAX_OVERLAP);
        let (low, (_, first)) = before.into_iter().find(|(_, (high, _))| code <= *high)?;
        let mut target = first.units().to_vec();
        let last = target.last_mut()?;
        *last = last.wrapping_add((code - low) as u16);
        Some(target)
    }
}

/// A code of up to four bytes, whatever its length: maps of fonts with codes of one byte are
/// often written with two.
fn code(operand: &Operand) -> Option<u32> {
    match operand {
        Operand::Text(bytes) if bytes.len() <= 4 => Some(number(bytes)),
        _ => None,
    }
}

/// The number that the bytes make, the first the highest.
pub(super) fn number(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(0, |number, byte| (number << 8) | u32::from(*byte))
}

fn target(operand: &Operand) -> Option<Target> {
    let units = match operand {
        // A single byte is no whole unit, but it is written.
        Operand::Text(bytes) if bytes.len() == 1 => vec![u16::from(bytes[0])],
        Operand::Text(bytes) => {
            let units = bytes.as_chunks::<2>().0.iter().take(LONGEST_TEXT);
            units.map(|unit| u16::from_be_bytes(*unit)).collect()
        }
        Operand::Number(number) => vec![*number as u16],
        Operand::Name(name) => names::letters_of(name)?.encode_utf16().collect(),
        _ => return None,
    };
    Some(units.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(map: &str, codes: &[u32]) -> Vec<Option<String>> {
        let map = CharacterMap::read(map.as_bytes());
        codes.iter().map(|code| map.text(*code)).collect()
    }

    fn some(texts: &[&str]) -> Vec<Option<String>> {
        texts.iter().map(|text| Some((*text).to_owned())).collect()
    }

    #[test]
    fn entries_of_every_form_are_read() {
        let map = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap \
            /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def \
            2 beginbfchar <0001> <004D> <02> <0066 0069> endbfchar \
            3 beginbfrange <0010> <0012> <0041> <20> <22> [<0058> <D83DDE00> /one] \
            <0030> <0031> <005A> endbfrange endcmap";
        let expected = some(&["M", "fi", "A", "C", "X", "\u{1f600}", "1", "["]);
        assert_eq!(
            said(map, &[1, 2, 0x10, 0x12, 0x20, 0x21, 0x22, 0x31]),
            expected
        );
        assert_eq!(said(map, &[0, 3, 0x13, 0x23]), [None, None, None, None]);
    }

    #[test]
    fn what_breaks_off_keeps_what_came_before() {
        let map = "1 beginbfchar <01> <0041> endbfchar 1 beginbfchar <02> <00";
        assert_eq!(said(map, &[1, 2]), [Some("A".to_owned()), None]);
    }

    #[test]
    fn a_huge_range_takes_no_room() {
        let map = "1 beginbfrange <00000000> <FFFFFFFF> <0000> endbfrange";
        assert_eq!(said(map, &[0x41, 0x1F600]), some(&["A", "\u{f600}"]));
    }

    #[test]
    fn a_code_within_two_ranges_is_found() {
        let map = "2 beginbfrange <00> <FF> <0000> <10> <11> <0041> endbfrange";
        assert_eq!(said(map, &[0x10, 0x30]), some(&["A", "0"]));
    }

    #[test]
    fn codes_have_the_length_of_their_space() {
        let map = "2 begincodespacerange <00> <80> <8140> <9ffc> endcodespacerange \
            1 begincidrange <20> <7e> 231 endcidrange 1 begincidchar <8145> 700 endcidchar";
        let map = CharacterMap::read(map.as_bytes());
        let lengths = [&b"A"[..], b"\x81\x45", b"\x81\x30", b"\xff", b""];
        assert_eq!(lengths.map(|text| map.code_length(text)), [1, 2, 1, 1, 0]);
        assert_eq!(map.glyph(0x21), Some(232));
        assert_eq!(map.glyph(0x8145), Some(700));
        assert_eq!(CharacterMap::default().code_length(b"abc"), 2);
    }
}
