//! The draft of an email whose every part is the input: subject, text, the name, type and bytes of
//! an attachment, and an address.

use letterproof::mail::{Address, Attachment, Draft};
use letterproof::model::{Timestamp, is_misleading};
use mail_parser::{MessageParser, MimeHeaders as _};

use super::input::parts;

/// The headers that every draft has, and nothing else.
const HEADERS: [&str; 7] = [
    "X-Unsent",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
];

pub fn try_on(data: &[u8]) {
    let parts = parts(data);
    let part = |place: usize| parts[place % parts.len()];
    let text = |place: usize| String::from_utf8_lossy(part(place)).into_owned();
    let asked = Address::parse(&text(4)).ok();
    let to = asked.unwrap_or_else(|| Address::parse("team@example.org").unwrap());
    let at = Timestamp::parse("2026-12-07T09:30:00.000000Z").unwrap();
    let file = Attachment {
        name: text(2),
        content_type: text(3),
        bytes: part(5).to_vec(),
    };
    let draft = Draft::new(to.clone(), &text(0), &text(1), at).attach(file);
    let eml = draft.eml();
    hold(&draft, &to, (&text(2), part(5)), &eml);
    let shown = draft.shown();
    let visible = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    assert!(shown.chars().all(visible), "{shown:?}");
}

fn hold(draft: &Draft, to: &Address, (name_given, bytes): (&str, &[u8]), eml: &[u8]) {
    let read = MessageParser::new().parse(eml).expect("a message");
    for header in read.headers() {
        assert!(
            HEADERS.contains(&header.name()),
            "{:?} was added",
            header.name()
        );
    }
    let receivers: Vec<_> = read.to().unwrap().iter().map(|one| one.address()).collect();
    assert_eq!(receivers, [Some(to.as_str())]);
    assert!(read.cc().is_none() && read.bcc().is_none());
    assert_eq!(read.subject().unwrap_or_default(), draft.subject());
    let text = read.body_text(0).unwrap_or_default();
    assert_eq!(text.replace("\r\n", "\n"), draft.text());
    assert_eq!(read.attachment_count(), 1);
    let attached = read.attachment(0).unwrap();
    // Of a text in no charset of its own the library hands out what its charset makes of it.
    if std::str::from_utf8(bytes).is_ok() || !attached.is_text() {
        assert!(attached.contents() == bytes, "the bytes of the attachment");
    }
    let name = attached.attachment_name().unwrap_or_default();
    assert!(!name.contains(['/', '\\']), "{name:?} leads elsewhere");
    assert!(!name.chars().any(char::is_control), "{name:?}");
    assert_eq!(name, plain_name(name_given), "the attachment's name");
    // Every line is one that servers carry on as it is (RFC 5322, 2.1.1).
    for line in eml.split(|byte| *byte == b'\n') {
        assert!(line.len() <= 999, "a line of {} bytes", line.len());
    }
}

/// The last part of a path on one line, without marks that turn text and
/// without beginnings of encoded words, at most 120 characters.
fn plain_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let parted = |c: char| if c.is_control() { ' ' } else { c };
    let kept: String = last
        .chars()
        .map(parted)
        .filter(|c| !is_misleading(*c))
        .collect();
    let kept = kept.replace("=?", "= ?");
    let words: Vec<&str> = kept.split_whitespace().collect();
    words.join(" ").chars().take(120).collect()
}
