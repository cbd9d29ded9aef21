//! No secret of a run is found anywhere under evidence and reports, nor on the terminal
//! (interfaces, "Redaction").
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may end at once"
)]

use std::collections::BTreeSet;
use std::fs;
use std::sync::{Arc, Mutex};

use crate::common::lab::{Lab, Passing, Reply};
use crate::common::{Desk, FOUR, RUN, files_below};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use letterproof::client::{Credentials, Download, Endpoint, Settings, Supplier};
use letterproof::evidence::{Journal, Policy, Redactor, RunDir};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

/// Secrets by name, as the proxy saw them pass.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<BTreeSet<(&'static str, String)>>>);

impl Seen {
    fn add(&self, name: &'static str, secret: &str) {
        let mut seen = self.0.lock().unwrap();
        seen.insert((name, secret.to_owned()));
    }

    fn all(&self) -> Vec<(&'static str, String)> {
        self.0.lock().unwrap().iter().cloned().collect()
    }

    #[track_caller]
    fn expect(&self, name: &str, at_least: usize) {
        let found = self
            .all()
            .iter()
            .filter(|(known, _)| *known == name)
            .count();
        assert!(found >= at_least, "{found} of {name} passed");
    }

    fn take_request(&self, passing: &Passing) {
        let form = String::from_utf8_lossy(&passing.body).into_owned();
        if let Some((_, assertion)) = form.split_once("client_assertion=") {
            self.add("assertion", assertion.split('&').next().unwrap());
        }
        if let Some(header) = passing.headers.get("authorization") {
            let token = header.to_str().unwrap().trim_start_matches("Bearer ");
            self.add("token", token);
        }
        if let Some(header) = passing.headers.get("apikey") {
            self.add("status key", header.to_str().unwrap());
        }
    }

    fn take_reply(&self, reply: &Reply) {
        let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        if let Some(token) = body["access_token"].as_str() {
            self.add("token", token);
        }
        for (name, value) in &reply.headers {
            if name == "location" {
                self.take_url(value);
            }
        }
    }

    fn take_url(&self, url: &str) {
        let (_, query) = url.split_once('?').expect("a signed URL");
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap();
            let secret = [
                "X-Amz-Signature",
                "X-Amz-Credential",
                "X-Amz-Security-Token",
            ];
            if secret.contains(&name) {
                self.add("signature", value);
                let plain = percent_decode_str(value).decode_utf8().unwrap();
                self.add("signature", &plain);
            }
        }
    }
}

/// A lab that notes every secret which passes; `deny` answers some requests in its place.
fn watched(deny: impl Fn(&Passing) -> Option<Reply> + Send + Sync + 'static) -> (Lab, Seen) {
    let seen = Seen::default();
    let (asked, told) = (seen.clone(), seen.clone());
    let lab = Lab::lying(
        move |passing| {
            asked.take_request(passing);
            deny(passing)
        },
        move |_, reply| told.take_reply(reply),
    );
    let own = lab.simulator.credentials(0);
    seen.add("API key", &own.api_key);
    seen.add("private key", &own.private_key_pem);
    (lab, seen)
}

/// Everything that must not be found of one secret.
fn spellings(secret: &str) -> BTreeSet<String> {
    let mut parts: Vec<String> = vec![secret.trim().to_owned()];
    if secret.contains("-----BEGIN") {
        let inner: Vec<&str> = secret
            .lines()
            .filter(|line| !line.starts_with('-'))
            .collect();
        parts = inner.iter().map(|line| (*line).to_owned()).collect();
        parts.push(inner.concat());
        parts.retain(|part| part.len() >= 16);
    } else if secret.matches('.').count() == 2 {
        // The signature of a JWT is what makes it a secret.
        parts.extend(secret.rsplit('.').next().map(str::to_owned));
    }
    parts.iter().flat_map(|part| spellings_of(part)).collect()
}

