//! What is known from elsewhere decides whether evidence is the one that was handed in: heads, the
//! zip's hash, the hash of what people added, the key's fingerprint.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may end at once"
)]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::common::{Desk, Ended, copy_folder};
use serde_json::Value;

/// Two signed runs, one of them with additions, and the pack of both.
struct Made {
    desk: Desk,
    zip: PathBuf,
    email: String,
    fingerprint: String,
}

fn made() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| {
        let desk = Desk::new();
        let fingerprint = new_key(&desk, "keys");
        desk.configure(
            "[supplier]\nname = \"example-print\"\n[evidence]\nsigning_key = \"keys/letterproof-signing\"\n",
        );
        for (id, test) in [("one", "AT1"), ("two", "AT2")] {
            let sizes = ["--letters", "24", "--visibility-timeout", "600ms", "--settle", "100ms"];
            let run = ["run", "--run-id", id, "--only", test];
            desk.call(&[&run[..], &sizes].concat()).expect(0);
        }
        attest(&desk, "seen").expect(0);
        let told = desk.call(&["pack", "--draft", "--format", "json"]).expect(0);
        let told: Value = serde_json::from_str(&told.out).unwrap();
        let part = &told["parts"][0];
        let path = |name: &str| desk.path(part[name].as_str().unwrap());
        let (zip, email) = (path("zip"), fs::read_to_string(path("email")).unwrap());
        Made {
            desk,
            zip,
            email,
            fingerprint,
        }
    })
}

fn attest(desk: &Desk, note: &str) -> Ended {
    let by = [
        "attest",
        "AT1",
        "--run",
        "one",
        "--by",
        "A. Person",
        "--role",
        "tester",
    ];
    desk.call(&[&by[..], &["--note", note]].concat())
}

fn new_key(desk: &Desk, folder: &str) -> String {
    let folder = desk.path(folder).display().to_string();
    let ended = desk
        .call(&["keygen", "--signing", "--out", &folder])
        .expect(0);
    let start = ended.out.find("SHA256:").expect("a fingerprint");
    ended.out[start..start + 50].to_owned()
}

fn verify(more: &[&str]) -> Ended {
    let zip = made().zip.display().to_string();
    made().desk.call(&[&["verify", &zip], more].concat())
}

fn audit(more: &[&str]) -> Value {
    let ended = verify(&[&["--format", "json"], more].concat());
    serde_json::from_str(&ended.out).unwrap()
}

#[test]
fn the_head_of_one_run_vouches_for_no_pack_of_two() {
    let audit = audit(&[]);
    let head = |place: usize| audit["runs"][place]["head"].as_str().unwrap().to_owned();
    let (one, two) = (head(0), head(1));
    let ended = verify(&["--head", &one]).expect(3);
    let other = audit["runs"][1]["run_id"].as_str().unwrap();
    let ended = ended.says(&["not of every run", other]);
    assert!(!ended.out.contains("The pack holds"), "{ended}");
    let both = format!("{one},{two}");
    verify(&["--head", &both]).expect(0).says(&[
        "its runs are those with the heads given",
        "nothing of what people added",
    ]);
    verify(&["--head", &one, "--head", &two]).expect(0);
    verify(&["--head", audit["sha256"].as_str().unwrap()])
        .expect(0)
        .says(&["it is the one with the hash given"]);
    let strange = format!("{both},{}", "0".repeat(64));
    verify(&["--head", &strange])
        .expect(1)
        .says(&["not what was handed in", "The pack does not hold."]);
}

#[test]
fn the_email_has_the_line_that_checks_the_pack() {
    let made = made();
    let audit = audit(&[]);
    let zip = made.zip.file_name().unwrap().to_string_lossy();
    // Quoted-printable folds long lines.
    let text = made.email.replace("=\r\n", "").replace("=\n", "");
    let line = format!(
        "letterproof verify {zip} --head {}",
        audit["sha256"].as_str().unwrap()
    );
    assert!(text.contains(&line), "{line} is not in\n{text}");
    let additions = audit["runs"][0]["additions_head"].as_str().unwrap();
    assert!(text.contains(additions), "{text}");
}

