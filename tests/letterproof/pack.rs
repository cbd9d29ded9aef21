//! The evidence pack: made, read and attacked.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may end at once"
)]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::common::{Desk, Ended, RUN, copy_folder, files_below};
use letterproof::audit::Known;
use letterproof::pack::verify_pack;
use mail_parser::{MessageParser, MimeHeaders as _};
use rawzip::{CompressionMethod, DataDescriptorOutput, ZipArchiveWriter};
use serde_json::Value;

/// A secret that the configuration leads to.
const SECRET: &str = "k3y/of+the=tests-0123456789";

/// A signed run with everything that people can add, and the pack of it.
struct Made {
    desk: Desk,
    zip: PathBuf,
    eml: PathBuf,
}

/// Made once: every test copies from it or only reads it.
fn made() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| {
        let desk = Desk::new();
        let keys = desk.path("keys").display().to_string();
        desk.call(&["keygen", "--signing", "--out", &keys])
            .expect(0)
            .says(&["SHA256:", "signing_key"]);
        desk.configure(
            "[supplier]\nname = \"Example <Print> & Sons\"\n\
             [target.int]\napi_key_env = \"TEST_PACK_KEY\"\n\
             [evidence]\nsigning_key = \"keys/letterproof-signing\"\n\
             [pack]\nfrom = \"print@example.org\"\nto = \"team@example.org\"\ncontact = \"the desk\"\n",
        );
        desk.small_run(&["--only", "AT1,AT2,AT3,AT4"]).expect(0);
        additions(&desk);
        let (zip, eml) = packed(&desk, &[]);
        Made { desk, zip, eml }
    })
}

fn additions(desk: &Desk) {
    let photo = desk.path("photo.JPG");
    fs::write(&photo, b"\xff\xd8\xff not quite a photo").unwrap();
    let photo = photo.display().to_string();
    desk.call(&[
        "attach",
        "at4",
        &photo,
        "--note",
        "=cmd|'/C calc'!A0 <script>",
    ])
    .expect(0)
    .says(&["AT4: attached photo.JPG"]);
    let attest = ["attest", "AT4", "--by", "A. Person", "--role", "tester"];
    desk.call(&[&attest[..], &["--note", "seen ]]>\u{202e}"]].concat())
        .expect(0);
}

/// Packs as a draft and returns zip and email.
fn packed(desk: &Desk, more: &[&str]) -> (PathBuf, PathBuf) {
    let ended = pack(desk, &[&["--draft", "--format", "json"], more].concat()).expect(0);
    let told: Value = serde_json::from_str(&ended.out).unwrap();
    let part = &told["parts"][0];
    let path = |name: &str| PathBuf::from(part[name].as_str().unwrap());
    (path("zip"), path("email"))
}

fn pack(desk: &Desk, more: &[&str]) -> Ended {
    let out = desk.path("packs").display().to_string();
    let mut command = desk.command(&[&["pack", "--out", &out], more].concat());
    Ended::of(command.env("TEST_PACK_KEY", SECRET).output().unwrap())
}

/// A desk with a copy of the run, to which anything may be done.
fn copy() -> Desk {
    let desk = Desk::new();
    let from = &made().desk;
    copy_folder(&from.run_dir(RUN), &desk.run_dir(RUN));
    desk
}

fn text_of(zip: &Path, name: &str) -> String {
    let bytes = fs::read(zip).unwrap();
    let zip = rawzip::ZipArchive::from_slice(&bytes).unwrap();
    let mut entries = zip.entries();
    while let Some(entry) = entries.next_entry().unwrap() {
        if entry.file_path().as_ref() == name.as_bytes() {
            let inner = zip.get_entry(entry.wayfinder()).unwrap();
            let stream = flate2::read::DeflateDecoder::new(inner.data());
            return std::io::read_to_string(stream).unwrap();
        }
    }
    panic!("{name} is not in the zip")
}

