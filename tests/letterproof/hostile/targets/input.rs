//! What a target reads out of the bytes that it is given.

/// Parts words and answers from one another: no UTF-8 text holds it.
const SEPARATOR: u8 = 0xff;

/// The parts of `data`; there is always a first.
pub fn parts(data: &[u8]) -> Vec<&[u8]> {
    data.split(|byte| *byte == SEPARATOR).collect()
}

/// The parts of `data` as texts; what is no UTF-8 is replaced.
pub fn texts(data: &[u8]) -> Vec<String> {
    let texts = parts(data).into_iter().map(String::from_utf8_lossy);
    texts.map(|text| text.into_owned()).collect()
}

/// Choices made by the bytes, one after another; all the same when none is left.
pub struct Choices<'d>(&'d [u8]);

impl<'d> Choices<'d> {
    pub fn of(data: &'d [u8]) -> Self {
        Self(data)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        let number = u32::from_le_bytes([self.byte(), self.byte(), self.byte(), self.byte()]);
        number as usize % end
    }

    /// Up to `most` of the bytes that are left.
    pub fn some(&mut self, most: usize) -> &'d [u8] {
        let many = usize::from(self.byte()).min(most).min(self.0.len());
        let (some, rest) = self.0.split_at(many);
        self.0 = rest;
        some
    }
}

/// Harms `whole` as `choices` say, at least once; a few bytes of choices are one harm.
pub fn harmed(whole: &[u8], choices: &mut Choices<'_>) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    loop {
        let kind = choices.byte() % 5;
        let at = choices.below(bytes.len() + 1);
        match kind {
            0 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= choices.byte().max(1);
                }
            }
            1 => {
                let more = choices.some(32).to_vec();
                drop(bytes.splice(at..at, more));
            }
            2 => {
                let end = bytes.len().min(at + 1 + choices.below(2_000));
                drop(bytes.drain(at..end));
            }
            3 => bytes.truncate(at),
            _ => {
                let end = bytes.len().min(at + 1 + choices.below(2_000));
                let again = bytes[at..end].to_vec();
                drop(bytes.splice(end..end, again));
            }
        }
        if choices.is_empty() {
            return bytes;
        }
    }
}
