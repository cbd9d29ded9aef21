//! An email as it would be sent, and the file that holds it.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use mail_builder::MessageBuilder;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::date::Date;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::{BodyPart, MimePart};
use sha2::{Digest, Sha256};

use crate::model::{Timestamp, is_misleading};

use super::{Address, MailError};

/// The longest subject; what is beyond is cut.
const LONGEST_SUBJECT: usize = 200;

/// The longest name of an attachment; file systems and mail programs take this much.
const LONGEST_NAME: usize = 120;

/// A file that goes with a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its name as the reader sees it; folders in it are taken out.
    pub name: String,
    /// Its media type, such as `application/zip`.
    pub content_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// An email that is not sent yet.
///
/// The same draft gives the same file, byte for byte: time, id and boundary come from what it
/// holds and from nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    from: Option<Address>,
    to: Vec<Address>,
    cc: Vec<Address>,
    subject: String,
    text: String,
    attachments: Vec<Attachment>,
    at: Timestamp,
}

impl Draft {
    /// A draft to `to`. Whatever could end a header in `subject` becomes a space, and what cannot
    /// be seen in `text` is taken out, so that neither can add a header or a receiver.
    pub fn new(to: Address, subject: &str, text: &str, at: Timestamp) -> Self {
        Self {
            from: None,
            to: vec![to],
            cc: Vec::new(),
            subject: one_line(subject, LONGEST_SUBJECT),
            text: plain(text),
            attachments: Vec::new(),
            at,
        }
    }

    /// The same draft from `sender`; without one the mail program puts its own account.
    #[must_use]
    pub fn from(mut self, sender: Option<Address>) -> Self {
        self.from = sender;
        self
    }

    /// The same draft, to one more reader.
    #[must_use]
    pub fn cc(mut self, reader: Address) -> Self {
        self.cc.push(reader);
        self
    }

    /// The same draft with a file.
    #[must_use]
    pub fn attach(mut self, file: Attachment) -> Self {
        let name = file.name.rsplit(['/', '\\']).next().unwrap_or_default();
        self.attachments.push(Attachment {
            name: one_line(name, LONGEST_NAME),
            content_type: media_type(&file.content_type),
            bytes: file.bytes,
        });
        self
    }

    /// The subject as it will stand.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The text as it will stand.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// To whom it goes.
    pub fn to(&self) -> &[Address] {
        &self.to
    }

    /// Receivers, subject and text, for the terminal.
    pub fn shown(&self) -> String {
        let mut shown = format!("To: {}\n", joined(&self.to));
        if !self.cc.is_empty() {
            let _ = writeln!(shown, "Cc: {}", joined(&self.cc));
        }
        let _ = write!(shown, "Subject: {}\n\n{}", self.subject, self.text);
        if !shown.ends_with('\n') {
            shown.push('\n');
        }
        shown
    }

    /// The draft as a file (RFC 5322) that a mail program opens unsent.
    pub fn eml(&self) -> Vec<u8> {
        let id = self.id();
        let mut message = MessageBuilder::new().header("X-Unsent", Raw::new("1"));
        if let Some(from) = &self.from {
            message = message.from(from.as_str());
        }
        message = message.to(listed(&self.to));
        if !self.cc.is_empty() {
            message = message.cc(listed(&self.cc));
        }
        let message = message
            .subject(self.subject.as_str())
            .date(Date::new(self.at.micros().div_euclid(1_000_000)))
            .message_id(format!("{}@letterproof.invalid", &id[..32]))
            .body(self.body(&id));
        let mut file = Vec::new();
        message.serialize(&mut file);
        file
    }

    /// Writes the file. A draft that lies there already is left alone: somebody may have changed
    /// it.
    ///
    /// # Errors
    /// If it exists, or cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), MailError> {
        let written = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(path)
            .and_then(|mut file| file.write_all(&self.eml()));
        written.map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => MailError::Exists(path.to_owned()),
            _ => MailError::Write {
                path: path.to_owned(),
                source,
            },
        })
    }

    fn body(&self, id: &str) -> MimePart<'_> {
        let text = MimePart::new("text/plain", self.text.as_str());
        if self.attachments.is_empty() {
            return text;
        }
        let mut parts = vec![text];
        parts.extend(self.attachments.iter().map(part));
        // Not a line of any part: each is encoded, and this is a hash of them all.
        let boundary = format!("=_{}", &id[32..]);
        let kind = ContentType::new("multipart/mixed").attribute("boundary", boundary);
        MimePart::new(kind, parts)
    }

    /// A hash of everything that the draft holds.
    fn id(&self) -> String {
        let mut hash = Sha256::new();
        let mut take = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        for address in self.from.iter().chain(&self.to).chain(&self.cc) {
            take(address.as_str().as_bytes());
        }
        take(self.subject.as_bytes());
        take(self.text.as_bytes());
        take(&self.at.micros().to_be_bytes());
        for file in &self.attachments {
            take(file.name.as_bytes());
            take(&file.bytes);
        }
        hash.finalize()
            .iter()
            .fold(String::new(), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            })
    }
}

fn joined(addresses: &[Address]) -> String {
    let texts: Vec<&str> = addresses.iter().map(Address::as_str).collect();
    texts.join(", ")
}

fn listed(addresses: &[Address]) -> mail_builder::headers::address::Address<'_> {
    let texts: Vec<&str> = addresses.iter().map(Address::as_str).collect();
    texts.into()
}

/// Binary, so that the bytes that were attached come out again, line ends included.
fn part(file: &Attachment) -> MimePart<'_> {
    let contents = BodyPart::Binary(file.bytes.as_slice().into());
    let part = MimePart::new(file.content_type.as_str(), contents);
    part.attachment(file.name.as_str())
}

/// `type/subtype` of plain letters, else the type that says nothing.
fn media_type(text: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.');
    let word = |word: &str| !word.is_empty() && word.chars().all(fits);
    let halves = text.split_once('/');
    match halves {
        Some((kind, sub)) if word(kind) && word(sub) && kind != "multipart" => text.to_owned(),
        _ => "application/octet-stream".to_owned(),
    }
}

/// `text` on one line, without what cannot be seen, at most `most` characters. What would begin an
/// encoded word (RFC 2047) is parted: mail programs would decode it into something else.
fn one_line(text: &str, most: usize) -> String {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|c| !is_misleading(*c))
        .collect();
    let line = line.replace("=?", "= ?");
    let words: Vec<&str> = line.split_whitespace().collect();
    words.join(" ").chars().take(most).collect()
}

/// `text` without control characters, its lines kept.
fn plain(text: &str) -> String {
    let unix = text.replace("\r\n", "\n").replace('\r', "\n");
    unix.chars().filter(|c| !is_misleading(*c)).collect()
}