#[test]
fn a_pack_verifies_elsewhere_and_without_configuration() {
    let elsewhere = Desk::new();
    let zip = made().zip.display().to_string();
    let ended = elsewhere.call(&["verify", &zip]).expect(0);
    ended.says(&[
        "The pack holds.",
        "SIMULATOR, NOT EVIDENCE",
        "judgements computed again",
        "signed by SHA256:",
        "2 statements of the supplier, which no journal proves",
        "nobody vouched for this key",
    ]);
    let head = crate::common::of_kind(
        &crate::common::journal(&made().desk.run_dir(RUN)),
        "run.finished",
    )
    .len();
    assert_eq!(head, 1);
    let wrong = "0".repeat(64);
    elsewhere
        .call(&["verify", &zip, "--head", &wrong])
        .expect(1)
        .says(&["not what was handed in"]);
    let told = elsewhere
        .call(&["verify", &zip, "--format", "json"])
        .expect(0);
    let told: Value = serde_json::from_str(&told.out).unwrap();
    for known in [&told["sha256"], &told["runs"][0]["head"]] {
        let known = known.as_str().unwrap();
        elsewhere.call(&["verify", &zip, "--head", known]).expect(0);
    }
}

#[test]
fn the_same_evidence_gives_the_same_bytes() {
    let before = fs::read(&made().zip).unwrap();
    let desk = copy();
    // The same key signs the pack the same way.
    copy_folder(&made().desk.path("keys"), &desk.path("keys"));
    desk.configure(
        "[evidence]\nsigning_key = \"keys/letterproof-signing\"\n[pack]\nfrom = \"print@example.org\"\nto = \"team@example.org\"\n",
    );
    let (zip, _) = packed(&desk, &[]);
    assert_eq!(zip.file_name(), made().zip.file_name(), "the name too");
    assert!(before == fs::read(zip).unwrap(), "the zips differ");
}

#[test]
fn the_email_carries_the_zip_and_opens_unsent() {
    let eml = fs::read(&made().eml).unwrap();
    let mail = MessageParser::new().parse(&eml).unwrap();
    assert_eq!(mail.header_raw("X-Unsent").map(str::trim), Some("1"));
    let address = |of: Option<&mail_parser::Address<'_>>| {
        let first = of.and_then(|of| of.first()).and_then(|one| one.address());
        first.map(str::to_owned)
    };
    assert_eq!(address(mail.to()).as_deref(), Some("team@example.org"));
    assert_eq!(address(mail.from()).as_deref(), Some("print@example.org"));
    let subject = mail.subject().unwrap();
    assert!(
        subject.starts_with("[SIMULATOR, NOT EVIDENCE]"),
        "{subject}"
    );
    let text = mail.body_text(0).unwrap();
    let seal = fs::read(made().desk.run_dir(RUN).join("seal.json")).unwrap();
    let seal: Value = serde_json::from_slice(&seal).unwrap();
    for word in [
        seal["head"].as_str().unwrap(),
        "AT4   Accept a list",
        "the desk",
    ] {
        assert!(text.contains(word), "{word} is not in\n{text}");
    }
    let attached = mail.attachment(0).unwrap();
    let name = made().zip.file_name().unwrap().to_str();
    assert_eq!(attached.attachment_name(), name);
    assert!(attached.contents() == fs::read(&made().zip).unwrap());
}

#[test]
fn every_page_says_what_it_is_and_holds_no_markup_of_others() {
    let zip = &made().zip;
    for page in ["README.txt", "checklist.html"] {
        assert!(
            text_of(zip, page).contains("SIMULATOR, NOT EVIDENCE"),
            "{page}"
        );
    }
    let checklist = text_of(zip, "checklist.html");
    assert!(!checklist.contains("<script"), "markup of a note");
    assert!(checklist.contains("Example &lt;Print&gt; &amp; Sons"));
    assert!(checklist.contains("&lt;script&gt;") && !checklist.contains('\u{202e}'));
    assert!(checklist.contains(".jpg\">photo.JPG</a>"));
    let contents: Value = serde_json::from_str(&text_of(zip, "pack.json")).unwrap();
    assert_eq!(contents["simulator"], true);
    assert_eq!(contents["tests"].as_array().unwrap().len(), 15);
}

