//! The operators of a page's contents, one after the other.
//!
//! lopdf reads contents, too, but makes an owned object of every operand, which took a third of
//! all checks' time (docs/measurements.md, "Checks of a PDF"). Here operands borrow from the
//! contents, and what no check asks for is skipped.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memmem};

/// How deep operands may nest.
const MAX_NESTING: usize = 100;
/// Bytes behind an `EI` that must look like contents: image data has the same letters by chance.
const AFTER_IMAGE: usize = 12;

/// The contents break off within an operand, or nest too deeply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

/// What stands before an operator.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand<'c> {
    Number(f64),
    Name(Cow<'c, [u8]>),
    Text(Cow<'c, [u8]>),
    Array(Vec<Operand<'c>>),
    /// Keys and values, one after the other.
    Dictionary(Vec<Operand<'c>>),
    Boolean(bool),
    /// Null, or what readers pass over.
    Other,
}

impl Operand<'_> {
    /// The number, or 0 for anything else.
    pub(super) fn number(&self) -> f64 {
        match self {
            Self::Number(number) => *number,
            _ => 0.0,
        }
    }
}

/// Reads contents from the front.
pub(super) struct Operators<'c> {
    rest: &'c [u8],
    operands: Vec<Operand<'c>>,
    image: &'c [u8],
}

enum Token<'c> {
    Operand(Operand<'c>),
    Word(&'c [u8]),
    /// `]` or `>>`.
    Close,
    End,
}

impl<'c> Operators<'c> {
    pub(super) fn new(content: &'c [u8]) -> Self {
        Self {
            rest: content,
            operands: Vec::new(),
            image: &[],
        }
    }

    /// The operands of the operator that was read last. An inline image, whose operator is
    /// `BI`, has the names and values of its dictionary here.
    pub(super) fn operands(&self) -> &[Operand<'c>] {
        &self.operands
    }

    /// The data of the inline image that was read last, as it stands.
    pub(super) fn image(&self) -> &'c [u8] {
        self.image
    }

    /// The next operator; none at the end, with the values that belong to no operator.
    pub(super) fn next(&mut self) -> Result<Option<&'c [u8]>, Malformed> {
        self.operands.clear();
        loop {
            match self.token(0)? {
                Token::Operand(operand) => self.operands.push(operand),
                Token::Word(b"BI") => self.operands.clear(),
                Token::Word(b"ID") => {
                    self.skip_image()?;
                    return Ok(Some(b"BI"));
                }
                Token::Word(word) => return Ok(Some(word)),
                // Readers pass over what is closed without having been opened.
                Token::Close => {}
                Token::End => return Ok(None),
            }
        }
    }

    fn token(&mut self, depth: usize) -> Result<Token<'c>, Malformed> {
        self.skip_blanks();
        let Some(&first) = self.rest.first() else {
            return Ok(Token::End);
        };
        let operand = match first {
            b'/' => {
                self.skip(1);
                Operand::Name(unescaped_name(self.word()))
            }
            b'(' => Operand::Text(self.literal()?),
            b'<' if self.rest.starts_with(b"<<") => {
                self.skip(2);
                Operand::Dictionary(self.list(depth)?)
            }
            b'<' => Operand::Text(self.hexadecimal()?),
            b'[' => {
                self.skip(1);
                Operand::Array(self.list(depth)?)
            }
            b']' => {
                self.skip(1);
                return Ok(Token::Close);
            }
            b'>' => {
                self.skip(if self.rest.starts_with(b">>") { 2 } else { 1 });
                return Ok(Token::Close);
            }
            b')' | b'{' | b'}' => {
                self.skip(1);
                Operand::Other
            }
            _ => return Ok(word_token(self.word())),
        };
        Ok(Token::Operand(operand))
    }

    /// Operands up to the next closing bracket.
    fn list(&mut self, depth: usize) -> Result<Vec<Operand<'c>>, Malformed> {
        if depth >= MAX_NESTING {
            return Err(Malformed);
        }
        let mut items = Vec::new();
        loop {
            match self.token(depth + 1)? {
                Token::Operand(item) => items.push(item),
                Token::Word(_) => {}
                Token::Close => return Ok(items),
                Token::End => return Err(Malformed),
            }
        }
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    /// White space and comments (ISO 32000-1, 7.2.2 and 7.2.3).
    fn skip_blanks(&mut self) {
        loop {
            let blanks = self.rest.iter().position(|byte| !is_blank(*byte));
            self.skip(blanks.unwrap_or(self.rest.len()));
            if self.rest.first() != Some(&b'%') {
                return;
            }
            let end = memchr2(b'\r', b'\n', self.rest);
            self.skip(end.unwrap_or(self.rest.len()));
        }
    }

    /// Everything up to the next blank or delimiter.
    fn word(&mut self) -> &'c [u8] {
        let end = self.rest.iter().position(|byte| !is_regular(*byte));
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        word
    }

    /// A string in brackets, which may hold pairs of brackets (ISO 32000-1, 7.3.4.2).
    fn literal(&mut self) -> Result<Cow<'c, [u8]>, Malformed> {
        let inner = self.rest.get(1..).unwrap_or_default();
        let mut open = 1_usize;
        let mut plain = true;
        let mut bytes = inner.iter().enumerate();
        while let Some((at, byte)) = bytes.next() {
            match byte {
                b'(' => open += 1,
                b')' => open -= 1,
                b'\\' => {
                    plain = false;
                    bytes.next();
                }
                b'\r' => plain = false,
                _ => {}
            }
            if open == 0 {
                self.rest = &inner[at + 1..];
                let text = &inner[..at];
                return Ok(if plain {
                    Cow::Borrowed(text)
                } else {
                    Cow::Owned(unescaped(text))
                });
            }
        }
        Err(Malformed)
    }

    /// A string of hexadecimal digits (ISO 32000-1, 7.3.4.3).
    fn hexadecimal(&mut self) -> Result<Cow<'c, [u8]>, Malformed> {
        let end = memchr(b'>', self.rest).ok_or(Malformed)?;
        let mut digits = self.rest[1..end].iter().filter_map(|byte| hex(*byte));
        let mut text = Vec::with_capacity(end / 2);
        while let Some(high) = digits.next() {
            text.push(high << 4 | digits.next().unwrap_or(0));
        }
        self.skip(end + 1);
        Ok(Cow::Owned(text))
    }

    /// Passes over an inline image's data, up to an `EI` that contents follow.
    fn skip_image(&mut self) -> Result<(), Malformed> {
        let data = self.rest;
        let after_end = memmem::find_iter(data, b"EI").find_map(|at| {
            let before = at.checked_sub(1).and_then(|before| data.get(before));
            let after = &data[at + 2..];
            let alone = before.is_none_or(|byte| is_blank(*byte))
                && after.first().is_none_or(|byte| !is_regular(*byte));
            let readable = after.iter().take(AFTER_IMAGE);
            let contents = readable
                .into_iter()
                .all(|byte| byte.is_ascii_graphic() || is_blank(*byte) && *byte != 0);
            (alone && contents).then_some((at, after))
        });
        let (at, after) = after_end.ok_or(Malformed)?;
        // One blank follows `ID`.
        self.image = data.get(1..at).unwrap_or_default();
        self.rest = after;
        Ok(())
    }
}

