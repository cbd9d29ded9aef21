//! The journal's readers and the audit.
//!
//! The input is the bytes of a journal. If it begins with `HARM`, it is harms to a sealed run's
//! journal instead, which must then not verify.

use std::fs;
use std::sync::OnceLock;

use letterproof::audit::{Known, verify_run};
use letterproof::evidence::{Fault, Reader, RunDir, Tail, sha256_hex};

use super::input::{Choices, harmed};
use super::run::plain;

const HARM: &[u8] = b"HARM";

pub fn try_on(data: &[u8]) {
    match data.strip_prefix(HARM) {
        Some(choices) => harm(choices),
        None => {
            let read = read(data);
            follow(data, &read);
            hold_the_bound(data, &read);
            assert_ne!(audit(data, None), 0, "a run without a seal holds");
        }
    }
}

/// Reads `bytes` and holds everything that must be true of whatever is read; returns the number
/// of lines that hold, and the fault that ended them.
pub fn read(bytes: &[u8]) -> (usize, Option<Fault>) {
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let mut prev = "0".repeat(64);
    let mut held = 0;
    let mut reader = Reader::over(bytes);
    for read in reader.by_ref() {
        let read = match read {
            Ok(read) => read,
            Err(fault) => {
                assert!(reader.next().is_none(), "it goes on after a fault");
                return (held, Some(fault));
            }
        };
        let line = lines.next().expect("a line of the input");
        let line = line.strip_suffix(b"\n").expect("a whole line");
        assert_eq!(read.line.seq, held as u64);
        assert_eq!(read.line.prev, prev, "the chain is broken");
        assert_eq!(read.hash, sha256_hex(line));
        prev = read.hash;
        held += 1;
    }
    assert_eq!(lines.next(), None, "a line was passed over in silence");
    (held, None)
}

/// Values of a line that are too many, whatever stands before them.
const TOO_MANY: usize = 1_000_001;

/// With a line that holds too much behind it, the same lines are read, and that one is not.
fn hold_the_bound(bytes: &[u8], (held, fault): &(usize, Option<Fault>)) {
    let longer = [bytes, &vec![b','; TOO_MANY], b"\n"].concat();
    let (read, ended) = read(&longer);
    match fault {
        None | Some(Fault::Torn { .. }) => {
            assert_eq!(read, *held);
            assert!(matches!(ended, Some(Fault::TooLarge { .. })), "{ended:?}");
        }
        Some(fault) => assert_eq!((read, ended.as_ref()), (*held, Some(fault))),
    }
}

/// Who follows the journal while it is written reads the same lines, and waits for a torn one.
fn follow(bytes: &[u8], (held, fault): &(usize, Option<Fault>)) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let mut tail = Tail::open(file.path()).unwrap();
    let half = bytes.len() / 2;
    let mut followed = 0;
    for part in [&bytes[..half], &bytes[half..]] {
        std::io::Write::write_all(&mut file, part).unwrap();
        for line in tail.read_new() {
            match line {
                Ok(line) => assert_eq!(line.seq, followed as u64),
                Err(_) => {
                    assert!(
                        !matches!(fault, None | Some(Fault::Torn { .. })),
                        "{fault:?}"
                    );
                    assert_eq!(followed, *held);
                    return;
                }
            }
            followed += 1;
        }
    }
    assert!(
        matches!(fault, None | Some(Fault::Torn { .. })),
        "{fault:?}"
    );
    assert_eq!(followed, *held);
}

/// A run's folder that holds `bytes` as its journal, and maybe a seal, is audited without a panic.
pub fn audit(bytes: &[u8], seal: Option<&[u8]>) -> u8 {
    let folder = tempfile::tempdir().unwrap();
    let dir = RunDir::at(folder.path().join("the-run"));
    fs::create_dir(dir.path()).unwrap();
    fs::write(dir.journal(), bytes).unwrap();
    if let Some(seal) = seal {
        fs::write(dir.seal(), seal).unwrap();
    }
    verify_run(&dir, &Known::default()).unwrap().exit_code()
}

/// A sealed run's journal and seal.
fn sealed() -> &'static (Vec<u8>, Vec<u8>) {
    static SEALED: OnceLock<(Vec<u8>, Vec<u8>)> = OnceLock::new();
    SEALED.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let dir = plain(folder.path());
        (
            fs::read(dir.journal()).unwrap(),
            fs::read(dir.seal()).unwrap(),
        )
    })
}

/// Harms the journal or, by the first byte, its seal.
fn harm(choices: &[u8]) {
    let (journal, seal) = sealed();
    let mut choices = Choices::of(choices);
    let of_seal = choices.byte().is_multiple_of(8);
    let whole = if of_seal { seal } else { journal };
    let bytes = harmed(whole, &mut choices);
    let code = match of_seal {
        true => audit(journal, Some(&bytes)),
        false => audit(&bytes, Some(seal)),
    };
    assert_eq!(code == 0, bytes == *whole, "exit code {code}");
    if !of_seal {
        follow(&bytes, &read(&bytes));
    }
}
