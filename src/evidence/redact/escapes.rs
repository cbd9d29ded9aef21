//! What JSON, URLs, HTML and UTF-16 write in place of a character, taken back in one go.

/// Characters that HTML has names for and that stand in secrets.
const NAMED: [(&str, char); 22] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("plus", '+'),
    ("equals", '='),
    ("sol", '/'),
    ("bsol", '\\'),
    ("lowbar", '_'),
    ("UnderBar", '_'),
    ("period", '.'),
    ("hyphen", '-'),
    ("dash", '-'),
    ("percnt", '%'),
    ("num", '#'),
    ("colon", ':'),
    ("comma", ','),
    ("excl", '!'),
    ("quest", '?'),
    ("dollar", '$'),
    ("commat", '@'),
];

/// The longest escape is looked for in this many bytes.
const LONGEST: usize = 12;

/// True if [`unescape`] may change `text`. Escaped quotes alone, of which JSON in JSON is full, hide
/// nothing.
pub(super) fn has_escapes(text: &[u8]) -> bool {
    let escapes = |at: usize| match &text[at..] {
        [b'\\', b'"', ..] => false,
        rest => escape_at(rest).is_some(),
    };
    memchr::memchr3_iter(b'\\', b'%', b'&', text).any(escapes) || memchr::memchr(0, text).is_some()
}

/// True if `text` read backwards may have escapes.
pub(super) fn has_reversed_escapes(text: &[u8]) -> bool {
    let hex = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
    memchr::memchr3_iter(b'\\', b'%', b'&', text).any(|at| {
        let before = |back: usize| at.checked_sub(back).and_then(|at| text.get(at));
        match text[at] {
            b'\\' => matches!(before(1), Some(b'u' | b'x' | b'/')),
            b'%' => hex(before(1)) && hex(before(2)),
            _ => before(1) == Some(&b'#'),
        }
    })
}

/// `text` with one layer of escapes taken back.
pub(super) fn unescape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr3(b'\\', b'%', b'&', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        let (character, length) = escape_at(rest).unwrap_or((Meant::Byte(rest[0]), 1));
        character.push(&mut out);
        rest = &rest[length..];
    }
    out.extend_from_slice(rest);
    // In UTF-16 every other byte of a secret is one.
    out.retain(|byte| *byte != 0);
    out
}

/// What an escape means.
enum Meant {
    Byte(u8),
    Character(char),
}

impl Meant {
    fn push(self, out: &mut Vec<u8>) {
        match self {
            Self::Byte(byte) => out.push(byte),
            Self::Character(character) => {
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
}

/// The escape that `rest` begins with, and its length.
fn escape_at(rest: &[u8]) -> Option<(Meant, usize)> {
    match rest {
        [b'\\', b'u', b'{', ..] => braced(rest),
        [b'\\' | b'%', b'u' | b'U', ..] => unicode(rest),
        [b'\\', b'x' | b'X', ..] => byte(rest, 2),
        [b'\\', ..] => plain(rest),
        [b'%', ..] => byte(rest, 1),
        [b'&', b'#', b'x' | b'X', ..] => numbered(rest, 3, 16),
        [b'&', b'#', ..] => numbered(rest, 2, 10),
        [b'&', ..] => named(rest),
        _ => None,
    }
}

/// `\n` and its kin, and any other character behind a backslash, which means itself.
fn plain(rest: &[u8]) -> Option<(Meant, usize)> {
    let [b'\\', next, ..] = rest else {
        return None;
    };
    let meant = match next {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'0' => 0,
        other => *other,
    };
    Some((Meant::Byte(meant), 2))
}

fn byte(rest: &[u8], from: usize) -> Option<(Meant, usize)> {
    let value = number(rest.get(from..from + 2)?, 16)?;
    Some((Meant::Byte(u8::try_from(value).ok()?), from + 2))
}

/// `\u0041`; half of a pair means nothing that stands in a secret.
fn unicode(rest: &[u8]) -> Option<(Meant, usize)> {
    let value = number(rest.get(2..6)?, 16)?;
    let character = char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER);
    Some((Meant::Character(character), 6))
}

fn braced(rest: &[u8]) -> Option<(Meant, usize)> {
    let end = rest.iter().take(LONGEST).position(|byte| *byte == b'}')?;
    let character = char::from_u32(number(rest.get(3..end)?, 16)?)?;
    Some((Meant::Character(character), end + 1))
}

/// `&#65;`, also without its semicolon.
fn numbered(rest: &[u8], from: usize, radix: u32) -> Option<(Meant, usize)> {
    let is_digit = |byte: &&u8| char::from(**byte).is_digit(radix);
    let digits = rest[from..].iter().take_while(is_digit).count();
    let end = from + digits;
    let tail = &rest[from..end];
    let zeros = tail.iter().take_while(|digit| **digit == b'0').count();
    let significant = &tail[zeros.min(tail.len().saturating_sub(1))..];
    let character = char::from_u32(number(significant, radix)?)?;
    let semicolon = usize::from(rest.get(end) == Some(&b';'));
    Some((Meant::Character(character), end + semicolon))
}

fn named(rest: &[u8]) -> Option<(Meant, usize)> {
    let end = rest.iter().take(LONGEST).position(|byte| *byte == b';')?;
    let name = std::str::from_utf8(rest.get(1..end)?).ok()?;
    let known = NAMED.iter().find(|(known, _)| *known == name);
    known.map(|(_, character)| (Meant::Character(*character), end + 1))
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    let fits = (1..=8).contains(&digits.len());
    let text = std::str::from_utf8(digits).ok().filter(|_| fits)?;
    let plain = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    plain
        .then(|| u32::from_str_radix(text, radix).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_taken_back() {
        for text in [
            r"\u0053\u0065cret",
            r"\u{53}ecret",
            r"\x53e\x63ret",
            "%53ecre%74",
            "%u0053ecret",
            "&#83;ecret",
            "&#0083;ecret",
            "&#x53;ecret",
            r"S\ecret",
        ] {
            assert_eq!(unescape(text.as_bytes()), b"Secret", "{text}");
            assert!(has_escapes(text.as_bytes()), "{text}");
        }
        for text in [r"\u0053", r"\x53", "%53", "&#83;"] {
            let backwards: Vec<u8> = text.bytes().rev().collect();
            assert!(has_reversed_escapes(&backwards), "{text}");
        }
        assert_eq!(unescape(b"a&sol;b&lowbar;c&amp;d"), b"a/b_c&d");
    }

    #[test]
    fn ordinary_texts_are_not_looked_at_twice() {
        for text in [
            r#"{\"a\":\"b\"}"#,
            "100 % sure & certain; R&D",
            "https://h/o?a=1&b=2",
            "%",
            "&#",
            "&#;",
        ] {
            assert!(!has_escapes(text.as_bytes()), "{text}");
            assert!(!has_reversed_escapes(text.as_bytes()), "{text}");
        }
    }
}