#[test]
fn one_changed_byte_anywhere_fails() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pack.zip");
    let whole = fs::read(&made().zip).unwrap();
    let last = whole.len() - 1;
    let ends = [
        0,
        4,
        8,
        10,
        20,
        30,
        last,
        last - 30,
        last - 64,
        last - 80,
        last - 120,
    ];
    let steps = (0..20).map(|step| step * last / 20 + step % 7);
    for place in ends.into_iter().chain(steps) {
        let mut bytes = whole.clone();
        bytes[place] ^= 1 << (place % 8);
        fs::write(&path, &bytes).unwrap();
        let held = verify_pack(&path, &Known::default()).is_ok_and(|audit| audit.exit_code() == 0);
        assert!(!held, "byte {place} of {last} was changed unseen");
    }
    for (name, bytes) in [
        ("a byte more", [whole.as_slice(), b"x"].concat()),
        ("a byte before", [b"x", whole.as_slice()].concat()),
        ("a byte less", whole[..last].to_vec()),
    ] {
        fs::write(&path, &bytes).unwrap();
        let held = verify_pack(&path, &Known::default()).is_ok_and(|audit| audit.exit_code() == 0);
        assert!(!held, "{name}");
    }
}

/// The pack with its files changed by `change`, and its frame made to fit again.
fn repacked(change: impl Fn(&str, Vec<u8>) -> Option<Vec<u8>>, more: &[(&str, &[u8])]) -> PathBuf {
    let bytes = fs::read(&made().zip).unwrap();
    let zip = rawzip::ZipArchive::from_slice(&bytes).unwrap();
    let mut files = Vec::new();
    let mut entries = zip.entries();
    while let Some(entry) = entries.next_entry().unwrap() {
        let name = String::from_utf8(entry.file_path().as_ref().to_vec()).unwrap();
        let inner = zip.get_entry(entry.wayfinder()).unwrap();
        let mut bytes = Vec::new();
        let mut stream = flate2::read::DeflateDecoder::new(inner.data());
        std::io::copy(&mut stream, &mut bytes).unwrap();
        files.extend(change(&name, bytes).map(|bytes| (name, bytes)));
    }
    files.extend(
        more.iter()
            .map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())),
    );
    let path = made()
        .desk
        .path(&format!("forged-{}.zip", uuid::Uuid::new_v4()));
    fs::write(&path, zip_of(&files, CompressionMethod::DEFLATE)).unwrap();
    path
}

fn zip_of(files: &[(String, Vec<u8>)], method: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipArchiveWriter::new(Vec::new());
    for (name, bytes) in files {
        let name = rawzip::path::EntryPath::verbatim(name.as_bytes());
        let (mut file, _) = zip
            .new_file(name)
            .compression_method(method)
            .start()
            .unwrap();
        let mut deflated = bytes.clone();
        if method == CompressionMethod::DEFLATE {
            let mut encoder =
                flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
            encoder.write_all(bytes).unwrap();
            deflated = encoder.finish().unwrap();
        }
        file.write_all(&deflated).unwrap();
        let sizes = DataDescriptorOutput::new(rawzip::crc32(bytes), bytes.len() as u64);
        file.finish(sizes).unwrap();
    }
    zip.finish().unwrap()
}