/// Where each value of a text begins that stands in no other one.
pub(super) fn starts_of_values(text: &[u8]) -> Result<Vec<usize>, Malformed> {
    let mut values = Operators::new(text);
    let mut starts = Vec::new();
    loop {
        values.skip_blanks();
        let start = text.len() - values.rest.len();
        if let Token::End = values.token(0)? {
            return Ok(starts);
        }
        starts.push(start);
    }
}

/// The text behind its first blanks and comments.
pub(super) fn without_blanks(text: &[u8]) -> &[u8] {
    let mut values = Operators::new(text);
    values.skip_blanks();
    values.rest
}

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | b'\x0c' | b'\0')
}

pub(super) fn is_regular(byte: u8) -> bool {
    !is_blank(byte)
        && !matches!(
            byte,
            b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
        )
}

fn word_token(word: &[u8]) -> Token<'_> {
    match word {
        b"true" | b"false" => Token::Operand(Operand::Boolean(word == b"true")),
        b"null" => Token::Operand(Operand::Other),
        [b'0'..=b'9' | b'+' | b'-' | b'.', ..] => number(word).map_or(Token::Word(word), |value| {
            Token::Operand(Operand::Number(value))
        }),
        _ => Token::Word(word),
    }
}

/// Digits with at most one point; a sign within them, which some producers write, is ignored.
fn number(word: &[u8]) -> Option<f64> {
    let mut value = 0.0;
    let mut scale = 1.0;
    let mut fraction = false;
    for byte in word {
        match byte {
            b'0'..=b'9' => {
                value = value * 10.0 + f64::from(byte - b'0');
                if fraction {
                    scale *= 10.0;
                }
            }
            b'.' if !fraction => fraction = true,
            b'+' | b'-' => {}
            _ => return None,
        }
    }
    let size = value / scale;
    Some(if word.starts_with(b"-") { -size } else { size })
}

fn hex(byte: u8) -> Option<u8> {
    let digit = char::from(byte).to_digit(16)?;
    u8::try_from(digit).ok()
}

/// `#` and two digits stand for a byte in a name (ISO 32000-1, 7.3.5).
pub(super) fn unescaped_name(name: &[u8]) -> Cow<'_, [u8]> {
    if memchr(b'#', name).is_none() {
        return Cow::Borrowed(name);
    }
    let mut plain = Vec::with_capacity(name.len());
    let mut rest = name;
    while let [first, tail @ ..] = rest {
        let escaped = match rest {
            [b'#', high, low, ..] => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match escaped {
            Some((high, low)) => {
                plain.push(high << 4 | low);
                rest = &rest[3..];
            }
            None => {
                plain.push(*first);
                rest = tail;
            }
        }
    }
    Cow::Owned(plain)
}