/// Spellings of every character, as JSON, URLs and HTML allow them, and hex.
const ODD: [fn(&str) -> String; 8] = [
    |text| each(text, |c| format!("\\u{:04x}", u32::from(c))),
    |text| each(text, |c| format!("\\u{:04X}", u32::from(c))),
    |text| each(text, |c| format!("%{:02x}", u32::from(c))),
    |text| each(text, |c| format!("%25{:02X}", u32::from(c))),
    |text| each(text, |c| format!("&#{};", u32::from(c))),
    |text| each(text, |c| format!("&#x{:x};", u32::from(c))),
    |text| each(text, |c| format!("{:02x}", u32::from(c))),
    |text| each(text, |c| format!("{:02X}", u32::from(c))),
];

fn each(text: &str, spell: impl Fn(char) -> String) -> String {
    text.chars().map(spell).collect()
}

fn spellings_of(text: &str) -> Vec<String> {
    let encoded = utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let mut all = vec![
        text.to_owned(),
        encoded.to_lowercase(),
        utf8_percent_encode(&encoded, NON_ALPHANUMERIC).to_string(),
        encoded,
        text.replace('-', "%2D").replace('_', "%5F"),
        text.replace('/', "\\/"),
        text.chars().rev().collect(),
        text.replace('/', "%2F")
            .replace('+', "%2B")
            .replace('=', "%3D"),
    ];
    all.extend(ODD.map(|spell| spell(text)));
    for shift in 0..3 {
        let bytes = [&b"\0\0\0"[..shift], text.as_bytes()].concat();
        for whole in [
            STANDARD_NO_PAD.encode(&bytes),
            URL_SAFE_NO_PAD.encode(&bytes),
        ] {
            // The characters at both ends depend on what stands beside the secret.
            all.push(whole[4..whole.len() - 4].to_owned());
        }
    }
    all
}