#[test]
fn a_forger_who_makes_the_hashes_fit_is_told_by_what_follows_from_what() {
    let changed = |wanted: &'static str, from: &'static str, to: &'static str| {
        repacked(
            move |name, bytes| {
                if name != wanted {
                    return Some(bytes);
                }
                let text = String::from_utf8(bytes).unwrap();
                assert!(text.contains(from), "{from} is not in {name}");
                Some(text.replacen(from, to, 1).into_bytes())
            },
            &[],
        )
    };
    let found = |zip: &Path| -> String {
        let audit = verify_pack(zip, &Known::default()).unwrap();
        let found = audit.findings.iter().map(ToString::to_string);
        found.collect::<Vec<_>>().join("\n")
    };
    let report = found(&changed("reports/the-run/junit.xml", "AT4.2", "AT4.9"));
    assert!(
        report.contains("not what the evidence in the pack gives"),
        "{report}"
    );
    let contents = found(&changed(
        "pack.json",
        "\"verdict\": \"warning\"",
        "\"verdict\": \"pass\"",
    ));
    assert!(
        contents.contains("tests is not what the runs"),
        "{contents}"
    );
    let added = repacked(
        |_, bytes| Some(bytes),
        &[("reports/the-run/extra.html", b"<p>")],
    );
    assert!(found(&added).contains("it was added"));
    let taken = repacked(
        |name, bytes| (!name.ends_with("mi.csv")).then_some(bytes),
        &[],
    );
    assert!(found(&taken).contains("is missing from the zip"));
}

#[test]
fn a_hostile_zip_is_refused_before_it_is_unpacked() {
    let desk = Desk::new();
    let path = desk.path("hostile.zip");
    let one = |name: &str| vec![(name.to_owned(), b"x".to_vec())];
    let cases = [
        (one("../evil"), "leads out"),
        (one("/etc/evil"), "leads out"),
        (one("a/../../evil"), "leads out"),
        (one("a\\..\\evil"), "leads out"),
        (one("C:evil"), "leads out"),
        (one("folder/"), "leads out"),
        ([one("twice"), one("TWICE")].concat(), "twice"),
        (vec![("bomb".to_owned(), vec![0; 40_000_000])], "too large"),
        (one("pack"), "no pack.json"),
    ];
    for (files, word) in cases {
        fs::write(&path, zip_of(&files, CompressionMethod::DEFLATE)).unwrap();
        desk.call(&["verify", &path.display().to_string()])
            .expect(1)
            .says(&[word]);
    }
    let mut zip = ZipArchiveWriter::new(Vec::new());
    let link = zip.new_file("link").unix_permissions(0o120_777);
    let (mut file, _) = link
        .compression_method(CompressionMethod::DEFLATE)
        .start()
        .unwrap();
    file.write_all(b"\x03\x00").unwrap();
    file.finish(DataDescriptorOutput::new(0, 0)).unwrap();
    fs::write(&path, zip.finish().unwrap()).unwrap();
    let told = verify_pack(&path, &Known::default())
        .unwrap_err()
        .to_string();
    assert!(told.contains("a link"), "{told}");
    fs::write(&path, b"PK\x03\x04 nothing more").unwrap();
    desk.call(&["verify", &path.display().to_string()])
        .expect(1)
        .says(&["no zip"]);
    assert!(!desk.path("evil").exists());
}

#[test]
fn a_pack_that_is_not_due_is_refused() {
    let desk = copy();
    pack(&desk, &[]).expect(3).says(&["--draft"]);
    pack(&desk, &["--draft", "--runs", "other"])
        .expect(2)
        .says(&["other", RUN]);
    pack(&desk, &["--draft", "--target", "int"])
        .expect(3)
        .says(&["no sealed run of target int"]);
    fs::remove_file(desk.run_dir(RUN).join("seal.json")).unwrap();
    pack(&desk, &["--draft"]).expect(3).says(&["no sealed run"]);
    assert!(!desk.path("packs").exists(), "something was written");
}

#[test]
fn evidence_that_does_not_hold_is_not_packed() {
    let desk = copy();
    let attached = files_below(&desk.run_dir(RUN).join("attachments"));
    fs::remove_file(&attached[0]).unwrap();
    pack(&desk, &["--draft"])
        .expect(1)
        .says(&["does not hold", "is missing, though review.jsonl says"]);
}

