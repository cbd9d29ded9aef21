use proptest::prelude::*;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::spellings::{form_encoded, lower_hex_escapes};
use super::*;

fn knowing(secret: &str) -> Redactor {
    let redactor = Redactor::default();
    redactor.add("api-key", secret);
    redactor
}

#[test]
fn a_secret_goes_in_every_spelling() {
    let secret = "k3y/with+odd=chars?&\"quoted\"";
    let redactor = knowing(secret);
    let url = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let inside = STANDARD_NO_PAD.encode(format!("user:{secret}!"));
    let json = serde_json::to_string(secret).unwrap();
    for text in [
        secret,
        &url,
        &url.to_lowercase(),
        &lower_hex_escapes(&form_encoded(secret)),
        &json,
        &STANDARD_NO_PAD.encode(secret),
        &inside,
    ] {
        let swept = redactor.text(text);
        assert!(
            swept.contains("‹redacted:api-key:"),
            "{text} became {swept}"
        );
    }
}

#[test]
fn a_secret_is_found_where_it_stands() {
    let redactor = knowing("first-secret");
    let found = redactor.find(b"abc first-secret").unwrap();
    assert_eq!(found.at, 4);
    assert!(found.secret.starts_with("‹redacted:api-key:"));
    let inside = STANDARD_NO_PAD.encode("x first-secret");
    assert!(redactor.find(inside.as_bytes()).is_some());
    assert_eq!(redactor.find(b"nothing to see"), None);
    assert_eq!(Redactor::default().find(b"first-secret"), None);
}

#[test]
fn two_uses_of_one_secret_look_alike_and_two_secrets_do_not() {
    let redactor = knowing("first-secret");
    redactor.add("api-key", "second-secret");
    let swept = redactor
        .text("first-secret first-secret second-secret")
        .into_owned();
    let words: Vec<&str> = swept.split(' ').collect();
    assert_eq!(words[0], words[1]);
    assert_ne!(words[0], words[2]);
}

