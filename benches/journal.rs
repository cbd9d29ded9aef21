//! What an exchange costs the journal: redaction, hashes, the chain, and the write itself.
//!
//! `cargo bench --bench journal`

#![allow(clippy::expect_used, missing_docs)]

use divan::Bencher;
use letterproof::evidence::{Journal, RawBody, RawExchange, RawResponse, Redactor, RunDir};
use letterproof::model::{Scope, Times};

fn main() {
    divan::main();
}

/// A letter as GET `/letters/{id}` answers it.
const ANSWER: &str = r#"{"data":{"id":"36Vn6qBbIK9wTewDYou1UQPBbX5","type":"Letter","attributes":{"status":"ACCEPTED","specificationId":"integration-specification-english","groupId":"group-english-supplier1","sha256Hash":"d2a84f4b8b650937ec8f73cd8be2c74add5a911ba64df27458ed8229da804a26"}}}"#;

fn exchange(url: &str, body: RawBody) -> RawExchange {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    RawExchange {
        id: "5f3780fa-c81c-48c0-8800-3c7a48d4b50d".to_owned(),
        scope: Scope::of("AT4", "features/supplier/at04_accept_a_list.feature:4"),
        attempt: 1,
        method: "GET".to_owned(),
        url: url.to_owned(),
        request_id: Some("03981e16-aecb-4505-b058-ec7705b071d6".to_owned()),
        correlation_id: Some("bench".to_owned()),
        intent: None,
        request_headers: vec![
            header("X-Request-ID", "03981e16-aecb-4505-b058-ec7705b071d6"),
            header("Authorization", "Bearer 0123456789abcdef0123456789abcdef"),
            header("Accept", "application/vnd.api+json"),
        ],
        request_body: None,
        response: Some(RawResponse {
            status: 200,
            headers: vec![header("content-type", "application/json")],
            body: Some(body),
        }),
        times: Times::default(),
        error: None,
    }
}

fn journal() -> (tempfile::TempDir, Journal) {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = RunDir::create(folder.path(), &"bench".parse().expect("an id")).expect("a run");
    let redactor = Redactor::default();
    redactor.add("token", "0123456789abcdef0123456789abcdef");
    redactor.add("api-key", "an-api-key-of-some-length");
    let journal = Journal::create(dir, redactor).expect("a journal");
    (folder, journal)
}

/// A letter is read: two lines, the exchange and what it states.
#[divan::bench]
fn read_of_a_letter(bencher: Bencher) {
    let (_folder, journal) = journal();
    let body = RawBody::Bytes {
        bytes: ANSWER.into(),
        content_type: Some("application/json".to_owned()),
    };
    let read = exchange(
        "https://int.api.service.nhs.uk/nhs-notify-supplier/letters/36Vn6qBbIK9wTewDYou1UQPBbX5",
        body,
    );
    bencher.bench_local(|| journal.record(&read).expect("recorded"));
}

/// A PDF is fetched: one line with three secrets in its URL.
#[divan::bench]
fn download_of_a_pdf(bencher: Bencher) {
    let (_folder, journal) = journal();
    let body = RawBody::Withheld {
        sha256: "0".repeat(64),
        bytes: 87_886,
        content_type: Some("application/pdf".to_owned()),
    };
    let url = "https://storage/o/36Vn6q?X-Amz-Credential=AKIAEXAMPLE%2F20261122&X-Amz-Security-Token=IQoJb3JpZ2luX2VjEXAMPLE&X-Amz-Signature=fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024";
    let download = exchange(url, body);
    bencher.bench_local(|| journal.record(&download).expect("recorded"));
}