#[test]
fn no_secret_of_the_configuration_gets_out() {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::STANDARD;
    let inner = vec![(
        "doc.xml".to_owned(),
        format!("<w>{SECRET}</w>").into_bytes(),
    )];
    let spellings = [
        ("plain.txt", SECRET.as_bytes().to_vec()),
        (
            "coded.txt",
            engine.encode(format!("Basic: {SECRET}")).into_bytes(),
        ),
        (
            "url.txt",
            b"?key=k3y%2Fof%2Bthe%3Dtests-0123456789".to_vec(),
        ),
        ("letter.docx", zip_of(&inner, CompressionMethod::DEFLATE)),
    ];
    crate::common::at_once(spellings, |(name, bytes)| {
        let desk = copy();
        desk.configure("[target.int]\napi_key_env = \"TEST_PACK_KEY\"\n");
        fs::write(desk.path(name), bytes).unwrap();
        let file = desk.path(name).display().to_string();
        desk.call(&["attach", "AT1", &file]).expect(0);
        let ended = pack(&desk, &["--draft"]).expect(1);
        let ended = ended.says(&["holds a secret", "attachments/", "‹redacted:api-key:"]);
        assert!(!ended.err.contains(SECRET));
        assert!(!desk.path("packs").exists(), "something was written");
    });
}

#[test]
fn a_note_is_redacted_before_it_is_written() {
    let desk = copy();
    desk.configure("[target.int]\napi_key_env = \"TEST_PACK_KEY\"\n");
    let note = format!("used {SECRET}");
    let flags = ["attest", "AT1", "--by", "B", "--role", "r", "--note", &note];
    let mut command = desk.command(&flags);
    Ended::of(command.env("TEST_PACK_KEY", SECRET).output().unwrap()).expect(0);
    let text = fs::read_to_string(desk.run_dir(RUN).join("review.jsonl")).unwrap();
    assert!(!text.contains(SECRET) && text.contains("‹redacted:api-key:"));
}

#[test]
fn additions_that_fit_no_run_are_refused() {
    let desk = copy();
    let file = desk.path("huge.bin");
    fs::write(&file, vec![0; 10_000_001]).unwrap();
    fs::write(desk.path("empty"), b"").unwrap();
    let path = |name: &str| desk.path(name).display().to_string();
    let mitigate = ["--note", "n", "--agreed-with", "x"];
    let (huge, empty, gone) = (path("huge.bin"), path("empty"), path("gone.jpg"));
    let before = fs::read(desk.run_dir(RUN).join("review.jsonl")).unwrap();
    let cases: [(Vec<&str>, i32, &str); 9] = [
        (vec!["attach", "AT4", &huge], 2, "10000001 bytes"),
        (vec!["attach", "AT4", &empty], 2, "is empty"),
        (vec!["attach", "AT4", &gone], 4, "gone.jpg"),
        (vec!["attach", "AT99", &huge], 2, "AT99"),
        (
            vec!["review", "AT4.2", "--accept", "--by", "C"],
            2,
            "does not wait for a review",
        ),
        (
            vec!["review", "AT9.9", "--accept", "--by", "C"],
            2,
            "no acceptance point",
        ),
        (
            [&["mitigate", "AT4.2"][..], &mitigate].concat(),
            2,
            "nothing to mitigate",
        ),
        (
            [&["mitigate", "AT7.1"][..], &mitigate].concat(),
            2,
            "was not part of run",
        ),
        (
            vec!["attest", "AT1", "--by", " ", "--role", "r", "--note", "n"],
            2,
            "--by is empty",
        ),
    ];
    for (call, code, word) in cases {
        desk.call(&call).expect(code).says(&[word]);
    }
    assert_eq!(
        before,
        fs::read(desk.run_dir(RUN).join("review.jsonl")).unwrap()
    );
    fs::remove_file(desk.run_dir(RUN).join("seal.json")).unwrap();
    let run = path("evidence/the-run");
    desk.call(&[
        "attest", "AT1", "--by", "C", "--role", "r", "--note", "n", "--run", &run,
    ])
    .expect(3)
    .says(&["has no seal"]);
}