/// The names of the secrets that are found in `bytes`.
fn found_in<'s>(bytes: &[u8], secrets: &'s [(&'static str, String)]) -> Vec<&'s str> {
    let text = String::from_utf8_lossy(bytes);
    let mut found: Vec<&str> = secrets
        .iter()
        .filter(|(_, secret)| spellings(secret).iter().any(|one| text.contains(one)))
        .map(|(name, _)| *name)
        .collect();
    found.dedup();
    found
}

/// Holds that no file of the desk's evidence and reports has one of `secrets`.
#[track_caller]
fn nothing_leaked(desk: &Desk, secrets: &[(&'static str, String)]) {
    let mut searched = 0;
    for folder in ["evidence", "reports"] {
        for file in files_below(&desk.path(folder)) {
            let found = found_in(&fs::read(&file).unwrap(), secrets);
            assert!(found.is_empty(), "{found:?} in {}", file.display());
            let name = file.display().to_string();
            assert_eq!(found_in(name.as_bytes(), secrets), [""; 0]);
            searched += 1;
        }
    }
    assert!(searched >= 3, "only {searched} files were searched");
}

#[test]
fn a_secret_would_be_found() {
    let pem = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\n-----END PRIVATE KEY-----\n";
    let jwt = "eyJhbGciOiJSUzUxMiJ9.eyJpc3MiOiJrZXkifQ.c2lnbmF0dXJlLW9mLXRoZS1qd3Q";
    let key = "k3y/with+odd=chars-and_more";
    let secrets = [
        ("PEM", pem.to_owned()),
        ("JWT", jwt.to_owned()),
        ("key", key.to_owned()),
    ];
    let cases = [
        (
            "PEM",
            "x MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj".to_owned(),
        ),
        ("PEM", serde_json::to_string(pem).unwrap()),
        ("JWT", format!("{{\"token\":\"{jwt}\"}}")),
        ("JWT", "…c2lnbmF0dXJlLW9mLXRoZS1qd3Q".to_owned()),
        (
            "key",
            format!("a={}", utf8_percent_encode(key, NON_ALPHANUMERIC)),
        ),
        ("key", STANDARD_NO_PAD.encode(format!("user:{key}\n"))),
        ("key", STANDARD_NO_PAD.encode(format!("user1:{key}!"))),
        ("key", URL_SAFE_NO_PAD.encode(format!("user12:{key}"))),
    ];
    for (name, text) in cases {
        assert_eq!(found_in(text.as_bytes(), &secrets), [name], "{text}");
    }
    assert_eq!(found_in(b"nothing of that kind", &secrets), [""; 0]);
}

#[test]
fn no_secret_of_a_run_is_left_anywhere() {
    let (lab, seen) = watched(|_| None);
    let ended = lab.run(FOUR).expect(0);
    seen.expect("token", 1);
    seen.expect("assertion", 1);
    let secrets = seen.all();
    assert_eq!(found_in(ended.to_string().as_bytes(), &secrets), [""; 0]);
    nothing_leaked(&lab.desk, &secrets);
    let path = lab.desk.run_dir(RUN).display().to_string();
    for verb in [&["verify", &path][..], &["report", RUN]] {
        let ended = lab.desk.call(verb).expect(0);
        assert_eq!(found_in(ended.to_string().as_bytes(), &secrets), [""; 0]);
    }
    nothing_leaked(&lab.desk, &secrets);
}

#[test]
fn no_secret_is_left_when_the_service_repeats_it() {
    // A hostile service says back what it was sent, in every place that an answer has.
    let (lab, seen) = watched(|passing| {
        let sent = passing.headers.get("authorization");
        let sent = sent.map(|header| header.to_str().unwrap().to_owned());
        let form = String::from_utf8_lossy(&passing.body).into_owned();
        let told = sent.clone().unwrap_or(form);
        let encoded = STANDARD_NO_PAD.encode(&told);
        let text = format!("no: {told} or {encoded}");
        let body = serde_json::json!({
            "errors": [{ "code": "NO", "title": text, "detail": told }],
            "error": "invalid_request",
            "error_description": text,
        });
        let refuse = !passing.is_api() || sent.is_some();
        (refuse && passing.count > 1).then(|| {
            let mut reply = Reply::json(if passing.is_api() { 401 } else { 400 }, &body);
            reply.headers.push(("x-echo".into(), told.clone()));
            reply
        })
    });
    let ended = lab.run("AT1,AT2,AT4");
    assert!([1, 4].contains(&ended.code), "{ended}");
    let journal = fs::read_to_string(lab.desk.run_dir(RUN).join("journal.jsonl")).unwrap();
    for part in [
        "x-echo",
        "no: Bearer ‹redacted:",
        "‹redacted:client-assertion:",
    ] {
        assert!(journal.contains(part), "nothing was said back: {part}");
    }
    let secrets = seen.all();
    seen.expect("assertion", 2);
    assert_eq!(found_in(ended.to_string().as_bytes(), &secrets), [""; 0]);
    nothing_leaked(&lab.desk, &secrets);
}

#[test]
fn no_secret_is_left_when_the_service_spells_it_otherwise() {
    let (lab, seen) = watched(|passing| {
        let sent = passing.headers.get("authorization")?.to_str().unwrap();
        let token = sent.trim_start_matches("Bearer ").to_owned();
        let mut spelt = ODD.map(|spell| spell(&token)).to_vec();
        spelt.push(token.chars().rev().collect());
        spelt.push(format!("\\u{:04x}{}", token.as_bytes()[0], &token[1..]));
        // Not all of JSON that is escaped so is written by a library.
        let details: Vec<String> = spelt
            .iter()
            .map(|one| format!("{{\"code\":\"NO\",\"detail\":\"no: {one}\"}}"))
            .collect();
        let mut reply = Reply::json(404, &Value::Null);
        reply.body = format!("{{\"errors\":[{}]}}", details.join(",")).into();
        for (at, one) in spelt.iter().enumerate() {
            reply.headers.push((format!("x-echo-{at}"), one.clone()));
        }
        (passing.count > 1).then_some(reply)
    });
    let ended = lab.run("AT1,AT2");
    let journal = fs::read_to_string(lab.desk.run_dir(RUN).join("journal.jsonl")).unwrap();
    assert!(
        journal.contains("x-echo-9"),
        "nothing was said back: {ended}"
    );
    assert!(
        journal.contains(r#"\"detail\":\"‹redacted:token:"#),
        "the rest of the answer stays"
    );
    let secrets = seen.all();
    assert_eq!(found_in(ended.to_string().as_bytes(), &secrets), [""; 0]);
    nothing_leaked(&lab.desk, &secrets);
}

#[test]
fn no_token_is_left_however_its_answer_spells_it() {
    for (answer, token) in [
        (
            r#"{"access_token":"Zr8\u002dkQ2v\/mT7wXyB4nLpA1sD","expires_in":"599","token_type":"Bearer"}"#,
            "kQ2v",
        ),
        (
            r#"{"expires_in":"599","refresh_token":{"a":["Zr8-kQ2v-mT7wXyB4nLpA1sD"]}}"#,
            "kQ2v",
        ),
        ("access_token=Zr8-kQ2v-mT7wXyB4nLpA1sD", "kQ2v"),
        (r#"{"access_token":"Zr8-kQ2v-mT7wXy"#, "kQ2v"),
    ] {
        let lab = Lab::lying(
            move |passing| {
                let mut reply = Reply::json(200, &Value::Null);
                reply.body = answer.into();
                (!passing.is_api()).then_some(reply)
            },
            |_, _| {},
        );
        let ended = lab.run("AT1");
        assert!(!ended.to_string().contains(token), "{ended}");
        for folder in ["evidence", "reports"] {
            for file in files_below(&lab.desk.path(folder)) {
                let text = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
                assert!(!text.contains(token), "{} in {}", answer, file.display());
            }
        }
    }
}

#[test]
fn no_secret_is_left_when_keys_are_refused() {
    let desk = Desk::new();
    let key = "an-api-key-that-nobody-should-see";
    crate::common::lab::write_secret(&desk.path("api-key"), key);
    let pem = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\n";
    crate::common::lab::write_secret(&desk.path("private-key.pem"), pem);
    let url = "http://127.0.0.1:9";
    desk.configure(&crate::common::lab::configuration(url, url, "kid"));
    let ended = desk.call(&["run"]).expect(2);
    let secrets = [("key", key.to_owned()), ("PEM", pem.to_owned())];
    assert_eq!(found_in(ended.to_string().as_bytes(), &secrets), [""; 0]);

    // A key in the configuration itself is refused, and not repeated.
    desk.configure(&format!(
        "[target.local]\nkind = \"local\"\napi_key = \"{key}\"\n"
    ));
    let ended = desk.call(&["run"]).expect(2);
    assert_eq!(found_in(ended.to_string().as_bytes(), &secrets), [""; 0]);
}

#[test]
fn no_signature_of_a_download_is_left() {
    let (lab, seen) = watched(|_| None);
    let evidence = lab.desk.evidence();
    let dir = RunDir::create(&evidence, &RUN.parse().unwrap()).unwrap();
    let journal = Journal::create(dir, Redactor::default()).unwrap();
    let own = lab.simulator.credentials(0);
    let status_api_key = lab.simulator.status_api_key().to_owned();
    let mut settings = Settings::new(&lab.base_url);
    let base_hosts = settings.endpoint.hosts.clone();
    settings.endpoint = Endpoint {
        base_url: lab.base_url.clone(),
        credentials: Some(Credentials {
            token_url: lab.token_url.clone(),
            api_key: own.api_key.into(),
            private_key: own.private_key_pem.into(),
            kid: own.kid,
        }),
        status_api_key: Some(status_api_key.into()),
        hosts: base_hosts,
    };
    settings.keep_pdfs = Policy::All;
    let supplier = Supplier::new(settings, journal).unwrap();
    let (documents, missing) = lab.runtime.block_on(async {
        supplier.status().await.unwrap();
        let listed = supplier.list(100).await.unwrap();
        let (mut documents, mut missing) = (0, 0);
        for letter in listed.letters {
            match supplier.download(&letter.id).await.unwrap() {
                Download::Document(_) => documents += 1,
                Download::Missing { .. } => missing += 1,
            }
        }
        (documents, missing)
    });
    assert!(documents >= 1 && missing >= 1, "{documents} and {missing}");
    seen.expect("signature", 2);
    seen.expect("status key", 1);
    fs::create_dir(lab.desk.path("reports")).unwrap();
    nothing_leaked(&lab.desk, &seen.all());
}
