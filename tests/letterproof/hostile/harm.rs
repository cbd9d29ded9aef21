//! Ways to harm bytes.

use proptest::prelude::*;

/// What attackers write, and where numbers and texts end.
const WORDS: [&str; 24] = [
    "<script>alert(1)</script>",
    "</script>",
    "]]>",
    "\" onload=\"x",
    "&lt;",
    "=cmd|' /C calc'!A0",
    "@SUM(1)",
    "\r\nBcc: thief@example.org\r\n\r\n",
    "\r\n",
    "\u{202e}",
    "\u{feff}",
    "\u{0}",
    "\u{1b}[2J",
    "../../",
    "‹redacted:",
    "\\ud800",
    "18446744073709551616",
    "-1",
    "1e999",
    "null",
    "{{KEY}}",
    "{{TOKEN:64}}",
    "=?utf-8?q?x?=",
    "\"\"\"",
];

/// One harm to some bytes.
#[derive(Clone, Debug)]
pub enum Harm {
    Change(prop::sample::Index, u8),
    Insert(prop::sample::Index, Vec<u8>),
    Remove(prop::sample::Index, usize),
    Cut(prop::sample::Index),
    Repeat(prop::sample::Index, usize),
}

pub fn harms() -> impl Strategy<Value = Harm> {
    let place = any::<prop::sample::Index>;
    let word = prop::sample::select(&WORDS[..]);
    prop_oneof![
        (place(), any::<u8>()).prop_map(|(at, byte)| Harm::Change(at, byte)),
        (place(), prop::collection::vec(any::<u8>(), 1..20))
            .prop_map(|(at, bytes)| Harm::Insert(at, bytes)),
        (place(), word).prop_map(|(at, word)| Harm::Insert(at, word.into())),
        (place(), 1..300usize).prop_map(|(at, many)| Harm::Remove(at, many)),
        place().prop_map(Harm::Cut),
        (place(), 1..300usize).prop_map(|(at, many)| Harm::Repeat(at, many)),
    ]
}

impl Harm {
    /// `whole` after this harm.
    pub fn done_to(&self, whole: &[u8]) -> Vec<u8> {
        let mut bytes = whole.to_vec();
        let length = whole.len();
        if let Harm::Insert(at, more) = self {
            let at = at.index(length + 1);
            drop(bytes.splice(at..at, more.iter().copied()));
        }
        if length == 0 {
            return bytes;
        }
        match self {
            Harm::Change(at, byte) => bytes[at.index(length)] = *byte,
            Harm::Insert(..) => {}
            Harm::Remove(at, many) => {
                let at = at.index(length);
                drop(bytes.drain(at..length.min(at + many)));
            }
            Harm::Cut(at) => bytes.truncate(at.index(length)),
            Harm::Repeat(at, many) => {
                let at = at.index(length);
                let end = length.min(at + many);
                drop(bytes.splice(end..end, whole[at..end].to_vec()));
            }
        }
        bytes
    }
}