#[test]
fn additions_are_chained_to_the_run() {
    let desk = copy();
    let run = desk.run_dir(RUN).display().to_string();
    let review = desk.run_dir(RUN).join("review.jsonl");
    desk.call(&["verify", &run])
        .expect(0)
        .says(&["Additions 2", "Signed    by SHA256:"]);
    let whole = fs::read(&review).unwrap();
    for place in (0..whole.len()).step_by(29) {
        let mut bytes = whole.clone();
        bytes[place] ^= 1 << (place % 7);
        fs::write(&review, &bytes).unwrap();
        // The last line's texts hang on no later line; a pack holds them by hash, as an email does.
        let last = whole[..whole.len() - 1]
            .iter()
            .rposition(|byte| *byte == b'\n');
        if place <= last.unwrap() {
            let report = letterproof::audit::verify_run(
                &letterproof::evidence::RunDir::at(desk.run_dir(RUN)),
                &Known::default(),
            );
            assert_eq!(report.unwrap().exit_code(), 1, "byte {place}");
        }
    }
    fs::write(&review, &whole[..whole.len() - 5]).unwrap();
    desk.call(&["verify", &run])
        .expect(1)
        .says(&["review.jsonl"]);
    fs::write(&review, &whole).unwrap();
    fs::write(desk.run_dir(RUN).join("attachments/extra"), b"x").unwrap();
    desk.call(&["verify", &run])
        .expect(1)
        .says(&["by no line of review.jsonl"]);
}

#[test]
fn evidence_too_large_for_one_email_is_split_by_run() {
    let desk = copy();
    desk.configure("[pack]\nmax_email_mb = 1\n");
    desk.call(&[
        "run",
        "--run-id",
        "second",
        "--only",
        "AT1",
        "--letters",
        "24",
    ])
    .expect(0);
    for (run, seed) in [(RUN, 1_u64), ("second", 2)] {
        let name = format!("noise-{run}.bin");
        fs::write(desk.path(&name), noise(seed, 500_000)).unwrap();
        let file = desk.path(&name).display().to_string();
        desk.call(&["attach", "AT1", &file, "--run", run]).expect(0);
    }
    let ended = pack(&desk, &["--draft", "--format", "json"]).expect(0);
    let told: Value = serde_json::from_str(&ended.out).unwrap();
    let parts = told["parts"].as_array().unwrap();
    assert_eq!(parts.len(), 2);
    for (number, part) in parts.iter().enumerate() {
        let zip = part["zip"].as_str().unwrap();
        assert!(zip.ends_with(&format!("-{}of2.zip", number + 1)), "{zip}");
        let eml = fs::metadata(part["email"].as_str().unwrap()).unwrap();
        assert!(eml.len() <= 1_000_000, "{}", eml.len());
        Desk::new()
            .call(&["verify", zip])
            .expect(0)
            .says(&[&format!("part {} of 2", number + 1)]);
    }
    fs::write(desk.path("more.bin"), noise(3, 600_000)).unwrap();
    let file = desk.path("more.bin").display().to_string();
    desk.call(&["attach", "AT1", &file, "--run", "second"])
        .expect(0);
    pack(&desk, &["--draft"])
        .expect(3)
        .says(&["run second would have", "max_email_mb"]);
}

#[test]
fn pictures_that_an_email_has_no_room_for_are_left_out_and_named() {
    let desk = copy();
    desk.configure("[pack]\nmax_email_mb = 2\n");
    let pictures = desk.path("reports").join(RUN).join("screenshots");
    fs::create_dir_all(&pictures).unwrap();
    fs::write(pictures.join("AT1.png"), noise(1, 400_000)).unwrap();
    fs::write(pictures.with_file_name("report.pdf"), noise(2, 400_000)).unwrap();
    let (zip, _) = packed(&desk, &[]);
    let with_both = desk.call(&["verify", &zip.display().to_string()]);
    with_both.expect(0).says(&["Pictures  2"]);
    fs::write(pictures.join("AT2.png"), noise(3, 1_200_000)).unwrap();
    let told = pack(&desk, &["--draft"]).expect(0);
    told.says(&[
        "Left out 2 pictures of 1,600,000 bytes",
        "[pack].max_email_mb",
        "Replaced",
    ]);
    let without = desk.call(&["verify", &zip.display().to_string()]);
    without.expect(0).says(&["Pictures  1"]);
}

