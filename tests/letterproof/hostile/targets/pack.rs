//! The zip reader of `verify`.
//!
//! The input is the zip. If it begins with `HARM`, it is harms to a sound pack instead; with `MAKE`,
//! changes to its files, whose frame is then made anew. Only the sound pack itself may hold.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use letterproof::audit::Known;
use letterproof::mail::Address;
use letterproof::pack::{Canaries, Order, Post, verify_pack, write_pack};
use rawzip::{CompressionMethod, DataDescriptorOutput, ZipArchive, ZipArchiveWriter};

use super::input::{Choices, harmed};
use super::run::plain;

/// A file of this name may nowhere be.
const ESCAPED: &str = "letterproof-escaped-from-a-zip";

/// What leads out of a folder, into another file, or to none.
const NAMES: [&str; 12] = [
    "../letterproof-escaped-from-a-zip",
    "../../letterproof-escaped-from-a-zip",
    "/letterproof-escaped-from-a-zip",
    "/tmp/letterproof-escaped-from-a-zip",
    "evidence/../../letterproof-escaped-from-a-zip",
    "..\\letterproof-escaped-from-a-zip",
    "C:letterproof-escaped-from-a-zip",
    "pack.json",
    "PACK.JSON",
    "evidence",
    "evidence/the-run/journal.jsonl/below",
    "a//b/./c",
];

pub fn try_on(data: &[u8]) {
    let sound = sound();
    let bytes = if let Some(choices) = data.strip_prefix(b"HARM") {
        harmed(sound, &mut Choices::of(choices))
    } else if let Some(choices) = data.strip_prefix(b"MAKE") {
        made(sound, &mut Choices::of(choices))
    } else {
        data.to_vec()
    };
    let holds = holds(&bytes);
    assert_eq!(holds, bytes == *sound, "it {holds:?} holds");
    for place in places() {
        assert!(
            place.symlink_metadata().is_err(),
            "{} was written",
            place.display()
        );
    }
}

/// True if `verify` of the zip finds nothing wrong.
pub fn holds(zip: &[u8]) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pack.zip");
    fs::write(&path, zip).unwrap();
    let held = verify_pack(&path, &Known::default()).is_ok_and(|audit| audit.exit_code() == 0);
    let files = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 1, "it wrote beside the zip");
    held
}

/// Where a file lies that left the folder that a zip is unpacked into.
fn places() -> [PathBuf; 3] {
    let here = std::env::temp_dir();
    [
        here.join(ESCAPED),
        Path::new("/").join(ESCAPED),
        ESCAPED.into(),
    ]
}

/// A pack of a small run.
pub fn sound() -> &'static Vec<u8> {
    static SOUND: OnceLock<Vec<u8>> = OnceLock::new();
    SOUND.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        plain(&folder.path().join("evidence"));
        let post = Post {
            from: None,
            to: Address::parse("team@example.org").unwrap(),
            contact: None,
            limit: 1_000_000,
        };
        let order = Order {
            evidence: &folder.path().join("evidence"),
            reports: &folder.path().join("reports"),
            out: folder.path(),
            target: "local",
            runs: &[],
            draft: true,
            canaries: &Canaries::default(),
            post: &post,
            signing_key: None,
        };
        let written = write_pack(&order).unwrap();
        fs::read(&written.parts[0].zip).unwrap()
    })
}

/// A file of a zip: its name, its bytes, and whether they are deflated.
type Packed = (Vec<u8>, Vec<u8>, bool);

fn files(zip: &[u8]) -> Vec<Packed> {
    let zip = ZipArchive::from_slice(zip).unwrap();
    let mut files = Vec::new();
    let mut entries = zip.entries();
    while let Some(entry) = entries.next_entry().unwrap() {
        let inner = zip.get_entry(entry.wayfinder()).unwrap();
        let mut bytes = Vec::new();
        let mut stream = flate2::read::DeflateDecoder::new(inner.data());
        stream.read_to_end(&mut bytes).unwrap();
        files.push((entry.file_path().as_ref().to_vec(), bytes, true));
    }
    files
}

/// The sound pack with some of its files changed; a frame as another program would make it.
fn made(sound: &[u8], choices: &mut Choices<'_>) -> Vec<u8> {
    let mut files = files(sound);
    while !choices.is_empty() && !files.is_empty() {
        let kind = choices.byte() % 8;
        let place = choices.below(files.len());
        match kind {
            0 => drop(files.remove(place)),
            1 => files.insert(place, files[place].clone()),
            2 => files[place].0 = NAMES[choices.below(NAMES.len())].into(),
            3 => files[place].0 = choices.some(80).to_vec(),
            4 => {
                let name = NAMES[choices.below(NAMES.len())].into();
                files.push((name, choices.some(80).to_vec(), true));
            }
            5 => files[place].2 = false,
            _ => {
                let few = choices.some(24);
                files[place].1 = harmed(&files[place].1, &mut Choices::of(few));
            }
        }
    }
    zip_of(&files)
}

fn zip_of(files: &[Packed]) -> Vec<u8> {
    let mut zip = ZipArchiveWriter::new(Vec::new());
    for (name, bytes, deflated) in files {
        let method = match deflated {
            true => CompressionMethod::DEFLATE,
            false => CompressionMethod::STORE,
        };
        let name = rawzip::path::EntryPath::verbatim(name.as_slice());
        let started = zip.new_file(name).compression_method(method).start();
        let Ok((mut file, _)) = started else {
            continue; // A name that not even this writer takes.
        };
        if *deflated {
            let fast = flate2::Compression::fast();
            let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), fast);
            encoder.write_all(bytes).unwrap();
            file.write_all(&encoder.finish().unwrap()).unwrap();
        } else {
            file.write_all(bytes).unwrap();
        }
        let sizes = DataDescriptorOutput::new(rawzip::crc32(bytes), bytes.len() as u64);
        file.finish(sizes).unwrap();
    }
    zip.finish().unwrap()
}