#[test]
fn additions_are_statements_and_are_held_against_their_hash() {
    let audit = audit(&[]);
    let head = audit["runs"][0]["additions_head"].as_str().unwrap();
    verify(&["--additions", head]).expect(0).says(&[
        "1 statement of the supplier, which no journal proves",
        "AT1: A. Person (tester) vouches: seen",
        ", as given",
    ]);
    verify(&["--additions", &"0".repeat(64)])
        .expect(1)
        .says(&["these are not what was handed in"]);
    // Taken away, or others in their place.
    let desk = Desk::new();
    copy_folder(&made().desk.run_dir("one"), &desk.run_dir("one"));
    desk.call(&["verify", "one", "--additions", head]).expect(0);
    fs::remove_file(desk.run_dir("one").join("review.jsonl")).unwrap();
    desk.call(&["verify", "one"]).expect(0);
    desk.call(&["verify", "one", "--additions", head])
        .expect(1)
        .says(&["review.jsonl", "holds nothing"]);
    attest(&desk, "never seen").expect(0);
    desk.call(&["verify", "one", "--additions", head])
        .expect(1)
        .says(&["these are not the additions that were handed in"]);
}

#[test]
fn a_key_is_vouched_for_or_nobody_did() {
    let made = made();
    verify(&[])
        .expect(0)
        .says(&[&made.fingerprint, "nobody vouched for this key", "--signer"]);
    let ended = verify(&["--signer", &made.fingerprint]).expect(0);
    let ended = ended.says(&["the key given"]);
    assert!(!ended.out.contains("nobody vouched"), "{ended}");
    let other = new_key(&Desk::new(), "keys");
    verify(&["--signer", &other]).expect(1).says(&[
        "evidence/one/seal.json",
        "signatures/pack.json.sig",
        "not by",
    ]);
    verify(&["--signer", "SHA256:short"])
        .expect(2)
        .says(&["ssh-keygen -l"]);
    made.desk
        .call(&["verify", "one", "--signer", &made.fingerprint])
        .expect(0)
        .says(&["the key given"]);
    made.desk
        .call(&["verify", "one", "--signer", &other])
        .expect(1)
        .says(&["is signed by", &made.fingerprint]);
    let unsigned = Desk::new();
    copy_folder(&made.desk.run_dir("two"), &unsigned.run_dir("two"));
    crate::common::forge::edit_seal(&unsigned.run_dir("two"), |seal| {
        seal.as_object_mut().unwrap().remove("signature");
    });
    unsigned.call(&["verify", "two"]).expect(0);
    unsigned
        .call(&["verify", "two", "--signer", &other])
        .expect(1)
        .says(&["is not signed"]);
}

#[test]
fn a_public_tool_verifies_the_signature_of_the_pack() {
    let made = made();
    if Command::new("ssh-keygen").arg("-?").output().is_err() {
        eprintln!("skipped: there is no ssh-keygen");
        return;
    }
    let desk = Desk::new();
    let zip = made.zip.display().to_string();
    let bytes = fs::read(&zip).unwrap();
    let zip = rawzip::ZipArchive::from_slice(&bytes).unwrap();
    let mut entries = zip.entries();
    while let Some(entry) = entries.next_entry().unwrap() {
        let name = String::from_utf8_lossy(entry.file_path().as_ref()).into_owned();
        let inner = zip.get_entry(entry.wayfinder()).unwrap();
        let path = desk.path(&name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut stream = flate2::read::DeflateDecoder::new(inner.data());
        std::io::copy(&mut stream, &mut fs::File::create(path).unwrap()).unwrap();
    }
    let signers = desk.path("signatures/allowed_signers");
    let checked = Command::new("ssh-keygen")
        .args([
            "-Y",
            "verify",
            "-I",
            "letterproof",
            "-n",
            "letterproof-pack",
        ])
        .arg("-f")
        .arg(signers)
        .arg("-s")
        .arg(desk.path("signatures/pack.json.sig"))
        .stdin(fs::File::open(desk.path("pack.json")).unwrap())
        .stdout(Stdio::piped())
        .output()
        .unwrap();
    assert!(checked.status.success(), "{checked:?}");
}