#[test]
fn a_pack_that_takes_the_place_of_another_says_so() {
    let desk = copy();
    let (zip, eml) = packed(&desk, &[]);
    let again = pack(&desk, &["--draft", "--format", "json"]).expect(0);
    let told: Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!(told["parts"][0]["replaced"], serde_json::json!([]));
    fs::write(&eml, "edited").unwrap();
    fs::write(&zip, "another").unwrap();
    pack(&desk, &["--draft"]).expect(0).says(&[
        &format!("Replaced {}: another file", zip.display()),
        &format!("Replaced {}: another file", eml.display()),
        // The hash of "edited".
        "1fb9f4097256db2d7b1e13aff79cee44339891a31c556b9cf6093885773b3618",
    ]);
}

/// Bytes that nothing makes smaller.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed;
    let next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u8
    };
    std::iter::repeat_with(next).take(length).collect()
}

#[test]
fn runs_that_were_not_chosen_are_named() {
    let desk = copy();
    desk.call(&[
        "run",
        "--run-id",
        "second",
        "--only",
        "AT1",
        "--letters",
        "24",
    ])
    .expect(0);
    let (zip, _) = packed(&desk, &["--runs", "second"]);
    Desk::new()
        .call(&["verify", &zip.display().to_string()])
        .expect(0)
        .says(&["Omitted   the-run"]);
    let readme = text_of(&zip, "README.txt");
    assert!(readme.contains("the-run"), "{readme}");
}

#[test]
fn a_public_tool_verifies_the_signature() {
    let Ok(found) = Command::new("ssh-keygen").arg("-?").output() else {
        eprintln!("left out: there is no ssh-keygen here");
        return;
    };
    drop(found);
    let folder = tempfile::tempdir().unwrap();
    let zip = &made().zip;
    for name in ["the-run.json", "the-run.json.sig", "allowed_signers"] {
        let text = text_of(zip, &format!("signatures/{name}"));
        fs::write(folder.path().join(name), text).unwrap();
    }
    let verified = |message: &[u8]| {
        let mut child = Command::new("ssh-keygen")
            .args(["-Y", "verify", "-f", "allowed_signers", "-I", "letterproof"])
            .args(["-n", "letterproof", "-s", "the-run.json.sig"])
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(message).unwrap();
        child.wait().unwrap().success()
    };
    let message = fs::read(folder.path().join("the-run.json")).unwrap();
    assert!(verified(&message));
    assert!(!verified(&[message.as_slice(), b" "].concat()));
}

#[test]
fn a_seal_without_its_signature_or_with_another_does_not_pass_for_signed() {
    let desk = copy();
    let seal = desk.run_dir(RUN).join("seal.json");
    let mut value: Value = serde_json::from_slice(&fs::read(&seal).unwrap()).unwrap();
    let signature = value["signature"].as_str().unwrap().to_owned();
    value["signature"] = signature.replacen('A', "B", 1).into();
    fs::write(&seal, format!("{value}\n")).unwrap();
    let run = desk.run_dir(RUN).display().to_string();
    desk.call(&["verify", &run])
        .expect(1)
        .says(&["the signature"]);
}

#[test]
fn the_archive_of_exchanges_is_har_1_2() {
    let har: Value =
        serde_json::from_str(&text_of(&made().zip, "reports/the-run/exchanges.har")).unwrap();
    let log = &har["log"];
    assert_eq!(log["version"], "1.2");
    has(
        log,
        &["creator", "entries"],
        &["version", "comment", "browser", "pages"],
    );
    has(&log["creator"], &["name", "version"], &["comment"]);
    let entries = log["entries"].as_array().unwrap();
    let journal = crate::common::journal(&made().desk.run_dir(RUN));
    assert_eq!(
        entries.len(),
        crate::common::of_kind(&journal, "exchange").len()
    );
    for entry in entries {
        entry_is_valid(entry);
    }
}