#[test]
fn places_are_emptied_whatever_they_hold() {
    let redactor = Redactor::default();
    let url = "http://h/o?X-Amz-Signature=abc123&X-Amz-Credential=AKIA%2F2026&x=1";
    let swept = redactor.text(url);
    assert!(
        swept.contains("X-Amz-Signature=‹redacted:X-Amz-Signature:"),
        "{swept}"
    );
    assert!(
        !swept.contains("AKIA") && swept.ends_with("&x=1"),
        "{swept}"
    );
    let token = redactor
        .text(r#"{"access_token":"opaque","expires_in":"599"}"#)
        .into_owned();
    assert!(
        !token.contains("opaque") && token.contains("599"),
        "{token}"
    );
    let pem = redactor
        .text("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----")
        .into_owned();
    assert!(!pem.contains("MIIE"), "{pem}");
}

#[test]
fn user_and_password_of_a_url_are_taken_out() {
    let redactor = Redactor::default();
    for url in [
        "https://user:pa55word@h/x?y=z",
        "http://pa55word@h",
        "//user:pa55word@h/x",
        "https://user:pa55@word@h/x",
        r"https:\/\/user:pa55word@h\/x",
    ] {
        let told = redactor.text(url).into_owned();
        assert!(!told.contains("pa55") && !told.contains("word"), "{told}");
        assert!(
            told.contains("//‹redacted:user:") || told.contains(r"\/‹redacted:user:"),
            "{told}"
        );
        assert!(told.contains("›@h"), "{told}");
        assert_eq!(redactor.text(&told), told);
    }
    for plain in [
        "https://h/x@y",
        "https://h?mail=a@b",
        "see https://h and mail a@b",
    ] {
        assert_eq!(redactor.text(plain), plain);
    }
}

#[test]
fn a_signature_of_the_url_is_found_in_the_error_text() {
    let redactor = Redactor::default();
    let sweep = redactor.sweep(&["http://h/o?X-Amz-Signature=deadbeefcafe"]);
    assert!(
        !sweep
            .text("signature deadbeefcafe did not match")
            .contains("deadbeef")
    );
}

#[test]
fn secret_headers_keep_their_scheme() {
    let sweep = Redactor::default().sweep(&[]);
    assert!(
        sweep
            .header("Authorization", "Bearer abcdef")
            .starts_with("Bearer ‹redacted:token:")
    );
    assert!(
        sweep
            .header("apikey", "abcdef")
            .starts_with("‹redacted:api-key:")
    );
    assert_eq!(sweep.header("Accept", "text/html"), "text/html");
}

proptest! {
    #[test]
    fn no_secret_survives_wherever_it_stands(
        secret in "[A-Za-z0-9+/=_.-]{12,60}",
        before in ".{0,40}",
        after in ".{0,40}",
    ) {
        let redactor = knowing(&secret);
        for spelled in [secret.clone(), form_encoded(&secret), STANDARD_NO_PAD.encode(&secret)] {
            let swept = redactor.text(&format!("{before}{spelled}{after}")).into_owned();
            prop_assert!(!swept.contains(&spelled), "{swept}");
        }
    }

    #[test]
    fn sweeping_twice_changes_nothing_more(text in ".{0,200}", secret in "[a-z0-9]{12,20}") {
        let redactor = knowing(&secret);
        let once = redactor.text(&format!("{text}{secret}&X-Amz-Signature={text}")).into_owned();
        let twice = redactor.text(&once).into_owned();
        prop_assert_eq!(once, twice);
    }
}

/// Ways to spell a text, each of which can be undone.
const SPELLINGS: [fn(&str) -> String; 15] = [
    |text| each(text, |c| format!("\\u{:04x}", u32::from(c))),
    |text| each(text, |c| format!("\\u{:04X}", u32::from(c))),
    |text| every_third(text, |c| format!("\\u{:04x}", u32::from(c))),
    |text| text.replace('\\', "\\\\").replace('/', "\\/"),
    |text| each(text, |c| format!("%{:02X}", u32::from(c))),
    |text| every_third(text, |c| format!("%{:02x}", u32::from(c))),
    |text| each(text, |c| format!("&#{};", u32::from(c))),
    |text| every_third(text, |c| format!("&#x{:x};", u32::from(c))),
    |text| each(text, |c| format!("{:02x}", u32::from(c))),
    |text| each(text, |c| format!("{:02X} ", u32::from(c))),
    |text| STANDARD_NO_PAD.encode(text),
    |text| STANDARD_NO_PAD.encode(format!("u:{text}!")),
    |text| URL_SAFE_NO_PAD.encode(format!("?{text}")),
    |text| {
        STANDARD_NO_PAD
            .encode(text)
            .as_bytes()
            .chunks(40)
            .map(lossy)
            .collect::<Vec<_>>()
            .join("\r\n")
    },
    |text| text.chars().rev().collect(),
];

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn each(text: &str, spell: impl Fn(char) -> String) -> String {
    text.chars().map(spell).collect()
}

/// What would be read as an escape is one, or nothing could undo it.
fn every_third(text: &str, spell: impl Fn(char) -> String) -> String {
    let spelt = |(at, c): (usize, char)| {
        if at % 3 == 0 || "\\%&".contains(c) {
            spell(c)
        } else {
            c.to_string()
        }
    };
    text.chars().enumerate().map(spelt).collect()
}

/// A secret that a body spells so that it cannot be cut out alone takes its string with it.
#[test]
fn a_hidden_secret_takes_its_string_and_nothing_else() {
    let secret = "Zr8-kQ2v_mT7wXyB4nLpA1sD";
    let redactor = knowing(secret);
    let spelt = each(secret, |c| format!("\\u{:04x}", u32::from(c)));
    let swept = redactor
        .text(&format!("{{\"a\":\"so: {spelt}\",\"b\":\"caf\\u00e9\"}}"))
        .into_owned();
    assert_eq!(
        swept,
        format!(
            "{{\"a\":\"{}\",\"b\":\"caf\\u00e9\"}}",
            placeholder("api-key", secret)
        )
    );
    let swept = redactor
        .text(&format!(
            "<p>{}</p><b>x</b>",
            each(secret, |c| format!("&#{};", u32::from(c)))
        ))
        .into_owned();
    assert_eq!(
        swept,
        format!("<p>{}</p><b>x</b>", placeholder("api-key", secret))
    );
}

#[test]
fn what_is_encoded_without_end_goes_as_a_whole() {
    let text = format!("see %{}41", "25".repeat(100));
    let swept = knowing("some-secret-of-some-length")
        .text(&text)
        .into_owned();
    assert!(swept.starts_with("‹redacted:encoded:"), "{swept}");
}

#[test]
fn utf_16_and_gzip_hide_nothing() {
    let secret = "Zr8-kQ2v_mT7wXyB4nLpA1sD";
    let sweep = knowing(secret).sweep(&[]);
    let mut wide = vec![0xff, 0xfe];
    wide.extend(secret.encode_utf16().flat_map(u16::to_le_bytes));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, secret.as_bytes()).unwrap();
    for hidden in [wide, packed.finish().unwrap()] {
        let swept = sweep.bytes(&hidden).unwrap();
        assert_eq!(swept, placeholder("api-key", secret).as_bytes());
    }
}