/// A literal string without its backslashes; every line end is a line feed.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    loop {
        rest = match rest {
            [] => return plain,
            [b'\\', digit @ b'0'..=b'7', tail @ ..] => octal(*digit, tail, &mut plain),
            [b'\\', b'\r', b'\n', tail @ ..] | [b'\\', b'\r' | b'\n', tail @ ..] => tail,
            [b'\\', escaped, tail @ ..] => {
                plain.push(control(*escaped));
                tail
            }
            [b'\r', b'\n', tail @ ..] | [b'\r', tail @ ..] => {
                plain.push(b'\n');
                tail
            }
            [byte, tail @ ..] => {
                plain.push(*byte);
                tail
            }
        };
    }
}

fn control(escaped: u8) -> u8 {
    match escaped {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 8,
        b'f' => 12,
        other => other,
    }
}

/// Up to three octal digits; what exceeds a byte is dropped.
fn octal<'t>(first: u8, mut tail: &'t [u8], plain: &mut Vec<u8>) -> &'t [u8] {
    let mut value = u32::from(first - b'0');
    for _ in 0..2 {
        let [digit @ b'0'..=b'7', rest @ ..] = tail else {
            break;
        };
        value = value * 8 + u32::from(digit - b'0');
        tail = rest;
    }
    plain.push((value & 0xff) as u8);
    tail
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each operator with its operands, printed.
    fn read(content: &[u8]) -> Result<Vec<String>, Malformed> {
        let mut operators = Operators::new(content);
        let mut found = Vec::new();
        while let Some(operator) = operators.next()? {
            let operands: Vec<String> = operators.operands().iter().map(printed).collect();
            let operator = String::from_utf8_lossy(operator);
            found.push(format!("{operator}({})", operands.join(",")));
        }
        Ok(found)
    }

    fn printed(operand: &Operand) -> String {
        match operand {
            Operand::Number(number) => number.to_string(),
            Operand::Name(name) => format!("/{}", String::from_utf8_lossy(name)),
            Operand::Text(text) => format!("'{}'", String::from_utf8_lossy(text)),
            Operand::Array(items) => {
                let items: Vec<String> = items.iter().map(printed).collect();
                format!("[{}]", items.join(" "))
            }
            Operand::Dictionary(_) | Operand::Boolean(_) | Operand::Other => "…".to_owned(),
        }
    }

    #[test]
    fn operators_have_their_operands() {
        let content = b"q 1 0 -.5 4. +2 0.00-35 cm\n/F1 12 Tf[(A)-120<4243>]TJ T* (x)' % note\n ET";
        let expected = [
            "q()",
            "cm(1,0,-0.5,4,2,0.0035)",
            "Tf(/F1,12)",
            "TJ(['A' -120 'BC'])",
            "T*()",
            "'('x')",
            "ET()",
        ];
        assert_eq!(read(content).unwrap(), expected);
    }

    #[test]
    fn strings_are_unescaped() {
        let text = |content: &[u8]| read(&[content, b"Tj"].concat()).unwrap().concat();
        assert_eq!(text(b"(a(b)c)"), "Tj('a(b)c')");
        assert_eq!(
            text(b"(\\(\\)\\\\\\101\\53\\0053\\n)"),
            "Tj('()\\A+\u{5}3\n')"
        );
        assert_eq!(text(b"(a\\\r\nb\rc\r\nd)"), "Tj('ab\nc\nd')");
        assert_eq!(text(b"<41 4 >"), "Tj('A@')");
        assert_eq!(text(b"/A#20B# "), "Tj(/A B#)");
    }

    #[test]
    fn what_no_check_needs_is_passed_over() {
        let content = b"/P <</MCID 0/A[1<</B(x)>>]>> BDC true null ] ) x";
        assert_eq!(read(content).unwrap(), ["BDC(/P,…)", "x(…,…,…)"]);
    }

    #[test]
    fn an_inline_image_is_one_operator() {
        let content = b"q BI /W 2 /H 3 /BPC 8 ID \x01 EI \x00\xff EI Q";
        assert_eq!(
            read(content).unwrap(),
            ["q()", "BI(/W,2,/H,3,/BPC,8)", "Q()"]
        );
        assert_eq!(read(b"BI /W 1 ID never ends"), Err(Malformed));
    }

    #[test]
    fn what_breaks_off_is_malformed() {
        for content in [&b"(a"[..], b"<41", b"[1 2", b"<</A 1", &[b'['; 140]] {
            assert_eq!(read(content), Err(Malformed));
        }
    }
}
