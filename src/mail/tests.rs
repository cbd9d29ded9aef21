//! What a mail library reads out of the files.

use mail_parser::{MessageParser, MimeHeaders as _};

use super::{Address, Attachment, Draft, MailError};
use crate::model::Timestamp;

/// Line ends of both kinds, which must stay as they are.
const CSV: &[u8] = b"letter,status\r\nL1,ACCEPTED\nL2,\xc3\xa4\n";

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn draft(subject: &str, text: &str) -> Draft {
    let at = Timestamp::parse("2026-12-07T09:30:00.000000Z").unwrap();
    Draft::new(address("team@example.org"), subject, text, at)
}

fn zip(name: &str, bytes: &[u8]) -> Attachment {
    Attachment {
        name: name.to_owned(),
        content_type: "application/zip".to_owned(),
        bytes: bytes.to_vec(),
    }
}

#[test]
fn a_mail_library_reads_back_what_was_put_in() {
    let text = "Guten Tag, señora,\n\nwe are ready.\n.\nFrom here on: fine\n";
    let bytes: Vec<u8> = (0..=255).cycle().take(5_000).collect();
    let file = draft("Ready to start testing – Schöne Drucke", text)
        .from(Some(address("print@example.org")))
        .cc(address("desk@example.org"))
        .attach(zip("pack.zip", &bytes))
        .attach(Attachment {
            content_type: "text/csv".to_owned(),
            ..zip("moves.csv", CSV)
        })
        .eml();
    let read = MessageParser::new().parse(&file).unwrap();
    assert_eq!(
        read.subject(),
        Some("Ready to start testing – Schöne Drucke")
    );
    let to = read.to().unwrap().first().unwrap();
    assert_eq!(to.address(), Some("team@example.org"));
    let from = read.from().unwrap().first().unwrap();
    assert_eq!(from.address(), Some("print@example.org"));
    assert_eq!(read.header_raw("X-Unsent").map(str::trim), Some("1"));
    assert_eq!(read.date().unwrap().to_rfc3339(), "2026-12-07T09:30:00Z");
    assert_eq!(read.body_text(0).unwrap().replace("\r\n", "\n"), text);
    let attached = read.attachment(0).unwrap();
    assert_eq!(attached.attachment_name(), Some("pack.zip"));
    assert!(attached.contents() == bytes, "the bytes of the zip");
    assert_eq!(read.attachment(1).unwrap().contents(), CSV);
}

#[test]
fn the_same_draft_is_the_same_file() {
    let make = || draft("s", "t").attach(zip("a.zip", b"PK")).eml();
    assert_eq!(make(), make());
    let other = draft("s", "t").attach(zip("a.zip", b"PQ")).eml();
    assert_ne!(make(), other);
}

#[test]
fn nothing_breaks_out_of_subject_text_or_name() {
    let evil = "x\r\nBcc: thief@example.org\r\n\r\nhello\u{202e}\u{0}";
    let file = draft(evil, evil)
        .attach(zip("../../etc/pass\r\nBcc: thief@example.org", b"1"))
        .attach(Attachment {
            content_type: "text/html\r\nBcc: thief@example.org".to_owned(),
            ..zip("..\\evil.html", b"<script>")
        })
        .eml();
    let read = MessageParser::new().parse(&file).unwrap();
    assert!(read.bcc().is_none());
    assert_eq!(read.subject(), Some("x Bcc: thief@example.org hello"));
    let names: Vec<_> = read
        .attachments()
        .map(|part| part.attachment_name().unwrap_or_default())
        .collect();
    assert_eq!(names, ["pass Bcc: thief@example.org", "evil.html"]);
    let header = String::from_utf8_lossy(&file);
    assert!(!header.contains("\nBcc:") || read.body_text(0).unwrap().contains("Bcc:"));
}

#[test]
fn a_draft_that_lies_there_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ready.eml");
    draft("one", "text").save(&path).unwrap();
    let before = std::fs::read(&path).unwrap();
    let again = draft("two", "text").save(&path).unwrap_err();
    assert!(matches!(again, MailError::Exists(_)));
    assert_eq!(std::fs::read(&path).unwrap(), before);
    let nowhere = draft("one", "text").save(&folder.path().join("no/ready.eml"));
    assert!(matches!(nowhere, Err(MailError::Write { .. })));
}

#[test]
fn a_terminal_shows_the_whole_draft() {
    let shown = draft("one", "text").cc(address("a@b.org")).shown();
    assert_eq!(
        shown,
        "To: team@example.org\nCc: a@b.org\nSubject: one\n\ntext\n"
    );
}