#[test]
fn a_signed_link_that_is_encoded_is_found_without_being_known() {
    for text in [
        "to https%3A%2F%2Fh%2Fo%3FX-Amz-Date%3D1%26sig%3Dabcdefghijklmnop now",
        r"to https://h/o?a=1\u0026Signature\u003dabcdefghijklmnop now",
        "to https://h/o?a=1&amp;Signature=abcdefghijklmnop now",
    ] {
        let swept = Redactor::default().text(text).into_owned();
        assert!(!swept.contains("abcdefgh"), "{swept}");
    }
}

#[test]
fn ordinary_answers_stay_as_they_are() {
    let redactor = knowing("Zr8-kQ2v_mT7wXyB4nLpA1sDq5Ue9HjK");
    for text in [
        r#"{"data":{"id":"36Vn6qBbIK9wTewDYou1UQPBbX5","attributes":{"sha256Hash":"d2a84f4b8b650937ec8f73cd8be2c74add5a911ba64df27458ed8229da804a26","groupId":"group-english-supplier1"}}}"#,
        r#"{"detail":"Caf\u00e9 \"Am Eck\" 100 % \/ R&amp;D &#233;"}"#,
        "03981e16-aecb-4505-b058-ec7705b071d6,03981e16-aecb-4505-b058-ec7705b071d6",
    ] {
        assert_eq!(redactor.text(text), text);
    }
}

proptest! {
    /// Whatever is undone, in any order, brings no secret back.
    #[test]
    fn no_composition_of_spellings_survives(
        secret in "[A-Za-z0-9._~/+-]{24,64}",
        how in proptest::collection::vec(0..SPELLINGS.len(), 1..=3),
        before in ".{0,12}",
        after in ".{0,12}",
    ) {
        let redactor = knowing(&secret);
        let spelt = how.iter().fold(secret.clone(), |text, one| SPELLINGS[*one](&text));
        let swept = redactor.text(&format!("{before} {spelt} {after}")).into_owned();
        let joined = |text: &str| text.split_whitespace().collect::<String>();
        prop_assert!(!joined(&swept).contains(&joined(&spelt)), "{how:?}: {spelt} became {swept}");
        for part in spelt.split_whitespace().filter(|part| part.len() >= 16) {
            prop_assert!(!swept.contains(part), "{how:?}: {spelt} became {swept}");
        }
        prop_assert!(swept.contains("‹redacted:"), "{swept}");
        prop_assert_eq!(redactor.text(&swept).into_owned(), swept.clone());
        prop_assert!(redactor.find(spelt.as_bytes()).is_some(), "a canary knows it too: {how:?}");
    }
}