/// HAR 1.2: every required member is there, and what is not in the specification has a `_`.
#[track_caller]
fn has(object: &Value, required: &[&str], optional: &[&str]) {
    let members = object.as_object().unwrap();
    for name in required {
        assert!(members.contains_key(*name), "{name} is missing in {object}");
    }
    for name in members.keys() {
        let known = required.contains(&name.as_str()) || optional.contains(&name.as_str());
        assert!(
            known || name.starts_with('_'),
            "{name} is no member of HAR 1.2"
        );
    }
}

fn entry_is_valid(entry: &Value) {
    let required = [
        "startedDateTime",
        "time",
        "request",
        "response",
        "cache",
        "timings",
    ];
    has(
        entry,
        &required,
        &["pageref", "serverIPAddress", "connection", "comment"],
    );
    let began = entry["startedDateTime"].as_str().unwrap();
    assert_eq!((began.len(), &began[10..11], &began[23..]), (24, "T", "Z"));
    let (request, response) = (&entry["request"], &entry["response"]);
    let shared = [
        "httpVersion",
        "cookies",
        "headers",
        "headersSize",
        "bodySize",
    ];
    has(
        request,
        &[&shared[..], &["method", "url", "queryString"]].concat(),
        &["postData", "comment"],
    );
    let answer = ["status", "statusText", "content", "redirectURL"];
    has(response, &[&shared[..], &answer].concat(), &["comment"]);
    has(
        &response["content"],
        &["size", "mimeType"],
        &["compression", "text", "encoding", "comment"],
    );
    for list in [
        &request["headers"],
        &response["headers"],
        &request["queryString"],
    ] {
        for pair in list.as_array().unwrap() {
            has(pair, &["name", "value"], &["comment"]);
            assert!(pair["name"].is_string() && pair["value"].is_string());
        }
    }
    for list in [&request["cookies"], &response["cookies"]] {
        assert!(list.as_array().unwrap().is_empty());
    }
    if let Some(data) = request.get("postData") {
        has(data, &["mimeType", "text"], &["params", "comment"]);
    }
    for number in [
        &request["headersSize"],
        &request["bodySize"],
        &response["status"],
        &response["content"]["size"],
    ] {
        assert!(number.is_i64() || number.is_u64());
    }
    let timings = &entry["timings"];
    let optional = ["blocked", "dns", "connect", "ssl", "comment"];
    has(timings, &["send", "wait", "receive"], &optional);
    let part = |name: &str| timings[name].as_f64().unwrap();
    let sum = part("send") + part("wait") + part("receive");
    assert!((sum - entry["time"].as_f64().unwrap()).abs() < 0.01);
}

#[test]
fn run_and_report_write_the_same_bytes() {
    let desk = &made().desk;
    let folder = desk.path("reports").join(RUN);
    let read = || -> Vec<(PathBuf, Vec<u8>)> {
        let files = files_below(&folder).into_iter();
        files
            .map(|path| (path.clone(), fs::read(path).unwrap()))
            .collect()
    };
    let before = read();
    assert!(
        before
            .iter()
            .any(|(path, _)| path.ends_with("exchanges.har"))
    );
    desk.call(&["report", RUN]).expect(0);
    let after = read();
    // What people have added since stands in report.html, and in no other report.
    let others = |files: &[(PathBuf, Vec<u8>)]| -> Vec<(PathBuf, Vec<u8>)> {
        let others = files
            .iter()
            .filter(|(path, _)| !path.ends_with("report.html"));
        others.cloned().collect()
    };
    assert!(others(&before) == others(&after), "a report changed");
    desk.call(&["report", RUN]).expect(0);
    assert!(after == read(), "report.html changed");
}
